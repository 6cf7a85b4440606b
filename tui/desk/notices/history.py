"""The history of notices, from the ledger: who got what and when, and whether a doubtful one arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.ledger.entry import LOST, Outcome
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.trouble import BadInput

if TYPE_CHECKING:
    from tui.desk.ledger.entry import Entry
    from tui.desk.ledger.protocol import LedgerStore

ARRIVED = "an agent says that it arrived"
_WORDS = {
    Outcome.DONE: ("sent", Tone.GOOD),
    Outcome.REFUSED: ("refused", Tone.BAD),
    Outcome.NOT_SENT: ("not sent, tried again", Tone.WARN),
    Outcome.UNKNOWN: ("unknown", Tone.BAD),
    Outcome.PARTLY: ("unknown", Tone.BAD),
}


def outcome_words(entry: Entry) -> str:
    """The outcome of a notice, in a few words."""
    if entry.settled:
        return "arrived" if entry.settled == ARRIVED else "did not arrive"
    return _WORDS[entry.outcome][0] if entry.outcome else "unknown"


def outcome_tone(entry: Entry) -> Tone:
    """The tone in which the outcome is shown."""
    if entry.settled:
        return Tone.GOOD if entry.settled == ARRIVED else Tone.WARN
    return _WORDS[entry.outcome][1] if entry.outcome else Tone.BAD


def way_and_address(entry: Entry) -> tuple[str, str]:
    """The way and the address of a notice, made harmless; the address is empty for ways that know their receiver."""
    way, _, to = entry.intent.target.partition(": ")
    return plain(way, limit=40), plain(to, limit=80)


def history(ledger: LedgerStore, *, text: str = "", only_open: bool = False, limit: int = 500) -> list[Entry]:
    """Notices from the ledger: first those of unknown outcome, then the others, each with the newest first.

    Args:
        ledger: The ledger.
        text: Only notices that mention this text.
        only_open: Only notices of unknown outcome.
        limit: The most notices to return.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    entries = [
        entry
        for entry in ledger.notices(limit=None if text or only_open else limit)
        if (entry.open or not only_open) and (not text or entry.mentions(text))
    ]
    return sorted(entries, key=lambda entry: not entry.open)[:limit]


def settle(ledger: LedgerStore, entry: Entry, *, arrived: bool) -> None:
    """Record what an agent found out about a notice that perhaps went out. Nothing is sent by this.

    Raises:
        BadInput: The entry is no notice.
        LedgerError: The entry is not open, or the answer cannot be recorded.
    """
    if not entry.intent.notice:
        raise BadInput(f"Entry {entry.seq} is no notice", advice="`keydesk notify --unknown` lists them.")
    ledger.settle(entry.seq, ARRIVED if arrived else LOST)
