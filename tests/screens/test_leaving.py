"""Leaving every screen and dialog at any moment: while it is made, while it reads, while it is taken apart."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from textual import events

from screens.act.secret import SecretScreen
from screens.connectors.opening import OpeningScreen
from screens.people.lookup import LookupScreen
from screens.setup.resume import ResumeScreen
from screens.software.group import GroupScreen
from tests.desk.support import Gate, aim, user_id
from tests.screens.connectors.offices import FIRST, SECOND, Office
from tests.screens.lockouts.test_feed import screen as lockouts_screen
from tests.screens.lockouts.test_feed import wave
from tests.screens.setup.wizard import Admin, Bench
from tests.screens.support import NARROW, seated
from tui.demo.admins.principals import MAIN, client_id
from tui.demo.base import client_keys
from tui.demo.base.ids import Ids
from tui.desk.connectors import settings
from tui.desk.connectors.connector import parse_address
from tui.desk.connectors.secrets import Secret
from tui.desk.setup.form import Form
from tui.desk.software.catalog import catalog_of
from tui.desk.why.why import STRANGERS_FOR
from tui.okta.policy import Mode
from tui.setup_app import SetupApp
from tui.wiring import Tour

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org
    from tui.desk.session import Session

    Opens = str | Callable[[], object]

FEW = 4
TRIES = 10_000 if os.environ.get("KEYDESK_EVERY_STEP") else FEW
"""How many of the steps that matter are tried for each screen: all of them take minutes, so a usual run takes some,
spread evenly. `KEYDESK_EVERY_STEP=1` tries all."""
MOST = 200
"""Steps of the event loop in which a screen must have come to rest."""
ANN = "ann.lee@acme.example"


def strike(seat: Seat, key: str) -> None:
    """Press a key without waiting for anything."""
    event = events.Key(key, key if len(key) == 1 else None)
    event.set_sender(seat.app)
    seat.app._driver.send_message(event)  # type: ignore[union-attr]


def begin(seat: Seat, opens: Opens) -> None:
    """Open something, by its key where it has one on the screen in front."""
    if isinstance(opens, str):
        strike(seat, opens)
    else:
        opens()


def begin_all(seat: Seat, keys: tuple[str, ...]) -> None:
    """Open something, and type on at once."""
    for key in keys:
        strike(seat, key)


async def step_on(steps: int) -> None:
    """Let the event loop take some steps."""
    for _ in range(steps):
        await asyncio.sleep(0)


def sight(seat: Seat) -> tuple[object, ...]:
    """What one step may have changed: which screen is in front, and how far its widgets are made."""
    screen = seat.app.screen
    made = [(id(node), node._is_mounted, len(node._nodes)) for node in screen.walk_children(with_self=True)]
    return screen, screen.focused, made, len(seat.app.workers)


async def steps_that_matter(seat: Seat, opens: Opens) -> list[int]:
    """Open something once; the steps after which something was different, until it came to rest by itself."""
    loop = asyncio.get_running_loop()
    begin(seat, opens)
    before, found = sight(seat), [0]
    for step in range(1, MOST):
        await asyncio.sleep(0)
        if (now := sight(seat)) != before:
            found.append(step)
        before = now
        if not loop._ready:  # type: ignore[attr-defined]
            return [*found, step + 1]
    raise AssertionError(f"{opens} never comes to rest")


async def leave_at_every_step(
    seat: Seat, opens: Opens, again: Callable[[], object] = lambda: None, leaves: str = "escape"
) -> None:
    """Open something, and leave it after each step of the event loop that changes anything."""
    under = seat.app.screen
    await seat.turn()
    matter = await steps_that_matter(seat, opens)
    assert len(matter) > FEW, f"{opens} opens nothing"
    for steps in (-1, *matter[:: -(-len(matter) // TRIES)]):
        if steps >= 0:
            again()
            await seat.turn()
            begin(seat, opens)
            await step_on(steps)
        for _ in range(6):  # the first may still reach the screen beneath, and some ask back
            strike(seat, leaves)
            await seat.turn()
            if seat.app.screen is under or not seat.app.is_running:
                break
        assert seat.app.is_running, f"{opens}, left after {steps} steps"
        assert seat.app.screen is under, f"{opens}, left after {steps} steps"


async def never(_: object) -> None:
    """A wire on which no answer comes."""
    await asyncio.Event().wait()


async def test_what_opens_in_front_of_a_card(desk: Desk, wire: Line) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await seat.look_up(ANN)
        await seat.press("enter", "enter", "space")
        screen = seat.app.screen
        assert isinstance(screen, LookupScreen)
        wire.watch = never
        for opens in "gwufnb":
            screen.open_card()
            await leave_at_every_step(seat, opens, screen.open_card)


async def test_the_steps_by_hand(desk: Desk) -> None:
    async with seated(desk.session(mode=Mode.READ_ONLY), NARROW) as seat:
        await seat.look_up(ANN)
        await seat.press("enter", "enter")
        screen = seat.app.screen
        assert isinstance(screen, LookupScreen)
        await leave_at_every_step(seat, "u", screen.open_card)


async def test_what_opens_in_front_of_the_lockouts(desk: Desk, wire: Line) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await seat.press("f3", "space")
        wire.watch = never
        await leave_at_every_step(seat, "b")


async def test_from_screen_to_screen(desk: Desk, wire: Line) -> None:
    async with seated(desk.session(), NARROW) as seat:
        wire.watch = never
        for opens in ("f3", "f4", "f5", "f7", "f8"):
            await leave_at_every_step(seat, opens, leaves="f2")
        wire.watch = None


async def test_the_palette_and_the_evidence_of_a_wave(desk: Desk) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await leave_at_every_step(seat, "ctrl+p")
        await leave_at_every_step(seat, partial(begin_all, seat, ("ctrl+p", "l", "o")))
        await seat.press("f3")
        screen = lockouts_screen(seat)
        assert screen.picture is not None
        screen.picture = replace(screen.picture, sprays=(wave(),))
        await leave_at_every_step(seat, "v")


async def test_the_start_screen(desk: Desk) -> None:
    """What is pressed while keydesk is still being opened, in whichever order, breaks nothing."""
    for steps in (0, 12):
        ready = Event()

        def opening(ready: Event = ready) -> Session:
            assert ready.wait(20)
            return desk.session()

        async with seated(opening, NARROW, wait=False) as seat:
            for key in ("ctrl+p", "escape", "f3", "f6", "/", "ctrl+c", "x", "escape"):
                strike(seat, key)
                await step_on(steps)
            ready.set()
            for key in ("f4", "f2"):
                strike(seat, key)
                await step_on(steps)
            await seat.until(lambda: isinstance(seat.app.screen, LookupScreen))
            await seat.rest()
            assert seat.app.is_running


async def test_what_has_no_key_of_its_own(desk: Desk, org: Org, wire: Line) -> None:
    """A secret, a draft that was left, a group's own list: the way to each is long, and tested elsewhere."""
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, "henry.stone"))
    async with seated(session, NARROW) as seat:
        show = seat.app.push_screen
        changed = seat.app.person_changed
        wire.watch = never
        made: tuple[Callable[[], Any], ...] = (
            lambda: SecretScreen(plan, Secret("x")),
            lambda: ResumeScreen(Form()),
            lambda: GroupScreen(session, changed, print, purpose="Add 2 people to a group"),
        )
        for make in made:
            await leave_at_every_step(seat, lambda make=make: show(make()))  # type: ignore[misc]


