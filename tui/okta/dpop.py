"""DPoP proofs (RFC 9449; Okta: "Configure OAuth 2.0 Demonstrating Proof-of-Possession"), signed by their own key."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any, Final

from tui.okta.keys import ClientKey, base64url

BACKDATED_BY: Final = 3
"""Seconds by which a proof is dated back: Okta refuses one from the future, and takes one that is five minutes old."""


class Prover:
    """Makes a new proof for every attempt of every request; its key lives in this process only.

    Attributes:
        nonce: The nonce that the token endpoint expects in a proof; updated from its answers.
        resource_nonce: The nonce that the API itself expects, which asks for none today.
    """

    def __init__(self) -> None:
        self.nonce = ""
        self.resource_nonce = ""
        self._key: ClientKey | None = None

    def proof(self, method: str, url: str, now: float, *, nonce: str = "", token: str = "") -> str:
        """Make one proof, as a compact JWS.

        Args:
            method: The method of the request.
            url: The URL of the request, without query and fragment.
            now: The time by the server's clock, in seconds since the epoch.
            nonce: The nonce that the server expects; empty for none.
            token: The access token; empty for the token request alone.
        """
        if self._key is None:
            self._key = ClientKey.make("EC")
        claims: dict[str, Any] = {"htm": method, "htu": url, "iat": int(now) - BACKDATED_BY, "jti": uuid.uuid4().hex}
        if nonce:
            claims["nonce"] = nonce
        if token:
            claims["ath"] = base64url(hashlib.sha256(token.encode("ascii")).digest())
        return self._key.sign(claims, {"typ": "dpop+jwt", "jwk": self._key.public_numbers()})
