"""Follows what others record in a team's ledger: a thread that is woken by PostgreSQL, and looks by itself, too.

A notification is a hint: it is lost while there is no connection, and a pooler keeps it back. So the newest record's
number is read with each connection, with each notification and every few seconds, and only the number counts. Through a
pooler nobody listens: in transaction mode the pooler's own connection would do so, for whoever comes next.
"""

from __future__ import annotations

import select
import threading
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Protocol

from tui.desk.ledger.errors import LedgerError
from tui.desk.team.database import behind_pooler
from tui.desk.team.trouble import store_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.desk.team.database import Connection, Database


class FollowedLedger(Protocol):
    """What is asked of a team's ledger to follow it."""

    @property
    def database(self) -> Database:
        """The team's database."""
        ...

    def newest(self) -> int:
        """Return the number of the newest record."""
        ...

    def look(self) -> LedgerError | None:
        """Return why no record could be made now."""
        ...


class Follower:
    """A thread that follows one ledger until it is told to end.

    Args:
        ledger: The ledger.

    Attributes:
        changed: Called in the thread whenever there is a new record, or the store went away or came back.
    """

    def __init__(self, ledger: FollowedLedger) -> None:
        self.changed: Callable[[], object] = lambda: None
        self._ledger = ledger
        self._ended = threading.Event()
        self._known: tuple[int, str] | None = None
        threading.Thread(target=self._run, name="keydesk follows", daemon=True).start()

    def end(self) -> None:
        """Call nothing any more; the thread ends with its next look."""
        self._ended.set()

    def _run(self) -> None:
        terms = self._ledger.database.terms
        while not self._ended.is_set():
            with suppress(LedgerError):
                self._listen(terms.look)
            self._look()
            self._ended.wait(terms.look)

    def _listen(self, seconds: float) -> None:
        """Look again and again, woken by PostgreSQL, until the connection breaks.

        Raises:
            LedgerError: It broke, or there is none where one can listen.
        """
        with closing(self._ledger.database.connect(write=True)) as db:
            with store_errors():
                if listens := not behind_pooler(db):
                    db.execute("LISTEN keydesk")
            while self._look() and not self._ended.is_set():
                self._wait(db, seconds) if listens else self._ended.wait(seconds)

    def _wait(self, db: Connection, seconds: float) -> None:
        select.select(
            [db.fileno()], [], [], seconds
        )  # asleep, unlike psycopg's own waiting, which looks ten times a second
        with store_errors():
            list(db.notifies(timeout=0))

    def _look(self) -> bool:
        """Find out what is new and say so; return whether records can be made."""
        away = self._ledger.look()
        number = self._known[0] if self._known else 0
        with suppress(LedgerError):
            number = self._ledger.newest()
        now = number, type(away).__name__
        if now != self._known and not self._ended.is_set():
            first, self._known = self._known is None, now
            if not first or away is not None:
                with suppress(RuntimeError):  # the event loop that was to be told has ended
                    self.changed()
        return away is None
