"""A client's private key: loaded from PEM or JWK, or made here; it signs, and is never shown.

PyJWT signs and cryptography reads keys. PyJWT does one thing, is alive, and is what most Python code that speaks OAuth
leans on; authlib and joserfc bring a whole client or server beside it, and the JOSE formats are no place for our own
code. Both are imported only with a private-key connector: together they take about 60 ms.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any, Final, NoReturn

from tui.okta.key_text import BadKey, NeedsPassphrase, WrongPassphrase, private_block, tidy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    _Private: TypeAlias = RSAPrivateKey | EllipticCurvePrivateKey

LEAST_BITS: Final = 2048
_CURVES: Final = {"secp256r1": ("P-256", "ES256", 32), "secp384r1": ("P-384", "ES384", 48)} | {
    "secp521r1": ("P-521", "ES512", 66)
}
_OTHERS: Final = frozenset({"Ed25519", "Ed448", "X25519", "X448", "DSA", "DH"})


class ClientKey:
    """An RSA (2048 or more) or EC (P-256, P-384, P-521) private key.

    Attributes:
        algorithm: The JWS algorithm: RS256, ES256, ES384 or ES512.
    """

    __slots__ = ("_key", "algorithm")

    def __init__(self, key: RSAPrivateKey | EllipticCurvePrivateKey) -> None:
        """Wrap a key that is already loaded.

        Raises:
            BadKey: The key is too short, or of a curve that Okta does not accept.
        """
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415 - heavy

        if isinstance(key, RSAPrivateKey):
            if key.key_size < LEAST_BITS:
                raise BadKey(
                    f"This RSA key has {key.key_size} bits; Okta takes {LEAST_BITS} or more",
                    advice="Make a longer one.",
                )
            self.algorithm = "RS256"
        elif key.curve.name in _CURVES:
            self.algorithm = _CURVES[key.curve.name][1]
        else:
            raise BadKey(f"Okta does not take keys of the curve {key.curve.name}", advice="Use P-256, P-384 or P-521.")
        self._key = key

    @classmethod
    def load(cls, text: str, passphrase: str = "") -> ClientKey:
        """Read PEM (PKCS#1, PKCS#8, SEC1, encrypted or not) or a private JWK (or a JWKS with one).

        Raises:
            NeedsPassphrase: The key is encrypted, and there is no passphrase.
            WrongPassphrase: The passphrase does not decrypt the key.
            BadKey: The text is no such key; title and advice say what it looks like.
        """
        key = _read(text, passphrase)
        del text, passphrase  # a traceback that shows variables must not show these
        if isinstance(key, BadKey):
            raise key
        return cls(key)

    @classmethod
    def make(cls, kind: str = "RSA") -> ClientKey:
        """Make a new private key.

        Args:
            kind: `RSA` (2048 bits) or `EC` (P-256).

        Raises:
            ValueError: The kind is another.
        """
        from cryptography.hazmat.primitives.asymmetric import ec, rsa  # noqa: PLC0415 - heavy

        if kind == "RSA":
            return cls(rsa.generate_private_key(public_exponent=65537, key_size=LEAST_BITS))
        if kind == "EC":
            return cls(ec.generate_private_key(ec.SECP256R1()))
        raise ValueError(kind)

    @property
    def thumbprint(self) -> str:
        """The key's thumbprint (RFC 7638, SHA-256, base64url), which keydesk proposes as the key id."""
        numbers = self._public()
        text = json.dumps(dict(sorted(numbers.items())), separators=(",", ":"))
        return base64url(hashlib.sha256(text.encode()).digest())

    def public_jwk(self, key_id: str = "") -> dict[str, str]:
        """Return the public half, to paste into Okta's "Add key": kty, use, alg, kid and the public numbers only.

        Args:
            key_id: The `kid`; the thumbprint by default.
        """
        own = {"use": "sig", "alg": self.algorithm, "kid": key_id or self.thumbprint}
        return {"kty": self._public()["kty"], **own, **self._public()}

    def public_numbers(self) -> dict[str, str]:
        """Return the public half as the header of a DPoP proof carries it (RFC 9449, section 4.2)."""
        return self._public()

    def _public(self) -> dict[str, str]:
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415 - heavy

        public = self._key.public_key()
        if isinstance(public, RSAPublicKey):
            rsa = public.public_numbers()
            return {"kty": "RSA", "n": _number(rsa.n), "e": _number(rsa.e)}
        curve, _, size = _CURVES[public.curve.name]
        point = public.public_numbers()
        return {"kty": "EC", "crv": curve, "x": _number(point.x, size), "y": _number(point.y, size)}

    def private_pem(self) -> str:
        """Return the key as unencrypted PKCS#8 PEM: a secret, for the keyring or a file of mode 0600."""
        from cryptography.hazmat.primitives import serialization as s  # noqa: PLC0415 - heavy

        return self._key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()).decode("ascii")

    def sign(self, claims: Mapping[str, Any], headers: Mapping[str, Any]) -> str:
        """Sign the claims; return a compact JWS."""
        import jwt  # noqa: PLC0415 - heavy

        return jwt.encode(dict(claims), self._key, algorithm=self.algorithm, headers=dict(headers))

    def __repr__(self) -> str:
        """Return a text without the key."""
        return "ClientKey(…)"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled, so that no key gets into a file."""
        raise TypeError("a private key is not serialised")


def base64url(data: bytes) -> str:
    """Encode bytes as JOSE does: base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _number(value: int, size: int = 0) -> str:
    return base64url(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def _read(text: str, passphrase: str) -> _Private | BadKey:
    """Return the key in a text, or the error, which is not raised here: its traceback would hold secrets."""
    text = tidy(text)
    if not text:
        return BadKey("There is no private key", advice="Give one, or have keydesk make the key pair.")
    if text.startswith("{"):
        return _from_jwk(text)
    block = private_block(text)
    return block if isinstance(block, BadKey) else _from_pem(block, passphrase)


def _from_pem(text: str, passphrase: str) -> _Private | BadKey:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - heavy
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    encrypted = text.startswith("-----BEGIN ENCRYPTED") or "Proc-Type: 4,ENCRYPTED" in text
    if encrypted and not passphrase:
        return NeedsPassphrase()
    try:
        key = load_pem_private_key(text.encode("ascii"), passphrase.encode("utf-8") if encrypted else None)
    except UnsupportedAlgorithm:
        return BadKey(
            "The private key is encrypted or made in a way that is not read here",
            advice="Write it anew with `openssl pkcs8 -topk8 -v2 aes-256-cbc`, or have keydesk make a key pair.",
        )
    except (ValueError, TypeError):  # raised also by a passphrase that has no UTF-8
        if encrypted:
            return WrongPassphrase()
        return BadKey("The private key cannot be read", advice="It is damaged. Copy it again, or make a new one.")
    return _if_accepted(key)


def _from_jwk(text: str) -> _Private | BadKey:
    from jwt import PyJWK  # noqa: PLC0415 - heavy
    from jwt.exceptions import PyJWTError  # noqa: PLC0415

    try:
        private = _private_of(json.loads(text))
        if isinstance(private, BadKey):
            return private
        return _if_accepted(PyJWK({**private, "alg": _algorithm(private)}).key)
    except (PyJWTError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return BadKey("This JWK is not a private key that Okta takes")


def _if_accepted(key: object) -> _Private | BadKey:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey  # noqa: PLC0415 - heavy
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415

    if isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        return key
    kind = type(key).__name__.removesuffix("PrivateKey")
    return BadKey(f"Okta does not take {kind} keys") if kind in _OTHERS else BadKey()


def _private_of(jwk: Any) -> dict[str, Any] | BadKey:  # noqa: ANN401 - JSON of any form
    """Return the one private JWK in a JWK or a JWKS, or the error."""
    if isinstance(jwk, dict) and isinstance(jwk.get("keys"), list):
        private = [key for key in jwk["keys"] if isinstance(key, dict) and "d" in key]
        if not private and jwk["keys"]:
            return BadKey("This key set holds public keys only", advice='Give the private key, which has a "d".')
        if len(private) != 1:
            count = len(private) or "no"
            return BadKey(f"This key set holds {count} private keys", advice="Give one private key alone.")
        jwk = private[0]
    if isinstance(jwk, dict) and jwk.get("kty") in {"RSA", "EC"} and "d" not in jwk:
        return BadKey("This is the public key", advice='Okta has that half. Give the private one, which has a "d".')
    if isinstance(jwk, dict) and jwk.get("kty") == "OKP":
        return BadKey("Okta does not take Ed25519 keys")
    return jwk if isinstance(jwk, dict) else BadKey()


def _algorithm(jwk: Mapping[str, Any]) -> str:
    """Return the algorithm that the key itself implies: the JWK may name another of the same family."""
    by_curve = {curve: algorithm for curve, algorithm, _ in _CURVES.values()}
    return by_curve.get(str(jwk.get("crv")), "RS256")


__all__ = ["LEAST_BITS", "BadKey", "ClientKey", "NeedsPassphrase", "WrongPassphrase", "base64url"]
