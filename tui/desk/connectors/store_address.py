"""Where a team's record is stored: the address of a PostgreSQL database, the role, and where its password is kept."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from msgspec import Struct

from tui.desk.connectors.secrets import SecretPlace  # noqa: TC001 - msgspec reads the annotations
from tui.trouble import BadInput

_WITH_PASSWORD: Final = re.compile(r"://[^/@]*:[^/@]*@|\bpassword\s*=", re.IGNORECASE)
_USER_OF_URL: Final = re.compile(r"\Apostgres(?:ql)?://([^/@:]+)@")
_USER: Final = re.compile(r"(?:\A|[\s?&])user\s*=\s*(?:'([^']*)'|([^\s&]+))")


class BadStore(BadInput):
    """The address of a team's record cannot be used."""

    title = "The address of the team's record cannot be used"
    field = "dsn"


class StoreAddress(Struct, frozen=True):
    """The table `[connectors."NAME".store]`: a connector with one shares its ledger with a team.

    Attributes:
        dsn: The database as libpq takes it, an URL or `host=… dbname=… user=…`; several hosts are tried in their order.
            It names the role and holds no password.
        secret: Where the role's password is kept; `None` where libpq finds one itself (a certificate, a socket).
        machine: Whether the role belongs to a machine that several agents use: then entries are in the name
            `role:agent`, and the machine vouches for who the agent is.
        by_ssh_key: Whether the agents of that machine share an account, and the command that belongs to the SSH key of
            each names them.
    """

    dsn: str
    secret: SecretPlace | None = None
    machine: bool = False
    by_ssh_key: bool = False

    @property
    def role(self) -> str:
        """The database role that the address names.

        Raises:
            BadStore: The address names none, or holds a password.
        """
        if _WITH_PASSWORD.search(self.dsn):
            raise BadStore(
                "The address of the team's record holds a password", advice="`secret` says where it is kept."
            )
        found = _USER_OF_URL.match(self.dsn) or _USER.search(self.dsn)
        role = next(filter(None, found.groups()), "") if found else ""
        if not role:
            raise BadStore("The address of the team's record names no role", advice="Add it, as in `user=ann`.")
        return unquote(role)

    def name_of(self, agent: str) -> str:
        """Return the name under which an agent's entries stand in the team's record."""
        return f"{self.role}:{agent}" if self.machine else self.role
