"""What an agent may do in a team's database: add records in their own name, for their own orgs, and nothing else."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from msgspec.structs import replace

from tests.desk.ledger.one_intent import INTENT
from tests.postgres import TeamDatabase, empty_database, shared_database
from tui.desk.ledger.entry import RULES, Outcome, intent_body, outcome_body
from tui.desk.ledger.errors import LedgerError, LedgerTooNew, PersonBusy
from tui.desk.team.rows import search_words
from tui.desk.team.schema import Admission, admit, bring_up_to_date, version_of
from tui.desk.team.trouble import NoMember, NotLeading, NotSetUp, WrongName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.desk.ledger.entry import Intent

TABLES = ("version", "chain", "member", "record", "open_entry", "notice_lock", "digest")


@pytest.fixture
def origin() -> str:
    return shared_database().new_org()


@pytest.fixture
def intent(origin: str) -> Intent:
    return replace(INTENT, org=origin)


@pytest.fixture
def ann(origin: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection as an agent's own programs could make it."""
    del origin  # the roles are made with it
    with closing(psycopg.connect(shared_database().dsn("ann"), autocommit=True)) as db:
        yield db


def append(db: psycopg.Connection[tuple[object, ...]], origin: str, kind: str, ref: int | None, body: str) -> None:
    db.execute(
        "SELECT keydesk.append(%s, %s, %s, %s, %s, %s, %s)",
        (origin, kind, ref, body, uuid4(), search_words(kind, body), timedelta(0)),
    )


def test_no_table_can_be_written_to_directly(ann: psycopg.Connection[tuple[object, ...]], intent: Intent) -> None:
    with closing(shared_database().ledger(intent.org)) as ledger:
        ledger.intend(intent)
        for table in TABLES:
            (column,) = ann.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 2", (f"keydesk.{table}",)
            ).fetchone() or ("",)
            for form in (
                "DELETE FROM keydesk.{0}",
                "UPDATE keydesk.{0} SET {1} = {1}",
                "TRUNCATE keydesk.{0} CASCADE",
                "INSERT INTO keydesk.{0} ({1}) VALUES (DEFAULT)",
                "DROP TABLE keydesk.{0} CASCADE",
                "ALTER TABLE keydesk.{0} DISABLE ROW LEVEL SECURITY",
            ):
                statement = form.format(table, column)
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    ann.execute(statement.encode())
        for function in ("put", "carry", "note_open", "said"):
            assert ann.execute(
                "SELECT count(*) FROM pg_proc WHERE pronamespace = 'keydesk'::regnamespace AND proname = %s "
                "AND has_function_privilege(oid, 'EXECUTE')",
                (function,),
            ).fetchone() == (0,)
        assert ledger.verify().ok


def test_nobody_writes_in_anothers_name(ann: psycopg.Connection[tuple[object, ...]], intent: Intent) -> None:
    team, origin = shared_database(), intent.org
    with closing(team.ledger(origin, "ann")) as ledger, pytest.raises(WrongName):
        ledger.intend(intent)
    with pytest.raises(psycopg.Error, match="cannot write as"):
        append(ann, origin, "intent", None, intent_body(replace(intent, agent="grace")))
    ann.execute("SET search_path = pg_temp, keydesk")
    with pytest.raises(psycopg.Error, match="cannot write as"):
        append(
            ann, origin, "intent", None, '{"agent":"ann",' + intent_body(intent)[1:]
        )  # a name twice: the last counts
    append(ann, origin, "intent", None, intent_body(replace(intent, agent="ann")))
    for by in ("grace", ""):
        with pytest.raises(psycopg.Error, match="cannot write as"):
            append(ann, origin, "outcome", 1, outcome_body(Outcome.DONE, "", "", by))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ann.execute("SET SESSION AUTHORIZATION grace")
    with closing(team.ledger(origin)) as ledger:
        assert [(entry.intent.agent, entry.open) for entry in ledger.entries()] == [("ann", True)]
        assert ledger.verify().ok


def test_a_machine_vouches_for_its_agents_and_for_no_others(intent: Intent) -> None:
    team = shared_database()
    with closing(team.ledger(intent.org, "jump", name="jump:tess")) as ledger:
        seq = ledger.intend(replace(intent, agent="jump:tess")).entry
        ledger.outcome(seq, Outcome.DONE)
        for name in ("grace", "jumper:tess", "tess"):
            with pytest.raises(WrongName):
                ledger.intend(replace(intent, agent=name))
        assert ledger.verify().problems == ()
    with closing(team.ledger(intent.org, "ann")) as ledger, pytest.raises(WrongName):
        ledger.intend(replace(intent, agent="ann:tess"))
    with closing(psycopg.connect(team.owner)) as db, pytest.raises(LedgerError, match="could not be used"):
        admit(db, intent.org, [Admission("jump:tess")])  # whose entries would look like those of an agent of jump's


