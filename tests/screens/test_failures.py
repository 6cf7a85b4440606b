"""What goes wrong at the desk: said plainly, in place, with nothing lost and nothing crashed."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input
from textual.worker import WorkerFailed

from tests.conftest import token_of
from tests.desk.support import Gate, fault, service_session, world
from tests.screens.support import NARROW, ONE_SIZE, WIDE, seated
from tui.desk.session import Session
from widgets.notice import Notice

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org


async def at_the_confirmation(seat: Seat, name: str = "ann.lee", reason: str = "called") -> None:
    await seat.look_up(f"{name}@acme.example")
    await seat.press("enter", "u")
    await seat.type(reason)


def in_the_ledger(seat: Seat, login: str, outcome: str) -> bool:
    """Whether the ledger shows an unlock of somebody with that outcome, in one row."""
    return any("Unlock " in line and f" {login}@" in line and outcome in line for line in seat.lines)


async def somebody_else_was_faster(seat: Seat, org: Org, wire: Line) -> None:
    await at_the_confirmation(seat, "ann.lee")
    world(org, unlock="ann.lee@acme.example")
    await seat.press("enter")
    assert "✗ Unlock is not possible: Ann Lee is Active now, no longer Locked out." in seat.words
    assert seat.one("#reason", Input).value == "called"
    await seat.press("escape")
    assert "○ Active" in seat.text  # and the card is not what it was
    assert wire.writes == []


async def the_person_was_deleted_meanwhile(seat: Seat, org: Org, wire: Line) -> None:
    await at_the_confirmation(seat, "c1.control")
    world(org, delete="c1.control@acme.example")
    await seat.press("enter")
    assert "✗ Okta does not have this any more" in seat.words
    assert seat.one("#reason", Input).value == "called"
    await seat.press("escape")
    assert "Okta does not have this any more" in seat.words
    assert wire.writes == []


async def the_connection_is_cut(seat: Seat, org: Org, wire: Line, fault_name: str) -> None:
    """With `cut` it took effect, and the look afterwards shows that; with `cut-before` nobody knows."""
    login, name = {"cut": ("milo.grant", "Milo Grant"), "cut-before": ("lena.hoff", "Lena Hoff")}[fault_name]
    await at_the_confirmation(seat, login)
    fault(org, fault_name)
    wire.sent.clear()
    await seat.press("enter")
    assert len(wire.writes) == 1
    if fault_name == "cut":
        assert f"! Unlock: Okta's answer was lost, but a look at {name} shows that it worked" in seat.words
    else:
        assert f"✗ Unlock: Okta's answer was lost, so whether it acted on {name} is not known" in seat.words
        assert "Locked out" in seat.text
    assert wire.story[-1].startswith("GET /api/v1/logs?since=")  # the person was read again
    await seat.press("f4")
    assert in_the_ledger(seat, login, "unknown")
    await seat.press("d")
    assert ("Every outcome is known" in seat.text) is (fault_name == "cut")
    await seat.press("d", "f2")


async def the_token_is_revoked_in_the_middle(seat: Seat, org: Org, wire: Line) -> None:
    await at_the_confirmation(seat, "mark.up")
    fault(org, "401")
    wire.sent.clear()
    await seat.press("enter")
    assert "✗ Unlock: Okta refused it for [bold red]Mark" in seat.words
    assert "does not accept keydesk's credentials" in seat.words
    assert len(wire.writes) == 1
    await seat.press("f4")
    assert in_the_ledger(seat, "mark.up", "refused")
    await seat.press("f2")


async def the_token_is_revoked_before_the_change(seat: Seat, org: Org, wire: Line) -> None:
    await at_the_confirmation(seat, "mark.up")
    wire.sent.clear()
    fault(org, "401", "/users", times=-1)
    await seat.press("enter")
    assert "✗ Okta does not accept keydesk's credentials" in seat.words
    assert seat.one("#reason", Input).value == "called"
    await seat.press("escape")
    assert "✗ Okta does not accept keydesk's credentials" in seat.words
    assert wire.writes == []


async def test_what_goes_wrong_at_a_change_is_said_in_place(desk: Desk, org: Org, wire: Line) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await somebody_else_was_faster(seat, org, wire)
        await the_person_was_deleted_meanwhile(seat, org, wire)
        await the_connection_is_cut(seat, org, wire, "cut")
        await seat.resize(*WIDE)
        await the_connection_is_cut(seat, org, wire, "cut-before")
        await seat.resize(*NARROW)
        await the_token_is_revoked_in_the_middle(seat, org, wire)
        await the_token_is_revoked_before_the_change(seat, org, wire)


@pytest.mark.parametrize(("what", "size"), [("not a database", NARROW), ("too new", WIDE)])
async def test_a_ledger_that_cannot_be_used(
    desk: Desk, home: Path, wire: Line, size: tuple[int, int], what: str
) -> None:
    session = desk.session()
    path = session.ledger.path  # type: ignore[attr-defined]
    path.parent.mkdir(parents=True, exist_ok=True)
    if what == "too new":
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA user_version = 99")
            db.execute("CREATE TABLE record (seq INTEGER PRIMARY KEY)")
        db.close()
    else:
        path.write_bytes(b"this is no ledger " * 500)
    async with seated(session, size) as seat:
        assert "✗" in seat.one(Notice.__name__, Notice).message
        await seat.rest()
        assert "nothing can be changed from here" in seat.words
        await seat.look_up("ann.lee@acme.example")
        assert "nothing can be changed from here" in seat.words  # it stays while the agent goes on
        await seat.press("enter")
        assert "● Locked out" in seat.text
        assert "By hand" in seat.text
        await seat.press("u")
        assert "By hand" in seat.text
        await seat.press("escape", "f4")
        assert "✗" in seat.text
        assert "What was done could not be read." in seat.words  # and no word of nothing having been done
        await seat.press("v")
        assert seat.app.is_running
    assert wire.writes == []


async def test_a_bug_shows_a_traceback_without_secrets(
    desk: Desk, org: Org, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    session = desk.session()
    token = token_of(org)

    def broken(self: Session, text: str) -> None:
        headers = {"authorization": f"SSWS {token}"}
        raise KeyError(len(headers))

    async def crash() -> None:
        async with seated(session) as seat:
            monkeypatch.setattr(Session, "search", broken)
            seat.one("#query", Input).value = "ann"
            await seat.until(lambda: not seat.app.is_running)

    with pytest.raises(WorkerFailed):
        await crash()
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert "KeyError: 1" in shown
    assert token not in shown
    assert "locals" not in shown


@pytest.mark.parametrize("size", ONE_SIZE)
async def test_a_rate_limit_is_counted_down_in_the_top_line(
    desk: Desk, org: Org, wire: Line, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    gate = Gate()
    real = clock.sleep
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await gate.opened.wait()
        await real(seconds)

    monkeypatch.setattr(clock, "sleep", sleep)
    async with seated(desk.session(), size) as seat:
        fault(org, "429", "/users", value=40.0)
        seat.one("#query", Input).value = "ann.lee@acme.example"
        await seat.until(lambda: waits)
        await seat.passes(1)
        assert "Okta's rate limit: waiting 4" in seat.lines[0]
        assert " READ-WRITE " in seat.lines[0]
        clock.now += 15
        await seat.passes(1)
        assert "waiting 2" in seat.lines[0]
        gate.opened.set()
        await seat.rest()
        assert "waiting" not in seat.lines[0]
        assert "› Ann Lee" in seat.text
        assert "tess" in seat.lines[0]


async def test_parts_that_cannot_be_read_say_so_in_place(desk: Desk) -> None:
    async with seated(service_session(desk, "service-nologs"), WIDE) as seat:
        await seat.look_up("ann.lee@acme.example")
        assert "not readable: keydesk lacks the scope okta.logs.read" in seat.words
        assert "Confluence Editors" in seat.text
        await seat.press("f3")
        assert "device blocks not known" in seat.words
        assert "log stopped: keydesk lacks the scope okta.logs.read" in seat.words
        assert "ann.lee@" in seat.text


async def test_parts_on_their_way_say_so_in_place(desk: Desk, wire: Line) -> None:
    gate = Gate(lambda request: "/groups" in str(request.url) or "/logs" in str(request.url))
    wire.watch = gate
    async with seated(desk.session(), NARROW) as seat:
        seat.one("#query", Input).value = "ann.lee@acme.example"
        await seat.until(lambda: len(gate.held) == 2)
        await seat.hit("enter")
        await seat.until(lambda: "reading …" in seat.text)
        assert "reading …" in seat.line("Groups")
        await seat.hit("pagedown")
        await seat.until(lambda: "Microsoft 365" in seat.text)
        gate.opened.set()
        await seat.rest()
        assert "reading …" not in seat.text
        assert "Confluence Editors" in seat.text
