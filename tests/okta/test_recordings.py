"""Our client, fed with what real Okta orgs answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.conftest import FakeClock
from tests.each import each
from tests.okta.recordings import needs_recordings, recordings
from tests.okta.support import ORG, UNLOCK, Line, approved, client_of
from tui.okta.answers import acted
from tui.okta.calls import Call
from tui.okta.entitlements import App, AppGroup, AppUser, GroupRule, PasswordPolicy, PolicyRule
from tui.okta.errors import (
    Answered,
    BadRequest,
    BadToken,
    FeatureOff,
    MissingRole,
    NotAnOrg,
    NotFound,
    OktaDown,
    RateLimited,
    Unsupported,
    WrongState,
)
from tui.okta.log_events import LogEvent
from tui.okta.models import (
    AppLink,
    Block,
    Factor,
    Group,
    Org,
    RoleAssignees,
    RoleAssignment,
    TokenInfo,
    User,
    WellKnown,
)

if TYPE_CHECKING:
    from tests.okta.recordings import Recording
    from tui.okta.client import OktaClient
    from tui.okta.endpoints import Endpoint
    from tui.okta.errors import (
        OktaError,
    )

pytestmark = needs_recordings

LISTS: dict[str, Any] = {
    "users": User,
    "user_groups": Group,
    "group_users": User,
    "user_app_links": AppLink,
    "user_blocks": Block,
    "user_factors": Factor,
    "logs": LogEvent,
    "groups": Group,
    "apps": App,
    "policies": PasswordPolicy,
    "user_roles": RoleAssignment,
    "api_tokens": TokenInfo,
    "group_apps": App,
    "group_roles": RoleAssignment,
    "group_rules": GroupRule,
    "app_groups": AppGroup,
    "policy_rules": PolicyRule,
}
SINGLES: dict[str, Any] = {
    "app": App,
    "app_user": AppUser,
    "app_group": AppGroup,
    "user": User,
    "org": Org,
    "role_assignees": RoleAssignees,
    "well_known": WellKnown,
}
GOOD = [recording for recording in recordings() if recording.endpoint and not recording.failed]
# A published sample may have lost its id to the scrubbing.
NAMELESS = [recording for recording in GOOD if any("uuid" not in item for item in recording.events)]
READ = [
    recording
    for recording in GOOD
    if recording.endpoint and not recording.endpoint.writes and recording not in NAMELESS
]
CHANGED = [recording for recording in GOOD if recording.endpoint and recording.endpoint.writes]
FAILED = [recording for recording in recordings() if recording.failed]
# What each code means for an agent. A code that is not here goes by its status.
MEANS: dict[str, type[OktaError]] = {
    "E0000004": BadToken,
    "E0000005": BadToken,
    "E0000006": MissingRole,
    "E0000007": NotFound,
    "E0000011": BadToken,
    "E0000015": FeatureOff,
    "E0000032": WrongState,
    "E0000038": WrongState,
    "E0000047": RateLimited,
    "E0000060": Unsupported,
}


def expected(recording: Recording) -> type[OktaError]:
    by_status = NotFound if recording.status == 404 else OktaDown if recording.status >= 500 else BadRequest
    return MEANS.get(recording.code, by_status)


def serve(recording: Recording) -> Line:
    """The recording first; whatever is asked next is an empty list."""
    return Line([lambda _: recording.response(), httpx.Response(200, json=[])])


def test_as_many_are_read_as_ever() -> None:
    assert len(READ) >= 43
    assert len(CHANGED) >= 2
    assert len(FAILED) >= 36


@each("recording", READ, ids=str)
async def test_a_recorded_answer_is_read(recording: Recording) -> None:
    clock = FakeClock()
    endpoint, wire = recording.endpoint, serve(recording)
    assert endpoint is not None
    client = client_of(wire, clock)
    if endpoint.id in LISTS:
        await read_list(client, endpoint, recording)
        followed = [recording.next_target] if recording.next_target else []
        assert [sent.target for sent in wire.sent[1:]] == followed
        assert {sent.origin for sent in wire.sent} == {ORG}
    else:
        value = await client.read(endpoint, SINGLES[endpoint.id], recording.path_values)
        same(value, recording.body)
    assert clock.slept == []


async def read_list(client: OktaClient, endpoint: Endpoint, recording: Recording) -> None:
    items: list[Any] = []
    async for page in client.pages(endpoint, LISTS[endpoint.id], recording.path_values):
        items.extend(page.items)
    assert len(items) == len(recording.body)
    for item, raw in zip(items, recording.body, strict=True):
        same(item, raw)


ALIKE: dict[type[Any], dict[str, str]] = {
    App: {"id": "id", "label": "label", "name": "name", "status": "status"},
    PasswordPolicy: {"id": "id", "name": "name", "status": "status"},
    PolicyRule: {"id": "id", "name": "name", "status": "status", "conditions": "conditions", "actions": "actions"},
    GroupRule: {"id": "id", "name": "name", "status": "status"},
    AppUser: {"id": "id", "scope": "scope", "status": "status", "sync_state": "syncState", "external_id": "externalId"},
    AppGroup: {"id": "id", "priority": "priority"},
    RoleAssignment: {"id": "id", "type": "type", "label": "label", "status": "status"},
    TokenInfo: {"id": "id", "name": "name", "user_id": "userId", "expires_at": "expiresAt"},
}


def alike(value: object, raw: dict[str, Any]) -> None:
    for ours, theirs in ALIKE[type(value)].items():
        assert getattr(value, ours) == raw[theirs]


def same(value: object, raw: dict[str, Any]) -> None:
    """What a screen would show is what stands in Okta's own JSON."""
    match value:
        case User():
            profile, provider = raw["profile"], raw["credentials"]["provider"]
            login = profile.get("login") or raw["id"]  # one was recorded without
            name = f"{profile.get('firstName') or ''} {profile.get('lastName') or ''}".strip()
            assert (value.id, value.status, value.login) == (raw["id"], raw["status"], login)
            assert value.name == (name or login)
            assert (value.provider_type, value.provider_name) == (provider["type"], provider["name"])
            assert value.has_password == ("password" in raw["credentials"])
            assert value.profile == profile
            for field, theirs in (("created", "created"), ("last_login", "lastLogin")):
                assert getattr(value, field) == raw[theirs]
                assert (value.when(field) is None) == (raw[theirs] is None)
        case RoleAssignees():
            assert [one.id for one in value.value] == [one["id"] for one in raw["value"]]
            assert value.after == ""
        case Group():
            assert (value.id, value.name, value.type) == (raw["id"], raw["profile"]["name"], raw["type"])
        case AppLink():
            assert (value.label, value.app_name, value.app_instance_id, value.hidden) == (
                raw["label"],
                raw["appName"],
                raw["appInstanceId"],
                raw["hidden"],
            )
        case Block():
            assert (value.type, value.applies_to) == (raw["type"], raw["appliesTo"])
        case Factor():
            assert (value.id, value.factor_type, value.provider) == (raw["id"], raw["factorType"], raw["provider"])
            assert (value.status, value.profile) == (raw["status"], raw.get("profile"))
        case LogEvent():
            assert (value.uuid, value.event_type) == (raw["uuid"], raw["eventType"])
            assert value.at is not None or value.published == "redacted"
            assert value.actor is not None
            assert (value.actor.id, value.actor.alternate_id) == (raw["actor"]["id"], raw["actor"]["alternateId"])
            assert len(value.target or ()) == len(raw.get("target") or ())
            assert value.outcome is not None
            assert value.outcome.result == raw["outcome"]["result"]
        case Org():
            assert (value.id, value.subdomain, value.company_name) == (raw["id"], raw["subdomain"], raw["companyName"])
        case WellKnown():
            assert (value.id, value.pipeline, value.cell) == (raw["id"], raw["pipeline"], raw["cell"])
        case (
            App()
            | AppGroup()
            | AppUser()
            | GroupRule()
            | PasswordPolicy()
            | PolicyRule()
            | RoleAssignment()
            | TokenInfo()
        ):
            alike(value, raw)
        case _:
            pytest.fail(f"say what is to be the same for {type(value).__name__}")


