"""What other people's clients showed to be wrong, each with the request as that client sends it."""

# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

import json
from typing import Any

import jwt
import pytest

from tests.demo.signing import App
from tests.demo.support import BASE, SCHEMA_FILE, World, needs_schema, refusal

MCP = "okta-mcp-server/0.0.1"


@pytest.fixture(scope="module")
def world() -> World:
    return World(rate_limits="off")


def _differs(recorded: Any, ours: Any, at: str = "") -> list[str]:
    """Return where an answer of ours lacks a name that a recorded one has, or holds another kind of value."""
    if isinstance(recorded, dict) and isinstance(ours, dict):
        missing = [f"{at}.{name} is missing" for name in recorded if name not in ours]
        known = [name for name in recorded if name in ours]
        return missing + [text for name in known for text in _differs(recorded[name], ours[name], f"{at}.{name}")]
    if isinstance(recorded, list) and isinstance(ours, list):
        return _differs(recorded[0], ours[0], f"{at}[]") if recorded and ours else []
    if recorded is None or ours is None or isinstance(ours, type(recorded)):
        return []
    return [f"{at} is {type(ours).__name__}, recorded was {type(recorded).__name__}"]


def _recorded(name: str) -> Any:
    return json.loads((SCHEMA_FILE.parent / "recorded" / f"{name}.json").read_text(encoding="utf-8"))["body"]


def _alike(name: str, known: Any, ours: list[Any]) -> Any:
    """Return the entry of ours that stands for a recorded one."""
    for key in {"devices_list": ("status",), "zones_list": ("name",)}.get(name, ("key", "system")):
        if key in known:
            return next(entry for entry in ours if entry[key] == known[key])
    return ours[0]


@needs_schema
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("authenticators_list", "/api/v1/authenticators"),
        ("devices_list", "/api/v1/devices"),
        ("zones_list", "/api/v1/zones"),
        ("policies_access_policy", "/api/v1/policies?type=ACCESS_POLICY"),
        ("policies_idp_discovery", "/api/v1/policies?type=IDP_DISCOVERY"),
        ("policies_okta_sign_on", "/api/v1/policies?type=OKTA_SIGN_ON"),
    ],
)
async def test_a_list_holds_what_a_recorded_one_does(world: World, name: str, path: str) -> None:
    ours = await world.json(path)
    for known in _recorded(name):
        mine = _alike(name, known, ours)
        # Of a Mac, of a device with an authenticator app of one's own, of an authenticator that is switched off, and of
        # policies that are described.
        gone = {
            ".profile.diskEncryptionType is missing",
            ".profile.authenticatorAppKey is missing",
            "._links.activate is missing",
            ".description is missing",
        }
        assert set(_differs(known, mine)) <= gone, name


@needs_schema
async def test_who_uses_a_device_and_a_person_s_risk_are_as_recorded(world: World) -> None:
    (device,) = await world.json("/api/v1/users/zack.moore/devices")
    ours = await world.json(f"/api/v1/devices/{device['device']['id']}/users")
    assert _differs(_recorded("device_users"), ours) == []
    risks = [await world.json(f"/api/v1/users/{person.id}/risk") for person in world.org.people.from_index()]
    high = next(risk for risk in risks if risk["riskLevel"] == "HIGH")
    assert _differs(_recorded("user_risk"), high) == []


async def test_the_mcp_server_sends_bearer_and_the_token_in_one_word(world: World) -> None:
    token = await App(world, "keydesk-bearer").token()
    for written in (f"Bearer{token}", f"Bearer {token}", f"bearer{token}"):
        headers = {"authorization": written, "user-agent": MCP}
        answer = await world.get("/api/v1/users?limit=20", who=None, headers=headers)
        assert len(answer.json()) == 20
    for written in ("Bearer", "Bearer ", "BearerNOPE"):
        refused = await world.get("/api/v1/users", who=None, headers={"authorization": written})
        assert refused.status_code == 401


@pytest.mark.parametrize("name", ["keydesk-bearer", "keydesk-rsa-3072"])
async def test_the_mcp_server_reads_the_end_of_an_access_token_and_need_not_ask_for_another(
    world: World, name: str
) -> None:
    app = App(world, name)
    token = await app.token("okta.users.read okta.logs.read")
    claims = jwt.decode(token, options={"verify_signature": False})
    bound = claims.pop("cnf", None)
    assert (bound is not None) is app.app.dpop
    assert claims.pop("jti").startswith("AT.")
    now = int(world.clock.at)
    assert claims == {
        "ver": 1,
        "iss": BASE,
        "aud": BASE,
        "sub": app.app.identity,
        "cid": app.app.identity,
        "iat": now,
        "exp": now + 3600,
        "scp": ["okta.users.read", "okta.logs.read"],
    }


async def test_a_client_that_asks_for_more_than_it_was_granted_is_not_told_that_no_such_scope_exists(
    world: World,
) -> None:
    app = App(world, "keydesk-bearer")
    # What the MCP server's tools ask for between them, beyond what this app was granted.
    more = "okta.brands.manage okta.deviceAssurance.read okta.domains.read okta.emailDomains.read okta.templates.read"
    answer = await app.ask(f"okta.users.read {more} okta.policies.manage")
    assert answer.json()["scope"] == "okta.users.read"
    assert (await app.ask("okta.users.read okta.nonsense.read")).json()["error"] == "invalid_scope"


async def test_cartography_asks_for_what_it_syncs(world: World) -> None:
    for path in (
        "/api/v1/authenticators",
        "/api/v1/devices?expand=userSummary",
        "/api/v1/logStreams",
        "/api/v1/zones",
        "/api/v1/trustedOrigins?limit=200",
        "/api/v1/first-party-app-settings/admin-console",
        *(
            f"/api/v1/policies?type={kind}"
            for kind in ("OKTA_SIGN_ON", "PASSWORD", "MFA_ENROLL", "ACCESS_POLICY", "PROFILE_ENROLLMENT")
        ),
    ):
        assert await world.json(path), path


async def test_the_python_sdk_asks_for_the_clients_and_grants_of_a_user(world: World) -> None:
    assert await world.json("/api/v1/users/zack.moore/clients") == []
    answer = await world.get("/api/v1/users/zack.moore/grants")
    assert answer.json() == []
    self = f'<{BASE}/api/v1/users/zack.moore/grants?limit=20>; rel="self"'
    assert answer.headers.get_list("link") == [self]
    assert refusal(await world.get("/api/v1/users/zack.moore/grants", who="report")) == (403, "E0000006")


async def test_the_python_sdk_reads_a_list_of_authenticators_only_of_keys_that_it_knows(world: World) -> None:
    # Its description has no key for RSA SecurID and custom one-time passwords; one such entry breaks the whole list.
    keys = {entry["key"] for entry in await world.json("/api/v1/authenticators")}
    assert not keys & {"rsa_token", "custom_otp"}
    assert {"okta_verify", "okta_password", "tac"} <= keys
