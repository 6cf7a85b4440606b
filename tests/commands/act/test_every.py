"""Every action of the catalogue as a command: dry, read-only, done for real, unconfirmed, without a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.commands.act.support import ANN, DESTRUCTIVE, REASONED, REVEALING, at_a_terminal, possible, sure
from tests.desk.support import fault
from tests.each import each
from tui.commands.codes import Code
from tui.commands.run import parser
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Danger, TargetKind
from tui.desk.text.okta_terms import CAPABILITY
from tui.okta.policy import Capability

if TYPE_CHECKING:
    from tests.commands.act.support import Typed
    from tests.commands.conftest import Shell
    from tui.demo.org import Org

HEADING = {
    Capability.UNLOCK: "Unlocking and resetting",
    Capability.PASSWORDS: "Unlocking and resetting",
    Capability.MFA: "Unlocking and resetting",
    Capability.ACCESS_CODES: "Better than a reset",
    Capability.SUSPENSION: "Better than a reset",
    Capability.DEVICES: "Better than a reset",
}
"""The capabilities whose commands share a heading, since the help is one page."""

every = pytest.mark.parametrize("action", ACTIONS)


def ledger(keydesk: Shell) -> list[dict[str, object]]:
    found: list[dict[str, object]] = keydesk("ledger", "list", "--json").json
    return found


def planned(keydesk: Shell, typed: Typed) -> list[str]:
    """The calls that a dry run promises, as the wire would tell them."""
    calls = keydesk(*typed.words, "--dry-run", "--json").json["calls"]
    assert calls
    return [f"{call['method']} {call['target']}" for call in calls]


@pytest.mark.parametrize("extra", [[], ["--read-only"]])
@each("action", ACTIONS)
def test_a_dry_run_prints_person_effect_calls_and_steps_and_only_reads(
    keydesk: Shell, org: Org, action: str, extra: list[str]
) -> None:
    typed = possible(org, action)
    found = ACTIONS[action]
    ran = keydesk(*typed.words, "--dry-run", *extra)
    assert (ran.code, ran.err) == (Code.OK, "")
    value = keydesk(*typed.words, "--dry-run", "--json", *extra).json
    assert typed.login in ran.out.splitlines()[0]
    assert f"{value['sentence']} {value['effect']}\n" in ran.out
    for note in value["notes"]:
        assert f"  {note}\n" in ran.out
    for call in value["calls"]:
        assert f"  {call['method']} {call['target']}" in ran.out
    also = [
        one.endpoint for one in found.options if one.on and one.endpoint is not None
    ]  # what is on sends a call more
    assert [call["method"] for call in value["calls"]] == [one.method for one in (found.endpoint, *also)]
    assert "Would be sent to 127.0.0.1:9, exactly this:\n" in ran.out
    for number, step in enumerate(value["steps"], 1):
        assert f"\n{number}. {step}\n" in ran.out
    assert (value["obstacle"] is None) is not bool(extra)
    assert ("Not possible now: read-only" in ran.out) is bool(extra)
    assert keydesk.line.writes == []
    assert ledger(keydesk) == []


def test_a_dry_run_prints_bodies(keydesk: Shell, org: Org) -> None:
    typed = possible(org, "assign-app")
    body = keydesk(*typed.words, "--dry-run", "--json").json["calls"][0]["body"]
    person = org.people.named(typed.login.partition("@")[0])
    assert body == {"id": person.id, "scope": "USER"}
    assert f'/users  {{"id":"{person.id}","scope":"USER"}}\n' in keydesk(*typed.words, "--dry-run").out


@pytest.mark.parametrize("how", ["flag", "flag first", "environment"])
@each("action", ACTIONS)
def test_read_only_prints_the_steps_by_hand_instead(keydesk: Shell, org: Org, action: str, how: str) -> None:
    typed = possible(org, action)
    arguments = [*typed.words, *sure(action)]
    if how == "environment":
        keydesk.patch.setenv("KEYDESK_READ_ONLY", "1")
    else:
        arguments.insert(0 if how == "flag first" else 1, "--read-only")
    ran = keydesk(*arguments)
    title = ACTIONS[action].title
    assert ran.code == Code.NOT_POSSIBLE
    assert ran.err.startswith(f"keydesk: {title} is not possible: read-only\n")
    value = keydesk(*arguments, "--json")
    assert value.code == Code.NOT_POSSIBLE
    assert (value.json["outcome"], value.json["cause"]) == ("not possible", "read-only")
    for number, step in enumerate(value.json["steps"], 1):
        assert f"{number}. {step}\n" in ran.out
    assert typed.login in ran.out
    assert keydesk.line.writes == []
    assert ledger(keydesk) == []


@pytest.mark.parametrize("action", [name for name in ACTIONS if name not in DESTRUCTIVE])
def test_it_is_done_at_the_wire_and_recorded(keydesk: Shell, org: Org, action: str) -> None:
    typed = possible(org, action)
    calls = planned(keydesk, typed)
    ran = keydesk(*typed.words, *sure(action), "--ticket", "INC-7", "--json")
    value = ran.json
    assert (ran.code, ran.err) == (Code.OK, "")
    assert (value["action"], value["outcome"], value["ledger"], value["clean"]) == (action, "done", 1, True)
    assert value["person"]["login"] == typed.login
    assert value["trouble"] is value["hint"] is value["unrecorded"] is None
    assert [target["kind"] for target in value["targets"]] == list(ACTIONS[action].aims)
    (entry,) = ledger(keydesk)
    assert (entry["action"], entry["outcome"], entry["ticket"]) == (action, "done", "INC-7")
    assert [f"{call['method']} {call['target']}" for call in entry["calls"]] == keydesk.line.writes  # type: ignore[attr-defined]
    assert keydesk.line.writes == calls


@pytest.mark.parametrize("action", DESTRUCTIVE)
def test_what_is_destructive_takes_the_login_at_a_terminal(keydesk: Shell, org: Org, action: str) -> None:
    typed = possible(org, action)
    calls = planned(keydesk, typed)
    arguments = [*typed.words, *sure(action)]
    for wrong in ("y\n", "yes\n", "\n", "", f"{typed.login}x\n"):
        keydesk.answers(wrong)
        ran = keydesk(*arguments)
        assert ran.code == Code.FAILED
        assert ran.err.startswith(org.people.named(typed.login.partition("@")[0]).display_name)
        assert ": keydesk: This was not confirmed; nothing was sent" in ran.err
    assert keydesk.line.writes == []
    keydesk.answers(f"{typed.login.upper()}\n")
    ran = keydesk(*arguments)
    assert ran.code == Code.OK
    assert ran.out.startswith(f"{ACTIONS[action].title}: done for ")
    assert keydesk.line.writes == calls
    assert [entry["outcome"] for entry in ledger(keydesk)] == ["done"]


@each("action", DESTRUCTIVE)
def test_what_is_destructive_has_no_yes(keydesk: Shell, org: Org, action: str) -> None:
    typed = possible(org, action)
    keydesk.line.sent.clear()
    ran = keydesk(*typed.words, "--reason", "called", "--yes")
    assert (ran.code, keydesk.line.sent) == (Code.USAGE, [])
    assert "there is no option “--yes”" in ran.err
    ran = keydesk(*typed.words, "--reason", "called")
    assert ran.code == Code.FAILED
    assert "It is confirmed at a terminal only, by typing whom it is for." in ran.err
    assert keydesk.line.writes == []


@each("action", [name for name in ACTIONS if name not in DESTRUCTIVE])
def test_without_a_terminal_nothing_is_sent_unless_told_to(keydesk: Shell, org: Org, action: str) -> None:
    typed = possible(org, action)
    ran = keydesk(*typed.words, *(word for word in sure(action) if word != "--yes"))
    assert ran.code == Code.FAILED
    assert "Add --yes to confirm without a terminal." in ran.err
    assert keydesk.line.writes == []


@each("action", REASONED)
def test_an_action_that_needs_a_reason_asks_for_one(keydesk: Shell, org: Org, action: str) -> None:
    typed = possible(org, action)
    for reason in ([], ["--reason", " \t"]):
        at = [word for word in sure(action) if word not in {"--reason", "called"}]
        ran = keydesk(*typed.words, *at, *reason)
        assert ran.code == Code.FAILED
        assert f"keydesk: {ACTIONS[action].title} needs a reason" in ran.err
    assert keydesk.line.writes == []
    assert ledger(keydesk) == []


@every
def test_a_refusal_is_told_and_recorded_and_not_tried_again(keydesk: Shell, org: Org, action: str) -> None:
    typed = possible(org, action)
    call = keydesk(*typed.words, "--dry-run", "--json").json["calls"][0]
    fault(org, "403-role", call["target"].partition("?")[0])
    org.faults.on[-1].method = call["method"]
    keydesk.answers(f"{typed.login}\n")
    ran = keydesk(*typed.words, *sure(action))
    assert ran.code == Code.FAILED
    assert "Okta refused it for" in ran.out + ran.err
    assert len(keydesk.line.writes) == 1
    assert [entry["outcome"] for entry in ledger(keydesk)] == ["refused"]


@each("action", ACTIONS)
def test_flags_come_from_the_data_and_do_not_collide(keydesk: Shell, action: str) -> None:
    found = ACTIONS[action]
    told = keydesk(action, "--help").out
    for flag in [kind.value for kind in found.chosen] + [option.id for option in found.options]:
        assert f"--{flag}" in told
    assert ("--yes" in told) is (found.danger < Danger.DESTRUCTIVE)
    assert ("--print-secret" in told) is (action in REVEALING)
    assert ("--from" in told) is found.several
    assert found.title in told


def test_the_help_lists_the_actions_below_what_an_admin_switches_on(keydesk: Shell) -> None:
    told = keydesk("--help").out
    heading = ""
    below: dict[str, str] = {}
    for text in told.splitlines():
        if text.startswith("  ") and text.endswith(":") and not text.startswith("   "):
            heading = text.strip(" :")
        elif text.startswith("    ") and not text.startswith("     "):
            below.setdefault(text.split()[0], heading)
    for action in ACTIONS.values():
        assert below[action.id] == HEADING.get(action.capability, CAPABILITY[action.capability])
    assert set(HEADING.values()) <= set(below.values())
    assert {name for name, title in below.items() if title == "Looking"} == {
        "find",
        "show",
        "why",
        "lockouts",
        "expiry",
    }
    assert set(below) >= {"show", "ledger", "connect", "connectors", "check", "completion", "demo-org"}
    assert [name for name in below if told.count(f"\n    {name} ") > 1] == []
    assert "exit-codes" in told


def test_the_question_shows_what_tells_a_namesake_apart(keydesk: Shell) -> None:
    at_a_terminal(keydesk, "n\n")
    asked = keydesk("unlock", ANN).err
    assert asked.startswith(f"Ann Lee · {ANN} · Account Executive · Sales\nmanager maria.silva@acme.example · last")


def test_a_mail_is_told_with_its_address_before_it_is_sent(keydesk: Shell, org: Org) -> None:
    typed = possible(org, "reset-password")
    at_a_terminal(keydesk, "n\n")
    asked = keydesk(*typed.words, "--reason", "called").err
    assert f"Okta mails it to {typed.login}." in asked
    assert "What they do next: Open the mail from Okta" in asked


@pytest.mark.parametrize("words", [["unlock", ANN], ["unlock", ANN, "b"], ["reset-link", ANN]])
def test_an_action_s_flags_leave_the_common_ones_alone(words: list[str]) -> None:
    read = parser().parse_args(["--people", "60", "--demo", *words, "--read-only"])
    assert (read.people, read.demo, read.read_only, read.whom) == (60, True, True, words[1:])


@each("action", [action.id for action in ACTIONS.values() if "DEPROVISIONED" not in action.states])
def test_a_state_in_which_it_cannot_be_is_told_with_what_to_do(keydesk: Shell, org: Org, action: str) -> None:
    gone = next(one for one in org.people.from_index() if one.status == "DEPROVISIONED" and one.provider == "OKTA")
    names = {"group": "Notion", "app": "Figma"}
    aims = [text for kind in ACTIONS[action].chosen if kind in names for text in (f"--{kind.value}", names[kind])]
    ran = keydesk(action, gone.login, *aims, *sure(action), "--json")
    assert (ran.code, ran.err) == (Code.NOT_POSSIBLE, "")
    assert ran.json["cause"] == "wrong state"
    assert ran.json["steps"]
    if ACTIONS[action].chosen == (TargetKind.DEVICE,):  # whoever is deactivated has lost it, which is not what counts
        ran = keydesk(action, gone.login, "--device", "Old Laptop", *sure(action))
        assert ran.err.startswith(f"keydesk: {ACTIONS[action].title} is not possible: deactivated\n")
        assert ran.code == Code.NOT_POSSIBLE
    assert keydesk.line.writes == []
