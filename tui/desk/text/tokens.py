"""Texts that look like a token or a private key: whoever types one where a name belongs sees it in no message."""

from __future__ import annotations

import re
from typing import Final

HIDDEN: Final = "‹a token, not shown›"
_SECRET: Final = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)"
    r"|(?<![\w-])00[\w-]{38,60}(?![\w-])"  # an API token; the ids of users and groups have 20 characters
    r"|(?<![\w-])eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*){0,3}",  # a JSON web token
    re.DOTALL,
)


def without_tokens(text: str) -> str:
    """Return a text with `HIDDEN` in the place of everything that looks like an API token, a JWT or a private key."""
    return _SECRET.sub(HIDDEN, text)
