"""What an unlock reaches for somebody of Active Directory: what their password policy says, and what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.desk.support import service_session, user_id
from tests.each import each
from tui.commands.act.output import plan_notes
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.bulk.job import job
from tui.desk.bulk.run import JobRun
from tui.desk.by_hand.instructions import by_hand
from tui.desk.people.password_policies import PasswordPolicies, directory_unlock_words, settings_of
from tui.okta.entitlements import PasswordPolicy
from tui.okta.models import User
from tui.okta.policy import Capability

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.session import Session

UNLOCK = ACTIONS["unlock"]
BOTH = "By password policy “Active Directory Policy” one unlock does both"
ONLY_OKTA = "only Okta's own lock is released"
UNKNOWN = "Whether one unlock does both, in Okta and in the directory, is not known"
MAY_REFUSE = "Okta may refuse"


def skip_unlock(org: Org, value: object) -> None:
    policy = next(policy for policy in org.policies.all if policy.provider == "ACTIVE_DIRECTORY")
    policy.settings["delegation"] = {"options": {} if value is None else {"skipUnlock": value}}


async def shown(session: Session, org: Org, name: str = "erik.larsen") -> str:
    """What the confirmation, the steps by hand and the card of several people say alike."""
    person = await session.with_policy(UNLOCK, await session.person_with_blocks(user_id(org, name)))
    note = UNLOCK.note_on_directory(person)
    assert note in " ".join(plan_notes(UNLOCK.plan(person)))
    assert note in by_hand(session, UNLOCK, person).text
    return note


@each(
    ("options", "says"),
    [
        ({"skipUnlock": False}, "“P” one unlock does both"),
        ({"skipUnlock": True}, ONLY_OKTA),
        ({}, f"{UNKNOWN}: password policy “P” does not say."),
        ({"skipUnlock": None}, UNKNOWN),
        ({"skipUnlock": "false"}, UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_the_setting_says_how_far_an_unlock_reaches(options: dict[str, Any] | None, says: str) -> None:
    settings = None if options is None else {"delegation": {"options": options}}
    policy = settings_of(PasswordPolicy(id="00p1", name="P", settings=settings))
    assert says in directory_unlock_words(policy)


async def test_a_name_from_okta_is_harmless() -> None:
    policy = settings_of(PasswordPolicy(id="00p1", name="P\x1b[31m", settings=None))
    assert "\x1b" not in directory_unlock_words(policy)


async def test_the_policy_of_the_person_is_read_and_both_ways_told(desk: Desk, org: Org) -> None:
    for value, says in ((False, BOTH), (True, ONLY_OKTA), (None, UNKNOWN)):
        skip_unlock(org, value)
        told = await shown(desk.session(), org)
        assert says in told
        assert MAY_REFUSE in told


async def test_what_cannot_be_read_is_not_known_and_stops_nothing(desk: Desk, org: Org) -> None:
    off = desk.session(capabilities=frozenset(Capability) - {Capability.EXPIRY})
    for session in (off, desk.session(principal="helpdesk"), service_session(desk, "service-helpdesk")):
        told = await shown(session, org)
        assert UNKNOWN in told
        assert MAY_REFUSE in told
        assert BOTH not in told


async def test_nobody_else_is_told_and_no_policy_is_read_for_them(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    person = await session.person_with_blocks(user_id(org, "ann.lee"))
    line.sent.clear()
    assert await session.with_policy(UNLOCK, person) is person
    assert UNLOCK.note_on_directory(person) == ""
    assert line.sent == []


async def test_of_ldap_nothing_is_promised(desk: Desk, org: Org) -> None:
    told = await shown(desk.session(), org, "leo.fischer")
    assert UNKNOWN in told
    assert "Active Directory alone" in told


async def test_several_people_are_told_the_same(desk: Desk, org: Org) -> None:
    skip_unlock(org, value=True)
    session = desk.session()
    work = job(UNLOCK, [await session.person(user_id(org, "erik.larsen"))])
    assert ONLY_OKTA in (await JobRun(session, work).preview()).lines[0].note


@each("odd", [{"a": 1}, ["OKTA"], 7, 0.5, True, None, "", {"provider": {"type": "OKTA"}}])
def test_whom_a_policy_is_for_may_be_any_json(odd: object) -> None:
    policy = PasswordPolicy("00p1", name="Odd", conditions={"authProvider": {"provider": odd}})
    policies = PasswordPolicies((policy,))
    person = User("00u1", status="ACTIVE")
    assert bool(policies.candidates(person, ())) is (odd is None)
    assert policies.deciding == ()
