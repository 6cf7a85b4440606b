"""How a caller stands, for the card of the person they say they are: proven a moment ago, or a push was denied."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.people.badges import Badge
from tui.desk.rules.rules import DAY, DEFAULT_RULES
from tui.desk.text.tone import Tone
from tui.desk.verification.kept import denied_in, proofs_in
from tui.desk.verification.stamps import ahead_of_okta, by_okta

if TYPE_CHECKING:
    from tui.desk.ledger.entry import Entry
    from tui.desk.session import Session

_ENTRIES: Final = 50
"""The newest entries about a person that are looked through."""


class CallerStanding(Struct, frozen=True):
    """What the ledger says of the caller, in seconds since 1970 by Okta's clock.

    Attributes:
        proven: When this agent proved them last, for whatever it was, by a proof that is not used up; `None` for never.
        ends: When that proof counts no more.
        denied: When somebody denied a push of theirs last; `None` for never.
        entries: The newest entries about them, as far as they were looked through.
    """

    proven: float | None = None
    ends: float = 0.0
    denied: float | None = None
    entries: tuple[Entry, ...] = ()

    def badges(self, now: float) -> tuple[Badge, ...]:
        """Return what stands beside the name now: a denial for a day, else a proof for as long as it counts."""
        if self.denied is not None and now - self.denied < DAY:
            return (Badge(f"PUSH DENIED {_clock(self.denied)}", Tone.BAD),)
        if self.proven is not None and now < self.ends:
            return (Badge(f"caller proven {_clock(self.proven)}", Tone.GOOD),)
        return ()


async def read_standing(session: Session, user_id: str) -> CallerStanding:
    """Return how the caller stands who says that they are this person.

    Raises:
        LedgerError: The ledger could not be read.
    """
    entries = await asyncio.to_thread(session.ledger.entries, limit=_ENTRIES, text=user_id)
    entries = by_okta(entries, await ahead_of_okta(session))
    proofs = [
        proof
        for proof in proofs_in(entries)
        if proof.person == user_id and proof.agent == session.agent.name and not proof.spent
    ]
    proven = max((step.at for proof in proofs for step in proof.steps), default=None)
    lasts = (session.rules or DEFAULT_RULES).proof_minutes * 60
    return CallerStanding(proven, (proven or 0.0) + lasts, denied_in(entries, user_id), tuple(entries))


def _clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC).astimezone():%H:%M}"
