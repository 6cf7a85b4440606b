"""A notice to an employee, as values: what it is about, the text, and what came of sending it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tui.okta.models import User


class Topic(StrEnum):
    """What a notice is about."""

    LOCKOUT = "lockout"
    EXPIRY = "expiry"
    DIGEST = "digest"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that somebody should be told once.

    Attributes:
        topic: What about.
        key: What makes it the same thing over restarts, without the channel: `lockout/<case id>`,
            `expiry/<user id>/<passwordChanged>/<day it expires>/<days>`, `digest/<day>`.
        at: When it happened or falls due.
        user: Whom to tell; `None` for a digest.
        fields: What the text may use beside the person: plain words, untrusted.
        also: Other times at which the same thing was thought to have happened.
    """

    topic: Topic
    key: str
    at: datetime
    user: User | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    also: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One text to one receiver, ready to be sent. Nothing in it is markup.

    Attributes:
        to: A mail address, checked; empty for channels that know their receiver.
        subject: One line, without control characters.
        body: Lines of plain text.
        language: Which template was taken, such as `en`.
        fields: The person's fields, for channels with an address template.
    """

    to: str
    subject: str
    body: str
    language: str
    fields: Mapping[str, str] = field(default_factory=dict)


class Fate(StrEnum):
    """What came of a message."""

    SENT = "sent"
    REFUSED = "refused"  # the receiver will never take it: a wrong address
    LATER = "later"  # certainly not sent, and worth another try: the server is down, or asks to wait
    UNKNOWN = "unknown"  # perhaps sent


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of sending one message.

    Attributes:
        fate: What.
        detail: In a few harmless words, without secrets: `250 queued`, `550 no such mailbox`.
        everything: Nothing else would get through now either: the server cannot be reached or signed in to.
    """

    fate: Fate
    detail: str = ""
    everything: bool = False


class Channel(Protocol):
    """A way for messages to leave."""

    name: str

    async def check(self) -> Delivery:
        """Whether it could send, without sending."""
        ...

    async def send(self, message: Message, *, key: str = "", at: datetime | None = None) -> Delivery:
        """Send one; never raises for what a server does, and sends nothing twice."""
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...
