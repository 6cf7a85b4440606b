"""A team's ledger: the records of one Okta org on PostgreSQL, with the promises of the ledger on this machine.

The database itself makes each record: it numbers, times, chains and hashes it under a lock, and refuses another's name
(`migrations/0001_ledger.sql`). So an append is one statement. Nothing is ever sent to Okta inside a transaction.
"""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar
from uuid import uuid4

from msgspec.structs import replace

from tui.desk.ledger import entry as ledger_entry
from tui.desk.ledger.chain import COLUMNS, ChainReader
from tui.desk.ledger.claims import is_said
from tui.desk.ledger.errors import LedgerError
from tui.desk.ledger.export import csv_lines, json_line
from tui.desk.ledger.finding import Interest
from tui.desk.team import rows
from tui.desk.team.following import Follower
from tui.desk.team.trouble import OF_THE_STORE, NoticeTaken
from tui.desk.text.plain import plain
from tui.okta.policy import Approval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any
    from uuid import UUID

    from tui.desk.ledger.chain import ChainReport
    from tui.desk.ledger.claims import Twins
    from tui.desk.ledger.entry import Entry, Intent, Outcome
    from tui.desk.team.database import Connection, Database
    from tui.okta.calls import Call

_T = TypeVar("_T")
_PAGE: Final = 500
_ROWS: Final = 5000
_SOON: Final = 20_000
"""Records that a search looks at before it says what it has found: within a tenth of a second."""
_BUSY: Final = 120.0
"""Seconds for which an intent without an outcome keeps other agents from the same person."""
_FRESH: Final = 2.0
"""Seconds for which the last answer about the store is taken for the present one."""
_LAG: Final = 60.0
"""Seconds after a record was made in which a host that is read is asked whether it has that record."""


class _Behind(Exception):
    """The host that was read has not got what was recorded here."""


