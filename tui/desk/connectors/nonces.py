"""The last DPoP nonce of each service app, stored to save a token request at the next start; no secret."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Final

from tui.desk.files.private import write_private
from tui.local_file import read_limited
from tui.trouble import Trouble

if TYPE_CHECKING:
    from pathlib import Path

LONGEST: Final = 500
MOST: Final = 100


def recall(path: Path, origin: str, client_id: str) -> str:
    """Return the last nonce that the org gave this app; empty where none is stored or the file is unreadable."""
    return _read(path).get(_key(origin, client_id), "")


def remember(path: Path, origin: str, client_id: str, nonce: str) -> None:
    """Store a nonce; a failure is ignored, since the server gives another nonce."""
    if not nonce.isascii() or not nonce.isprintable() or len(nonce) > LONGEST:
        return
    nonces = _read(path)
    nonces.pop(_key(origin, client_id), None)
    newest = dict([*nonces.items(), (_key(origin, client_id), nonce)][-MOST:])
    with contextlib.suppress(Trouble):
        write_private(path, json.dumps(newest, indent=1))


def _key(origin: str, client_id: str) -> str:
    return f"{client_id} at {origin}"


def _read(path: Path) -> dict[str, str]:
    """Read all nonces, by app and org."""
    try:
        content = json.loads(read_limited(path))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {str(key): value for key, value in content.items() if isinstance(value, str) and value.isascii()}