@pytest.fixture
def bench(wire: Line, clock: FakeClock, home: Path) -> Bench:
    return Bench(wire, clock, home)


@pytest.fixture
def office(clock: FakeClock, home: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    made = Office(clock, home)
    made.through(monkeypatch)
    made.keep("Acme", FIRST)
    made.keep("Acme test", SECOND)
    return made


async def test_what_opens_in_front_of_the_connectors(office: Office) -> None:
    office.keep_app("App", FIRST, MAIN)
    async with office.seated(NARROW, name="App") as seat:
        for which, opens in (("App", "plus"), ("App", "o"), ("App", "ctrl+r"), ("Acme", "ctrl+r")):
            await seat.press("f5", "home")
            while which not in seat.line("▸ ").split():
                await seat.press("down")
            await leave_at_every_step(seat, opens)


async def test_a_connector_that_is_being_opened(office: Office) -> None:
    async with office.seated(NARROW) as seat:
        for steps in range(0, 40, 40 // FEW):
            strike(seat, "f6")
            await step_on(steps)
            strike(seat, "escape")
            await seat.rest()
            assert seat.app.is_running
            assert not isinstance(seat.app.screen, OpeningScreen)
        await seat.look_up("ann.lee")
        assert "ann.lee" in seat.text


async def test_the_wizard_that_is_taken_apart_takes_no_key(bench: Bench) -> None:
    async with bench.admin() as admin:
        wizard = admin.app._wizard
        await wizard.query("*").remove()
        wizard.action_back()
        wizard._focus(wizard.shown, "")
        assert admin.app.is_running


async def test_the_wizard_alone(wire: Line, clock: FakeClock) -> None:
    pem = client_keys.private_pem(7, MAIN, "ES256")
    tour = Tour(parse_address(FIRST), client_id(Ids(7), MAIN), client_keys.key_id(7, MAIN), Secret(pem))
    for steps in range(0, 60, 60 // FEW):
        app = SetupApp(settings.places(), tour=tour, transport=wire, clock=clock)
        async with app.run_test(size=NARROW) as pilot:
            admin = Admin(app, pilot)
            await step_on(steps)
            for key in ("ctrl+t", "ctrl+n", "escape", "escape", "escape"):
                strike(admin, key)
            await admin.turn()
        assert app._exception is None


async def answered_late(seat: Seat, wire: Line, clock: FakeClock, opens: tuple[str, ...]) -> None:
    """Open something, leave it, and have what it reads answered so many steps later."""
    under = seat.app.screen
    for steps in range(0, 24, 24 // min(TRIES // 2, 24)):
        wire.watch = gate = Gate()
        catalog_of(seat.app.session).forget()
        clock.now += STRANGERS_FOR  # so that nothing is shared of what the step before has read
        await seat.hit(*opens)
        await seat.until(lambda: seat.app.screen is not under and gate.held)  # noqa: B023 - it is awaited here
        while seat.app.screen is not under and seat.app.is_running:
            strike(seat, "escape")
            await step_on(steps)
            gate.opened.set()
            await seat.turn()
        await seat.rest()
        assert seat.app.is_running, f"{opens}, answered after {steps} steps"
        assert seat.app.screen is under, f"{opens}, answered after {steps} steps"


# Reads that were left before they began: they hand on what they would have waited for.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited", "ignore::pytest.PytestUnraisableExceptionWarning")
async def test_answers_that_come_at_any_step_of_leaving_are_dropped(desk: Desk, wire: Line, clock: FakeClock) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await seat.look_up(ANN)
        await seat.press("enter", "enter", "space")
        screen = seat.app.screen
        assert isinstance(screen, LookupScreen)
        for opens in (("g",), ("w",), ("f",), ("M",), ("b", "enter")):
            screen.open_card()
            await answered_late(seat, wire, clock, opens)
        assert seat.app.is_running
        assert "Ann Lee" in seat.words
