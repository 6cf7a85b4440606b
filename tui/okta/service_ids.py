"""Checks of a typed client id and key id of a service app, also for the two being swapped."""

from __future__ import annotations

import re
from typing import Final

from tui.trouble import BadInput

_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9_-]{6,100}")


def check_ids(client_id: str, key_id: str) -> None:
    """Refuse ids that cannot be valid, before anything is sent.

    Raises:
        BadInput: An id is not valid; the field says which of the two.
    """
    if not client_id:
        raise BadInput("The client id is missing", field="client_id", advice="It is on the app's “General” tab.")
    if not key_id:
        raise BadInput("The key id is missing", field="key_id", advice="It is beside the public key, as KID.")
    if key_id.startswith("0oa") and not client_id.startswith("0oa"):
        raise BadInput(
            "Client id and key id are swapped",
            field="client_id",
            advice="The client id is the one that begins with 0oa.",
        )
    if not _CLIENT_ID.fullmatch(client_id):
        raise BadInput(
            "This is not a client id", field="client_id", advice="It looks like 0oa1b2c3d4e5f6g7h8i9, without spaces."
        )
    if not key_id.isprintable() or not key_id.isascii() or " " in key_id:
        raise BadInput("This is not a key id", field="key_id", advice="Copy the KID beside the public key in Okta.")
