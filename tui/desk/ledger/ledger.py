"""The ledger: what was intended, on disk before anything is sent, and what came of it. Append-only, hash-chained.

`verify` finds every change to a record, every record removed, inserted, copied, swapped or renumbered, a protecting
trigger or a version altered, and, thanks to the anchor beside the file, an end that was cut off or rewritten with
fresh hashes.

What it cannot find: the work of somebody who can rewrite both the file and its anchor, so that they fit each other.
No file on the agent's own machine can prove more. So note the head's hash elsewhere (a ticket, a mail, a print) and
give it to `verify(expect=...)` later: no ledger rewritten before that point contains it. Nor can a crash between a
record and its anchor be told from an anchor set back by hand by a few records; the next record moves it up again.
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tui.desk.ledger import claims
from tui.desk.ledger import entry as ledger_entry
from tui.desk.ledger.chain import ChainReader
from tui.desk.ledger.claims import Overtaken
from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.errors import LedgerCorrupt, LedgerError, LedgerForked
from tui.desk.ledger.export import csv_lines, json_line
from tui.desk.ledger.store import LedgerFile
from tui.okta.policy import Approval

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tui.desk.ledger.chain import ChainReport, Head
    from tui.desk.ledger.claims import Twins
    from tui.desk.ledger.entry import Entry, Intent

_PATIENCE: Final = 5.0  # seconds; another keydesk writes for milliseconds
_DAY: Final = 86_400.0
_PAGE: Final = 500  # records read at once for an export, so that it never holds others up
_LARGEST: Final = 2**63 - 1  # what SQLite can count to

_ENTRIES: Final = """
SELECT i.seq, i.at, i.body, o.at, o.body, s.at, s.body
FROM record AS i
LEFT JOIN record AS o ON o.ref = i.seq AND o.kind = 'outcome'
LEFT JOIN record AS s ON s.ref = i.seq AND s.kind = 'settled'
WHERE i.kind = 'intent' AND i.seq BETWEEN ? AND ?
"""
# An outcome that is certain, in the one spelling that `ledger_entry.outcome_body` has. It cannot be imitated by what
# somebody types, since quotes inside a JSON string carry backslashes; a damaged body does not fit, and so stays open.
_CERTAIN: Final = " OR ".join(
    f"""o.body GLOB '{{"detail":"*","outcome":"{outcome}","request_id":"*"}}'"""
    for outcome in Outcome
    if outcome is not Outcome.UNKNOWN
)
_OPEN: Final = f" AND s.seq IS NULL AND (o.seq IS NULL OR NOT ({_CERTAIN}))"


class Ledger:
    """A ledger in one SQLite file. Several processes may append to it, and any thread may call.

    Args:
        path: The file. Nothing is opened or made before it is needed; a ledger that is not there has no entries.
        clock: Seconds since 1970.
        patience: Seconds to wait for another process that is writing.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time, patience: float = _PATIENCE) -> None:
        self.path = path
        self._clock = clock
        self._file = LedgerFile(path, patience=patience)
        self._lock = threading.Lock()
        self._trouble: LedgerError | None = None

    def intend(self, intent: Intent) -> Approval:
        """Record an intent; it is on disk when this returns.

        Returns:
            The approval for exactly the intent's calls, under the entry's number.

        Raises:
            LedgerError: Nothing was recorded.
        """
        seq = self._append("intent", None, ledger_entry.intent_body(intent), allow=lambda _: None)
        return Approval(seq, intent.calls)

    def claim(self, intent: Intent, key: str, twins: Twins | None = None) -> int | None:
        """Record the intent of a notice, so that nobody else sends the same one: the claim is in one transaction.

        Args:
            intent: What is to be sent; its `notice` is filled in here.
            key: What makes it the same notice, without `#`: the occasion and the channel.
            twins: Notices under other keys that would tell of the same thing.

        Returns:
            The entry's number; `None` where it was sent, was refused, or may have been sent, or somebody is at it.

        Raises:
            LedgerError: Nothing was recorded.
        """
        while True:
            with self._lock, self._file.reading() as db:
                before = [] if db is None else claims.tries(db, key, _one)
                if db is not None and claims.taken(db, before, twins, _one):
                    return None
            tries = len(before)

            def allow(db: sqlite3.Connection, tries: int = tries) -> None:
                now = claims.tries(db, key, _one)
                if len(now) != tries or claims.taken(db, now, twins, _one):
                    raise Overtaken

            body = ledger_entry.intent_body(replace(intent, notice=f"{key}#{tries + 1:04}"))
            try:
                return self._append("intent", None, body, allow=allow)
            except Overtaken:
                continue

    def notices(self, *, limit: int | None = None, since: float = 0.0, prefix: str = "") -> list[Entry]:
        """Notices to employees, newest first.

        Args:
            limit: At most so many.
            since: Recorded since then, in seconds since 1970.
            prefix: Only those whose key begins so.
        """
        with self._lock, self._file.reading() as db:
            if db is None:
                return []
            found: list[Entry] = []
            for seq in claims.with_prefix(db, prefix):
                entry = _one(db, seq)
                age = since - entry.at.timestamp()
                if len(found) == limit or age > _DAY:  # the clock may have been set back a little in between
                    break
                if age <= 0:
                    found.append(entry)
        return found

    def outcome(self, seq: int, outcome: Outcome, *, detail: str = "", request_id: str = "") -> None:
        """Record what came of an intent.

        One that was settled meanwhile (another keydesk took it for crashed) still gets its outcome: it is the truth.

        Args:
            seq: The entry's number.
            outcome: What came of it.
            detail: Words of the error or of the success.
            request_id: Okta's id of the request.

        Raises:
            LedgerError: There is no such entry, it has an outcome already, or nothing could be recorded.
        """

        def allow(db: sqlite3.Connection) -> None:
            if _one(db, seq).outcome_at is not None:
                raise LedgerError("That entry has its outcome already", advice="", detail=f"entry {seq}")

        self._append("outcome", seq, ledger_entry.outcome_body(outcome, detail, request_id), allow=allow)

    def settle(self, seq: int, what: str) -> None:
        """Record what a later read showed about an open entry, which closes it.

        Raises:
            LedgerError: There is no such entry, it is not open, or nothing could be recorded.
        """

        def allow(db: sqlite3.Connection) -> None:
            if not _one(db, seq).open:
                raise LedgerError("That entry is not open", advice="", detail=f"entry {seq}")

        self._append("settled", seq, ledger_entry.settled_body(what), allow=allow)

    def entries(
        self, *, limit: int | None = None, before: int | None = None, only_open: bool = False, text: str = ""
    ) -> list[Entry]:
        """Entries, newest first.

        Args:
            limit: At most so many.
            before: Only those with a smaller number, for the next page.
            only_open: Only those of which nobody knows the outcome.
            text: Only those that mention it, in any case.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        last = _LARGEST if before is None else max(0, min(before - 1, _LARGEST))
        query = _ENTRIES + (_OPEN if only_open else "") + " ORDER BY i.seq DESC"
        found: list[Entry] = []
        with self._lock, self._file.reading() as db:
            if db is None or limit == 0:
                return found
            for row in db.execute(query, (1, last)):
                entry = ledger_entry.read_entry(row)
                if (entry.open or not only_open) and (not text or entry.mentions(text)):
                    found.append(entry)
                    if len(found) == limit:
                        break
        return found

    def entry(self, seq: int) -> Entry:
        """One entry.

        Raises:
            LedgerError: There is no such entry, or the ledger cannot be read.
        """
        with self._lock, self._file.reading() as db:
            if db is None:
                raise _no_such(seq)
            return _one(db, seq)

    def open_entries(self) -> list[Entry]:
        """All changes of which nobody knows the outcome, newest first; a notice changes nothing."""
        return [entry for entry in self.entries(only_open=True) if not entry.intent.notice]

    def verify(self, *, expect: str | None = None) -> ChainReport:
        """Read everything and say whether it is as it was written. Never writes.

        Args:
            expect: A head's hash that was noted elsewhere: it must still be in the chain.

        Raises:
            LedgerError: The ledger cannot be read at all for a reason that says nothing about what is in it.
        """
        with self._lock:
            anchor, damage = self._read_anchor()
            walk = ChainReader(anchor=anchor, expect=expect)
            try:
                with self._file.reading(fresh=True, strict=False) as db:
                    if db is not None:
                        for words in self._file.findings(db):
                            walk.note(None, words)
                        for row in self._file.rows(db):
                            walk.step(row)
            except LedgerCorrupt as error:
                walk.note(None, f"{error.title}: {error.detail}.")
        if anchor is None and (damage or walk.count):
            walk.note(None, f"{damage or 'The anchor is missing'}: whether the end was cut off cannot be told.")
        return walk.verdict()

    def export(self) -> Iterator[str]:
        """All records as JSON Lines, oldest first; `ledger_export.verify_lines` verifies them elsewhere.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        after: int | None = None
        while rows := self._page(after):
            yield from map(json_line, rows)
            after = rows[-1][0]

    def export_csv(self) -> Iterator[str]:
        """All entries as CSV, oldest first, safe to open in a spreadsheet.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        return csv_lines(self._oldest_first())

    def writable(self) -> LedgerError | None:
        """Why an intent could not be recorded now; `None` when it could. Cheap, and changes nothing.

        While another thread is at the ledger the last answer is given again: a screen must not wait for a disk.
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
        """Let go of the file. It is opened again when needed."""
        with self._lock:
            self._file.close()

    def _append(self, kind: str, ref: int | None, body: str, *, allow: Callable[[sqlite3.Connection], None]) -> int:
        with self._lock:
            return self._file.append(ledger_entry.stamp(self._clock()), kind, ref, body, allow=allow)

    def _read_anchor(self) -> tuple[Head | None, str]:
        """The anchor, and words for it if it is damaged. Read before the ledger: until then it only moves forward."""
        try:
            return self._file.anchor.read(), ""
        except LedgerForked as error:
            return None, f"The anchor is damaged, {error.detail}"

    def _page(self, after: int | None) -> list[tuple[Any, ...]]:
        with self._lock, self._file.reading() as db:
            return [] if db is None else list(self._file.rows(db, after=after, limit=_PAGE))

    def _oldest_first(self) -> Iterator[Entry]:
        query, after = f"{_ENTRIES} ORDER BY i.seq LIMIT {_PAGE}", 0
        while True:
            with self._lock, self._file.reading() as db:
                rows = [] if db is None else db.execute(query, (after + 1, _LARGEST)).fetchall()
            if not rows:
                return
            yield from map(ledger_entry.read_entry, rows)
            after = rows[-1][0]


def _no_such(seq: int) -> LedgerError:
    return LedgerError("There is no such entry in the ledger", advice="", detail=f"entry {seq}")


def _one(db: sqlite3.Connection, seq: int) -> Entry:
    row = db.execute(_ENTRIES, (seq, seq)).fetchone() if 0 < seq <= _LARGEST else None
    if row is None:
        raise _no_such(seq)
    return ledger_entry.read_entry(row)
