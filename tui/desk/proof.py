"""The proof: what a connector's credentials can and cannot do, capability by capability, by cheap reads only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection
    from pathlib import Path

    from tui.desk.connector import Connector
    from tui.okta.client import OktaClient
    from tui.okta.policy import Capability


class Verdict(StrEnum):
    """What is known about one capability."""

    WORKS = "works"
    MISSING_SCOPE = "missing scope"
    MISSING_ROLE = "missing role"
    NOT_IN_ORG = "not in this org"
    NOT_PROVABLE = "not provable without writing"
    FAILED = "could not be asked"
    OFF = "switched off"


@dataclass(frozen=True, slots=True)
class Line:
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
    verdict: Verdict
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
    """

    connector: str
    org: str
    at: float
    findings: tuple[Finding, ...]
    warnings: tuple[tuple[str, str], ...] = ()
    denied: tuple[tuple[str, str, str], ...] = ()
    granted: tuple[str, ...] | None = None
    lines: tuple[Line, ...] = ()

    @property
    def works(self) -> bool:
        """Whether all that is switched on works, as far as it can be proved without writing."""
        raise NotImplementedError


def prove(client: OktaClient, connector: Connector) -> AsyncIterator[Line | Proof]:
    """Prove one connector: yields each line as it happens, and the whole proof last. Raises no OktaError."""
    raise NotImplementedError


def remember(path: Path, proof: Proof) -> None:
    """Keep the last proof of a connector: `proofs.json` in the state folder, atomically, mode 0600. Holds no secret."""
    raise NotImplementedError


def recall(path: Path, connector: Connector) -> Proof | None:
    """The last proof of this very connector (same name, org, client id and switches); `None` without one."""
    return None


def forget(path: Path, names: Collection[str]) -> None:
    """Drop the proofs of connectors that are gone."""
    raise NotImplementedError
