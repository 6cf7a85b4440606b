"""The lockout feed on the screen: cases with cause and countdown, state, filters, care, waves; places kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from screens.lockouts.evidence import EvidenceScreen
from screens.lockouts.lockouts import LockoutsScreen
from screens.why.why import WhyScreen
from tests.desk.support import fault, harmful, service_session, world
from tests.screens.support import NARROW, WIDE, seated
from tui.desk.lockouts.case import Case, Shut
from tui.desk.lockouts.causes import diagnose
from tui.desk.lockouts.spray import Spray
from tui.desk.lockouts.view import Order, View
from widgets.rows import Rows

if TYPE_CHECKING:
    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org
    from tui.desk.lockouts.view import LockoutRow

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def screen(seat: Seat) -> LockoutsScreen:
    found = seat.app.screen
    assert isinstance(found, LockoutsScreen)
    return found


def kind(seat: Seat) -> type[object]:
    return type(seat.app.screen)


def table(seat: Seat) -> Rows[LockoutRow]:
    return seat.one("#locked", Rows)


def current(seat: Seat) -> str:
    row = table(seat).current
    assert row
    return row.case.login.partition("@")[0]


async def go_to(seat: Seat, name: str) -> None:
    for _ in range(100):
        if current(seat) == name:
            return
        await seat.press("down")
    pytest.fail(f"{name} is not further down")


def case(number: int, minutes: int) -> Case:
    began = NOW - timedelta(minutes=minutes)
    return Case(f"c{number}", f"u{number}", f"p{number:02}@x", f"P {number}", Shut.LOCKED, began, diagnose(()))


async def a_row_tells_state_cause_and_countdown(seat: Seat) -> None:
    ann = next(line for line in seat.lines if line.startswith("  ") and "ann.lee" in line)
    for part in ("Locked", "Mail", "locks again"):
        assert part in ann
    milo = seat.line("▸ ")
    for part in ("Locked", "Mistyped", "in 7 min"):
        assert part in milo
    await go_to(seat, "henry.stone")
    assert "needs admin" in seat.line("▸ ")
    assert "Blocked" in next(line for line in seat.lines if "carla.diaz" in line)
    assert "log live" in seat.text
    assert "└" in seat.text  # the axis of the chart
    assert all(len(line) == seat.app.size.width for line in seat.lines)


async def one_key_to_the_cause_and_back(seat: Seat) -> None:
    assert current(seat) == "ann.lee"
    await seat.press("w")
    assert kind(seat) is WhyScreen
    await seat.press("escape")
    assert kind(seat) is LockoutsScreen
    assert current(seat) == "ann.lee"


async def what_is_typed_right_behind_the_slash_is_no_key(seat: Seat) -> None:
    await seat.press("slash", "u", "w", "p")
    assert kind(seat) is LockoutsScreen
    view = screen(seat).view
    assert view is not None
    assert "with “uwp”" in view.words
    await seat.press("enter", "escape")


async def filters_sort_and_search(seat: Seat) -> None:
    shown = len(table(seat).rows)
    await seat.press("d")
    assert len(table(seat).rows) > shown
    assert "shown: all of two days" in seat.text
    assert "by Nina Rossi" in next(line for line in seat.lines if "megan.russell" in line)
    await seat.press("1")
    assert "shown: all of two days, only" in seat.text
    await seat.press("escape")
    assert len(table(seat).rows) == shown
    screen(seat).view = View(order=Order.NAME)
    await seat.rest()
    names = [row.case.name.casefold() for row in table(seat).rows]
    assert names == sorted(names)
    await seat.press("slash", *"fischer")
    assert seat.focused == "find"
    assert [row.case.login for row in table(seat).rows] == ["leo.fischer@acme.example"]
    await seat.press("enter")
    assert seat.focused == "locked"
    await seat.press("escape")
    assert len(table(seat).rows) == shown
    await seat.press("d", "d")
    assert "No case is like that. esc clears the filter." in seat.text
    await seat.press("escape")


async def taking_care_and_leaving(seat: Seat) -> None:
    await seat.press("home")
    await go_to(seat, "ann.lee")
    assert "A mail client (Mail on an iPhone) keeps sending an old password (likely)" in seat.words
    assert "newest failure" in seat.words
    assert "198.51.100.77" in seat.words
    await seat.press("h")
    assert "tess" in seat.line("▸ ")
    await seat.press("d", "d")
    assert [row.case.login for row in table(seat).rows] == ["ann.lee@acme.example"]
    assert "Ann Lee (ann.lee@acme.example) · tess takes care of it" in seat.words
    await seat.press("h")
    assert len(table(seat).rows) == 0
    await seat.press("escape")
    assert "tess" not in "\n".join(seat.lines[1:])


async def taking_over_from_a_colleague_is_said(seat: Seat) -> None:
    row = table(seat).current
    assert row
    screen(seat).reader.monitor._open_feed().store.handle(row.id, "otto\x1b", 0.0)
    await seat.press("r")
    await seat.press("h")
    assert "You took this over from otto␛" in seat.words
    assert "tess" in seat.line("▸ ")
    await seat.resize(*NARROW)
    assert "▸ ● tess " in seat.line("▸ ")  # in eighty columns, too


async def new_rows_move_neither_the_cursor_nor_what_is_in_view(seat: Seat) -> None:
    old = tuple(case(number, 10 + number) for number in range(60))
    shown = screen(seat)
    assert shown.picture
    shown.picture = replace(shown.picture, cases=old)
    await seat.rest()
    await seat.press("home", "pagedown", "pagedown", "down")
    before = (current(seat), [line[:40] for line in seat.lines[4:-3]])
    shown.picture = replace(shown.picture, cases=(case(99, 1), case(98, 2), *old))
    await seat.rest()
    assert (current(seat), [line[:40] for line in seat.lines[4:-3]]) == before
    await seat.press("home")
    assert current(seat) == "p99"
    shown.picture = replace(shown.picture, cases=(case(97, 0), *shown.picture.cases))
    await seat.rest()
    assert current(seat) == "p99"
    assert "p97" in seat.text  # at the top, the newest is in sight


async def test_the_cases_and_what_is_done_with_them(desk: Desk) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await seat.press("f3")
        await a_row_tells_state_cause_and_countdown(seat)
        await what_is_typed_right_behind_the_slash_is_no_key(seat)
        await seat.resize(*WIDE)
        await filters_sort_and_search(seat)
        await taking_care_and_leaving(seat)
        await go_to(seat, "ann.lee")
        await one_key_to_the_cause_and_back(seat)
        await taking_over_from_a_colleague_is_said(seat)
        await new_rows_move_neither_the_cursor_nor_what_is_in_view(seat)


async def test_countdowns_that_were_left_out_are_filled_in(desk: Desk, org: Org) -> None:
    active = [person.login for person in org.people.from_index() if person.status == "ACTIVE" and not person.blocked]
    for login in active[:12]:
        world(org, lock=login)
    async with seated(desk.session(), NARROW) as seat:
        await seat.press("f3")
        before = seat.text.count("not read yet")
        for _ in range(6):
            screen(seat).reader.poll_log()
            await seat.rest()
        assert seat.text.count("not read yet") < before
        assert not screen(seat).reader.monitor.lacks_countdown


async def test_without_the_log_it_falls_back_and_says_what_is_missing(desk: Desk) -> None:
    async with seated(service_session(desk, "service-nologs"), NARROW) as seat:
        await seat.press("f3")
        assert "ann.lee" in seat.text
        assert "Not known" in next(line for line in seat.lines if line.startswith("  ") and "ann.lee" in line)
        assert "Causes, ends and device blocks are not known" in seat.words
        assert "keydesk lacks the scope okta.logs.read" in seat.words
        assert "device blocks not known" in seat.text
        await seat.press("r")
        assert "okta.logs.read" in seat.words  # still


async def a_countdown_goes_down_by_itself(seat: Seat, org: Org, clock: FakeClock) -> None:
    world(org, lock="bob.martin")
    clock.now += 60
    await seat.press("r")
    bob = next(row for row in table(seat).rows if row.case.login.startswith("bob.martin"))
    assert bob.case.heals_at
    left = round((bob.case.heals_at.timestamp() - clock.now) / 60)
    assert f"in {left} min" in seat.text
    clock.now += 120
    screen(seat).draw()
    await seat.rest()
    assert f"in {left - 2} min" in seat.text


async def marks_are_still_there_after_a_look_at_the_preview(seat: Seat) -> None:
    await seat.press("home")
    await go_to(seat, "bob.martin")
    await seat.press("space", "b")
    job_screen = seat.app.screen
    assert kind(seat) is not LockoutsScreen
    assert "Bob Martin" in seat.text
    await seat.press("escape")
    assert seat.app.screen is not job_screen
    assert "1 marked" in seat.words
    await seat.press("escape")


async def paused_it_asks_nothing_and_goes_on(seat: Seat, org: Org, wire: Line, clock: FakeClock) -> None:
    await seat.press("z")
    assert "paused, z goes on" in seat.text
    world(org, lock="pia.jensen")
    clock.now += 60
    wire.sent.clear()
    screen(seat).reader.poll_status()
    screen(seat).reader.poll_log()
    await seat.rest()
    assert wire.sent == []
    await seat.press("z")
    assert "log live" in seat.text
    assert "pia.jensen" in seat.text


async def behind_another_screen_the_log_rests_when_no_bell_is_wanted(seat: Seat, wire: Line, clock: FakeClock) -> None:
    lockouts = screen(seat)
    await seat.press("f2")
    clock.now += 600
    wire.sent.clear()
    lockouts.reader.poll_log()
    lockouts.reader.poll_status()
    await seat.rest()
    assert wire.sent == []
    await seat.press("f3")


async def the_bell_rings_for_what_is_new_and_only_when_wanted(
    seat: Seat, org: Org, clock: FakeClock, written: list[str]
) -> None:
    def told() -> list[str]:
        return [text for text in written if text.startswith("\x1b]9;")]

    lockouts = screen(seat)
    world(org, lock="jack.frost")
    clock.now += 60
    await seat.press("r")
    assert "jack.frost" in seat.text
    assert told() == []  # off
    await seat.press("ctrl+b", "ctrl+b")
    assert "New lockouts: bell and desktop notice" in seat.words
    world(org, lock="nina.rossi")
    clock.now += 60
    await seat.press("f2")  # also from behind another screen
    assert told() == []
    lockouts.reader.poll_log()
    await seat.rest()
    assert told() == ["\x1b]9;keydesk: locked out: Nina Rossi\x1b\\"]
    await seat.press("f3")


async def test_what_happens_meanwhile(
    desk: Desk, org: Org, wire: Line, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("TMUX", "TERM_PROGRAM", "VTE_VERSION"):
        monkeypatch.delenv(name, raising=False)
    async with seated(desk.session(), WIDE) as seat:
        written: list[str] = []
        assert seat.app._driver
        monkeypatch.setattr(seat.app._driver, "write", written.append)
        await seat.press("f3")
        await a_countdown_goes_down_by_itself(seat, org, clock)
        await marks_are_still_there_after_a_look_at_the_preview(seat)
        await paused_it_asks_nothing_and_goes_on(seat, org, wire, clock)
        await behind_another_screen_the_log_rests_when_no_bell_is_wanted(seat, wire, clock)
        await the_bell_rings_for_what_is_new_and_only_when_wanted(seat, org, clock, written)
        fault(org, "500", "/logs", times=-1)
        await seat.press("r")
        assert "log waits until 06:" in seat.text
        org.faults.clear()
    assert wire.writes == []


def wave(**more: object) -> Spray:
    first = NOW - timedelta(minutes=20)
    people = tuple(f"u{number}" for number in range(12))
    spray = Spray("192.0.2.9", False, people, 1, 40, first, NOW, "a script\x1b", "Oslo", False, ("192.0.2.9",))
    return replace(spray, **more)


async def test_a_wave_has_a_banner_and_its_evidence(desk: Desk) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await seat.press("f3", "v")
        assert "No wave in the last hour" in seat.words
        shown = screen(seat)
        assert shown.picture
        office = wave(source="10.0.0.1", internal=True)
        tried = {"u0": "p00@x\x1b", "u5": "p05@x"}
        shown.picture = replace(shown.picture, cases=(case(0, 5),), sprays=(wave(), office), tried=tried)
        await seat.rest()
        assert "! Looks like an attack v 12 people tried from 192.0.2.9" in seat.text
        await seat.press("v")
        assert isinstance(seat.app.screen, EvidenceScreen)
        for part in ("12 tried, 40 attempts, 1 locked", "Oslo", "a script␛", "1 of 2", "Tell security first"):
            assert part in seat.words
        assert harmful(seat.text.replace("\n", "")) == []
        await seat.press("c")
        assert "192.0.2.9" in seat.app.clipboard
        assert "p05@x" in seat.app.clipboard
        whole = len(seat.one("#tried", Rows).rows)
        await seat.press("slash", *"p05", "enter")
        assert len(seat.one("#tried", Rows).rows) == 1
        await seat.press("x")
        assert "Export the people tried, as filtered" in seat.words
        await seat.press("escape", "slash", "escape", "o", "2")
        assert len(seat.one("#tried", Rows).rows) == whole
        assert "Login ▲" in seat.text
        await seat.press("tab")
        assert "10.0.0.1" in seat.text
        assert "a common fault" in seat.words
        await seat.press("escape")
        assert isinstance(seat.app.screen, LockoutsScreen)
