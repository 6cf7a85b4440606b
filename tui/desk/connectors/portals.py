"""The portals that a company prefers to keydesk: for resets, unlocks, and people of a directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.text.links import fill_link
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from tui.okta.models import User


class Portals(Struct, frozen=True):
    """The portals of a connector: URL templates with `{login}`, `{id}` and `{email}`, percent-encoded when filled.

    Attributes:
        password_reset: The portal for a password reset; empty for none.
        unlock: The portal for an unlock; empty for none.
        directory: Whether agents handle people whose password AD or LDAP owns outside keydesk.
        directory_where: The place for these people: a URL template, or plain words for the agent.
    """

    password_reset: str = ""
    unlock: str = ""
    directory: bool = False
    directory_where: str = ""

    def instead(self, portal: str, user: User, *, of_directory: bool) -> tuple[str, str]:
        """Return where an agent should act for one person in the place of keydesk.

        Args:
            portal: The portal's name: `password_reset`, `unlock`, or empty for none.
            user: The person, who fills the template.
            of_directory: Whether the action concerns a password that AD or LDAP owns.

        Returns:
            A sentence and the link in it. Both are empty where no portal is set up; the link is empty for plain words.
        """
        if of_directory and self.directory:
            if not self.directory_where:
                return "The directory that owns the password handles this; ask those who look after it.", ""
            link = _filled(self.directory_where, user)
            place = link or plain(self.directory_where)
            return f"This is handled with the directory that owns the password: {place}", link
        template = {"password_reset": self.password_reset, "unlock": self.unlock}.get(portal, "")
        link = _filled(template, user)
        return (f"Use the portal that your company prefers for this: {link}", link) if link else ("", "")


def _filled(template: str, user: User) -> str:
    """Return the template's URL for one person; empty where the result is no URL."""
    return fill_link(template, {"login": user.login, "id": user.id, "email": user.text("email")})


NO_PORTALS: Final = Portals()
"""The portals of a connector for which none is set up."""
