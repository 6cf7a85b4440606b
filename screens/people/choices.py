"""What can be done for a person, for the bar and the palette: by keydesk, by hand, or not now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.base import Command
from tui.desk.actions.catalogue import ON_THE_CARD
from tui.desk.text.plain import plain
from tui.okta.policy import Capability
from widgets.people.action_bar import UNFOLD, ActionChoice, Availability

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.desk.actions.grammar import Action
    from tui.desk.people.person import Person
    from tui.desk.session import Session


def choices(session: Session, person: Person) -> tuple[ActionChoice, ...]:
    """Return the actions on the card and the software, in the order of the bar."""
    return (*(_action_choice(session, action, person) for action in ON_THE_CARD), _software_choice(session, person))


def _action_choice(session: Session, action: Action, person: Person) -> ActionChoice:
    obstacle = session.obstacle(action, person)
    if obstacle is None:
        return ActionChoice(action.key, action.title)
    way = Availability.NOT if obstacle.for_nobody else Availability.BY_HAND
    return ActionChoice(action.key, action.title, way, plain(obstacle.foremost.reason))


def _software_choice(session: Session, person: Person) -> ActionChoice:
    """Return the choice of the software screen, which is possible for read-only connectors too."""
    if Capability.PROVISIONING not in session.client.policy.capabilities:
        return ActionChoice("g", "Software", Availability.NOT, "provisioning is switched off")
    if person.user.status == "DEPROVISIONED":
        return ActionChoice("g", "Software", Availability.NOT, "deactivated")
    return ActionChoice("g", "Software …")


def of_key(key: str) -> str:
    """Return the action string of a key of the bar, as the lookup screen runs it; empty for a key that it lacks."""
    for action in ON_THE_CARD:
        if action.key == key:
            return f"act('{action.id}')"
    return {"g": "software", "n": "notice", "c": "copy_note", UNFOLD: "unfold"}.get(key, "")


def commands(person: Person, shown: tuple[ActionChoice, ...]) -> Iterable[Command]:
    """Yield what the palette offers for a person.

    Args:
        person: The person.
        shown: The choices of the bar beneath their card.
    """
    yield Command("Why can't they sign in?", "The verdict, the evidence, the next step", "why")
    yield Command("What is not possible now", "The other actions, each with its reason", "unfold")
    yield Command("Send a notice", "A preview with their data first", "notice")
    name, ways = plain(person.user.name), {choice.key: choice.way for choice in shown}
    for action in ON_THE_CARD:
        match ways.get(action.key, Availability.NOT):
            case Availability.KEYDESK:
                yield Command(f"{action.title}: {name}", action.effect, of_key(action.key))
            case Availability.BY_HAND:
                yield Command(f"{action.title} by hand: {name}", "Shows the steps", of_key(action.key))
    if ways.get("g") is Availability.KEYDESK:
        yield Command(f"Software: {name}", "What they have, and what they could be given", "software")
