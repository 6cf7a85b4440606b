"""Keys at machine speed open a dialog and never confirm it: it takes the key only after it was drawn."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.widgets import Input

from screens.act.confirm import ConfirmScreen
from screens.bulk.bulk import BulkScreen
from screens.connectors.opening import AskProductionScreen
from screens.connectors.rotate import RotateScreen
from screens.lockouts.lockouts import LockoutsScreen
from screens.notices.notice import TOPICS, NoticeScreen
from screens.people.lookup import LookupScreen
from screens.software.software import SoftwareScreen
from tests.conftest import ORIGIN, token_of
from tests.desk.bulk.jobs import CREW, locked
from tests.desk.support import Gate
from tests.screens.connectors.offices import FIRST, SECOND, Office
from tests.screens.expiry.test_expiry import server  # noqa: F401 - a fixture
from tests.screens.setup.wizard import Bench
from tests.screens.support import NARROW, seated
from tui.demo.admins.principals import MAIN, client_id
from tui.demo.base import client_keys
from tui.demo.base.ids import Ids
from tui.desk.connectors.connector import parse_address
from tui.desk.connectors.secrets import Secret
from tui.desk.people.parts import SHARED_FOR
from tui.okta.policy import Mode
from tui.setup_walk import StepName
from tui.wiring import Tour
from widgets.key_queue import Taking
from widgets.marks import MarkRows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk, FakeClock, Wire
    from tests.desk.notices.mail_server import MailServer
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org

BOB = (*"bob", "space", *"martin", "enter")


def in_front(seat: Seat) -> type[object]:
    """What kind of screen or dialog is in front."""
    return type(seat.app.screen)


async def on_card(seat: Seat, login: str) -> None:
    await seat.look_up(f"{login}@acme.example")
    await seat.press("enter")


async def several_at_once(seat: Seat, wire: Line) -> None:
    for name in CREW[:2]:
        await seat.look_up(f"{name}@acme.example")
        await seat.press("enter", "space", "escape")
    wire.watch = gate = Gate(lambda _: True)
    await seat.hit("b", "enter")
    await seat.until(lambda: gate.held)
    bulk, letter = seat.app.screen, events.Key("s", "s")
    assert isinstance(bulk, BulkScreen)
    wire.watch = None
    gate.opened.set()
    while bulk.taking(letter) is not Taking.NOW:  # noqa: ASYNC110 - at the first moment at which it is taken
        await asyncio.sleep(0)
    assert bulk.focused is seat.one("#reason", Input)  # in the same moment: no letter goes anywhere else
    await seat.press("escape")
    seat.burst("b", "enter", *"storm", "tab", "tab", "2", "enter", "enter")
    await seat.rest()
    assert in_front(seat) is BulkScreen
    fields = [seat.one(f"#{name}", Input).value for name in ("reason", "count")]
    assert (fields, wire.writes) == (["storm", "2"], [])
    assert "enter came before this was on the screen, and did nothing. Press it again." in seat.words
    await seat.press("enter")
    assert len(wire.writes) == 2


async def a_notice(seat: Seat, post: MailServer) -> None:
    await on_card(seat, "ann.lee")
    seat.burst("n", "enter", "enter")
    await seat.rest()
    assert in_front(seat) is NoticeScreen
    assert "enter came before this was on the screen" in seat.words
    seat.burst("d", "enter", "d", "enter")  # what was shown before is not what is sent
    await seat.rest()
    assert post.mails == []
    for _ in range(len(TOPICS) - 2):
        await seat.press("d")
    await seat.press("enter")
    assert len(post.mails) == 1


async def an_unlock_from_the_lockouts(seat: Seat, wire: Line, clock: FakeClock) -> None:
    await seat.drip("f3", "u", "enter", "space", "h")  # for nobody yet
    assert in_front(seat) is LockoutsScreen
    assert "came before this was on the screen" in seat.words
    assert not seat.one("#locked", MarkRows).marked
    clock.now += SHARED_FOR
    wire.watch = gate = Gate(lambda request: "/blocks" in str(request.url))
    seat.burst("u", *"storm", "enter", "enter")
    await seat.until(lambda: gate.held)
    wire.watch = None
    gate.opened.set()
    await seat.rest()
    assert in_front(seat) is ConfirmScreen
    assert seat.one("#reason", Input).value == "storm"
    await seat.press("escape")
    clock.now += SHARED_FOR
    wire.watch = gate = Gate(lambda request: "/blocks" in str(request.url))
    await seat.hit("u")
    await seat.until(lambda: gate.held)
    await seat.hit("f2", "x")  # who turns to somebody else gets no dialog about the one before
    gate.opened.set()
    await seat.rest()
    assert in_front(seat) is LookupScreen
    assert seat.one("#query", Input).value == "x"


async def what_is_typed_behind_enter_is_for_the_only_software(seat: Seat, wire: Line) -> None:
    await on_card(seat, "ann.lee")
    wire.watch = gate = Gate(lambda request: "q=" in str(request.url) or "search=" in str(request.url))
    seat.burst("g", *"figma", "space", *"editors", "enter", "enter")
    await seat.until(lambda: gate.held)
    gate.opened.set()
    await seat.rest()
    assert in_front(seat) is ConfirmScreen, seat.text
    assert "Figma Editors" in seat.text
    await seat.press("escape")
    assert in_front(seat) is SoftwareScreen
    assert seat.one("#wish", Input).value == "figma editors"
    seat.burst("slash", *"ma", "enter", "1", "enter")
    await seat.rest()
    assert in_front(seat) is SoftwareScreen
    assert "several match: choose one first" in seat.words


async def a_slash_where_the_box_is_empty_means_the_box(seat: Seat) -> None:
    for opens, box in (("f2", "query"), ("f3", "find"), ("f4", "filter"), ("f7", "filter"), ("f8", "filter")):
        await seat.press(opens)
        seat.burst("slash", "slash", *"bo", "slash", *"b")
        await seat.rest()
        assert (seat.focused, seat.one(f"#{box}", Input).value) == (box, "bo/b")
    await seat.press("f2", "escape")
    seat.burst("slash", *BOB)  # all of the text is selected
    await seat.rest()
    assert seat.one("#query", Input).value == "bob martin"
    await seat.press("g")
    seat.burst("slash", *"fig")
    await seat.rest()
    assert seat.one("#wish", Input).value == "fig"


async def test_one_sitting_at_machine_speed(
    desk: Desk,
    org: Org,
    wire: Line,
    clock: FakeClock,
    server: MailServer,  # noqa: F811 - the fixture
) -> None:
    locked(org)
    async with seated(desk.session(), NARROW) as seat:
        await an_unlock_from_the_lockouts(seat, wire, clock)
        await what_is_typed_behind_enter_is_for_the_only_software(seat, wire)
        assert wire.writes == []
        wire.watch = None
        await seat.press("escape")
        await a_notice(seat, server)
        await seat.press("escape")
        await several_at_once(seat, wire)
        await seat.press("escape")
        await seat.look_up("")
        await a_slash_where_the_box_is_empty_means_the_box(seat)


@pytest.fixture
def office(clock: FakeClock, home: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    made = Office(clock, home)
    made.through(monkeypatch)
    return made


async def test_a_new_token(office: Office) -> None:
    office.keep("Acme", FIRST)
    new = token_of(office.orgs[FIRST], "org")
    async with office.seated(NARROW) as seat:
        await seat.press("f5")
        seat.burst("ctrl+r", *new, "enter", "ctrl+n")
        await seat.rest()
        assert in_front(seat) is RotateScreen
        assert new in [field.value for field in seat.app.screen.query(Input)]
        await seat.press("enter")
        assert "Acme has a new token" in seat.words


async def test_a_connector_is_saved(wire: Wire, clock: FakeClock, home: Path) -> None:
    pem = Secret(client_keys.private_pem(7, MAIN, "ES256"))
    tour = Tour(parse_address(ORIGIN), client_id(Ids(7), MAIN), client_keys.key_id(7, MAIN), pem)
    async with Bench(wire, clock, home).admin(tour=tour) as admin:
        admin.burst("ctrl+t", "ctrl+n", "ctrl+t", "ctrl+n", "ctrl+n", "ctrl+n", "ctrl+t", "ctrl+n", "ctrl+n")
        await admin.rest()  # each step is checked before the next one gets its keys
        assert admin.step == StepName.PROOF
        await admin.drip("ctrl+n", "ctrl+n", "enter", "enter")
        assert admin.step == StepName.SAVE
        assert admin.app.outcome is None
        await admin.press("enter")
    assert admin.app.outcome is not None


async def test_keys_behind_f6_are_for_the_other_connector(office: Office) -> None:
    office.keep("Acme", FIRST)
    office.keep("Beta", SECOND)
    async with office.seated(NARROW) as seat:
        await on_card(seat, "henry.stone")
        seat.burst("f6", "f6", *BOB, "p", "enter")
        await seat.rest()
        assert in_front(seat) is ConfirmScreen
        assert "Bob Martin" in seat.text
        assert "Sent to 127.0.0.1:10" in seat.words
        await seat.press("escape")
        (office.home / "secrets" / "Acme.token").unlink()
        seat.burst("f6", "f6", *BOB, "p", "enter")
        await seat.rest()
        assert in_front(seat) is LookupScreen  # what was meant for the other one is for nobody
        assert "Beta" in seat.lines[0]
        assert "secret" in seat.words
    assert not [request for wire in office.wires.values() for request in wire.sent if request.method != "GET"]


async def test_a_question_is_not_answered_by_what_was_typed_ahead(office: Office) -> None:
    office.keep("A test", FIRST, mode=Mode.READ_ONLY)
    office.keep("Live", SECOND, colour="red", production=True)
    async with office.seated(NARROW) as seat:
        seat.burst("f6", "f6", *"henry", "enter", "y")
        await seat.until(lambda: isinstance(seat.app.screen, AskProductionScreen))
        await seat.until(lambda: "Until now you only read." in seat.words)
        await seat.turn()
        assert in_front(seat) is AskProductionScreen
        seat.burst("y", *"bob")
        await seat.rest()
        assert "Live" in seat.lines[0]
        assert seat.one("#query", Input).value == "bob"
