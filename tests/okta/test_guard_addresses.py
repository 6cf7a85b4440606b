"""Requests go to the org and nowhere else, and no path leaves that a server could read as another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.conftest import FakeClock
from tests.each import each
from tests.okta.support import ORG, USER, approved, client_of, line, okta
from tui.okta.calls import Call
from tui.okta.errors import Refused
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from tests.okta.support import Line

ELSEWHERE = [
    "https://evil.example/api/v1/users",
    "http://acme.okta.com/api/v1/users",
    "https://acme.okta.com:8443/api/v1/users",
    "https://acme.okta.com./api/v1/users",
    "https://acme.okta.com.evil.example/api/v1/users",
    "https://evil.example/acme.okta.com/api/v1/users",
    "https://acme.okta.com@evil.example/api/v1/users",
    "https://tess:secret@acme.okta.com/api/v1/users",
    "https://tess@acme.okta.com/api/v1/users",
    "https://\u0430cme.okta.com/api/v1/users",
    "https://evil\u3002example/api/v1/users",
    "https://acme-admin.okta.com/api/v1/users",
    "ws://acme.okta.com/api/v1/users",
    "file:///etc/passwd",
]


@each("url", ELSEWHERE)
@each("mode", Mode)
async def test_nothing_goes_anywhere_else(url: str, mode: Mode) -> None:
    clock = FakeClock()
    wire = line()
    http = await client_of(wire, clock, mode=mode).http()
    with pytest.raises((Refused, httpx.UnsupportedProtocol)):
        await http.get(url)
    path = httpx.URL(url).raw_path.decode()
    with pytest.raises((Refused, httpx.UnsupportedProtocol)):
        await http.post(url, extensions={"approval": approved(Call("POST", path))})
    assert wire.sent == []


async def test_a_call_cannot_turn_the_org_into_a_user_name(clock: FakeClock) -> None:
    wire = line()
    client = client_of(wire, clock)
    with pytest.raises(Refused):
        await client.send(Call("GET", "@evil.example/api/v1/users"))
    assert wire.sent == []


ODD_PATHS = [
    "/api/v1/users/%2e%2e/groups",
    "/api/v1/users/.%2E/groups",
    "/api/v1/users/%2e/groups",
    "/api/v1/users%2f00u1",
    "/api/v1/users%2F00u1",
    "/api/v1/users\\00u1",
    "/api/v1/users%5c00u1",
    "/api/v1//users",
    "//evil.example/api/v1/users",
    "/api/v1/users/..;/groups",
]


@each("path", ODD_PATHS)
@each("method", ["GET", "POST"])
async def test_a_path_that_a_server_could_read_as_another_is_refused(method: str, path: str) -> None:
    clock = FakeClock()
    wire = line()
    http = await client_of(wire, clock).http()
    with pytest.raises(Refused, match="odd path"):
        await http.request(method, ORG + path, extensions={"approval": approved(Call(method, path))})
    assert wire.sent == []


@pytest.mark.parametrize("path", ["/api/v1/users/../groups", "/api/v1/users/\uff0e\uff0e/groups", "/api/v1/./users"])
async def test_dots_never_reach_the_wire(path: str, clock: FakeClock) -> None:
    wire = line()
    http = await client_of(wire, clock).http()
    await http.get(ORG + path)
    assert not {".", ".."} & set(wire.sent[0].target.split("/"))
    assert wire.sent[0].target.isascii()


@pytest.mark.parametrize("target", ["/" + "x" * 70_000, "/api/v1/\x7f", "/api/v1/\n"], ids=["long", "del", "line"])
async def test_a_target_that_is_no_url_is_refused(target: str, clock: FakeClock) -> None:
    wire = line()
    with pytest.raises(Refused, match="odd path") as caught:
        await client_of(wire, clock).send(Call("GET", target))
    assert caught.value.request_id
    assert wire.sent == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_leads_nowhere_else(status: int, clock: FakeClock) -> None:
    wire = line(okta(None, status, headers={"location": "https://evil.example/api/v1/users"}))
    http = await client_of(wire, clock).http()
    assert (await http.get(ORG + USER.target)).status_code == status
    with pytest.raises(Refused, match="another address"):
        await http.get(ORG + USER.target, follow_redirects=True)
    assert {sent.origin for sent in wire.sent} == {ORG}
    assert len(wire.sent) == 2


async def test_nothing_is_sent_to_an_org_with_a_prefix_beside_it(clock: FakeClock) -> None:
    wire: Line = line()
    client = client_of(wire, clock, prefix="/op/user_get")
    http = await client.http()
    for path in ("/api/v1/users", "/op/user_get", "/op/user_get_more/api", "/op"):
        with pytest.raises(Refused, match="odd path"):
            await http.get(ORG + path)
    await client.send(USER)
    assert [sent.target for sent in wire.sent] == [f"/op/user_get{USER.target}"]
