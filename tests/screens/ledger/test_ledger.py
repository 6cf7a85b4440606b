"""The ledger on the screen: browse, filter, settle, verify."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from textual.widgets import Input

from screens.people.lookup import LookupScreen
from tests.desk.support import user_id
from tests.screens.support import NARROW, SMALL, seated
from tui.desk.ledger.entry import Intent, Outcome
from tui.desk.ledger.ledger import Ledger
from tui.okta.calls import Call
from widgets.rows import Rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org
    from tui.desk.ledger.entry import Entry
    from tui.desk.ledger.finding import Interest
    from tui.desk.session import Session

ORG = "http://127.0.0.1:9"


def record(
    session: Session, org: Org, name: str = "ann.lee", *, reason: str = "", where: str = ORG, **more: str
) -> int:
    """An intent as keydesk records it."""
    person = user_id(org, name)
    intent = Intent(
        action="unlock",
        title="Unlock",
        connector=more.get("connector", "environment"),
        org=where,
        person_id=person,
        person_login=f"{name}@acme.example",
        person_name=name.replace(".", " ").title(),
        status="LOCKED_OUT",
        calls=(Call("POST", f"/api/v1/users/{person}/lifecycle/unlock"),),
        reason=reason,
        ticket=more.get("ticket", ""),
        agent="tess",
        origin="",
    )
    return session.ledger.intend(intent).entry


@pytest.fixture
def session(desk: Desk, org: Org) -> Session:
    """Three entries: done, open, and one of another org."""
    made = desk.session()
    made.ledger.outcome(record(made, org, "bob.martin", reason="phone call", ticket="INC-7"), Outcome.DONE)
    record(made, org, "ann.lee", reason="crashed")
    record(made, org, "carla.diaz", where="https://other.okta.com")
    return made


async def an_open_entry_is_named_at_the_start_and_stays_while_the_agent_types(seat: Seat) -> None:
    told = "! The outcome of Unlock for carla.diaz@acme.example and 1 more is not known. F4 opens the ledger"
    assert told in seat.words
    await seat.look_up("bob.martin")
    assert told in seat.words
    await seat.press("escape")
    assert told not in seat.words


async def browsing_filtering_and_only_open(seat: Seat) -> None:
    await seat.press("f4")
    assert seat.focused == "entries"
    assert [row.seq for row in seat.one("#entries", Rows).rows] == [4, 3, 1]
    assert "unknown" in seat.line("▸ ")
    assert "done" in seat.line("bob.martin@")
    await seat.press("slash")
    await seat.type("inc-7")
    assert "carla.diaz" not in seat.text
    await seat.press("enter")
    assert "bob.martin@acme.example" in seat.line("▸ ")
    await seat.press("d")
    assert "No entry is like that. esc clears the filter, d shows all." in seat.words
    await seat.press("d")
    assert "bob.martin@acme.example" in seat.line("▸ ")
    await seat.press("slash", *["backspace"] * 5, "enter", "d")
    assert [row.seq for row in seat.one("#entries", Rows).rows] == [4, 3]
    await seat.press("slash")
    await seat.type("nothing like that")
    assert not seat.one("#entries", Rows).rows
    await seat.press("enter", "i", "ctrl+l", "w", "u", "v", "r")
    assert seat.app.is_running


async def where_there_is_no_room_enter_shows_the_entry_and_escape_comes_back(seat: Seat, size: tuple[int, int]) -> None:
    await seat.resize(*size)
    await seat.press("home", "down")
    before = seat.lines
    await seat.press("enter")
    assert "Reason crashed" in seat.words
    await seat.press(*["pagedown"] * 3)
    assert "Outcome unknown" in seat.words
    await seat.press("escape")
    assert seat.lines == before
    assert seat.focused == "entries"


async def the_entrys_person_opens_on_the_lookup_screen(seat: Seat, org: Org) -> None:
    await seat.press("f4")  # and wait for what is read
    await seat.press("end", "ctrl+l")
    assert seat.focused == "card"
    assert "Bob Martin" in seat.text
    assert seat.one("#query", Input).value == "bob.martin@acme.example"  # an id says nothing to the agent
    screen = seat.app.screen
    assert isinstance(screen, LookupScreen)
    assert screen.person_id == user_id(org, "bob.martin")


async def settling_looks_at_the_person(seat: Seat) -> None:
    await seat.press("f4")  # and wait for what is read
    await seat.press("home", "down", "i")
    assert "✓ Entry 3 is settled. Okta shows Locked out: it did not take effect" in seat.words
    assert "unknown, settled" in seat.line("▸ ")
    await seat.press("down", "i")  # has an outcome
    assert "Entry 1 is settled" not in seat.words
    await seat.press("home", "i")
    assert "✗ This entry belongs to another org. Connect to https://other.okta.com to settle it." in seat.words


async def a_tampered_ledger_is_told_from_an_untouched_one(seat: Seat, path: Path) -> None:
    await seat.press("v")
    assert "✓ 5 records, nothing wrong found. Head " in seat.words
    with closing(sqlite3.connect(path)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f'DROP TRIGGER "{name}"')
        db.execute("UPDATE record SET body = replace(body, 'crashed', 'nothing') WHERE seq = 3")
        db.commit()
    await seat.press("v")
    assert "✗ The ledger was changed: " in seat.words
    assert "findings. record 3: " in seat.words


async def test_the_ledger_is_browsed_settled_and_verified(session: Session, org: Org, wire: Line) -> None:
    async with seated(session, NARROW) as seat:
        await an_open_entry_is_named_at_the_start_and_stays_while_the_agent_types(seat)
        await seat.press("f4")  # and wait for what is read
        for size in (SMALL, NARROW):
            await where_there_is_no_room_enter_shows_the_entry_and_escape_comes_back(seat, size)
        await the_entrys_person_opens_on_the_lookup_screen(seat, org)
        await settling_looks_at_the_person(seat)
        assert [entry.seq for entry in session.ledger.open_entries()] == [4]
        # The session's ledger is a protocol without a path; the one in these tests is the file.
        await a_tampered_ledger_is_told_from_an_untouched_one(seat, session.ledger.path)  # type: ignore[attr-defined]
    assert wire.writes == []


async def test_the_entries_are_filtered_and_a_search_ends_when_the_next_letter_is_typed(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[tuple[str, Interest]] = []
    real = Ledger.entries

    def entries(ledger: Ledger, **options: Any) -> list[Entry]:  # noqa: ANN401 - passed on
        if (text := options.get("text")) and (interest := options["interest"]) is not None:
            waiting.append((text, interest))
            if text == "b":
                assert left.wait(10)
                assert interest.lost
            if text == "bo":
                options["so_far"](real(ledger, text=text), 20_000)
                assert told.wait(10)
        return real(ledger, **options)

    left, told = threading.Event(), threading.Event()
    monkeypatch.setattr(Ledger, "entries", entries)
    async with seated(session, NARROW) as seat:
        await browsing_filtering_and_only_open(seat)
        await seat.press("f2", "f4", "d")
        waiting.clear()
        await seat.hit("slash", "ctrl+u", "b")
        await seat.until(lambda: waiting)
        await seat.hit("o")
        await seat.until(lambda: waiting[0][1].lost)
        left.set()
        # What is new is shown before all is searched, and said to be that; what others record begins no search anew.
        await seat.until(lambda: "Searching beyond the newest 20,000 records: " in seat.words)
        assert "bob.martin@acme.example" in [row.intent.person_login for row in seat.one("#entries", Rows).rows]
        seat.app.screen.record_changed()  # type: ignore[attr-defined]  # the screen of the ledger has it
        told.set()
        await seat.rest()
        assert "Searching beyond" not in seat.text
        assert "bob.martin" in seat.text
        assert all(entry.mentions("bo") for entry in seat.one("#entries", Rows).rows)
        assert [text for text, _ in waiting] == ["b", "bo"]
        told.clear()
        await seat.hit("enter", "r")
        await seat.until(lambda: "Searching beyond the newest 20,000 records: " in seat.words)
        await seat.hit("escape")
        await seat.until(lambda: "Searching beyond the newest 20,000 records: given up" in seat.words)
        told.set()
        await seat.rest()
        assert "bob.martin" in seat.text


async def test_without_open_ones_every_outcome_is_known_unless_a_filter_hides_them(desk: Desk, org: Org) -> None:
    made = desk.session()
    async with seated(made, NARROW) as seat:
        await seat.press("f4")
        assert "Nothing was done yet." in seat.words
        made.ledger.outcome(record(made, org, "bob.martin"), Outcome.DONE)
        await seat.press("r", "d")
        assert "Every outcome is known." in seat.words
        await seat.press("slash", *"bob")
        assert "Every outcome is known." not in seat.words
        assert "No entry is like that. esc clears the filter, d shows all." in seat.words
        await seat.press("enter", "d")
        assert "bob.martin@acme.example" in seat.line("▸ ")


async def test_marked_entries_are_settled_copied_and_exported_together(session: Session, wire: Line) -> None:
    async with seated(session, NARROW) as seat:
        await seat.press("f4", "b")
        assert "Nothing is marked" in seat.words
        await seat.press("asterisk", "b")
        assert "3 marked" in seat.words
        assert "2 of 3, by a look at each" in seat.words
        await seat.press("i")
        assert "! 1 of 2 entries are settled. Entry 4: This entry belongs to another org" in seat.words
        await seat.press("c")
        for part in ("bob.martin", "ann.lee", "carla.diaz", "INC-7"):
            assert part in seat.app.clipboard
        await seat.press("x")
        assert "Export the entries, the 3 marked" in seat.words
        await seat.press("escape", "down", "space", "b", "ctrl+l")  # whoever is of another org is not looked at
        assert seat.focused == "card"
        assert "1/" in seat.text
        await seat.press("escape", "minus")
        assert not seat.one("#entries", Rows).marked
    assert wire.writes == []
    assert [entry.seq for entry in session.ledger.open_entries()] == [4]


async def test_an_entry_of_an_earlier_demo_org_can_be_settled(desk: Desk, org: Org) -> None:
    made = desk.session()  # its connector is the demo, whose port is another one each time
    record(made, org, connector="demo", where="http://127.0.0.1:50123")
    async with seated(made) as seat:
        await seat.press("f4")  # and wait for what is read
        await seat.press("i")
        assert "✓ Entry 1 is settled" in seat.words


async def test_older_entries_are_read_near_the_end_and_stay_read(
    desk: Desk, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = desk.session()
    record(made, org)
    (one,) = made.ledger.entries()

    def many(*, limit: int = 450, before: int = 451, **_: object) -> list[Entry]:
        """One entry again and again, as far as number 450."""
        last = (before or 451) - 1
        return [replace(one, seq=seq) for seq in range(last, max(0, last - limit), -1)]

    monkeypatch.setattr(made.ledger, "entries", many)
    async with seated(made) as seat:
        await seat.press("f4")
        table = seat.one("#entries", Rows)
        assert len(table.rows) == 200
        await seat.press("end")
        assert len(table.rows) == 400
        await seat.press("end")
        assert len(table.rows) == 450
        await seat.press("up")
        here = table.current
        await seat.press("f2", "f4")
        assert table.current == here
        assert len(table.rows) == 450
        assert [row.seq for row in table.rows] == list(range(450, 0, -1))
