"""Notices by Apprise: Slack, Teams and many others, by a URL with the person's fields in it.

Apprise says yes or no. A no is told apart by what it logs: an answer of the server, or no connection, is certainly not
sent; everything else may have been, and is not sent again.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from tui.desk.notices import Delivery, Fate
from tui.desk.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tui.desk.notice_rules import Way
    from tui.desk.notices import Message
    from tui.desk.secrets import Secret

SECONDS: Final = 60.0
_FIELD: Final = re.compile(r"\{(\w+)\}")
_NEVER_REACHED: Final = re.compile(
    r"NewConnectionError|NameResolutionError|Failed to establish|Connection refused|ConnectTimeout|SSLError|getaddrinfo"
)
_STATUS: Final = re.compile(r"error\s*[=:]\s*(\d{3})|\b(\d{3}) (?:Client|Server) Error|status[_ ]code\D{0,3}(\d{3})")


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

        return _FIELD.sub(fill, self._way.url)

    def _service(self, fields: Mapping[str, str]) -> object | None:
        import apprise  # noqa: PLC0415 - 0.2 s, only where it is used

        service = apprise.Apprise()
        return service if service.add(self.url(fields)) else None

    def _send(self, message: Message) -> Delivery:
        import logging  # noqa: PLC0415 - as above

        import apprise  # noqa: PLC0415 - as above

        service = apprise.Apprise()
        if not service.add(self.url(message.fields)):
            return Delivery(Fate.LATER, "Apprise does not understand the URL", everything=True)
        with apprise.LogCapture(level=logging.DEBUG) as said:  # type: ignore[no-untyped-call]
            sent = service.notify(message.body, title=message.subject, body_format="text", interpret_escapes=False)
            told = said.getvalue()
        return Delivery(Fate.SENT, "accepted") if sent else self._failure(told)

    def _failure(self, told: str) -> Delivery:
        status = next((int(one) for match in _STATUS.findall(told) for one in match if one), 0)
        if status >= 500:  # noqa: PLR2004 - HTTP's server errors: it may have been taken all the same
            return Delivery(Fate.UNKNOWN, f"the server answered {status}")
        if status:
            return Delivery(Fate.LATER, f"the server answered {status}", everything=True)
        if _NEVER_REACHED.search(told):
            return Delivery(Fate.LATER, "the server cannot be reached", everything=True)
        return Delivery(Fate.UNKNOWN, "Apprise says only that it did not work")
