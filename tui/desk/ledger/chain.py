"""The chain: each record holds the hash of the record before it, so that any edit, gap or reorder shows. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.ledger import entry
from tui.desk.ledger.entry import Outcome, canonical

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS: Final = ("seq", "at", "kind", "ref", "body", "prev", "hash")
HASH_LENGTH: Final = 64
_FAR: Final = 16  # records; the anchor misses one for each crash at the wrong moment, and so many are no accident
_ANCHOR_WORDS: Final = ("keydesk-ledger-head", "1")


class Head(Struct, frozen=True):
    """Where a chain ends: the number and the hash of its newest record. Also what the anchor holds."""

    seq: int
    hash: str

    def __str__(self) -> str:
        """Return the text that the anchor's file holds, without the line's end."""
        return " ".join((*_ANCHOR_WORDS, str(self.seq), self.hash))

    @classmethod
    def read(cls, text: str) -> Head:
        """Return the head in an anchor's text.

        Raises:
            ValueError: The text is not written as keydesk writes it.
        """
        words = text.split()
        head = cls(int(words[-2]), words[-1]) if len(words) == len(_ANCHOR_WORDS) + 2 else START
        at_start = head.seq == START.seq and head.hash == START.hash
        if text != f"{head}\n" or not _is_hash(head.hash) or not (at_start or head.seq > START.seq):
            raise ValueError("not an anchor")
        return head


START: Final = Head(0, "0" * HASH_LENGTH)
"""The head of an empty chain, which the first record follows."""


class Record(Struct, frozen=True):
    """One row of the ledger, as it stands in the file.

    Attributes:
        seq: The record's number; 1, 2, 3 without a gap.
        at: The time of the record, as `entry.stamp` writes it.
        kind: The kind of record: `intent`, `outcome` or `settled`.
        ref: The number of the intent that an outcome or a settlement belongs to; `None` for an intent.
        body: The content as canonical JSON.
        prev: The hash of the record before.
        hash: The hash over all other columns.
    """

    seq: int
    at: str
    kind: str
    ref: int | None
    body: str
    prev: str
    hash: str

    @classmethod
    def after(cls, head: Head, at: str, kind: str, ref: int | None, body: str) -> Record:
        """Return the record that follows a head."""
        seq = head.seq + 1
        return cls(seq, at, kind, ref, body, head.hash, _digest((seq, at, kind, ref, body, head.hash)))

    @classmethod
    def read(cls, row: Sequence[object]) -> Record | None:
        """Return a row as a record; `None` where a column holds a type that keydesk never writes there."""
        if len(row) != len(COLUMNS):
            return None
        seq, at, kind, ref, body, prev, digest = row
        # `type is`, not isinstance: JSON's true would pass as the number 1.
        if type(seq) is not int or not (ref is None or type(ref) is int):
            return None
        if not (isinstance(at, str) and isinstance(kind, str) and isinstance(body, str)):
            return None
        if not (isinstance(prev, str) and isinstance(digest, str)):
            return None
        return cls(seq, at, kind, ref, body, prev, digest)

    @property
    def row(self) -> tuple[int, str, str, int | None, str, str, str]:
        """The values in the order of `COLUMNS`."""
        return self.seq, self.at, self.kind, self.ref, self.body, self.prev, self.hash

    @property
    def head(self) -> Head:
        """The head of a chain whose newest record this is."""
        return Head(self.seq, self.hash)

    @property
    def sound(self) -> bool:
        """Whether the hash is that of the other columns."""
        return self.hash == _digest(self.row[:-1])


class Problem(Struct, frozen=True):
    """One thing that is wrong with a ledger.

    Attributes:
        seq: The number of the record; `None` for the ledger as a whole.
        what: The fault in plain words.
    """

    seq: int | None
    what: str


class ChainReport(Struct, frozen=True):
    """The result of reading a whole ledger.

    Attributes:
        ok: Whether the ledger is exactly as keydesk wrote it, as far as the file and its anchor can show.
        count: The number of records.
        head: The hash of the newest record; noted elsewhere, it can be passed to `verify` later.
        problems: Every problem, in the ledger's order.
        anchored: The number of the record that the anchor holds; `None` without an anchor. After a crash the anchor is
            one or two records behind.
        expected: The number of the record with the hash that was noted elsewhere; `None` where none was given or found.
        shared: Whether a team's database holds it; there the chain's own row is the anchor, and never behind.
    """

    ok: bool
    count: int
    head: str
    problems: tuple[Problem, ...]
    anchored: int | None = None
    expected: int | None = None
    shared: bool = False

    @property
    def claim(self) -> str:
        """What the report proves and what it does not, where nothing is wrong."""
        if self.expected is not None:
            return (
                f"Nothing up to record {self.expected} was rewritten since its hash was noted. What follows it fits "
                "together; only a newer hash noted elsewhere can prove more."
            )
        if self.shared:
            return (
                "Each record fits the one before, the row that ends the chain, and the name of who recorded it. Who "
                "owns the database can still have rewritten all of it: note the head elsewhere, and `keydesk ledger "
                "verify --expect HASH` proves later that nothing up to it was."
            )
        behind = self.count - (self.anchored or 0)
        unseen = f" The anchor is {behind} behind, so records cut off after it would not show." if behind else ""
        return (
            f"Each record fits the one before and the anchor beside them.{unseen} Who may write both files can still "
            "have rewritten them: note the head elsewhere, and `keydesk ledger verify --expect HASH` proves later that "
            "nothing up to it was."
        )


class ChainReader:
    """Reads a chain from its first record to its last and notes every problem."""

    def __init__(self, *, anchor: Head | None = None, expect: str | None = None) -> None:
        self.problems: list[Problem] = []
        self._anchor = anchor
        self._expect = None if expect is None else expect.strip().lower()
        self._met_anchor = anchor is None or anchor == START
        self._met_expected = self._expect is None or self._expect == START.hash
        self._expected_at: int | None = None
        self.count = 0
        self._head = START
        self._intents: set[int] = set()
        self._outcomes: dict[int, Outcome | None] = {}
        self._settled: set[int] = set()

    def note(self, seq: int | None, what: str) -> None:
        """Add a problem."""
        self.problems.append(Problem(seq, what))

    def step(self, row: Sequence[object]) -> None:
        """Check the next row, in the order of the ledger."""
        self.count += 1
        record = Record.read(row)
        if record is None:
            seq = row[0] if row and isinstance(row[0], int) else None
            self.note(seq, "This record holds values of the wrong kind.")
            return
        self._check_place(record)
        if not record.sound:
            self.note(record.seq, "This record was changed after it was written: its hash does not fit.")
        self._check_content(record)
        if self._anchor is not None and record.seq == self._anchor.seq:
            self._met_anchor = True
            if record.hash != self._anchor.hash:
                self.note(
                    record.seq, "The anchor remembers another record here: the ledger or the anchor was rewritten."
                )
        if record.hash == self._expect:
            self._met_expected, self._expected_at = True, record.seq
        self._head = record.head

    def verdict(self) -> ChainReport:
        """Return the report on all rows, after the last one."""
        if not self._met_anchor and self._anchor is not None:
            wanted, last = self._anchor.seq, self._head.seq
            self.note(wanted, f"The anchor remembers record {wanted}; the ledger ends at {last}: its end was removed.")
        elif self._anchor is not None and self._head.seq - self._anchor.seq > _FAR:
            wanted, last = self._anchor.seq, self._head.seq
            self.note(None, f"The anchor stayed behind at record {wanted} of {last}: it was set back, or is held fast.")
        if not self._met_expected:
            self.note(None, "The expected hash is not in this ledger: it was rewritten, cut short, or is another one.")
        problems = tuple(self.problems)
        anchored = None if self._anchor is None else self._anchor.seq
        return ChainReport(not problems, self.count, self._head.hash, problems, anchored, self._expected_at)

    def _check_place(self, record: Record) -> None:
        """Check the record's number, and that the record follows the one before it."""
        wanted = self._head.seq + 1
        if record.seq > wanted:
            gone = f"Record {wanted} is" if record.seq == wanted + 1 else f"Records {wanted} to {record.seq - 1} are"
            self.note(wanted, f"{gone} missing.")
        elif record.seq < wanted:
            self.note(record.seq, "This record's number was given before, or is out of order.")
        if record.prev != self._head.hash:
            self.note(record.seq, "This record does not follow from the one before it.")

    def _check_content(self, record: Record) -> None:
        """Check that the time and the body can be read, and that this kind of record may stand here."""
        try:
            entry.moment(record.at)
        except (ValueError, OverflowError):
            self.note(record.seq, "Its time cannot be read.")
        try:
            if record.kind == "intent":
                self._check_intent(record)
            elif record.kind == "outcome":
                self._check_outcome(record)
            elif record.kind == "settled":
                self._check_settlement(record)
            else:
                self.note(record.seq, "This is a kind of record that keydesk never writes.")
        except ValueError:
            self.note(record.seq, "Its text cannot be read.")

    def _check_intent(self, record: Record) -> None:
        self._intents.add(record.seq)
        if record.ref is not None:
            self.note(record.seq, "An intent refers to another record.")
        entry.read_intent(record.body)

    def _check_outcome(self, record: Record) -> None:
        ref = self._intent_of(record)
        if ref in self._outcomes:
            self.note(record.seq, f"A second outcome for record {ref}.")
        self._outcomes.setdefault(ref, None)
        self._outcomes[ref] = entry.read_outcome(record.body)[0]

    def _check_settlement(self, record: Record) -> None:
        ref = self._intent_of(record)
        if ref in self._settled or self._outcomes.get(ref) not in {None, Outcome.UNKNOWN}:
            self.note(record.seq, f"Record {ref} was not open, and yet settled.")
        self._settled.add(ref)
        entry.read_settled(record.body)

    def _intent_of(self, record: Record) -> int:
        """Return the number of the intent that a record belongs to, and note where there is no such intent."""
        if record.ref is None or record.ref not in self._intents:
            self.note(record.seq, "It belongs to an intent that is not in the ledger.")
        return record.ref or 0


def _digest(columns: tuple[int | str | None, ...]) -> str:
    """Return the SHA-256 of a row as a JSON array, which is another text for any two rows, unlike joined columns."""
    import hashlib  # noqa: PLC0415 - OpenSSL takes milliseconds to load, and the app starts without it

    return hashlib.sha256(canonical(columns).encode("ascii")).hexdigest()


def _is_hash(text: str) -> bool:
    return len(text) == HASH_LENGTH and all(char in "0123456789abcdef" for char in text)
