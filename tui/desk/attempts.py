"""One attempt to sign in, as the System Log tells it: when, with what software, from where, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tui.okta.log_events import LogEvent


class Via(StrEnum):
    """What kind of software tried."""

    BROWSER = "browser"
    MAIL = "mail"
    RADIUS = "radius"
    VPN = "vpn"
    APP = "app"
    SCRIPT = "script"
    DIRECTORY = "directory"
    UNKNOWN = "unknown"


class End(StrEnum):
    """How an attempt ended. Both FAILURE and DENY are read."""

    OK = "ok"
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - a term, no password
    WHILE_LOCKED = "while-locked"
    FACTOR = "factor"
    DENIED = "denied"
    EXPIRED = "expired"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt. All texts are untrusted and not yet harmless: `tui.desk.plain` before they are shown.

    Attributes:
        uuid: Of the event.
        at: When.
        user_id: Whose; empty where Okta names nobody.
        login: As the event gives it.
        via: What kind of software.
        client: The software in a few words: `Outlook`, `Chrome on Windows 10`, `Cisco AnyConnect`.
        ip: The address; empty for none.
        place: `San Francisco, United States`; empty for none.
        network: Who owns the address: the AS organisation or the provider; empty for none.
        proxy: Whether Okta knows the address as a proxy.
        end: How it ended.
        reason: Okta's own reason.
        threat: Okta suspected an attack.
    """

    uuid: str
    at: datetime
    user_id: str
    login: str
    via: Via
    client: str
    ip: str
    place: str
    network: str
    proxy: bool
    end: End
    reason: str
    threat: bool = False

    @property
    def failed(self) -> bool:
        """Whether it did not let them in."""
        return self.end is not End.OK


def attempt_of(event: LogEvent) -> Attempt | None:
    """The attempt that an event is; `None` for an event that is none, or has no time."""
    raise NotImplementedError
