"""Who is at the desk: the name and address that the ledger records."""

from __future__ import annotations

import getpass
import ipaddress
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent.

    Attributes:
        name: The configured name, else the name of the operating system's user.
        address: Over SSH the client's address, else empty.
    """

    name: str
    address: str = ""

    def __str__(self) -> str:
        """`ann` or `ann from 192.0.2.7`."""
        return f"{self.name} from {self.address}" if self.address else self.name


def who(configured: str = "", environ: Mapping[str, str] | None = None) -> Agent:
    """Find out who sits here.

    Args:
        configured: A name from the settings; wins over the operating system's.
        environ: The environment; `SSH_CONNECTION` tells where the agent comes from.
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
