"""A real CONNECT proxy on the loopback: what it is shown, and what an agent is told when it says no."""

from __future__ import annotations

import asyncio
import base64
import logging
import socket
import traceback
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.okta.support import ALL_ENDPOINTS, TOKEN, UNLOCK, USER, approved
from tests.okta.tls import HOST, ConnectProxy, Okta, bundle, leaf, listening, made, serving
from tui.okta.auth import ApiToken
from tui.okta.client import OktaClient
from tui.okta.errors import AnswerLost, TlsFailed
from tui.okta.network import Network
from tui.okta.network_errors import BadProxy, ProxyFailed, ProxyNotReached, ProxyRefused, UnknownIssuer
from tui.okta.policy import Mode, Policy
from tui.okta.wire import wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.conftest import FakeClock
    from tui.okta.errors import NotReached

PASSWORD = "pa@ss:w0rd"
WRITTEN = "pa%40ss:w0rd"


@pytest.fixture
def okta() -> Okta:
    return Okta()


@pytest.fixture
def proxy() -> ConnectProxy:
    return ConnectProxy()


@pytest.fixture(autouse=True)
def nothing_refused_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another test's proxy refused: ports are used again."""
    monkeypatch.setattr("tui.okta.wire._REFUSED_PASSWORDS", set())


@asynccontextmanager
async def through(
    proxy: ConnectProxy,
    okta: Okta,
    clock: FakeClock,
    folder: Path,
    *,
    user: str = "",
    scheme: str = "http",
    tls: bool | None = None,
    origin: str = f"https://{HOST}",
) -> AsyncIterator[OktaClient]:
    """A client of an Okta that only the proxy can find; HTTPS_PROXY names the proxy."""
    tls = scheme == "https" if tls is None else tls
    async with listening(okta, serving(leaf())), listening(proxy, serving(leaf()) if tls else None):
        proxy.leads_to = okta.port
        url = f"{scheme}://{user}127.0.0.1:{proxy.port}"
        origin = origin.replace(":0", f":{okta.port}")
        transport = wire(
            secure=True,
            network=Network(ca_bundle=bundle(folder)),
            host=origin.removeprefix("https://"),
            environ={"HTTPS_PROXY": url},
        )
        client = OktaClient(
            Policy(origin, Mode.READ_WRITE, endpoints=ALL_ENDPOINTS), ApiToken(TOKEN), clock=clock, transport=transport
        )
        try:
            yield client
        finally:
            await client.aclose()


async def change(client: OktaClient) -> None:
    await client.send(UNLOCK, approval=approved(UNLOCK))


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_proxy_sees_the_host_and_nothing_else(
    scheme: str, proxy: ConnectProxy, okta: Okta, clock: FakeClock, tmp_path: Path
) -> None:
    async with through(proxy, okta, clock, tmp_path, scheme=scheme) as client:
        await client.send(USER)
        await change(client)
    assert proxy.heads == [f"CONNECT {HOST}:443 HTTP/1.1\r\nHost: {HOST}:443\r\nAccept: */*\r\n\r\n"]
    assert okta.lines == [f"GET {USER.target} HTTP/1.1", f"POST {UNLOCK.target} HTTP/1.1"]
    assert all(f"SSWS {TOKEN}" in head for head in okta.heads)


async def test_user_and_password_are_for_the_proxy_alone(
    proxy: ConnectProxy, okta: Okta, clock: FakeClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with through(proxy, okta, clock, tmp_path, user=f"tess:{WRITTEN}@") as client:
        await client.send(USER)
    basic = base64.b64encode(f"tess:{PASSWORD}".encode()).decode()
    assert f"Proxy-Authorization: Basic {basic}\r\n" in proxy.heads[0]
    assert "proxy-authorization" not in okta.heads[0].lower()
    assert "send_request_headers" in caplog.text
    for secret in (PASSWORD, WRITTEN, basic, TOKEN):
        assert secret not in caplog.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_the_loopback_is_not_proxied(
    host: str, proxy: ConnectProxy, okta: Okta, clock: FakeClock, tmp_path: Path
) -> None:
    async with through(proxy, okta, clock, tmp_path, origin=f"https://{host}:0") as client:
        await client.send(USER)
    assert (proxy.connections, len(okta.heads)) == (0, 1)


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (407, ProxyRefused, "wants a sign-in"),
        (403, ProxyRefused, f"does not let {HOST} through"),
        (405, ProxyRefused, f"does not let {HOST} through"),
        (302, ProxyRefused, f"does not let {HOST} through"),
        (502, ProxyFailed, f"cannot reach {HOST}"),
        (503, ProxyFailed, f"cannot reach {HOST}"),
        (504, ProxyFailed, f"cannot reach {HOST}"),
    ],
)
async def test_a_proxy_that_says_no_is_told_from_okta(
    status: int,
    kind: type[NotReached],
    words: str,
    proxy: ConnectProxy,
    okta: Okta,
    clock: FakeClock,
    tmp_path: Path,
) -> None:
    proxy.answer = f"HTTP/1.1 {status} \x1b[31mNo\r\nContent-Length: 3\r\n\r\nno!".encode()
    async with through(proxy, okta, clock, tmp_path) as client:
        with pytest.raises(kind) as caught:
            await change(client)
    assert words in caught.value.title
    assert f"127.0.0.1:{proxy.port}" in caught.value.title
    assert "Nothing was sent" in caught.value.advice
    assert str(caught.value).isprintable()
    assert str(status) in caught.value.detail
    assert not caught.value.sent
    assert (len(proxy.heads), okta.connections) == (1, 0)


