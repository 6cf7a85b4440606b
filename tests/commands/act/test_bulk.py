"""One action for several people as a command: a look first, their number as the answer, then one after another."""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from tests.commands.act.support import ANN, BOB, ERIK, HENRY
from tests.desk.support import fault, harmful, user_id
from tui.commands.codes import Code
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.bulk.job import MOST

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from tests.commands.conftest import Shell
    from tui.demo.org import Org

LOCKED = (ANN, HENRY, ERIK)


def entries(keydesk: Shell) -> list[tuple[str, str]]:
    """Whom the ledger names, with the outcome, oldest first."""
    found = keydesk("ledger", "list", "--json").json
    return [(one["person"]["login"], one["outcome"]) for one in sorted(found, key=lambda one: one["entry"])]


def unlocks(org: Org, *names: str) -> list[str]:
    return [f"POST /api/v1/users/{user_id(org, name)}/lifecycle/unlock" for name in names]


def test_each_is_told_recorded_and_sent_once_in_order(keydesk: Shell, org: Org) -> None:
    ran = keydesk("unlock", *LOCKED, "--yes", "--ticket", "INC-7", "--reason", "outage")
    assert (ran.code, ran.err) == (Code.OK, "")
    lines = ran.out.splitlines()
    assert [text.partition(".example ")[0] + ".example" for text in lines[:3]] == list(LOCKED)
    assert all(" done: Active. Ledger entry " in text for text in lines[:3])
    assert lines[3:] == ["Unlock: 3 of 3 done."]
    assert keydesk.line.writes == unlocks(org, "ann.lee", "henry.stone", "erik.larsen")
    assert entries(keydesk) == [(login, "done") for login in LOCKED]
    found = keydesk("ledger", "list", "--json").json
    assert {(one["reason"], one["ticket"]) for one in found} == {("outage", "INC-7")}


def test_at_a_terminal_everybody_is_shown_and_their_number_asked_for(keydesk: Shell, org: Org) -> None:
    keydesk.answers("2\n")
    ran = keydesk("unlock", "ann.lee", "henry.stone", "bob.martin")
    assert ran.code == Code.PARTLY
    assert f"Ann Lee · {ANN} · Sales · Locked out · ready" in ran.err
    assert f"Bob Martin · {BOB} · Engineering · Active · not possible: not locked." in ran.err
    assert "For 2 of 3 people. Sent to 127.0.0.1:9, exactly this:\n" in ran.err
    for call in unlocks(org, "ann.lee", "henry.stone"):
        assert f"  {call}\n" in ran.err
    assert ran.err.endswith("Type the number of people, 2, to go on: ")
    assert ran.out.endswith("Unlock: 2 of 3 done, 1 not possible.\n")
    assert keydesk.line.writes == unlocks(org, "ann.lee", "henry.stone")


@pytest.mark.parametrize("answer", ["", "\n", "y\n", "yes\n", "3\n", "22\n", f"{ANN}\n"])
def test_any_other_number_sends_nothing(keydesk: Shell, answer: str) -> None:
    keydesk.answers(answer)
    ran = keydesk("unlock", ANN, HENRY, BOB)
    assert ran.code == Code.FAILED
    assert "This was not confirmed; nothing was sent" in ran.err
    assert (keydesk.line.writes, entries(keydesk)) == ([], [])


def test_without_a_terminal_nothing_is_sent_unless_told_to(keydesk: Shell) -> None:
    ran = keydesk("unlock", ANN, HENRY)
    assert ran.code == Code.FAILED
    assert "Add --yes to confirm without a terminal." in ran.err
    assert keydesk.line.writes == []


@pytest.mark.parametrize("extra", [[], ["--read-only"]])
def test_a_dry_run_prints_every_call_and_everybody_s_steps(keydesk: Shell, org: Org, extra: list[str]) -> None:
    ran = keydesk("unlock", ANN, HENRY, "--dry-run", *extra)
    assert (ran.code, ran.err) == (Code.OK, "")
    for login in (ANN, HENRY):
        assert f"({login})\n" in ran.out
    value = keydesk("unlock", ANN, HENRY, "--dry-run", "--json", *extra).json
    calls = [f"{call['method']} {call['target']}" for one in value["people"] for call in one["calls"]]
    assert calls == ([] if extra else unlocks(org, "ann.lee", "henry.stone"))
    assert all(one["steps"] for one in value["people"])
    assert (keydesk.line.writes, entries(keydesk)) == ([], [])


