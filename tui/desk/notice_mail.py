"""Notices by mail: one message to one address, and the server's answer at each step as what came of it."""

from __future__ import annotations

import asyncio
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from tui.desk.notice_address import unfit
from tui.desk.notices import Delivery, Fate
from tui.desk.plain import plain

if TYPE_CHECKING:
    from datetime import datetime

    from aiosmtplib import SMTP

    from tui.desk.notice_rules import Way
    from tui.desk.notices import Message
    from tui.desk.secrets import Secret

SECONDS: Final = 30.0
"""For each answer of the server."""
_TEMPORARY: Final = range(400, 500)


class MailChannel:
    """Sends by one server, over one connection for as long as it holds. Nothing is ever sent twice by itself.

    Args:
        way: The server and who sends.
        password: Of the user; empty where nobody signs in.
    """

    def __init__(self, way: Way, password: Secret) -> None:
        self.name = way.name
        self._way = way
        self._password = password
        self._smtp: SMTP | None = None
        self._lock = asyncio.Lock()

    async def check(self) -> Delivery:
        """Connect and sign in, without sending anything."""
        async with self._lock:
            return await self._open() or Delivery(Fate.SENT, "the server lets keydesk in")

    async def send(self, message: Message, *, key: str = "", at: datetime | None = None) -> Delivery:
        """Send one; never raises for what a server does.

        Args:
            message: The text and the address.
            key: What makes it the same message, for its Message-ID.
            at: When it was written.
        """
        if why := unfit(message.to):
            return Delivery(Fate.REFUSED, why)
        raw = self.compose(message, key=key, at=at)
        async with self._lock:
            if failed := await self._open():
                return failed
            return await self._hand_over(message.to, raw)

    def compose(self, message: Message, *, key: str = "", at: datetime | None = None) -> EmailMessage:
        """The message as it goes over the wire; headers are set by the library, never pasted together."""
        user, _, domain = self._way.sender.rpartition("@")
        mail = EmailMessage(policy=WIRE.clone(utf8=not message.to.isascii()))
        mail["From"] = Address(plain(self._way.sender_name), user, domain)
        to_user, _, to_domain = message.to.rpartition("@")
        mail["To"] = Address("", to_user, to_domain)
        mail["Subject"] = plain(message.subject)
        mail["Message-ID"] = f"<{sha256(f'{self.name}/{key}/{message.to}'.encode()).hexdigest()[:40]}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        if at is not None:
            mail["Date"] = format_datetime(at)
        mail.set_content(message.body + "\n")
        return mail

    async def aclose(self) -> None:
        """Say goodbye."""
        async with self._lock:
            await self._drop(polite=True)

    async def _open(self) -> Delivery | None:
        """A connection that is signed in; what went wrong otherwise."""
        if self._smtp is not None and self._smtp.is_connected:
            return None
        import aiosmtplib  # noqa: PLC0415 - only where mail is sent

        way = self._way
        context = None
        if way.tls != "none":
            from tui.okta.trust import trusting  # noqa: PLC0415 - reads the system's certificates

            context = await asyncio.to_thread(trusting)
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

    async def _hand_over(self, to: str, mail: EmailMessage) -> Delivery:
        import aiosmtplib  # noqa: PLC0415 - imported by now

        smtp = self._smtp
        assert smtp is not None  # noqa: S101 - _open() has made it
        options = [] if to.isascii() else ["SMTPUTF8"]
        try:
            await smtp.mail(self._way.sender, options=options)
        except aiosmtplib.SMTPResponseException as error:
            await self._drop()
            return Delivery(Fate.LATER, self._words(error), everything=True)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            await self._drop()
            return Delivery(Fate.LATER, self._words(error), everything=True)
        try:
            await smtp.rcpt(to, options=[])
        except aiosmtplib.SMTPResponseException as error:
            await self._reset()
            temporary = error.code in _TEMPORARY
            return Delivery(Fate.LATER if temporary else Fate.REFUSED, self._words(error))
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            await self._drop()
            return Delivery(Fate.LATER, self._words(error), everything=True)
        try:
            answer = await smtp.data(mail.as_bytes())
        except aiosmtplib.SMTPResponseException as error:
            await self._reset()
            return Delivery(Fate.LATER if error.code in _TEMPORARY else Fate.REFUSED, self._words(error))
        except (aiosmtplib.SMTPException, OSError) as error:
            await self._drop()
            return Delivery(Fate.UNKNOWN, self._words(error, "the server's answer was lost"))
        return Delivery(Fate.SENT, plain(f"{answer.code} {answer.message}", limit=120))

    async def _reset(self) -> None:
        """Ready for the next message, or a new connection."""
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
        """What went wrong, without the password, which a server may echo."""
        code = getattr(error, "code", "")
        text = f"{code} {getattr(error, 'message', '') or str(error) or type(error).__name__}".strip()
        if secret := self._password.reveal():
            text = text.replace(secret, "…")
        return plain(f"{instead}: {text}" if instead else text, limit=160)
