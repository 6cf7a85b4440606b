"""Texts that look like a token or a private key: whoever types one where a name belongs sees it in no message."""

from __future__ import annotations

import re
from typing import Final

from tui.patterns import late_pattern

HIDDEN: Final = "‹a token, not shown›"
# An API token has 42 characters, as scanners for leaked secrets (TruffleHog, Gitleaks) look for them; one that was not
# copied well has fewer or more. The ids of users and groups have 20, and a key's thumbprint, which is often its key id
# and may begin with 00 as well, has 43.
_SSWS: Final = r"(?<![\w-])00(?![\w-]{41}(?![\w-]))[\w-]{38,60}(?![\w-])"
_JWT: Final = r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*){0,3}"
_KEY: Final = r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)"
_SECRET: Final = late_pattern(f"{_KEY}|{_SSWS}|{_JWT}", re.DOTALL)
_KINDS: Final = (
    ("an API token", late_pattern(_SSWS)),
    # PEM, the same in Base64, JWK
    ("a private key", late_pattern(r"-----BEGIN|LS0tLS1CRUdJTi|\"d\"\s*:\s*\"[\w-]{20}")),
    ("a token", late_pattern(_JWT)),
)


def without_tokens(text: str) -> str:
    """Return a text with `HIDDEN` in the place of everything that looks like an API token, a JWT or a private key."""
    return _SECRET.sub(HIDDEN, text)


def kind_of_token(text: str) -> str:
    """Return what secret a text seems to hold: `an API token`, `a private key` or `a token`; empty for none."""
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), "")