@pytest.mark.parametrize("recording", NAMELESS, ids=str)
async def test_a_sample_without_ids_is_refused_clearly(recording: Recording, clock: FakeClock) -> None:
    with pytest.raises(NotAnOrg, match="LogEvent without uuid"):
        await client_of(serve(recording), clock).log_page({})


@each("recording", CHANGED, ids=str)
async def test_a_recorded_success_of_a_change_is_one(recording: Recording) -> None:
    clock = FakeClock()
    assert recording.endpoint is not None
    call = recording.endpoint.call(recording.path_values)
    assert call.target == recording.path
    answer = await client_of(serve(recording), clock).send(call, approval=approved(call))
    assert answer.status == recording.status
    assert answer.request_id == dict(recording.headers)["x-okta-request-id"]


@each("recording", FAILED, ids=str)
@each("call", [Call("GET", "/api/v1/users/00u1"), UNLOCK])
async def test_a_recorded_error_is_told_for_what_it_is(recording: Recording, call: Call) -> None:
    clock = FakeClock()
    client = client_of(Line([lambda _: recording.response()]), clock)
    with pytest.raises(Answered) as caught:
        await client.send(call, approval=approved(call))
    error = caught.value
    assert type(error) is expected(recording)
    assert (error.code, error.status) == (recording.code, recording.status)
    assert acted(error) is (None if recording.code == "E0000009" else False)
    assert error.request_id == dict(recording.headers).get("x-okta-request-id", error.request_id)
    assert error.request_id
    if not isinstance(error, RateLimited):
        said = recording.body.get("errorSummary") or recording.body.get("error_description")
        assert said in error.summary
        assert clock.slept == []


def only(name: str) -> Recording:
    return next(recording for recording in recordings() if recording.name == name)


async def test_the_recorded_rate_limit_lasts_as_long_as_it_said(clock: FakeClock) -> None:
    recording = only("error_E0000047_rate_limit_429")
    with pytest.raises(RateLimited) as caught:
        await client_of(Line([lambda _: recording.response()]), clock).user("00u1")
    assert (clock.slept, caught.value.lifts_in) == ([49.0], 49.0)


async def test_the_recorded_crowd_is_waited_out_shortly(clock: FakeClock) -> None:
    recording = only("error_E0000047_oauth_token_concurrency_429")
    with pytest.raises(RateLimited) as caught:
        await client_of(Line([lambda _: recording.response()]), clock).user("00u1")
    assert (clock.slept, caught.value.lifts_in) == ([1.0, 2.0, 3.0], 0.0)


async def test_the_recorded_limits_are_noted(clock: FakeClock) -> None:
    recording = only("users_list_page_with_next_link")
    client = client_of(serve(recording), clock)
    await anext(client.users(limit=1))
    bucket = client.budget.buckets["users"]
    assert (bucket.limit, bucket.remaining) == (50, 49)
    assert bucket.lifts_at - clock.monotonic() == 61.0


async def test_no_cookie_of_the_recordings_is_sent_back(clock: FakeClock) -> None:
    wire = serve(only("user_get_active"))
    client = client_of(wire, clock)
    await client.user("00u1")
    await client.groups_of("00u1")
    assert len(wire.sent) == 2
    assert all("cookie" not in sent.headers for sent in wire.sent)
