"""Notices by Apprise: Slack, Teams and many others, by a URL with the person's fields in it.

Apprise answers yes or no. The reason for a no is read from Apprise's own log lines, never from text that may hold a
person's field. After a refusal of the server, or without a connection, a message was certainly not sent; in every other
case it may have been sent, and is not sent again.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from tui.desk.notices.notice import Delivery, Fate
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from apprise import Apprise

    from tui.desk.connectors.secrets import Secret
    from tui.desk.notices.notice import Message
    from tui.desk.notices.rules import NoticeWay

SECONDS: Final = 60.0
FIELD: Final = re.compile(r"\{(\w+)\}")
_NEVER_REACHED: Final = re.compile(
    r"\(Caused by (NewConnectionError|NameResolutionError|SSLError|ConnectTimeoutError|ProxyError)\("
)
"""The words of urllib3. A parenthesis in a field is percent-encoded in the URL, so no field can look like this."""
_STATUS: Final = re.compile(r"error=(\d{3})\.?\s*$")
"""The status code at the end of Apprise's own warnings."""
_FOR_ALL: Final = frozenset({401, 403, 408, 429})
"""Status codes that are not about one receiver, but about keydesk or the server."""
_APART: Final = re.compile(r"[\s,;<>\"]")
"""Characters at which Apprise would begin another receiver, or lose part of one."""


class AppriseChannel:
    """Sends by one URL. The text is plain: nothing in it is markup or a command.

    Args:
        way: The URL with `{secret}` and the person's fields in braces.
        secret: The value for `{secret}`.
    """

    def __init__(self, way: NoticeWay, secret: Secret) -> None:
        self.name = way.name
        self._way = way
        self._secret = secret

    async def check(self) -> Delivery:
        """Find out whether Apprise understands the URL; nothing is sent."""
        service = await asyncio.to_thread(self._service, {})
        if service is None:
            return Delivery(Fate.LATER, "Apprise does not understand the URL", everything=True)
        return Delivery(Fate.SENT, "Apprise understands the URL")

    async def send(self, message: Message, *, key: str = "", at: datetime | None = None) -> Delivery:  # noqa: ARG002 - the signature of Channel
        """Send one message, in a thread. Never raises for what a server does."""
        sending = asyncio.ensure_future(asyncio.to_thread(self._send, message))
        try:
            return await asyncio.wait_for(asyncio.shield(sending), SECONDS)
        except TimeoutError:
            return Delivery(Fate.UNKNOWN, f"no answer within {SECONDS:.0f} s")

    async def aclose(self) -> None:
        """There is no connection to close."""

    def url(self, fields: Mapping[str, str]) -> str:
        """The URL for one person. Each value is percent-encoded, so that it cannot change the rest of the URL."""

        def fill(match: re.Match[str]) -> str:
            if match[1] == "secret":
                return self._secret.reveal()
            return quote(plain(fields.get(match[1], "")), safe="")

        return FIELD.sub(fill, self._way.url)

    @property
    def _named(self) -> tuple[str, ...]:
        """The person's fields that the URL names."""
        return tuple(name for name in dict.fromkeys(FIELD.findall(self._way.url)) if name != "secret")

    def _unfit(self, fields: Mapping[str, str]) -> str:
        """Why the URL cannot be filled with a person's fields; empty where it can."""
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
        harmless = self._service(dict.fromkeys(self._named, "x1"))
        if service is None or harmless is None:
            return Delivery(Fate.LATER, "Apprise does not understand the URL", everything=True)
        receivers = sum(map(len, service))
        if receivers != sum(map(len, harmless)):
            return Delivery(Fate.REFUSED, "what stands in a field would add or take away a receiver")
        if not _ONE.acquire(timeout=SECONDS / 2):  # the log lines of two messages at once could not be told apart
            return Delivery(Fate.LATER, "a message before this one is still under way", everything=True)
        try:
            return self._notify(service, message, alone=receivers <= 1)
        finally:
            _ONE.release()

    def _notify(self, service: Apprise, message: Message, *, alone: bool) -> Delivery:
        with _listening() as said:
            sent = service.notify(message.body, title=message.subject, body_format="text", interpret_escapes=False)
        return Delivery(Fate.SENT, "accepted") if sent else self._failure(said, alone=alone)

    def _failure(self, said: Sequence[str], *, alone: bool) -> Delivery:
        """The result for a no. Where the URL has several receivers, one of them may have got the message."""
        if not alone:
            return Delivery(Fate.UNKNOWN, "not all receivers of the URL took it")
        status = next((int(match[1]) for line in said if (match := _STATUS.search(line))), 0)
        if status >= 500:  # noqa: PLR2004 - a server error, after which the message may be sent all the same
            return Delivery(Fate.UNKNOWN, f"the server answered {status}")
        if status >= 400:  # noqa: PLR2004 - a refusal
            everything = status in _FOR_ALL or not self._named
            return Delivery(Fate.LATER, f"the server answered {status}", everything=everything)
        if any(_NEVER_REACHED.search(line) for line in said):
            return Delivery(Fate.LATER, "the server cannot be reached", everything=True)
        return Delivery(Fate.UNKNOWN, "Apprise says only that it did not work")


_ONE: Final = threading.Lock()


class _Listener(logging.Handler):
    """Collects what Apprise logs: its warnings, and of its debug lines only the faults of a socket."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Collect a line that keydesk understands. Other lines hold the message, and are dropped."""
        line = record.getMessage()
        if record.levelno >= logging.WARNING or line.startswith("Socket Exception:"):
            self.lines.append(line)


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Collect Apprise's log lines for one message. No other handler gets them, since they hold URLs with tokens."""
    logger, handler = logging.getLogger("apprise"), _Listener()
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    try:
        yield handler.lines
    finally:
        logger.removeHandler(handler)
