"""A line on which each call takes its time: it stands between keydesk and an org, and notes what was asked and when."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD_END = b"\r\n\r\n"


@dataclass
class Call:
    """One call on the line.

    Attributes:
        name: Its method and path, without the query.
        began: When it arrived, by the performance counter.
        ended: When its answer was sent; 0 while it is on its way.
    """

    name: str
    began: float
    ended: float = 0.0


@dataclass
class SlowLine:
    """Passes calls on to an org and holds each answer back.

    Attributes:
        org: The org's address.
        delay: Seconds that each call takes beside what the org needs.
        calls: All calls so far.
        url: The line's own address.
    """

    org: str
    delay: float
    calls: list[Call] = field(default_factory=list)
    url: str = ""

    @classmethod
    @contextmanager
    def to(cls, org: str, delay: float) -> Iterator[Self]:
        """Give a line to an org, which serves in a thread of its own until the end."""
        line = cls(org, delay)
        loop = asyncio.new_event_loop()
        server = loop.run_until_complete(asyncio.start_server(line._serve, "127.0.0.1", 0))
        line.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            yield line
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()

    def since(self, began: float) -> list[Call]:
        """Return the calls that began at or after a time of the performance counter."""
        return [call for call in self.calls if call.began >= began]

    async def _serve(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                request = await _message(client)
                method, target, _ = request.split(b" ", 2)
                call = Call(f"{method.decode()} {target.partition(b'?')[0].decode()}", time.perf_counter())
                self.calls.append(call)
                await asyncio.sleep(self.delay)
                back.write(await self._answer(request))
                call.ended = time.perf_counter()
                await back.drain()
        back.close()

    async def _answer(self, request: bytes) -> bytes:
        """Ask the org on a connection of its own, which no pause can have closed."""
        there = urlsplit(self.org)
        org, onward = await asyncio.open_connection(there.hostname, there.port)
        onward.write(request)
        answer = await _message(org)
        onward.close()
        return answer


async def _message(reader: asyncio.StreamReader) -> bytes:
    """Read one request or answer whole; both tell their length, as keydesk and the demo org do."""
    head = await reader.readuntil(HEAD_END)
    fields = (line.partition(b":") for line in head.lower().split(b"\r\n"))
    length = next((int(value) for name, _, value in fields if name == b"content-length"), 0)
    return head + await reader.readexactly(length)


def rounds(calls: list[Call]) -> list[list[Call]]:
    """Return the calls as rounds one after the other: each holds what was under way before its first answer came."""
    found: list[list[Call]] = []
    until = 0.0
    for call in sorted(calls, key=lambda call: call.began):
        if not found or call.began >= until:
            found.append([])
            until = call.ended
        found[-1].append(call)
        until = min(until, call.ended)
    return found
