"""What came of a plan, and how far a longer piece of work is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.desk import words
from tui.desk.aftermath import took
from tui.desk.ledger import Outcome
from tui.desk.plain import plain

if TYPE_CHECKING:
    from tui.desk.actions import Plan, Target
    from tui.desk.person import Person
    from tui.desk.secrets import Secret
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
    state = plain(words.status_words(person.user.status))
    return f"{state}, blocked" if person.blocked else state
