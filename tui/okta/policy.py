"""What may leave this machine: the mode, the capabilities, one approval per intended write. Pure; no I/O."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Final

from msgspec import Struct, field

from tui.discreet import Discreet
from tui.okta.calls import READS, Call
from tui.okta.endpoints import VERIFY_FACTOR, endpoint_of
from tui.okta.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.okta.endpoints import Endpoint

# How the one POST without an approval begins; it changes nothing in the org.
TOKEN_FORM: Final = b"grant_type=client_credentials&"


WHERE: Final = "in the list of connectors, or by `keydesk connect --change NAME`."
"""Where an admin changes what a connector may do."""


ASKING: Final = frozenset({VERIFY_FACTOR.id})
"""The endpoints that ask somebody for a proof."""


class Mode(StrEnum):
    """Whether a connector may change anything in Okta."""

    READ_ONLY = "read-only"
    VERIFY_ONLY = "verify-only"
    """It asks callers to prove themselves, and changes nothing else."""
    READ_WRITE = "read-write"


def sends(mode: Mode, endpoint_id: str) -> bool:
    """Whether a call that may change something may be sent in a mode; what is no mode sends nothing."""
    return mode is Mode.READ_WRITE or (mode is Mode.VERIFY_ONLY and endpoint_id in ASKING)


class Capability(StrEnum):
    """The things that a connector can do; an admin switches each on or off."""

    IDENTIFY = "identify"
    LOCKOUTS = "lockouts"
    EXPIRY = "expiry"
    PROVISIONING = "provisioning"
    PASSWORDS = "passwords"
    UNLOCK = "unlock"
    MFA = "mfa"
    VERIFICATION = "verification"
    SUSPENSION = "suspension"
    ACCESS_CODES = "access-codes"
    DEVICES = "devices"
    RISK = "risk"


class SoftwareBy(StrEnum):
    """What a connector may use to give people software; an admin chooses it for provisioning."""

    GROUPS_AND_APPS = "groups-and-apps"
    """Group membership, and assignments of apps to people and groups."""
    GROUPS = "groups"
    """Group membership only: no call about apps leaves this machine, so that no right on apps is needed."""


CAPABILITY_NAMES: Final[Mapping[Capability, str]] = {
    Capability.IDENTIFY: "Looking people up",
    Capability.LOCKOUTS: "The lockout list",
    Capability.EXPIRY: "Password expiry",
    Capability.PROVISIONING: "Provisioning software",
    Capability.PASSWORDS: "Resetting passwords",
    Capability.UNLOCK: "Unlocking accounts",
    Capability.MFA: "Resetting multi-factor authentication",
    Capability.VERIFICATION: "Verifying callers",
    Capability.SUSPENSION: "Suspending accounts",
    Capability.ACCESS_CODES: "Temporary access codes",
    Capability.DEVICES: "Handling devices",
    Capability.RISK: "Reading risk levels",
}
USUAL: Final = frozenset(Capability) - {
    *(Capability.SUSPENSION, Capability.ACCESS_CODES, Capability.DEVICES, Capability.RISK)
}
"""The capabilities of a connector for which nobody has chosen any; an admin switches each of the others on."""


class SwitchedOff(Refused):
    """The connector's admin has switched off every capability that would allow this; nothing was sent.

    Attributes:
        capabilities: The capabilities of which any one would allow it, in the order of the set-up.
    """

    def __init__(self, *capabilities: Capability, detail: str = "") -> None:
        names = [CAPABILITY_NAMES[capability] for capability in Capability if capability in capabilities]
        advice = f"An admin can switch it on: {WHERE}"
        title = f"{' and '.join(filter(None, (', '.join(names[:-1]), *names[-1:])))} "
        title += f"{'is' if len(names) == 1 else 'are'} switched off for this connector"
        if len(names) == len(Capability):
            title = "Every capability is switched off for this connector"
        if len(names) > 1:
            advice = f"Any one of them allows it. An admin can switch one on: {WHERE}"
        super().__init__(title, advice=advice, detail=detail)
        self.capabilities = tuple(capability for capability in Capability if capability in capabilities)


class ByGroupsOnly(Refused):
    """The connector gives software by groups only, and this is a call about apps; nothing was sent."""

    title = "This connector gives software by groups only"
    advice = f"It reads and changes no app. An admin can set this: {WHERE}"


class EndpointMap(Struct, frozen=True):
    """Which endpoints a connector may call, by their ids in `tui.okta.endpoints`.

    Attributes:
        always: The endpoints that need no capability: those of signing in and of the set-up.
        by_capability: The endpoints that each capability allows.
        of_apps: The endpoints that read or change apps, which `SoftwareBy.GROUPS` takes from every capability.
    """

    always: frozenset[str] = frozenset()
    by_capability: Mapping[Capability, frozenset[str]] = field(default_factory=dict)
    of_apps: frozenset[str] = frozenset()

    def allowing(self, endpoint: str) -> tuple[Capability, ...]:
        """Return the capabilities that allow an endpoint, in the order of the set-up."""
        return tuple(capability for capability in Capability if endpoint in self.by_capability.get(capability, ()))


NO_ENDPOINTS: Final = EndpointMap()


class Approval:
    """The receipt of one ledger entry: it lets exactly those calls through the guard, each once.

    Only the ledger makes one, after the entry is on disk. Spending is what makes a second sending of the same write
    impossible: the guard stands outside the retries of `Patience`, which resends only what Okta did not act on.

    Attributes:
        entry: The sequence number of the ledger entry.
        calls: The approved calls, in order.
    """

    __slots__ = ("_spent", "calls", "entry")

    def __init__(self, entry: int, calls: tuple[Call, ...]) -> None:
        """Hold what may be sent; nothing of it is spent yet."""
        self.entry = entry
        self.calls = calls
        self._spent: list[Call] = []

    def __repr__(self) -> str:
        """Return the entry and its calls."""
        return f"Approval(entry={self.entry}, calls={self.calls})"

    def spend(self, call: Call) -> None:
        """Use up one call.

        Raises:
            Refused: The call is not in the approval, or was sent already.
        """
        left = list(self.calls)
        for spent in self._spent:
            left.remove(spent)
        if call not in left:
            approved = call in self.calls
            raise Refused(
                "keydesk refused to send the same change twice"
                if approved
                else "keydesk refused a change that was not confirmed",
                advice="Nothing was sent. Look the person up again and start over.",
                detail=f"{call.method} {call.target}",
            )
        self._spent.append(call)


class Policy(Discreet, frozen=True):
    """The frozen decision on what a session may send; one for the whole life of a session.

    Attributes:
        origin: Scheme, host and port of the org, lower case: `https://acme.okta.com`. Nothing goes anywhere else.
        mode: Read-only means reads only, whatever the screen does.
        capabilities: What the admin has switched on; the endpoints that may be called follow from it.
        prefix: A path in front of every call; only ever set on the loopback (a replay server).
        token_path: The path of the OAuth token request, the one POST that needs no approval; `None` without OAuth.
        endpoints: The endpoints that each capability allows. The policy receives the whole map, so that what it allows
            cannot disagree with `capabilities`; without a map it allows nothing.
        software_by: What may be used to give people software; with `SoftwareBy.GROUPS` no endpoint of apps is allowed.
    """

    hidden: ClassVar = frozenset({"endpoints"})
    origin: str
    mode: Mode = Mode.READ_ONLY
    capabilities: frozenset[Capability] = frozenset(Capability)
    prefix: str = ""
    token_path: str | None = None
    endpoints: EndpointMap = NO_ENDPOINTS
    software_by: SoftwareBy = SoftwareBy.GROUPS_AND_APPS

    def withholds(self, endpoint_id: str) -> bool:
        """Whether an endpoint is refused since it is about apps, and this connector gives software by groups only."""
        return self.software_by is SoftwareBy.GROUPS and endpoint_id in self.endpoints.of_apps

    def check(self, origin: str, call: Call, approval: object = None) -> None:
        """Decide on one request as it is about to leave. Default deny.

        Args:
            origin: Scheme, host and port that the request is going to.
            call: Method, raw path and query, and body of the request.
            approval: What the request carries as its approval, if anything.

        Raises:
            Refused: With the reason; nothing has been sent.
        """
        where = f"{call.method} {call.target}"
        if origin != self.origin:
            raise Refused("keydesk refused to speak to another address", detail=f"{origin} is not {self.origin}")
        if not call.target.startswith(f"{self.prefix}/") or odd(call.target):
            raise Refused("keydesk refused an odd path", detail=where)
        if self._is_token_request(call):
            if call.body.startswith(TOKEN_FORM) and call.body.count(b"grant_type") == 1:
                return
            raise Refused("keydesk refused an odd token request", detail=where)
        call = Call(call.method, call.target.removeprefix(self.prefix), call.body)
        endpoint = endpoint_of(call)
        if endpoint is not None and self.withholds(endpoint.id):  # the mode and the capabilities would not change it
            raise ByGroupsOnly(detail=where)
        if call.method in READS:
            self._check_capability(call, endpoint)
            return
        if not sends(self.mode, endpoint.id if endpoint else ""):
            only = "This connector verifies callers, and changes nothing"
            raise Refused(only if self.mode is Mode.VERIFY_ONLY else "This connector is read-only", detail=where)
        self._check_capability(call, endpoint)
        if type(approval) is not Approval:
            raise Refused("keydesk refused a change without an approval", detail=where)
        approval.spend(call)

    def _is_token_request(self, call: Call) -> bool:
        path = self.token_path
        return path is not None and call.method == "POST" and call.target == self.prefix + path

    def _check_capability(self, call: Call, endpoint: Endpoint | None) -> None:
        """Decide by the endpoint of a call. The query decides nothing: that of a next page is the server's own.

        Raises:
            SwitchedOff: Only capabilities that are switched off allow the endpoint.
            Refused: The call is of no known endpoint, or of one that no capability allows.
        """
        where = f"{call.method} {call.target}"
        if endpoint is None:
            raise Refused("keydesk refused a call that is none of its own", detail=where)
        if endpoint.id in self.endpoints.always:
            return
        allowing = self.endpoints.allowing(endpoint.id)
        if not allowing:
            raise Refused("keydesk refused a call that nothing allows on this connection", detail=where)
        if self.capabilities.isdisjoint(allowing):
            raise SwitchedOff(*allowing, detail=where)


def odd(target: str) -> bool:
    """Whether a raw path could mean another path to a server: dot segments, encoded slashes, back-slashes, controls."""
    path = target.partition("?")[0]
    lowered = path.lower()
    segments = lowered.replace("%2e", ".").split("/")
    return (
        "%2f" in lowered
        or "%5c" in lowered
        or "\\" in path
        or "//" in path
        or any(segment.partition(";")[0] in {".", ".."} for segment in segments)
        or any(ord(char) <= 0x20 or ord(char) >= 0x7F for char in target)  # noqa: PLR2004 - printable ASCII
    )
