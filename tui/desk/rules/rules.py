"""The rules of one desk, with good defaults; what cannot be met or is no rule is refused at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from tui.desk.rules.strength import Attested, Measured, Strength
from tui.desk.rules.tiers import TIERS, Alarm, Tier
from tui.trouble import BadInput

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
SAY, RAISE, REFUSE = "say", "raise", "refuse"
"""What is done where the System Log cannot be read, so that nobody knows what was done in the Admin Console."""


class BadRules(BadInput):
    """A rule is none, or could never be met."""

    title = "The desk's rules cannot be used"


class Protected(Struct, frozen=True):
    """Who is protected beside administrators, who always are.

    Attributes:
        logins: Logins; a `*` stands for any characters. Upper and lower case count as equal.
        groups: Names of groups.
        attribute: The name of an attribute of the profile; empty for none.
        values: The values of that attribute that protect.
    """

    logins: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    attribute: str = ""
    values: tuple[str, ...] = ()

    def why(self, login: str, groups: Collection[str], attribute: str) -> str:
        """Return why a person is protected, in words; empty where they are not.

        Args:
            login: Their login.
            groups: The names of their groups.
            attribute: Their value of the attribute; empty for none.
        """
        name = login.casefold()
        if any(_fits(pattern.casefold(), name) for pattern in self.logins):
            return "The desk's rules protect this login"
        known = {group.casefold() for group in self.groups}
        found = next((group for group in groups if group.casefold() in known), "")
        if found:
            return f"The desk's rules protect the group {found}"
        if self.attribute and attribute.casefold() in {value.casefold() for value in self.values}:
            return f"The desk's rules protect people whose {self.attribute} is {attribute}"
        return ""


def _fits(pattern: str, text: str) -> bool:
    """Whether a text is as a pattern says, in linear time: `*` stands for any characters, nothing else is special."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == first
    if not text.startswith(first):
        return False
    at = len(first)
    *middle, last = rest
    for part in middle:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - len(last) >= at and text.endswith(last)


class DeskRules(Struct, frozen=True):
    """What a desk asks of its agents and callers.

    Attributes:
        tiers: Another tier than `TIERS` has, by the action's id.
        proof: The least strength for `Tier.PROOF`. For `Tier.TOP` it is always `Strength.TOP`.
        attested: The attested steps each of which is enough for `Tier.PROOF`.
        attested_top: The attested steps each of which is enough for `Tier.TOP`.
        weak: Kinds that count although they are weak: codes by text, call or mail; security questions.
        proof_minutes: For how many minutes a step of a proof counts.
        reason_words: How many words a reason has at least.
        same_reason: How often an agent may give the same reason within a day.
        cool_off_hours: For how many hours what was done for a person makes the next thing harder.
        changed_days: For how many days new contact data or a new factor makes things harder.
        per_agent: How many actions of `Tier.PROOF` or more an agent has within an hour.
        per_desk: How many the whole desk has.
        log_unreadable: `say`, `raise` or `refuse`.
        stop_on: The alarms in each of which an account may be suspended or contained for a reason alone.
        place: The place that phones name when keydesk asks them, for the words that an agent says; empty for unknown.
        protected: Who is protected beside administrators.
    """

    tiers: Mapping[str, Tier] = field(default_factory=dict)
    proof: Strength = Strength.NUMBER
    attested: frozenset[Attested] = frozenset(
        {Attested.CALLED_BACK, *(Attested.MANAGER, Attested.VIDEO, Attested.IN_PERSON)}
    )
    attested_top: frozenset[Attested] = frozenset({Attested.VIDEO, Attested.IN_PERSON})
    weak: frozenset[Measured] = frozenset()
    proof_minutes: float = 10.0
    reason_words: int = 3
    same_reason: int = 5
    cool_off_hours: float = 24.0
    changed_days: float = 3.0
    per_agent: int = 12
    per_desk: int = 120
    log_unreadable: str = RAISE
    stop_on: frozenset[Alarm] = frozenset(Alarm)
    place: str = ""
    protected: Protected = Protected()

    def tier_of(self, action: str) -> Tier:
        """Return an action's tier before anything about the person is looked at; the highest for an unknown one."""
        return self.tiers.get(action, TIERS.get(action, Tier.TOP))


DEFAULT_RULES: Final = DeskRules()


def check_rules(rules: DeskRules, can: Collection[Measured] | None = None) -> DeskRules:
    """Return the rules, if each of them can be met.

    Args:
        rules: The rules.
        can: What callers can prove at most, by the org's factors and what the connector may ask; `None` where that is
            not known.

    Raises:
        BadRules: A rule is none, or could never be met.
    """
    for action in rules.tiers:
        if action not in TIERS:
            raise BadRules(advice=f"There is no action {action}. There are: {', '.join(sorted(TIERS))}.", field="tiers")
    if rules.proof not in {Strength.PUSH, Strength.NUMBER, Strength.CODE, Strength.TOP}:
        raise BadRules(advice="proof must be push, number, code or top.")
    if rules.weak - {Measured.MESSAGE, Measured.QUESTION}:
        raise BadRules(advice="also_count may hold message and question alone; the others count anyway.")
    if rules.log_unreadable not in {SAY, RAISE, REFUSE}:
        raise BadRules(advice="log_unreadable must be say, raise or refuse.")
    _check_numbers(rules)
    if can is not None:
        _check_reachable(rules, frozenset(can))
    return rules


def _check_numbers(rules: DeskRules) -> None:
    bounds = {
        "proof_minutes": (1, 60),
        "reason_words": (1, 20),
        "same_reason": (1, 1000),
        "cool_off_hours": (24, 24 * 30),  # a day is the promise: no rule makes it shorter
        "changed_days": (0, 60),
        "per_agent": (1, 10_000),
        "per_desk": (1, 100_000),
    }
    for name, (least, most) in bounds.items():
        if not least <= getattr(rules, name) <= most:
            raise BadRules(advice=f"{name} must be between {least} and {most}.", field=name)


def _check_reachable(rules: DeskRules, can: frozenset[Measured]) -> None:
    """Refuse a strength that the org cannot give, unless somebody can be attested in its place."""
    codes = Measured.CODE in can or Measured.MESSAGE in can & rules.weak
    best = Strength.PUSH if Measured.PUSH in can or Measured.QUESTION in can & rules.weak else Strength.NOTHING
    if Measured.NUMBER in can:
        best = Strength.TOP  # two in a row
    elif codes:
        best = Strength.CODE
    if best < rules.proof and not rules.attested:
        raise BadRules(
            advice=f"proof asks for {rules.proof.name.lower()}, which this connector cannot get: it asks no phone, or "
            "the org has no such factor. Let it ask, or say in attested what an agent may vouch for.",
            field="proof",
        )
    if best < Strength.TOP and not rules.attested_top:
        raise BadRules(
            advice="the highest tier takes numbers in a push, which this connector cannot get: it asks no phone, or "
            "the org has none. Let it ask, or say in attested_top what an agent may vouch for.",
            field="attested_top",
        )
