"""Notices by mail: sends one message to one address, and turns the server's answer at each step into a result."""

from __future__ import annotations

import asyncio
import re
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from tui.desk.notices.address import to_wire, unfit
from tui.desk.notices.notice import Delivery, Fate
from tui.desk.text.plain import plain
from tui.trouble import Trouble

if TYPE_CHECKING:
    from datetime import datetime

    from aiosmtplib import SMTP, SMTPResponseException

    from tui.desk.connectors.secrets import Secret
    from tui.desk.notices.notice import Message
    from tui.desk.notices.rules import NoticeWay

SECONDS: Final = 30.0
"""The wait for each answer of the server."""
_TEMPORARY: Final = range(400, 500)
_POLICY: Final = re.compile(r"\b5\.7\.\d{1,3}\b|relay", re.IGNORECASE)
"""A refusal for security or policy (RFC 3463), such as no relaying for keydesk: it says nothing about the address."""
_MANY: Final = 3
_HEADERS: Final = frozenset(
    {"from", "to", "subject", "message-id", "auto-submitted", "date", "mime-version", "content-type",
     "content-transfer-encoding"}
)  # fmt: skip


class MailChannel:
    """Sends by one server, over one connection for as long as it lasts. It never sends a message a second time.

    Args:
        way: The server and the sender.
        password: The user's password; empty where nobody signs in.
    """

    def __init__(self, way: NoticeWay, password: Secret) -> None:
        self.name = way.name
        self._way = way
        self._password = password
        self._smtp: SMTP | None = None
        self._lock = asyncio.Lock()
        self._denied = 0

    async def check(self) -> Delivery:
        """Connect and sign in, without sending anything."""
        async with self._lock:
            return await self._open() or Delivery(Fate.SENT, "the server lets keydesk in")

    async def send(self, message: Message, *, key: str = "", at: datetime | None = None) -> Delivery:
        """Send one message. Never raises for what a server does.

        Args:
            message: The text and the address.
            key: The key of the notice, of which the Message-ID is made.
            at: The time for the header Date.
        """
        if why := unfit(message.to):
            return Delivery(Fate.REFUSED, why)
        try:
            to = to_wire(message.to)
            raw = self.compose(message, key=key, at=at).as_bytes()
        except Exception as error:  # noqa: BLE001 - the library fails in many ways over odd texts
            return Delivery(Fate.REFUSED, f"no mail can be made of it ({type(error).__name__})")
        if not _is_whole(raw):
            return Delivery(Fate.REFUSED, "something in it would become a header of its own")
        async with self._lock:
            if failed := await self._open():
                return failed
            return await self._hand_over(to, raw)

    def compose(self, message: Message, *, key: str = "", at: datetime | None = None) -> EmailMessage:
        """The mail as it goes to the server. The library sets the headers; none is put together from text.

        Raises:
            ValueError: The address is not an address; the library has other errors of its own, too.
        """
        user, _, domain = self._way.sender.rpartition("@")
        to_user, _, to_domain = to_wire(message.to).rpartition("@")
        mail = EmailMessage(policy=WIRE.clone(utf8=not to_user.isascii()))
        mail["From"] = Address(_literal(self._way.sender_name), user, domain)
        mail["To"] = Address("", to_user, to_domain)
        mail["Subject"] = _literal(message.subject)
        mail["Message-ID"] = f"<{sha256(f'{self.name}/{key}/{message.to}'.encode()).hexdigest()[:40]}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        if at is not None:
            mail["Date"] = format_datetime(at)
        mail.set_content(message.body + "\n")
        return mail

    async def aclose(self) -> None:
        """Sign off and close the connection."""
        async with self._lock:
            await self._drop(polite=True)

    async def _open(self) -> Delivery | None:
        """Connect and sign in unless that is done; the failure, or `None` where the connection stands."""
        if self._smtp is not None and self._smtp.is_connected:
            return None
        import aiosmtplib  # noqa: PLC0415 - only where mail is sent

        way = self._way
        context = None
        if way.tls != "none":
            from tui.okta.trust import trusting_context  # noqa: PLC0415 - reads the system's certificates

            try:
                context = await asyncio.to_thread(trusting_context)
            except Trouble as trouble:
                return Delivery(Fate.LATER, plain(trouble.title, limit=160), everything=True)
        smtp = aiosmtplib.SMTP(
            hostname=way.host,
            port=way.port,
            timeout=SECONDS,
            use_tls=way.tls == "tls",
            start_tls=way.tls == "starttls",
            tls_context=context,
        )
        try:
            await smtp.connect()
            if way.user:
                await smtp.login(way.user, self._password.reveal())
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            smtp.close()
            return Delivery(Fate.LATER, self._words(error, f"{way.host} cannot be used"), everything=True)
        self._smtp = smtp
        return None

    async def _hand_over(self, to: str, raw: bytes) -> Delivery:
        import aiosmtplib  # noqa: PLC0415 - imported by now

        smtp = self._smtp
        assert smtp is not None  # noqa: S101 - _open() has made it
        options = [] if to.isascii() else ["SMTPUTF8"]
        if options and not smtp.supports_extension("smtputf8"):
            return Delivery(Fate.REFUSED, "the server takes no address with such letters before the @")
        try:
            await smtp.mail(self._way.sender, options=options)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            await self._drop()
            return Delivery(Fate.LATER, self._words(error), everything=True)
        try:
            await smtp.rcpt(to, options=[])
        except aiosmtplib.SMTPResponseException as error:
            await self._reset()
            return self._refused(error)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            await self._drop()
            return Delivery(Fate.LATER, self._words(error), everything=True)
        try:
            answer = await smtp.data(raw)
        except aiosmtplib.SMTPResponseException as error:
            await self._reset()
            return self._refused(error)
        except (aiosmtplib.SMTPException, OSError) as error:
            await self._drop()
            return Delivery(Fate.UNKNOWN, self._words(error, "the server's answer was lost"))
        self._denied = 0
        return Delivery(Fate.SENT, plain(f"{answer.code} {answer.message}", limit=120))

    def _refused(self, error: SMTPResponseException) -> Delivery:
        """The result for a refusal: of this address for good, or of keydesk, which the server's admin can change."""
        if error.code in _TEMPORARY:
            return Delivery(Fate.LATER, self._words(error))
        if _POLICY.search(error.message):
            self._denied += 1  # one refusal may be of this receiver; several mean that the server lets no mail pass
            return Delivery(Fate.LATER, self._words(error), everything=self._denied >= _MANY)
        return Delivery(Fate.REFUSED, self._words(error))

    async def _reset(self) -> None:
        """Make the connection ready for the next message, or drop it."""
        import aiosmtplib  # noqa: PLC0415 - imported by now

        try:
            if self._smtp is not None:
                await self._smtp.rset()
        except (aiosmtplib.SMTPException, OSError):
            await self._drop()

    async def _drop(self, *, polite: bool = False) -> None:
        import aiosmtplib  # noqa: PLC0415 - imported by now

        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            if polite and smtp.is_connected:
                await smtp.quit()
        except (aiosmtplib.SMTPException, OSError):
            pass
        finally:
            smtp.close()

    def _words(self, error: Exception, instead: str = "") -> str:
        """The failure in words, without the password, which a server may echo."""
        code = getattr(error, "code", "")
        text = f"{code} {getattr(error, 'message', '') or str(error) or type(error).__name__}".strip()
        if secret := self._password.reveal():
            text = text.replace(secret, "…")
        return plain(f"{instead}: {text}" if instead else text, limit=160)


def _literal(text: str) -> str:
    """Text for a header, with no encoded word in it (RFC 2047), since the library would decode it."""
    return plain(text).replace("=?", "= ?")


def _is_whole(raw: bytes) -> bool:
    """Whether a mail has only the headers that keydesk sets, each once."""
    head = message_from_bytes(raw)
    names = [name.lower() for name in head.keys()]  # noqa: SIM118 - keys() repeats a name for each header that has it
    return len(set(names)) == len(names) and _HEADERS.issuperset(names)
