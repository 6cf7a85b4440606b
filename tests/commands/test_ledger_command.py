"""`keydesk ledger`: what was done, shown, checked and exported, without an org."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ORIGIN, token_of
from tests.desk.support import fault, harmful, user_id
from tests.each import each
from tui import wiring
from tui.commands.codes import Code
from tui.desk.connectors.connector import Connector, parse_address
from tui.desk.ledger.export import verify_lines
from tui.okta.auth import ApiToken
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Shell
    from tui.demo.org import Org

ANN, BOB = "ann.lee@acme.example", "bob.martin@acme.example"


@pytest.fixture
def busy(keydesk: Shell, org: Org) -> Shell:
    """A desk where an unlock was done, a second was lost, and sessions were cleared."""
    assert keydesk("unlock", ANN, "--yes", "--reason", "called", "--ticket", "INC-7").code == Code.OK
    fault(org, "cut-before")
    assert keydesk("unlock", "erik.larsen@acme.example", "--yes").code == Code.UNKNOWN
    assert keydesk("clear-sessions", BOB, "--yes", "--reason", "lost phone").code == Code.OK
    keydesk.patch.delenv("KEYDESK_ORG")
    keydesk.patch.delenv("KEYDESK_API_TOKEN")
    keydesk.line.sent.clear()
    return keydesk


def test_an_empty_ledger_is_said_to_be_empty_and_none_is_made(keydesk: Shell, home: Path) -> None:
    assert keydesk("ledger", "list").out == "The ledger is empty.\n"
    assert keydesk("ledger", "list", "--open").out == "The ledger has no such entries.\n"
    assert keydesk("ledger", "list", "--json").json == []
    assert keydesk("ledger", "verify").code == Code.OK
    assert keydesk("ledger", "export").out == ""
    assert keydesk("ledger", "show", "1").code == Code.FAILED
    assert not home.exists()


def test_list_shows_the_newest_first(busy: Shell) -> None:
    ran = busy("ledger", "list")
    assert (ran.code, ran.err) == (Code.OK, "")
    head, *rows = ran.out.splitlines()
    assert head.split() == ["NO.", "WHEN", "ACTION", "PERSON", "BY", "OUTCOME", "REASON"]
    assert [row.split()[0] for row in rows] == ["5", "3", "1"]
    assert "Sign out everywhere" in rows[0]
    assert "unknown" in rows[1]
    assert rows[2].endswith("called")
    assert busy.line.sent == []


def test_list_narrows_down(busy: Shell) -> None:
    assert [entry["person"]["login"] for entry in busy("ledger", "list", "--open", "--json").json] == [
        "erik.larsen@acme.example"
    ]
    assert [entry["ticket"] for entry in busy("ledger", "list", "--find", "inc-7", "--json").json] == ["INC-7"]
    assert len(busy("ledger", "list", "--limit", "2", "--json").json) == 2
    assert busy("ledger", "list", "--find", "xyzzy").out == "The ledger has no such entries.\n"


def test_show_tells_one_entry_whole(busy: Shell, org: Org) -> None:
    ran = busy("ledger", "show", "1")
    assert ran.code == Code.OK
    told = dict(line.split(None, 1) for line in ran.out.splitlines() if line[:1].strip() and len(line.split()) > 1)
    assert told["Person"] == f"Ann Lee · {ANN}"
    assert told["Reason"] == "called"
    assert told["Ticket"] == "INC-7"
    assert told["By"] == "tess"
    assert told["Outcome"] == "done"
    assert told["Call"] == f"POST /api/v1/users/{user_id(org, 'ann.lee')}/lifecycle/unlock"
    value = busy("ledger", "show", "1", "--json").json
    assert value["outcome"] == "done"
    assert value["requestId"] in ran.out


@each("number", ["2", "99", "0", "-1", "99999999999999999999"])
def test_show_of_what_is_no_entry_says_so(busy: Shell, number: str) -> None:
    ran = busy("ledger", "show", number) if number != "-1" else busy("ledger", "show", "--", "-1")
    assert ran.code == Code.FAILED
    assert ran.err.startswith("keydesk: There is no such entry in the ledger\n")


def test_verify_finds_it_as_it_was_written(busy: Shell) -> None:
    ran = busy("ledger", "verify")
    assert ran.code == Code.OK
    value = busy("ledger", "verify", "--json").json
    assert value == {"ok": True, "count": 6, "head": value["head"], "anchored": 6, "expected": None, "problems": []}
    assert f"6 records, nothing wrong found. Head: {value['head']}\n" in ran.out
    assert busy("ledger", "verify", "--expect", value["head"]).code == Code.OK
    assert busy("ledger", "verify", "--expect", "f" * 64).code == Code.TAMPERED


def test_verify_finds_what_was_changed(busy: Shell, home: Path) -> None:
    with closing(sqlite3.connect(home / "ledger.sqlite3")) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE record SET body = replace(body, 'called', 'bribed')")
        db.commit()
    ran = busy("ledger", "verify")
    assert ran.code == Code.TAMPERED
    assert ran.out.startswith("The ledger was changed.")
    value = busy("ledger", "verify", "--json").json
    assert not value["ok"]
    assert any(problem["entry"] == 1 for problem in value["problems"])


def test_export_can_be_verified_elsewhere(busy: Shell) -> None:
    ran = busy("ledger", "export")
    assert ran.code == Code.OK
    assert ran.out.isascii()
    verdict = verify_lines(ran.out.splitlines())
    assert (verdict.ok, verdict.count) == (True, 6)


def test_export_for_a_spreadsheet_has_one_row_for_each_entry(busy: Shell) -> None:
    rows = list(csv.DictReader(io.StringIO(busy("ledger", "export", "--format", "csv").out)))
    assert [(row["action"], row["outcome"]) for row in rows] == [
        ("unlock", "done"),
        ("unlock", "unknown"),
        ("clear-sessions", "done"),
    ]


def test_a_hostile_name_in_the_ledger_is_harmless(keydesk: Shell) -> None:
    evil = "\x1b]52;c;cm0gLXJm\x07\u202e"
    assert keydesk("unlock", "c1.control@acme.example", "--yes", "--reason", evil, "--ticket", evil).code == Code.OK
    for command in (["list"], ["show", "1"], ["verify"], ["list", "--json"], ["show", "1", "--json"], ["export"]):
        ran = keydesk("ledger", *command)
        assert ran.code == Code.OK
        assert harmful((ran.out + ran.err).replace("\n", "")) == [], command
    assert keydesk("ledger", "show", "1", "--json").json["reason"] == evil


def test_a_ledger_that_is_none_is_told(keydesk: Shell, home: Path) -> None:
    home.mkdir()
    (home / "ledger.sqlite3").write_bytes(b"not a ledger at all" * 99)
    for command in (["list"], ["show", "1"], ["export"]):
        ran = keydesk("ledger", *command)
        assert ran.code == Code.FAILED
        assert ran.err.startswith("keydesk: ")
    assert keydesk("ledger", "verify").code == Code.TAMPERED
    ran = keydesk("unlock", ANN, "--yes")
    assert ran.code == Code.NOT_POSSIBLE
    assert keydesk.line.writes == []


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_demo_org_has_a_ledger_of_its_own_and_writes_nowhere_else(busy: Shell, home: Path, org: Org) -> None:
    made_up = Connector("demo", parse_address(ORIGIN), ApiToken(token_of(org)), Mode.READ_WRITE, made_up=True)
    busy.patch.setattr(wiring, "demo", lambda **_: made_up)
    done, before = busy("ledger", "list", "--json").json, files(home)
    ran = busy("--demo", "clear-sessions", ANN, "--yes", "--reason", "tried out")
    assert ran.code == Code.OK
    assert "Ledger entry 1 of the demo org's own ledger." in ran.out
    for tried in (["find", "ann"], ["show", ANN], ["lockouts"], ["expiry"], ["check"], ["notify", "--history"]):
        assert busy("--demo", *tried).code in {Code.OK, Code.NOT_FOUND}
    after = files(home)
    assert {name: after.pop(name) for name in list(before)} == before
    assert after
    assert [name for name in after if not name.startswith("demo/")] == []
    assert busy("ledger", "list", "--json").json == done
    listed = busy("--demo", "ledger", "list", "--json")
    assert [entry["reason"] for entry in listed.json] == ["tried out"]
    assert listed.err == f"The demo org's own ledger: {home / 'demo' / 'ledger.sqlite3'}\n"
    for verb in (["verify"], ["show", "1"], ["export"]):
        assert busy("--demo", "ledger", *verb).code == Code.OK
    assert busy("--demo", "ledger", "show", "3").code != Code.OK
