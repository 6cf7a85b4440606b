"""A team's record through PgBouncer: in transaction mode it works, and the check says what does not, with its cure."""

from __future__ import annotations

import threading
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING

import psycopg
import pytest
from msgspec.structs import replace

from tests.desk.ledger import test_contract as contract
from tests.desk.ledger.desks import DeskRecord
from tests.desk.ledger.one_intent import INTENT
from tests.desk.team.test_faults import until
from tests.pooler import Pooler
from tests.postgres import SOON, TeamDatabase, local_database, shared_server
from tui.desk.ledger.entry import RULES
from tui.desk.ledger.errors import LedgerBusy, PersonBusy
from tui.desk.team.check import check_store
from tui.desk.team.schema import bring_up_to_date
from tui.desk.team.trouble import StoreAway, WrongName

if TYPE_CHECKING:
    from tui.desk.team.check import StoreFinding


@cache
def pooled() -> TeamDatabase:
    """The tests' own database by way of a PgBouncer that knows nothing of keydesk."""
    return Pooler(shared_server()).leading_to(local_database())


def findings(team: TeamDatabase, origin: str, role: str = "grace") -> dict[str, StoreFinding]:
    with closing(team.ledger(origin, role)) as ledger:
        return {one.what: one for one in check_store(ledger.database, origin)}


def new_desk() -> DeskRecord:
    return DeskRecord(None, pooled().new_org(), pooled())


def test_the_contract_holds_in_transaction_mode() -> None:
    for part in (
        contract.test_any_thread_of_any_keydesk_may_call,
        contract.test_of_several_watchers_one_claims_each_notice,
    ):
        part(new_desk())
    for some in (
        contract.test_an_unknown_outcome_stays_open_until_somebody_settles_it,
        contract.test_the_rules_that_were_recorded_last_are_in_force,
        contract.test_verifications_the_alert_and_rules_are_read_back_as_they_were_recorded,
    ):
        desk = new_desk()
        with closing(desk.open()) as store:
            some(desk, store)


def test_rules_that_another_sets_are_in_force_though_no_notification_comes() -> None:
    team = pooled()
    intent = replace(INTENT, org=team.new_org())
    told = threading.Event()
    with closing(team.ledger(intent.org, "ann")) as ann, closing(team.ledger(intent.org)) as grace:
        ann.follow(told.set)
        until(lambda: ann._follower is not None and ann._follower._known is not None)
        told.clear()
        grace.change_rules(replace(intent, action=RULES, calls=(), person_id="", rules="reason_words = 5\n"))
        assert told.wait(60)  # by looking, every fifth of a second here
        rules = ann.desk_rules()
        assert rules is not None
        assert rules.intent.rules == "reason_words = 5\n"
        with closing(psycopg.connect(local_database().owner, autocommit=True)) as db:
            query = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND usename = 'ann'"
            assert db.execute(query).fetchone() == (0,)  # else the pooler's own connection listens, for anybody


def test_a_record_waits_no_longer_than_said_though_the_session_cannot_be_told() -> None:
    team = pooled()
    intent = replace(INTENT, org=team.new_org())
    notice = replace(intent, action="notice", calls=())
    with (
        closing(team.ledger(intent.org, terms=replace(SOON, lock=0.2))) as grace,
        closing(team.ledger(intent.org, "ann")) as ann,
        closing(psycopg.connect(local_database().owner)) as other,
    ):
        other.execute("SELECT 1 FROM keydesk.chain WHERE origin = %s FOR UPDATE", (intent.org,))
        for record in (lambda: grace.intend(intent), lambda: grace.claim(notice, "k")):
            with pytest.raises(LedgerBusy):
                record()
        other.rollback()
        assert grace.intend(intent).entry == 1
        with pytest.raises(PersonBusy, match="grace is acting on this person"):
            ann.intend(replace(intent, agent="ann"))
        # What a record said of waiting ended with it, though the next one has the same server process.
        (waits,) = grace.database.write(lambda db: db.execute("SHOW lock_timeout").fetchone()) or ("",)
        assert waits == "0"


def test_the_check_names_what_a_pooler_keeps_back_and_its_cure() -> None:
    server, team = shared_server(), local_database()
    name = f"pooled_{psycopg.conninfo.conninfo_to_dict(team.owner)['dbname']}"
    with closing(psycopg.connect(team.owner, autocommit=True)) as db:
        db.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
    own = TeamDatabase(psycopg.conninfo.make_conninfo(team.owner, dbname=name))
    with closing(psycopg.connect(own.owner, autocommit=True)) as db:
        bring_up_to_date(db)
        origin = own.new_org()
        way = Pooler(server).leading_to(own)
        found = findings(way, origin)
        assert (found["Pooler"].said, found["Waits"].fine) == (
            "one is in between, and lets transactions through",
            False,
        )
        assert "not used through a pooler: what others record shows within 0.2 s" in found["Notifications"].said
        assert "the pooler is on this machine" in found["TLS"].said
        db.execute(found["Waits"].cure.partition(": ")[2].encode())
    assert findings(way, origin, "ann")["Waits"].fine  # ann's connections are new, grace's would be made again
    straight = findings(own, origin)
    assert [straight[what].said for what in ("Pooler", "Notifications")] == [
        "none: this is the server itself",
        "arrive",
    ]
    of_one = Pooler(server, line="user=bob").leading_to(own)
    found = findings(of_one, origin)
    assert (found["Server"].fine, "as bob, and not as grace" in found["Server"].said) == (False, True)
    with closing(of_one.ledger(origin)) as ledger, pytest.raises(WrongName):
        ledger.intend(replace(INTENT, org=origin))
    by_statement = Pooler(server, "statement").leading_to(own)
    found = findings(by_statement, origin)
    assert (found["Pooler"].fine, "pool_mode = transaction" in found["Pooler"].cure) == (False, True)
    with closing(by_statement.ledger(origin)) as ledger, pytest.raises(StoreAway, match="statement pooling"):
        ledger.claim(replace(INTENT, org=origin, action="notice", calls=()), "k")
