"""What a connector's capabilities do not allow does not reach the wire, whatever door is tried."""

from __future__ import annotations

from collections import Counter
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.okta.support import ORG, PERSON, TOKEN, UNLOCK, USER, approved, call_of, client_of, line, named, okta
from tests.okta.test_guard import DOORS
from tui import wiring
from tui.desk.actions.needs import ENDPOINT_MAP, SIGN_IN_AND_SETUP
from tui.desk.connectors.connector import Connector, OrgAddress
from tui.okta import endpoints as ep
from tui.okta.auth import ApiToken
from tui.okta.calls import Call
from tui.okta.endpoints import KNOWN, endpoint_of
from tui.okta.errors import Refused
from tui.okta.policy import CAPABILITY_NAMES, Capability, Mode, Policy, SwitchedOff

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.conftest import FakeClock
    from tests.okta.support import Line
    from tests.okta.test_guard import Door
    from tui.okta.client import OktaClient
    from tui.okta.endpoints import Endpoint
    from tui.okta.policy import EndpointMap

C = Capability
ALL: Final = frozenset(Capability)
SETS: Final = [
    frozenset(some) for some in chain.from_iterable(combinations(Capability, count) for count in range(len(ALL) + 1))
]
HELD: Final = [endpoint for endpoint in KNOWN.values() if endpoint.id not in SIGN_IN_AND_SETUP]
FEW: Final = 2
"""So many capabilities that are on, or off, and every endpoint is asked."""
EVERY: Final = 7
"""Of the sets between, each one asks for one endpoint in so many."""
LOGS: Final = Call("GET", "/api/v1/logs?limit=1")


def policy_of(
    capabilities: Iterable[Capability],
    mode: Mode = Mode.READ_WRITE,
    prefix: str = "",
    endpoints: EndpointMap | None = None,
) -> Policy:
    return Policy(ORG, mode, frozenset(capabilities), prefix, endpoints=endpoints or ENDPOINT_MAP)


def lacking(endpoint: Endpoint) -> Iterator[frozenset[Capability]]:
    """Every set of capabilities that allows an endpoint nothing."""
    allowing = set(ENDPOINT_MAP.allowing(endpoint.id))
    return (some for some in SETS if not some & allowing)


def extremes(endpoint: Endpoint) -> list[frozenset[Capability]]:
    """No capability, and all that do not allow the endpoint: what neither lets out, no set between them does."""
    return list(dict.fromkeys([frozenset[Capability](), ALL - set(ENDPOINT_MAP.allowing(endpoint.id))]))


def guarded(
    wire: Line, clock: FakeClock, capabilities: Iterable[Capability], mode: Mode = Mode.READ_WRITE
) -> OktaClient:
    return client_of(wire, clock, mode=mode, capabilities=tuple(capabilities), endpoints=ENDPOINT_MAP)


def refusal(policy: Policy, call: Call) -> Refused | None:
    try:
        policy.check(ORG, call, approved(call) if call.writes else None)
    except Refused as error:
        return error
    return None


# -- the map


def test_every_endpoint_is_of_the_set_up_or_of_a_capability_and_most_need_one() -> None:
    assert {*SIGN_IN_AND_SETUP, *chain.from_iterable(ENDPOINT_MAP.by_capability.values())} == set(KNOWN)
    assert not SIGN_IN_AND_SETUP & set(chain.from_iterable(ENDPOINT_MAP.by_capability.values()))
    assert len(HELD) > 25
    assert not any(endpoint.writes for endpoint in KNOWN.values() if endpoint.id in SIGN_IN_AND_SETUP)
    assert all(list(lacking(endpoint)) for endpoint in HELD)
    assert len(SETS) == 2 ** len(Capability)


def test_each_endpoint_is_told_from_every_other() -> None:
    for endpoint in KNOWN.values():
        assert endpoint_of(call_of(endpoint)) is endpoint
    both = {frozenset({a.id, b.id}) for a in KNOWN.values() for b in KNOWN.values() if a is not b
            and b.path_values(call_of(a)) is not None}  # fmt: skip
    assert both == {frozenset({"me", "user"})}


# -- the policy


def test_each_set_of_capabilities_lets_out_what_it_allows_and_nothing_else() -> None:
    """Each endpoint meets every small set and every set that lacks few, and of those between some hundreds."""
    asked = [
        (endpoint, one, ENDPOINT_MAP.allowing(endpoint.id), frozenset(ENDPOINT_MAP.allowing(endpoint.id)))
        for endpoint in KNOWN.values()
        for call in [call_of(endpoint)]
        for one in ((call,) if call.writes else (call, Call("HEAD", call.target)))
    ]
    checks = Counter[str]()
    for number, capabilities in enumerate(SETS):
        policy = policy_of(capabilities)
        between = FEW < len(capabilities) < len(ALL) - FEW
        for endpoint, one, allowing, among in asked[number % EVERY :: EVERY] if between else asked:
            error = refusal(policy, one)
            checks[endpoint.id] += 1
            if endpoint.id in SIGN_IN_AND_SETUP or capabilities & among:
                assert error is None, (one, capabilities)
            else:
                assert isinstance(error, SwitchedOff), (one, capabilities)
                assert error.capabilities == allowing
    assert len(checks) == len(KNOWN)
    assert min(checks.values()) > len(SETS) / (EVERY + 1)


