"""Times of the ledger's records by Okta's clock: a team's database stamps them by its own, which may be a wrong one."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.desk.ledger.entry import Entry
    from tui.desk.session import Session


async def ahead_of_okta(session: Session) -> float:
    """Return by how many seconds the clock that stamps the records is ahead of Okta's, less than 0 for behind.

    The ledger on this machine is stamped by Okta's clock, as far as it is known: 0. The way to a team's database
    counts with it, so that what was recorded just now never seems to lie ahead.

    Raises:
        LedgerError: The team's record could not be asked.
    """
    if session.connector.store is None:
        return 0.0
    before = session.now().timestamp()
    return await asyncio.to_thread(session.ledger.time) - before


def by_okta(entries: Iterable[Entry], ahead: float) -> list[Entry]:
    """Return entries with their times by Okta's clock, so that a proof, a denial and a cool-off last as long as said.

    Args:
        entries: Entries as the ledger holds them.
        ahead: As of `ahead_of_okta`.
    """
    if not ahead:
        return list(entries)
    by = timedelta(seconds=ahead)
    return [
        replace(entry, at=entry.at - by, outcome_at=entry.outcome_at - by if entry.outcome_at else None)
        for entry in entries
    ]
