"""The body of an answer, read within bounds, whatever a server or something in between sends.

httpx decompresses each part that arrives without a limit, so that 64 KB from the network may become 64 MB at once. Here
the compressed parts are read as they come and decompressed in small steps, each of which is counted.
"""

from __future__ import annotations

import asyncio
import zlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from tui.okta.errors import TooMuch
from tui.okta.http import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

MOST_BYTES: Final = 32 * 1024 * 1024
"""Bytes of a body after decompression; a page of 1,000 events of the System Log has about 4 MB."""
RATIO: Final = 100
"""How many times larger than what arrived a body may be; JSON is compressed to a fifth or a twentieth."""
RATIO_FROM: Final = 1024 * 1024
"""Bytes of a body from which on its ratio counts; a page of 200 people stays below them."""
MOST_ERROR_BYTES: Final = 1024 * 1024
"""Bytes that are read of the body of an error: of a longer one the status is enough."""
ENCODING: Final = "gzip"
"""The one content encoding that keydesk asks for and understands."""
CRUMBS: Final = 5000
"""Parts of a body from which on they must have `CRUMB` bytes on average: each costs work, however small it is."""
CRUMB: Final = 64
_PAUSE_EVERY: Final = 50
_STEP: Final = 256 * 1024
_LARGE: Final = 2 * 1024 * 1024
_DROPPED: Final = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})


class LargeBodies:
    """Lets one large body be read at a time, so that many endless answers at once do not fill the memory."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[_Turn]:
        """Yield what a body calls as it grows; the turn ends with the body."""
        turn = _Turn(self._lock)
        try:
            yield turn
        finally:
            if turn.held:
                self._lock.release()


class _Turn:
    """The turn of one body."""

    def __init__(self, lock: asyncio.Lock) -> None:
        self._lock = lock
        self.held = False

    async def grown(self, size: int) -> None:
        """Wait until no other body is large, once this one is."""
        if size > _LARGE and not self.held:
            await self._lock.acquire()
            self.held = True


async def whole(response: httpx.Response, large: LargeBodies) -> httpx.Response:
    """Read the body of an answer and return the answer with it, decompressed.

    Args:
        response: The answer as the wire gave it; its stream is closed in any case. Of an error, only the beginning of
            a large body is read.
        large: The turns of large bodies, shared by all answers of a connection.

    Raises:
        TooMuch: The body is larger than `MOST_BYTES`, or more than `RATIO` times what arrived; it comes in crumbs, or
            is encoded in a way that keydesk did not ask for.
        httpx.TransportError: The connection broke off.
        zlib.error: The compressed body is damaged.
    """
    if not isinstance(response.stream, httpx.AsyncByteStream):
        raise TypeError(type(response.stream).__name__)
    body, received, parts = bytearray(), 0, 0
    try:
        unpacker = _Unpacker(response.headers.get("content-encoding", ""))
        async with large.turn() as turn:
            async for part in response.stream:
                received += len(part)
                parts += 1
                if parts % _PAUSE_EVERY == 0:
                    await asyncio.sleep(0)  # many small parts may come at once; the app goes on between them
                if parts > CRUMBS and received < parts * CRUMB:
                    raise TooMuch("Okta's answer comes in crumbs", detail=f"{parts} parts, {received} bytes")
                for piece in unpacker.pieces(part):
                    body += piece
                    _check(len(body), received)
                if response.is_error and len(body) > MOST_ERROR_BYTES:
                    break
                await turn.grown(len(body))
            else:
                unpacker.end()
            content = bytes(body)
    finally:
        body.clear()  # an error keeps its traceback, and that would keep the body
        await response.aclose()
    headers = [(name, value) for name, value in response.headers.raw if name.lower() not in _DROPPED]
    return httpx.Response(response.status_code, headers=headers, content=content, extensions=response.extensions)


def _check(size: int, received: int) -> None:
    if size > MOST_BYTES:
        raise TooMuch(detail=f"more than {MOST_BYTES // 1024**2} MB")
    if size > RATIO_FROM and size > RATIO * received:
        raise TooMuch(detail=f"{size} bytes out of {received}: more than {RATIO} times as much")


class _Unpacker:
    """Decompresses a body in steps."""

    def __init__(self, encodings: str) -> None:
        names = [
            name for name in (part.strip().lower() for part in encodings.split(",")) if name not in {"", "identity"}
        ]
        if len(names) > 1 or any(name not in {ENCODING, "x-gzip"} for name in names):
            raise TooMuch(
                "Okta's answer is packed in a way that keydesk did not ask for",
                advice="Something between keydesk and Okta is probably changing answers: ask your network team.",
                detail=encodings[:80],
            )
        self._gzip = zlib.decompressobj(16 + zlib.MAX_WBITS) if names else None
        self._begun = False

    def pieces(self, part: bytes) -> Iterator[bytes]:
        """Yield a part decompressed, in pieces of at most 256 KB."""
        if self._gzip is None:
            yield part
            return
        self._begun |= bool(part)
        full = True  # what fills a step may not be all that the part stands for
        while (part or full) and not self._gzip.eof:
            piece = self._gzip.decompress(part, _STEP)
            part, full = self._gzip.unconsumed_tail, len(piece) == _STEP
            yield piece

    def end(self) -> None:
        """Check that nothing is missing.

        Raises:
            zlib.error: The body breaks off.
        """
        if self._gzip is not None and self._begun and not self._gzip.eof:
            raise zlib.error("the compressed body breaks off")
