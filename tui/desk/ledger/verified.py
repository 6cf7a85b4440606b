"""Entries of the ledger that change nothing at Okta: a caller was asked or vouched for, an alert raised, rules set."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from tui.desk.ledger.entry import RULES, Outcome
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.ledger.entry import Entry

ASKED: Final = "verify-caller"
"""The action of an entry that asks a caller for a proof."""
ATTESTED: Final = "attest-caller"
"""The action of an entry in which an agent vouches for a caller."""
RAISED: Final = "raise-alert"
LOWERED: Final = "lower-alert"


class Ending(StrEnum):
    """What came of an asking: the first word of the detail in the ledger."""

    PASSED = "passed"
    PASSED_PLAIN = "passed without a number"
    DENIED = "denied"
    WRONG = "wrong"
    NOBODY = "nobody answered"
    STOPPED = "stopped"
    UNKNOWN = "not known"


_SAID: Final[Mapping[str, tuple[str, Tone]]] = {
    Ending.PASSED: ("passed", Tone.GOOD),
    Ending.PASSED_PLAIN: ("passed, no number", Tone.GOOD),
    Ending.DENIED: ("denied", Tone.BAD),
    Ending.WRONG: ("wrong code", Tone.WARN),
    Ending.NOBODY: ("nobody answered", Tone.WARN),
    Ending.STOPPED: ("stopped", Tone.MUTED),
    Ending.UNKNOWN: ("not known", Tone.WARN),
}
_DONE: Final[Mapping[str, tuple[str, Tone]]] = {
    ATTESTED: ("vouched for", Tone.GOOD),
    RAISED: ("raised", Tone.WARN),
    LOWERED: ("ended", Tone.GOOD),
    RULES: ("set", Tone.GOOD),
}
_LATEST: Final = 1e11
"""Seconds since 1970 beyond which a time is damage."""
SETTLED: Final[Mapping[str, str]] = {
    ASKED: "Asking changes nothing at Okta, and without an answer it proves nobody. A denial counts by the System Log.",
    ATTESTED: "It proves nobody, since nothing says that it was recorded whole.",
    RAISED: "The alert was not raised by this entry.",
    LOWERED: "The alert was not ended by this entry.",
    RULES: "The rules are in force from this entry on, until others are set.",
}
"""What settles an entry without an outcome: nothing has to be looked at, since nothing was changed."""


def ending_of(entry: Entry) -> str:
    """Return what came of an asking, as `Ending` says it; another text, or an empty one, for anything else."""
    return entry.detail.partition(":")[0]


def kept_in(entry: Entry) -> dict[str, Any]:
    """Return what an entry keeps about proofs; empty where it keeps nothing or is damaged."""
    try:
        kept = json.loads(entry.intent.proof) if entry.intent.proof else {}
    except (ValueError, RecursionError):
        return {}
    return kept if isinstance(kept, dict) else {}


def came_of(entry: Entry) -> tuple[str, Tone] | None:
    """Return what came of an entry that is no change, in a few words, and their tone; `None` for every other entry."""
    if entry.outcome is not Outcome.DONE:
        return None
    return _SAID.get(ending_of(entry)) if entry.intent.action == ASKED else _DONE.get(entry.intent.action)


def proof_lines(entry: Entry) -> list[tuple[str, str]]:
    """Return what an entry keeps of a verification or the alert as label and harmless text; empty for nothing."""
    kept = kept_in(entry)
    if entry.intent.action == RULES:
        return _rules_lines(entry)
    if entry.intent.action in {ASKED, ATTESTED}:
        purpose = kept.get("for") or kept.get("purpose")
        return [("For", plain(str(purpose)))] if purpose else []
    until = kept.get("until")
    if entry.intent.action == RAISED and isinstance(until, (int, float)) and 0 <= until < _LATEST:
        return [("Until", f"{datetime.fromtimestamp(until, UTC).astimezone():%Y-%m-%d %H:%M %Z}")]
    tier = kept.get("tier")
    lines = [("Tier", f"{tier} of 4")] if isinstance(tier, int) and tier in range(1, 5) else []
    used = kept.get("used")
    numbers = [str(number) for number in used if isinstance(number, int)] if isinstance(used, list) else []
    counted = " (numbers of the ledger that was carried over)" if entry.renumbered else ""
    return lines + ([("Proven by", f"the caller, in entry {', '.join(numbers)}{counted}")] if numbers else [])


def _rules_lines(entry: Entry) -> list[tuple[str, str]]:
    """Return what a change of the desk's rules changed, as it was told then, and the rules as they were given."""
    changed = [line for line in entry.intent.target.split("\n") if line]
    given = [line for line in entry.intent.rules.splitlines() if line.strip()]
    return [
        *(("" if number else "Changed", plain(line, limit=1000)) for number, line in enumerate(changed)),
        *(("" if number else "Rules", plain(line, limit=1000)) for number, line in enumerate(given)),
    ]
