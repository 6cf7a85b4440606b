"""What the events of one sign-in share, and what both engines write: of mail programs, RADIUS, directory agents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from tui.demo.apps.apps import ROWS
from tui.demo.base.dice import roll
from tui.demo.log.events import Manner, Party, party
from tui.demo.people.person import DIRECTORY

if TYPE_CHECKING:
    from tui.demo.base.ids import Ids
    from tui.demo.base.json import Json
    from tui.demo.log.events import Source
    from tui.demo.log.journal import Journal
    from tui.demo.people.person import Person

DASHBOARD, OFFICE, VPN_APP, AD, LDAP = (
    "okta_enduser",
    "office365",
    "cisco_anyconnect",
    "active_directory",
    "ldap_sun_one",
)
_NUMBERS = {row.name: number for number, row in enumerate(ROWS)}
# Windows' codes for a refused sign-in, with what Okta's delegated authentication calls the result. Okta: support, "AD
# agent error codes"; the last three are Windows' own and not on that page.
REFUSALS = {
    "1326": "INVALID_CREDENTIALS",
    "1328": "PASSWORD_BASED_LOGIN_DISALLOWED",
    "1329": "PASSWORD_BASED_LOGIN_DISALLOWED",
    "1330": "PASSWORD_EXPIRED",
    "1793": "USER_ACCOUNT_EXPIRED",
    "1331": "PASSWORD_BASED_LOGIN_DISALLOWED",
    "1907": "PASSWORD_EXPIRED",
    "1909": "LOCKED_OUT",
}


@lru_cache(maxsize=4096)
def made(ids: Ids, prefix: str, number: int) -> str:
    """Return an id as ``Ids.make`` does; the same few are in thousands of events."""
    return ids.make(prefix, number)


def instance(ids: Ids, name: str) -> Party:
    """Return an app that the org begins with, by its name in Okta's catalogue, as the log names it."""
    number = _NUMBERS[name]
    return Party(made(ids, "0oa", number), "AppInstance", ROWS[number].label, ROWS[number].label)


def _hex(*salt: int) -> str:
    return f"{roll(*salt, 1):016x}{roll(*salt, 2):016x}"


@dataclass(slots=True)
class Visit:
    """Somebody on their way in.

    Attributes:
        source: Where from.
        first: The id of the first request, which later ones name as authnRequestId.
        session: The externalSessionId of all its events; empty for none yet, which the log calls "unknown".
        root: The rootSessionId; empty where events have none.
        device: The registered device, as the log shows one.
    """

    journal: Journal
    ids: Ids
    person: Person
    someone: Party
    source: Source
    first: str
    session: str
    root: str
    device: Json | None = None
    _requests: int = 0
    _marks: dict[str, str] | None = None
    _manner: Manner | None = None

    def request(self) -> str:
        """Return the id of one more request."""
        self._requests += 1
        return _hex(self.ids.seed, int(self.first[:12], 16), self._requests)

    def marks(self) -> dict[str, str]:
        """Return what debugData says of the browser, not to be changed."""
        if self._marks is None:
            browser = self.person.salt ^ len(self.source.user_agent)
            shown = f"{browser:016x}{browser >> 3:016x}"
            self._marks = {"deviceFingerprint": shown, "dtHash": self.first[::-1] * 2}
        return self._marks

    def manner(self) -> Manner:
        """Return how all of its events come about, to be varied."""
        if self._manner is None:
            self._manner = Manner(self.session or "unknown", self.root)
        return self._manner

    def write(
        self,
        kind: str,
        at: float,
        targets: tuple[Party, ...] = (),
        *,
        request_id: str,
        uri: str | None = None,
        result: str = "SUCCESS",
        reason: str | None = None,
        debug: dict[str, str] | None = None,
        source: Source | None = None,
        actor: Party | None = None,
        manner: Manner | None = None,
    ) -> None:
        """Write one event of it: of the person and from the source of the visit unless others are given.

        See ``Journal.write`` for the arguments.
        """
        self.journal.write(
            kind,
            at,
            actor or self.someone,
            targets,
            source=source or self.source,
            result=result,
            reason=reason,
            uri=uri,
            request_id=request_id,
            debug=debug,
            manner=manner or self.manner(),
        )


