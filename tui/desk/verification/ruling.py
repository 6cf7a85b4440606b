"""What the desk's rules say of an action now, in words for the agent: what is missing, and how to get it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.actions.grammar import Cause, Obstacle, TargetKind
from tui.desk.people.devices import factors_on
from tui.desk.people.factors import enrolled
from tui.desk.rules.judging import WORDS, Ban, Want
from tui.desk.rules.rules import DEFAULT_RULES
from tui.desk.rules.strength import Strength
from tui.desk.rules.tiers import Tier
from tui.desk.text.named_keys import key_of
from tui.desk.text.plain import plain
from tui.desk.verification.facts import judge_by, read_facts, read_kept, rules_now
from tui.desk.verification.kept import action_text

if TYPE_CHECKING:
    from tui.desk.actions.grammar import Action, Target
    from tui.desk.people.person import Person
    from tui.desk.rules.judging import Judgement
    from tui.desk.rules.rules import DeskRules
    from tui.desk.session import Session
    from tui.desk.verification.facts import Facts

_BANS: Final = {
    Ban.ONESELF: ("nobody acts on their own account", "A colleague has to do it."),
    Ban.TOKEN: ("keydesk signs in as this account", "An admin does it in the Admin Console."),
    Ban.DENIED: (
        "a push was denied",
        "Somebody denied a push of this person: treat it as an attack. Reach the person in another way.",
    ),
    Ban.CAP: ("too many within an hour", "The desk's rules allow no more for now. A colleague can, or wait."),
    Ban.LOG: ("the System Log cannot be read", "The desk's rules want to know what was done in the Admin Console."),
}


class Ruling(Struct, frozen=True):
    """What the rules say, and what they know.

    Attributes:
        judgement: The judgement.
        facts: What it rests on.
        rules: The rules that were in force.
        obstacle: What is refused or missing; `None` where the action may go on.
        aimed_at: The ids of the factors that the action takes away.
        login: The person's login.
    """

    judgement: Judgement
    facts: Facts
    rules: DeskRules
    obstacle: Obstacle | None = None
    aimed_at: frozenset[str] = frozenset()
    login: str = ""

    @property
    def kept(self) -> str:
        """What the ledger keeps of it with the action: the tier, and the proofs that the action uses up."""
        used = (number for proof in self.judgement.spends for number in proof.entries)
        return action_text(self.judgement.tier, used)


async def rule(
    session: Session,
    action: Action,
    person: Person,
    targets: tuple[Target, ...] = (),
    *,
    reason: str = "",
    typed: bool = False,
) -> Ruling:
    """Read what counts, and return what the rules say of an action now, by Okta's clock.

    Args:
        session: The session of the org.
        action: The action.
        person: The person, as just read.
        targets: What the action is aimed at, as just read.
        reason: The agent's reason.
        typed: Whether the agent has typed whom it is about.

    Raises:
        LedgerError: The ledger could not be read, or the team's rules.
        OktaError: The factors that the action takes away could not be read.
    """
    rules = await rules_now(session) or DEFAULT_RULES
    facts = await read_facts(session, person, rules, action.id)
    aimed_at = await _aimed_at(session, person, targets)
    now = session.now().timestamp()
    judgement = judge_by(facts, action.id, rules, agent=session.agent.name, now=now, aimed_at=aimed_at)
    found = obstacle_of(judgement, facts, rules, _Asked(session, action, person.user.login, reason, typed))
    return Ruling(judgement, facts, rules, found, aimed_at, person.user.login)


async def _aimed_at(session: Session, person: Person, targets: tuple[Target, ...]) -> frozenset[str]:
    """Return the ids of all factors that the targets take away: those of one phone go together."""
    kinds = {target.kind for target in targets}
    if not kinds & {TargetKind.FACTOR, TargetKind.FACTORS, TargetKind.DEVICE}:
        return frozenset()
    factors = await session.factors_of(person.user.id)
    if TargetKind.FACTORS in kinds:
        return frozenset(factor.id for factor in factors)
    if TargetKind.DEVICE in kinds:
        return factors_on((target.name for target in targets), factors)
    ids = {target.id for target in targets}
    return frozenset(ids).union(*(one.ids for one in enrolled(factors) if ids & set(one.ids)))


class _Asked(Struct, frozen=True):
    """What an agent asks for, and what they have given for it."""

    session: Session
    action: Action
    login: str
    reason: str
    typed: bool


def obstacle_of(judgement: Judgement, facts: Facts, rules: DeskRules, asked: _Asked) -> Obstacle | None:
    """Return what is refused or missing, with the way to get it; `None` where nothing is."""
    if judgement.ban is not None:
        return Obstacle(Cause.RULES, _BANS[judgement.ban][0], _advice(judgement))
    because = " ".join((*judgement.why, judgement.unseen)).strip()
    for want in judgement.wants:
        missing = _missing(want, judgement, facts, rules, asked)
        if missing is not None:
            words, advice = missing
            return Obstacle(Cause.RULES, words, f"{advice} {because}".strip())
    return None


def _advice(judgement: Judgement) -> str:
    """Return what to do about a refusal, and when it ends."""
    advice = _BANS[judgement.ban][1] if judgement.ban else ""
    if judgement.until is None:
        return advice
    until = datetime.fromtimestamp(judgement.until, UTC)
    return f"{advice} This ends at {until:%H:%M} UTC on {until.day} {until:%B}."


def ban_reason(judgement: Judgement) -> str:
    """Return why an action is refused in a few words, for beside a grey key; empty where it is not refused."""
    return _BANS[judgement.ban][0] if judgement.ban else ""


def ban_words(judgement: Judgement) -> str:
    """Return why an action is refused and what to do, in sentences; empty where it is not refused."""
    return f"{_BANS[judgement.ban][0]}. {_advice(judgement)}" if judgement.ban else ""


def _missing(want: Want, judgement: Judgement, facts: Facts, rules: DeskRules, asked: _Asked) -> tuple[str, str] | None:
    """Return what is missing in words, and how to get it."""
    if want is Want.REASON:
        return thin(asked.reason, facts, rules)
    if want is Want.LOGIN:
        return None if asked.typed else ("the login was not typed", "Type the person's login to confirm it.")
    command = f"`keydesk verify {plain(asked.login)} --for {asked.action.id}`"
    how = f"{key_of('person.prove')} on their card proves them for just this, or {command}."
    if not asked.session.verifies:
        how = f"This connector asks no phone, so say what you have seen: {how}"
    wanted = WORDS[judgement.proof]
    kind = "as strongly as can be" if judgement.proof is Strength.TOP else "first"
    return f"the caller is not proven {kind}", f"The rules want {wanted}, or what an agent vouches for. {how}"


def thin(reason: str, facts: Facts, rules: DeskRules) -> tuple[str, str] | None:
    """Return what is wrong with a reason, and how to say it better; `None` where it says something."""
    words = [word for word in plain(reason).split() if any(letter.isalnum() for letter in word)]
    if len({word.casefold() for word in words}) < rules.reason_words:
        return "the reason says too little", f"Say why in {rules.reason_words} words at least."
    same = sum(other.casefold().split() == reason.casefold().split() for other in facts.reasons)
    if same >= rules.same_reason:
        return "the same reason again", f"You gave this reason {same} times within a day. Say what is special here."
    return None


async def overtaken(
    session: Session, entry: int, action: Action, ruling: Ruling, *, reason: str, typed: bool
) -> Obstacle | None:
    """Return what stands in the way by what others recorded first, where several were judged at the same moment.

    A cap may have room for one of them, a proof counts once, and the two halves of one account are harmless one by one.
    Where a team's rules were changed meanwhile, it is the new ones that count.
    The order of the ledger decides: whoever comes later is judged by all that was recorded before.

    Args:
        session: The session of the org.
        entry: The number of the entry that was just recorded.
        action: The action.
        ruling: What the rules had said before it.
        reason: The agent's reason.
        typed: Whether the agent has typed whom it is about.

    Raises:
        LedgerError: The ledger could not be read.
    """
    rules = await rules_now(session)
    if rules is None or (rules == ruling.rules and ruling.judgement.tier < Tier.REASON):
        return None
    facts = await read_kept(session, ruling.facts, rules, before=entry)
    now, login = session.now().timestamp(), ruling.login
    judgement = judge_by(facts, action.id, rules, agent=session.agent.name, now=now, aimed_at=ruling.aimed_at)
    return obstacle_of(judgement, facts, rules, _Asked(session, action, login, reason, typed))
