"""The agent at the desk: the name and address that the ledger records."""

from __future__ import annotations

import getpass
import ipaddress
import os
from typing import TYPE_CHECKING

from msgspec import Struct

from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    return Agent(plain(name, limit=120), address)
