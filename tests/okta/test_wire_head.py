"""What comes before an answer begins is bounded too, on a real connection: httpx skips any number of `100 Continue`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.okta.support import ALL_ENDPOINTS, TOKEN, USER
from tests.okta.tls import Peer, listening
from tui.okta.auth import ApiToken
from tui.okta.client import OktaClient
from tui.okta.errors import TooMuch
from tui.okta.policy import Policy

if TYPE_CHECKING:
    import asyncio

    from tests.conftest import FakeClock

OK = b"HTTP/1.1 200 OK\r\nX-Okta-Request-Id: r1\r\nContent-Length: 13\r\n\r\n" + b'{"id": "00u1"'
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass
class Talkative(Peer):
    """Says something so many times before each answer."""

    times: int = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await self.head(reader)
            for _ in range(self.times):
                writer.write(CONTINUE * 100)
                await writer.drain()
            writer.write(OK)


async def asked(clock: FakeClock, server: Talkative) -> list[int]:
    """Ask four times on one connection; the statuses."""
    async with listening(server):
        policy = Policy(f"http://127.0.0.1:{server.port}", endpoints=ALL_ENDPOINTS)
        client = OktaClient(policy, ApiToken(TOKEN), clock=clock)
        try:
            return [(await client.send(USER)).status for _ in range(4)]
        finally:
            await client.aclose()


async def test_some_words_before_each_answer_are_passed_over(clock: FakeClock) -> None:
    server = Talkative(times=40)  # 100 KB; over four answers more than one answer may have
    assert await asked(clock, server) == [200] * 4
    assert server.connections == 1


async def test_words_without_end_are_not(clock: FakeClock) -> None:
    with pytest.raises(TooMuch, match="does not begin"):
        await asked(clock, Talkative(times=100_000))