def test_another_orgs_record_can_neither_be_seen_nor_written(intent: Intent, origin: str) -> None:
    team = shared_database()
    with closing(team.ledger(origin)) as ledger:
        ledger.intend(intent)
    with closing(psycopg.connect(team.owner, autocommit=True)) as db:
        admit(db, f"{origin}-other", [Admission("stranger")])
        assert db.execute("SELECT count(*) FROM keydesk.chain WHERE origin = %s", (origin,)).fetchone() == (1,)
    with closing(team.ledger(origin, "stranger")) as ledger:
        for ask in (ledger.entries, ledger.newest, ledger.verify, ledger.notices, lambda: ledger.entries(text="ada")):
            with pytest.raises(NoMember):
                ask()
        with pytest.raises(NoMember):
            ledger.intend(replace(intent, agent="stranger"))
    with closing(team.ledger(f"{origin}-other", "stranger")) as ledger, pytest.raises(NoMember):
        ledger.intend(replace(intent, agent="stranger"))  # an intent says of which org it is
    with closing(psycopg.connect(team.dsn("stranger"), autocommit=True)) as db:
        for table in ("record", "open_entry", "member", "chain"):
            rows = db.execute(b"TABLE keydesk." + table.encode()).fetchall()
            assert len(rows) == (1 if table in {"member", "chain"} else 0), table


def test_only_who_leads_changes_the_rules(intent: Intent) -> None:
    change = replace(intent, action=RULES, calls=(), person_id="", rules="reason_words = 5\n")
    with closing(shared_database().ledger(intent.org, "ann")) as ledger:
        with pytest.raises(NotLeading):
            ledger.change_rules(replace(change, agent="ann"))
        assert ledger.desk_rules() is None


def test_the_second_of_two_who_act_on_one_person_is_told_who_what_and_since_when(intent: Intent) -> None:
    team = shared_database()
    with closing(team.ledger(intent.org)) as grace, closing(team.ledger(intent.org, "ann")) as ann:
        mine = replace(intent, agent="ann", action="expire-password")
        first = grace.intend(intent).entry
        with pytest.raises(PersonBusy, match=r"grace is acting on this person: Unlock, since \d\d:\d\d:\d\d"):
            ann.intend(mine)
        ann.intend(replace(mine, person_id="00u2"))
        assert ann.claim(replace(mine, action="notice", calls=()), "k") is not None
        grace.intend(intent)  # her own hands are hers
        grace.outcome(first, Outcome.UNKNOWN)
        with pytest.raises(PersonBusy):
            ann.intend(mine)
        grace.outcome(first + 3, Outcome.DONE)
        ann.intend(mine)
    with closing(team.ledger(intent.org, busy=0.0)) as late:
        late.intend(intent)  # who never told what came of it holds nobody up for ever


def test_words_and_names_beside_the_chain_are_checked_too(intent: Intent) -> None:
    team = shared_database()
    with closing(team.ledger(intent.org)) as ledger:
        ledger.intend(intent)
        with closing(psycopg.connect(team.owner, autocommit=True)) as db:
            db.execute(
                "UPDATE keydesk.record SET words = 'nothing', role = 'ann' WHERE body LIKE %s", (f"%{intent.org}%",)
            )
        said = [problem.what for problem in ledger.verify().problems]
    assert said == [
        "The search finds other words than this record holds.",
        "It stands in the name grace, and was recorded by ann.",
    ]


# -- the schema


def test_an_owner_needs_no_more_rights_than_those_of_an_owner() -> None:
    """Roles are made by whoever looks after the server; the owner is no superuser, and makes none."""
    team, origin = shared_database(), "https://owned.okta.com"
    dsn = empty_database()
    with closing(psycopg.connect(dsn, autocommit=True)) as db:
        name = db.info.dbname
        if not db.execute("SELECT FROM pg_roles WHERE rolname = 'keydesk_owner'").fetchone():
            db.execute("CREATE ROLE keydesk_owner LOGIN")
        db.execute("GRANT keydesk_agent TO keydesk_owner WITH ADMIN OPTION")
        db.execute(f"ALTER DATABASE {name} OWNER TO keydesk_owner".encode())
    with closing(psycopg.connect(psycopg.conninfo.make_conninfo(dsn, user="keydesk_owner"), autocommit=True)) as db:
        assert bring_up_to_date(db) == [1, 2, 3]
        assert admit(db, origin, [Admission("grace"), Admission("ann")]) == []
    assert team.owner != dsn
    with closing(TeamDatabase(dsn).ledger(origin)) as ledger, closing(TeamDatabase(dsn).ledger(origin, "ann")) as ann:
        ledger.outcome(ledger.intend(replace(INTENT, org=origin)).entry, Outcome.UNKNOWN)
        ann.settle(1, "seen")
        assert ann.claim(replace(INTENT, org=origin, agent="ann", action="notice", calls=()), "k") == 4
        assert ledger.verify().ok
        assert [entry.settled for entry in ledger.entries(text="ada")] == ["", "seen"]


def test_a_schema_is_made_once_and_a_newer_one_is_refused(origin: str) -> None:
    other = empty_database()
    ledger = TeamDatabase(other).ledger(origin)
    with pytest.raises(NotSetUp, match="holds no team's record yet"):
        ledger.newest()
    assert isinstance(ledger.look(), NotSetUp)
    with closing(psycopg.connect(other, autocommit=True)) as db:
        assert (version_of(db), bring_up_to_date(db), bring_up_to_date(db), version_of(db)) == (0, [1, 2, 3], [], 3)
        admit(db, origin, [Admission("grace")])
        assert ledger.newest() == 0
        ledger.close()
        db.execute("INSERT INTO keydesk.version (number) VALUES (99)")
        with pytest.raises(LedgerTooNew, match="newer keydesk"):
            bring_up_to_date(db)
        with pytest.raises(LedgerTooNew, match="newer keydesk"):
            ledger.newest()
