"""A connector that gives software by groups only: no call about apps reaches the wire, whatever door is tried."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.okta.support import ORG, PERSON, TOKEN, approved, call_of, line, okta
from tests.okta.test_guard import DOORS
from tui import wiring
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.needs import APP_ENDPOINTS, ENDPOINT_MAP
from tui.desk.connectors.connector import Connector, OrgAddress
from tui.okta import endpoints as ep
from tui.okta.auth import ApiToken
from tui.okta.calls import Call
from tui.okta.endpoints import KNOWN
from tui.okta.errors import Refused
from tui.okta.policy import ByGroupsOnly, Capability, Mode, Policy, SoftwareBy

if TYPE_CHECKING:
    from tests.conftest import FakeClock
    from tests.okta.support import Line
    from tui.okta.client import OktaClient

ALL: Final = frozenset(Capability)
OF_APPS: Final = [KNOWN[name] for name in sorted(APP_ENDPOINTS)]
REASON: Final = "This connector gives software by groups only"


def policy(software_by: SoftwareBy, mode: Mode = Mode.READ_WRITE, capabilities: frozenset[Capability] = ALL) -> Policy:
    return Policy(ORG, mode, capabilities, endpoints=ENDPOINT_MAP, software_by=software_by)


def guarded(wire: Line, clock: FakeClock) -> OktaClient:
    """The client of a connector as the wiring builds it."""
    connector = Connector("acme", OrgAddress(ORG), ApiToken(TOKEN), Mode.READ_WRITE, ALL, software_by=SoftwareBy.GROUPS)
    return wiring.client(connector, clock=clock, transport=wire)


def test_the_endpoints_of_apps_are_those_with_apps_in_their_path_but_for_a_persons_dashboard() -> None:
    assert {name for name, one in KNOWN.items() if "/apps" in one.template} == APP_ENDPOINTS
    assert not any(
        (one.scope or "").startswith("okta.apps") for name, one in KNOWN.items() if name not in APP_ENDPOINTS
    )
    assert ep.USER_APP_LINKS.scope == "okta.users.read"


def test_each_call_about_apps_is_refused_in_every_mode_and_with_every_capability() -> None:
    checks = 0
    for endpoint, mode, capabilities in product(OF_APPS, Mode, (ALL, ALL - {Capability.PROVISIONING}, frozenset())):
        call = call_of(endpoint)
        for one in (call,) if call.writes else (call, Call("HEAD", call.target), Call("GET", f"{call.target}?after=x")):
            with pytest.raises(ByGroupsOnly, match=REASON) as refused:
                policy(SoftwareBy.GROUPS, mode, capabilities).check(ORG, one, approved(one) if one.writes else None)
            assert refused.value.detail == f"{one.method} {one.target}"
            assert not refused.value.sent
            checks += 1
    assert checks > 6 * len(OF_APPS)


def test_everything_else_is_decided_as_without_the_choice() -> None:
    for endpoint in KNOWN.values():
        call = call_of(endpoint)
        approval = approved(call) if call.writes else None
        if endpoint.id in APP_ENDPOINTS:
            policy(SoftwareBy.GROUPS_AND_APPS).check(ORG, call, approval)
        else:
            policy(SoftwareBy.GROUPS).check(ORG, call, approval)


def test_a_refused_call_leaves_its_approval_unspent() -> None:
    call = call_of(ep.ASSIGN_APP)
    approval = approved(call)
    with pytest.raises(ByGroupsOnly):
        policy(SoftwareBy.GROUPS).check(ORG, call, approval)
    policy(SoftwareBy.GROUPS_AND_APPS).check(ORG, call, approval)


async def test_no_door_lets_a_call_about_apps_out(clock: FakeClock) -> None:
    wire = line(okta([]))
    client = guarded(wire, clock)
    for endpoint in OF_APPS:
        call = call_of(endpoint)
        for door in DOORS:
            with pytest.raises(Refused):
                await door(await client.http(), call.method, ORG + call.target)
        with pytest.raises(ByGroupsOnly, match=REASON):
            await client.send(call, approval=approved(call))
        if not endpoint.writes:
            path = dict.fromkeys(endpoint.path_values(call) or {}, PERSON)
            with pytest.raises(ByGroupsOnly):
                await client.all(endpoint, dict[str, Any], path)
    assert wire.sent == []


async def test_no_next_page_leads_to_apps(clock: FakeClock) -> None:
    for endpoint in (one for one in OF_APPS if not one.writes):
        target = call_of(endpoint).target
        wire = line(okta([], links=(f'<{ORG}{target}?after=x>; rel="next"',)))
        pages = guarded(wire, clock).pages(ep.GROUPS, dict[str, Any])
        assert (await anext(pages)).next_url == f"{ORG}{target}?after=x"
        with pytest.raises(ByGroupsOnly):
            await anext(pages)
        assert [sent.target for sent in wire.sent] == [ep.GROUPS.template]


async def test_group_membership_and_a_persons_dashboard_go_out(clock: FakeClock) -> None:
    wire = line(okta([]))
    client = guarded(wire, clock)
    for endpoint in (ep.GROUPS, ep.USER_GROUPS, ep.USER_APP_LINKS, ep.ADD_MEMBER, ep.REMOVE_MEMBER):
        call = call_of(endpoint)
        await client.send(call, approval=approved(call) if call.writes else None)
    assert len(wire.sent) == 5


def test_the_actions_that_it_takes_away_are_those_on_apps() -> None:
    withheld = {a.id for a in ACTIONS.values() if any(policy(SoftwareBy.GROUPS).withholds(e.id) for e in a.endpoints)}
    assert withheld == {"assign-app", "unassign-app", "give-app-to-group"}
