"""What stands beside a name in every list: an administrator of Okta's, a block by device, a directory, an outsider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.people.admins import AdminRole
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone

if TYPE_CHECKING:
    from tui.desk.people.admins import Admins
    from tui.desk.people.blocked import Blocked
    from tui.desk.people.person import Person
    from tui.okta.models import User

ADMIN: Final = "ADMIN"
SUPER_ADMIN: Final = "SUPER ADMIN"
BLOCKED: Final = "blocked"
_LONGEST: Final = 12
"""Characters of an attribute of the person's own that a badge shows."""
_OUTSIDERS: Final = ("contract", "conting", "consult", "vendor", "extern", "freelanc", "temp", "partner", "guest")
"""Parts of the usual words for people who are no employees; Okta's `userType` is free text, such as “Contractor”."""


class Badge(Struct, frozen=True):
    """One word beside a name.

    Attributes:
        text: The word, harmless.
        tone: How it is meant; a warning or a danger must stay readable where there is little room.
    """

    text: str
    tone: Tone = Tone.MUTED

    @property
    def weighs(self) -> bool:
        """Whether a name is rather cut than this left out."""
        return self.tone in {Tone.WARN, Tone.BAD}


class Badges(Struct, frozen=True):
    """Gives the badges of people by what the session knows; it sends nothing.

    Attributes:
        admins: Who has an admin role of Okta's.
        blocked: Who is blocked by device.
    """

    admins: Admins
    blocked: Blocked

    @property
    def version(self) -> tuple[int, int]:
        """A value that changes whenever a badge may have changed, so that a list is drawn again."""
        return self.admins.version, self.blocked.version

    def admin(self, user_id: str) -> tuple[Badge, ...]:
        """Return the badge of an administrator, or none."""
        return (admin_badge(AdminRole.ADMIN),) if user_id in (self.admins.ids or ()) else ()

    def of(self, user: User, *, state_shown: bool = True) -> tuple[Badge, ...]:
        """Return the badges of a person, the weightiest first.

        Args:
            user: The person.
            state_shown: Whether a state stands beside them, in which “blocked” takes the place of “active”.
        """
        said = state_shown and user.status == "ACTIVE"
        block = (Badge(BLOCKED, Tone.BAD),) if user.id in self.blocked and not said else ()
        return (*self.admin(user.id), *block, *who_they_are(user))


def admin_badge(role: AdminRole) -> Badge:
    """Return the badge of somebody with an admin role."""
    return Badge(SUPER_ADMIN if role is AdminRole.SUPER else ADMIN, Tone.WARN)


def of_person(person: Person) -> tuple[Badge, ...]:
    """Return the badges of a person whose card was read; a block is part of the state, which stands beside them."""
    role = person.admin.value
    return (*((admin_badge(role),) if role else ()), *who_they_are(person.user))


def who_they_are(user: User) -> tuple[Badge, ...]:
    """Return the badges that the person's own attributes give: the directory, and what an outsider is called.

    A directory is the credential provider of Okta's "Users" page; `userType` is an attribute of its base profile, and
    `employeeType` what many directories bring in its place.
    """
    found = []
    if user.provider_type == "ACTIVE_DIRECTORY":
        domain = plain(user.provider_name.partition(".")[0], limit=_LONGEST)
        found.append(f"AD {domain}".rstrip())
    elif user.provider_type == "LDAP":
        found.append("LDAP")
    kind = next((text for name in ("userType", "employeeType") if (text := user.text(name).strip())), "")
    if any(part in kind.casefold() for part in _OUTSIDERS):
        found.append(plain(kind.lower(), limit=_LONGEST))
    return tuple(Badge(text) for text in found)