@pytest.mark.parametrize("words", [["unlock", ANN, HENRY], ["add-to-group", BOB, ANN, "--group", "Notion"]])
def test_read_only_prints_the_steps_of_each(keydesk: Shell, words: list[str]) -> None:
    ran = keydesk(*words, "--read-only", "--yes")
    assert ran.code == Code.NOT_POSSIBLE
    assert ran.err.count("is not possible: read-only") == 1
    for login in words[1:3]:
        assert f"({login})\n" in ran.out
    value = keydesk(*words, "--read-only", "--yes", "--json").json
    assert value["outcome"] == "not possible"
    assert [one["obstacle"]["cause"] for one in value["people"]] == ["read-only"] * 2
    assert keydesk.line.writes == []


def test_a_group_that_cannot_be_read_does_not_stop_the_instructions(keydesk: Shell, org: Org) -> None:
    fault(org, "403-role", "/api/v1/groups", times=50)
    ran = keydesk("add-to-group", BOB, ANN, "--group", "Notion", "--read-only")
    assert ran.code == Code.NOT_POSSIBLE
    assert ran.out.count("Notion") >= len([BOB, ANN])
    assert keydesk("add-to-group", BOB, ANN, "--group", "Notion").code == Code.FAILED


def test_several_are_added_to_one_group(keydesk: Shell, org: Org) -> None:
    ran = keydesk("add-to-group", ANN, BOB, "--group", "notion", "--yes", "--json")
    assert ran.code == Code.OK
    assert [(one["person"]["login"], one["outcome"]) for one in ran.json["people"]] == [(ANN, "done"), (BOB, "done")]
    assert [target["name"] for target in ran.json["targets"]] == ["Notion"]
    group = org.groups.named("Notion")
    assert all(org.groups.is_member(group, org.people.named(name)) for name in ("ann.lee", "bob.martin"))
    again = keydesk("add-to-group", ANN, BOB, "--group", "notion", "--yes")
    assert again.code == Code.NOT_POSSIBLE
    assert "is in the group already" in again.err
    assert len(keydesk.line.writes) == 2


def test_half_of_them_refused_leaves_the_others_done(keydesk: Shell, org: Org) -> None:
    fault(org, "403-role", user_id(org, "henry.stone") + "/lifecycle/")
    ran = keydesk("unlock", *LOCKED, "--yes", "--json")
    assert ran.code == Code.PARTLY
    assert [one["outcome"] for one in ran.json["people"]] == ["done", "refused", "done"]
    assert ran.json["people"][1]["requestId"]
    assert "role" in ran.json["people"][1]["trouble"]
    assert f"{HENRY} refused: " in ran.err
    assert len(keydesk.line.writes) == 3
    assert entries(keydesk) == [(ANN, "done"), (HENRY, "refused"), (ERIK, "done")]


def test_what_would_fail_for_all_stops_it(keydesk: Shell, org: Org) -> None:
    fault(org, "401", user_id(org, "ann.lee") + "/lifecycle/")
    ran = keydesk("unlock", *LOCKED, "--yes")
    assert ran.code == Code.FAILED
    assert f"{HENRY} not tried.\n{ERIK} not tried.\n" in ran.out
    assert "keydesk: " in ran.err
    assert len(keydesk.line.writes) == 1


def test_a_lost_answer_has_its_own_exit_code(keydesk: Shell, org: Org) -> None:
    fault(org, "cut-before", user_id(org, "henry.stone") + "/lifecycle/")
    ran = keydesk("unlock", *LOCKED, "--yes")
    assert ran.code == Code.UNKNOWN
    assert f"{HENRY} unknown: " in ran.out
    assert len(keydesk.line.writes) == 3


