"""Proof of possession as Okta checks it (RFC 9449; Okta: "Configure OAuth 2.0 Demonstrating Proof-of-Possession")."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
WINDOW = 300.0
"""Seconds that a proof's iat may be off, either way."""
ROTATES = 86_400.0
OLD = 3 * 86_400.0
"""Seconds for which a nonce stays valid after the next one has been issued."""


class BadProof(Exception):
    """A proof that is not accepted; says why as Okta does."""


class Proofs:
    """The nonces given out and the proofs used up."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._used: dict[str, float] = {}
        self._turns = 0

    def nonce(self, now: float) -> str:
        """Return the nonce of the day."""
        return self._nonce(int(now // ROTATES) + self._turns)

    def turn(self) -> None:
        """Go on to the next nonce now; none of those before is valid any more."""
        self._turns += int(OLD // ROTATES) + 2

    def knows(self, nonce: str, now: float) -> bool:
        """Return whether a nonce is still valid."""
        day = int(now // ROTATES) + self._turns
        return any(hmac.compare_digest(nonce, self._nonce(day - back)) for back in range(int(OLD // ROTATES) + 1))

    def _nonce(self, day: int) -> str:
        return base64.urlsafe_b64encode(hashlib.sha256(f"nonce {self._seed} {day}".encode()).digest())[:32].decode()

    def spend(self, identity: str, now: float, until: float) -> bool:
        """Use an identifier up; returns whether that was its first use."""
        if identity in self._used:
            return False
        if len(self._used) > 10_000:  # noqa: PLR2004 - forget what can no longer be replayed
            self._used = {known: end for known, end in self._used.items() if end > now}
        self._used[identity] = until
        return True

    def read(self, proof: str, method: str, url: str, now: float, *, token: str = "") -> tuple[str, str]:
        """Check a proof.

        Returns:
            The thumbprint of its key, and its nonce.

        Raises:
            BadProof: It is not accepted.
        """
        import jwt  # noqa: PLC0415 - slow to import, rarely needed

        try:
            head = jwt.get_unverified_header(proof)
            if head.get("typ") != "dpop+jwt":
                raise BadProof("The DPoP proof JWT header is invalid: typ must be dpop+jwt.")
            key, algorithm = head.get("jwk"), head.get("alg")
            if not isinstance(key, dict) or "d" in key or algorithm not in ALGORITHMS:
                raise BadProof("The DPoP proof JWT header is invalid.")
            claims: dict[str, Any] = jwt.decode(
                proof,
                jwt.PyJWK({**key, "alg": algorithm}).key,
                algorithms=[algorithm],
                options={"verify_iat": False, "verify_exp": False, "require": ["htm", "htu", "iat", "jti"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise BadProof("The DPoP proof JWT is invalid.") from error
        if claims["htm"] != method:
            raise BadProof("The DPoP proof 'htm' claim is invalid.")
        if claims["htu"] != url:
            raise BadProof("The DPoP proof 'htu' claim is invalid.")
        if not isinstance(claims["iat"], int | float) or abs(claims["iat"] - now) > WINDOW:
            raise BadProof("The DPoP proof has an invalid 'iat' claim.")
        if token and claims.get("ath") != _unpadded(hashlib.sha256(token.encode()).digest()):
            raise BadProof("The DPoP proof 'ath' claim is invalid.")
        if not self.spend(f"proof {claims['jti']}", now, now + 2 * WINDOW):
            raise BadProof("The DPoP proof JWT has already been used.")
        return thumbprint(key), str(claims.get("nonce", ""))


def thumbprint(key: dict[str, Any]) -> str:
    """Return the RFC 7638 thumbprint of a public JWK."""
    names = ("e", "kty", "n") if key.get("kty") == "RSA" else ("crv", "kty", "x", "y")
    text = json.dumps({name: key.get(name) for name in names}, separators=(",", ":"))
    return _unpadded(hashlib.sha256(text.encode()).digest())


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
