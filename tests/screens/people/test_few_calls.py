"""What the agent's minute asks of Okta: nothing that was just answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.screens.support import WIDE, seated

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line


async def test_found_unlocked_copied_and_why_ask_for_each_thing_once(desk: Desk, wire: Line) -> None:
    done = 0

    def asked() -> list[str]:
        nonlocal done
        calls = [call.partition("?")[0].removeprefix("GET /api/v1/") for call in wire.story[done:]]
        done = len(wire.story)
        return calls

    async with seated(desk.session(), WIDE) as seat:
        await seat.look_up("ann.lee@acme.example")
        found = asked()
        assert len(found) == len(set(found)) + 1  # the log twice: about her, and about the addresses of her attempts
        assert found.count("logs") == 2
        user = next(call for call in found if call.startswith("users/00u") and call.count("/") == 1)
        await seat.press("enter", "w", "escape", "u")
        assert asked() == []
        await seat.press(*"called", "enter")
        assert "Unlock: done" in seat.words
        sent = asked()
        assert sorted(sent[:2]) == [user, f"{user}/blocks"]
        assert sent[2:4] == ["users/me", f"POST /api/v1/{user}/lifecycle/unlock"]
        assert sorted(sent[4:6]) == [user, f"{user}/blocks"]
        assert sent[6:] == ["logs"]  # the newest events, which nobody waits for
        await seat.press("c", "w")
        assert asked() == []
        await seat.press("escape", "r")
        assert len(asked()) >= 6