def test_without_any_capability_the_system_log_stays_unread() -> None:
    error = refusal(policy_of(()), LOGS)
    assert isinstance(error, SwitchedOff)
    assert error.title == "The lockout list is switched off for this connector"
    assert (
        error.advice == "An admin can switch it on: in the list of connectors, or by `keydesk connect --change NAME`."
    )
    assert refusal(policy_of({C.LOCKOUTS}), LOGS) is None
    assert refusal(policy_of(ALL - {C.LOCKOUTS}), LOGS) is not None


def test_a_policy_without_a_map_lets_nothing_out() -> None:
    for endpoint in KNOWN.values():
        assert refusal(Policy(ORG, Mode.READ_WRITE), call_of(endpoint)) is not None


def test_read_only_comes_before_the_capability() -> None:
    error = refusal(policy_of((), Mode.READ_ONLY), UNLOCK)
    assert error is not None
    assert "read-only" in error.title


def test_a_refused_change_leaves_its_approval_unspent() -> None:
    approval = approved(UNLOCK)
    with pytest.raises(SwitchedOff):
        policy_of(ALL - {C.UNLOCK}).check(ORG, UNLOCK, approval)
    policy_of({C.UNLOCK}).check(ORG, UNLOCK, approval)


@pytest.mark.parametrize(
    "target",
    [
        "/api/v1/authorizationServers",
        "/api/v1/users/00u1/lifecycle/deactivate",
        "/api/v1",
        "/",
        "/api/v2/users",
        "/API/V1/users",
        "/api/v1/Users",
        "/api/v1/users/",
        "/api/v1/users;x",
        "/api/v1/users/00u1;x=1",
        "/api/v1/users/00u1@acme.example",
        "/api/v1/users/%6d%65",
        "/api/v1/users/%6De",
        "/api/v1/users/%ff",
        "/api/v1/users/tess%40acme.example/",
        "/api/v1/users/tess%2fgroups",
        "/api/v1/users/me#/groups",
        "/api/v1/%75sers",
        "/api/v1/users/../logs",
        "/api/v1/users/%2e%2e/logs",
        "/api/v1/users/00u1/roles/ra1/targets",
        "/op/x/api/v1/users",
        "/api/v1/groups/00g1",
    ],
)
def test_a_path_of_no_endpoint_is_refused_whatever_is_switched_on(target: str) -> None:
    for call in (Call("GET", target), Call("HEAD", target), Call("POST", target), Call("DELETE", target)):
        error = refusal(policy_of(ALL), call)
        assert error is not None
        assert not isinstance(error, SwitchedOff)


@pytest.mark.parametrize(
    "target", ["/api/v1/logs", "/api/v1/logs?", "/api/v1/logs?q=/api/v1/org", "/api/v1/logs?a=../org"]
)
def test_the_query_makes_no_other_endpoint_of_a_path(target: str) -> None:
    assert isinstance(refusal(policy_of(ALL - {C.LOCKOUTS}), Call("GET", target)), SwitchedOff)
    assert refusal(policy_of({C.LOCKOUTS}), Call("GET", target)) is None


def test_ones_own_account_is_read_without_a_capability_and_nobody_elses() -> None:
    nothing = policy_of(())
    assert refusal(nothing, Call("GET", "/api/v1/users/me")) is None
    for target in ("/api/v1/users/Me", "/api/v1/users/me.too", "/api/v1/users/me/groups", USER.target):
        assert isinstance(refusal(nothing, Call("GET", target)), SwitchedOff)
    assert isinstance(refusal(policy_of(()), Call("DELETE", "/api/v1/users/me/sessions")), SwitchedOff)


def test_the_prefix_of_a_replay_server_is_no_way_round() -> None:
    policy = policy_of({C.IDENTIFY}, prefix="/op/x")
    assert refusal(policy, Call("GET", f"/op/x{USER.target}")) is None
    assert isinstance(refusal(policy, Call("GET", f"/op/x{LOGS.target}")), SwitchedOff)
    for target in (USER.target, f"/op/x/op/x{USER.target}", f"/op/y{USER.target}"):
        assert refusal(policy, Call("GET", target)) is not None


# -- the doors


@pytest.mark.parametrize("door", DOORS, ids=named)
async def test_no_door_of_httpx_lets_out_what_is_switched_off(door: Door, clock: FakeClock) -> None:
    wire = line()
    for endpoint in HELD:
        call = call_of(endpoint)
        for capabilities in extremes(endpoint):
            http = await guarded(wire, clock, capabilities).http()
            with pytest.raises(Refused):
                await door(http, call.method, ORG + call.target)
    assert wire.sent == []


