"""Fold people's events on disk, and open the feed from what is folded, so that only what is new has to be read."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from tui.desk.lockouts.feed_store import FeedStoreTrouble, FoldRow
from tui.desk.lockouts.folded import MADE_BY, history_of, packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from tui.desk.lockouts.cases import Cases
    from tui.desk.lockouts.feed_store import FeedStore, Stored
    from tui.desk.lockouts.folded import Folded
    from tui.desk.lockouts.person_cases import PersonHistory

QUIET: Final = timedelta(minutes=15)
"""Without an event for so long, a person is kept by the fold on disk alone."""
PEOPLE: Final = 50
"""People who are folded in one go; the app handles key presses in between."""
LOOKED_AT: Final = 8
"""People whose attempts are kept in memory after somebody looked at them."""


class Refolded(Struct, frozen=True):
    """A person whose events were folded just now.

    Attributes:
        history: What the events tell by themselves.
        folded: The same as it stands on disk.
    """

    history: PersonHistory
    folded: Folded


class Folding:
    """The folds of one org's people on disk, for the cases that are in memory.

    Args:
        store: The store.
        cases: The cases; they ask the store for a person's events once something new is known of the person.
        now: Tells the time, by Okta's clock.
    """

    def __init__(self, store: FeedStore, cases: Cases, now: Callable[[], datetime]) -> None:
        self.store = store
        self._now = now
        self._cases = cases
        self._looked_at: dict[str, PersonHistory] = {}
        self._pending: dict[str, None] = {}

    async def open(self) -> int:
        """Put what is folded into the cases; return up to which row number of the store nothing is left to hand over.

        Raises:
            FeedStoreTrouble: The store cannot be used.
        """
        stored = await asyncio.to_thread(self.store.stored, MADE_BY)
        folded, stale = await asyncio.to_thread(self._unpacked, stored)
        for first in range(0, len(stale), PEOPLE):
            people = stale[first : first + PEOPLE]
            folded += [one.folded for one in await asyncio.to_thread(self._refold, people)]
        self._cases.open_store(self.store, folded, stored.strays, stored.oldest)
        return stored.upto

    async def fold(self, quiet_since: datetime) -> None:
        """Fold the people of whom something is new, and let those go from memory who have been quiet since a time.

        Where this is cancelled, the next call goes on.

        Raises:
            FeedStoreTrouble: The store cannot be used.
        """
        self._cases.read_again()
        self._pending |= dict.fromkeys(self._cases.take_unfolded(quiet_since))
        while people := tuple(islice(self._pending, PEOPLE)):
            for one in await asyncio.to_thread(self._refold, people):
                self._looked_at.pop(one.folded.user_id, None)
                self._cases.fold_away(one.history, one.folded, quiet_since)
            for user_id in people:
                self._pending.pop(user_id, None)

    def _unpacked(self, stored: Stored) -> tuple[list[Folded], list[str]]:
        """Return the folds that can be used, and the ids of the people whose fold cannot."""
        folded, stale = [], [*stored.stale]
        for row in stored.folds:
            try:
                found = unpacked(row.person, row.body, self._attempts_of, self._now())
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, OverflowError):
                stale.append(row.person)
                continue
            # Of an open case whose events are forgotten, nobody knows whether they would still tell of it.
            if any(case.open and case.began.timestamp() < stored.oldest for case in found.cases):
                stale.append(row.person)
            else:
                folded.append(found)
        return folded, stale

    def _refold(self, people: Iterable[str]) -> list[Refolded]:
        rows, made = [], []
        for user_id in people:
            upto, events = self.store.of_person(user_id)
            history = history_of(user_id, events)
            body = packed(history)
            rows.append(FoldRow(user_id, upto, len(events), body))
            made.append(Refolded(history, unpacked(user_id, body, self._attempts_of, self._now())))
        self.store.fold(rows, MADE_BY)
        return made

    def _attempts_of(self, user_id: str) -> PersonHistory:
        """Return what the stored events of a person tell, for whoever looks at the attempts."""
        found = self._looked_at.pop(user_id, None)
        if found is None:
            try:
                found = history_of(user_id, self.store.of_person(user_id)[1])
            except FeedStoreTrouble:  # the next round says so; meanwhile the case is shown without its attempts
                found = history_of(user_id, ())
        self._looked_at[user_id] = found
        while len(self._looked_at) > LOOKED_AT:
            del self._looked_at[next(iter(self._looked_at))]
        return found
