"""`keydesk team`: a record is made, joined, filled and checked, and two agents see the same."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
import pytest
from msgspec.structs import replace

from tests.conftest import ORIGIN, token_of
from tests.postgres import SOON, TeamDatabase, empty_database
from tui import setup_walk
from tui.commands.codes import Code
from tui.desk.connectors import profiles, secrets, settings
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.connectors.profiles import Profile, SignIn
from tui.desk.connectors.secrets import Keep, Secret, SecretPlace
from tui.desk.connectors.store_address import StoreAddress
from tui.desk.ledger.export import verify_lines
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Shell
    from tui.demo.org import Org

ANN, BOB = "ann.lee@acme.example", "bob.martin@acme.example"


@pytest.fixture
def acme(ruled: Shell, home: Path, org: Org) -> Shell:
    """A desk with a connector called Acme, and two records that were made before there was a team."""
    place = SecretPlace(Keep.FILE, str(home / "secrets" / "acme"))
    secrets.store(place, Secret(token_of(org)))
    profile = Profile("Acme", parse_address(ORIGIN), SignIn(SignInKind.API_TOKEN, place), mode=Mode.READ_WRITE)
    profiles.save(home / "connectors.toml", profile)
    ruled.patch.delenv("KEYDESK_ORG")
    ruled.patch.delenv("KEYDESK_API_TOKEN")
    assert ruled("unlock", ANN, "--yes", "--reason", "before the team").code == Code.OK
    return ruled


def test_a_desk_becomes_a_team(acme: Shell, home: Path) -> None:
    owner = empty_database()
    database = TeamDatabase(owner)
    dsn = database.dsn("tess")
    a_record_is_asked_for_before_there_is_one(acme, dsn)
    the_owner_makes_it(acme, owner)
    an_agent_joins(acme, dsn, home)
    the_old_ledger_is_carried_over(acme, owner, home)
    what_is_done_is_recorded_for_all(acme, database)
    all_is_looked_at(acme, owner)
    one_who_leads_sets_the_rules_for_all(acme, owner, home)
    while_it_is_away_nothing_is_changed(acme, home)


def a_record_is_asked_for_before_there_is_one(acme: Shell, dsn: str) -> None:
    ran = acme("team", "status")
    assert (ran.code, "ledger on this machine" in ran.out) == (Code.OK, True)
    assert "role" in acme("team", "join", "--dsn", dsn).err  # there is no such role yet
    for verb in ("check", "migrate"):
        ran = acme("team", verb, *(["--dsn", dsn] if verb == "migrate" else []))
        assert (ran.code, "keydesk team join" in ran.err) == (Code.USAGE, True)


def the_owner_makes_it(acme: Shell, owner: str) -> None:
    sql = acme("team", "init", "--sql").out
    assert "SECURITY DEFINER" in sql
    assert "gin_trgm_ops" in sql
    assert acme("team", "init").code == acme("team", "init", "--dsn", owner, "--agent", "tess").code == Code.USAGE
    ran = acme("team", "init", "--dsn", owner, "--org", ORIGIN, "--agent", "tess", "--machine", "jump", "--lead", "lea")
    assert (ran.code, ran.out.splitlines()[0]) == (Code.OK, "Schema 3: made.")
    assert f"tess works for {ORIGIN}." in ran.out
    again = acme("team", "init", "--dsn", owner)
    assert (again.code, again.out) == (Code.OK, "Schema 3: was there already.\n")


def an_agent_joins(acme: Shell, dsn: str, home: Path) -> None:
    assert acme("team", "join", "--dsn", f"{dsn} password=geheim").code == Code.USAGE
    assert acme("team", "join", "--dsn", dsn, "--secret", "pocket=left").code == Code.USAGE
    acme.patch.setenv("TESS_PASSWORD", "geheim")
    ran = acme("team", "join", "--dsn", dsn, "--secret", "environment=TESS_PASSWORD")
    assert (ran.code, f"tess writes into the team's record for {ORIGIN}." in ran.out) == (Code.OK, True)
    written = (home / "connectors.toml").read_text()
    assert "[connectors.Acme.store]" in written
    assert "geheim" not in written
    stored = profiles.load(home / "connectors.toml").profiles[0]
    assert stored.store == StoreAddress(dsn, SecretPlace(Keep.ENVIRONMENT, "TESS_PASSWORD"))
    assert f"Ledger        the team's, {dsn[:20]}" in acme("connectors", "show").out
    assert acme("connectors", "show", "--json").json["store"] == {"dsn": dsn, "machine": False}
    edited = setup_walk.SetupWalk(settings.places(), profile=stored).typed_profile()
    assert edited.store == stored.store  # the wizard leaves it as it is


def the_old_ledger_is_carried_over(acme: Shell, owner: str, home: Path) -> None:
    before = (home / "ledger.sqlite3").read_bytes()
    for new in (2, 0):
        ran = acme("team", "migrate", "--dsn", owner)
        assert ran.out == f"2 records are in the team's ledger, {new} of them new. Both chains are whole.\n"
    assert (home / "ledger.sqlite3").read_bytes() == before
    (entry,) = acme("ledger", "list", "--json").json
    assert (entry["reason"], entry["agent"], entry["outcome"]) == ("before the team", "tess", "done")
    ran = acme("ledger", "verify")
    assert (ran.code, "Who owns the database can still" in " ".join(ran.out.split())) == (Code.OK, True)


def what_is_done_is_recorded_for_all(acme: Shell, database: TeamDatabase) -> None:
    assert acme("clear-sessions", BOB, "--yes", "--reason", "lost phone").code == Code.OK
    ran = acme("ledger", "list", "--json")
    assert (ran.json[0]["agent"], ran.json[0]["reason"]) == ("tess", "lost phone")
    assert ran.err == "The ledger that the team of Acme shares\n"
    lines = acme("ledger", "export").out.splitlines()
    assert verify_lines(lines).ok
    with closing(database.ledger(ORIGIN, "lea")) as lea:
        assert [entry.intent.person_login for entry in lea.entries()] == [BOB, ANN]
        person = lea.entries()[0].intent
        lea.intend(replace(person, agent="lea", title="Reset factors"))
        ran = acme("clear-sessions", BOB, "--yes", "--reason", "lost phone")
        assert ran.code == Code.FAILED
        assert "lea is acting on this person: Reset factors, since" in ran.err
        assert len(acme.line.writes) == 2
    assert [one["agent"] for one in acme("ledger", "list", "--open", "--json").json] == ["lea"]
    assert acme("notify", "--history", "--json").json == []


def all_is_looked_at(acme: Shell, owner: str) -> None:
    assert "Open        1\n" in acme("team", "status").out
    told = acme("team", "status", "--json").json
    assert told == {
        "connector": "Acme", "shared": True, "role": "tess", "name": "tess", "writable": True, "records": 5, "open": 1,
    }  # fmt: skip
    ran = acme("team", "check")
    lines = [line for line in ran.out.splitlines() if line[:1] in "✓✗"]
    assert [line[:1] for line in lines if "Search" not in line and "Safety" not in line] == ["✓"] * 10, ran.out
    assert "✗ Safety" in ran.out  # the tests' server writes nothing to the disk
    with closing(psycopg.connect(owner, autocommit=True)) as db:
        db.execute("GRANT DELETE ON keydesk.record TO tess")
        assert "✗ Rights" in acme("team", "check").out
        db.execute("REVOKE DELETE ON keydesk.record FROM tess")
        db.execute("UPDATE keydesk.member SET machine = true WHERE role = 'tess'")
        ran = acme("team", "check")
        assert (ran.code, "machine = true" in ran.out) == (Code.FAILED, True)
        db.execute("UPDATE keydesk.member SET machine = false WHERE role = 'tess'")


def one_who_leads_sets_the_rules_for_all(acme: Shell, owner: str, home: Path) -> None:
    path = home / "rules.toml"
    path.write_text("reason_words = 4\n")
    change = ("rules", "--set", str(path), "--reason", "as the board wants it")
    assert "`keydesk rules --set FILE`" in acme("rules").out
    assert "This role does not lead the desk" in acme(*change, "--yes").err
    with closing(psycopg.connect(owner, autocommit=True)) as db:
        db.execute("UPDATE keydesk.member SET leads = true WHERE role = 'tess'")
    ran = acme(*change, "--dry-run")
    assert (ran.code, "reason_words: 3, now 4" in ran.out, "Nothing was set now" in ran.out) == (Code.OK, True, True)
    assert "Add --yes" in acme(*change).err
    assert "Say why the rules change" in acme("rules", "--set", str(path), "--yes").err
    acme.answers("n\n")
    assert "nothing was set" in acme(*change).err
    assert acme("ledger", "list", "--find", "change-desk-rules", "--json").json == []
    acme.answers("y\n")
    ran = acme(*change)
    assert (ran.code, "in force for the whole team from now on: entry" in ran.out) == (Code.OK, True)
    assert "in force already" in acme(*change, "--yes").out
    assert acme("rules", "--toml").out == "reason_words = 4\n"
    assert "what connectors.toml says of rules is not used" in acme("rules").out
    refused = acme("expire-password", BOB, "--yes", "--reason", "lost a phone")
    assert (refused.code == Code.OK, "Say why in 4 words at least" in refused.err) == (False, True)
    (entry,) = acme("ledger", "list", "--find", "change-desk-rules", "--json").json
    shown = acme("ledger", "show", str(entry["entry"])).out
    assert "Changed     they count for the whole team" in shown
    assert "Rules       reason_words = 4" in shown
    assert entry["cameOf"] == "set"
    path.write_bytes(b"\xff")
    assert "is not UTF-8 text" in acme(*change).err
    assert "cannot be read" in acme("rules", "--set", str(home)).err
    with closing(psycopg.connect(owner, autocommit=True)) as db:  # as a newer keydesk leaves it
        db.execute("UPDATE keydesk.record SET body = replace(body, 'reason_words = 4', 'reason_days = 4')")
    ran = acme("rules")
    assert (ran.code, "The team's rules cannot be read" in ran.out) == (Code.FAILED, True)
    acme.line.sent.clear()
    assert "The team's rules cannot be read" in acme("clear-sessions", BOB, "--yes", "--reason", "a b c d").err
    assert acme.line.writes == []
    assert "cannot be read" in acme("rules", "--toml").err


def while_it_is_away_nothing_is_changed(acme: Shell, home: Path) -> None:
    path = home / "connectors.toml"
    stored = profiles.load(path).profiles[0]
    gone = StoreAddress("host=/nowhere user=tess")
    profiles.save(path, replace(stored, store=gone), replacing="Acme")
    acme.line.sent.clear()
    acme.patch.setattr("tui.desk.team.database.TERMS", SOON)
    ran = acme("clear-sessions", BOB, "--yes", "--reason", "again")
    assert ran.code in {Code.FAILED, Code.NOT_POSSIBLE}  # as the thread that looks is quicker, or the record
    assert "No change can be made, because no record can be made" in ran.err
    assert acme.line.writes == []
    assert acme("show", ANN).code == Code.OK  # looking goes on
    ran = acme("team", "status", "--json")
    assert (ran.code, json.loads(ran.out)["writable"]) == (Code.FAILED, False)
    assert acme("ledger", "list").code == Code.FAILED
