"""The access tokens that the org has given out: each good for an hour, for the scopes granted with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

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


class Tokens:
    """All access tokens of the org."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._known: dict[str, Issued] = {}

    def issue(self, principal: Principal, scopes: frozenset[str], now: float, bound: str = "") -> str:
        """Return a new access token, which is opaque to clients."""
        number = self._ids.next_number()
        claims, signature = self._ids.secret(f"access {number}", 80), self._ids.secret(f"sig {number}")
        text = f"eyJraWQiOiJkZW1vIn0.{claims}.{signature}"
        self._known = {known: issued for known, issued in self._known.items() if issued.until > now - LIVES}
        self._known[text] = Issued(replace(principal, scopes=scopes), now + LIVES, bound)
        return text

    def find(self, text: str) -> Issued | None:
        """Return what is known of a token, also when it is past its end."""
        return self._known.get(text)
