"""An agent whose ledger a team shares: sees what others do, is told who acts, and what goes on while it is away."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
from msgspec.structs import replace
from textual.widgets import Input

from tests.conftest import ORIGIN
from tests.desk.ledger.one_intent import INTENT
from tests.desk.support import user_id
from tests.postgres import AGENTS, SOON, Line, local_database, shared_server
from tests.screens.support import WIDE, seated
from tui.desk.connectors.store_address import StoreAddress
from tui.desk.ledger.entry import RULES, Outcome, canonical
from tui.desk.ledger.verified import LOWERED, RAISED
from tui.desk.rules.rules import DEFAULT_RULES
from tui.desk.team.database import Database
from tui.desk.team.ledger import TeamLedger
from tui.desk.team.schema import admit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Desk
    from tests.screens.support import Seat
    from tui.demo.org import Org
    from tui.desk.ledger.entry import Intent
    from tui.desk.session import Session
    from tui.desk.team.database import Connection

ANN, BOB = "ann.lee@acme.example", "bob.martin@acme.example"


class OffTheLoop(Database):
    """A database that must never be waited for on the event loop, where each key would wait, too."""

    def connect(self, *, write: bool = False) -> Connection:
        assert threading.current_thread() is not threading.main_thread(), "the event loop waits for the store"
        return super().connect(write=write)

    def _do(self, work: Callable[[Connection], Any], *rest: Any) -> Any:  # noqa: ANN401 - whatever the work returns
        assert threading.current_thread() is not threading.main_thread(), "the event loop waits for the store"
        return super()._do(work, *rest)


def at_the_team(session: Session, socket: Path) -> Session:
    """The session of an agent whose ledger the team shares, over a line that may fall silent."""
    with closing(psycopg.connect(local_database().owner, autocommit=True)) as db:
        admit(db, ORIGIN, AGENTS)
    database = psycopg.conninfo.conninfo_to_dict(local_database().owner)["dbname"]
    address = StoreAddress(f"host={socket.parent} port={socket.suffix[1:]} user=grace dbname={database}")
    ledger = TeamLedger(OffTheLoop(address, terms=SOON), ORIGIN, "grace")
    connector = replace(session.connector, store=address, rules=DEFAULT_RULES)
    return replace(session, connector=connector, ledger=ledger, agent=replace(session.agent, name="grace"))


async def test_an_agent_of_a_team(desk: Desk, org: Org) -> None:
    theirs = replace(INTENT, org=ORIGIN, agent="ann", person_id=user_id(org, "bob.martin"), person_login=BOB)
    line = Line(shared_server().socket)
    with closing(local_database().ledger(ORIGIN, "ann")) as ann:
        session = at_the_team(desk.session(), line.path)
        async with seated(session, WIDE) as seat:
            await what_others_do_is_seen_at_once(seat, ann, theirs)
            await the_alert_and_the_rules_of_the_others_are_seen(seat, theirs)
            await who_acts_on_somebody_is_named(seat, desk, ann, theirs)
            await while_it_hangs_a_verdict_does_not_wait_for_it(seat, line)
            await while_the_record_is_away_nothing_leaves_and_what_was_typed_stays(seat, desk, line)
            await and_it_goes_on_when_the_record_is_back(seat, desk, line)
        session.ledger.close()
    line.cut()


async def what_others_do_is_seen_at_once(seat: Seat, ann: TeamLedger, theirs: Intent) -> None:
    await seat.press("f4")
    seq = ann.intend(replace(theirs, title="Clear sessions of Bob")).entry
    await seat.until(lambda: "Clear sessions of Bob" in seat.text)
    ann.outcome(seq, Outcome.DONE)
    await seat.until(lambda: "Outcome     done" in seat.text)


async def the_alert_and_the_rules_of_the_others_are_seen(seat: Seat, theirs: Intent) -> None:
    nobody = replace(theirs, agent="grace", calls=(), person_id="", person_login="", person_name="", status="")
    with closing(local_database().ledger(ORIGIN, "grace")) as grace:
        until = canonical({"until": seat.app.session.now().timestamp() + 3600})
        grace.outcome(grace.intend(replace(nobody, action=RAISED, proof=until)).entry, Outcome.DONE)
        await seat.until(lambda: "ALERT until" in seat.text)
        grace.outcome(grace.intend(replace(nobody, action=LOWERED)).entry, Outcome.DONE)
        await seat.until(lambda: "ALERT until" not in seat.text)
        rules = replace(nobody, action=RULES, reason="quiet nights")
        grace.change_rules(replace(rules, rules="per_week = 3\n"))  # as a newer keydesk may
        await seat.until(lambda: "RULES UNREADABLE: no changes" in seat.text)
        number = grace.change_rules(replace(rules, rules="reason_words = 2\n"))
        await seat.until(lambda: "RULES UNREADABLE" not in seat.text)
    await seat.press("ctrl+p")
    await seat.type("desk's rules")
    await seat.press("enter")
    await seat.until(lambda: "A reason of 2 words" in seat.words)
    assert f"entry {number} of" in seat.words
    assert "what connectors.toml says of rules" in seat.text
    await seat.press("escape")


async def who_acts_on_somebody_is_named(seat: Seat, desk: Desk, ann: TeamLedger, theirs: Intent) -> None:
    seq = ann.intend(replace(theirs, title="Reset factors")).entry
    await seat.press("f2")
    await seat.look_up(BOB)
    await seat.press("enter", "enter", "s")
    await seat.type("lost")
    await seat.press("enter")
    await seat.until(lambda: "ann is acting on this person: Reset factors, since" in seat.words)
    assert desk.wire.writes == []
    ann.outcome(seq, Outcome.DONE)


async def while_it_hangs_a_verdict_does_not_wait_for_it(seat: Seat, line: Line) -> None:
    await seat.press("escape")
    line.silent.set()
    await seat.hit("f2", "slash")
    box = seat.one("#query", Input)
    box.value = ANN
    await seat.until(lambda: "Ann Lee" in seat.text)
    await seat.hit("enter")
    await seat.until(lambda: "Locked out by software that has an old password" in seat.words)
    await seat.hit("u")
    await seat.until(lambda: "will be unlocked" in seat.text)
    await seat.until(lambda: "Asking the desk's rules" in seat.text)
    await seat.hit("escape")
    line.silent.clear()
    line.cut()  # what was swallowed cannot come any more
    line.mend()
    await seat.until(lambda: seat.app.session.ledger.writable() is None)
    await seat.look_up(BOB)
    await seat.press("enter", "enter", "s")
    await seat.type("lost")


async def while_the_record_is_away_nothing_leaves_and_what_was_typed_stays(seat: Seat, desk: Desk, line: Line) -> None:
    line.cut()
    await seat.press("enter")
    await seat.until(lambda: "because no record can" in seat.text)  # however it wraps
    assert desk.wire.writes == []
    assert seat.one("#reason", Input).value == "lost"
    await seat.type(" phone")  # keys are taken while it hangs
    assert seat.one("#reason", Input).value == "lost phone"


async def and_it_goes_on_when_the_record_is_back(seat: Seat, desk: Desk, line: Line) -> None:
    line.mend()
    await seat.until(lambda: seat.app.session.ledger.writable() is None)
    await seat.press("enter")
    await seat.until(lambda: "Sign out everywhere: done for Bob Martin" in seat.words)
    assert len(desk.wire.writes) == 1
    line.cut()
    await seat.until(lambda: "RECORD AWAY: no changes" in seat.text)
    await seat.look_up(ANN)
    assert "Ann Lee" in seat.text
    await seat.press("enter", "enter", "u")
    await seat.until(lambda: "keydesk changes nothing that it cannot record: The team's record is away." in seat.words)
    await seat.press("escape")
    line.mend()
    await seat.until(lambda: "RECORD AWAY" not in seat.text)
    assert len(desk.wire.writes) == 1
