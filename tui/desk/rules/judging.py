"""One pure judgement: what an action for a person takes now, what of it is there already, and what is refused."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.rules.proofs import Asking, counting
from tui.desk.rules.rules import DAY, HOUR, RAISE, REFUSE
from tui.desk.rules.strength import Strength, attested_by, strength_of
from tui.desk.rules.tiers import HALF, STOPS, Alarm, Tier

if TYPE_CHECKING:
    from collections.abc import Collection

    from tui.desk.rules.proofs import CallerProof
    from tui.desk.rules.rules import DeskRules

WORDS: Final = {
    Strength.PUSH: "a push that they approve",
    Strength.NUMBER: "a push with a number",
    Strength.CODE: "a code that they read out",
    Strength.TOP: "two pushes with a number in a row, or a push with a number and a code",
}


ALARMS: Final = {
    Alarm.DENIED: "Somebody denied a push of theirs",
    Alarm.ATTACK: "The System Log looks like an attack on them",
    Alarm.ALERT: "The alert is raised",
}


class Ban(StrEnum):
    """Why an action is refused, whatever the agent does."""

    ONESELF = "oneself"
    TOKEN = "the connector's own account"  # noqa: S105 - no secret
    DENIED = "denied"
    CAP = "cap"
    LOG = "log unreadable"


class Want(StrEnum):
    """What an action takes that the agent has to give."""

    REASON = "reason"
    PROOF = "proof"
    TOP_PROOF = "top proof"
    LOGIN = "login"


class Deed(Struct, frozen=True):
    """Something that was done for a person, by keydesk or in the Admin Console; what may have been done counts.

    Attributes:
        person: Okta's id of the person.
        agent: Who did it; empty for the Admin Console.
        action: The action's id.
        at: When, in seconds since 1970 on Okta's clock.
        tier: The tier that it had then.
    """

    person: str
    agent: str
    action: str
    at: float
    tier: Tier


class Subject(Struct, frozen=True):
    """What counts of the person whom an action is for.

    Attributes:
        id: Okta's id.
        protected: Why the person is protected, in words; empty where they are not.
        oneself: Whether the person is the agent.
        own_account: Whether the connector signs in as the person.
        changed: When their contact data or a factor changed last, in seconds since 1970; `None` for not lately.
        denied: When a push was denied last, in seconds since 1970; `None` for not lately.
        unsure: What of this could not be looked at, in sentences; empty for nothing.
    """

    id: str
    protected: str = ""
    oneself: bool = False
    own_account: bool = False
    changed: float | None = None
    denied: float | None = None
    unsure: str = ""


class Request(Struct, frozen=True):
    """What an agent is about to do.

    Attributes:
        action: The action's id.
        agent: The agent, as the ledger names agents.
        subject: The person.
        now: Okta's time, in seconds since 1970.
        aimed_at: The ids of the factors that the action takes away or replaces.
        proofs: The proofs that there are.
        past: What was done lately, for this person and by this desk.
        log_read: Whether the System Log could be read, so that `past` and `subject` know of the Admin Console.
        alert: Whether the raised alert is on.
        attacked: Whether the System Log looks like an attack on the person.
    """

    action: str
    agent: str
    subject: Subject
    now: float
    aimed_at: frozenset[str] = frozenset()
    proofs: Collection[CallerProof] = ()
    past: Collection[Deed] = ()
    log_read: bool = True
    alert: bool = False
    attacked: bool = False

    @property
    def alarms(self) -> frozenset[Alarm]:
        """What says now that the person's account is under attack."""
        denied = self.subject.denied is not None and _since(self, self.subject.denied) < DAY
        known = {Alarm.DENIED: denied, Alarm.ATTACK: self.attacked, Alarm.ALERT: self.alert}
        return frozenset(alarm for alarm, holds in known.items() if holds)


class Judgement(Struct, frozen=True):
    """What an action takes.

    Attributes:
        tier: Its tier for this person now.
        why: Why the tier is higher than the action's own, one sentence each.
        ban: Why it is refused; `None` where it is not.
        wants: What the agent has to give, in order; a proof that is there is not among them.
        proof: The least strength of a proof; `Strength.NOTHING` where none is needed.
        until: When a refusal ends, in seconds since 1970; `None` where it does not end by itself.
        unseen: What could not be looked at, so that this judgement is weaker; empty for nothing.
        spends: The proofs that the action uses up.
        have: What the best of the proofs that count comes to, whether it is enough or not.
    """

    tier: Tier
    why: tuple[str, ...] = ()
    ban: Ban | None = None
    wants: tuple[Want, ...] = ()
    proof: Strength = Strength.NOTHING
    until: float | None = None
    unseen: str = ""
    spends: tuple[CallerProof, ...] = ()
    have: Strength = Strength.NOTHING


def needs_log(action: str, rules: DeskRules) -> bool:
    """Whether anything that the System Log says can change what an action takes; for an unlock nothing can."""
    return rules.tier_of(action) >= Tier.REASON or action in HALF


