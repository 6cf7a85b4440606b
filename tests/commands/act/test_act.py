"""The actions as commands: confirmed or not, dry, read-only, refused, lost; what is printed and what is sent."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.commands.act.support import ANN, BOB
from tests.desk.support import fault, harmful, user_id, world
from tui.commands.codes import Code

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from tests.commands.conftest import Shell
    from tui.demo.org import Org

UNLOCK = ("unlock", ANN, "--yes")


def test_unlock_says_what_happened_and_where_it_is_recorded(keydesk: Shell, org: Org) -> None:
    ran = keydesk(*UNLOCK, "--ticket", "INC-7", "--reason", "called")
    assert (ran.code, ran.err) == (Code.OK, "")
    assert ran.out == "Unlock: done for Ann Lee (Locked out → Active). Ledger entry 1.\n"
    assert org.people.named("ann.lee").status == "ACTIVE"
    (entry,) = keydesk("ledger", "list", "--json").json
    assert (entry["reason"], entry["ticket"], entry["agent"]) == ("called", "INC-7", "tess")
    assert [f"{call['method']} {call['target']}" for call in entry["calls"]] == keydesk.line.writes


def test_unlock_prints_json(keydesk: Shell) -> None:
    value = keydesk(*UNLOCK, "--json").json
    assert value["outcome"] == "done"
    assert value["ledger"] == 1
    assert (value["before"], value["after"]["status"]) == ("LOCKED_OUT", "ACTIVE")
    assert value["trouble"] is None


@pytest.mark.parametrize("answer", ["y\n", "Y\n", "yes\n", " yes \n"])
def test_at_a_terminal_it_shows_what_will_be_sent_and_asks(keydesk: Shell, org: Org, answer: str) -> None:
    keydesk.answers(answer)
    ran = keydesk("unlock", "ann.lee")
    assert ran.code == Code.OK
    assert ran.err.startswith(f"Ann Lee · {ANN} · Account Executive · Sales\nmanager maria.silva@acme.example · last")
    assert "\nLocked out: too many failed sign-ins" in ran.err
    assert "\nThe password is that of Okta.\n" in ran.err
    assert f"  POST /api/v1/users/{user_id(org, 'ann.lee')}/lifecycle/unlock\n" in ran.err
    assert ran.err.endswith("Go on? [y/N] ")
    assert len(keydesk.line.writes) == 1


@pytest.mark.parametrize("answer", ["", "\n", "n\n", "no\n", "yep\n", f"{ANN}\n"])
def test_anything_but_yes_sends_nothing(keydesk: Shell, answer: str) -> None:
    keydesk.answers(answer)
    ran = keydesk("unlock", ANN)
    assert ran.code == Code.FAILED
    assert "keydesk: This was not confirmed; nothing was sent" in ran.err
    assert keydesk.line.writes == []
    assert keydesk("ledger", "list", "--json").json == []


@pytest.mark.parametrize("typed", ["ann.lee", "ann", "ann lee", "Lee, Ann", "E100000", "+1 415 555 0132"])
def test_yes_takes_only_a_whole_login_or_id(keydesk: Shell, typed: str) -> None:
    ran = keydesk("unlock", typed, "--yes")
    assert ran.code == Code.NOT_FOUND
    assert f"keydesk: Nobody has exactly the login {typed}" in ran.err
    assert "--yes takes only a whole login or id." in ran.err
    assert ANN in ran.err
    assert keydesk.line.writes == []


def test_yes_takes_a_login_in_any_case_and_an_id(keydesk: Shell, org: Org) -> None:
    assert keydesk("unlock", "Ann.Lee@ACME.example", "--yes").code == Code.OK
    assert keydesk("unlock", user_id(org, "erik.larsen"), "--yes").code == Code.OK
    assert org.people.named("erik.larsen").status == "ACTIVE"


def test_somebody_who_is_not_locked_is_not_unlocked(keydesk: Shell) -> None:
    ran = keydesk("unlock", BOB, "--yes")
    assert ran.code == Code.NOT_POSSIBLE
    assert ran.err.startswith("keydesk: Unlock is not possible: not locked\n")
    assert keydesk.line.writes == []


def test_an_action_that_needs_a_reason_asks_for_one(keydesk: Shell) -> None:
    for reason in ([], ["--reason", "  "]):
        ran = keydesk("clear-sessions", BOB, "--yes", *reason)
        assert ran.code == Code.FAILED
        assert "keydesk: Sign out everywhere needs a reason" in ran.err
    assert keydesk.line.writes == []
    assert keydesk("clear-sessions", BOB, "--yes", "--reason", "lost phone").code == Code.OK
    assert len(keydesk.line.writes) == 1


def test_a_refusal_is_a_failure_and_is_recorded(keydesk: Shell, org: Org) -> None:
    keydesk.patch.setenv("KEYDESK_API_TOKEN", org.principal("helpdesk").token)
    ran = keydesk("unlock", "adam.brooks@acme.example", "--yes")
    assert ran.code == Code.FAILED
    assert ran.out.startswith("Unlock: Okta refused it for Adam Brooks (Locked out). Ledger entry 1.")
    assert "keydesk: keydesk's admin role does not allow this" in ran.err
    assert "E0000006" in ran.err
    assert keydesk("ledger", "list", "--json").json[0]["outcome"] == "refused"


def test_a_lost_answer_has_its_own_exit_code(keydesk: Shell, org: Org) -> None:
    fault(org, "cut-before")
    ran = keydesk(*UNLOCK)
    assert ran.code == Code.UNKNOWN
    assert "so whether it acted on Ann Lee is not known" in ran.out
    assert "keydesk: Okta's answer was lost" in ran.err
    assert len(keydesk.line.writes) == 1
    (entry,) = keydesk("ledger", "list", "--open", "--json").json
    assert (entry["outcome"], entry["open"]) == ("unknown", True)


def test_a_lost_answer_that_a_look_settles_is_no_failure(keydesk: Shell, org: Org) -> None:
    fault(org, "cut")
    ran = keydesk(*UNLOCK)
    assert (ran.code, ran.err) == (Code.OK, "")
    assert "Okta's answer was lost, but a look at Ann Lee shows that it worked" in ran.out
    assert len(keydesk.line.writes) == 1
    assert keydesk("ledger", "list", "--open", "--json").json == []


def test_a_second_call_that_fails_is_done_in_part(keydesk: Shell, org: Org) -> None:
    fault(org, "403-role", "/sessions")
    ran = keydesk("expire-password", BOB, "--sign-out", "--yes", "--reason", "called", "--json")
    assert (ran.code, ran.json["outcome"], ran.json["options"]) == (Code.PARTLY, "partly", ["sign-out"])
    assert [call.partition(" ")[0] for call in keydesk.line.writes] == ["POST", "DELETE"]
    assert keydesk("ledger", "list", "--json").json[0]["outcome"] == "partly"


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_somebody_changes_between_the_question_and_the_answer(keydesk: Shell, org: Org, form: list[str]) -> None:
    class Slow:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            world(org, unlock="ann.lee")
            return "y\n"

    keydesk.patch.setattr(sys, "stdin", Slow())
    ran = keydesk("unlock", ANN, *form)
    assert ran.code == Code.NOT_POSSIBLE
    told = f"{ran.json['outcome']}: {ran.json['reason']}" if form else ran.err
    assert "not possible: Ann Lee is Active now, no longer Locked out" in told
    assert keydesk.line.writes == []


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_an_outcome_that_could_not_be_recorded_is_told(keydesk: Shell, home: Path, form: list[str]) -> None:
    async def meanwhile(request: httpx.Request) -> None:
        if request.method == "POST":
            (home / "ledger.sqlite3.head").unlink()

    keydesk.line.watch = meanwhile
    ran = keydesk(*UNLOCK, *form)
    assert ran.code == Code.UNRECORDED
    assert "keydesk: The ledger is not as keydesk left it" in ran.err
    if form:
        assert ran.json["outcome"] == "done"
        assert ran.json["unrecorded"].startswith("The ledger is not as keydesk left it")
    else:
        assert ran.out.startswith("Unlock: done for Ann Lee")


def test_a_hostile_name_is_harmless_in_question_and_answer(keydesk: Shell, org: Org) -> None:
    someone = org.people.named("c1.control")
    someone.provider_name = "\x1b]0;evil\x07"
    someone.more["department"] = "\x1b[2J"
    keydesk.answers("y\n")
    ran = keydesk("unlock", "c1.control@acme.example")
    assert ran.code == Code.OK
    assert harmful((ran.out + ran.err).replace("\n", "")) == []
    dry = keydesk("unlock", "sheet.formula@acme.example", "--dry-run")
    assert harmful((dry.out + dry.err).replace("\n", "")) == []
