"""Every action in every state of every kind of person: what keydesk allows is what the org accepts, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from msgspec.structs import replace as changed

from tests.desk.support import user_id
from tui.demo.factors import kits
from tui.demo.factors.authenticators import authenticator_id
from tui.demo.factors.devices import Devices
from tui.demo.factors.kits import Piece
from tui.demo.people.lifecycle import EVERY
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Cause, Danger, Target, TargetKind
from tui.desk.people.person import Person
from tui.desk.text.okta_terms import STATUS
from tui.okta.errors import Answered
from tui.okta.policy import Approval, Capability

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tui.demo.org import Org
    from tui.demo.people import person as demo
    from tui.desk.actions.grammar import Action
    from tui.desk.session import Session

OUTSIDE = ("FEDERATION", "SOCIAL")
RESETS = ("reset-password", "reset-link")
OPPOSITES = {
    "add-to-group": "remove-from-group",
    "remove-from-group": "add-to-group",
    "assign-app": "unassign-app",
    "unassign-app": "assign-app",
}
SHOWN = "answers recorded from real orgs show the operation in this state, whatever the reference says"
# Where keydesk and the demo org differ on purpose, with the reason.
STRICTER = {
    ("clear-sessions", "DEPROVISIONED"): "deactivation has ended the sessions; nothing is left to clear",
    ("withdraw-code", "DEPROVISIONED"): "nobody signs in to it any more",
    ("reset-mfa", "DEPROVISIONED"): "deactivation has removed the factors; nothing is left to reset",
    ("remove-from-group", "DEPROVISIONED"): "deactivation has ended the memberships",
    ("expire-password", "PASSWORD_EXPIRED"): "it is expired already; nothing would change",
    ("give-app-to-group", "DEPROVISIONED"): "it is done for a person who would get nothing by it",
    ("resend-activation", "RECOVERY"): "who only has a reset to finish gets that mailed again",
    **{(action, provider): "a reset would convert the account" for action in RESETS for provider in OUTSIDE},
}
TRUSTING = {
    ("unlock", "PASSWORD_EXPIRED"): "Okta documents this state 'as ACTIVE', so a block may be lifted there too",
    ("suspend", "PASSWORD_EXPIRED"): SHOWN,
    ("suspend", "PROVISIONED"): SHOWN,
    ("contain", "PASSWORD_EXPIRED"): SHOWN,
    ("contain", "PROVISIONED"): SHOWN,
}
SEEN: Final[dict[tuple[str, str, bool], Person]] = {}
"""Bob as keydesk read him, by status, provider and block, since he looks the same to every action: they come from the
same org, and the clock stands still."""
REFUSALS = {"E0000001", "E0000032", "E0000038", "E0000016", "E0000007", "E0000046", "E0000117"}


async def accepts(session: Session, action: Action, person: Person, targets: tuple[Target, ...] = ()) -> bool:
    """Whether the org carries the action's calls out."""
    plan = action.plan(person, targets)
    approval = Approval(1, plan.calls)
    try:
        for call in plan.calls:
            await session.client.send(call, approval=approval)
    except Answered as error:
        if error.code not in REFUSALS:
            raise
        return False
    return True


async def seen(session: Session, someone: demo.Person) -> Person:
    """How keydesk sees somebody; who looks just so was read before, in the org of another action."""
    key = (someone.status, someone.provider, someone.blocked)
    if key not in SEEN:
        SEEN[key] = await session.person_with_blocks(someone.id)
    return SEEN[key]


async def prepared(session: Session, org: Org, action: Action, someone: demo.Person) -> tuple[Target, ...]:
    """Make somebody active, with something that the action can be aimed at; the wish is not fulfilled yet."""
    org.people.set_status(someone, "ACTIVE", org.clock())
    someone.provider, someone.factors, someone.blocked = "OKTA", None, False
    org.enrolments.add(someone, Piece("push"), kits.device(someone), "ACTIVE", org.clock())
    org.devices = Devices(org.enrolments, org.people)
    (device,) = org.devices.of(someone)
    org.devices.move(device, "suspend" if action.id == "unsuspend-device" else "unsuspend", org.clock())
    ids = {
        TargetKind.DEVICE: device.id,
        TargetKind.FACTOR: str(org.enrolments.of(someone)[0]["id"]),
        TargetKind.GROUP: org.groups.named("MFA Exempt").id,
        TargetKind.APP: next(app.id for app in org.apps.all if app.row.label == "Box"),
        TargetKind.FACTORS: "",
        TargetKind.AUTHENTICATOR: authenticator_id(org.enrolments.ids, "tac"),
        TargetKind.ENROLLMENT: org.access_codes.make(someone, org.clock(), 60, several=False).id,
    }
    targets = tuple(Target(kind, ids[kind], kind.value) for kind in action.aims)
    opposite = OPPOSITES.get(action.id)
    if opposite:
        await accepts(session, ACTIONS[opposite], await seen(session, someone), targets)
    return targets


