"""What we ask for, held against Okta's own description of its API."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml

from tests.conftest import SHARED
from tests.each import each
from tests.okta.support import PERSON, Line, client_of, okta
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Target, TargetKind
from tui.desk.people.person import Person
from tui.okta import endpoints as ep
from tui.okta.endpoints import ENDPOINTS
from tui.okta.entitlements import App, AppGroup, AppUser, GroupRule, PasswordPolicy, PolicyRule
from tui.okta.models import AuthenticatorEnrollment, Group, RoleAssignees, RoleAssignment, TokenInfo, User

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import FakeClock
    from tui.desk.actions.grammar import Action, Plan
    from tui.okta.calls import Call
    from tui.okta.client import OktaClient
    from tui.okta.endpoints import Endpoint

FILE = SHARED / "okta" / "management.yaml"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"Okta's schema is not at {FILE}")
_NAME = re.compile(r"\{\w+\}")


@cache
def schema() -> dict[str, Any]:
    """Read once: it takes half a second."""
    loaded: dict[str, Any] = yaml.load(FILE.read_text(), Loader=yaml.CSafeLoader)
    return loaded


def _resolved(value: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in value:
        found: Any = schema()
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        value = found
    return value


def operation(method: str, template: str) -> dict[str, Any]:
    """Okta's description of an operation; names in paths differ, their places do not."""
    for path, item in schema()["paths"].items():
        if _NAME.sub("{}", path) == _NAME.sub("{}", template) and method.lower() in item:
            found: dict[str, Any] = item[method.lower()]
            shared = item.get("parameters", [])
            return found | {"parameters": [_resolved(one) for one in (*shared, *found.get("parameters", []))]}
    pytest.fail(f"Okta has no {method} {template}")


def query_of(described: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in described["parameters"] if one["in"] == "query"}


each_endpoint = each("endpoint", ENDPOINTS.values(), ids=lambda endpoint: endpoint.id)


@each_endpoint
def test_okta_has_the_operation_with_our_parameters(endpoint: Endpoint) -> None:
    described = operation(endpoint.method, endpoint.template)
    assert set(endpoint.query) <= set(query_of(described))
    places = [one["name"] for one in described["parameters"] if one["in"] == "path"]
    assert len(places) == len(_NAME.findall(endpoint.template))


@each_endpoint
def test_the_scope_is_the_one_that_okta_asks_for(endpoint: Endpoint) -> None:
    security = operation(endpoint.method, endpoint.template).get("security", [])
    scopes = [scope for way in security for scope in way.get("oauth2", [])]
    assert scopes == ([endpoint.scope] if endpoint.scope else [])


@each_endpoint
def test_no_body_is_forgotten(endpoint: Endpoint) -> None:
    body = _resolved(operation(endpoint.method, endpoint.template).get("requestBody", {}))
    with_body = {action.endpoint.id for action in ACTIONS.values() if action.body is not None}
    assert not body.get("required", False) or endpoint.id in with_body


@pytest.mark.parametrize(
    "action",
    [one for one in ACTIONS.values() if one.body and one.endpoint.id in ENDPOINTS],
    ids=lambda action: action.id,
)
def test_a_body_has_nothing_but_what_okta_describes(action: Action) -> None:
    described = _resolved(operation(action.endpoint.method, action.endpoint.template)["requestBody"])
    kind = _resolved(described["content"]["application/json"]["schema"])
    whole = [_resolved(part) for part in kind.get("allOf", [kind])]
    properties = {name: one for part in whole for name, one in part.get("properties", {}).items()}
    required = {name for part in whole for name in part.get("required", [])}
    (call,) = plan_of(action).calls
    body = json.loads(call.body)
    assert set(body) <= set(properties)
    assert required <= set(body)
    for name, value in body.items():
        parts = [_resolved(part) for part in _resolved(properties[name]).get("allOf", [_resolved(properties[name])])]
        assert "string" in {one.get("type") for one in parts}
        assert all(value in one.get("enum", [value]) for one in parts)


def shape(template: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(map(re.escape, _NAME.split(template))))


def conforms(call: Call) -> None:
    """A call as it was sent is one that Okta describes: operation, parameters and their values."""
    url = urlsplit(call.target)
    fitting = [
        endpoint
        for endpoint in ENDPOINTS.values()
        if endpoint.method == call.method and shape(endpoint.template).fullmatch(url.path)
    ]
    assert fitting
    fitting.sort(key=lambda endpoint: len(_NAME.findall(endpoint.template)))  # `/groups/rules` is no group
    described = query_of(operation(call.method, fitting[0].template))
    sent = dict(parse_qsl(url.query, keep_blank_values=True))
    assert {name for name, one in described.items() if one.get("required")} <= set(sent)
    for name, value in sent.items():
        kind = _resolved(described[name]["schema"])
        assert value
        assert value in kind.get("enum", [value])
        if kind["type"] == "integer":
            assert kind.get("minimum", 1) <= int(value) <= kind.get("maximum", 1000)
        if kind["type"] == "boolean":
            assert value in {"true", "false"}


async def everybody(client: OktaClient) -> None:
    async for _ in client.users(search='status eq "LOCKED_OUT"', sort="statusChanged", descending=True):
        pass


