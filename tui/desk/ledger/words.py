"""A ledger entry in words, for the ledger screen and `keydesk ledger`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.verified import came_of, proof_lines
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone

if TYPE_CHECKING:
    from tui.desk.ledger.entry import Entry

_TONE = {
    Outcome.DONE: Tone.GOOD,
    Outcome.PARTLY: Tone.WARN,
    Outcome.REFUSED: Tone.WARN,
    Outcome.NOT_SENT: Tone.MUTED,
    Outcome.UNKNOWN: Tone.BAD,
}


def outcome_words(entry: Entry) -> str:
    """Return `done`, `refused`, `not sent` or `unknown`, with `settled` where a later read settled the entry.

    Of a verification, and of the alert, it says what came of it: `passed`, `denied`, `nobody answered`, `raised`.
    """
    if (came := came_of(entry)) is not None:
        return came[0]
    outcome = entry.outcome.value if entry.outcome else "unknown"
    return f"{outcome}, settled" if entry.settled else outcome


def outcome_tone(entry: Entry) -> Tone:
    """Return the tone in which an outcome is shown."""
    if (came := came_of(entry)) is not None:
        return came[1]
    if entry.outcome is None or entry.outcome is Outcome.UNKNOWN:
        return Tone.BAD if entry.open else Tone.WARN
    return _TONE[entry.outcome]


def entry_lines(entry: Entry) -> list[tuple[str, str]]:
    """Return all of an entry as label and harmless text."""
    intent = entry.intent
    lines = [
        ("Entry", f"{entry.seq} · its outcome is a record too"),  # why the numbers of entries are not 1, 2, 3
        ("Recorded", f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S %Z}"),
        ("Action", plain(intent.title)),
        *_person_lines(entry),
        *([("Target", plain(intent.target))] if intent.target and not intent.rules else []),
        *([("State then", plain(okta_terms.status_words(intent.status)))] if intent.person_id or intent.status else []),
        *proof_lines(entry),
        ("By", plain(f"{intent.agent} from {intent.origin}" if intent.origin else intent.agent)),
        *([("Acting as", plain(intent.principal))] if intent.principal else []),
        *([("Reason", plain(intent.reason))] if intent.reason else []),
        *([("Ticket", plain(intent.ticket))] if intent.ticket else []),
        ("Connector", f"{plain(intent.connector)} · {plain(intent.org)}"),
    ]
    lines += [("Call" if index == 0 else "", plain(call)) for index, call in enumerate(intent.calls)]
    outcome = outcome_words(entry)
    if entry.outcome is None:
        outcome += " (keydesk ended before the outcome could be recorded)"
    lines.append(("Outcome", outcome))
    if entry.outcome_at:
        lines.append(("Known at", f"{entry.outcome_at.astimezone():%Y-%m-%d %H:%M:%S %Z}"))
    if entry.detail:
        lines.append(("Detail", plain(entry.detail)))
    if entry.request_id:
        lines.append(("Request id", plain(entry.request_id)))
    if entry.settled:
        lines.append(("Settled", plain(entry.settled)))
    return lines


def _person_lines(entry: Entry) -> list[tuple[str, str]]:
    """Return whom an entry is about; nothing where it is about nobody, as the alert is."""
    intent = entry.intent
    if not (intent.person_id or intent.person_login):
        return []
    return [
        ("Person", f"{plain(intent.person_name)} · {plain(intent.person_login)}"),
        ("Okta id", plain(intent.person_id)),
    ]