def judge(request: Request, rules: DeskRules) -> Judgement:
    """Return what an action takes now; the same for a screen, the command line, a job for several and a script."""
    tier, why = _tier(request, rules)
    log = "" if request.log_read else "The System Log cannot be read: what was done in the Admin Console is not known."
    unseen = f"{log} {request.subject.unsure}".strip()
    ban, until = _ban(request, rules, tier)
    if ban is not None:
        return Judgement(tier, why, ban, until=until, unseen=unseen)
    wants: list[Want] = []
    if tier >= Tier.REASON:
        wants.append(Want.REASON)
    need = {Tier.PROOF: rules.proof, Tier.TOP: Strength.TOP}.get(tier, Strength.NOTHING)
    found, have = _enough(request, rules, tier) if need else ((), Strength.NOTHING)
    if need and found is None:
        wants.append(Want.TOP_PROOF if tier is Tier.TOP else Want.PROOF)
    if tier is Tier.TOP:
        wants.append(Want.LOGIN)
    spends = found if found and tier is Tier.TOP else ()
    return Judgement(tier, why, wants=tuple(wants), proof=need, unseen=unseen, spends=spends, have=have)


def _tier(request: Request, rules: DeskRules) -> tuple[Tier, tuple[str, ...]]:
    """Return the tier of an action for this person now, and why it is higher than the action's own."""
    subject, tier = request.subject, rules.tier_of(request.action)
    if request.action in STOPS and tier > Tier.REASON and (alarms := request.alarms & rules.stop_on):
        first = next(alarm for alarm in Alarm if alarm in alarms)
        return Tier.REASON, (f"{ALARMS[first]}: a reason is enough to shut the account.",)
    why: list[str] = []
    if subject.protected and tier >= Tier.REASON:
        why.append(f"{subject.protected}.")
    recent = [
        deed
        for deed in request.past
        if deed.person == subject.id and _since(request, deed.at) < rules.cool_off_hours * HOUR
    ]
    half = HALF.get(request.action)
    if half and any(HALF.get(deed.action, half) != half for deed in recent):
        why.append("The other half of this account was reset lately: password and factors together give it away.")
    if tier >= Tier.PROOF and any(deed.tier >= Tier.PROOF for deed in recent):
        why.append("Something like it was done for this person lately.")
    if (
        tier >= Tier.PROOF
        and subject.changed is not None
        and _since(request, subject.changed) < rules.changed_days * DAY
    ):
        why.append("Their contact data or a factor changed lately.")
    if why:
        return Tier.TOP, tuple(why)
    steps = 0
    if request.alert:
        steps += 1
        why.append("The alert is raised: everything takes one tier more.")
    if not request.log_read and rules.log_unreadable == RAISE and tier >= Tier.REASON:
        steps += 1
        why.append("What was done in the Admin Console is not known, so it takes one tier more.")
    return Tier(min(Tier.TOP, tier + steps)), tuple(why)


def _since(request: Request, at: float) -> float:
    """Return how long ago something was; what seems to lie ahead was just now."""
    return max(0.0, request.now - at)


def _ban(request: Request, rules: DeskRules, tier: Tier) -> tuple[Ban | None, float | None]:
    """Return why an action is refused, and until when."""
    subject = request.subject
    if subject.oneself or subject.own_account:
        return (Ban.ONESELF if subject.oneself else Ban.TOKEN), None
    if tier < Tier.PROOF:
        return None, None
    if subject.denied is not None and _since(request, subject.denied) < DAY:
        return Ban.DENIED, subject.denied + DAY
    if not request.log_read and rules.log_unreadable == REFUSE:
        return Ban.LOG, None
    hour = sorted(
        deed.at for deed in request.past if deed.tier >= Tier.PROOF and deed.agent and _since(request, deed.at) < HOUR
    )
    mine = sorted(
        deed.at
        for deed in request.past
        if deed.tier >= Tier.PROOF and deed.agent == request.agent and _since(request, deed.at) < HOUR
    )
    for times, most in ((mine, rules.per_agent), (hour, rules.per_desk)):
        if len(times) >= most:
            return Ban.CAP, times[-most] + HOUR
    return None, None


def _enough(request: Request, rules: DeskRules, tier: Tier) -> tuple[tuple[CallerProof, ...] | None, Strength]:
    """Return the proofs that are enough for a tier, `None` where they are not, and what the best of them comes to."""
    asking = Asking(
        request.subject.id, request.agent, request.action, request.aimed_at, request.now, rules.proof_minutes * 60
    )
    attested = rules.attested_top if tier is Tier.TOP else rules.attested
    need = Strength.TOP if tier is Tier.TOP else rules.proof
    have = Strength.NOTHING
    for proof in counting(request.proofs, asking):
        measured = strength_of(proof.steps, rules.weak, pairs=proof.pairs)
        have = max(have, measured)
        if measured >= need or attested_by(proof.steps) & attested:
            original = next(one for one in request.proofs if _same(one, proof))
            return (original,), have
    return None, have


def _same(one: CallerProof, counted: CallerProof) -> bool:
    """Whether a proof is the one of which some steps count."""
    whose = (one.person, one.agent, one.purpose) == (counted.person, counted.agent, counted.purpose)
    return not one.spent and whose and set(counted.steps) <= set(one.steps)
