"""One HTTP call as a value, exactly as it is shown, recorded and sent."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

READS: Final = frozenset({"GET", "HEAD"})
OWN_ID: Final = "keydesk-"
"""How keydesk's own request ids begin, which stand in where no answer of Okta brought one."""


class Call(Struct, frozen=True):
    """One HTTP call; the same value is shown to the agent, written to the ledger and sent.

    Attributes:
        method: Upper-case HTTP method.
        target: Path and query, percent-encoded, relative to the org's address: `/api/v1/users/00u1/lifecycle/unlock`.
        body: The bytes of the JSON body; empty where there is none.
    """

    method: str
    target: str
    body: bytes = b""

    @property
    def writes(self) -> bool:
        """Whether the call can change anything."""
        return self.method not in READS

    def __str__(self) -> str:
        """Return the call for people: `POST /api/v1/...` and the body, if any."""
        text = f"{self.method} {self.target}"
        return f"{text}  {self.body.decode('utf-8', 'replace')}" if self.body else text
