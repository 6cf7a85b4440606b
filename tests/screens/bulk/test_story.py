"""An agent does one thing for several people: marks, choice, look, confirmation, progress, results, a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.widgets import Input

from screens.bulk.bulk import BulkScreen
from tests.desk.bulk.jobs import CREW, GROUP, locked
from tests.desk.support import Gate, fault, user_id, world, writing
from tests.screens.support import NARROW, SMALL, WIDE, seated, unfit
from tui.desk.bulk.job import MOST
from tui.desk.connectors.ticket import TicketRule
from widgets.marks import MarkRows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org


async def look_up_and_mark(seat: Seat, *names: str) -> None:
    """Look people up one after the other, and mark each."""
    for name in names:
        await seat.look_up(f"{name}@acme.example")
        await seat.press("enter", "space", "escape")


async def mark(seat: Seat, *names: str) -> None:
    """Have people marked as if they had been looked up one after the other; only the last one is."""
    session = seat.app.session
    before = [(await session.person_with_blocks(f"{name}@acme.example")).user for name in names[:-1]]
    seat.one("#people", MarkRows).mark(before)
    await look_up_and_mark(seat, names[-1])


async def to_look(seat: Seat) -> None:
    """From the marks to the table of those for whom an unlock is possible."""
    await seat.press("b", "enter")


async def confirm(seat: Seat, number: int, reason: str = "storm") -> None:
    """All that is asked for, but for the last enter."""
    await seat.type(reason)
    await seat.press("tab", "tab")
    await seat.type(str(number))


def table(seat: Seat) -> list[str]:
    """The rows of the job: name and result."""
    return [f"{line.person.user.login.partition('@')[0]} {line.state}" for line in screen(seat).view.lines.rows]


def screen(seat: Seat) -> BulkScreen:
    assert isinstance(seat.app.screen, BulkScreen)
    return seat.app.screen


async def test_several_are_unlocked_from_the_marks_to_a_file(desk: Desk, org: Org, wire: Line, home: Path) -> None:
    ids = locked(org)
    session = desk.session()
    async with seated(session, NARROW) as seat:
        await look_up_and_mark(seat, *CREW, "ann.lee2")
        assert "✓ 5 marked · b does one thing for all" in seat.text
        before = (seat.lines, seat.focused)
        await seat.press("b")
        assert "Several at once: 5 people" in seat.text
        assert "Add to a group" in seat.text
        await seat.press("enter")
        assert "Possible for 4 of 5, 1 left out" in seat.words
        assert "not locked" in seat.words
        assert "each with a ledger entry of their own" in seat.words
        assert "Sent to 127.0.0.1:9" in seat.words
        assert f"POST /api/v1/users/{ids[0]}/lifecycle/unlock" in seat.words
        assert seat.focused == "reason"
        assert wire.writes == []
        await seat.type("storm")
        await seat.press("enter")
        assert "! Type 4 to confirm: it is done for 4 people." in seat.words
        assert seat.focused == "count"
        await seat.type("5")
        await seat.press("enter")
        assert "Type 4 to confirm" in seat.text
        assert wire.writes == []
        await seat.press("backspace")
        await seat.type("4")
        await seat.hit("enter", "enter", "enter")  # twice quickly begins once
        await seat.rest()
        assert wire.writes == [f"POST /api/v1/users/{one}/lifecycle/unlock" for one in ids]
        assert "Unlock: 4 of 5 done, 1 not possible" in seat.words
        assert table(seat) == [*(f"{name} done" for name in CREW), "ann.lee2 not possible"]
        await seat.press("x")
        path = seat.one("#path", Input)
        assert path.value == "~/keydesk-unlock-20261123-060000.csv"
        path.value = "~/storm.json"
        await seat.press("enter")
        assert "✓ Written:" in seat.text
        told = json.loads((home.parent / "storm.json").read_text())
        assert [one["result"] for one in told["people"]] == ["done"] * 4 + ["not possible"]
        await seat.press("escape")
        assert (seat.focused, len(seat.lines)) == (before[1], len(before[0]))
        assert "✓ 1 marked" in seat.text  # who has got it is not marked any more
        assert "✓ Unlock: 4 of 5 done, 1 not possible" in seat.text
    assert len(session.ledger.entries()) == 4


async def test_several_are_added_to_a_group(desk: Desk, org: Org, wire: Line) -> None:
    group = org.groups.named(GROUP)
    async with seated(desk.session(), NARROW) as seat:
        await mark(seat, *CREW[:3])
        before = seat.focused
        await seat.press("b", "down", "enter", "escape")
        assert "Several at once: 3 people" in seat.text  # none chosen leads back to the choice
        await seat.press("escape")
        assert "✓ 3 marked" in seat.text
        assert wire.writes == []
        await seat.press("b", "down", "enter")
        assert "Add 3 people to a group" in seat.words
        await seat.type("figma ed")
        await seat.press("enter", "enter")
        assert f"Add to a group: {GROUP}. Possible for 3 of 3." in seat.words
        await confirm(seat, 3)
        await seat.press("enter")
        assert wire.writes == [f"PUT /api/v1/groups/{group.id}/users/{user_id(org, name)}" for name in CREW[:3]]
        assert f"Add to a group: {GROUP}: 3 of 3 done" in seat.words
        await seat.press("escape")
        assert seat.focused == before
        assert "marked" not in seat.lines[2]


async def test_half_of_it_fails_and_only_that_half_is_tried_again(desk: Desk, org: Org, wire: Line) -> None:
    ids = locked(org)
    session = desk.session()
    async with seated(session, NARROW) as seat:
        await mark(seat, *CREW)
        await to_look(seat)
        fault(org, "403-role", f"/users/{ids[1]}/lifecycle/")
        fault(org, "cut-before", f"/users/{ids[2]}/lifecycle/")
        await confirm(seat, 4)
        await seat.press("enter")
        assert "Unlock: 2 of 4 done, 1 refused, 1 unknown" in seat.words
        await seat.press("down")
        assert "ledger entry 3" in seat.words
        assert "request " in seat.words
        assert len(wire.writes) == 4
        await seat.press("r")
        assert "Possible for 2 of 2" in seat.words
        assert table(seat) == [f"{CREW[0]} done", f"{CREW[1]} ready", f"{CREW[2]} ready", f"{CREW[3]} done"]
        assert seat.one("#reason", Input).value == "storm"
        assert seat.one("#count", Input).value == ""
        await seat.press("tab", "tab", "2", "enter")
        assert "Unlock: 4 of 4 done" in seat.words
        await seat.press("r")  # there is nothing left for it
        assert "Unlock: 4 of 4 done" in seat.words
        await seat.press("escape")
        assert "marked" not in seat.lines[2]
    assert [sum(one in call for call in wire.writes) for one in ids] == [1, 2, 2, 1]
    assert session.ledger.open_entries() == []


async def test_trouble_for_all_stops_it_and_says_so(desk: Desk, org: Org, wire: Line) -> None:
    ids = locked(org)
    async with seated(desk.session(), NARROW) as seat:
        await mark(seat, *CREW)
        await to_look(seat)
        fault(org, "401", f"/users/{ids[1]}/lifecycle/", times=-1)
        await confirm(seat, 4)
        await seat.press("enter")
        assert "Unlock: 1 of 4 done, 1 refused, 2 not tried" in seat.words
        assert "Stopped, as it would fail for the rest too: Okta does not accept keydesk's credentials" in seat.words
    assert len({call.split("/")[4] for call in wire.writes}) == 2


async def test_escape_asks_and_stops_between_two_people(desk: Desk, org: Org, wire: Line) -> None:
    locked(org)
    gate = Gate(writing)
    session = desk.session()
    async with seated(session, NARROW) as seat:
        await mark(seat, *CREW)
        await to_look(seat)
        await confirm(seat, 4)
        wire.watch = gate
        await seat.hit("enter")
        await seat.until(lambda: gate.held)
        assert "0 of 4" in seat.text
        assert "Bob Martin: Recorded as number 1; sending POST" in seat.words
        await seat.hit("y")
        await seat.hit("escape")
        assert "Stop before the next person? y stops, esc goes on." in seat.words
        await seat.hit("escape")
        assert "It goes on." in seat.text
        await seat.hit("f2", "f4", "f6", "slash", "escape", "y")
        screen(seat)  # no way out while it runs
        assert "finished first" in seat.words
        gate.opened.set()
        await seat.rest()
        assert table(seat) == [f"{CREW[0]} done", *(f"{name} not tried" for name in CREW[1:])]
        assert "You stopped it." in seat.words
    assert len(wire.writes) == 1
    assert session.ledger.open_entries() == []


async def test_quitting_stops_first(desk: Desk, org: Org, wire: Line) -> None:
    locked(org)
    gate = Gate(writing)
    session = desk.session()
    async with seated(session) as seat:
        await mark(seat, *CREW)
        await to_look(seat)
        await confirm(seat, 4)
        wire.watch = gate
        await seat.hit("enter")
        await seat.until(lambda: gate.held)
        await seat.hit("ctrl+q")
        assert seat.app.is_running
        assert "ctrl+q once more leaves at once" in seat.words
        gate.opened.set()
        await seat.rest()
        assert table(seat)[0] == f"{CREW[0]} done"
    assert len(wire.writes) == 1
    assert session.ledger.open_entries() == []


async def test_more_than_the_cap_is_said_before_and_the_rest_stays_marked(desk: Desk, org: Org, wire: Line) -> None:
    for person in list(org.people.from_index())[: MOST + 10]:
        if person.status == "ACTIVE" and not org.roles_of(person):
            world(org, lock=person.login)
    for name in ("adam.brooks", "sheet.formula"):  # who may be under attack stands apart
        world(org, unlock=name)
    async with seated(desk.session()) as seat:
        await seat.look_up("acme")
        await seat.press("enter", "end", "end", "asterisk")
        marked = len(screen_marks(seat))
        assert marked > MOST
        await seat.press("b")
        assert f"{marked} people are marked; at most {MOST} go at once." in seat.words
        assert f"Enter takes the first {MOST}, the other {marked - MOST} stay marked." in seat.words
        await seat.press("enter")
        assert len(screen(seat).view.lines.rows) == MOST
        ready = sum(line.plan is not None for line in screen(seat).view.lines.rows)
        assert "May be an attack: ann.lee2@acme.example. Left out" in seat.words
        await confirm(seat, ready - 1)
        await seat.press("enter")
        assert len(wire.writes) == ready - 1
        await seat.press("escape")
        assert len(screen_marks(seat)) == marked - (ready - 1)


def screen_marks(seat: Seat) -> tuple[object, ...]:
    marked: tuple[object, ...] = seat.one("#people", MarkRows).marked
    return marked


async def test_read_only_leads_to_the_steps_by_hand(desk: Desk, org: Org, wire: Line) -> None:
    locked(org)
    async with seated(desk.session(read_only=True), NARROW) as seat:
        await mark(seat, *CREW[:2])
        await to_look(seat)
        assert "It is possible for nobody." in seat.words
        assert "read-only" in seat.words
        await seat.press("enter")
        assert "Bob Martin" in seat.words
        assert "Unlock Account" in seat.words
        await seat.press("escape", "escape")
        assert "✓ 2 marked" in seat.text
    assert wire.writes == []


async def test_a_ticket_that_the_connector_does_not_take(desk: Desk, org: Org, wire: Line) -> None:
    locked(org)
    session = desk.session()
    session = replace(session, connector=replace(session.connector, ticket=TicketRule("INC[0-9]+", needed=True)))
    async with seated(session, NARROW) as seat:
        await mark(seat, *CREW[:2])
        await to_look(seat)
        assert "needed, such as INC[0-9]+" in seat.line(" Ticket ")
        await seat.type("storm")
        before = (seat.lines, seat.focused)
        for size in (WIDE, SMALL, NARROW):
            await seat.resize(*size)
            assert "storm" in seat.text, size  # what was typed is kept
        assert (seat.lines, seat.focused) == before
        await seat.press("tab", "tab", "2", "enter")
        assert "! A ticket number is needed" in seat.words
        assert seat.focused == "ticket"
        assert wire.writes == []
        await seat.type("INC12")
        await seat.press("enter")
        assert len(wire.writes) == 2
        assert {entry.intent.ticket for entry in session.ledger.entries()} == {"INC12"}


async def test_hostile_names_are_text_everywhere(desk: Desk, org: Org) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await mark(seat, "ansi.colour", "mark.up")
        assert not unfit(seat.text)
        await seat.press("b")
        assert not unfit(seat.text)
        await seat.press("enter", "down", "enter")
        assert not unfit(seat.text)
        assert "␛[31mRed␛[0m" in seat.text
