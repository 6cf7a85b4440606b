"""The agent at the desk: the name and address that the ledger records."""

from __future__ import annotations

import getpass
import ipaddress
import os
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from tui.desk.connectors.store_address import BadStore
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.connectors.store_address import StoreAddress

NAMED: Final = "KEYDESK_AGENT"
"""The variable by which the command that belongs to an SSH key names the agent whose key it is."""
_LONGEST: Final = 120


class Agent(Struct, frozen=True):
    """An agent, as the ledger records them.

    Attributes:
        name: The configured name, else the name of the operating system's user.
        address: The IP address from which the agent came over SSH, else empty.
        at_home: What the agent is called on this machine, where a team's record knows them by another name; else empty.
    """

    name: str
    address: str = ""
    at_home: str = ""

    @property
    def names(self) -> frozenset[str]:
        """All names by which the agent is known, without upper case; of a machine's `jump:ann` also the second half."""
        machine, colon, who = self.name.partition(":")
        return frozenset(name.casefold() for name in (self.name, who if colon else machine, self.at_home) if name)

    def __str__(self) -> str:
        """Return `ann` or `ann from 192.0.2.7`."""
        return f"{self.name} from {self.address}" if self.address else self.name


def find_agent(configured: str = "", environ: Mapping[str, str] | None = None) -> Agent:
    """Return the agent at this desk.

    Args:
        configured: The name from the settings; empty for the operating system's user.
        environ: The environment; `SSH_CONNECTION` holds the address from which the agent came.
    """
    environ = os.environ if environ is None else environ
    name = plain(configured).strip()
    if not name:
        try:
            import pwd  # noqa: PLC0415 - not on Windows

            name = pwd.getpwuid(os.getuid()).pw_name  # not from the environment, which anybody can set
        except ImportError:
            name = getpass.getuser()
        except (KeyError, OSError):  # no such user in this container
            name = f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"
    address = ""
    client = (environ.get("SSH_CONNECTION") or environ.get("SSH_CLIENT") or "").split()
    if client:
        try:
            address = str(ipaddress.ip_address(client[0].partition("%")[0]))
        except ValueError:
            address = "an unreadable SSH address"
    return Agent(plain(name, limit=_LONGEST), address)


def recording_agent(store: StoreAddress | None, configured: str, environ: Mapping[str, str] | None = None) -> Agent:
    """Return the agent as records name them: where a team's record is shared, by the database role.

    A machine vouches for who its agents are, so an agent's own settings do not count there: the name is that of the
    operating system's account, or the one that stands beside their SSH key.

    Args:
        store: The team's record; `None` for the ledger on this machine.
        configured: As for `find_agent`.
        environ: As for `find_agent`.

    Raises:
        BadStore: Agents are named by their SSH keys, and this one is not.
    """
    environ = os.environ if environ is None else environ
    if store is None:
        return find_agent(configured, environ)
    named = plain(environ.get(NAMED, "")).strip() if store.by_ssh_key else ""
    if store.by_ssh_key and not named:
        raise BadStore(
            "Who works here is not known",
            advice=f"Here the command of an SSH key names the agent ({NAMED}): use an SSH key of your own.",
        )
    agent = find_agent(named if store.machine else configured, environ)
    return replace(agent, name=store.name_of(agent.name), at_home=agent.name)
