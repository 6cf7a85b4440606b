"""The last DPoP nonce of each service app: no secret, kept so that the next start needs one token request, not two."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Final

from tui.desk.files.private import write_private
from tui.trouble import Trouble

if TYPE_CHECKING:
    from pathlib import Path

LONGEST: Final = 500
MOST: Final = 100


def recall(path: Path, origin: str, client_id: str) -> str:
    """The last nonce that this app was given; empty where none is known. An unreadable file is none."""
    return _all(path).get(_key(origin, client_id), "")


def remember(path: Path, origin: str, client_id: str, nonce: str) -> None:
    """Keep a nonce; that it cannot be kept stops nobody, as the server gives another."""
    if not nonce.isascii() or not nonce.isprintable() or len(nonce) > LONGEST:
        return
    kept = _all(path)
    kept.pop(_key(origin, client_id), None)
    newest = dict([*kept.items(), (_key(origin, client_id), nonce)][-MOST:])
    with contextlib.suppress(Trouble):
        write_private(path, json.dumps(newest, indent=1))


def _key(origin: str, client_id: str) -> str:
    return f"{client_id} at {origin}"


def _all(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(key): value for key, value in found.items() if isinstance(value, str) and value.isascii()}
