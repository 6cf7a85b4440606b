"""`keydesk find`, `show` and `lockouts`: what they print for people, what for programs, and their exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk.support import fault, harmful, user_id, world
from tui.commands.codes import Code
from tui.commands.output import user_json
from tui.demo.people.cast import CAST, HOSTILE
from tui.okta.models import User

if TYPE_CHECKING:
    from tests.commands.conftest import Shell
    from tests.conftest import FakeClock
    from tui.demo.org import Org

ANN = "ann.lee@acme.example"


def test_find_shows_a_table_with_the_best_match_first(keydesk: Shell) -> None:
    ran = keydesk("find", "ann", "lee")
    assert (ran.code, ran.err) == (Code.OK, "")
    head, first, second, *_ = ran.out.splitlines()
    assert head.split() == ["STATUS", "NAME", "LOGIN", "DEPARTMENT", "TITLE", "ID"]
    assert first.startswith("Locked out")
    assert ANN in first
    assert "ann.lee2@acme.example" in second
    assert {line.index("@acme.example") - len(name) for line, name in ((first, "ann.lee"), (second, "ann.lee2"))} == {
        head.index("LOGIN")
    }


def test_find_prints_json_in_oktas_own_words(keydesk: Shell, org: Org) -> None:
    ran = keydesk("find", ANN, "--json")
    assert ran.code == Code.OK
    (first, *_) = ran.json
    assert first["id"] == user_id(org, "ann.lee")
    assert first["status"] == "LOCKED_OUT"
    assert first["provider"] == {"type": "OKTA", "name": "OKTA"}
    assert first["statusChanged"] == "2026-11-23T04:20:00.000Z"


def test_find_marks_admins_and_calls_the_only_match_blocked_if_they_are(keydesk: Shell, org: Org) -> None:
    ran = keydesk("find", "carla", "diaz")
    assert ran.out.splitlines()[1].startswith("Blocked  ")
    (carla,) = keydesk("find", "carla", "diaz", "--json").json
    assert (carla["status"], carla["admin"], carla["blocked"]) == ("ACTIVE", False, True)
    head, line = keydesk("find", "adam.brooks").out.splitlines()
    assert head.split()[3] == "MARKS"
    assert line[head.index("MARKS") :].startswith("ADMIN  ")
    several = keydesk("find", "@acme.example", "--json").json
    assert {one["blocked"] for one in several} == {None}
    fault(org, "403-role", match="/iam/", times=-1)
    fault(org, "403-role", match="/blocks", times=-1)
    (carla,) = keydesk("find", "carla", "diaz", "--json").json
    assert (carla["admin"], carla["blocked"]) == (None, None)


def test_find_asks_once_who_is_an_admin_and_never_for_each_row(keydesk: Shell) -> None:
    keydesk("find", "@acme.example", "--limit", "50")
    paths = [request.url.path for request in keydesk.line.sent]
    assert sum("/iam/assignees/users" in path for path in paths) == 1
    assert not any(path.endswith(("/blocks", "/roles")) for path in paths)


def test_find_reads_on_up_to_its_limit_and_says_that_there_are_more(keydesk: Shell) -> None:
    few = keydesk("find", "@acme.example", "--limit", "3")
    assert len(few.out.splitlines()) == 1 + 3 + 1
    assert few.out.splitlines()[-1] == "… and more; narrow it down, or ask for more with --limit 12"
    many = keydesk("find", "@acme.example", "--limit", "120", "--json")
    assert len(many.json) == 120
    everybody = keydesk("find", "@acme.example", "--limit", "999")
    assert len(everybody.out.splitlines()) == 1 + 200


@pytest.mark.parametrize("typed", ["xyzzy", "a", "nobody@nowhere.example"])
def test_find_says_so_when_there_is_nobody(keydesk: Shell, typed: str) -> None:
    ran = keydesk("find", typed)
    assert ran.code == Code.NOT_FOUND
    assert ran.out.startswith("Nobody found. ")
    assert keydesk("find", typed, "--json").json == []


def test_find_tells_that_a_part_of_the_search_failed(keydesk: Shell, org: Org) -> None:
    fault(org, "500", "/users/ann")
    ran = keydesk("find", ANN)
    assert ran.code == Code.OK
    assert ANN in ran.out
    assert "keydesk: Okta has a fault of its own" in ran.err


def test_show_tells_the_whole_card(keydesk: Shell, org: Org) -> None:
    ran = keydesk("show", "ann.lee")
    assert (ran.code, ran.err) == (Code.OK, "")
    for told in (
        "Ann Lee",
        "Locked out, 100 min",
        "Locked out by software that has an old password.  ●●○ likely",
        "Have them put the new password into Mail on an iPhone",
        "120 days old, past its age",
        "maria.silva@acme.example",
        "Okta Verify on Ann's phone  for 2 years",
        "Salesforce Users",
        "Mail client: wrong password  ×10",
        user_id(org, "ann.lee"),
    ):
        assert told in ran.out


def test_show_prints_json_with_every_part(keydesk: Shell) -> None:
    value = keydesk("show", ANN, "--json").json
    assert value["login"] == ANN
    assert value["blocks"] == []
    assert {"factors", "groups", "apps", "events"} <= set(value)
    assert value["admin"] == ""
    assert any(group["profile"]["name"] == "Sales" for group in value["groups"])
    assert value["unreadable"] == {}


def test_show_says_which_part_could_not_be_read(keydesk: Shell, org: Org) -> None:
    fault(org, "401-feature", "/blocks", times=-1)
    assert "Blocks        not readable: This org does not have that feature" in keydesk("show", ANN).out
    value = keydesk("show", ANN, "--json").json
    assert value["blocks"] is None
    assert value["unreadable"]["blocks"].startswith("This org does not have that feature")


def test_show_of_two_people_asks_which(keydesk: Shell) -> None:
    ran = keydesk("show", "ann lee")
    assert ran.code == Code.NOT_FOUND
    assert ran.out == ""
    assert ran.err.startswith("keydesk: ann lee is not exactly one person\n")
    assert "ann.lee@acme.example (Locked out)" in ran.err
    assert "ann.lee2@acme.example (Active)" in ran.err


def test_show_of_nobody_says_so(keydesk: Shell) -> None:
    ran = keydesk("show", "xyzzy")
    assert ran.code == Code.NOT_FOUND
    assert ran.err.startswith("keydesk: Nobody matches xyzzy\n")


def test_a_near_name_is_named_and_never_taken(keydesk: Shell) -> None:
    question = "Did you mean: Henry Stone (henry.stone@acme.example)?"
    found = keydesk("find", "henry", "stoen")
    assert (found.code, found.out, found.err) == (Code.NOT_FOUND, f"Nobody matches henry stoen. {question}\n", "")
    programs = keydesk("find", "henry", "stoen", "--json")
    assert (programs.code, programs.json) == (Code.NOT_FOUND, [])
    assert question in programs.err
    for command in ("show", "why", "unlock"):
        ran = keydesk(command, "henry stoen")
        assert (ran.code, ran.out) == (Code.NOT_FOUND, "")
        assert ran.err == f"keydesk: Nobody matches henry stoen\n  {question}\n"


def test_lockouts_lists_the_locked_and_the_blocked_newest_first(keydesk: Shell, org: Org) -> None:
    world(org, lock="bob.martin")
    ran = keydesk("lockouts")
    assert (ran.code, ran.err) == (Code.OK, "")
    head, first, *rest = ran.out.splitlines()
    assert head.split() == [
        "SINCE",
        "STATE",
        "NAME",
        "LOGIN",
        "MARKS",
        "CAUSE",
        "HEALS",
        "DEPARTMENT",
        "PASSWORD",
        "OF",
    ]
    assert first.startswith("2026-11-23 06:00  Locked out  Bob Martin")
    assert any("Blocked     Carla Diaz" in line for line in rest)
    assert any(line.endswith("Active Directory (corp.acme.example)") for line in rest)
    assert any("adam.brooks@acme.example" in line and "  ADMIN  " in line for line in rest)


def test_lockouts_prints_json(keydesk: Shell) -> None:
    rows = {row["login"]: row for row in keydesk("lockouts", "--json").json}
    assert rows[ANN]["blocked"] is False
    assert rows[ANN]["since"] == "2026-11-23T04:20:00+00:00"
    assert rows["carla.diaz@acme.example"]["blocked"] is True
    assert (rows[ANN]["admin"], rows["adam.brooks@acme.example"]["admin"]) == (False, True)


def test_lockouts_without_the_log_lists_the_locked_and_says_what_is_missing(keydesk: Shell, org: Org) -> None:
    keydesk.patch.setenv("KEYDESK_API_TOKEN", org.principal("helpdesk").token)
    ran = keydesk("lockouts")
    assert ran.code == Code.OK
    assert ANN in ran.out
    assert "carla.diaz" not in ran.out
    assert ran.err.startswith("keydesk: keydesk's admin role does not allow this\n")


def test_a_quiet_org_has_no_lockouts(keydesk: Shell, org: Org, clock: FakeClock) -> None:
    for person in org.people.from_index():
        if person.status == "LOCKED_OUT":
            org.people.set_status(person, "ACTIVE", org.clock())
        person.blocked = False
    world(org, unlock="iris.blanc")  # locked in the directory
    clock.now += 60
    assert keydesk("lockouts").out == "Nobody is locked out now.\n"
    assert keydesk("lockouts", "--json").json == []


def test_nobodys_name_does_anything_to_the_terminal(keydesk: Shell, org: Org) -> None:
    org.people.named("erik.larsen").provider_name = "\x1b]0;evil\x07\u202e"
    for command in (["lockouts"], ["find", "@acme.example", "--limit", "200"]):
        for form in ([], ["--json"]):
            ran = keydesk(*command, *form)
            assert harmful((ran.out + ran.err).replace("\n", "")) == []
            assert ran.out.isascii() or not form
    for member in HOSTILE:
        for form in ([], ["--json"]):
            ran = keydesk("show", member.login, *form)
            assert ran.code == Code.OK
            assert harmful((ran.out + ran.err).replace("\n", "")) == []
            assert ran.out.isascii() or not form
            typed = keydesk("find", f"{member.first} {member.last}", *form)
            assert harmful((typed.out + typed.err).replace("\n", "")) == []


def test_json_keeps_what_the_terminal_may_not_see(keydesk: Shell) -> None:
    for member in (*CAST[:3], *HOSTILE):
        value = keydesk("show", member.login, "--json").json
        assert value["name"] == f"{member.first or ''} {member.last or ''}".strip() or member.login


def test_reading_sends_nothing_that_writes(keydesk: Shell) -> None:
    for command in (["find", "ann"], ["show", ANN], ["lockouts"]):
        assert keydesk(*command).code == Code.OK
    assert keydesk.line.writes == []
    assert {request.method for request in keydesk.line.sent} == {"GET"}


def test_json_leaves_out_what_okta_did_not_send_and_null_is_never() -> None:
    silent = user_json(User(id="00u1"))
    assert not {"lastLogin", "passwordChanged"} & set(silent)
    assert silent["provider"]["type"] is None
    never = user_json(User(id="00u1", last_login=None, password_changed=None))
    assert (never["lastLogin"], never["passwordChanged"]) == (None, None)
