"""On the command line, too, nobody is acted on by accident who may be under attack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.commands.act.support import ANN
from tests.desk.support import fault, user_id
from tui.commands.codes import Code

if TYPE_CHECKING:
    from tests.commands.conftest import Shell
    from tui.demo.org import Org

ADAM = "adam.brooks@acme.example"


def unlock(org: Org, name: str) -> str:
    return f"POST /api/v1/users/{user_id(org, name)}/lifecycle/unlock"


def test_yes_alone_does_not_unlock_somebody_under_attack(keydesk: Shell, org: Org) -> None:
    ran = keydesk("unlock", ADAM, "--yes", "--reason", "called")
    assert ran.code == Code.FAILED
    assert "It may be an attack: They have reported suspicious activity themselves" in ran.err
    assert "Do not unlock before security says so." in ran.err
    assert keydesk("unlock", ADAM, "--yes", "--attacked", "1").code == Code.FAILED  # without a reason
    assert keydesk.line.writes == []
    assert keydesk("unlock", ADAM, "--yes", "--attacked", "1", "--reason", "security said so").code == Code.OK
    assert keydesk.line.writes == [unlock(org, "adam.brooks")]


def test_at_a_terminal_the_login_is_typed(keydesk: Shell, org: Org) -> None:
    keydesk.answers("y\n")
    ran = keydesk("unlock", ADAM, "--reason", "security said so")
    assert ran.code == Code.FAILED
    assert ran.err.index("May be an attack:") > ran.err.index("exactly this")
    assert "Type the login, the first name" in ran.err
    assert keydesk.line.writes == []
    keydesk.answers(f"{ADAM.upper()}\n")
    assert keydesk("unlock", ADAM, "--reason", "security said so").code == Code.OK
    assert keydesk.line.writes == [unlock(org, "adam.brooks")]


def test_where_the_log_cannot_be_read_it_says_that_nobody_looked(keydesk: Shell, org: Org) -> None:
    fault(org, "500", match="/logs", times=-1)
    ran = keydesk("unlock", ANN, "--yes")
    assert ran.code == Code.OK
    assert "Nobody looked whether it may be an attack: the System Log cannot be read" in ran.err


def test_a_dry_run_says_it_too(keydesk: Shell) -> None:
    assert "May be an attack: They have reported" in keydesk("unlock", ADAM, "--dry-run").out
    value = keydesk("unlock", ADAM, "--dry-run", "--json").json
    assert value["attack"].startswith("They have reported")
    assert value["notLooked"] is None


def test_among_several_they_are_left_out_unless_their_number_is_given(keydesk: Shell, org: Org) -> None:
    assert keydesk("unlock", ANN, ADAM, "--yes", "--attacked", "2", "--reason", "x").code == Code.FAILED
    assert keydesk("unlock", ANN, ADAM, "--yes", "--attacked", "1").code == Code.FAILED  # without a reason
    assert keydesk.line.writes == []
    ran = keydesk("unlock", ANN, ADAM, "--yes")
    assert ran.code == Code.PARTLY
    assert f"May be under attack, and left out: {ADAM}." in ran.err
    assert "Unlock: 1 of 2 done, 1 left out." in ran.out
    assert keydesk.line.writes == [unlock(org, "ann.lee")]
    ran = keydesk("unlock", ADAM, "bob.martin@acme.example", "--yes", "--attacked", "1", "--reason", "x")
    assert keydesk.line.writes[1:] == [unlock(org, "adam.brooks")]
