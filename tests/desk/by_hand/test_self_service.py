"""What the password policy lets a person do themselves: read for that person, kept for a while, never guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from tests.desk.support import fault, service_session, user_id
from tests.okta.support import okta
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.by_hand.instructions import by_hand, instructions_for
from tui.desk.by_hand.self_service import SelfService, self_service
from tui.desk.connectors.connector import OrgAddress
from tui.desk.people.password_policies import KEPT_FOR
from tui.okta.policy import Capability

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.by_hand.instructions import Instructions
    from tui.desk.session import Session

ACME = OrgAddress("https://acme.okta.com")
RULE = {"id": "0pr1", "status": "ACTIVE", "priority": 1}


async def may(session: Session, org: Org, name: str) -> SelfService:
    return await self_service(session, await session.person(user_id(org, name)))


async def test_the_policy_of_their_group_and_provider_decides(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    ann, henry, erik = [await may(session, org, name) for name in ("ann.lee", "henry.stone", "erik.larsen")]
    assert (ann.reset, ann.unlock, ann.change) == (True, True, True)
    assert ann.source == "password policy “Default Policy”"
    assert (henry.reset, henry.unlock) == (True, False)
    assert henry.source == "password policy “Contractors”"
    assert "Active Directory Policy" in erik.source
    assert ann.identity_engine is (org.pipeline == "idx")
    assert line.writes == []


async def test_who_has_no_password_in_okta_may_nothing_and_nobody_is_asked(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    for name in ("ivan.petrov", "xenia.popov"):
        person = await session.person(user_id(org, name))
        line.sent.clear()
        found = await self_service(session, person)
        assert (found.reset, found.unlock, found.change) == (False, False, False)
        assert line.sent == []


async def test_policies_are_asked_for_once_in_some_minutes(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()

    def asked() -> int:
        return sum("/api/v1/policies" in path for path in line.story)

    await may(session, org, "ann.lee")
    first = asked()
    assert first == 2  # the policies, and the rules of the one
    await may(session, org, "bob.martin")
    assert asked() == first
    desk.clock.now += KEPT_FOR + 1
    await may(session, org, "ann.lee")
    assert asked() == 2 * first


async def test_another_session_keeps_its_own(desk: Desk, org: Org, line: Line) -> None:
    await may(desk.session(), org, "ann.lee")
    before = len(line.sent)
    await may(desk.session(), org, "ann.lee")
    assert any("/api/v1/policies" in path for path in line.story[before:])


@pytest.mark.parametrize(
    ("principal", "why"), [("helpdesk", "admin role may not read"), ("service-helpdesk", "lacks the scope okta.pol")]
)
async def test_what_keydesk_may_not_read_is_not_known_and_not_asked_again(
    desk: Desk, org: Org, line: Line, principal: str, why: str
) -> None:
    session = service_session(desk, principal) if principal.startswith("service") else desk.session(principal=principal)
    for _ in range(2):
        found = await may(session, org, "ann.lee")
        assert (found.reset, found.unlock, found.change) == (None, None, None)
        assert why in found.source
    assert sum("/api/v1/policies" in path for path in line.story) == 1


async def test_a_fault_is_not_known_and_asked_again(desk: Desk, org: Org) -> None:
    session = desk.session()
    fault(org, "500", "/policies", times=9)
    found = await may(session, org, "ann.lee")
    assert found.reset is None
    assert "cannot be read" in found.source
    org.faults.on.clear()
    assert (await may(session, org, "ann.lee")).reset is True


async def test_a_capability_that_is_off_asks_nothing(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session(capabilities=frozenset(Capability) - {Capability.EXPIRY})
    person = await session.person(user_id(org, "ann.lee"))
    line.sent.clear()
    assert "switched off" in (await self_service(session, person)).source
    assert line.sent == []


def answering(policies: list[dict[str, Any]], rules: list[dict[str, Any]]) -> Callable[..., Awaitable[Any]]:
    async def watch(request: httpx.Request) -> httpx.Response | None:
        path = request.url.path
        if path.endswith("/rules"):
            return okta(rules)
        return okta(policies) if path.endswith("/policies") else None

    return watch


def rule(access: object, **more: object) -> dict[str, Any]:
    names = ("selfServicePasswordReset", "selfServiceUnlock", "passwordChange")
    return RULE | {"actions": {name: {"access": access} for name in names}} | more


def zone(priority: int, access: str) -> dict[str, Any]:
    return rule(access, priority=priority, conditions={"network": {"connection": "ZONE"}})


ANYWHERE = {"network": {"connection": "ANYWHERE"}}


@pytest.mark.parametrize(
    ("rules", "reset"),
    [
        ([rule("ALLOW")], True),
        ([rule("DENY")], False),
        ([rule("DENY", priority=2, conditions=ANYWHERE), rule("ALLOW", priority=1, conditions=ANYWHERE)], True),
        ([rule("ALLOW", status="INACTIVE", priority=1), rule("DENY", priority=2)], False),
        ([zone(1, "ALLOW"), rule("DENY", priority=2)], None),
        ([zone(1, "DENY"), rule("DENY", priority=2)], False),
        ([zone(1, "ALLOW"), rule("ALLOW", priority=2)], True),
        ([zone(1, "ALLOW")], None),
        ([zone(1, "DENY")], False),
        ([rule("LATER")], None),
        ([rule(None)], None),
        ([rule(["ALLOW"])], None),
        ([RULE | {"actions": None}], None),
        ([RULE | {"actions": {"selfServicePasswordReset": "ALLOW"}}], None),
        ([], None),
    ],
)
async def test_the_first_rule_that_is_for_them_decides(
    desk: Desk, org: Org, line: Line, rules: list[dict[str, Any]], reset: bool | None
) -> None:
    line.watch = answering([{"id": "00p1", "name": "P", "status": "ACTIVE", "priority": 1}], rules)
    assert (await may(desk.session(), org, "ann.lee")).reset is reset


def controlled(control: object, access: str = "ALLOW", **more: object) -> dict[str, Any]:
    """A rule as Identity Engine shows it: the access control stands at the reset."""
    found = rule(access, **more)
    found["actions"]["selfServicePasswordReset"]["requirement"] = {"accessControl": control}
    return found


@pytest.mark.parametrize(
    ("rules", "may_all", "deferred"),
    [
        ([controlled("LEGACY")], True, False),
        ([controlled(None)], True, False),
        ([controlled("AUTH_POLICY")], None, True),
        ([controlled("AUTH_POLICY", "DENY")], False, False),
        ([controlled("NEWER")], None, True),
        ([controlled("AUTH_POLICY", conditions={"network": {"connection": "ZONE"}}), rule("ALLOW")], None, True),
    ],
)
async def test_what_a_rule_leaves_to_the_account_management_policy_is_not_promised(
    desk: Desk, org: Org, line: Line, rules: list[dict[str, Any]], may_all: bool | None, deferred: bool
) -> None:
    line.watch = answering([{"id": "00p1", "name": "P", "status": "ACTIVE", "priority": 1}], rules)
    found = await may(desk.session(), org, "ann.lee")
    assert (found.reset, found.unlock, found.change) == (may_all, may_all, may_all)
    assert ("Okta account management policy" in found.source) is deferred
    steps = (await told(desk, org, "unlock", found)).text
    assert ("Perhaps Ann Lee may unlock" in steps) is (may_all is None)
    assert "account management policy" in steps or not deferred


async def test_a_rule_that_leaves_them_out_is_not_for_them(desk: Desk, org: Org, line: Line) -> None:
    out = {"people": {"users": {"exclude": [user_id(org, "ann.lee")]}}}
    line.watch = answering(
        [{"id": "00p1", "name": "P", "status": "ACTIVE", "priority": 1}],
        [rule("ALLOW", priority=1, conditions=out), rule("DENY", priority=2)],
    )
    session = desk.session()
    assert (await may(session, org, "ann.lee")).reset is False
    assert (await may(session, org, "bob.martin")).reset is True


@pytest.mark.parametrize(
    ("changed", "fits"),
    [
        ({}, True),
        ({"status": "INACTIVE"}, False),
        ({"conditions": {"authProvider": {"provider": "LDAP"}}}, False),
        ({"conditions": {"authProvider": {"provider": "ANY"}}}, True),
        ({"conditions": {"people": {"groups": {"include": ["00gOther"]}}}}, False),
        ({"conditions": {"people": {"groups": {"include": []}}}}, True),
        ({"conditions": {"people": "odd", "authProvider": []}}, True),
        ({"name": "\x1b[2J{name}"}, True),
    ],
)
async def test_only_a_policy_for_them_counts(
    desk: Desk, org: Org, line: Line, changed: dict[str, Any], fits: bool
) -> None:
    line.watch = answering([{"id": "00p1", "name": "P", "status": "ACTIVE"} | changed], [rule("ALLOW")])
    found = await may(desk.session(), org, "ann.lee")
    assert found.reset is (True if fits else None)
    assert "\x1b" not in found.source
    assert ("no password policy" in found.source) is not fits


# -- what is made of it


async def told(desk: Desk, org: Org, action: str, helping: SelfService, name: str = "ann.lee") -> Instructions:
    session = desk.session()
    person = await session.person_with_blocks(user_id(org, name))
    return instructions_for(ACTIONS[action], person, ACME, session.obstacle(ACTIONS[action], person), allowed=helping)


async def test_what_they_may_is_told_with_the_orgs_own_page(desk: Desk, org: Org) -> None:
    found = await told(
        desk, org, "unlock", SelfService(unlock=True, source="password policy “P”", identity_engine=True)
    )
    part = found.for_the_person
    assert part is not None
    assert part.title == "Ann Lee may unlock the account themselves (password policy “P”)"
    assert part.link == "https://acme.okta.com/signin/unlock"
    assert part.steps[0] == f"Open {part.link}, or https://acme.okta.com and choose “Unlock account?”."
    assert part.steps[1] == "Type ann.lee@acme.example as the username."


async def test_the_older_pages_are_described_as_they_are(desk: Desk, org: Org) -> None:
    classic = await told(desk, org, "reset-password", SelfService(reset=True, identity_engine=False), "bob.martin")
    assert "choose “Need help signing in?” and then “Forgot password?”" in classic.text
    assert "https://acme.okta.com/signin/forgot-password" in classic.text
    unsure = await told(desk, org, "reset-password", SelfService(reset=True), "bob.martin")
    assert "older pages have it under" in unsure.text


async def test_what_they_may_not_has_no_steps_and_what_is_not_known_says_so(desk: Desk, org: Org) -> None:
    no = await told(desk, org, "unlock", SelfService(unlock=False, source="password policy “Contractors”"))
    assert no.for_the_person is None
    assert "Ann Lee may not unlock the account themselves (password policy “Contractors”)." in no.text
    assert "/signin/unlock" not in no.text
    unsure = await told(desk, org, "unlock", SelfService(source="keydesk lacks a scope"))
    assert "Perhaps Ann Lee may" in unsure.text
    assert "not known: keydesk lacks a scope" in unsure.text
    assert unsure.for_the_person is not None


async def test_while_a_reset_is_open_nobody_is_sent_to_forgot_password(desk: Desk, org: Org) -> None:
    found = await told(desk, org, "reset-password", SelfService(reset=True), "hana.sato")
    assert "/signin/forgot-password" not in found.text
    assert "does not work while a reset is open" in found.text


async def test_who_is_blocked_by_device_can_use_one_that_okta_knows(desk: Desk, org: Org) -> None:
    found = await told(desk, org, "unlock", SelfService(unlock=True), "carla.diaz")
    assert found.for_the_person is not None
    assert "a device and in a browser that you have used" in found.for_the_person.text


async def test_an_org_on_the_loopback_has_no_public_page(desk: Desk, org: Org) -> None:
    session = desk.session()
    person = await session.person_with_blocks(user_id(org, "ann.lee"))
    found = by_hand(session, ACTIONS["unlock"], replace(person), (), SelfService(unlock=True))
    assert "127.0.0.1" not in found.text
    assert "the sign-in page of your org" in found.text
