"""A half-done set-up, kept without its secrets, so that a quit loses nothing that was typed."""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Final

from tui.desk.files.private import write_private

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SECRET: Final = frozenset({"token", "api_token", "private_key", "pem", "passphrase", "secret", "password"})


def load(path: Path) -> dict[str, str | bool | list[str]]:
    """What was typed before; an unreadable draft is none (it is a convenience, never a failure)."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if _fits(value) and not _holds_secret(name, value)}


def _fits(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return isinstance(value, str | bool)


def _holds_secret(name: str, value: object) -> bool:
    return re.sub(r"\W", "_", name.casefold()) in _SECRET or "-----BEGIN" in str(value)


def save(path: Path, typed: Mapping[str, str | bool | list[str]]) -> None:
    """Keep what was typed: atomically, mode 0600. The caller leaves secrets out; names that hold one are refused.

    Raises:
        ValueError: A name or value holds a secret; a mistake of the caller.
        FileTrouble: It cannot be written.
    """
    for name, value in typed.items():
        if _holds_secret(name, value):
            raise ValueError(f"{name} holds a secret")
    write_private(path, json.dumps(dict(typed)))


def clear(path: Path) -> None:
    """The set-up was finished or given up."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
