"""What an agent's jobs ask of Okta: nothing that was just answered, and side by side what needs no answer before it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.widgets import Input

from tests.screens.support import WIDE, seated
from tui.okta.policy import USUAL

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tests.screens.support import Seat


@dataclass
class SlowOkta:
    """Answers nothing before all is asked that can be asked without an answer: such a round is one wait."""

    held: list[str] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: httpx.Request) -> httpx.Response | None:
        path = request.url.path.removeprefix("/api/v1/")
        self.held.append(path if request.method == "GET" else f"{request.method} {path}")
        await self.answered.wait()
        return None

    async def rounds(self, seat: Seat) -> list[list[str]]:
        """What is asked until all is done, round by round; people, groups and factors without their ids."""
        found: list[list[str]] = []
        while True:
            await seat.turn()
            await seat.threads()
            await seat.turn()
            if self.held:
                found.append(sorted(_without_ids(path) for path in self.held))
                self.held.clear()
                self.answered.set()
                self.answered = asyncio.Event()
            elif all(worker.is_finished for worker in seat.app.workers):
                return found
            else:
                await asyncio.sleep(0.002)  # for what waits a moment before it is drawn


def _without_ids(path: str) -> str:
    names = {"00u": "ID", "00g": "GROUP", "0oa": "APP"}
    parts = (names.get(part[:3], part) if len(part) == 20 else part for part in path.split("/"))
    return "/".join("FACTOR" if before == "factors" else part for before, part in _pairs(list(parts)))


def _pairs(parts: list[str]) -> list[tuple[str, str]]:
    return list(zip(["", *parts], parts, strict=False))


CARD = ["users/ID/blocks", "users/ID/factors", "users/ID/groups"]
SAFE = ["users/ID", "users/ID/blocks"]
"""What is read right before a change: who it is about, whatever was read before."""


async def test_each_job_asks_for_each_thing_once_and_waits_as_little_as_can_be(desk: Desk, wire: Line) -> None:
    wire.watch = okta = SlowOkta()
    async with seated(desk.session(capabilities=USUAL), WIDE) as seat:

        async def rounds(*keys: str) -> list[list[str]]:
            found = []
            for key in keys:
                await seat.hit(key)
                found += await okta.rounds(seat)
            return found

        async def search(text: str) -> list[list[str]]:
            box = seat.app.screen.query(Input).first()
            box.value, box.cursor_position = text, len(text)
            return await okta.rounds(seat)

        # Somebody is locked out: found, why, unlocked, seen active, the ticket text copied
        searched, opened, verdict = await search("ann.lee@acme.example")
        assert set(searched) == {"users", "users/ann.lee@acme.example"}
        assert opened == sorted(["iam/assignees/users", "logs", "policies", *CARD, "users/me"])
        assert verdict == ["logs", "users/ID/appLinks"]  # who else is behind her addresses; what nobody waits for
        assert await rounds("enter", "w", "u", *"called") == []
        assert await rounds("enter") == [SAFE, ["POST users/ID/lifecycle/unlock"], ["users/ID"], ["logs"]]
        assert "Unlock: done" in seat.words
        assert await rounds("c", "escape") == []
        # Somebody has forgotten the password
        await rounds("slash")
        searched, opened, *rest = await search("bob.martin@acme.example")
        assert opened == sorted(["logs", *CARD])  # nothing of the org once more
        assert rest == [["users/ID/appLinks"]]
        assert await rounds("enter", "l", *"forgot") == []
        assert await rounds("enter") == [SAFE, ["POST users/ID/lifecycle/reset_password"], ["users/ID"]]
        assert await rounds("c", "escape") == [["logs"]]
        # They have lost a factor
        assert await rounds("f", "enter", *"lost") == []
        safe, sent, back, card = await rounds("enter")
        assert safe == [*SAFE, "users/ID/factors"]
        assert sent == ["DELETE users/ID/factors/FACTOR"]
        assert back == ["users/ID", "users/ID/factors"]
        assert card == ["logs"]
        # They need an app that a group gives
        found, *_ = await rounds("g")
        assert found == ["apps"]  # the groups are the card's
        await search("figma")
        assert await rounds("enter", "1") == [["groups", "groups/GROUP/roles", "groups/rules"]]
        safe, sent, back, *_ = await rounds("enter")
        assert safe == sorted([*SAFE, "groups", "groups/GROUP/roles", "groups/rules", "users/ID/groups"])
        assert sent == ["PUT groups/GROUP/users/ID"]
        assert back == ["users/ID", "users/ID/groups"]
        assert "Add to a group: done" in seat.words
        # Refreshed, all is read afresh but for what is the org's
        await rounds("escape")
        afresh, *rest = await rounds("r")
        assert afresh == sorted(["logs", "users/ID", *CARD])
        assert rest == [["users/ID/appLinks"]]
