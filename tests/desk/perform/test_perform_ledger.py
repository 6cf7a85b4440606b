"""A change and its ledger: no entry, no change; and what is told when the ledger fails after the change was sent."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk.support import (
    Gate,
    aim,
    choose,
    fault,
    left_open,
    records,
    service_session,
    someone_for,
    user_id,
    world,
    writing,
)
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Cause
from tui.desk.actions.obstacles import Obstructed
from tui.desk.connectors.connector import OrgAddress
from tui.desk.connectors.settings import places
from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.errors import (
    LedgerCorrupt,
    LedgerError,
    LedgerForked,
    LedgerFull,
    LedgerReadOnly,
    LedgerTooNew,
)
from tui.desk.perform.perform import OtherOrg, perform, settle
from tui.desk.perform.trace import CannotTell
from tui.okta.errors import AnswerLost, MissingRole

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.perform.result import Progress

    Spoil = Callable[[Path, pytest.MonkeyPatch], None]

LOCKED = "ann.lee"


def corrupt(file: Path, _: pytest.MonkeyPatch) -> None:
    file.write_bytes(b"this was a ledger once" * 99)


def empty(file: Path, _: pytest.MonkeyPatch) -> None:
    file.write_bytes(b"")


def gone(file: Path, _: pytest.MonkeyPatch) -> None:
    for part in file.parent.glob("ledger.sqlite3*"):
        if not part.name.endswith(".head"):
            part.unlink()


def too_new(file: Path, _: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA user_version = 99")


def full(file: Path, patch: pytest.MonkeyPatch) -> None:
    class Full:
        f_blocks, f_frsize, f_bavail = 1000, 4096, 0

    patch.setattr(os, "statvfs", lambda _: Full)


def read_only(file: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(os, "access", lambda place, _: Path(place) != file)


@pytest.mark.parametrize(
    ("spoil", "trouble"),
    [
        (corrupt, LedgerCorrupt),
        (empty, LedgerCorrupt),
        (gone, LedgerForked),
        (too_new, LedgerTooNew),
        (full, LedgerFull),
        (read_only, LedgerReadOnly),
    ],
)
async def test_without_a_ledger_no_change_and_the_reason_beside_the_grey_key(
    desk: Desk, line: Line, monkeypatch: pytest.MonkeyPatch, spoil: Spoil, trouble: type[LedgerError]
) -> None:
    org, session = desk.org, desk.session()
    await perform(session, await aim(session, "clear-sessions", user_id(org, "bob.martin")), reason="makes a ledger")
    session.ledger.close()
    line.sent.clear()
    spoil(places(demo=True).ledger, monkeypatch)
    for action in ACTIONS:
        who = someone_for(org, action)
        plan = await aim(session, action, who, choose(org, action, who))
        found = session.obstacle(plan.action, plan.person)
        assert found
        assert found.cause is Cause.LEDGER
        reason = session.ledger.writable()
        assert type(reason) is trouble
        assert (found.reason, found.advice) == (reason.title, reason.advice)
        with pytest.raises(Obstructed):
            await perform(session, plan, reason="why not")
    assert line.writes == []
    assert [person.user.login async for person in session.load(user_id(org, LOCKED))][-1] == "ann.lee@acme.example"


async def test_the_ledger_fails_in_the_last_moment_and_nothing_is_sent(
    desk: Desk, org: Org, line: Line, home: Path
) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))

    def occupy(step: Progress) -> None:
        if step.done == 1:
            home.write_text("a file in the place of the folder")

    with pytest.raises(LedgerError):
        await perform(session, plan, progress=occupy)
    assert line.writes == []
    assert org.people.named(LOCKED).status == "LOCKED_OUT"


def break_it(home: Path) -> None:
    """Make every later record impossible."""
    (home / "demo" / "ledger.sqlite3.head").unlink()


async def test_an_outcome_that_cannot_be_recorded_is_told(desk: Desk, org: Org, line: Line, home: Path) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))

    async def meanwhile(request: httpx.Request) -> None:
        if writing(request):
            break_it(home)

    line.watch = meanwhile
    performed = await perform(session, plan)
    assert performed.outcome is Outcome.DONE
    assert isinstance(performed.unrecorded, LedgerForked)
    assert len(line.writes) == 1
    assert [kind for kind, _ in records(home / "demo" / "ledger.sqlite3")] == ["intent"]
    assert performed.after
    assert performed.after.user.status == "ACTIVE"


async def test_a_proof_that_cannot_be_recorded_is_told_and_the_entry_stays_open(
    desk: Desk, org: Org, line: Line, home: Path
) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))
    fault(org, "cut")

    async def meanwhile(request: httpx.Request) -> None:
        if line.writes and not writing(request) and (home / "demo" / "ledger.sqlite3.head").exists():
            break_it(home)

    line.watch = meanwhile
    performed = await perform(session, plan)
    assert performed.outcome is Outcome.UNKNOWN
    assert isinstance(performed.trouble, AnswerLost)
    assert isinstance(performed.unrecorded, LedgerForked)
    assert [kind for kind, _ in records(home / "demo" / "ledger.sqlite3")] == ["intent", "outcome"]


async def test_cancelled_with_a_broken_ledger_it_is_still_cancelled(
    desk: Desk, org: Org, line: Line, home: Path
) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))
    line.watch = gate = Gate(writing)
    task = asyncio.create_task(perform(session, plan))
    await gate.arrived.wait()
    break_it(home)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [kind for kind, _ in records(home / "demo" / "ledger.sqlite3")] == ["intent"]


async def test_cancelled_while_it_is_being_recorded_the_ledger_says_that_nothing_was_sent(
    desk: Desk, org: Org, line: Line, home: Path
) -> None:
    session = desk.session()
    await perform(session, await aim(session, "clear-sessions", user_id(org, "bob.martin")), reason="makes a ledger")
    plan = await aim(session, "unlock", user_id(org, LOCKED))
    line.sent.clear()
    recording = asyncio.Event()
    with closing(sqlite3.connect(home / "demo" / "ledger.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # another program writes, so that recording takes its time
        task = asyncio.create_task(perform(session, plan, progress=lambda step: recording.set() if step.done else None))
        await recording.wait()
        task.cancel()
        await asyncio.sleep(0)
        other.execute("ROLLBACK")
        with pytest.raises(asyncio.CancelledError):
            await task
    entry = session.ledger.entries()[0]
    assert entry.intent.action == "unlock"
    assert entry.outcome is Outcome.NOT_SENT
    assert line.writes == []


async def test_an_open_entry_is_settled_by_what_okta_shows_now(desk: Desk, org: Org) -> None:
    session = desk.session()
    first, second = await left_open(session, org), await left_open(session, org)
    assert await settle(session, session.ledger.entry(first)) == (
        "Okta shows Locked out: it did not take effect, or was undone since."
    )
    world(org, unlock=LOCKED)
    seen = await settle(session, session.ledger.entry(second))
    assert seen == "Okta shows Active: it took effect, or something else had the same effect."
    assert session.ledger.entry(second).settled == seen
    assert session.ledger.open_entries() == []


async def test_an_action_that_this_keydesk_does_not_know_stays_open(desk: Desk, org: Org) -> None:
    session = desk.session()
    entry = session.ledger.entry(await left_open(session, org))
    stranger = replace(entry, intent=replace(entry.intent, action="teleport"))
    with pytest.raises(CannotTell, match="cannot be told for sure"):
        await settle(session, stranger)
    assert session.ledger.entry(entry.seq).open


async def test_a_person_who_is_gone_settles_it(desk: Desk, org: Org) -> None:
    session = desk.session()
    entry = await left_open(session, org)
    world(org, delete=LOCKED)
    assert await settle(session, session.ledger.entry(entry)) == (
        "Okta does not have this any more: the person, or what it was about, does not exist any more."
    )
    assert session.ledger.open_entries() == []


async def test_a_person_who_cannot_be_read_leaves_it_open(desk: Desk, org: Org) -> None:
    entry = await left_open(desk.session(), org)
    norole = service_session(desk, "service-norole")
    with pytest.raises(MissingRole):
        await settle(norole, norole.ledger.entry(entry))
    assert [found.seq for found in norole.ledger.open_entries()] == [entry]


async def test_an_entry_of_another_org_is_not_settled_from_here(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    session = replace(session, connector=replace(session.connector, name="acme", made_up=False))
    entry = session.ledger.entry(await left_open(session, org))
    elsewhere = replace(session, connector=replace(session.connector, org=OrgAddress("https://other.okta.com")))
    line.sent.clear()
    with pytest.raises(OtherOrg, match="another org") as raised:
        await settle(elsewhere, entry)
    assert "http://127.0.0.1:9" in raised.value.advice
    assert line.sent == []
    assert session.ledger.entry(entry.seq).open


async def test_the_embedded_org_is_the_same_one_on_its_next_port(desk: Desk, org: Org) -> None:
    session = desk.session()
    entry = session.ledger.entry(await left_open(session, org))
    earlier = replace(entry, intent=replace(entry.intent, org="http://127.0.0.1:40000"))
    assert "Locked out" in await settle(session, earlier)
