"""Every action in every state of every kind of person, for every cause: something to do, and nothing left open."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk.by_hand.test_instructions import ACME, advised, aimed, never, somebody
from tests.each import each
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import UNFIT, Cause, Obstacle, Target, TargetKind
from tui.desk.by_hand import instead as data
from tui.desk.by_hand.self_service import HELPS, SelfService
from tui.desk.people.person import Part
from tui.desk.text.okta_terms import STATUS
from tui.okta import endpoints
from tui.okta.models import Block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.desk.actions.grammar import Action
    from tui.desk.by_hand.instructions import Instructions
    from tui.desk.people.person import Person

STATES = (*STATUS, "A_STATE_OF_TOMORROW", None)
PROVIDERS = ("OKTA", "IMPORT", "ACTIVE_DIRECTORY", "LDAP", "FEDERATION", "SOCIAL", "A_PROVIDER_OF_TOMORROW")
EVERY = each("action", ACTIONS.values(), ids=lambda action: action.id)
HELPED = (SelfService(), SelfService(reset=True, unlock=True, change=True), SelfService(reset=False, unlock=False))


@cache
def everybody() -> tuple[Person, ...]:
    return tuple(_everybody())


def _everybody() -> Iterator[Person]:
    for status, provider in product(STATES, PROVIDERS):
        person = somebody(status, provider, login="ann@acme.example", firstName="Ann", lastName="Lee")
        yield person
        yield replace(person, blocks=Part(value=(Block(type="DEVICE_BASED", applies_to="UNKNOWN_DEVICES"),)))
        yield replace(person, blocks=Part(value=()))


def whole(told: Instructions) -> None:
    assert told.sections
    assert told.steps
    assert told.allows
    text = told.text
    assert not any(slip in text for slip in ("{", "}", "None", "..", "  ")), text
    for section in told.sections:
        assert section.title
        assert all(step.lstrip("“")[:1].isupper() for step in section.steps), section


@EVERY
def test_there_is_something_to_do_for_everybody_whatever_is_in_the_way(action: Action) -> None:
    for (number, person), (turn, cause) in product(enumerate(everybody()), enumerate((None, *Cause))):
        helping = HELPED[(turn + number // 3) % len(HELPED)]  # each of them in each state, for each cause
        obstacle = Obstacle(cause, "the reason", "The advice.") if cause else None
        told = advised(action, person, ACME, obstacle, targets=aimed(action), allowed=helping)
        whole(told)
        assert "ann@acme.example" in told.title
        assert bool(told.why) is (cause is not None or told.cause in UNFIT)


@EVERY
def test_steps_of_the_action_are_only_for_those_for_whom_it_is_possible(action: Action) -> None:
    for person in everybody():
        told = advised(action, person, ACME, Obstacle(Cause.MODE, "read-only"), targets=aimed(action))
        nobody = never(action, person)
        assert (told.cause is Cause.MODE) is (nobody is None)
        assert told.title.startswith(f"{action.title} by hand:" if nobody is None else f"{action.title}, what to do in")
        last = action.steps[-1].format(name="Ann Lee", login="ann@acme.example", **dict.fromkeys(KINDS, "VPN Users"))
        assert (last in told.text) is (nobody is None)


KINDS = ("factor", "group", "app", "factors", "link")


@EVERY
@each("status", list(STATUS))
def test_what_is_said_instead_is_of_that_state_and_no_stand_in(action: Action, status: str) -> None:
    for provider in PROVIDERS[:4]:
        person = replace(somebody(status, provider, login="ann"), blocks=Part(value=()))
        nobody = never(action, person)
        if nobody is not None:
            assert (action.id, status) in data.ACTION or status in data.STATE
            assert len(data.instead(action, person, nobody)) > 1


def test_no_text_is_for_what_does_not_happen() -> None:
    for action, status in data.ACTION:
        person = replace(somebody(status), blocks=Part(value=()))
        assert never(ACTIONS[action], person) is not None, (action, status)
    assert {status for _, status in data.ACTION} | set(data.STATE) <= set(STATUS)
    assert set(HELPS) <= set(ACTIONS)
    assert {status for states in HELPS.values() for status in states} <= {*STATUS, "BLOCKED"}


@pytest.mark.parametrize("provider", ["ACTIVE_DIRECTORY", "LDAP"])
@pytest.mark.parametrize("status", ["STAGED", "SUSPENDED", "DEPROVISIONED"])
def test_who_owns_the_password_changes_what_is_said(status: str, provider: str) -> None:
    action = ACTIONS["reset-password"]
    texts = {one: advised(action, somebody(status, one), ACME).text for one in ("OKTA", provider)}
    assert texts["OKTA"] != texts[provider]
    assert ("LDAP" if provider == "LDAP" else "Active Directory") in texts[provider]


@pytest.mark.parametrize("action", ["reset-password", "reset-link", "temp-password", "expire-password"])
@pytest.mark.parametrize("provider", ["FEDERATION", "SOCIAL"])
def test_a_password_of_somebody_else_is_never_reset_here(action: str, provider: str) -> None:
    for status in STATES:
        told = advised(ACTIONS[action], somebody(status, provider), ACME, Obstacle(Cause.MODE, "read-only"))
        assert told.cause is Cause.PROVIDER
        assert "Do not reset it in the Admin Console either" in told.text
        assert told.for_the_person is None


def test_the_key_cases_say_what_to_do_first() -> None:
    def first(action: str, status: str, provider: str = "OKTA") -> str:
        person = replace(somebody(status, provider, login="ann"), blocks=Part(value=()))
        return advised(ACTIONS[action], person, ACME).sections[0].text

    assert "choose Activate" in first("reset-password", "STAGED")
    assert "Resend the activation" in first("temp-password", "PROVISIONED")
    assert "user.lifecycle.suspend" in first("reset-password", "SUSPENDED")
    assert "choose Unsuspend" in first("unlock", "SUSPENDED")
    assert "joiners and leavers" in first("add-to-group", "DEPROVISIONED")
    assert "Unlock ann first" in first("temp-password", "LOCKED_OUT")
    assert "not locked out" in first("unlock", "ACTIVE")
    assert "locked in Active Directory looks active here" in first("unlock", "ACTIVE", "ACTIVE_DIRECTORY")
    assert "newest one counts" in first("unlock", "RECOVERY")


@EVERY
def test_the_steps_say_of_signing_out_what_the_action_does(action: Action) -> None:
    ends = [option for option in action.options if option.endpoint is endpoints.CLEAR_SESSIONS]
    clears = [step for step in action.steps if "Clear User Sessions" in step]
    if action.endpoint is endpoints.CLEAR_SESSIONS or ends:
        (step,) = clears
        assert step.startswith("Only if") is any(not option.on for option in ends)
        assert "remembered devices" in step
        assert ("active people only" in advised(action, somebody("PASSWORD_EXPIRED"), targets=aimed(action)).text) is (
            never(action, somebody("PASSWORD_EXPIRED")) is None
        )
    else:
        assert not clears
    if any(option.query == "revokeSessions" for option in action.options):
        assert any("Sign out user" in step for step in action.steps)
    for option in action.options:
        if option.instead:
            assert any("Clear User Sessions" in step for step in option.instead.steps)


def test_whether_the_console_takes_a_number_away_from_recovery_is_not_known() -> None:
    action = ACTIONS["remove-factor"]
    for tags in (frozenset({"phone"}), frozenset[str]()):
        factor = Target(TargetKind.FACTOR, "sms1", "SMS to +43 1", holds=True, tags=tags)
        assert ("is not known" in advised(action, somebody("ACTIVE"), targets=(factor,)).text) is bool(tags)


@EVERY
@each("status", ["STAGED", "SUSPENDED", "DEPROVISIONED"])
def test_nobody_who_wants_to_shut_somebody_out_is_told_to_let_them_in(action: Action, status: str) -> None:
    if action.id in {"contain", "suspend", "suspend-device", "deactivate-device"} and never(action, somebody(status)):
        text = advised(action, somebody(status), ACME, targets=aimed(action)).text
        assert "choose Activate" not in text
        assert "choose Unsuspend" not in text


def test_somebody_who_is_changing_is_left_alone() -> None:
    person = somebody("STAGED")
    changing = replace(person, user=type(person.user)(id="00u1", status="STAGED", transitioning_to_status="ACTIVE"))
    for action in ACTIONS.values():
        told = advised(action, changing, ACME, targets=aimed(action))
        assert told.cause is Cause.CHANGING
        assert "Wait a minute" in told.text
        whole(told)
