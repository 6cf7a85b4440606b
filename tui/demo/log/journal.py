"""The System Log's storage: events by arrival for polling, by publication for bounded questions.

Most events arrive within seconds; about every third is late by 5 to 25 seconds, so arrival and publication differ in
order; now and then one arrives twice. Nothing ever arrives before something that could already have been read.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING, NamedTuple

from tui.demo.base.dice import roll
from tui.demo.log.events import PLAIN, LogEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.demo.base.ids import Ids
    from tui.demo.base.json import Json
    from tui.demo.log.events import Manner, Party, Source

_LATE_IN = 3
_TWICE_IN = 97
_EARLIEST_LATE, _LATE_SPAN = 5_000, 20_000
_PROMPT, _PROMPT_SPAN = 300, 2_700

Key = tuple[int, int]
Row = tuple[int, int, LogEntry]


class _Written(NamedTuple):
    """An event as it was written, before it has its place in the log."""

    kind: str
    published: int
    actor: Party
    targets: tuple[Party, ...]
    source: Source | None
    result: str | None
    reason: str | None
    uri: str | None
    detail: Json | None
    request_id: str | None
    debug: dict[str, str] | None
    manner: Manner


class LogPage(NamedTuple):
    """One page: the events, where to go on, and whether more is known to be there."""

    entries: list[LogEntry]
    cursor: Key
    more: bool


def _key(row: Row) -> Key:
    return row[0], row[1]


class Journal:
    """All events of one org."""

    def __init__(self, ids: Ids) -> None:
        self.ids = ids
        self._arrivals: list[Row] = []
        self._published: list[Row] = []
        self._order = 0
        self._bulk = False
        self._read_up_to = 0
        self._past: Callable[[Journal], None] | None = None
        self._waiting: list[_Written] = []

    def __len__(self) -> int:
        self._open()
        return len(self._published)

    def begin_with(self, past: Callable[[Journal], None]) -> None:
        """Put a past before all other events.

        Few readers of a test's org ever ask for its log, so the past is written when the log is first read. What is
        written until then waits, and gets its number, and thereby its identifiers, after the past.
        """
        self._past = past

    def _open(self) -> None:
        """Write the past, and what has waited for it, before the log is first read."""
        if self._past is None:
            return
        past, waiting = self._past, self._waiting
        self._past, self._waiting = None, []
        self._bulk = True
        past(self)
        for written in waiting:
            self._enter(written)
        self._bulk = False
        # The second number is unique, so that events themselves are never compared.
        self._arrivals.sort()
        self._published.sort()

    def write(
        self,
        kind: str,
        at: float,
        actor: Party,
        targets: tuple[Party, ...] = (),
        *,
        source: Source | None = None,
        result: str | None = "SUCCESS",
        reason: str | None = None,
        uri: str | None = None,
        detail: Json | None = None,
        request_id: str | None = None,
        debug: dict[str, str] | None = None,
        manner: Manner = PLAIN,
    ) -> None:
        """Add one event that happens at a time in seconds since 1970; it arrives a little later.

        Args:
            kind: A key of ``kinds.KINDS``.
            at: When it is published.
            actor: Who did it.
            targets: What it was done to; none for a target that is null.
            source: Where the request came from; None for a job, which has no client.
            result: The outcome; None for an outcome that is null.
            reason: The outcome's reason.
            uri: The path asked for, if it is not the source's.
            detail: The transaction's detail.
            request_id: The id of the request, if other events share it.
            debug: What debugData holds beside the request.
            manner: How it came about.
        """
        written = _Written(
            kind, int(at * 1000), actor, targets, source, result, reason, uri, detail, request_id, debug, manner
        )
        if self._past is None:
            self._enter(written)
        else:
            self._waiting.append(written)

    def _enter(self, written: _Written) -> None:
        """Give an event its number and its place."""
        serial = len(self._published) + 1
        chance = roll(self.ids.seed, 0x10C, serial)
        source, published = written.source, written.published
        entry = LogEntry(
            serial,
            written.kind,
            published,
            # Whatever is written for the past still arrives after everything that may have been read.
            max(published + _delay(chance), self._read_up_to + 1),
            written.actor,
            written.targets,
            source,
            written.result,
            written.reason,
            self.ids.seed,
            written.request_id or f"{chance:016x}{chance ^ 0x5DEECE66D:016x}",
            written.uri or (source.uri if source is not None else "/internal/job"),
            written.detail or {},
            written.debug or {},
            written.manner,
        )
        self._file(entry.arrived, entry)
        if chance % _TWICE_IN == 0:
            self._file(entry.arrived + _EARLIEST_LATE + chance % _LATE_SPAN, entry)
        row = (published, serial, entry)
        if self._bulk:
            self._published.append(row)
        else:
            insort(self._published, row)

    def _file(self, arrived: int, entry: LogEntry) -> None:
        self._order += 1
        if self._bulk:
            self._arrivals.append((arrived, self._order, entry))
        else:
            insort(self._arrivals, (arrived, self._order, entry))

    def poll(self, after: Key, now: float, limit: int, test: Callable[[LogEntry], bool]) -> LogPage:
        """Return what arrived after a point, by arrival. The cursor moves over everything that was read."""
        self._open()
        found: list[LogEntry] = []
        cursor, seen_all = after, int(now * 1000)
        self._read_up_to = max(self._read_up_to, seen_all)
        at = bisect_right(self._arrivals, after, key=_key)
        while at < len(self._arrivals) and len(found) < limit:
            arrived, order, entry = self._arrivals[at]
            if arrived > seen_all:
                break
            cursor = (arrived, order)
            if test(entry):
                found.append(entry)
            at += 1
        return LogPage(found, cursor, more=True)

    def between(
        self,
        since: int,
        until: int,
        now: float,
        limit: int,
        test: Callable[[LogEntry], bool],
        *,
        after: Key | None = None,
        descending: bool = False,
    ) -> LogPage:
        """Return events published in ``[since, until)`` that have arrived, each once, in order of publication."""
        self._open()
        found: list[LogEntry] = []
        cursor = after or (since, 0)
        seen_all = now * 1000
        for published, serial, entry in self._range(since, until, after, descending=descending):
            if entry.arrived > seen_all or not test(entry):
                continue
            if len(found) == limit:
                return LogPage(found, cursor, more=True)
            found.append(entry)
            cursor = (published, serial)
        return LogPage(found, cursor, more=False)

    def _range(self, since: int, until: int, after: Key | None, *, descending: bool) -> Iterable[Row]:
        first = bisect_left(self._published, (since, 0), key=_key)
        last = bisect_left(self._published, (until, 0), key=_key)
        if after is not None and descending:
            last = min(last, bisect_left(self._published, after, key=_key))
        elif after is not None:
            first = max(first, bisect_right(self._published, after, key=_key))
        rows = self._published[first:last]
        return reversed(rows) if descending else rows


def _delay(chance: int) -> int:
    """Return how many milliseconds an event takes to arrive."""
    if chance % _LATE_IN == 0:
        return _EARLIEST_LATE + (chance >> 8) % _LATE_SPAN
    return _PROMPT + (chance >> 8) % _PROMPT_SPAN
