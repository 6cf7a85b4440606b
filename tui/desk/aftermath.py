"""What is known of a change: from Okta's answer, from a fresh look before it, and from a look afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.desk import words
from tui.desk.actions import Cause
from tui.desk.ledger import Outcome
from tui.desk.plain import plain
from tui.okta.answers import acted

if TYPE_CHECKING:
    from tui.desk.actions import Action, Obstacle, Target
    from tui.desk.person import Person
    from tui.okta.errors import OktaError


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
    now, then = words.status_words(fresh.user.status), words.status_words(before.user.status)
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
    state = words.status_words(person.user.status)
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