class TeamLedger:
    """The ledger of one org that a team shares. Any thread may call.

    Args:
        database: The team's database.
        origin: The org's origin, `https://acme.okta.com`.
        agent: The name under which this agent's records stand.
        busy: Seconds for which another agent's intent without an outcome stands in the way.
    """

    def __init__(self, database: Database, origin: str, agent: str, *, busy: float = _BUSY) -> None:
        self.database = database
        self.origin = origin
        self.agent = agent
        self._busy = busy
        self._trouble: LedgerError | None = None
        self._known_at = float("-inf")
        self._looking = threading.Lock()
        self._follower: Follower | None = None
        self._wrote, self._wrote_at = 0, float("-inf")
        self._searches = 0
        self._counting = threading.Lock()
        self._nobody_waits = threading.Event()
        self._nobody_waits.set()

    # -- writing

    def intend(self, intent: Intent, sends: tuple[Call, ...] | None = None) -> Approval:
        """Record an intent; see `LedgerStore`.

        Args:
            intent: The intent.
            sends: The calls as they are sent, where the record leaves a secret out of their bodies.

        Raises:
            PersonBusy: Another agent is acting on the person.
            LedgerError: Nothing was sent, and as far as is known nothing was recorded.
            ValueError: What is sent has another method or address than what is recorded.
        """
        calls = intent.calls if sends is None else sends
        if [(call.method, call.target) for call in calls] != [(call.method, call.target) for call in intent.calls]:
            raise ValueError("what is sent is not what is recorded")
        once, body = uuid4(), ledger_entry.intent_body(intent)
        return Approval(self._write(lambda db: self._append(db, "intent", None, body, once)), calls)

    def outcome(self, seq: int, outcome: Outcome, *, detail: str = "", request_id: str = "") -> None:
        """Record the outcome of an entry, once; see `LedgerStore`."""
        once, body = uuid4(), ledger_entry.outcome_body(outcome, detail, request_id, self.agent)
        self._write(lambda db: self._append(db, "outcome", seq, body, once))

    def settle(self, seq: int, what: str) -> None:
        """Record what a later read showed about an open entry, whoever's it is; see `LedgerStore`."""
        once, body = uuid4(), ledger_entry.settled_body(what, self.agent)
        self._write(lambda db: self._append(db, "settled", seq, body, once))

    def claim(self, intent: Intent, key: str, twins: Twins | None = None) -> int | None:
        """Record the intent of a notice, unless it was recorded already; see `LedgerStore`.

        Where another watcher is deciding about the same notice at this moment, it is left to that one.
        """
        once, about = uuid4(), twins.prefix if twins else f"{key}#"

        def decide(db: Connection) -> int | None:
            with db.transaction():
                if (recorded := self._recorded(db, once)) is not None:
                    return recorded
                asked = self.origin, about, self._wait
                taken = db.execute("SELECT keydesk.take_notice(%s, %s, %s)", asked).fetchone()
                if taken != (True,):
                    return None
                before = self._notices(db, f"{key}#", f"{key}$")[::-1]
                others = self._notices(db, twins.prefix, f"{twins.prefix}\U0010ffff") if twins else []
                if is_said(before, others, twins):
                    return None
                body = ledger_entry.intent_body(replace(intent, notice=f"{key}#{len(before) + 1:04}"))
                return self._append(db, "intent", None, body, once, alone=False)

        try:
            return self._write(decide)
        except NoticeTaken:
            return None

    def change_rules(self, intent: Intent) -> int:
        """Record new rules of the desk, which are in force from then on; see `LedgerStore`."""
        entry = self.intend(intent).entry
        self.outcome(entry, ledger_entry.Outcome.DONE)
        return entry

    # -- reading

    def desk_rules(self) -> Entry | None:
        """Return the entry that changed the desk's rules last; see `LedgerStore`."""
        return self._read(lambda db: rows.newest_rules(db, self.origin))

    def leads(self) -> bool:
        """Whether this agent may change the desk's rules; see `LedgerStore`."""
        return self._read(lambda db: rows.leads(db, self.origin))

    def time(self) -> float:
        """Return the time by the database's clock; see `LedgerStore`."""
        return self._read(rows.clock_of)

    def newest(self) -> int:
        """Return the number of the newest record; see `LedgerStore`."""
        return self._read(lambda db: rows.head_of(db, self.origin).seq)

    def notices(self, *, limit: int | None = None, since: float = 0.0, prefix: str = "") -> list[Entry]:
        """Return notices to employees, newest first; see `LedgerStore`."""
        start, before, at = prefix or "!", f"{prefix}\U0010ffff", ledger_entry.stamp(since)

        def read(db: Connection) -> list[Entry]:
            numbers = rows.with_notices(db, self.origin, start, before, since=at, most=limit)
            return rows.entries_by_number(db, self.origin, numbers)

        return self._read(read)

    def entries(
        self,
        *,
        limit: int | None = None,
        before: int | None = None,
        only_open: bool = False,
        text: str = "",
        interest: Interest | None = None,
        so_far: Callable[[list[Entry], int], object] | None = None,
    ) -> list[Entry]:
        """Return entries, newest first; see `LedgerStore`."""
        below = rows.LARGEST if before is None else max(0, min(before, rows.LARGEST))
        interest = interest or Interest()
        fitting: list[Entry] = []
        self._count_search(1)
        try:
            down_to = 0
            if so_far is not None and not only_open and len(text.casefold()) >= rows.TRIGRAM:
                below = min(below, self.newest() + 1)
                down_to = max(0, below - _SOON)
            while below > 1 and not interest.lost and (limit is None or len(fitting) < limit):
                most = _PAGE if limit is None else min(_PAGE, max(limit - len(fitting), 1))
                page, below = self._read(self._page(below, most, down_to, text=text, only_open=only_open), interest)
                fitting += [
                    entry for entry in page if (entry.open or not only_open) and (not text or entry.mentions(text))
                ]
                if so_far is not None and down_to and below == down_to and not interest.lost:
                    so_far(fitting[:limit], _SOON)
                    down_to = 0
        except LedgerError:
            if not interest.lost:  # else it was this that PostgreSQL complained about
                raise
        finally:
            self._count_search(-1)
        return [] if interest.lost else fitting[:limit]

    def _count_search(self, more: int) -> None:
        """Note that a search begins or ends: somebody waits for that, so a verification stands still meanwhile."""
        with self._counting:
            self._searches += more
            self._nobody_waits.clear() if self._searches else self._nobody_waits.set()

    def _page(
        self, below: int, most: int, down_to: int, *, text: str, only_open: bool
    ) -> Callable[[Connection], tuple[list[Entry], int]]:
        def read(db: Connection) -> tuple[list[Entry], int]:
            if text and not only_open:
                return rows.proposed(db, self.origin, text, below, most, down_to=down_to)
            page = rows.page_of_entries(db, self.origin, below, most, only_open=only_open)
            return page, page[-1].seq if len(page) == most else 0

        return read

    def prepare_search(self, interest: Interest) -> None:
        """Do nothing: the database keeps its index itself."""

    def entry(self, seq: int) -> Entry:
        """Return one entry; see `LedgerStore`."""
        return self._read(lambda db: rows.one_entry(db, self.origin, seq))

    def open_entries(self) -> list[Entry]:
        """Return all entries whose outcome nobody knows, newest first; without notices, which change nothing."""
        return [entry for entry in self.entries(only_open=True) if not entry.intent.notice]

    def verify(self, *, expect: str | None = None) -> ChainReport:
        """Read the whole chain and report whether it is as it was written; see `LedgerStore`.

        The chain's own row, which each record moves on, shows where the end was cut off, as the anchor does for a file.
        """
        reader = ChainReader(anchor=self._read(lambda db: rows.head_of(db, self.origin)), expect=expect)
        for row in self._all_rows():
            self._nobody_waits.wait()
            reader.step(row[: len(COLUMNS)])
            for words in _beside(row):
                reader.note(row[0], words)
        return replace(reader.verdict(), shared=True)

    def export(self) -> Iterator[str]:
        """Return all records as JSON Lines, oldest first, as those of a ledger on this machine."""
        return (json_line(row[: len(COLUMNS)]) for row in self._all_rows())

    def export_csv(self) -> Iterator[str]:
        """Return all entries as CSV, oldest first, safe to open in a spreadsheet."""
        return csv_lines(self._oldest_first())

    # -- what the others do, and whether it can be used

    def follow(self, changed: Callable[[], object]) -> None:
        """Call a function whenever something is new; see `LedgerStore`."""
        if self._follower is None:
            self._follower = Follower(self)
        self._follower.changed = changed

    def writable(self) -> LedgerError | None:
        """Return why an intent could not be recorded, by what is known; a thread finds out anew. Never waits."""
        if time.monotonic() - self._known_at > _FRESH and self._looking.acquire(blocking=False):
            threading.Thread(target=self._look, daemon=True).start()
        return self._trouble

    def look(self) -> LedgerError | None:
        """Find out whether a record could be made now, and return why not; this waits for the database."""

        def ask(db: Connection) -> None:
            db.execute("SELECT keydesk.membership(%s)", (self.origin,))

        try:
            self._noted(lambda: self.database.write(ask, patience=0.0))
        except LedgerError as error:
            return error
        return None

    def close(self) -> None:
        """Close the connections, and follow nothing any more; a later use opens one for itself alone."""
        if self._follower is not None:
            self._follower.end()
            self._follower = None
        self.database.end()

    def _look(self) -> None:
        try:
            self.look()
        finally:
            self._looking.release()

    def _write(self, work: Callable[[Connection], _T]) -> _T:
        return self._noted(lambda: self.database.write(work))

    def _noted(self, do: Callable[[], _T]) -> _T:
        """Do something that writes, and keep whether the store let it."""
        try:
            result = do()
        except LedgerError as error:
            if isinstance(error, OF_THE_STORE):
                self._trouble, self._known_at = error, time.monotonic()
            raise
        self._trouble, self._known_at = None, time.monotonic()
        return result

    def _read(self, work: Callable[[Connection], _T], interest: Interest | None = None) -> _T:
        """Read from whichever host answers, if it has all that was recorded here; else from the one that is written to.

        What is judged after an intent was recorded has to know all that was recorded before it, and a replica may lag.
        """

        def read(db: Connection) -> _T:
            if time.monotonic() - self._wrote_at < _LAG and rows.head_of(db, self.origin).seq < self._wrote:
                raise _Behind
            return work(db)

        try:
            return self.database.read(read, interest)
        except _Behind:
            return self.database.write(work, patience=0.0)

    @property
    def _wait(self) -> timedelta:
        """How long a record waits for another's transaction: the session's own setting may be lost at a pooler."""
        return timedelta(seconds=self.database.terms.lock)

    def _append(self, db: Connection, kind: str, ref: int | None, body: str, once: UUID, *, alone: bool = True) -> int:
        """Append a record, as a statement of its own or as a part of the transaction that the connection is in."""
        if ref is not None and not 0 < ref <= rows.LARGEST:
            raise rows.no_such(ref)
        words, busy = rows.search_words(kind, body), timedelta(seconds=self._busy)
        call = "CALL keydesk.record_alone" if alone else "SELECT keydesk.append"
        query = f"{call}(%s, %s, %s, %s, %s, %s, %s, %s)"
        row = db.execute(query.encode(), (self.origin, kind, ref, body, once, words, busy, self._wait)).fetchone()
        number = int(str(row[0])) if row else 0
        self._wrote, self._wrote_at = max(self._wrote, number), time.monotonic()
        return number

    def _recorded(self, db: Connection, once: UUID) -> int | None:
        """Return the number of a record that an earlier try has made, whose answer was lost."""
        query = "SELECT record.seq FROM keydesk.record JOIN keydesk.chain USING (org) WHERE origin = %s AND once = %s"
        row = db.execute(query, (self.origin, once)).fetchone()
        return int(str(row[0])) if row else None

    def _notices(self, db: Connection, start: str, before: str) -> list[Entry]:
        return rows.entries_by_number(db, self.origin, rows.with_notices(db, self.origin, start, before))

    def _all_rows(self) -> Iterator[Sequence[Any]]:
        after = 0
        while page := self._read(partial(rows.chain_rows, origin=self.origin, after=after, most=_ROWS)):
            yield from page
            after = page[-1][0]

    def _oldest_first(self) -> Iterator[Entry]:
        after = 0
        while page := self._read(partial(rows.page_of_oldest, origin=self.origin, after=after, most=_PAGE)):
            yield from page
            after = page[-1].seq


def _beside(row: Sequence[Any]) -> Iterator[str]:
    """Yield what is wrong with the columns beside the chain, which hold who connected and the words of the search."""
    _, _, kind, _, body, _, _, words, role, carried = row
    try:
        if rows.search_words(kind, body) != words:
            yield "The search finds other words than this record holds."
        name = ledger_entry.name_in(kind, body)
    except ValueError:
        return  # the chain's reader has said so
    if not carried and name != role and not name.startswith(f"{role}:"):
        yield f"It stands in the name {plain(name, limit=80)}, and was recorded by {plain(role, limit=80)}."
