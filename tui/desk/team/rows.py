"""Reads entries and notices from a team's database, newest first, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from msgspec.structs import replace

from tui.desk.ledger.chain import START, Head
from tui.desk.ledger.entry import Outcome, read_entry, read_intent, read_outcome, read_settled
from tui.desk.ledger.errors import LedgerError
from tui.desk.ledger.finding import storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tui.desk.ledger.entry import Entry
    from tui.desk.team.database import Connection

LARGEST: Final = 2**63 - 1
_NAMES: Final = UUID("6b65790d-6573-4b00-8000-7465616d0001")
"""The space of the numbers by which a record that was carried over is known again."""
TRIGRAM: Final = 3
"""Letters from which on the trigrams are of use."""
_NEWEST: Final = 4000
"""Records whose words are read one by one before the index is asked."""
_ORG: Final = "(SELECT org FROM keydesk.membership(%s))"  # which refuses a role that does not work for the org
# All records of some entries: an entry is put together here, since a join of three is planned by guesses about what is
# rarely there, such as settlements.
_ENTRIES: Final = (
    "SELECT entry, kind, at, body, CASE WHEN carried THEN once END, hash FROM keydesk.record "  # noqa: S608 - constants
    f"WHERE org = {_ORG} AND entry = ANY(%s) ORDER BY entry"
)
_INTENTS: Final = f"SELECT seq FROM keydesk.record WHERE org = {_ORG} AND kind = 'intent' AND "  # noqa: S608 - constants
_BELOW: Final = f"{_INTENTS} seq < %s ORDER BY seq DESC LIMIT %s"
_AFTER: Final = f"{_INTENTS} seq > %s ORDER BY seq LIMIT %s"
_OPEN: Final = (
    f"SELECT entry FROM keydesk.open_entry WHERE org = {_ORG} AND entry < %s AND entry >= %s "  # noqa: S608 - constants
    "ORDER BY entry DESC LIMIT %s"
)
_RECORDS: Final = (
    "SELECT seq, at, kind, ref, body, prev, hash, words, role, carried FROM keydesk.record "  # noqa: S608 - constants
    f"WHERE org = {_ORG} AND seq > %s ORDER BY seq LIMIT %s"
)
_HEAD: Final = f"SELECT seq, hash FROM keydesk.chain WHERE org = {_ORG}"  # noqa: S608 - constants
_RULES: Final = f"SELECT rules FROM keydesk.chain WHERE org = {_ORG}"  # noqa: S608 - constants


def head_of(db: Connection, origin: str) -> Head:
    """Return the number and the hash of an org's newest record."""
    row = db.execute(_HEAD, (origin,)).fetchone()
    return Head(int(str(row[0])), str(row[1])) if row else START


def leads(db: Connection, origin: str) -> bool:
    """Return whether the role may change an org's rules."""
    return db.execute("SELECT leads FROM keydesk.membership(%s)", (origin,)).fetchone() == (True,)


def clock_of(db: Connection) -> float:
    """Return the time by the database's clock, in seconds since 1970."""
    row = db.execute("SELECT extract(epoch FROM clock_timestamp())").fetchone()
    return float(str(row[0])) if row else 0.0


def newest_rules(db: Connection, origin: str) -> Entry | None:
    """Return the entry that changed the desk's rules last; `None` for none."""
    row = db.execute(_RULES, (origin,)).fetchone()
    number = int(str(row[0])) if row else 0
    return one_entry(db, origin, number) if number else None


def entries_by_number(db: Connection, origin: str, numbers: Iterable[int]) -> list[Entry]:
    """Return entries by their numbers, newest first; what is no intent is left out."""
    found: dict[int, dict[str, tuple[str, str]]] = {}
    wanted = [number for number in numbers if 0 < number <= LARGEST]
    renumbered = set[int]()
    for number, kind, at, body, once, digest in db.execute(_ENTRIES, (origin, wanted)) if wanted else ():
        found.setdefault(int(str(number)), {})[str(kind)] = str(at), str(body)
        if once is not None and kind == "intent" and once != known_as(str(digest)):
            renumbered.add(int(str(number)))
    nothing = (None, None)
    entries = (
        read_entry((number, *kinds["intent"], *kinds.get("outcome", nothing), *kinds.get("settled", nothing)))
        for number, kinds in sorted(found.items(), reverse=True)
        if "intent" in kinds
    )
    return [replace(entry, renumbered=True) if entry.seq in renumbered else entry for entry in entries]