async def test_a_refused_password_is_shown_once_and_to_nobody_else(
    proxy: ConnectProxy, okta: Okta, clock: FakeClock, tmp_path: Path
) -> None:
    proxy.answer = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    async with through(proxy, okta, clock, tmp_path, user=f"tess:{WRITTEN}@") as client:
        failures = []
        for _ in range(3):
            with pytest.raises(ProxyRefused, match="does not accept the user or the password") as caught:
                await client.send(USER)
            failures.append(caught.value)
    assert len(proxy.heads) == 1
    basic = base64.b64encode(f"tess:{PASSWORD}".encode()).decode()
    assert basic in proxy.heads[0]
    for failure in failures:
        assert "HTTPS_PROXY" in failure.advice
        assert failure.__cause__ is failure.__context__ is None
        assert failure.__traceback__ is not None
        below = failure.__traceback__.tb_next  # this test's own frame knows them, of course
        told = traceback.TracebackException(ProxyRefused, failure, below, capture_locals=True)
        report = "".join(told.format())
        assert "handle_async_request" in report
        for secret in (PASSWORD, WRITTEN, basic, TOKEN):
            assert secret not in report


async def test_a_refused_password_is_shown_once_also_when_several_start_at_once(
    proxy: ConnectProxy, okta: Okta, clock: FakeClock, tmp_path: Path
) -> None:
    proxy.answer = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    async with through(proxy, okta, clock, tmp_path, user=f"tess:{WRITTEN}@") as client:
        failures = await asyncio.gather(*(client.send(USER) for _ in range(5)), return_exceptions=True)
    assert [type(failure) for failure in failures] == [ProxyRefused] * 5
    assert len(proxy.heads) == 1
    assert all(HOST in str(failure) or "does not accept the user" in str(failure) for failure in failures)


async def test_it_is_not_shown_by_another_connector_of_this_process_either(
    proxy: ConnectProxy, okta: Okta, clock: FakeClock, tmp_path: Path
) -> None:
    proxy.answer = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    network = Network(ca_bundle=bundle(tmp_path))
    policy = Policy(f"https://{HOST}", endpoints=ALL_ENDPOINTS)
    async with listening(proxy):
        environ = {"HTTPS_PROXY": f"http://tess:{WRITTEN}@127.0.0.1:{proxy.port}"}
        for _ in range(2):
            transport = wire(secure=True, network=network, host=HOST, environ=environ)
            client = OktaClient(policy, ApiToken(TOKEN), clock=clock, transport=transport)
            with pytest.raises(ProxyRefused):
                await client.send(USER)
            await client.aclose()
        other = {"HTTPS_PROXY": f"http://tess:corrected@127.0.0.1:{proxy.port}"}
        transport = wire(secure=True, network=network, host=HOST, environ=other)
        client = OktaClient(policy, ApiToken(TOKEN), clock=clock, transport=transport)
        with pytest.raises(ProxyRefused):
            await client.send(USER)
        await client.aclose()
    assert len(proxy.heads) == 2, "once for each password"


async def test_several_that_start_at_once_get_through_with_a_password(
    proxy: ConnectProxy, okta: Okta, clock: FakeClock, tmp_path: Path
) -> None:
    async with through(proxy, okta, clock, tmp_path, user=f"tess:{WRITTEN}@") as client:
        await asyncio.gather(*(client.send(USER) for _ in range(5)))
    assert len(okta.heads) == 5


