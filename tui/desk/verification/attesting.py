"""An agent vouches for a caller: what was seen and by whom, in the ledger, without any call to Okta."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.verified import ATTESTED, Ending
from tui.desk.recording import intent_of
from tui.desk.text.plain import plain
from tui.desk.verification.kept import proof_text
from tui.desk.verification.ways import ATTESTING
from tui.trouble import BadInput

if TYPE_CHECKING:
    from tui.desk.people.person import Person
    from tui.desk.rules.strength import Attested
    from tui.desk.session import Session
    from tui.desk.verification.ways import Way

_LEAST: Final = 8
_LONGEST: Final = 300


class SaysTooLittle(BadInput):
    """What an agent vouches with says nothing that could be checked later."""

    field = "seen"
    title = "Say what was seen, and by whom"
    advice = "For example: “badge 4711 on video, seen by me”, or “called back on the number ending in 0132”."


async def attest(session: Session, person: Person, way: Way, purpose: str, seen: str) -> int:
    """Record that an agent vouches for a caller; returns the number of the ledger entry.

    Args:
        session: The session of the org.
        person: The person whom the caller claims to be.
        way: An attested way.
        purpose: The id of the action that it is for.
        seen: What was seen and by whom, in the agent's words.

    Raises:
        SaysTooLittle: The words say too little.
        LedgerError: It could not be recorded.
    """
    seen = plain(seen, limit=_LONGEST).strip()
    if len(seen) < _LEAST or " " not in seen:
        raise SaysTooLittle
    user, kind = person.user, _attested(way)
    intent = intent_of(
        session,
        ATTESTED,
        f"Vouch for the caller: {ATTESTING[kind].lower()}",
        user,
        reason=seen,
        proof=proof_text(purpose, way),
    )
    approval = await asyncio.to_thread(session.ledger.intend, intent)
    await asyncio.to_thread(session.ledger.outcome, approval.entry, Outcome.DONE, detail=str(Ending.PASSED))
    return approval.entry


def _attested(way: Way) -> Attested:
    """Return the kind of an attested way.

    Raises:
        ValueError: It is a way of a factor.
    """
    for kind in ATTESTING:
        if way.kind is kind:
            return kind
    raise ValueError(way.title)
