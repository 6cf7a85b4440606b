"""Where agents go instead of keydesk: the preferred portals of a connector, and the directory's place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


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


NO_PORTALS: Final = Portals()
"""None was set up."""