async def test_without_a_password_the_proxy_is_asked_again(
    proxy: ConnectProxy, okta: Okta, clock: FakeClock, tmp_path: Path
) -> None:
    yes, proxy.answer = proxy.answer, b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"
    async with through(proxy, okta, clock, tmp_path) as client:
        with pytest.raises(ProxyRefused):
            await change(client)
        proxy.answer = yes  # signed in meanwhile, by a browser
        await change(client)
    assert len(okta.heads) == 1


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 2"])
async def test_what_breaks_off_before_the_tunnel_stands_was_not_sent(
    answer: bytes, proxy: ConnectProxy, okta: Okta, clock: FakeClock, tmp_path: Path
) -> None:
    proxy.answer = answer
    async with through(proxy, okta, clock, tmp_path) as client:
        with pytest.raises(ProxyNotReached, match="does not answer as a proxy") as caught:
            await change(client)
    assert not caught.value.sent
    assert okta.connections == 0


async def test_a_proxy_that_stays_silent_was_not_sent_anything(
    proxy: ConnectProxy, okta: Okta, clock: FakeClock, tmp_path: Path
) -> None:
    proxy.silent = True
    async with through(proxy, okta, clock, tmp_path) as client:
        assert client._transport is not None
        quick = httpx.Request("POST", f"https://{HOST}/", extensions={"timeout": {"read": 0.01}}, content=b"x")
        with pytest.raises(ProxyNotReached) as caught:
            await client._transport.handle_async_request(quick)
    assert not caught.value.sent


async def test_what_breaks_off_inside_the_tunnel_may_have_been_sent(
    proxy: ConnectProxy, okta: Okta, clock: FakeClock, tmp_path: Path
) -> None:
    async with through(proxy, okta, clock, tmp_path) as client:
        await client.send(USER)
        okta.answer = b""
        with pytest.raises(AnswerLost) as caught:
            await change(client)
    assert caught.value.sent
    assert okta.lines[-1].startswith("POST")


async def test_where_no_proxy_listens_it_is_the_proxy_that_is_named(clock: FakeClock, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        network = Network(f"http://{address}", bundle(tmp_path))
        transport = wire(secure=True, network=network, host=HOST, environ={})
        client = OktaClient(
            Policy(f"https://{HOST}", Mode.READ_WRITE, endpoints=ALL_ENDPOINTS),
            ApiToken(TOKEN),
            clock=clock,
            transport=transport,
        )
        with pytest.raises(ProxyNotReached) as caught:
            await change(client)
        await client.aclose()
    assert caught.value.title == f"The proxy {address} refuses the connection"
    assert "the connector's `proxy`" in caught.value.advice


async def test_a_proxy_without_tls_that_is_written_as_https(
    proxy: ConnectProxy, okta: Okta, clock: FakeClock, tmp_path: Path
) -> None:
    class Plain(ConnectProxy):
        async def talk(self, reader: object, writer: object) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")  # type: ignore[attr-defined]

    async with through(Plain(), okta, clock, tmp_path, scheme="https", tls=False) as client:
        with pytest.raises(ProxyNotReached, match="speaks plain http") as caught:
            await change(client)
    assert "http:// instead of https://" in caught.value.advice


async def test_an_inspecting_proxy_is_named_by_what_it_issues(
    proxy: ConnectProxy, okta: Okta, clock: FakeClock, tmp_path: Path
) -> None:
    other = made("Other Root", "Other Ltd.", ca=True)
    async with listening(okta, serving(leaf())), listening(proxy):
        proxy.leads_to = okta.port
        network = Network(f"http://127.0.0.1:{proxy.port}", bundle(tmp_path, other))
        transport = wire(secure=True, network=network, host=HOST, environ={})
        client = OktaClient(
            Policy(f"https://{HOST}", Mode.READ_WRITE, endpoints=ALL_ENDPOINTS),
            ApiToken(TOKEN),
            clock=clock,
            transport=transport,
        )
        with pytest.raises(TlsFailed) as caught:
            await change(client)
        await client.aclose()
    assert isinstance(caught.value, UnknownIssuer)
    assert caught.value.issuer == "Zscaler Inc."
    assert caught.value.title == f"The certificate of {HOST} is issued by Zscaler Inc., which is not trusted here"
    assert okta.heads == []


async def test_a_client_takes_the_way_that_its_connector_names(
    proxy: ConnectProxy, okta: Okta, clock: FakeClock, tmp_path: Path
) -> None:
    async with listening(okta, serving(leaf())), listening(proxy):
        proxy.leads_to = okta.port
        network = Network(f"http://127.0.0.1:{proxy.port}", bundle(tmp_path))
        policy = Policy(f"https://{HOST}", Mode.READ_WRITE, endpoints=ALL_ENDPOINTS)
        client = OktaClient(policy, ApiToken(TOKEN), clock=clock, network=network)
        await client.send(USER)
        await client.aclose()
        client = OktaClient(policy, ApiToken(TOKEN), clock=clock, network=Network("socks5://127.0.0.1:1"))
        with pytest.raises(BadProxy):
            await client.send(USER)
        await client.aclose()
    assert (proxy.connections, len(okta.heads)) == (1, 1)
