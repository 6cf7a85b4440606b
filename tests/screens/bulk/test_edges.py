"""Several at once where there is nobody, or nothing that may be done to several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.signal import Signal

from screens.bulk.bulk import BulkScreen
from screens.people.lookup import LookupScreen
from tests.desk.support import user_id
from tests.screens.support import NARROW, seated
from tui.app import Keydesk
from tui.desk.actions.catalogue import ACTIONS
from widgets.marks import MarkRows

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tui.demo.org import Org
    from tui.desk.people.person import Person


async def test_the_palette_offers_marks_and_what_is_done_for_the_marked(desk: Desk) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter", "b")
        assert "Nobody is marked" in seat.text
        assert "Space in the list marks a person" in seat.words
        lookup = seat.app.screen
        assert isinstance(lookup, LookupScreen)
        offers = {command.title: command.action for command in lookup.palette_commands()}
        assert "Unmark all" not in offers
        await lookup.run_action(offers["Mark all who are listed"])
        offers = {command.title: command.action for command in lookup.palette_commands()}
        await lookup.run_action(offers["Several at once: the marked person"])
        await seat.rest()
        several = seat.app.screen
        assert isinstance(several, BulkScreen)
        await seat.press("escape")
        assert seat.app.screen is lookup
        await lookup.run_action(offers["Unmark all"])
        assert not seat.one("#people", MarkRows).marked


async def test_no_other_action_can_be_brought_to_it(desk: Desk, org: Org) -> None:
    session = desk.session()
    ann = (await session.person(user_id(org, "ann.lee"))).user
    changed: Signal[Person] = Signal(Keydesk(lambda: session), "changed")
    for name in [name for name, action in ACTIONS.items() if not action.several]:
        assert BulkScreen(session, changed, [ann], ACTIONS[name])._action is None, name
