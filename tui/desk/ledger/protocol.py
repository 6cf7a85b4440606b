"""What the rest of keydesk asks of a ledger, wherever it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tui.desk.ledger.chain import ChainReport
    from tui.desk.ledger.claims import Twins
    from tui.desk.ledger.entry import Entry, Intent, Outcome
    from tui.desk.ledger.errors import LedgerError
    from tui.okta.policy import Approval


class LedgerStore(Protocol):
    """What the rest of keydesk asks of a ledger, wherever it is kept. A team's shared one keeps the same promises."""

    def intend(self, intent: Intent) -> Approval:
        """Record an intent; it is safe from a crash when this returns."""
        ...

    def claim(self, intent: Intent, key: str, twins: Twins | None = None) -> int | None:
        """Record the intent of a notice, unless somebody else did, or it went out, or may have."""
        ...

    def outcome(self, seq: int, outcome: Outcome, *, detail: str = "", request_id: str = "") -> None:
        """Record what came of it, once."""
        ...

    def notices(self, *, limit: int | None = None, since: float = 0.0, prefix: str = "") -> list[Entry]:
        """Notices to employees, newest first."""
        ...

    def settle(self, seq: int, what: str) -> None:
        """Record what a later read showed about an open entry."""
        ...

    def entries(
        self, *, limit: int | None = None, before: int | None = None, only_open: bool = False, text: str = ""
    ) -> list[Entry]:
        """Entries, newest first."""
        ...

    def entry(self, seq: int) -> Entry:
        """One entry."""
        ...

    def open_entries(self) -> list[Entry]:
        """All entries of which nobody knows the outcome."""
        ...

    def verify(self, *, expect: str | None = None) -> ChainReport:
        """Read everything and say whether it is as it was written."""
        ...

    def writable(self) -> LedgerError | None:
        """Why an intent could not be recorded now; `None` when it could."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...
