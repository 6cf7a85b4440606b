"""What the ledger keeps of verifications, and what of it counts again: proofs, and who has denied a push."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.actions.catalogue import ACTIONS
from tui.desk.ledger.entry import Outcome, canonical
from tui.desk.ledger.verified import ASKED, ATTESTED, Ending, ending_of, kept_in
from tui.desk.rules.judging import Deed
from tui.desk.rules.proofs import CallerProof
from tui.desk.rules.rules import DAY
from tui.desk.rules.strength import Attested, Measured, PassedStep
from tui.desk.rules.tiers import TIERS, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.desk.ledger.entry import Entry
    from tui.desk.rules.rules import DeskRules
    from tui.desk.verification.ways import Way

MOST_TRIES: Final = 3
"""Wrong codes for one call. Okta locks a Classic account at five, and takes no more on Identity Engine."""
_CALL: Final = 600.0
_HAPPENED: Final = frozenset({Outcome.DONE, Outcome.PARTLY, Outcome.UNKNOWN, None})


def proof_text(purpose: str, way: Way) -> str:
    """Return what a verification is to prove, as the ledger keeps it."""
    kept = {"purpose": purpose, "kind": str(way.kind), "factor": way.factor, "enrolled": way.enrolled}
    return canonical(kept | ({"for": ACTIONS[purpose].title} if purpose in ACTIONS else {}))


def proofs_in(entries: Iterable[Entry]) -> list[CallerProof]:
    """Return the proofs that entries of the ledger hold: the steps for one person, agent and purpose are one proof.

    A proof is spent by the first action after its last step that says that it used one of its entries.

    Args:
        entries: Entries in any order.
    """
    steps: dict[tuple[str, str, str], list[tuple[int, PassedStep]]] = {}
    used: set[tuple[str, str, int]] = set()
    unsure: dict[str, list[float]] = {}
    for entry in entries:
        kept = kept_in(entry)
        if entry.intent.action in {ASKED, ATTESTED}:
            if _may_be_wrong(entry, kept):
                unsure.setdefault(entry.intent.person_id, []).append(entry.at.timestamp())
            step = _step(entry, kept)
            if step is not None:
                key = (entry.intent.person_id, entry.intent.agent, str(kept.get("purpose", "")))
                steps.setdefault(key, []).append((entry.seq, step))
        elif entry.outcome in _HAPPENED:
            listed = kept.get("used")
            numbers = [number for number in listed if isinstance(number, int)] if isinstance(listed, list) else []
            # Numbers of a ledger that was carried over are those of before: they spend nobody else's proof.
            used.update((entry.intent.person_id, entry.intent.agent, number) for number in numbers)
    found = []
    for (person, agent, purpose), kept_steps in steps.items():
        for spent in (False, True):
            mine = sorted(
                ((seq, step) for seq, step in kept_steps if ((person, agent, seq) in used) is spent),
                key=lambda one: one[0],
            )
            if mine:
                its_numbers, its_steps = zip(*mine, strict=True)
                last = max(step.at for step in its_steps)
                pairs = not any(abs(last - at) < DAY for at in unsure.get(person, ()))
                found.append(CallerProof(person, agent, purpose, its_steps, spent, its_numbers, pairs))
    return found


def deeds_in(entries: Iterable[Entry], rules: DeskRules) -> list[Deed]:
    """Return what was done for people by entries of the ledger; what may have been done counts as done.

    Args:
        entries: Entries in any order.
        rules: The desk's rules, for the tier of what says none of its own.
    """
    found = []
    for entry in entries:
        intent = entry.intent
        if intent.action in TIERS and entry.outcome in _HAPPENED:
            tier = max(rules.tier_of(intent.action), _tier_kept(entry))
            found.append(Deed(intent.person_id, intent.agent, intent.action, entry.at.timestamp(), tier))
    return found


def _tier_kept(entry: Entry) -> Tier:
    """Return the tier that an action had when it was done; the lowest where its entry does not say."""
    tier = kept_in(entry).get("tier")
    return Tier(tier) if isinstance(tier, int) and tier in list(Tier) else Tier.CONFIRM


def asked_at(entries: Iterable[Entry], person: str) -> list[float]:
    """Return when a person was asked to prove themselves, in seconds since 1970."""
    return [
        entry.at.timestamp()
        for entry in entries
        if entry.intent.action == ASKED and entry.intent.person_id == person and entry.outcome is not Outcome.NOT_SENT
    ]


def denied_in(entries: Iterable[Entry], person: str) -> float | None:
    """Return when somebody denied a challenge of a person last, in seconds since 1970; `None` for never."""
    times = [
        (entry.outcome_at or entry.at).timestamp()
        for entry in entries
        if entry.intent.action == ASKED and entry.intent.person_id == person and ending_of(entry) == Ending.DENIED
    ]
    return max(times, default=None)


def tries_left(entries: Iterable[Entry], person: str, now: float) -> int:
    """Return how many wrong codes a person may still give, by the wrong ones of the last minutes.

    Okta counts each against the caller, also one that an agent has mistyped.

    Args:
        entries: Entries in any order.
        person: Okta's id of the person.
        now: Okta's time, in seconds since 1970.
    """
    wrong = [
        entry
        for entry in entries
        if entry.intent.action == ASKED
        and entry.intent.person_id == person
        and ending_of(entry) == Ending.WRONG
        and now - (entry.outcome_at or entry.at).timestamp() < _CALL
    ]
    return max(0, MOST_TRIES - len(wrong))


def _may_be_wrong(entry: Entry, kept: dict[str, object]) -> bool:
    """Whether a push with a number ended as nobody knows, so that it may have been a wrong number."""
    unknown = entry.outcome is Outcome.UNKNOWN or ending_of(entry) == Ending.UNKNOWN
    return entry.intent.action == ASKED and kept.get("kind") == Measured.NUMBER and unknown


def _step(entry: Entry, kept: dict[str, object]) -> PassedStep | None:
    """Return the step that an entry proves; `None` for none."""
    ending = ending_of(entry)
    if entry.outcome is not Outcome.DONE or ending not in {Ending.PASSED, Ending.PASSED_PLAIN} or not entry.readable:
        return None
    kind = _kind(str(kept.get("kind", "")))
    if kind is None:
        return None
    if ending == Ending.PASSED_PLAIN:
        kind = Measured.PUSH
    enrolled = kept.get("enrolled")
    return PassedStep(
        kind,
        (entry.outcome_at or entry.at).timestamp(),
        str(kept.get("factor", "")),
        float(enrolled) if isinstance(enrolled, (int, float)) and not isinstance(enrolled, bool) else None,
        entry.intent.reason if isinstance(kind, Attested) else "",
    )


def _kind(text: str) -> Measured | Attested | None:
    for kinds in (Measured, Attested):
        if text in list(kinds):
            return kinds(text)
    return None


def action_text(tier: Tier, used: Iterable[int] = ()) -> str:
    """Return what an action took, as the ledger keeps it.

    Args:
        tier: The tier that it had.
        used: The numbers of the entries whose proofs it used up.
    """
    numbers = sorted(used)
    return canonical({"tier": int(tier)} | ({"used": numbers} if numbers else {}))
