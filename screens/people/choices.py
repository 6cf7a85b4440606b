"""What can be done for a person, for the bar and the palette: by keydesk, by hand, or not now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.act.person_commands import no_software
from tui.desk.actions.catalogue import ON_THE_CARD
from tui.desk.text.named_keys import key_of
from tui.desk.text.plain import plain
from tui.okta.errors import FeatureOff
from tui.okta.policy import Capability
from widgets.people.action_bar import ActionChoice, Availability

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.actions.grammar import Action
    from tui.desk.people.person import Person
    from tui.desk.session import Session


def choices(session: Session, person: Person, refused: Mapping[str, str]) -> tuple[ActionChoice, ...]:
    """Return the actions on the card and the software, in the order of the bar.

    Args:
        session: The session of the org.
        person: The person shown.
        refused: Why the desk's rules refuse actions, by their ids.
    """
    proving = (ActionChoice(key_of("person.prove"), "Prove the caller …"),) if session.ruled else ()
    actions = (_action_choice(session, action, person, refused) for action in ON_THE_CARD if not session.lacks(action))
    return (*actions, *_device_choice(session, person), _software_choice(session, person), *proving)


def _device_choice(session: Session, person: Person) -> tuple[ActionChoice, ...]:
    """Return the choice of the devices, which are seen by read-only connectors too; none where none can be read."""
    off = Capability.DEVICES not in session.client.policy.capabilities
    if off or isinstance(person.devices.trouble, FeatureOff):
        return ()
    return (ActionChoice(key_of("person.devices"), "Devices …"),)


def _action_choice(session: Session, action: Action, person: Person, refused: Mapping[str, str]) -> ActionChoice:
    obstacle = session.obstacle(action, person)
    if obstacle is None:
        reason = refused.get(action.id, "")
        return ActionChoice(action.key, action.title, Availability.NOT if reason else Availability.KEYDESK, reason)
    way = Availability.NOT if obstacle.for_nobody else Availability.BY_HAND
    return ActionChoice(action.key, action.title, way, plain(obstacle.foremost.reason))


def _software_choice(session: Session, person: Person) -> ActionChoice:
    """Return the choice of the software screen, which is possible for read-only connectors too."""
    reason = no_software(session, person)
    key = key_of("person.software")
    return ActionChoice(key, "Software", Availability.NOT, reason) if reason else ActionChoice(key, "Software …")


def of_key(key: str) -> str:
    """Return the action string of a key of the bar, as the lookup screen runs it; empty for a key that it lacks."""
    for action in ON_THE_CARD:
        if action.key == key:
            return f"act('{action.id}')"
    others = {
        key_of("person.software"): "software",
        key_of("person.notice"): "notice",
        key_of("person.prove"): "prove",
        key_of("person.devices"): "devices",
        key_of("desk.copy_note"): "copy_note",
        key_of("lookup.unfold"): "unfold",
    }
    return others.get(key, "")
