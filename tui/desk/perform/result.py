"""The result of a plan: what Okta's answer and the looks before and after it say, and how to tell it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tui.desk.actions.grammar import Cause
from tui.desk.ledger.entry import Outcome
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.okta.answers import acted

if TYPE_CHECKING:
    from tui.desk.actions.grammar import Action, Obstacle, Plan, Target
    from tui.desk.connectors.secrets import Secret
    from tui.desk.people.person import Person
    from tui.okta.errors import OktaError
    from tui.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a longer piece of work is.

    Attributes:
        done: Steps done.
        total: Steps in all.
        note: What is going on now.
    """

    done: int
    total: int
    note: str


@dataclass(frozen=True, slots=True)
class Performed:
    """What came of a plan.

    Attributes:
        plan: What was confirmed.
        entry: The ledger entry's number.
        outcome: What is known.
        after: The person as read afterwards; `None` when that read failed.
        targets: The plan's targets as read afterwards; empty when they could not be read.
        trouble: What went wrong with the change itself.
        unrecorded: Why the outcome could not be written to the ledger.
        settled: Whether the answer was lost and the state read afterwards shows that it worked.
        secret: What Okta's answer gave away, for the agent to hand over; kept nowhere else.
    """

    plan: Plan
    entry: int
    outcome: Outcome
    after: Person | None
    targets: tuple[Target, ...] = ()
    trouble: OktaError | None = None
    unrecorded: Trouble | None = None
    settled: bool = False
    secret: Secret | None = field(default=None, repr=False)

    @property
    def clean(self) -> bool:
        """Whether it is done and the person, read back, shows it."""
        if self.outcome is not Outcome.DONE or self.after is None:
            return False
        return took(self.plan.action, self.after, self.targets) is not False and self.trouble is None

    @property
    def sentence(self) -> str:
        """What happened, in one sentence."""
        name, title = plain(self.plan.person.user.name), self.plan.action.title
        before, now = _state(self.plan.person), _state(self.after) if self.after else ""
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
                text = f"{title}: done for {name}, but not all that goes with it"
            case Outcome.REFUSED:
                text = f"{title}: Okta refused it for {name}"
            case Outcome.NOT_SENT:
                text = f"{title}: nothing was sent for {name}"
            case _ if self.settled:
                text = f"{title}: Okta's answer was lost, but a look at {name} shows that it worked"
            case _:
                text = f"{title}: Okta's answer was lost, so whether it acted on {name} is not known"
        return f"{text} ({changed})" if changed else text

    @property
    def hint(self) -> str:
        """What to do about a lost secret; empty where there is none to be lost."""
        reveals = self.plan.action.reveals
        if reveals is None or self.secret is not None or self.outcome not in {Outcome.DONE, Outcome.UNKNOWN}:
            return ""
        return f"The {reveals.title.lower()} did not arrive. Do it once more: a new one takes its place."


def _state(person: Person) -> str:
    state = plain(okta_terms.status_words(person.user.status))
    return f"{state}, blocked" if person.blocked else state


# -- what is known of a change


def outcome_of(error: OktaError, *, before: int = 0) -> Outcome:
    """What came of a change that ended in an error.

    Args:
        error: The error.
        before: How many of its calls Okta had carried out before.
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


def meanwhile(found: Obstacle, before: Person, fresh: Person) -> Obstacle:
    """The obstacle, told as what changed between the agent's look and now."""
    if found.cause is not Cause.STATE or before.user.status == fresh.user.status:
        return found
    now, then = okta_terms.status_words(fresh.user.status), okta_terms.status_words(before.user.status)
    return replace(
        found,
        reason=f"{plain(fresh.user.name)} is {now} now, no longer {then}",
        advice="Someone else or a timer changed it meanwhile. Nothing was sent.",
    )


def took(action: Action, person: Person, targets: tuple[Target, ...]) -> bool | None:
    """Whether what is read now is as the action leaves it; `None` where that cannot be told."""
    if action.wants is not None:
        told = [target.holds is action.wants for target in targets if target.holds is not None]
        return all(told) if told else None
    if not action.worked_when:
        return None
    return (person.user.status or "") in action.worked_when and not person.blocked


def shows(action: Action, before: Person, were: tuple[Target, ...], after: Person, targets: tuple[Target, ...]) -> bool:
    """Whether what is read afterwards can only mean that the change took place: it was otherwise before."""
    if action.wants is not None:
        return took(action, before, were) is False and took(action, after, targets) is True
    return before.user.status not in action.worked_when and took(action, after, targets) is True


def seen(action: Action | None, person: Person, targets: tuple[Target, ...] = ()) -> str:
    """What a look at the person says about the action, in words for the ledger."""
    state = okta_terms.status_words(person.user.status)
    blocked = ", blocked from some devices" if person.blocked else ""
    found = took(action, person, targets) if action else None
    if action is None or found is None:
        return f"Okta shows {state}{blocked}; this action leaves no trace in the state, so see the System Log."
    if action.wants is not None:
        told = [f"{plain(t.name)} ({t.kind.value})" for t in targets if t.holds is not None]
        has = "has" if all(target.holds for target in targets if target.holds is not None) else "does not have"
        shown = f"Okta shows that {plain(person.user.name)} {has} {', '.join(told)}"
    else:
        shown = f"Okta shows {state}{blocked}"
    if found:
        return f"{shown}: it took effect, or something else had the same effect."
    return f"{shown}: it did not take effect, or was undone since."
