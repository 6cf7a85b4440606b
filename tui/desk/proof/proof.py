"""The proof: what a connector's credentials can and cannot do, capability by capability, by cheap reads only."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from tui.trouble import Trouble

if TYPE_CHECKING:
    from tui.okta.policy import Capability


class CapabilityVerdict(StrEnum):
    """What is known about one capability."""

    WORKS = "works"
    MISSING_SCOPE = "missing scope"
    MISSING_ROLE = "missing role"
    NOT_IN_ORG = "not in this org"
    NOT_PROVABLE = "not provable without writing"
    FAILED = "could not be asked"
    OFF = "switched off"


class ProofLine(Struct, frozen=True):
    """One step of the proof as it happened.

    Attributes:
        text: The read: `People: GET /api/v1/users?limit=1`.
        ok: Whether Okta answered; `None` where that proves nothing either way.
        detail: The result in words.
    """

    text: str
    ok: bool | None
    detail: str = ""


class Finding(Struct, frozen=True):
    """One row of the table capability x verdict.

    Attributes:
        capability: The capability.
        verdict: The worst verdict of its parts.
        reason: The reason for the verdict in words, with the scope or role by name.
        cure: What an admin does about it; empty where nothing is to be done.
        missing_scopes: The OAuth scopes that the capability lacks.
        roles: Standard roles each of which would be enough, the least powerful first.
    """

    capability: Capability
    verdict: CapabilityVerdict
    reason: str = ""
    cure: str = ""
    missing_scopes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


class Proof(Struct, frozen=True):
    """Everything that one proof found.

    Attributes:
        connector: The connector's name.
        org: The org's origin.
        at: The time of the proof, seconds since the epoch.
        findings: One row per capability, in the order of `Capability`.
        warnings: Too much power, a token that ends soon, and the like: title and what to do.
        denied: The calls that Okta would refuse: endpoint id, title and what to do; they obstruct actions.
        granted: The granted OAuth scopes; `None` for an API token.
        lines: The steps; not stored.
        client_id: The service app's client id; empty for an API token.
        mode: The connector's mode at the time, read-only or read-write.
        dpop: Whether the access token was bound by DPoP; `None` for an API token, or without an access token.
        fault: The error that ended the proof, in words; empty without one.
        fault_field: The wizard's field that is to blame for the fault; empty where none is.
        software_by: What the connector might use to give people software at the time, a `SoftwareBy`.
    """

    connector: str
    org: str
    at: float
    findings: tuple[Finding, ...]
    warnings: tuple[tuple[str, str], ...] = ()
    denied: tuple[tuple[str, str, str], ...] = ()
    granted: tuple[str, ...] | None = None
    lines: tuple[ProofLine, ...] = ()
    client_id: str = ""
    mode: str = ""
    dpop: bool | None = None
    fault: str = ""
    fault_field: str = ""
    software_by: str = ""

    @property
    def refusals(self) -> dict[str, Trouble]:
        """The calls that Okta would refuse, by endpoint id, each as a trouble to show or raise."""
        when = datetime.fromtimestamp(self.at, UTC).astimezone().strftime("%d %b %H:%M")
        return {
            endpoint: Trouble(title, advice=f"{advice} Found on {when}; `keydesk check` asks again.")
            for endpoint, title, advice in self.denied
        }

    @property
    def works(self) -> bool:
        """Whether all that is switched on works, as far as it can be proved without writing."""
        fine = {CapabilityVerdict.WORKS, CapabilityVerdict.NOT_PROVABLE, CapabilityVerdict.OFF}
        return not self.fault and all(finding.verdict in fine for finding in self.findings)

    @property
    def verdict(self) -> str:
        """The result in one line, as the middle of a sentence."""
        if not self.works:
            return "not all that is switched on works"
        if any(finding.verdict is CapabilityVerdict.NOT_PROVABLE for finding in self.findings):
            return "all that can be proved without writing works"
        return "all that is switched on works"
