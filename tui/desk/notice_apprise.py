"""Notices by Apprise: Slack, Teams and many others, by a URL with the person's fields in it.

Apprise says yes or no. A no is told apart by what it logs of its own accord, never by text that a person's field may be
in: an answer of the server, or no connection, is certainly not sent; everything else may have been, and is not sent
again.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from tui.desk.notices import Delivery, Fate
from tui.desk.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from apprise import Apprise

    from tui.desk.notice_rules import Way
    from tui.desk.notices import Message
    from tui.desk.secrets import Secret

SECONDS: Final = 60.0
FIELD: Final = re.compile(r"\{(\w+)\}")
_NEVER_REACHED: Final = re.compile(
    r"\(Caused by (NewConnectionError|NameResolutionError|SSLError|ConnectTimeoutError|ProxyError)\("
)
"""As urllib3 writes it; a parenthesis in a field is percent-encoded in the URL, so that no field can look like this."""
_STATUS: Final = re.compile(r"error=(\d{3})\.?\s*$")
"""At the end of Apprise's own warnings."""
_FOR_ALL: Final = frozenset({401, 403, 408, 429})
"""Answers that say nothing about one receiver."""
_APART: Final = re.compile(r"[\s,;<>\"]")
"""Where Apprise would begin another receiver, or lose part of one."""


class AppriseChannel:
    """Sends by one URL. The text is plain: nothing in it is markup or a command.

    Args:
        way: The URL with `{secret}` and the person's fields in braces.
        secret: What `{secret}` stands for.
    """

    def __init__(self, way: Way, secret: Secret) -> None:
        self.name = way.name
        self._way = way
        self._secret = secret

    async def check(self) -> Delivery:
        """Whether the URL is one that Apprise understands; nothing is sent."""
        found = await asyncio.to_thread(self._service, {})
        if found is None:
            return Delivery(Fate.LATER, "Apprise does not understand the URL", everything=True)
        return Delivery(Fate.SENT, "Apprise understands the URL")

    async def send(self, message: Message, *, key: str = "", at: datetime | None = None) -> Delivery:  # noqa: ARG002 - Channel's
        """Send one, in a thread; never raises for what a server does."""
        sending = asyncio.ensure_future(asyncio.to_thread(self._send, message))
        try:
            return await asyncio.wait_for(asyncio.shield(sending), SECONDS)
        except TimeoutError:
            return Delivery(Fate.UNKNOWN, f"no answer within {SECONDS:.0f} s")

    async def aclose(self) -> None:
        """There is no connection to let go of."""

    def url(self, fields: Mapping[str, str]) -> str:
        """The URL for one person; every value is percent-encoded, so that it cannot change what is around it."""

        def fill(match: re.Match[str]) -> str:
            if match[1] == "secret":
                return self._secret.reveal()
            return quote(plain(fields.get(match[1], "")), safe="")

        return FIELD.sub(fill, self._way.url)

    @property
    def _named(self) -> tuple[str, ...]:
        """The person's fields in the URL."""
        return tuple(name for name in dict.fromkeys(FIELD.findall(self._way.url)) if name != "secret")

    def _unfit(self, fields: Mapping[str, str]) -> str:
        """Why the URL cannot be filled for somebody; empty where it can."""
        for name in self._named:
            value = fields.get(name, "")
            if value in {"", ".", ".."} or _APART.search(value) or not value.isprintable():
                return (
                    f"what stands in {name} cannot stand in the URL: it is empty, or has a space, a comma or the like"
                )
        return ""

    def _service(self, fields: Mapping[str, str]) -> Apprise | None:
        import apprise  # noqa: PLC0415 - 0.2 s, only where it is used

        service = apprise.Apprise()
        return service if service.add(self.url(fields)) else None

    def _send(self, message: Message) -> Delivery:
        if why := self._unfit(message.fields):
            return Delivery(Fate.REFUSED, why)
        service = self._service(message.fields)
        plain_one = self._service(dict.fromkeys(self._named, "x1"))
        if service is None or plain_one is None:
            return Delivery(Fate.LATER, "Apprise does not understand the URL", everything=True)
        receivers = sum(map(len, service))
        if receivers != sum(map(len, plain_one)):
            return Delivery(Fate.REFUSED, "what stands in a field would add or take away a receiver")
        if not _ONE.acquire(timeout=SECONDS / 2):  # its words could not be told from those of this one
            return Delivery(Fate.LATER, "a message before this one is still under way", everything=True)
        try:
            return self._notify(service, message, alone=receivers <= 1)
        finally:
            _ONE.release()

    def _notify(self, service: Apprise, message: Message, *, alone: bool) -> Delivery:
        with _heard() as said:
            sent = service.notify(message.body, title=message.subject, body_format="text", interpret_escapes=False)
        return Delivery(Fate.SENT, "accepted") if sent else self._failure(said, alone=alone)

    def _failure(self, said: Sequence[str], *, alone: bool) -> Delivery:
        """What a no means; of several receivers one may have got it."""
        if not alone:
            return Delivery(Fate.UNKNOWN, "not all receivers of the URL took it")
        status = next((int(found[1]) for line in said if (found := _STATUS.search(line))), 0)
        if status >= 500:  # noqa: PLR2004 - HTTP's server errors: it may have been taken all the same
            return Delivery(Fate.UNKNOWN, f"the server answered {status}")
        if status >= 400:  # noqa: PLR2004 - HTTP's refusals
            everything = status in _FOR_ALL or not self._named
            return Delivery(Fate.LATER, f"the server answered {status}", everything=everything)
        if any(_NEVER_REACHED.search(line) for line in said):
            return Delivery(Fate.LATER, "the server cannot be reached", everything=True)
        return Delivery(Fate.UNKNOWN, "Apprise says only that it did not work")


_ONE: Final = threading.Lock()


class _Heard(logging.Handler):
    """What Apprise says: its warnings, and of what it says for debugging only the faults of a socket."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line that keydesk understands; the others hold the message and are not kept."""
        line = record.getMessage()
        if record.levelno >= logging.WARNING or line.startswith("Socket Exception:"):
            self.lines.append(line)


@contextmanager
def _heard() -> Iterator[list[str]]:
    """Listen to Apprise for the time of one message; nobody else does, since it logs URLs with their tokens."""
    logger, handler = logging.getLogger("apprise"), _Heard()
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    try:
        yield handler.lines
    finally:
        logger.removeHandler(handler)
