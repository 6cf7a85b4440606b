"""The proof: what a connector's credentials can and cannot do, capability by capability, by cheap reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

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


@dataclass(frozen=True, slots=True)
class ProofLine:
    """One step of the proof as it happened.

    Attributes:
        text: What was asked: `People: GET /api/v1/users?limit=1`.
        ok: Whether it worked; `None` when it tells nothing either way.
        detail: What came of it, in words.
    """

    text: str
    ok: bool | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the table capability x verdict.

    Attributes:
        capability: Which.
        verdict: What is known, the worst of its parts.
        reason: In words, with the scope or role by name.
        cure: What an admin does about it; empty when nothing is to be done.
        missing_scopes: Scopes that it lacks.
        roles: Standard roles that would do, the smallest first.
    """

    capability: Capability
    verdict: CapabilityVerdict
    reason: str = ""
    cure: str = ""
    missing_scopes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything that one proof found.

    Attributes:
        connector: Its name.
        org: Its origin.
        at: When, seconds since the epoch.
        findings: One per capability, in their order.
        warnings: Too much power, a token that dies soon, and the like: title and what to do.
        denied: Per endpoint id, why it would be refused; what greys the keys.
        granted: The scopes that were granted; `None` for an API token.
        lines: The steps; not stored.
        client_id: Of the service app; empty for an API token.
        mode: Read-only or read-write, as it was proved.
        dpop: Whether the access token was bound by DPoP; `None` for an API token, or where none came.
        fault: What kept everything from being asked, in words; empty when nothing did.
        fault_field: Which input is to blame for it, as the form and the profile name it; empty when none is.
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

    @property
    def refusals(self) -> dict[str, Trouble]:
        """Per endpoint, what was found refused, as a trouble for whoever is about to call it."""
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
        """What is to be said of it in one line, as the middle of a sentence."""
        if not self.works:
            return "not all that is switched on works"
        if any(finding.verdict is CapabilityVerdict.NOT_PROVABLE for finding in self.findings):
            return "all that can be proved without writing works"
        return "all that is switched on works"
