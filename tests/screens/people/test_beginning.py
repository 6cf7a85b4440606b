"""What is there before anything is typed: people of late, what is open, who is locked; and the last view comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from screens.lockouts.lockouts import LockoutsScreen
from screens.people.lookup import LookupScreen
from tests.screens.ledger.test_ledger import record
from tests.screens.lockouts.test_looks import wave
from tests.screens.support import NARROW, SMALL, WIDE, seated, unfit
from tui.desk.left_off.left_off import LeftOff, RecentPerson
from widgets.rows import Rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org

ADVICE = "puts these lines away for good"
HOSTILE = "\x1b[31m Bell\x07\u202e"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "left-off.json"


def recent(seat: Seat) -> list[str]:
    return [person.login.partition("@")[0] for person in seat.one("#recent", Rows).rows]


async def test_people_of_late_come_back_with_what_was_done(desk: Desk, kept: Path) -> None:
    async with seated(desk.session(), NARROW, kept=kept) as seat:
        assert "Type what you know of the person." in seat.text
        for login in ("ann.lee@", "bob.martin@"):
            await seat.look_up(login)
            await seat.press("enter")
        await seat.press("s", *"lost", "enter", "escape", "escape", "escape")
        await seat.press("ctrl+q")
    async with seated(desk.session(), NARROW, kept=kept, fresh=True) as seat:
        assert recent(seat) == ["bob.martin", "ann.lee"]
        for size in (WIDE, SMALL, NARROW):
            await seat.resize(*size)
            for login, last in (("bob.martin@acme.example", "Sign out everywhere"), ("ann.lee@acme.example", "seen")):
                told = seat.line(login).split(login)[1].strip()
                assert told.startswith(last[:8]), size
                assert "now" in told, size
        await seat.press("down", "down", "enter")
        assert (seat.focused, seat.one("#query", Input).value) == ("card", "ann.lee@acme.example")
        await seat.press("K")
        assert seat.one("#query", Input).value == "bob.martin@acme.example"
        await seat.press("escape")
        assert (seat.focused, seat.one("#query", Input).value) == ("recent", "")
        assert recent(seat)[seat.one("#recent", Rows).cursor] == "bob.martin"
        await seat.press("escape")
        assert seat.focused == "query"
        await seat.press("f3", "enter")  # who was opened from another screen is of late, too
        login = seat.one("#query", Input).value
        await seat.look_up("")
        assert recent(seat)[0] == login.partition("@")[0]


async def test_the_beginning_asks_nothing_of_okta(desk: Desk, kept: Path, wire: Line) -> None:
    remembered = LeftOff(kept)
    remembered.note_person("demo", "", RecentPerson("00u1", "ann", "Ann", "", 1.0))
    remembered.note_view("demo", "", "lookup", {"lookup": {"text": "ann lee"}})
    remembered.save()
    async with seated(desk.session(), kept=kept) as seat:
        assert seat.one("#query", Input).value == "ann lee"
        await seat.press("down")
        assert seat.focused == "recent"
        assert wire.sent == []
        await seat.press("escape")
        await seat.type("bob")  # what is typed at the start replaces the text of the last time
        assert seat.one("#query", Input).value == "bob"


async def test_the_advice_goes_away_for_good_by_one_key(desk: Desk, kept: Path) -> None:
    async with seated(desk.session(), WIDE, kept=kept) as seat:
        for size in (WIDE, NARROW):
            await seat.resize(*size)
            assert ADVICE in seat.words, size
        await seat.type("ann")
        await seat.press("home", "delete")
        assert seat.one("#query", Input).value == "nn"
        seat.burst("delete", "delete", "delete", "delete")  # held until there is nothing left, and on
        await seat.until(lambda: ADVICE in seat.words)
        await seat.rest()
        assert ADVICE in seat.words
        await seat.press("left", "delete")
        assert ADVICE not in seat.words
        await seat.press("ctrl+q")
    async with seated(desk.session(), NARROW, kept=kept) as seat:
        for size in (NARROW, WIDE):
            await seat.resize(*size)
            assert ADVICE not in seat.words, size


async def test_what_is_open_and_who_is_locked_is_told_once_it_is_known(desk: Desk, org: Org) -> None:
    session = desk.session()
    record(session, org, "ann.lee")
    async with seated(session) as seat:
        assert "the outcome of Unlock for ann.lee@acme.example" in seat.words
        assert "Locked out not looked at yet" in seat.words
        await seat.press("f3", "home", "h")
        screen = seat.app.screen
        assert isinstance(screen, LockoutsScreen)
        assert screen.picture
        first = seat.one("#locked", Rows).rows[0].case.name
        wave(screen)
        told = seat.words
        await seat.press("f2")
        assert "16 locked out, 3 blocked" in told
        assert "16, 3 blocked by device" in seat.words
        assert "people tried from 192.0.2.200" in seat.words
        assert first in seat.line("Yours")


async def test_the_last_view_comes_back_and_fresh_is_without(desk: Desk, kept: Path) -> None:
    async with seated(desk.session(), kept=kept) as seat:
        await seat.look_up("ann.lee@")
        await seat.press("enter", "g", *"figma", "enter")
        await seat.press("escape")
        await seat.look_up("ann")
        await seat.press("f4", "d", "f3", "d")
        screen = seat.app.screen
        assert isinstance(screen, LockoutsScreen)
        await screen.run_action("order")  # as the palette does
        await seat.press("slash", *"acme", "enter")
        assert (seat.app.screen is screen) is True  # mypy would take the wider type
        view = screen.view
        await seat.press("ctrl+q")
    async with seated(desk.session(), kept=kept) as seat:
        screen = seat.app.screen
        assert isinstance(screen, LockoutsScreen)
        assert screen.view == view
        assert seat.one("#find", Input).value == "acme"
        await seat.press("f4")
        assert seat.app.screen.only_open  # type: ignore[attr-defined]
        await seat.press("f2")
        assert seat.one("#query", Input).value == "ann"
        await seat.press("enter")
        assert len(seat.one("#people", Rows).rows) > 1
        await seat.press("enter", "g")
        assert seat.one("#wish", Input).value == "figma"
        assert len(seat.one("#software", Rows).rows) > 1  # nothing is searched before it is asked for
        await seat.press("enter")
        assert [row.name for row in seat.one("#software", Rows).rows][:1] == ["Figma"]
        await seat.press("ctrl+q")
    async with seated(desk.session(), kept=kept, fresh=True) as seat:
        assert isinstance(seat.app.screen, LookupScreen)
        assert seat.one("#query", Input).value == ""


async def test_a_file_of_nonsense_starts_as_always(desk: Desk, kept: Path) -> None:
    views = {"lockouts": {"show": "EVERYBODY", "order": "x", "cause": "y"}, "expiry": {"days": "1e9"}, "nowhere": {}}
    remembered = LeftOff(kept)
    remembered.note_person("demo", "", RecentPerson(HOSTILE, HOSTILE, HOSTILE, HOSTILE, 1.0))
    remembered.note_view("demo", "", "nowhere", views)
    remembered.save()
    async with seated(desk.session(), kept=kept) as seat:
        assert isinstance(seat.app.screen, LookupScreen)
        assert unfit(seat.text) == []
        await seat.press("down", "enter")
        assert unfit(seat.text) == []
        await seat.press("f3", "f7")
        assert seat.app.screen.days == 14  # type: ignore[attr-defined]
