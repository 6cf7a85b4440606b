"""What may leave this machine: the mode, the capabilities, one approval per intended write. Pure; no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tui.okta.errors import Refused

READS: Final = frozenset({"GET", "HEAD"})
# How the one POST without an approval begins; it changes nothing in the org.
TOKEN_FORM: Final = b"grant_type=client_credentials&"


class Mode(StrEnum):
    """Whether a connector may change anything in Okta."""

    READ_ONLY = "read-only"
    READ_WRITE = "read-write"


class Capability(StrEnum):
    """The seven things a connector can do; an admin switches each on or off."""

    IDENTIFY = "identify"
    LOCKOUTS = "lockouts"
    EXPIRY = "expiry"
    PROVISIONING = "provisioning"
    PASSWORDS = "passwords"
    UNLOCK = "unlock"
    MFA = "mfa"


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call, exactly as it will be shown, recorded and sent.

    Attributes:
        method: Upper-case HTTP method.
        target: Path and query, percent-encoded, relative to the org's address: `/api/v1/users/00u1/lifecycle/unlock`.
        body: The JSON body's bytes, empty for none.
    """

    method: str
    target: str
    body: bytes = b""

    @property
    def writes(self) -> bool:
        """Whether the call can change anything."""
        return self.method not in READS

    def __str__(self) -> str:
        """As a person reads it: `POST /api/v1/...` and the body, if any."""
        text = f"{self.method} {self.target}"
        return f"{text}  {self.body.decode('utf-8', 'replace')}" if self.body else text


@dataclass(slots=True)
class Approval:
    """The receipt of one ledger entry: it lets exactly those calls through the guard, each once.

    Only the ledger makes one, after the entry is on disk. Spending is what makes a second sending of the same write
    impossible: the guard stands outside the retries of `Patience`, which resends only what Okta did not act on.

    Attributes:
        entry: The sequence number of the ledger entry.
        calls: The approved calls, in order.
    """

    entry: int
    calls: tuple[Call, ...]
    _spent: list[Call] = field(default_factory=list, init=False, repr=False)

    def spend(self, call: Call) -> None:
        """Use up one call.

        Raises:
            Refused: The call is not in the approval, or was sent already.
        """
        left = list(self.calls)
        for spent in self._spent:
            left.remove(spent)
        if call not in left:
            known = call in self.calls
            raise Refused(
                "keydesk refused to send the same change twice"
                if known
                else "keydesk refused a change that was not confirmed",
                advice="Nothing was sent. Look the person up again and start over.",
                detail=f"{call.method} {call.target}",
            )
        self._spent.append(call)


@dataclass(frozen=True, slots=True)
class Policy:
    """The frozen decision on what a session may send; one for the whole life of a session.

    Attributes:
        origin: Scheme, host and port of the org, lower case: `https://acme.okta.com`. Nothing goes anywhere else.
        mode: Read-only means reads only, whatever the screen does.
        capabilities: What the admin has switched on.
        prefix: A path in front of every call; only ever set on the loopback (a replay server).
        token_path: The path of the OAuth token request, the one POST that needs no approval; `None` without OAuth.
    """

    origin: str
    mode: Mode = Mode.READ_ONLY
    capabilities: frozenset[Capability] = frozenset(Capability)
    prefix: str = ""
    token_path: str | None = None

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
        if call.method in READS:
            return
        if self.token_path is not None and call.method == "POST" and call.target == self.prefix + self.token_path:
            if call.body.startswith(TOKEN_FORM) and call.body.count(b"grant_type") == 1:
                return
            raise Refused("keydesk refused an odd token request", detail=where)
        if self.mode is not Mode.READ_WRITE:
            raise Refused("This connector is read-only", detail=where)
        if type(approval) is not Approval:
            raise Refused("keydesk refused a change without an approval", detail=where)
        approval.spend(Call(call.method, call.target.removeprefix(self.prefix), call.body))


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