PHONE = frozenset({"phone"})
APP, IN_APP = {"app": "0oa1"}, {"app": "0oa1", "id": PERSON}
ONE_GROUP = {"filter": 'id eq "00g1"', "expand": "stats", "limit": "1"}
LOG_QUERY = {"since": "2026-11-23T06:00:00.000Z", "sortOrder": "DESCENDING", "limit": "30"}
READS: dict[str, Callable[[OktaClient], Any]] = {
    "groups": lambda client: client.all(ep.GROUPS, Group, None, ONE_GROUP),
    "apps": lambda client: client.all(ep.APPS, App, None, {"limit": "1"}),
    "group_users": lambda client: client.all(ep.GROUP_USERS, User, {"group": "00g1"}, {"limit": "200"}),
    "group_apps": lambda client: client.all(ep.GROUP_APPS, App, {"group": "00g1"}, {"limit": "200"}),
    "group_roles": lambda client: client.all(ep.GROUP_ROLES, RoleAssignment, {"group": "00g1"}),
    "group_rules": lambda client: client.all(ep.GROUP_RULES, GroupRule, None, {"limit": "200"}),
    "app": lambda client: client.read(ep.APP, App, APP),
    "app_user": lambda client: client.read(ep.APP_USER, AppUser, IN_APP),
    "app_groups": lambda client: client.all(ep.APP_GROUPS, AppGroup, APP, {"limit": "200"}),
    "app_group": lambda client: client.read(ep.APP_GROUP, AppGroup, APP | {"group": "00g1"}),
    "policy_rules": lambda client: client.all(ep.POLICY_RULES, PolicyRule, {"policy": "00p1"}),
    "policies": lambda client: client.all(ep.POLICIES, PasswordPolicy, None, {"type": "PASSWORD"}),
    "user_roles": lambda client: client.all(ep.USER_ROLES, RoleAssignment, {"id": PERSON}),
    "user_role_groups": lambda client: client.all(ep.USER_ROLE_GROUPS, Group, {"id": PERSON, "role": "ra1"}),
    "role_assignees": lambda client: client.read(ep.ROLE_ASSIGNEES, RoleAssignees, None, {"limit": "100"}),
    "client_roles": lambda client: client.all(ep.CLIENT_ROLES, RoleAssignment, {"id": "0oa1"}),
    "client_role_groups": lambda client: client.all(ep.CLIENT_ROLE_GROUPS, Group, {"id": "0oa1", "role": "ra1"}),
    "api_tokens": lambda client: client.all(ep.API_TOKENS, TokenInfo),
    "well_known": lambda client: client.well_known(),
    "org": lambda client: client.org(),
    "user": lambda client: client.user("ann+lee@example.com"),
    "users": everybody,
    "user_groups": lambda client: client.groups_of(PERSON),
    "user_app_links": lambda client: client.app_links_of(PERSON),
    "user_blocks": lambda client: client.blocks_of(PERSON),
    "user_factors": lambda client: client.factors_of(PERSON),
    "enrollments": lambda client: client.all(ep.ENROLLMENTS, AuthenticatorEnrollment, {"id": PERSON}),
    "logs": lambda client: client.log_page(LOG_QUERY),
}


def test_each_read_is_tried() -> None:
    assert set(READS) == {endpoint.id for endpoint in ENDPOINTS.values() if not endpoint.writes}


@pytest.mark.parametrize("name", READS)
async def test_each_read_of_the_client_is_as_described(name: str, clock: FakeClock) -> None:
    single = name in {"well_known", "org", "user", "app", "app_user", "app_group", "role_assignees"}
    wire = Line([okta({"id": PERSON} if single else [])])
    await READS[name](client_of(wire, clock))
    assert len(wire.sent) == 1
    conforms(wire.sent[0].call)
    assert wire.sent[0].headers["accept"] == "application/json"


def plan_of(action: Action, *, all_options: bool = False) -> Plan:
    targets = tuple(Target(kind, "" if kind is TargetKind.FACTORS else "x1", "x", tags=PHONE) for kind in action.aims)
    options = {option.id for option in action.options} if all_options else None
    return action.plan(Person(User(id=PERSON), 0.0), targets, options)


@each("all_options", [False, True])
@each("action", [one for one in ACTIONS.values() if one.endpoint.id in ENDPOINTS], ids=lambda action: action.id)
def test_each_action_of_the_desk_is_as_described(action: Action, all_options: bool) -> None:
    for call in plan_of(action, all_options=all_options).calls:
        conforms(call)


LOGINS = ["ann+lee@example.com", "o'hara@x.com", "a b", "100%", "a?b#c", "\u65e5\u672c", "a;b=c,d:e&f"]


@each("login", LOGINS)
@each_endpoint
def test_any_login_is_safe_in_a_path(endpoint: Endpoint, login: str) -> None:
    names = _NAME.findall(endpoint.template)
    target = endpoint.call({name[1:-1]: login for name in names}).target
    assert target.isascii()
    assert target.count("/") == endpoint.template.count("/")
    assert not set(target) & set("?#; &,=+@'")


@pytest.mark.parametrize("login", ["", ".", "..", "a/b", "a\\b"])
def test_what_could_be_another_path_is_no_key(login: str) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        ENDPOINTS["unlock"].call({"id": login})


def test_what_an_endpoint_does_not_take_is_refused() -> None:
    with pytest.raises(ValueError, match="no parameter"):
        ENDPOINTS["user"].call({"id": PERSON}, {"filter": "x"})
    with pytest.raises(ValueError, match="takes"):
        ENDPOINTS["user"].call({"name": PERSON})
    with pytest.raises(ValueError, match="takes"):
        ENDPOINTS["user"].call()
