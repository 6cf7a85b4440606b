"""The connectors' names for a shell that completes one: read at each press of tab, so next to nothing is imported."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from typing import Final

_NAME: Final = re.compile(r"[\w .-]{1,40}")
"""What a connector may be called; nothing else reaches the shell."""
_LARGEST: Final = 4 << 20


def print_connector_names() -> int:
    """Print the names of the connectors, one a line; none where the file cannot be read. Always returns 0.

    The environment's own connector is among them. A shell shows no error in the middle of a line, so there is none.
    """
    names: list[str] = ["environment"] if os.environ.get("KEYDESK_ORG") else []
    try:
        from tui.desk.connectors.settings import places

        with places().connectors.open("rb") as file:
            connectors = tomllib.loads(file.read(_LARGEST).decode()).get("connectors")
    except (OSError, ValueError, RecursionError):
        connectors = None
    names += [name for name in connectors if _NAME.fullmatch(name)] if isinstance(connectors, dict) else []
    sys.stdout.buffer.write("".join(f"{name}\n" for name in names).encode())
    return 0
