"""The service apps' key pairs: each follows from the seed, so that the org and whoever started it know the same key.

They guard a made-up org on the loopback and nothing else. RSA keys take a moment, so they are made when asked for.
"""

from __future__ import annotations

import base64
import hashlib
import math
import random
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey

# By the algorithm that an app is registered with; RSA keys sign with any of RS256, RS384 and RS512.
_BITS = {"RS256": 2048, "RS384": 3072}
_EXPONENT = 65537
_ROUNDS = 16
_SIZES = {"ES256": 32, "ES384": 48, "ES512": 66}
_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}


def key_id(seed: int, app: str) -> str:
    """Return the kid of an app's key: 43 letters, as Okta makes them."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"kid {seed} {app}".encode()).digest()).decode().rstrip("=")


@cache
def private_key(seed: int, app: str, algorithm: str) -> PrivateKey:
    """Return an app's private key."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - slow to import, rarely needed

    if algorithm.startswith("RS"):
        return _rsa(seed, app, _BITS[algorithm])
    curves: dict[str, ec.EllipticCurve] = {
        "ES256": ec.SECP256R1(),
        "ES384": ec.SECP384R1(),
        "ES512": ec.SECP521R1(),
    }
    curve = curves[algorithm]
    # Below the curve's order, whatever the curve.
    number = int.from_bytes(hashlib.sha512(f"key {seed} {app}".encode()).digest(), "big")
    return ec.derive_private_key(number % (1 << (curve.key_size - 8)) + 1, curve)


def private_pem(seed: int, app: str, algorithm: str) -> str:
    """Return an app's private key as PKCS#8 PEM."""
    from cryptography.hazmat.primitives import serialization as s  # noqa: PLC0415 - slow to import, rarely needed

    key = private_key(seed, app, algorithm)
    return key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()).decode()


def public_jwk(seed: int, app: str, algorithm: str) -> dict[str, str]:
    """Return the public half as Okta shows it."""
    public: Any = private_key(seed, app, algorithm).public_key().public_numbers()
    known = {"use": "sig", "alg": algorithm, "kid": key_id(seed, app)}
    if algorithm.startswith("RS"):
        return {"kty": "RSA", **known, "n": _text(public.n, _BITS[algorithm] // 8), "e": _text(public.e, 3)}
    size = _SIZES[algorithm]
    return {"kty": "EC", **known, "crv": _CURVES[algorithm], "x": _text(public.x, size), "y": _text(public.y, size)}


def _text(number: int, size: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(size, "big")).rstrip(b"=").decode()


def _rsa(seed: int, app: str, bits: int) -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - slow to import, rarely needed

    dice = random.Random(f"rsa {seed} {app}")
    p, q = _prime(dice, bits // 2), _prime(dice, bits // 2)
    d = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(_EXPONENT, p * q)
    return rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public).private_key()


def _prime(dice: random.Random, half: int) -> int:
    small = _small()
    while True:
        number = dice.getrandbits(half) | 1 | 3 << (half - 2)
        if math.gcd(number, small) > 1 or number % _EXPONENT == 1:  # spares most of the slow tests below
            continue
        if all(_passes(number, dice.randrange(2, number - 1)) for _ in range(_ROUNDS)):
            return number


@cache
def _small() -> int:
    """Return the product of the odd primes below 2000."""
    return math.prod(odd for odd in range(3, 2000, 2) if all(odd % by for by in range(3, math.isqrt(odd) + 1, 2)))


def _passes(number: int, base: int) -> bool:
    """Miller and Rabin's test with one base."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    value = pow(base, odd, number)
    if value in {1, number - 1}:
        return True
    for _ in range(twos - 1):
        value = value * value % number
        if value == number - 1:
            return True
    return False