def test_ctrl_c_stops_between_two_people(keydesk: Shell, org: Org) -> None:
    async def interrupt(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST":
            os.kill(os.getpid(), signal.SIGINT)
        return None

    keydesk.line.watch = interrupt
    before = signal.getsignal(signal.SIGINT)
    ran = keydesk("unlock", *LOCKED, "--yes")
    assert ran.code == Code.INTERRUPTED
    assert "Stopping before the next person" in ran.err
    assert f"{ANN} done: Active. Ledger entry 1.\n{HENRY} not tried.\n{ERIK} not tried.\n" in ran.out
    assert keydesk.line.writes == unlocks(org, "ann.lee")
    assert signal.getsignal(signal.SIGINT) is before


def test_logins_come_from_a_file(keydesk: Shell, org: Org, tmp_path: Path) -> None:
    names = tmp_path / "people.txt"
    names.write_bytes(b"\xef\xbb\xbf# the outage\r\n" + f"{ANN}\r\n\r\n  {HENRY}  \r\n{ANN.upper()}\r\n".encode())
    ran = keydesk("unlock", "--from", str(names), "--yes")
    assert ran.code == Code.OK
    assert keydesk.line.writes == unlocks(org, "ann.lee", "henry.stone")


def test_logins_come_from_standard_input(keydesk: Shell, org: Org) -> None:
    keydesk.patch.setattr(sys, "stdin", io.StringIO(f"{ANN}\n{HENRY}\n"))
    assert keydesk("unlock", ERIK, "--from", "-", "--yes").code == Code.OK
    assert keydesk.line.writes == unlocks(org, "erik.larsen", "ann.lee", "henry.stone")


def test_one_login_in_a_file_is_one_person(keydesk: Shell, tmp_path: Path) -> None:
    (tmp_path / "one").write_text(f"{ANN}\n")
    ran = keydesk("unlock", "--from", str(tmp_path / "one"), "--yes")
    assert ran.out == "Unlock: done for Ann Lee (Locked out → Active). Ledger entry 1.\n"


@pytest.mark.parametrize("content", [None, b"", b"# nobody\n\n", b"\xff\xfe\x00a", b"x" * 300_000])
def test_a_file_that_is_none_is_told(keydesk: Shell, tmp_path: Path, content: bytes | None) -> None:
    names = tmp_path / "people"
    if content is not None:
        names.write_bytes(content)
    ran = keydesk("unlock", "--from", str(names), "--yes")
    assert (ran.code, ran.out, keydesk.line.sent) == (Code.USAGE, "", [])
    assert "one login on each line" in ran.err


def test_more_than_one_job_takes_are_not_looked_at(keydesk: Shell) -> None:
    ran = keydesk("unlock", *(f"somebody{number}@acme.example" for number in range(MOST + 1)), "--yes")
    assert (ran.code, keydesk.line.sent) == (Code.USAGE, [])
    assert f"{MOST + 1} people are too many at once" in ran.err
    assert f"At most {MOST}: split the list." in ran.err


def test_somebody_who_is_not_found_stops_it_for_all(keydesk: Shell) -> None:
    ran = keydesk("unlock", ANN, "no.one@acme.example", "--yes")
    assert ran.code == Code.NOT_FOUND
    assert "no.one@acme.example" in ran.err
    ran = keydesk("unlock", ANN, "no.one@acme.example", "no.two@acme.example", "adam", "--yes")
    assert ran.code == Code.NOT_FOUND
    for told in ("no.one@acme.example", "no.two@acme.example", "Nobody has exactly the login adam"):
        assert told in ran.err
    assert "3 of 4 people were not found" in ran.err
    assert keydesk.line.writes == []


def test_following_is_for_one_person(keydesk: Shell) -> None:
    ran = keydesk("add-to-group", ANN, BOB, "--group", "Notion", "--yes", "--follow")
    assert (ran.code, keydesk.line.sent) == (Code.USAGE, [])


@pytest.mark.parametrize("action", [action.id for action in ACTIONS.values() if not action.several])
def test_what_is_not_safe_takes_one_person_only(keydesk: Shell, action: str) -> None:
    aims = [text for kind in ACTIONS[action].chosen for text in (f"--{kind.value}", "x")]
    for words in ([action, ANN, BOB, *aims], [action, ANN, *aims, "--from", "-"]):
        ran = keydesk(*words)
        assert (ran.code, keydesk.line.sent) == (Code.USAGE, [])
        assert "is one argument too many" in ran.err or "there is no option “--from”" in ran.err


def test_hostile_names_are_harmless(keydesk: Shell) -> None:
    keydesk.answers("2\n")
    ran = keydesk("unlock", "c1.control@acme.example", "mark.up@acme.example")
    assert ran.code == Code.OK
    assert harmful((ran.out + ran.err).replace("\n", "")) == []


def test_an_outcome_that_could_not_be_recorded_has_a_code_of_its_own(keydesk: Shell, home: Path) -> None:
    async def meanwhile(request: httpx.Request) -> None:
        if request.method == "POST":
            (home / "ledger.sqlite3.head").unlink(missing_ok=True)

    keydesk.line.watch = meanwhile
    ran = keydesk("unlock", ANN, ERIK, "--yes")
    assert ran.code == Code.UNRECORDED
    assert "The outcome is not in the ledger" in ran.out + ran.err
