"""An unfinished set-up, stored without its secrets, so that quitting loses nothing that was typed."""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Final

from tui.desk.files.private import write_private
from tui.local_file import read_limited
from tui.okta.tokens import kind_of_token

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SECRET: Final = frozenset({"token", "api_token", "private_key", "pem", "passphrase", "secret", "password"})


def load(path: Path) -> dict[str, str | bool | list[str]]:
    """Read the typed values of a draft; an unreadable draft is empty, since a draft is only a convenience."""
    try:
        content = json.loads(read_limited(path))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {name: value for name, value in content.items() if _fits(value) and not _holds_secret(name, value)}


def _fits(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return isinstance(value, str | bool)


def _holds_secret(name: str, value: object) -> bool:
    return re.sub(r"\W", "_", name.casefold()) in _SECRET or bool(kind_of_token(str(value)))


def save(path: Path, typed: Mapping[str, str | bool | list[str]]) -> None:
    """Write the typed values as the draft: atomically, mode 0600. The caller leaves secrets out.

    Raises:
        ValueError: A name or a value holds a secret, which is a mistake of the caller.
        FileTrouble: The draft cannot be written.
    """
    for name, value in typed.items():
        if _holds_secret(name, value):
            raise ValueError(f"{name} holds a secret")
    write_private(path, json.dumps(dict(typed)))


def clear(path: Path) -> None:
    """Remove the draft, since the set-up was finished or abandoned."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