def test_keydesk_knows_every_state_of_the_org() -> None:
    assert set(STATUS) == EVERY


@pytest.mark.parametrize("blocked", [False, True], ids=["free", "blocked"])
@pytest.mark.parametrize("action", ACTIONS.values(), ids=list(ACTIONS))
async def test_what_is_grey_is_what_okta_refuses(desk: Desk, org: Org, action: Action, blocked: bool) -> None:
    session = desk.session()
    providers = sorted({person.provider for person in org.people.from_index()})
    assert len(providers) == 6
    someone = org.people.named("bob.martin")
    differences = set()
    for status in sorted(EVERY):
        for provider in providers:
            targets = await prepared(session, org, action, someone)
            org.people.set_status(someone, status, org.clock())
            someone.provider, someone.blocked = provider, blocked
            person = await seen(session, someone)
            found = session.obstacle(action, person, targets)
            assert found is None or found.cause in {Cause.STATE, Cause.PROVIDER}
            theirs = await accepts(session, action, person, targets)
            if (found is None) != theirs:
                known = STRICTER if theirs else TRUSTING
                key = (action.id, provider if found and found.cause is Cause.PROVIDER else status)
                differences.add(key)
                assert key in known, (provider, status, found)
    expected = {key for key in STRICTER if key[0] == action.id}
    expected |= {key for key in TRUSTING if key[0] == action.id and (blocked or key[0] != "unlock")}
    assert differences == expected


@pytest.mark.parametrize("action", ACTIONS.values(), ids=list(ACTIONS))
async def test_every_grey_key_says_why_and_what_instead(desk: Desk, org: Org, action: Action) -> None:
    session = desk.session()
    someone = org.people.named("bob.martin")
    for status in sorted(EVERY - action.states):
        org.people.set_status(someone, status, org.clock())
        found = session.obstacle(action, await seen(session, someone))
        assert found
        assert found.reason
        assert found.reason == found.reason.strip().rstrip(".")
        assert found.advice.endswith(".")


async def test_somebody_whom_okta_is_changing_is_left_alone(desk: Desk, org: Org) -> None:
    session = desk.session()
    person = await session.person_with_blocks(user_id(org, "wade.cooper"))
    assert person.changing
    for action in ACTIONS.values():
        found = session.obstacle(action, person)
        assert found
        assert found.cause is Cause.CHANGING
        assert found.reason == "Okta is changing this person to Pending user action"


async def test_a_directory_keeps_its_own_lock_and_the_agent_is_told(desk: Desk, org: Org) -> None:
    """The facts: an account in the directory is not freed by Okta; whether Okta's own lock is, the server says."""
    session = desk.session()
    person = await session.person_with_blocks(user_id(org, "erik.larsen"))
    unlock = ACTIONS["unlock"]
    assert person.user.provider_type == "ACTIVE_DIRECTORY"
    assert session.obstacle(unlock, person) is None
    assert "Okta may refuse" in unlock.directory_note
    assert await accepts(session, unlock, person)


async def test_a_state_newer_than_keydesk_is_left_to_okta(desk: Desk, org: Org) -> None:
    session = desk.session()
    user = (await session.person(user_id(org, "bob.martin"))).user
    for action in ACTIONS.values():
        assert session.obstacle(action, Person(changed(user, status="HIBERNATING"), 0.0)) is None


def test_the_catalogue_is_whole_and_consistent() -> None:
    keys = [action.key for action in ACTIONS.values()]
    assert len([key for key in keys if key]) == len({key for key in keys if key})
    for name, action in ACTIONS.items():
        assert action.id == name
        assert action.endpoint.writes
        assert action.endpoint.scope
        assert action.states <= set(STATUS)
        assert action.worked_when <= set(STATUS)
        assert action.roles
        assert all(permission.startswith("okta.") for permission in action.permissions)
        assert action.steps
        assert all(step.endswith(".") for step in (*action.steps, action.sentence, action.effect))
        assert action.event or action.capability is Capability.ACCESS_CODES  # Okta's catalogue names none
        assert (action.wants is None) is not bool(action.aims)
        assert not (action.several and action.danger > Danger.ROUTINE)
        assert not (action.several and action.capability in {Capability.PASSWORDS, Capability.MFA})
        for option in action.options:
            assert [bool(option.query), bool(option.endpoint), bool(option.instead)].count(True) == 1
            assert option.instead is None or option.instead.id in ACTIONS
            assert option.effect.endswith(".")