async def test_no_approval_lets_out_what_is_switched_off(clock: FakeClock) -> None:
    wire = line()
    for endpoint in HELD:
        call = call_of(endpoint)
        for capabilities in extremes(endpoint):
            client = guarded(wire, clock, capabilities)
            http = await client.http()
            approval = approved(call)
            with pytest.raises(SwitchedOff):
                await client.send(call, approval=approval)
            with pytest.raises(SwitchedOff):
                await http.request(call.method, ORG + call.target, extensions={"approval": approval})
            with pytest.raises(SwitchedOff):
                async with http.stream(call.method, ORG + call.target, extensions={"approval": approval}):
                    pass
    assert wire.sent == []


async def test_no_typed_read_asks_for_what_is_switched_off(clock: FakeClock) -> None:
    wire = line(okta([]))
    for endpoint in HELD:
        if endpoint.writes:
            continue
        path = dict.fromkeys(endpoint.path_values(call_of(endpoint)) or {}, PERSON)
        for capabilities in extremes(endpoint):
            client = guarded(wire, clock, capabilities)
            with pytest.raises(SwitchedOff):
                await client.read(endpoint, dict[str, Any], path)
            with pytest.raises(SwitchedOff):
                await client.all(endpoint, dict[str, Any], path)
            with pytest.raises(SwitchedOff):
                await anext(client.pages(endpoint, dict[str, Any], path))
            if not path:
                with pytest.raises(SwitchedOff):
                    await client.page(endpoint, dict[str, Any])
    assert wire.sent == []


async def test_no_next_page_leads_to_what_is_switched_off(clock: FakeClock) -> None:
    for endpoint in HELD:
        if endpoint.writes:
            continue
        target = call_of(endpoint).target
        link = f'<{ORG}{target}?after=x>; rel="next"'
        for capabilities in extremes(endpoint):
            wire = line(okta([], links=(link,)))
            client = guarded(wire, clock, capabilities)
            pages = client.pages(ep.API_TOKENS, dict[str, Any])
            assert (await anext(pages)).next_url == f"{ORG}{target}?after=x"
            with pytest.raises(SwitchedOff):
                await anext(pages)
            with pytest.raises(SwitchedOff):
                await client.page(ep.API_TOKENS, dict[str, Any], url=f"{ORG}{target}?after=x")
            assert [sent.target for sent in wire.sent] == [ep.API_TOKENS.template]


async def test_what_is_switched_on_still_goes_out_by_each_way(clock: FakeClock) -> None:
    wire = line(okta([]))
    client = guarded(wire, clock, {C.LOCKOUTS})
    await client.send(LOGS)
    await client.log_page({"limit": "1"})
    await (await client.http()).get(ORG + LOGS.target)
    assert [sent.call for sent in wire.sent] == [LOGS] * 3


async def test_a_connector_without_any_capability_reads_no_log(clock: FakeClock) -> None:
    wire = line(okta([]))
    connector = Connector("acme", OrgAddress(ORG), ApiToken(TOKEN), Mode.READ_WRITE, frozenset())
    client = wiring.client(connector, clock=clock, transport=wire)
    with pytest.raises(Refused, match="The lockout list is switched off"):
        await client.send(LOGS)
    with pytest.raises(Refused, match="The lockout list is switched off"):
        await (await client.http()).get(ORG + LOGS.target)
    assert wire.sent == []


# -- a client without credentials


async def test_a_visitor_reads_the_public_pages_and_nothing_else(clock: FakeClock) -> None:
    wire = line(okta({"id": "00o1"}))
    client = wiring.public_client(OrgAddress(ORG), clock=clock, transport=wire)
    for endpoint in KNOWN.values():
        call = call_of(endpoint)
        if endpoint is not ep.WELL_KNOWN:
            with pytest.raises(Refused):
                await client.send(call, approval=approved(call))
            with pytest.raises(Refused):
                await (await client.http()).request(call.method, ORG + call.target)
    assert wire.sent == []
    assert (await client.well_known()).id == "00o1"
    assert [sent.target for sent in wire.sent] == [ep.WELL_KNOWN.template]


# -- the words


def test_one_capability_is_named_alone() -> None:
    for one, name in CAPABILITY_NAMES.items():
        assert SwitchedOff(one).title == f"{name} is switched off for this connector"


def test_an_endpoint_of_several_capabilities_names_them_all_and_that_one_is_enough() -> None:
    error = refusal(policy_of({C.UNLOCK}), call_of(ep.GROUPS))
    assert error is not None
    assert error.title == (
        "The lockout list, Password expiry and Provisioning software are switched off for this connector"
    )
    assert error.advice == (
        "Any one of them allows it. An admin can switch one on: in the list of connectors, or by "
        "`keydesk connect --change NAME`."
    )
    assert error.detail == "GET /api/v1/groups"
    assert not error.sent


def test_with_nothing_switched_on_the_seven_are_not_listed() -> None:
    error = refusal(policy_of(()), USER)
    assert error is not None
    assert error.title == "Every capability is switched off for this connector"
    assert "Any one of them" in error.advice
