"""What an agent may not do: keys explain themselves, and nothing leaves, whatever is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.binding import Binding

from screens.act.confirm import ConfirmScreen
from screens.act.instructions import InstructionsScreen
from screens.base import DeskScreen
from screens.people.lookup import LookupScreen
from tests.desk.support import user_id
from tests.screens.support import NARROW, ONE_SIZE, seated
from tui.desk.actions.catalogue import ACTIONS
from widgets.rows import Rows

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org

LEAVING = {"ctrl+q", "ctrl+c"}


@pytest.mark.parametrize("size", ONE_SIZE)
async def test_the_steps_by_hand_in_the_place_of_a_confirmation(
    desk: Desk, org: Org, wire: Line, size: tuple[int, int]
) -> None:
    async with seated(desk.session(read_only=True), size) as seat:
        assert " READ-ONLY " in seat.lines[0]
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter")
        assert "By hand (read-only):" in seat.text
        before = seat.lines
        await seat.press("u")
        assert "Unlock by hand: Ann Lee (ann.lee@acme.example)" in seat.words
        assert "By hand · Read-only · keydesk sends nothing" in seat.text
        running = " ".join(seat.text.replace("│", " ").split())
        assert "1. Open the person's page in the Admin Console (Directory > People > ann.lee@acme" in running
        assert "{" not in seat.text
        assert "\n│   1. Open the person's page" in seat.text
        assert any(line.startswith("│      ") and "ann.lee@acme" in line for line in seat.lines)  # the step goes on
        assert "HELP_DESK_ADMIN" not in seat.text
        await seat.press("c")
        assert "sent to the terminal, which may not allow it" in seat.words
        assert seat.app.clipboard.startswith("Unlock by hand: Ann Lee (ann.lee@acme.example)\n")
        assert "\n4. The status must say Active afterwards.\n" in seat.app.clipboard
        assert "HELP_DESK_ADMIN" in seat.app.clipboard
        for key in ("escape", "enter", "q"):
            assert isinstance(seat.app.screen, InstructionsScreen)
            await seat.press(key)
            assert seat.lines == before, key  # back exactly to where the agent was
            await seat.press("u")
        await seat.press("escape")
        for key in ("t", "e", "a"):  # of which she needs none as long as she is locked out
            await seat.press(key)
            assert isinstance(seat.app.screen, InstructionsScreen), key
            assert "What to do instead" in seat.text
            await seat.press("escape")
    assert wire.writes == []


async def test_what_nobody_can_do_is_explained_at_length_and_can_be_copied(desk: Desk, wire: Line) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await seat.look_up("george.wu@acme.example")
        await seat.press("enter", "u")
        assert isinstance(seat.app.screen, InstructionsScreen)
        assert "Instead · Not in this state" in seat.text
        assert "Unlock, what to do instead: George Wu (george.wu@acme.example)" in seat.words
        assert "for admins" not in seat.words  # no role changes it
        await seat.press("c")
        assert "whether George Wu still works here" in seat.app.clipboard
        await seat.press("escape", "s")
        assert "Sign out everywhere, what to do instead" in seat.words
        await seat.press("escape")
        assert not seat.app.screen.is_modal
    assert wire.writes == []


async def test_a_scope_that_okta_refused_makes_the_key_grey_from_then_on(desk: Desk, org: Org, wire: Line) -> None:
    session = desk.session(principal="readonly")
    async with seated(session) as seat:
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter", "u", "enter")
        assert len(wire.writes) == 1
        assert "✗ Unlock: Okta refused it for Ann Lee" in seat.words
        assert "ledger entry 1" in seat.words
        assert "role" in seat.words


def keys_of(seat: Seat) -> set[str]:
    """Every key that is bound anywhere, and the letters of all actions."""
    nodes = [seat.app, seat.app.screen, *seat.app.screen.walk_children()]
    bound = {key for node in nodes for key in node._bindings.key_to_bindings}
    declared = [b.key for b in DeskScreen.BINDINGS + Rows.BINDINGS + ConfirmScreen.BINDINGS if isinstance(b, Binding)]
    return bound | {key for keys in declared for key in keys.split(",")} | {action.key for action in ACTIONS.values()}


async def test_no_key_no_action_and_no_command_of_the_palette_sends_a_change(desk: Desk, org: Org, wire: Line) -> None:
    async with seated(desk.session(read_only=True)) as seat:
        await seat.look_up("ann.lee@acme.example")
        screen = seat.app.screen
        assert isinstance(screen, LookupScreen)
        commands = [command.action for command in screen.palette_commands()]
        assert len(commands) > len(ACTIONS) / 2
        for action in commands + [f"act('{name}')" for name in ACTIONS]:
            await seat.app.screen.run_action(action)
            await seat.rest()
            assert not isinstance(seat.app.screen, ConfirmScreen)
            while not isinstance(seat.app.screen, LookupScreen):
                await seat.press("escape")
        for key in sorted(keys_of(seat) - LEAVING):
            for _ in range(3):
                if not isinstance(seat.app.screen, LookupScreen):
                    await seat.press("escape")
            if not isinstance(seat.app.screen, LookupScreen):
                await seat.press("f2")
            seat.one("#people", Rows).focus()
            await seat.press(key)
            assert not isinstance(seat.app.screen, ConfirmScreen)
            assert wire.writes == [], key
        assert seat.app.is_running
    assert wire.writes == []
    assert [path for path in wire.story if user_id(org, "ann.lee") in path]
