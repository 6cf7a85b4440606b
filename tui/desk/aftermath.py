"""What is known of a change: from Okta's answer, from a fresh look before it, and from a look afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk import words
from tui.desk.actions import Cause, Obstacle
from tui.desk.ledger import Outcome
from tui.desk.plain import plain
from tui.okta.answers import acted

if TYPE_CHECKING:
    from tui.desk.actions import Action
    from tui.desk.person import Person
    from tui.okta.errors import OktaError


def outcome_of(error: OktaError) -> Outcome:
    """What came of a change that ended in an error."""
    match acted(error):
        case None:
            return Outcome.UNKNOWN
        case _ if error.sent:
            return Outcome.REFUSED
        case _:
            return Outcome.NOT_SENT


def meanwhile(found: Obstacle, before: Person, fresh: Person) -> Obstacle:
    """The obstacle, told as what changed between the agent's look and now."""
    if found.cause is not Cause.STATE or before.user.status == fresh.user.status:
        return found
    now, then = words.status_words(fresh.user.status), words.status_words(before.user.status)
    return Obstacle(
        found.cause,
        f"{plain(fresh.user.name)} is {now} now, no longer {then}",
        "Someone else or a timer changed it meanwhile. Nothing was sent.",
    )


def shows(action: Action, before: Person, after: Person) -> bool:
    """Whether the state read afterwards can only mean that the change took place."""
    status = after.user.status or ""
    return before.user.status not in action.worked_when and status in action.worked_when and not after.blocked


def seen(action: Action | None, person: Person) -> str:
    """What a look at the person says about the action, in words for the ledger."""
    state = words.status_words(person.user.status)
    blocked = ", blocked from some devices" if person.blocked else ""
    if action is None or not action.worked_when:
        return f"Okta shows {state}{blocked}; this action leaves no trace in the state, so see the System Log."
    if (person.user.status or "") in action.worked_when and not person.blocked:
        return f"Okta shows {state}: it took effect, or something else had the same effect."
    return f"Okta shows {state}{blocked}: it did not take effect, or was undone since."
