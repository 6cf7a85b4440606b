"""The result of a plan: what Okta's answer and the person as read before and after it prove, and how to word it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from tui.desk.actions.grammar import Cause
from tui.desk.ledger.entry import Outcome
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.discreet import Discreet
from tui.okta.answers import acted

if TYPE_CHECKING:
    from tui.desk.actions.grammar import Action, Obstacle, Plan, Target
    from tui.desk.connectors.secrets import Secret
    from tui.desk.people.person import Person
    from tui.okta.calls import Call
    from tui.okta.errors import OktaError
    from tui.trouble import Trouble


class Progress(Struct, frozen=True):
    """The progress of work that takes several steps.

    Attributes:
        done: The number of steps done.
        total: The number of all steps.
        note: What the current step does.
    """

    done: int
    total: int
    note: str


class Performed(Discreet, frozen=True):
    """The result of a plan that was carried out.

    Attributes:
        plan: The confirmed plan.
        entry: The number of the ledger entry.
        outcome: The outcome, as the ledger records it.
        after: The person as read afterwards; `None` when that read failed.
        targets: The plan's targets as read afterwards; empty when they could not be read.
        trouble: What went wrong with the change itself.
        unrecorded: Why the outcome could not be recorded in the ledger.
        settled: Whether the answer was lost and the state read afterwards shows that it worked.
        secret: The secret in Okta's answer, for the agent to hand over; stored nowhere else.
        made: Okta's id of what holds the secret; empty where the answer tells none.
        carried_out: How many of the plan's calls Okta carried out.
    """

    hidden: ClassVar = frozenset({"secret"})
    plan: Plan
    entry: int
    outcome: Outcome
    after: Person | None
    targets: tuple[Target, ...] = ()
    trouble: OktaError | None = None
    unrecorded: Trouble | None = None
    settled: bool = False
    secret: Secret | None = None
    made: str = ""
    carried_out: int = 0

    @property
    def clean(self) -> bool:
        """Whether the action is done and the person, as read afterwards, shows it."""
        if self.outcome is not Outcome.DONE or self.after is None:
            return False
        return took_effect(self.plan.action, self.after, self.targets) is not False and self.trouble is None

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        name, title = plain(self.plan.person.user.name), self.plan.action.title
        before, now = state_words(self.plan.person), state_words(self.after) if self.after else ""
        changed = f"{before} → {now}" if now and now != before else now
        if self.plan.targets and self.plan.action.wants is not None:
            changed = ", ".join(plain(target.name) for target in self.plan.targets)
        match self.outcome:
            case Outcome.DONE if self.after is None:
                text = f"{title}: Okta accepted it, but {name} could not be read back"
            case Outcome.DONE if self.trouble is not None:
                text = f"{title}: done for {name}, but its answer is no use"
            case Outcome.DONE if not self.clean:
                text = f"{title}: Okta accepted it for {name}, but does not show it yet"
            case Outcome.DONE:
                text = f"{title}: done for {name}"
            case Outcome.PARTLY:
                rest = ", ".join(short_name(call) for call in self.plan.calls[self.carried_out :])
                text = f"{title}: only in part for {name}: {self._done_before} was done, {rest} was not"
            case Outcome.REFUSED:
                text = f"{title}: Okta refused it for {name}"
            case Outcome.NOT_SENT:
                text = f"{title}: nothing was sent for {name}"
            case _ if self.settled:
                text = f"{title}: Okta's answer was lost, but a look at {name} shows that it worked"
            case _:
                text = f"{title}: Okta's answer was lost, so whether it acted on {name} is not known"
                text += f"; {self._done_before} was done before" if self.carried_out else ""
        return f"{text} ({changed})" if changed else text

    @property
    def _done_before(self) -> str:
        """The calls that Okta carried out, where it did not carry out all of them."""
        return ", ".join(short_name(call) for call in self.plan.calls[: self.carried_out])

    @property
    def hint(self) -> str:
        """What to do about a secret that did not arrive; empty for an action without a secret."""
        reveals = self.plan.action.reveals
        if reveals is None or self.secret is not None or self.outcome not in {Outcome.DONE, Outcome.UNKNOWN}:
            return ""
        return f"The {reveals.title.lower()} did not arrive. Do it once more: a new one takes its place."


def short_name(call: Call) -> str:
    """Return what a call does in two words: `POST suspend`."""
    return f"{call.method} {call.target.partition('?')[0].rpartition('/')[2]}"


def state_words(person: Person) -> str:
    """Return a person's status in words, with `blocked` where devices are blocked beside it; harmless."""
    state = plain(okta_terms.status_words(person.user.status))
    return f"{state}, blocked" if person.blocked else state


# -- what is known of a change


def outcome_of(error: OktaError, *, before: int = 0) -> Outcome:
    """Return the outcome of a plan that ended in an error.

    Args:
        error: The error.
        before: How many of the plan's calls Okta had carried out before the error.
    """
    match acted(error):
        case None:
            return Outcome.UNKNOWN
        case _ if before:
            return Outcome.PARTLY
        case _ if error.sent:
            return Outcome.REFUSED
        case _:
            return Outcome.NOT_SENT


def explain_change(obstacle: Obstacle, before: Person, fresh: Person) -> Obstacle:
    """Return the obstacle, worded as the change since the agent confirmed, where the person's status has changed."""
    if obstacle.cause is not Cause.STATE or before.user.status == fresh.user.status:
        return obstacle
    now, then = okta_terms.status_words(fresh.user.status), okta_terms.status_words(before.user.status)
    return replace(
        obstacle,
        reason=f"{plain(fresh.user.name)} is {now} now, no longer {then}",
        advice="Someone else or a timer changed it meanwhile. Nothing was sent.",
    )


def took_effect(action: Action, person: Person, targets: tuple[Target, ...]) -> bool | None:
    """Whether the person and the targets are in the state that the action leads to; `None` where no state shows it.

    A block by device counts only for an action that lifts it: a password expires behind a block as it does without.
    """
    if action.wants is not None:
        matches = [target.holds is action.wants for target in targets if target.holds is not None]
        return all(matches) if matches else None
    if not action.worked_when:
        return None
    still_blocked = action.also_blocked and person.blocked
    return (person.user.status or "") in action.worked_when and not still_blocked


def proves_effect(
    action: Action, before: Person, targets_before: tuple[Target, ...], after: Person, targets: tuple[Target, ...]
) -> bool:
    """Whether the state was another one before, so that the state afterwards proves that the change took effect."""
    if action.wants is not None:
        return took_effect(action, before, targets_before) is False and took_effect(action, after, targets) is True
    return before.user.status not in action.worked_when and took_effect(action, after, targets) is True


def observation(action: Action | None, person: Person, targets: tuple[Target, ...] = ()) -> str:
    """Return what the person's state proves about the action, in words for the ledger."""
    state = okta_terms.status_words(person.user.status)
    blocked = ", blocked from some devices" if person.blocked else ""
    effect = took_effect(action, person, targets) if action else None
    if action is None or effect is None:
        return f"Okta shows {state}{blocked}; this action leaves no trace in the state, so see the System Log."
    if action.wants is not None:
        names = [f"{plain(t.name)} ({t.kind.value})" for t in targets if t.holds is not None]
        has = "has" if all(target.holds for target in targets if target.holds is not None) else "does not have"
        shown = f"Okta shows that {plain(person.user.name)} {has} {', '.join(names)}"
    else:
        shown = f"Okta shows {state}{blocked}"
    if effect:
        return f"{shown}: it took effect, or something else had the same effect."
    return f"{shown}: it did not take effect, or was undone since."
