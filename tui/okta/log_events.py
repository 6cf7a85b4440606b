"""The System Log's events as frozen values; nearly everything in them can be null (Okta: "System Log")."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tui.okta.clock import instant
from tui.okta.models import Id, Value  # noqa: TC001 - msgspec reads the annotations

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class Actor(Value, frozen=True):
    """The actor or a target of an event: a person, an app, a system.

    `detail_entry` of a target `AuthenticatorEnrollment` names the method in `methodTypeUsed`, that of a `Rule` the
    policy in `policyName`.
    """

    id: str | None = None
    type: str | None = None
    alternate_id: str | None = None
    display_name: str | None = None
    detail_entry: dict[str, Any] | None = None

    def detail(self, name: str) -> str:
        """Return one value of `detailEntry` as untrusted text; empty for none."""
        value = self.detail_entry.get(name) if self.detail_entry else None
        return "" if value is None else str(value)


class UserAgent(Value, frozen=True):
    """The client's software as Okta understood it."""

    raw_user_agent: str | None = None
    os: str | None = None
    browser: str | None = None


class GeoPlace(Value, frozen=True):
    """The assumed location of an IP address."""

    city: str | None = None
    state: str | None = None
    country: str | None = None


class Client(Value, frozen=True):
    """The client side of an event."""

    user_agent: UserAgent | None = None
    zone: str | None = None
    device: str | None = None
    ip_address: str | None = None
    geographical_context: GeoPlace | None = None


class SecurityContext(Value, frozen=True):
    """The network that an event came from: its number, its owner, and whether it is a known proxy."""

    as_number: int | None = None
    as_org: str | None = None
    isp: str | None = None
    domain: str | None = None
    is_proxy: bool | None = None


class AuthenticationContext(Value, frozen=True):
    """The means of a sign-in, such as `credential_provider` ACTIVE_DIRECTORY."""

    authentication_provider: str | None = None
    credential_provider: str | None = None
    credential_type: str | None = None
    interface: str | None = None
    external_session_id: str | None = None
    root_session_id: str | None = None


class Transaction(Value, frozen=True):
    """The request or job that an event belongs to; `detail` holds the id of the API token, if one was used."""

    type: str | None = None
    id: str | None = None
    detail: dict[str, Any] | None = None


class Result(Value, frozen=True):
    """An event's outcome: SUCCESS, FAILURE, DENY ... and Okta's reason."""

    result: str | None = None
    reason: str | None = None


class LogEvent(Value, frozen=True):
    """One event of the System Log (Okta: "System Log"). Nearly everything in it can be null."""

    uuid: Id
    published: str | None = None
    event_type: str | None = None
    display_message: str | None = None
    severity: str | None = None
    actor: Actor | None = None
    client: Client | None = None
    outcome: Result | None = None
    target: list[Actor] | None = None
    debug_context: dict[str, Any] | None = None
    security_context: SecurityContext | None = None
    authentication_context: AuthenticationContext | None = None
    transaction: Transaction | None = None

    @property
    def at(self) -> datetime | None:
        """The time of the event; `None` where it cannot be read."""
        return instant(self.published)

    @property
    def person(self) -> Actor | None:
        """The person whom the event concerns: the first target of type User, else an actor of type User.

        A lockout often names the locked person as the actor and has no target at all.
        """
        for target in self.target or ():
            if target.type == "User":
                return target
        return self.actor if self.actor and self.actor.type == "User" else None

    @property
    def result(self) -> str:
        """`SUCCESS`, `FAILURE`, `DENY` …; empty where Okta sends none."""
        return (self.outcome.result if self.outcome else None) or ""

    @property
    def reason(self) -> str:
        """Okta's reason, such as `INVALID_CREDENTIALS`; empty for none. Untrusted."""
        return (self.outcome.reason if self.outcome else None) or ""

    def debug(self, name: str) -> str:
        """Return one value of `debugData`, such as `requestUri`, as untrusted text; empty for none.

        Its keys vary: `errorCode` is also written `error_code` and `ErrorCode`, so neither case nor underscores count.
        """
        data = (self.debug_context or {}).get("debugData")
        if not isinstance(data, dict):
            return ""
        value = data.get(name)
        if value is None:
            wanted = _bare(name)
            found = (value for key, value in data.items() if value is not None and _bare(str(key)) == wanted)
            value = next(found, None)
        return "" if value is None else str(value)

    def debugs(self, names: Iterable[str]) -> dict[str, str]:
        """Return those values of `debugData` that are there and not empty, by name, each as `debug` returns it."""
        data = (self.debug_context or {}).get("debugData")
        if not isinstance(data, dict) or not data:
            return {}
        bare: dict[str, Any] = {}
        for key, value in data.items():
            if value is not None:
                bare.setdefault(_bare(str(key)), value)
        values = ((name, data[name] if data.get(name) is not None else bare.get(_bare(name))) for name in names)
        return {name: text for name, value in values if value is not None and (text := str(value))}


@lru_cache(maxsize=1000)
def _bare(key: str) -> str:
    return key.replace("_", "").casefold()
