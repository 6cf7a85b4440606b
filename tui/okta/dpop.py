"""DPoP (RFC 9449; Okta: "Configure OAuth 2.0 Demonstrating Proof-of-Possession"): proofs by a key pair of their own."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any, Final

from tui.okta.keys import ClientKey, encoded

BACK: Final = 3
"""Seconds by which a proof is dated back: Okta refuses one from the future, and takes one that is five minutes old."""


class Prover:
    """Makes a fresh proof for every try of every request; its key lives as long as this process and never leaves it.

    Attributes:
        nonce: What the token endpoint wants in its proofs; kept and renewed from its answers.
        resource_nonce: The same of the API itself, which asks for none today.
    """

    def __init__(self) -> None:
        self.nonce = ""
        self.resource_nonce = ""
        self._key: ClientKey | None = None

    def proof(self, method: str, url: str, now: float, *, nonce: str = "", token: str = "") -> str:
        """One proof.

        Args:
            method: The request's method.
            url: Where it goes, without query and fragment.
            now: The server's clock, seconds since the epoch.
            nonce: What the server asked for, if anything.
            token: The access token; needed for anything but the token request.
        """
        if self._key is None:
            self._key = ClientKey.make("EC")
        claims: dict[str, Any] = {"htm": method, "htu": url, "iat": int(now) - BACK, "jti": uuid.uuid4().hex}
        if nonce:
            claims["nonce"] = nonce
        if token:
            claims["ath"] = encoded(hashlib.sha256(token.encode("ascii")).digest())
        return self._key.sign(claims, {"typ": "dpop+jwt", "jwk": self._key.public_numbers()})
