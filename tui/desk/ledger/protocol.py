"""The protocol of a ledger, wherever its records are stored; and a ledger that is opened when it is first used."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tui.desk.ledger.chain import ChainReport
    from tui.desk.ledger.claims import Twins
    from tui.desk.ledger.entry import Entry, Intent, Outcome
    from tui.desk.ledger.errors import LedgerError
    from tui.desk.ledger.finding import Interest
    from tui.okta.calls import Call
    from tui.okta.policy import Approval


class LedgerStore(Protocol):
    """All that a desk shares, on this machine or in a team's database; one suite of tests runs on both.

    Claims of notices, verifications of callers, caps, cool-offs and the raised alert are entries of the ledger, so they
    are shared with it. What is no entry (a feed, a budget, who looks at whom) gets methods of its own beside these.
    """

    def intend(self, intent: Intent, sends: tuple[Call, ...] | None = None) -> Approval:
        """Record an intent and return its approval; the intent is safe from a crash when this returns.

        `sends` are its calls with a secret that the record leaves out of their bodies.
        """
        ...

    def claim(self, intent: Intent, key: str, twins: Twins | None = None) -> int | None:
        """Record the intent of a notice, unless the notice was recorded already and may have been sent."""
        ...

    def outcome(self, seq: int, outcome: Outcome, *, detail: str = "", request_id: str = "") -> None:
        """Record the outcome of an entry, once."""
        ...

    def notices(self, *, limit: int | None = None, since: float = 0.0, prefix: str = "") -> list[Entry]:
        """Return notices to employees, newest first."""
        ...

    def settle(self, seq: int, what: str) -> None:
        """Record what a later read showed about an open entry."""
        ...

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
        """Return entries, newest first; an answer for which nobody waits any more is empty.

        Where a search may take long, `so_far` is called in the thread that searches, once the newest part is done: with
        what was found there, and how many records that part has.
        """
        ...

    def prepare_search(self, interest: Interest) -> None:
        """Make the next search by words quicker, as long as somebody waits for that."""
        ...

    def entry(self, seq: int) -> Entry:
        """Return one entry."""
        ...

    def open_entries(self) -> list[Entry]:
        """Return all entries whose outcome nobody knows; without notices."""
        ...

    def verify(self, *, expect: str | None = None) -> ChainReport:
        """Read the whole ledger and report whether it is as keydesk wrote it."""
        ...

    def writable(self) -> LedgerError | None:
        """Return why an intent could not be recorded now; `None` where it could."""
        ...

    def desk_rules(self) -> Entry | None:
        """Return the entry that changed the desk's rules last, which are in `intent.rules`; `None` for none."""
        ...

    def change_rules(self, intent: Intent) -> int:
        """Record new rules of the desk; returns the number of the entry, whose action is `RULES`."""
        ...

    def leads(self) -> bool:
        """Whether this agent may change the desk's rules; a ledger of one machine is its user's."""
        ...

    def time(self) -> float:
        """Return the time by the clock that stamps the records, in seconds since 1970."""
        ...

    def newest(self) -> int:
        """Return the number of the newest record, by which one sees that something is new; 0 for none."""
        ...

    def follow(self, changed: Callable[[], object]) -> None:
        """Call a function whenever others have recorded something, or the store went away or came back.

        It is called in a thread of the store's, in the place of the one that was given before, until `close`. A ledger
        of one machine never calls it: who looks at that one reads it.
        """
        ...

    def export(self) -> Iterator[str]:
        """Return all records as JSON Lines, oldest first; `export.verify_lines` verifies them elsewhere."""
        ...

    def export_csv(self) -> Iterator[str]:
        """Return all entries as CSV, oldest first, safe to open in a spreadsheet."""
        ...

    def close(self) -> None:
        """Close all files and connections."""
        ...


class _Late:
    """Stands for a ledger that is opened when it is first asked something."""

    def __init__(self, opens: Callable[[], LedgerStore]) -> None:
        self._opens = opens
        self._ledger: LedgerStore | None = None
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the ledger has of that name
        with self._lock:  # threads ask, too
            if self._ledger is None:
                self._ledger = self._opens()
        return getattr(self._ledger, name)

    def close(self) -> None:
        """Close the ledger if it was opened."""
        with self._lock:
            if self._ledger is not None:
                self._ledger.close()


def ledger_when_used(opens: Callable[[], LedgerStore]) -> LedgerStore:
    """Return a ledger that is opened when it is first asked something: whoever only looks people up needs none.

    Args:
        opens: Opens the ledger; called once.
    """
    return cast("LedgerStore", _Late(opens))
