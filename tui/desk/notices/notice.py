"""A notice to an employee, as values: the occasion, the message, and the result of sending it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tui.okta.models import User


class Topic(StrEnum):
    """What a notice is about."""

    LOCKOUT = "lockout"
    EXPIRY = "expiry"
    UNLOCKED = "unlocked"  # the desk lifted the lock
    RESET = "reset"  # the desk reset the password
    FACTORS = "factors"  # the desk removed factors
    DIGEST = "digest"
    ALARM = "alarm"  # to the desk: somebody denied a push while a caller was being verified
    TEST = "test"


class Occasion(Struct, frozen=True):
    """Something that one person gets one notice of.

    Attributes:
        topic: What it is about.
        key: The key by which it is known again after a restart, without the way: `lockout/<case id>`,
            `expiry/<user id>/<passwordChanged>/<day it expires>/<days>`, `digest/<day>`, `alarm/<ledger entry>`,
            `<topic>/<user id>@<time>` for what the desk did.
        at: The time at which it happened or falls due.
        user: The person who gets the notice; `None` for a digest.
        fields: Values for the text beside those of the person: plain words, untrusted.
        also: Other times at which the same thing was believed to have happened.
    """

    topic: Topic
    key: str
    at: datetime
    user: User | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    also: tuple[datetime, ...] = ()


class Message(Struct, frozen=True):
    """One text to one receiver, ready to be sent. Nothing in it is markup.

    Attributes:
        to: A checked mail address; empty for channels that know their receiver.
        subject: One line, without control characters.
        body: Lines of plain text.
        language: The language of the template, such as `en`.
        fields: The person's fields, for channels with an address template.
    """

    to: str
    subject: str
    body: str
    language: str
    fields: Mapping[str, str] = field(default_factory=dict)


class Fate(StrEnum):
    """The result of sending a message."""

    SENT = "sent"
    REFUSED = "refused"  # the receiver will never take it: a wrong address
    LATER = "later"  # certainly not sent, and worth another try: the server is down, or asks to wait
    UNKNOWN = "unknown"  # perhaps sent


class Delivery(Struct, frozen=True):
    """The result of sending one message, with what the server said.

    Attributes:
        fate: The result.
        detail: The server's answer in a few harmless words, without secrets: `250 queued`, `550 no such mailbox`.
        everything: Whether every other message would fail now, too: the server cannot be reached or signed in to.
    """

    fate: Fate
    detail: str = ""
    everything: bool = False


class Channel(Protocol):
    """What sends messages by one way."""

    name: str

    async def check(self) -> Delivery:
        """Find out whether it could send, without sending."""
        ...

    async def send(self, message: Message, *, key: str = "", at: datetime | None = None) -> Delivery:
        """Send one message. Never raises for what a server does, and sends nothing twice."""
        ...

    async def aclose(self) -> None:
        """Close its connections."""
        ...