def visit(journal: Journal, ids: Ids, person: Person, source: Source, at: float, *, session: str, root: bool) -> Visit:
    """Begin one.

    Args:
        journal: The log.
        ids: The org's ids.
        person: Who.
        source: Where from.
        at: When, in seconds since 1970.
        session: What the id of its session begins with; empty for a session that is unknown.
        root: Whether its events have a rootSessionId.
    """
    first = _hex(ids.seed, 0x51F, person.index, int(at * 1000))
    name = f"{session}{first[5:27]}" if session else ""
    # The log knows the root of some sessions and not of others.
    rooted = name if name and int(first[0], 16) % 3 else "unknown"
    return Visit(journal, ids, person, party(person), source, first, name, rooted if root else "")


def by_mail(one: Visit, at: float, request_id: str, result: str) -> None:
    """Write that a mail program sent a password: Office 365 asks Okta, and Okta says what came of it."""
    one.write(
        "user.authentication.auth_via_richclient",
        at,
        (instance(one.ids, OFFICE), one.someone),
        request_id=request_id,
        result="FAILURE",
        reason=result,
        debug={"loginResult": result, "appName": "office365", "userName": one.person.login},
    )


def by_radius(
    one: Visit,
    at: float,
    request_id: str,
    *,
    primary: bool,
    factor: str | None = None,
    result: str = "FAILURE",
    reason: str | None = None,
) -> None:
    """Write what a RADIUS agent asked: the password first, then the factor."""
    debug = {
        "authType": "PRIMARY" if primary else "SECONDARY",
        "radiusRequestId": request_id[:12],
        "isComposite": "false",
        "clientId": "vpn-gateway-1",
        "clientAddress": one.source.ip,
    }
    if factor is not None:
        debug["factorType"] = factor
    one.write(
        "user.authentication.auth_via_radius",
        at,
        (instance(one.ids, VPN_APP), one.someone),
        request_id=request_id,
        result=result,
        reason=reason,
        debug=debug,
    )


def by_agent(one: Visit, at: float, request_id: str, result: str | None, code: str | None = None) -> None:
    """Write what the agent of a person's directory answered about a password.

    Args:
        one: The visit.
        at: When.
        request_id: The id of the request.
        result: What came of it, as in ``REFUSALS``; None where the password was right.
        code: Windows' code, which an agent of Active Directory passes on.
    """
    active_directory = one.person.provider == "ACTIVE_DIRECTORY"
    kind = "user.authentication.auth_via_AD_agent" if active_directory else "user.authentication.auth_via_LDAP_agent"
    spent = 60 + int(request_id[:3], 16) % 400
    unreachable = result is not None and result.startswith("DEL_AUTH")
    debug = {
        "actionId": request_id[:20],
        "delAuthTimeout": "60000",
        "delAuthTimeTotal": "60000" if unreachable else str(spent + 45),
    }
    if not unreachable:
        debug |= {
            "agentId": f"a53{request_id[3:20]}",
            "delAuthTimeSpentAtAgent": str(spent),
            "delAuthTimeSpentAtDomainController": str(spent // 2),
        }
    if result is not None:
        debug["loginResult"] = result
    if code is not None and active_directory:
        debug["errorCode"] = code
    one.write(
        kind,
        at,
        (instance(one.ids, AD if active_directory else LDAP), one.someone),
        request_id=request_id,
        result="SUCCESS" if result is None else "FAILURE",
        reason=None if result is None else "Login failed",
        debug=debug,
    )


def asks_directory(person: Person) -> bool:
    """Return whether a directory checks somebody's password."""
    return person.provider in DIRECTORY
