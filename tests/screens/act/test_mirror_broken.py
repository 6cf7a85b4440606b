"""The mirror broken on purpose: every screen says yes to everything, and still nothing but reads leaves."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from screens.act.confirm import ConfirmScreen
from screens.act.instructions import InstructionsScreen
from screens.bulk.bulk import BulkScreen
from screens.people.lookup import LookupScreen
from screens.software.software import SoftwareScreen
from tests.desk.bulk.jobs import CREW, locked
from tests.desk.support import choose, records, someone_for
from tests.screens.bulk.test_story import mark
from tests.screens.support import NARROW, WIDE, seated
from tui.desk.actions import obstacles
from tui.desk.actions import targets as aiming
from tui.desk.actions.catalogue import ACTIONS, ON_THE_CARD
from tui.desk.actions.grammar import Danger
from tui.desk.session import Session
from tui.okta.policy import Mode
from widgets.rows import Rows
from widgets.tick_box import TickBox

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org
    from tui.okta.calls import Call

LOGIN, REASON, COUNT = "login", "reason", "count"
WITNESSES = {"unlock", "clear-sessions", "remove-factor"}
"""Of the card, for each danger and target one; `test_the_whole_way_of_every_action` sends them all."""


@pytest.fixture(autouse=True)
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks what is in the way is told that nothing is, wherever the question was imported to."""
    functions = (obstacles.obstacle, aiming.nothing_to_do)
    for module in [module for name, module in sys.modules.items() if name.startswith(("tui.", "screens.", "widgets."))]:
        for function in functions:
            for name, value in list(vars(module).items()):
                if value is function:
                    monkeypatch.setattr(module, name, lambda *_, **__: None)
    monkeypatch.setattr(Session, "obstacle", lambda *_, **__: None)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """The changes that were asked of the client, which shows that the screens really tried."""
    from tui.okta.client import OktaClient  # noqa: PLC0415 - replaced here only

    found: list[Call] = []
    send = OktaClient.send

    async def watched(self: OktaClient, call: Call, **more: object) -> object:
        if call.writes:
            found.append(call)
        return await send(self, call, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(OktaClient, "send", watched)
    return found


async def confirm(seat: Seat) -> None:
    """Fill in whatever a dialog asks for, choose whatever can be chosen, and confirm."""
    screen = seat.app.screen
    if isinstance(screen, ConfirmScreen):
        values = {LOGIN: screen._person.user.login, REASON: "because"}
        for tick in screen.query(TickBox):
            if tick.display:
                tick.focus()
                await seat.press("space")
    elif isinstance(screen, BulkScreen):
        ready = sum(line.obstacle is None for line in screen.view.lines.rows)
        values = {REASON: "because", COUNT: str(ready)}
    else:
        return
    for field in screen.query(Input):
        if field.id in values:
            field.value = values[field.id]
    screen.query_one("#reason", Input).focus()
    await seat.rest()  # an enter from before the dialog shows what it confirms is no answer to it
    await seat.press("enter")


async def test_every_action_confirmed_sends_nothing(
    desk: Desk, org: Org, wire: Line, home: Path, asked: list[Call]
) -> None:
    async with seated(desk.session(read_only=True), WIDE) as seat:
        screen = seat.app.screen
        assert isinstance(screen, LookupScreen)
        for found in ACTIONS.values():
            asked.clear()
            user = someone_for(org, found.id)
            person = await seat.app.session.person_with_blocks(user)
            screen.notice.clear()
            screen.flow.start(found, person, choose(org, found.id, user) or None)
            await seat.rest()
            dialog = seat.app.screen
            assert isinstance(dialog, ConfirmScreen), found.id
            await confirm(seat)
            assert id(seat.app.screen) == id(screen), found.id
            assert "nothing was sent" in seat.words
            assert "read-only" in seat.words
            (call,) = asked
            assert any(one.path_values(call) is not None for one in found.endpoints), found.id
            assert wire.writes == [], found.id
    outcomes = [record["outcome"] for kind, record in records(home / "demo" / "ledger.sqlite3") if kind == "outcome"]
    assert outcomes == ["not sent"] * len(ACTIONS)


async def test_every_key_of_the_card_confirmed_sends_nothing(desk: Desk, wire: Line, asked: list[Call]) -> None:
    async with seated(desk.session(mode=Mode.READ_ONLY), NARROW) as seat:  # the others are tightened by a flag
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter")
        for action in ON_THE_CARD:
            await seat.press(action.key)
            if not isinstance(seat.app.screen, ConfirmScreen) and action.chosen:
                await seat.press("enter")  # the first factor, if there is one
            await confirm(seat)
            assert not isinstance(seat.app.screen, InstructionsScreen)
            if action.id == "unlock":
                assert "nothing was sent for Ann Lee" in seat.words
            assert wire.writes == [], action.id
            for _ in range(3):
                if not isinstance(seat.app.screen, LookupScreen):
                    await seat.press("escape")
        assert len(asked) >= len(ON_THE_CARD) - 2


async def test_every_way_to_software_confirmed_sends_nothing(desk: Desk, wire: Line, asked: list[Call]) -> None:
    async with seated(desk.session(read_only=True), NARROW) as seat:
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter")
        for wish in ("", "figma", "vpn", "admins", "dispatch", "retired"):
            asked.clear()
            await seat.press("g")
            software = seat.app.screen
            assert isinstance(software, SoftwareScreen)
            seat.one("#wish", Input).value = wish
            await seat.rest()
            numbers = [str(number) for number, _ in enumerate(software._ways, 1)] or ["1"]
            for key in {"figma": ["enter", *numbers], "": numbers}.get(wish, numbers[:1]):
                seat.one("#software", Rows).focus()
                await seat.press(key)
                if not isinstance(seat.app.screen, ConfirmScreen | SoftwareScreen):
                    await seat.press("enter", "enter")  # one of the groups
                await confirm(seat)
                assert wire.writes == [], (wish, key)
                for _ in range(3):
                    if seat.app.screen is not software:
                        await seat.press("escape")
            assert asked or wish in {"admins", "dispatch", "retired"}
            if seat.app.screen is software:
                await seat.press("escape")
    assert wire.writes == []


async def test_several_at_once_confirmed_send_nothing(desk: Desk, org: Org, wire: Line, asked: list[Call]) -> None:
    locked(org)
    async with seated(desk.session(read_only=True), WIDE) as seat:
        await mark(seat, *CREW)
        await seat.press("b", "enter")
        assert isinstance(seat.app.screen, BulkScreen)
        assert "Possible for 4 of 4" in seat.words
        await confirm(seat)
        assert "0 of 4 done" in seat.words
    assert asked
    assert wire.writes == []


async def test_the_same_keys_do_send_where_it_is_allowed(desk: Desk, org: Org, wire: Line) -> None:
    async with seated(desk.session(), WIDE) as seat:
        for action in ACTIONS.values():
            if action.danger is Danger.DESTRUCTIVE or (action in ON_THE_CARD and action.id not in WITNESSES):
                continue
            user = someone_for(org, action.id)
            person = await seat.app.session.person_with_blocks(user)
            screen = seat.app.screen
            assert isinstance(screen, LookupScreen)
            before = len(wire.writes)
            screen.flow.start(action, person, choose(org, action.id, user) or None)
            await seat.rest()
            await confirm(seat)
            assert len(wire.writes) > before, action.id
            while not isinstance(seat.app.screen, LookupScreen):
                await seat.press("escape")
