"""Signing in to the demo org, whose token endpoint was written by another hand: every kind of app that it knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import ORIGIN, Wire
from tests.okta.support import ALL_ENDPOINTS, USER, approved
from tui.demo.base import client_keys
from tui.demo.base.faults import make_fault
from tui.okta import endpoints as ep
from tui.okta.calls import Call
from tui.okta.client import OktaClient
from tui.okta.errors import BadClient, MissingScope, NoScopes
from tui.okta.keys import ClientKey
from tui.okta.models import User
from tui.okta.oauth import TOKEN_PATH, ServiceApp
from tui.okta.policy import Mode, Policy

if TYPE_CHECKING:
    import httpx

    from tests.conftest import FakeClock
    from tui.demo.org import Org

SCOPES = ("okta.users.read", "okta.users.manage", "okta.groups.read", "okta.policies.read")


def app_of(org: Org, name: str, *scopes: str, key: str = "", key_id: str = "") -> ServiceApp:
    """The credentials of one of the org's apps; `key` names another app whose key is given by mistake."""
    app = org.principal(name)
    other = org.principal(key or name)
    private = ClientKey.load(client_keys.private_pem(org.seed, other.name, other.algorithm))
    return ServiceApp(app.identity, key_id or client_keys.key_id(org.seed, name), private, scopes or SCOPES)


def client_of(app: ServiceApp, wire: httpx.AsyncBaseTransport, clock: FakeClock) -> OktaClient:
    return OktaClient(
        Policy(ORIGIN, Mode.READ_WRITE, token_path=TOKEN_PATH, endpoints=ALL_ENDPOINTS),
        app,
        clock=clock,
        transport=wire,
    )


def tokens(wire: Wire) -> int:
    return sum(request.url.path == TOKEN_PATH for request in wire.sent)


@pytest.mark.parametrize(
    ("name", "dpop"),
    [
        ("keydesk", True),
        ("keydesk-bearer", False),
        ("keydesk-p384", False),
        ("keydesk-p521", True),
        ("keydesk-rsa-3072", True),
    ],
)
async def test_an_app_of_each_kind_reads_page_by_page_and_writes(
    name: str, dpop: bool, org: Org, wire: Wire, clock: FakeClock
) -> None:
    app = app_of(org, name)
    client = client_of(app, wire, clock)
    found = [user async for page in client.pages(ep.USERS, User, query={"limit": "90"}) for user in page.items]
    assert len(found) > 180  # three pages
    assert app.granted is not None
    assert (app.granted.missing, app.granted.dpop) == ((), dpop)
    locked = next(user for user in found if user.status == "LOCKED_OUT")
    unlock = Call("POST", f"/api/v1/users/{locked.id}/lifecycle/unlock")
    await client.send(unlock, approval=approved(unlock))
    assert (await client.user(locked.id)).status == "ACTIVE"
    assert tokens(wire) == (3 if dpop else 1)


async def test_a_nonce_from_the_last_time_makes_it_one_request(org: Org, wire: Wire, clock: FakeClock) -> None:
    first = app_of(org, "keydesk")
    kept: list[str] = []
    first.on_nonce = kept.append
    await client_of(first, wire, clock).all(ep.USERS, User, most=1)
    wire.sent.clear()
    again = app_of(org, "keydesk")
    again.use_nonce(kept[-1])
    await client_of(again, wire, clock).all(ep.USERS, User, most=1)
    assert tokens(wire) == 1


@pytest.mark.parametrize("name", ["keydesk-few-scopes", "keydesk-all-or-none"])
async def test_what_is_not_granted_is_known_by_name_however_the_org_refuses(
    name: str, org: Org, wire: Wire, clock: FakeClock
) -> None:
    app = app_of(org, name, "okta.users.read", "okta.groups.manage", "okta.policies.read")
    client = client_of(app, wire, clock)
    await client.all(ep.USERS, User, most=1)
    assert app.granted is not None
    assert app.granted.missing == ("okta.groups.manage", "okta.policies.read")
    with pytest.raises(MissingScope, match=r"okta\.policies\.read"):
        await client.send(Call("GET", "/api/v1/policies?type=PASSWORD"))


@pytest.mark.parametrize(
    ("name", "given", "kind", "field"),
    [
        ("keydesk", {"key": "service"}, BadClient, "private_key"),
        ("keydesk", {"key_id": "made-up"}, BadClient, "key_id"),
        ("keydesk-inactive", {}, BadClient, "client_id"),
        ("keydesk-no-scopes", {}, NoScopes, None),
    ],
)
async def test_what_the_org_refuses_names_the_field(
    name: str, given: dict[str, str], kind: type[Exception], field: str | None, org: Org, wire: Wire, clock: FakeClock
) -> None:
    with pytest.raises(kind) as caught:
        await client_of(app_of(org, name, **given), wire, clock).send(USER)
    assert getattr(caught.value, "field", None) == field


@pytest.mark.parametrize("hours", [5.5, -5.5])
@pytest.mark.parametrize("name", ["keydesk", "keydesk-bearer"])
async def test_a_clock_that_is_hours_off_does_not_matter(
    name: str, hours: float, org: Org, wire: Wire, clock: FakeClock
) -> None:
    org.clock = lambda: clock.now + hours * 3600
    client = client_of(app_of(org, name), wire, clock)
    for _ in range(2):
        assert (await client.all(ep.USERS, User, most=1))[0].id
    assert tokens(wire) <= 4


async def test_a_nonce_that_turns_in_between_is_followed(org: Org, wire: Wire, clock: FakeClock) -> None:
    app = app_of(org, "keydesk")
    client = client_of(app, wire, clock)
    await client.all(ep.USERS, User, most=1)
    org.proofs.turn()
    clock.now += 3600
    await client.all(ep.USERS, User, most=1)
    assert tokens(wire) == 3 + 2


class Noted(Wire):
    """A wire that remembers each proof as it went by: a request that is sent again is signed anew."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.proofs = [*getattr(self, "proofs", []), *request.headers.get_list("dpop")]
        return await super().handle_async_request(request)


async def test_a_rate_limit_in_the_middle_gets_new_proofs(org: Org, wire: Wire, clock: FakeClock) -> None:
    noted = Noted(wire)
    client = client_of(app_of(org, "keydesk"), noted, clock)
    await client.all(ep.USERS, User, most=1)
    org.faults.set(make_fault("429"))
    await client.all(ep.USERS, User, most=1)
    assert len(noted.proofs) == len(set(noted.proofs)) == 2 + 3
    assert clock.slept == [49.0]
