"""One-time passwords: those of a shared secret are the real ones, those that are sent to somebody are all the same."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct

SENT = "123456"
"""What every text message, call and e-mail of this org says; nothing leaves it, so that callers have to know it."""
STEP = 30
_DRIFT = 1
# Steps in which a passcode is known to be of another time; more is only wrong.
_FAR = 10
_TYPED = re.compile(r"[0-9]{6,10}")
_MODHEX = re.compile(r"[cbdefghijklnrtuv]{32,48}")


def new_secret(letters: str) -> bytes:
    """Return a shared secret of ten bytes, made from letters that nobody can guess."""
    return hashlib.sha256(letters.encode()).digest()[:10]


def spell(secret: bytes) -> str:
    """Return a shared secret as its owner types it in: 16 letters of base32."""
    return base64.b32encode(secret).decode()


def code(secret: bytes, counter: int) -> str:
    """Return the six digits for a counter (RFC 4226, HMAC-SHA1)."""
    tag = hmac.new(secret, struct.pack(">Q", counter), hashlib.sha1).digest()
    at = tag[-1] & 0x0F
    return f"{(struct.unpack('>I', tag[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def fits_secret(secret: bytes, passcode: str, now: float) -> bool:
    """Return whether a passcode is the one of now, or of one step before or after (RFC 6238)."""
    step = int(now) // STEP
    return any(hmac.compare_digest(code(secret, step + drift), passcode) for drift in range(-_DRIFT, _DRIFT + 1))


def counter_of(secret: bytes, passcode: str, now: float) -> int | None:
    """Return of which step a passcode is, also of one that is some minutes off; None for none."""
    step = int(now) // STEP
    nearest_first = sorted(range(-_FAR, _FAR + 1), key=abs)
    return next((step + far for far in nearest_first if hmac.compare_digest(code(secret, step + far), passcode)), None)


def looks_typed(passcode: str) -> bool:
    """Return whether a passcode could be read off a token whose secret lives with another vendor; zeros never are."""
    return _TYPED.fullmatch(passcode) is not None and passcode.strip("0") != ""


def looks_pressed(passcode: str) -> bool:
    """Return whether a passcode could have come out of a YubiKey."""
    return _MODHEX.fullmatch(passcode) is not None


def read_secret(text: str) -> bytes | None:
    """Return a shared secret that was written in hexadecimal or base32, None for neither."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        pass
    try:
        return base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        return None
