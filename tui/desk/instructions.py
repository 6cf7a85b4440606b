"""What to do by hand, written for one person: in place of a confirmation, for a dry run, for a ticket or a chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.desk.actions import DIRECTORIES
from tui.desk.plain import plain
from tui.desk.portals import NO_PORTALS

if TYPE_CHECKING:
    from tui.desk.actions import Action, Target
    from tui.desk.connector import OrgAddress
    from tui.desk.obstacles import Obstacle
    from tui.desk.person import Person
    from tui.desk.portals import Portals


@dataclass(frozen=True, slots=True)
class Instructions:
    """How a person does an action without keydesk.

    Attributes:
        title: What they are for.
        why: Why keydesk does not do it itself; empty for a dry run.
        steps: One sentence each, in order.
        link: The person's page in the Admin Console; empty where the address is not known.
        allows: Which role or permission would let keydesk do it.
    """

    title: str
    why: str
    steps: tuple[str, ...]
    link: str
    allows: str

    @property
    def text(self) -> str:
        """All of it as plain text."""
        lines = [self.title, *([self.why] if self.why else []), ""]
        lines += [f"{number}. {step}" for number, step in enumerate(self.steps, 1)]
        return "\n".join([*lines, "", self.allows])


def by_hand(
    action: Action,
    person: Person,
    org: OrgAddress,
    obstacle: Obstacle | None = None,
    *,
    portals: Portals = NO_PORTALS,
    targets: tuple[Target, ...] = (),
) -> Instructions:
    """Fill an action's steps for one person, or send to the preferred portal; values from Okta are made harmless."""
    user = person.user
    portal, portal_link = portals.instead(action, user, of_directory=user.provider_type in DIRECTORIES)
    link = (
        f"{org.admin}/admin/user/profile/view/{user.id}"
        if org.admin and user.id.isascii() and user.id.isalnum()
        else ""
    )
    fields = {"name": plain(user.name), "login": plain(user.login), "link": link or "the person's page"}
    fields |= {kind.value: f"the {kind.value}" for kind in action.aims}
    fields |= {target.kind.value: plain(target.name) for target in targets}
    return Instructions(
        title=f"{action.title} by hand: {fields['name']} ({fields['login']})",
        why=f"keydesk does not do it here: {plain(obstacle.reason)}. {plain(obstacle.advice)}" if obstacle else "",
        steps=(portal,) if portal else tuple(step.format(**fields) for step in action.steps),
        link=portal_link if portal else link,
        allows=f"keydesk could do it with the role {action.roles[0]} or the permission "
        f"{' and '.join(action.permissions)}, on a read-write connector.",
    )
