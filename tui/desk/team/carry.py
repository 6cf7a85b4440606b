"""Carries the ledger of one machine over into a team's, record by record; run by the owner of the database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from tui.desk.ledger.chain import COLUMNS
from tui.desk.ledger.entry import read_intent
from tui.desk.ledger.errors import LedgerCorrupt
from tui.desk.team.rows import known_as, search_words
from tui.desk.team.trouble import store_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import psycopg

    from tui.desk.ledger.protocol import LedgerStore

_AT_ONCE: Final = 500


class Carried(Struct, frozen=True):
    """What was carried over.

    Attributes:
        records: The records of this org that the ledger holds; all of them are in the team's now.
        new: Those that were not there before.
        left: The records of other orgs, which stay where they are.
        same_chain: Whether the team's chain began with this ledger, so that all hashes are the same as before.
    """

    records: int
    new: int
    left: int
    same_chain: bool


def carry_over(
    db: psycopg.Connection[tuple[object, ...]], source: LedgerStore, target: LedgerStore, origin: str
) -> Carried:
    """Carry the records of one org over, and prove that they arrived as they were; what is there already stays.

    Args:
        db: A connection of the owner, who alone may write records of others and of another time.
        source: The ledger on this machine; it is only read.
        target: The team's ledger of that org.
        origin: The org's origin.

    Raises:
        LedgerCorrupt: One of the ledgers is not as keydesk wrote it, before or after.
        LedgerError: It could not be read or written; what was carried over until then stays, and is not doubled.
    """
    _require_whole(source, "The ledger on this machine is damaged: nothing was carried over")
    _require_whole(target, "The team's ledger is damaged: nothing was carried over")
    rows = [[json.loads(line)[column] for column in COLUMNS] for line in source.export()]
    wanted = list(_of_org(rows, origin))
    before = target.newest()
    numbers: dict[int, int] = {}
    for some in _batches(wanted):
        with store_errors(), db.transaction():
            for row in some:
                numbers[row[0]] = _carry(db, origin, row, numbers)
    _require_whole(target, "The team's ledger is damaged after carrying over")
    same = _compare(db, origin, wanted)
    return Carried(len(wanted), target.newest() - before, len(rows) - len(wanted), same)


def _of_org(rows: Iterable[list[Any]], origin: str) -> Iterator[list[Any]]:
    """Yield the records of one org: its intents, and what belongs to them."""
    intents = set()
    for row in rows:
        seq, _, kind, ref, body, _, _ = row
        if kind == "intent" and read_intent(body).org == origin:
            intents.add(seq)
        if seq in intents or ref in intents:
            yield row


def _carry(db: psycopg.Connection[tuple[object, ...]], origin: str, row: list[Any], numbers: dict[int, int]) -> int:
    _, at, kind, ref, body, _, digest = row
    new = db.execute(
        "SELECT keydesk.carry(%s, %s, %s, %s, %s, %s, %s)",
        (origin, at, kind, None if ref is None else numbers[ref], body, known_as(digest), search_words(kind, body)),
    ).fetchone()
    return int(str(new[0])) if new else 0


def _compare(db: psycopg.Connection[tuple[object, ...]], origin: str, wanted: list[list[Any]]) -> bool:
    """Compare each record with what arrived, and return whether all hashes are the same.

    Raises:
        LedgerCorrupt: A record did not arrive as it was.
    """
    same = True
    query = (
        "SELECT r.once, r.at, r.kind, r.body, r.hash FROM keydesk.record r JOIN keydesk.chain c USING (org) "
        "WHERE c.origin = %s AND r.once = ANY(%s)"
    )
    for some in _batches(wanted):
        with store_errors():
            arrived = {row[0]: row[1:] for row in db.execute(query, (origin, [known_as(row[6]) for row in some]))}
        for _, at, kind, _, body, _, digest in some:
            found = arrived.get(known_as(digest))
            if found is None or found[:3] != (at, kind, body):
                raise LedgerCorrupt("A record did not arrive as it was", detail=f"hash {digest}")
            same = same and found[3] == digest
    return same


def _batches(rows: list[list[Any]]) -> Iterator[list[list[Any]]]:
    return (rows[first : first + _AT_ONCE] for first in range(0, len(rows), _AT_ONCE))


def _require_whole(ledger: LedgerStore, words: str) -> None:
    report = ledger.verify()
    if not report.ok:
        raise LedgerCorrupt(words, detail=report.problems[0].what)
