"""System Log events: kept small, shown in the exact shape of the real ones, nulls included."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from tui.demo.base.ids import event_uuid
from tui.demo.base.times import iso
from tui.demo.log.kinds import KINDS

if TYPE_CHECKING:
    from tui.demo.base.json import Json
    from tui.demo.people.person import Person


class Party(NamedTuple):
    """An actor or a target; ``detail`` is its detailEntry."""

    id: str
    type: str
    alternate_id: str | None
    display_name: str | None
    detail: Json | None = None


SYSTEM = Party("00u000000000000SYSTM", "SystemPrincipal", "system@okta.com", "Okta System")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a request came from: program, device and network.

    Attributes:
        place: City, state, country, postal code, latitude and longitude; None where Okta does not work it out, and then
            it does not know the network either.
        uri: The path that such a program asks for.
        by: Through what somebody signs in there: ``page`` for Okta's own page, ``mail`` for a mail program that sends a
            password, ``radius`` for a RADIUS agent, ``api`` for anything else that sends a password to Okta's API.
    """

    user_agent: str
    os: str
    browser: str
    device: str
    ip: str
    place: tuple[str, str | None, str, str | None, float, float] | None
    as_number: int = 64496
    isp: str = "example isp"
    domain: str = "example.net"
    proxy: bool = False
    uri: str = "/idp/idx/challenge/answer"
    by: str = "page"

    def program(self, user_agent: str) -> Source:
        """Return the same seat with a program on it, whose place Okta does not work out."""
        return replace(self, user_agent=user_agent, os="Unknown", browser="UNKNOWN", device="Unknown", place=None)


class Manner(NamedTuple):
    """What an event says of how it came about, beside who did what, from where and with what result.

    Attributes:
        session: The externalSessionId; None for one that belongs to this request alone, as of a call of the API.
        root: The rootSessionId; None for the same as the session, empty where the event has no such member, as those
            of Classic sign-ins have not.
        authentication: The authenticationProvider, the credentialProvider and the credentialType.
        interface: Through what an identity provider is reached.
        device: The registered device that the request came from.
        message: Another displayMessage than the type's.
        severity: Another severity than the type's.
        legacy: Another legacyEventType than the type's; empty for null.
        blank: Whether debugContext is empty.
    """

    session: str | None = None
    root: str | None = None
    authentication: tuple[str | None, str | None, str | None] = (None, None, None)
    interface: str | None = None
    device: Json | None = None
    message: str | None = None
    severity: str | None = None
    legacy: str | None = None
    blank: bool = False


PLAIN = Manner()


