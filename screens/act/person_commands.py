"""What the command palette offers for a person: every action, the impossible ones with their reason."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from screens.asks import Command
from tui.desk.actions.catalogue import ON_THE_CARD
from tui.desk.text.named_keys import key_of
from tui.desk.text.plain import plain
from tui.okta.policy import Capability

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tui.desk.people.person import Person
    from tui.desk.session import Session


def person_commands(
    session: Session, person: Person, refused: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Command]:
    """Yield the commands for a person whose card is read, for a screen that is a `PersonKeys`.

    Args:
        session: The session of the org.
        person: The person.
        refused: Why the desk's rules refuse actions, by their ids, as far as the screen knows.
    """
    name = plain(person.user.name)
    yield Command("Why can't they sign in?", f"{key_of('person.why')}: the verdict, the evidence, the next step", "why")
    yield Command("Send a notice", f"{key_of('person.notice')}: a preview with their data first", "notice")
    if session.ruled:
        yield Command("Prove the caller", f"{key_of('person.prove')}: who is calling, before what they want", "prove")
    for action in ON_THE_CARD:
        if session.lacks(action):
            continue
        obstacle, run = session.obstacle(action, person), f"act('{action.id}')"
        if obstacle is None and action.id in refused:
            yield Command(f"{action.title}: {name}", f"Not now: {refused[action.id]}", run, off=True)
        elif obstacle is None:
            yield Command(f"{action.title}: {name}", f"{action.key}: {action.effect}", run)
        elif obstacle.for_nobody:
            yield Command(f"{action.title}: {name}", f"Not now: {plain(obstacle.foremost.reason)}", run, off=True)
        else:
            yield Command(f"{action.title} by hand: {name}", f"Shows the steps: {plain(obstacle.foremost.reason)}", run)
    if Capability.DEVICES in session.client.policy.capabilities:
        shows = f"{key_of('person.devices')}: a lost laptop or phone is suspended or deactivated there"
        yield Command(f"Devices: {name}", shows, "devices")
    reason = no_software(session, person)
    shows = f"{key_of('person.software')}: what they have, and what they could be given"
    about = f"Not now: {reason}" if reason else shows
    yield Command(f"Software: {name}", about, "software", off=bool(reason))


def no_software(session: Session, person: Person) -> str:
    """Return why the software screen is not possible, which is possible for read-only connectors too; else nothing."""
    if Capability.PROVISIONING not in session.client.policy.capabilities:
        return "provisioning is switched off"
    return "deactivated" if person.user.status == "DEPROVISIONED" else ""
