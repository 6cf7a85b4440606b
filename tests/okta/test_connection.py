"""The real network stack against a tiny server on the loopback: one pool, kept alive, and no way round the guard."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.okta.support import ALL_ENDPOINTS, TOKEN, UNLOCK, USER, approved, client_of, line
from tui.okta.auth import ApiToken
from tui.okta.calls import Call
from tui.okta.client import OktaClient
from tui.okta.errors import AnswerLost, NotReached, Refused, TlsFailed
from tui.okta.policy import Mode, Policy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import httpx

    from tests.conftest import FakeClock

HEAD = b"HTTP/1.1 200 OK\r\nX-Okta-Request-Id: r1\r\nSet-Cookie: sid=1; Path=/\r\nContent-Length: 12\r\n\r\n"
GOOD = HEAD + b'{"id":"00u"}'
CUT = GOOD[:-4]


@dataclass
class Server:
    """Answers every request alike and remembers what it was sent."""

    answer: bytes = GOOD
    keeps_alive: bool = True
    listens: bool = True
    connections: int = 0
    heads: list[str] = field(default_factory=list)
    port: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            while True:
                if self.listens:
                    head = await reader.readuntil(b"\r\n\r\n")
                    self.heads.append(head.decode("latin-1"))
                    await asyncio.sleep(0)
                writer.write(self.answer)
                await writer.drain()
                if not self.keeps_alive:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @property
    def lines(self) -> list[str]:
        return [head.partition("\r\n")[0] for head in self.heads]


@asynccontextmanager
async def listening(server: Server) -> AsyncIterator[Server]:
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        await asyncio.gather(*server.tasks)
        await listener.wait_closed()


@asynccontextmanager
async def connected(
    server: Server, clock: FakeClock, *, scheme: str = "http"
) -> AsyncIterator[tuple[OktaClient, httpx.AsyncClient]]:
    policy = Policy(f"{scheme}://127.0.0.1:{server.port}", Mode.READ_WRITE, endpoints=ALL_ENDPOINTS)
    client = OktaClient(policy, ApiToken(TOKEN), clock=clock)
    try:
        yield client, await client.http()
    finally:
        await client.aclose()


async def test_one_connection_serves_one_after_another(clock: FakeClock) -> None:
    async with listening(Server()) as server, connected(server, clock) as (client, _):
        for _ in range(20):
            await client.user("00u1")
        await client.send(UNLOCK, approval=approved(UNLOCK))
    assert (server.connections, len(server.heads)) == (1, 21)


async def test_many_at_once_share_a_bounded_pool(clock: FakeClock) -> None:
    async with listening(Server()) as server, connected(server, clock) as (client, _):
        await asyncio.gather(*(client.user("00u1") for _ in range(60)))
        assert 1 <= server.connections <= 16
        assert len(server.heads) == 60


async def test_the_first_requests_at_the_same_moment_build_one_client(clock: FakeClock) -> None:
    client = client_of(line(), clock)
    built = await asyncio.gather(*(client.http() for _ in range(8)))
    assert len({id(http) for http in built}) == 1


async def test_a_lost_connection_is_made_anew_for_a_read(clock: FakeClock) -> None:
    async with listening(Server(keeps_alive=False)) as server, connected(server, clock) as (client, _):
        await client.user("00u1")
        await client.user("00u1")
    assert server.connections >= 2


async def test_timeouts_are_explicit_for_each_step(clock: FakeClock) -> None:
    wire = line()
    await client_of(wire, clock).send(USER)
    assert wire.sent[0].extensions["timeout"] == {"connect": 10.0, "read": 35.0, "write": 10.0, "pool": 10.0}


async def test_okta_keeps_no_session_in_us(clock: FakeClock) -> None:
    async with listening(Server()) as server, connected(server, clock) as (client, http):
        await client.user("00u1")
        await client.user("00u1")
        assert len(http.cookies) == 0
    assert all("cookie" not in head.lower() for head in server.heads)


@pytest.mark.parametrize("name", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"])
async def test_a_proxy_of_the_environment_is_no_way_round(
    name: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listening(Server()) as proxy, listening(Server()) as server:
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with connected(server, clock) as (client, http):
            await client.user("00u1")
            with pytest.raises(Refused):
                await http.post(f"http://127.0.0.1:{server.port}{UNLOCK.target}")
    assert proxy.connections == 0
    assert server.lines == [f"GET {USER.target.replace('person', '')} HTTP/1.1"]


async def test_a_netrc_does_not_sign_for_us(clock: FakeClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login tess password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    async with listening(Server()) as server, connected(server, clock) as (client, _):
        await client.user("00u1")
    assert f"Authorization: SSWS {TOKEN}".lower() in server.heads[0].lower()
    assert "Basic" not in server.heads[0]


async def test_the_core_of_httpx_is_not_given_another_target(clock: FakeClock) -> None:
    async with listening(Server()) as server, connected(server, clock) as (_, http):
        url = f"http://127.0.0.1:{server.port}/api/v1/org"
        answer = await http.get(url, extensions={"target": UNLOCK.target.encode()})
        assert "network_stream" not in answer.extensions
        async with http.stream("GET", url) as streamed:
            assert "network_stream" not in streamed.extensions
    assert server.lines == ["GET /api/v1/org HTTP/1.1"] * 2


async def test_a_target_arrives_to_the_byte(clock: FakeClock) -> None:
    target = "/api/v1/users?after=200%3a%2F+x,y&search=profile.login%20sw%20%22a%22&z='{|}"
    async with listening(Server()) as server, connected(server, clock) as (client, _):
        await client.send(Call("GET", target))
    assert server.lines == [f"GET {target} HTTP/1.1"]


async def test_a_change_whose_connection_broke_off_is_sent_once(clock: FakeClock) -> None:
    for answer in (b"", CUT, b"HTTP/1.1 200"):
        server = Server(answer, keeps_alive=False)
        async with listening(server), connected(server, clock) as (client, _):
            with pytest.raises(AnswerLost) as caught:
                await client.send(UNLOCK, approval=approved(UNLOCK))
        assert server.lines == [f"POST {UNLOCK.target} HTTP/1.1"]
        report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        assert TOKEN not in "".join(line for line in report.format() if "server" not in line)


async def test_a_read_whose_connection_broke_off_is_tried_again(clock: FakeClock) -> None:
    server = Server(CUT, keeps_alive=False)
    async with listening(server), connected(server, clock) as (client, _):
        with pytest.raises(AnswerLost):
            await client.user("00u1")
    assert len(server.heads) == 4


async def test_where_nobody_listens_nothing_was_sent(clock: FakeClock) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = Server(port=free.getsockname()[1])
        async with connected(nobody, clock) as (client, _):
            with pytest.raises(NotReached) as caught:
                await client.send(UNLOCK, approval=approved(UNLOCK))
    assert not caught.value.sent


async def test_https_is_not_spoken_with_a_server_that_cannot(clock: FakeClock) -> None:
    server = Server(b"HTTP/1.1 400 Bad Request\r\n\r\n", keeps_alive=False, listens=False)
    async with listening(server), connected(server, clock, scheme="https") as (client, _):
        with pytest.raises(TlsFailed) as caught:
            await client.send(UNLOCK, approval=approved(UNLOCK))
    assert "WRONG_VERSION_NUMBER" in caught.value.detail
    assert server.connections == 1


async def test_the_debug_log_of_the_network_does_not_hold_the_token(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with listening(Server()) as server, connected(server, clock) as (client, _):
        await client.user("00u1")
    assert "send_request_headers" in caplog.text
    assert TOKEN not in caplog.text


async def test_closing_twice_or_unopened_is_fine(clock: FakeClock) -> None:
    wire = line()
    client = client_of(wire, clock)
    await client.aclose()
    await client.send(USER)
    await client.aclose()
    await client.aclose()
    assert wire.closed == 1