def known_as(digest: str) -> UUID:
    """Return the number by which a record that is carried over is known again, from the hash that it had before."""
    return uuid5(_NAMES, digest)


def one_entry(db: Connection, origin: str, number: int) -> Entry:
    """Return one entry.

    Raises:
        LedgerError: There is none of that number.
    """
    found = entries_by_number(db, origin, [number])
    if not found:
        raise no_such(number)
    return found[0]


def no_such(number: int) -> LedgerError:
    """Return the error for an entry that is not in the ledger."""
    return LedgerError("There is no such entry in the ledger", advice="", detail=f"entry {number}")


def page_of_entries(db: Connection, origin: str, below: int, most: int, *, only_open: bool) -> list[Entry]:
    """Return the next entries below a number."""
    numbers = db.execute(_OPEN, (origin, below, 0, most)) if only_open else db.execute(_BELOW, (origin, below, most))
    return entries_by_number(db, origin, _numbers(numbers))


def page_of_oldest(db: Connection, origin: str, after: int, most: int) -> list[Entry]:
    """Return the next entries behind a number, oldest first."""
    return entries_by_number(db, origin, _numbers(db.execute(_AFTER, (origin, after, most))))[::-1]


def proposed(
    db: Connection, origin: str, text: str, below: int, most: int, *, down_to: int = 0
) -> tuple[list[Entry], int]:
    """Return the next entries whose stored words hold a text, and below which number to go on; `down_to` for no more.

    They are only proposed: whoever asked looks at each again. Above `down_to` all words are read, without the index.
    """
    wanted = storable(text.casefold())
    if len(wanted) < TRIGRAM and "\n" not in wanted:
        query = "SELECT keydesk.find_short(%s, %s, %s, %s)"
        numbers = _numbers(db.execute(query, (origin, wanted, below, most)))
        return entries_by_number(db, origin, numbers), numbers[-1] if len(numbers) == most else 0
    read = below - down_to if down_to else _NEWEST
    like = "%" + wanted.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
    query = "SELECT keydesk.find(%s, %s, %s, %s, %s, %s)"
    numbers = _numbers(db.execute(query, (origin, like, below, most, read, down_to)))
    lowest = numbers[-1] if len(numbers) == most else down_to
    if wanted in Outcome.UNKNOWN:  # an entry without an outcome is unknown, which no record of it says
        numbers += _numbers(db.execute(_OPEN, (origin, below, lowest, None)))
    return entries_by_number(db, origin, set(numbers)), lowest


def with_notices(
    db: Connection, origin: str, start: str, before: str, *, since: str = "", most: int | None = None
) -> list[int]:
    """Return the numbers of the notices whose key lies between two texts, recorded since a time, newest first."""
    return _numbers(db.execute("SELECT keydesk.notices(%s, %s, %s, %s, %s)", (origin, start, before, since, most)))


def chain_rows(db: Connection, origin: str, after: int, most: int) -> list[tuple[Any, ...]]:
    """Return the next records behind a number: the columns of the chain, then the words, the role, and if carried."""
    return db.execute(_RECORDS, (origin, after, most)).fetchall()


def search_words(kind: str, body: str) -> str:
    """Return the words by which a record is found: all its texts without upper case, each in a line.

    Raises:
        ValueError: The body is damaged.
    """
    if kind == "intent":
        words = read_intent(body).words
    elif kind == "outcome":
        outcome, *texts = read_outcome(body)
        words = tuple(text.casefold() for text in (*texts, outcome or ""))
    else:
        words = (read_settled(body).casefold(), Outcome.UNKNOWN)  # what was settled had no known outcome
    return storable("\n".join(words))


def _numbers(rows: Iterator[tuple[Any, ...]] | Iterable[tuple[Any, ...]]) -> list[int]:
    return [int(number) for (number,) in rows]
