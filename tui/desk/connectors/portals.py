"""Where agents go instead of keydesk: the preferred portals of a connector, and the directory's place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.desk.text.links import fill_link
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from tui.okta.models import User


@dataclass(frozen=True, slots=True)
class Portals:
    """Where agents go instead: URL templates with `{login}`, `{id}` and `{email}`, percent-encoded when filled.

    Attributes:
        password_reset: For a password reset, or empty.
        unlock: For an unlock, or empty.
        directory: Whether people whose password belongs to AD or LDAP are handled elsewhere.
        directory_where: Where: a URL template or plain words for the agent.
    """

    password_reset: str = ""
    unlock: str = ""
    directory: bool = False
    directory_where: str = ""

    def instead(self, portal: str, user: User, *, of_directory: bool) -> tuple[str, str]:
        """Where an agent goes for one person instead.

        Args:
            portal: Which of the portals does it: `password_reset`, `unlock`, or empty for none.
            user: For whom; fills the template, percent-encoded.
            of_directory: Whether it is about a password that AD or LDAP owns.

        Returns:
            A sentence and the link in it; both empty where nothing was set up, the link also where words were.
        """
        if of_directory and self.directory:
            if not self.directory_where:
                return "The directory that owns the password handles this; ask those who look after it.", ""
            link = _filled(self.directory_where, user)
            where = link or plain(self.directory_where)
            return f"This is handled with the directory that owns the password: {where}", link
        template = {"password_reset": self.password_reset, "unlock": self.unlock}.get(portal, "")
        link = _filled(template, user)
        return (f"Use the portal that your company prefers for this: {link}", link) if link else ("", "")


def _filled(template: str, user: User) -> str:
    """The template's URL for one person; empty where it is no URL."""
    return fill_link(template, {"login": user.login, "id": user.id, "email": user.text("email")})


NO_PORTALS: Final = Portals()
"""None was set up."""
