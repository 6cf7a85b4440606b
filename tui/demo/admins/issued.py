"""The access tokens that the org has given out: each good for an hour, for the scopes granted with it.

They are JSON web tokens, as those of a real org are: some clients read the end of one, and ask for another when they
cannot.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from tui.demo.admins.principals import Principal
    from tui.demo.base.ids import Ids

LIVES = 3600


@dataclass(frozen=True, slots=True)
class Issued:
    """One access token.

    Attributes:
        principal: The service app, with the scopes of this token.
        until: Its end, seconds since 1970.
        bound: The thumbprint of the key that it is bound to; empty for a bearer token.
    """

    principal: Principal
    until: float
    bound: str = ""


def _part(what: object) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(what)).decode().rstrip("=")


class Tokens:
    """All access tokens of the org."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._known: dict[str, Issued] = {}

    def issue(self, principal: Principal, scopes: list[str], now: float, issuer: str, bound: str = "") -> str:
        """Return a new access token; its claims are Okta's, its signature is none that could be checked."""
        number = self._ids.next_number()
        claims = {
            "ver": 1,
            "jti": f"AT.{self._ids.secret(f'access {number}')}",
            "iss": issuer,
            "aud": issuer,
            "sub": principal.identity,
            "iat": int(now),
            "exp": int(now) + LIVES,
            "cid": principal.identity,
            "scp": scopes,
            **({"cnf": {"jkt": bound}} if bound else {}),
        }
        head = {"kid": "demo", "typ": "application/okta-internal-at+jwt", "alg": "RS256"}
        text = f"{_part(head)}.{_part(claims)}.{self._ids.secret(f'sig {number}')}"
        self._known = {known: issued for known, issued in self._known.items() if issued.until > now - LIVES}
        self._known[text] = Issued(replace(principal, scopes=frozenset(scopes)), now + LIVES, bound)
        return text

    def find(self, text: str) -> Issued | None:
        """Return what is known of a token, also when it is past its end."""
        return self._known.get(text)