@dataclass(slots=True)
class LogEntry:
    """One event; times are milliseconds since 1970.

    Attributes:
        serial: Counts the events of the org; with the seed it makes the uuid.
        arrived: When the log could first show it.
        result: The outcome's result; None for an event whose outcome is null.
        request_id: The id of the request or job, which is the transaction's too.
        detail: The transaction's detail: the API token behind it, for calls that were made with one.
        named: The ids of its actor and its targets; most questions are about one person's events.
    """

    serial: int
    type: str
    published: int
    arrived: int
    actor: Party
    targets: tuple[Party, ...]
    source: Source | None
    result: str | None
    reason: str | None
    seed: int
    request_id: str
    uri: str
    detail: Json = field(default_factory=dict)
    debug: dict[str, str] = field(default_factory=dict)
    manner: Manner = PLAIN
    named: frozenset[str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        self.named = frozenset([self.actor.id, *[target.id for target in self.targets]])

    @property
    def uuid(self) -> str:
        """The uuid: the same each time, so that readers recognise an event that arrives twice."""
        return event_uuid(self.seed, self.serial)

    @property
    def severity(self) -> str:
        """How severe it is."""
        kind = KINDS[self.type]
        usual = kind.failed[1] if kind.failed and self.result == "FAILURE" else kind.severity
        return self.manner.severity or usual

    @property
    def legacy(self) -> str | None:
        """What the old Events API called it."""
        kind = KINDS[self.type]
        if self.manner.legacy is not None:
            return self.manner.legacy or None
        return kind.failed[0] if kind.failed and self.result == "FAILURE" else kind.legacy


def party(person: Person) -> Party:
    """Return a user as the log names them."""
    return Party(person.id, "User", person.login, person.display_name)


def _show_party(someone: Party) -> Json:
    return {
        "id": someone.id,
        "type": someone.type,
        "alternateId": someone.alternate_id,
        "displayName": someone.display_name,
        "detailEntry": someone.detail,
    }


def _show_place(source: Source) -> Json | None:
    if source.place is None:
        return None
    city, state, country, postal_code, lat, lon = source.place
    return {
        "city": city,
        "state": state,
        "country": country,
        "postalCode": postal_code,
        "geolocation": {"lat": lat, "lon": lon},
    }


_NO_CLIENT: Json = {
    "userAgent": None,
    "zone": None,
    "device": None,
    "id": None,
    "ipAddress": None,
    "geographicalContext": None,
}
_NO_SECURITY: Json = {"asNumber": None, "asOrg": None, "isp": None, "domain": None, "isProxy": None}


def _show_source(source: Source | None) -> tuple[Json, Json, list[Json]]:
    """Return the client, the security context and the chain of addresses: all of nulls and empty for a job."""
    if source is None:
        return _NO_CLIENT, _NO_SECURITY, []
    place, security = _show_place(source), _NO_SECURITY
    if place is not None:
        security = {
            "asNumber": source.as_number,
            "asOrg": source.isp,
            "isp": source.isp,
            "domain": source.domain,
            "isProxy": source.proxy,
        }
    client: Json = {
        "userAgent": {"rawUserAgent": source.user_agent, "os": source.os, "browser": source.browser},
        "zone": "null",
        "device": source.device,
        "id": None,
        "ipAddress": source.ip,
        "geographicalContext": place,
    }
    return client, security, [{"ip": source.ip, "geographicalContext": place, "version": "V4", "source": None}]


def _show_authentication(entry: LogEntry) -> Json:
    manner = entry.manner
    provider, credential_provider, credential_type = manner.authentication
    session = f"trs{entry.request_id[:22]}" if manner.session is None else manner.session
    shown: Json = {
        "authenticationProvider": provider,
        "credentialProvider": credential_provider,
        "credentialType": credential_type,
        "issuer": None,
        "interface": manner.interface,
        "authenticationStep": 0,
        "rootSessionId": session if manner.root is None else manner.root,
        "externalSessionId": session,
    }
    if manner.root is not None and not manner.root:
        del shown["rootSessionId"]
    return shown


def _show_debug(entry: LogEntry) -> Json:
    if entry.manner.blank:
        return {}
    if entry.source is None:  # nothing asked for it
        return {"debugData": entry.debug}
    data: Json = {"requestId": entry.request_id, "requestUri": entry.uri, "url": f"{entry.uri}?"}
    if KINDS[entry.type].judged:
        data["threatSuspected"] = "false"
    return {"debugData": data | entry.debug}


def show(entry: LogEntry) -> Json:
    """Return the event as the log answers it."""
    client, security, chain = _show_source(entry.source)
    return {
        "actor": _show_party(entry.actor),
        "client": client,
        "device": entry.manner.device,
        "authenticationContext": _show_authentication(entry),
        "displayMessage": entry.manner.message or KINDS[entry.type].message,
        "eventType": entry.type,
        "outcome": None if entry.result is None else {"result": entry.result, "reason": entry.reason},
        "published": iso(entry.published / 1000),
        "securityContext": security,
        "severity": entry.severity,
        "debugContext": _show_debug(entry),
        "legacyEventType": entry.legacy,
        "transaction": {
            "type": "JOB" if entry.source is None else "WEB",
            "id": entry.request_id,
            "detail": entry.detail,
        },
        "uuid": entry.uuid,
        "version": "0",
        "request": {"ipChain": chain},
        "target": [_show_party(target) for target in entry.targets] or None,
    }
