"""Okta-looking identifiers: 20 opaque characters that can be read back, tokens, uuids, request and error ids.

A resource's number is scrambled by a multiplication modulo 62**14, so an id gives away no order, needs no table
to be found again, and a made-up id does not decode to a small number: reading it back is its own checksum.
"""

from __future__ import annotations

import base64
import hashlib
import uuid

from tui.demo.base.dice import roll

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUE = {letter: value for value, letter in enumerate(_ALPHABET)}
_PAIRS = [low + high for high in _ALPHABET for low in _ALPHABET]
"""Two digits at a time: an org makes thousands of ids."""
_DIGITS = 14
_SPACE = 62**_DIGITS
_FACTOR = 7_310_294_561_938_471_029_384_757
_INVERSE = pow(_FACTOR, -1, _SPACE)
_LARGEST = 1 << 44
_SUFFIX = "5d7"
_LENGTH = 20


class Ids:
    """Makes and reads every identifier of one org."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._counter = 0
        self._offset = (roll(seed, 0x1D5) << 64 | roll(seed, 0x1D6)) % _SPACE

    def make(self, prefix: str, number: int) -> str:
        """Return the id of the numbered resource: three letters of prefix, then 17 opaque characters."""
        kind = int.from_bytes(prefix.encode(), "big")
        value = (number * _FACTOR + self._offset + kind * 977) % _SPACE
        letters = []
        for _ in range(_DIGITS // 2):
            value, pair = divmod(value, 62 * 62)
            letters.append(_PAIRS[pair])
        return prefix + "".join(letters) + _SUFFIX

    def read(self, prefix: str, text: str) -> int | None:
        """Return the number behind an id, or None when the text is not an id of that kind."""
        if len(text) != _LENGTH or not text.startswith(prefix) or not text.endswith(_SUFFIX):
            return None
        value = 0
        for letter in reversed(text[3:-3]):
            if letter not in _VALUE:
                return None
            value = value * 62 + _VALUE[letter]
        kind = int.from_bytes(prefix.encode(), "big")
        number = ((value - self._offset - kind * 977) * _INVERSE) % _SPACE
        return number if number < _LARGEST else None

    def cursor(self, kind: str, position: int) -> str:
        """Return an opaque paging cursor, which in Okta looks like an id with a 2 before it."""
        return "2" + self.make(kind, position)

    def position(self, kind: str, cursor: str) -> int | None:
        """Return the position behind a cursor, or None when it is not one of ours."""
        return self.read(kind, cursor[1:]) if cursor.startswith("2") else None

    def secret(self, purpose: str, length: int = 40) -> str:
        """Return letters that look random and depend only on the seed and the purpose."""
        digest = hashlib.sha512(f"keydesk demo {self.seed} {purpose}".encode()).digest()
        return base64.urlsafe_b64encode(digest).decode()[:length]

    def next_number(self) -> int:
        """Count one up: the deterministic replacement of randomness for ids given out on request."""
        self._counter += 1
        return self._counter

    def request_id(self) -> str:
        """Return a fresh X-Okta-Request-Id: 32 hex digits."""
        number = self.next_number()
        return f"{roll(self.seed, 1, number):016x}{roll(self.seed, 2, number):016x}"

    def error_id(self) -> str:
        """Return a fresh errorId: oae and 22 characters of base64url."""
        number = self.next_number()
        raw = roll(self.seed, 3, number).to_bytes(8, "big") + roll(self.seed, 4, number).to_bytes(8, "big")
        return "oae" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def event_uuid(seed: int, number: int) -> str:
    """Return the uuid of the numbered System Log event of a seed."""
    high, low = roll(seed, 5, number), roll(seed, 6, number)
    return str(uuid.UUID(int=(high << 64) | low, version=4))
