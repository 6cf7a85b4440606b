"""The chain: each record carries the hash of the one before it, so that any edit, gap or reorder shows. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.desk.ledger import entry
from tui.desk.ledger.entry import Outcome, canonical

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS: Final = ("seq", "at", "kind", "ref", "body", "prev", "hash")
HASH_LENGTH: Final = 64
_FAR: Final = 16  # records; each takes a crash at the wrong moment to be missed by the anchor, so this is no accident
_ANCHOR_WORDS: Final = ("keydesk-ledger-head", "1")


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends: the number and the hash of its newest record. Also what the anchor holds."""

    seq: int
    hash: str

    def __str__(self) -> str:
        """As the anchor is written, without the line's end."""
        return " ".join((*_ANCHOR_WORDS, str(self.seq), self.hash))

    @classmethod
    def read(cls, text: str) -> Head:
        """The head that an anchor holds.

        Raises:
            ValueError: It is not written as keydesk writes it.
        """
        words = text.split()
        head = cls(int(words[-2]), words[-1]) if len(words) == len(_ANCHOR_WORDS) + 2 else START
        at_start = head.seq == START.seq and head.hash == START.hash
        if text != f"{head}\n" or not _is_hash(head.hash) or not (at_start or head.seq > START.seq):
            raise ValueError("not an anchor")
        return head


START: Final = Head(0, "0" * HASH_LENGTH)
"""What the first record follows."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the ledger, as it stands in the file.

    Attributes:
        seq: Its number; 1, 2, 3 without a gap.
        at: When, as `ledger_entry.stamp` writes it.
        kind: `intent`, `outcome` or `settled`.
        ref: The number of the intent that it is about; `None` for an intent.
        body: Canonical JSON.
        prev: The hash of the record before it.
        hash: Over all the other columns.
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
        """The record that follows a head."""
        seq = head.seq + 1
        return cls(seq, at, kind, ref, body, head.hash, _digest((seq, at, kind, ref, body, head.hash)))

    @classmethod
    def read(cls, row: Sequence[object]) -> Record | None:
        """A row as a record; `None` if a column holds what keydesk never writes there."""
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
        """The chain's head, when this record is its newest."""
        return Head(self.seq, self.hash)

    @property
    def sound(self) -> bool:
        """Whether the hash is that of the other columns."""
        return self.hash == _digest(self.row[:-1])


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding.

    Attributes:
        seq: The record that it is about; `None` for the ledger as a whole.
        what: What is wrong, in plain words.
    """

    seq: int | None
    what: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What reading a whole ledger showed.

    Attributes:
        ok: Whether it is exactly as keydesk wrote it, as far as can be told.
        count: How many records were read.
        head: The hash of the newest record: note it elsewhere, and give it to `verify` later.
        problems: Every finding, in the ledger's order.
        anchored: Up to which record the anchor vouches; `None` without an anchor. A crash leaves it one or two behind.
    """

    ok: bool
    count: int
    head: str
    problems: tuple[Problem, ...]
    anchored: int | None = None


class ChainReader:
    """Follows a chain from its first record to its last and notes everything that is wrong."""

    def __init__(self, *, anchor: Head | None = None, expect: str | None = None) -> None:
        self.problems: list[Problem] = []
        self._anchor = anchor
        self._expect = None if expect is None else expect.strip().lower()
        self._met_anchor = anchor is None or anchor == START
        self._met_expected = self._expect is None or self._expect == START.hash
        self.count = 0
        self._head = START
        self._intents: set[int] = set()
        self._outcomes: dict[int, Outcome | None] = {}
        self._settled: set[int] = set()

    def note(self, seq: int | None, what: str) -> None:
        """Add a finding."""
        self.problems.append(Problem(seq, what))

    def step(self, row: Sequence[object]) -> None:
        """Take the next row, in the order in which the ledger gives them."""
        self.count += 1
        record = Record.read(row)
        if record is None:
            seq = row[0] if row and isinstance(row[0], int) else None
            self.note(seq, "This record holds values of the wrong kind.")
            return
        self._place(record)
        if not record.sound:
            self.note(record.seq, "This record was changed after it was written: its hash does not fit.")
        self._meaning(record)
        if self._anchor is not None and record.seq == self._anchor.seq:
            self._met_anchor = True
            if record.hash != self._anchor.hash:
                self.note(
                    record.seq, "The anchor remembers another record here: the ledger or the anchor was rewritten."
                )
        self._met_expected = self._met_expected or record.hash == self._expect
        self._head = record.head

    def verdict(self) -> ChainReport:
        """The end: what the whole walk showed."""
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
        return ChainReport(not problems, self.count, self._head.hash, problems, anchored)

    def _place(self, record: Record) -> None:
        """Its number, and that it follows the one before it."""
        wanted = self._head.seq + 1
        if record.seq > wanted:
            gone = f"Record {wanted} is" if record.seq == wanted + 1 else f"Records {wanted} to {record.seq - 1} are"
            self.note(wanted, f"{gone} missing.")
        elif record.seq < wanted:
            self.note(record.seq, "This record's number was given before, or is out of order.")
        if record.prev != self._head.hash:
            self.note(record.seq, "This record does not follow from the one before it.")

    def _meaning(self, record: Record) -> None:
        """What it says, and that it may say it here."""
        try:
            entry.moment(record.at)
        except (ValueError, OverflowError):
            self.note(record.seq, "Its time cannot be read.")
        try:
            if record.kind == "intent":
                self._intent(record)
            elif record.kind == "outcome":
                self._outcome(record)
            elif record.kind == "settled":
                self._settle(record)
            else:
                self.note(record.seq, "This is a kind of record that keydesk never writes.")
        except ValueError:
            self.note(record.seq, "Its text cannot be read.")

    def _intent(self, record: Record) -> None:
        self._intents.add(record.seq)
        if record.ref is not None:
            self.note(record.seq, "An intent refers to another record.")
        entry.read_intent(record.body)

    def _outcome(self, record: Record) -> None:
        ref = self._about(record)
        if ref in self._outcomes:
            self.note(record.seq, f"A second outcome for record {ref}.")
        self._outcomes.setdefault(ref, None)
        self._outcomes[ref] = entry.read_outcome(record.body)[0]

    def _settle(self, record: Record) -> None:
        ref = self._about(record)
        if ref in self._settled or self._outcomes.get(ref) not in {None, Outcome.UNKNOWN}:
            self.note(record.seq, f"Record {ref} was not open, and yet settled.")
        self._settled.add(ref)
        entry.read_settled(record.body)

    def _about(self, record: Record) -> int:
        if record.ref is None or record.ref not in self._intents:
            self.note(record.seq, "It belongs to an intent that is not in the ledger.")
        return record.ref or 0


def _digest(columns: tuple[int | str | None, ...]) -> str:
    """SHA-256 over a JSON array: unlike joined text, no two different rows have the same one."""
    import hashlib  # noqa: PLC0415 - OpenSSL takes milliseconds to load, and the app starts without it

    return hashlib.sha256(canonical(columns).encode("ascii")).hexdigest()


def _is_hash(text: str) -> bool:
    return len(text) == HASH_LENGTH and all(char in "0123456789abcdef" for char in text)
