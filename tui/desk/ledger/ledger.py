"""The ledger: intents, on disk before anything is sent, and their outcomes. Append-only, hash-chained.

`verify` finds every change to a record, every record removed, inserted, copied, swapped or renumbered, a protecting
trigger or a version altered, and, thanks to the anchor beside the file, an end that was cut off or rewritten with
fresh hashes; all this as long as the anchor was not rewritten to fit.

`verify` cannot find the work of somebody who can rewrite both the file and its anchor, so that they fit each other.
No file on the agent's own machine can prove more. So note the head's hash elsewhere (a ticket, a mail, a print) and
pass it to `verify(expect=...)` later: a ledger that was rewritten before that point does not contain the hash. Nor can
`verify` distinguish a crash between a record and its anchor from an anchor that somebody set back by a few records;
the next record moves the anchor up again.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from tui.desk.ledger import claims
from tui.desk.ledger import entry as ledger_entry
from tui.desk.ledger.chain import ChainReader
from tui.desk.ledger.claims import Overtaken
from tui.desk.ledger.entry import RULES, Outcome
from tui.desk.ledger.errors import LedgerCorrupt, LedgerError, LedgerForked
from tui.desk.ledger.export import csv_lines, json_line
from tui.desk.ledger.finding import ENTRIES, FEW, Interest, NotPrepared, Words, find, ledger_rows
from tui.desk.ledger.store import LedgerFile
from tui.okta.policy import Approval

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tui.desk.ledger.chain import ChainReport, Head
    from tui.desk.ledger.claims import Twins
    from tui.desk.ledger.entry import Entry, Intent
    from tui.okta.calls import Call

_PATIENCE: Final = 5.0  # seconds; another keydesk writes for milliseconds
_DAY: Final = 86_400.0
_PAGE: Final = 500  # records read at once for an export, so that it never holds others up
_LARGEST: Final = 2**63 - 1  # what SQLite can count to

_BETWEEN: Final = " AND i.seq BETWEEN ? AND ?"
# An outcome that is certain, in the one spelling that `ledger_entry.outcome_body` has. It cannot be imitated by what
# somebody types, since quotes inside a JSON string carry backslashes; a damaged body does not match, and stays open.
_CERTAIN: Final = " OR ".join(
    f"""o.body GLOB '{{"detail":"*","outcome":"{outcome}","request_id":"*"}}'"""
    for outcome in Outcome
    if outcome is not Outcome.UNKNOWN
)
_OPEN: Final = f" AND s.seq IS NULL AND (o.seq IS NULL OR NOT ({_CERTAIN}))"


class Ledger:
    """A ledger in one SQLite file. Several processes may append to it, and any thread may call.

    Args:
        path: The file. It is opened or created only when needed; a ledger without a file has no entries.
        clock: Returns the time in seconds since 1970.
        patience: Seconds to wait for another process that is writing.
        few: Records up to which entries are found without an index.
    """

    def __init__(
        self, path: Path, *, clock: Callable[[], float] = time.time, patience: float = _PATIENCE, few: int = FEW
    ) -> None:
        self.path = path
        self._clock = clock
        self._file = LedgerFile(path, patience=patience)
        self._words = Words(path.with_name(f"{path.name}.words"), few=few)
        self._lock = threading.Lock()
        self._trouble: LedgerError | None = None

    def intend(self, intent: Intent, sends: tuple[Call, ...] | None = None) -> Approval:
        """Record an intent; the intent is on disk when this returns.

        Args:
            intent: The intent.
            sends: The calls as they are sent, where the record leaves a secret out of their bodies (a one-time code).

        Returns:
            The approval for exactly the intent's calls, under the entry's number.

        Raises:
            LedgerError: Nothing was recorded.
            ValueError: What is sent has another method or address than what is recorded.
        """
        calls = intent.calls if sends is None else sends
        if [(call.method, call.target) for call in calls] != [(call.method, call.target) for call in intent.calls]:
            raise ValueError("what is sent is not what is recorded")
        seq = self._append("intent", None, ledger_entry.intent_body(intent), allow=lambda _: None)
        return Approval(seq, calls)

    def claim(self, intent: Intent, key: str, twins: Twins | None = None) -> int | None:
        """Record the intent of a notice in one transaction, so that no other process sends the same notice.

        Args:
            intent: The notice as an intent; `claim` fills in its `notice`.
            key: The occasion and the channel, which make it the same notice; without `#`.
            twins: Notices under other keys that would say the same.

        Returns:
            The entry's number; `None` where the notice was sent, was refused, may have been sent, or is being sent.

        Raises:
            LedgerError: Nothing was recorded.
        """
        while True:
            with self._lock, self._file.reading() as db:
                before = [] if db is None else claims.tries(db, key, _read_one)
                if db is not None and claims.is_claimed(db, before, twins, _read_one):
                    return None
            tries = len(before)

            def allow(db: sqlite3.Connection, tries: int = tries) -> None:
                now = claims.tries(db, key, _read_one)
                if len(now) != tries or claims.is_claimed(db, now, twins, _read_one):
                    raise Overtaken

            body = ledger_entry.intent_body(replace(intent, notice=f"{key}#{tries + 1:04}"))
            try:
                return self._append("intent", None, body, allow=allow)
            except Overtaken:
                continue

    def notices(self, *, limit: int | None = None, since: float = 0.0, prefix: str = "") -> list[Entry]:
        """Return notices to employees, newest first.

        Args:
            limit: The most notices to return.
            since: The earliest time of recording, in seconds since 1970.
            prefix: The beginning of the notices' keys.
        """
        with self._file.reading_apart(Interest()) as db:
            if db is None:
                return []
            entries: list[Entry] = []
            for seq in claims.with_prefix(db, prefix):
                entry = _read_one(db, seq)
                age = since - entry.at.timestamp()
                if len(entries) == limit or age > _DAY:  # the clock may have been set back a little in between
                    break
                if age <= 0:
                    entries.append(entry)
        return entries

    def outcome(self, seq: int, outcome: Outcome, *, detail: str = "", request_id: str = "") -> None:
        """Record the outcome of an intent.

        An entry that another keydesk has settled in the meantime still gets its outcome, which is the truth.

        Args:
            seq: The entry's number.
            outcome: The outcome.
            detail: The error or the success in words.
            request_id: Okta's id of the request.

        Raises:
            LedgerError: There is no such entry, the entry has an outcome already, or nothing could be recorded.
        """

        def allow(db: sqlite3.Connection) -> None:
            if _read_one(db, seq).outcome_at is not None:
                raise LedgerError("That entry has its outcome already", advice="", detail=f"entry {seq}")

        self._append("outcome", seq, ledger_entry.outcome_body(outcome, detail, request_id), allow=allow)

    def settle(self, seq: int, what: str) -> None:
        """Record what a later read showed about an open entry, which closes it.

        Raises:
            LedgerError: There is no such entry, the entry is not open, or nothing could be recorded.
        """

        def allow(db: sqlite3.Connection) -> None:
            if not _read_one(db, seq).open:
                raise LedgerError("That entry is not open", advice="", detail=f"entry {seq}")

        self._append("settled", seq, ledger_entry.settled_body(what), allow=allow)

    def entries(
        self,
        *,
        limit: int | None = None,
        before: int | None = None,
        only_open: bool = False,
        text: str = "",
        interest: Interest | None = None,
        so_far: Callable[[list[Entry], int], object] | None = None,  # noqa: ARG002 - the index here answers at once
    ) -> list[Entry]:
        """Return entries, newest first. Nothing waits for this: an intent can be recorded meanwhile.

        Args:
            limit: The most entries to return.
            before: The number that all entries are below, for the next page.
            only_open: Whether to leave out entries whose outcome is known.
            text: A text that the entries must mention; upper and lower case count as equal.
            interest: Whoever waits; an answer for which nobody waits any more is empty.
            so_far: Not called.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        last = _LARGEST if before is None else max(0, min(before - 1, _LARGEST))
        interest = interest or Interest()
        fitting: list[Entry] = []
        try:
            with self._file.reading_apart(interest) as db:
                if db is None or limit == 0:
                    return fitting
                for entry in self._candidates(db, last, only_open=only_open, text=text, interest=interest):
                    if interest.lost:
                        break
                    if (entry.open or not only_open) and (not text or entry.mentions(text)):
                        fitting.append(entry)
                        if len(fitting) == limit:
                            break
        except LedgerError:
            if not interest.lost:  # else it was this that SQLite complained about
                raise
        return [] if interest.lost else fitting

    def _candidates(
        self, db: sqlite3.Connection, last: int, *, only_open: bool, text: str, interest: Interest
    ) -> Iterator[Entry]:
        """Yield the entries that may fit, newest first: by the index, and where that fails, all of them."""
        import sqlite3  # noqa: PLC0415 - loaded by now; the app starts without it

        below = last + 1
        if text or only_open:
            try:
                with self._words.opened(db, interest, far=bool(text)) as words:
                    upto = min(below, _LARGEST)
                    for seq in find(words, text=text, only_open=only_open, below=upto, recent=self._words.recent):
                        for entry in ledger_rows(db, [seq]):
                            yield entry
                            below = seq
            except (NotPrepared, OSError):
                pass
            except sqlite3.Error as error:
                self._words.give_up(error)
            else:
                return
        query = ENTRIES + _BETWEEN + (_OPEN if only_open else "") + " ORDER BY i.seq DESC"
        for row in db.execute(query, (1, below - 1)):
            yield ledger_entry.read_entry(row)

    def prepare_search(self, interest: Interest) -> None:
        """Prepare the index, so that the next search answers at once; after a large ledger's first search.

        Args:
            interest: Whoever waits; what was prepared until they stop is kept.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        import sqlite3  # noqa: PLC0415 - as above

        try:
            with self._file.reading_apart(interest) as db:
                if db is not None:
                    with suppress(NotPrepared, OSError, sqlite3.Error):  # without an index, all is read
                        self._words.prepare(db, interest)
        except LedgerError:
            if not interest.lost:
                raise

    def entry(self, seq: int) -> Entry:
        """Return one entry.

        Raises:
            LedgerError: There is no such entry, or the ledger cannot be read.
        """
        with self._lock, self._file.reading() as db:
            if db is None:
                raise _no_such(seq)
            return _read_one(db, seq)

    def open_entries(self) -> list[Entry]:
        """Return all entries whose outcome nobody knows, newest first; without notices, which change nothing."""
        return [entry for entry in self.entries(only_open=True) if not entry.intent.notice]

    def verify(self, *, expect: str | None = None) -> ChainReport:
        """Read the whole ledger and report whether it is as keydesk wrote it; nothing is written.

        Args:
            expect: A head's hash that was noted elsewhere, and that the chain must still contain.

        Raises:
            LedgerError: The ledger cannot be read at all, for a reason that proves nothing about its content.
        """
        anchor, damage = self._read_anchor()
        reader = ChainReader(anchor=anchor, expect=expect)
        try:
            with self._file.reading_apart(Interest(), strict=False) as db:
                if db is not None:
                    for words in self._file.findings(db):
                        reader.note(None, words)
                    for row in self._file.rows(db) if self._file.is_ours(db) else ():
                        reader.step(row)
        except LedgerCorrupt as error:
            reader.note(None, f"{error.title}: {error.detail}.")
        if anchor is None and (damage or reader.count):
            reader.note(None, f"{damage or 'The anchor is missing'}: whether the end was cut off cannot be told.")
        return reader.verdict()

    def export(self) -> Iterator[str]:
        """Return all records as JSON Lines, oldest first; `export.verify_lines` verifies them elsewhere.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        after: int | None = None
        while rows := self._page(after):
            yield from map(json_line, rows)
            after = rows[-1][0]

    def export_csv(self) -> Iterator[str]:
        """Return all entries as CSV, oldest first, safe to open in a spreadsheet.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        return csv_lines(self._oldest_first())

    def desk_rules(self) -> Entry | None:
        """Return the entry that changed the desk's rules last; see `LedgerStore`."""
        return next((entry for entry in self.entries(text=RULES) if entry.intent.action == RULES), None)

    def change_rules(self, intent: Intent) -> int:
        """Record new rules of the desk; see `LedgerStore`."""
        entry = self.intend(intent).entry
        self.outcome(entry, Outcome.DONE)
        return entry

    def leads(self) -> bool:
        """Whether this agent may change the desk's rules; see `LedgerStore`."""
        return True

    def time(self) -> float:
        """Return the time by the clock that stamps the records; see `LedgerStore`."""
        return self._clock()

    def newest(self) -> int:
        """Return the number of the newest record; see `LedgerStore`."""
        with self._lock, self._file.reading() as db:
            row = db.execute("SELECT max(seq) FROM record").fetchone() if db is not None else None
            return row[0] or 0 if row else 0

    def follow(self, changed: Callable[[], object]) -> None:
        """Do nothing; see `LedgerStore`."""

    def writable(self) -> LedgerError | None:
        """Return why an intent could not be recorded now; `None` where it could. Fast, and changes nothing.

        While another thread uses the ledger, this returns the last answer: a screen must not wait for a disk.
        """
        if self._lock.acquire(blocking=False):
            try:
                self._file.check_writable()
            except LedgerError as error:
                self._trouble = error
            else:
                self._trouble = None
            finally:
                self._lock.release()
        return self._trouble

    def close(self) -> None:
        """Close the file; it is opened again when needed."""
        with self._lock:
            self._file.close()

    def _append(self, kind: str, ref: int | None, body: str, *, allow: Callable[[sqlite3.Connection], None]) -> int:
        with self._lock:
            return self._file.append(ledger_entry.stamp(self._clock()), kind, ref, body, allow=allow)

    def _read_anchor(self) -> tuple[Head | None, str]:
        """Read the anchor, with words where it is damaged; before the ledger, since the anchor only moves forward."""
        try:
            return self._file.anchor.read(), ""
        except LedgerForked as error:
            return None, f"The anchor is damaged, {error.detail}"

    def _page(self, after: int | None) -> list[tuple[Any, ...]]:
        with self._lock, self._file.reading() as db:
            return [] if db is None else list(self._file.rows(db, after=after, limit=_PAGE))

    def _oldest_first(self) -> Iterator[Entry]:
        query, after = f"{ENTRIES}{_BETWEEN} ORDER BY i.seq LIMIT {_PAGE}", 0
        while True:
            with self._lock, self._file.reading() as db:
                rows = [] if db is None else db.execute(query, (after + 1, _LARGEST)).fetchall()
            if not rows:
                return
            yield from map(ledger_entry.read_entry, rows)
            after = rows[-1][0]


def _no_such(seq: int) -> LedgerError:
    return LedgerError("There is no such entry in the ledger", advice="", detail=f"entry {seq}")


def _read_one(db: sqlite3.Connection, seq: int) -> Entry:
    entry = next(ledger_rows(db, [seq] if 0 < seq <= _LARGEST else []), None)
    if entry is None:
        raise _no_such(seq)
    return entry
