"""A client's private key: read from PEM or JWK, or made here; it signs and shows itself nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from tui.trouble import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping


class BadKey(BadInput):
    """What was given is no private key that Okta takes."""

    title = "This is not a private key that Okta takes"
    field = "private_key"


class NeedsPassphrase(BadKey):
    """The key is encrypted and no passphrase was given."""

    field = "passphrase"


class WrongPassphrase(BadKey):
    """The key does not open with this passphrase."""

    field = "passphrase"


class ClientKey:
    """An RSA (2048 or more) or EC (P-256, P-384, P-521) private key."""

    algorithm: str
    """The JWS algorithm: RS256, ES256, ES384 or ES512."""

    @classmethod
    def load(cls, text: str, passphrase: str = "") -> ClientKey:
        """Read PEM (PKCS#1, PKCS#8, SEC1, encrypted or not) or a private JWK."""
        raise NotImplementedError

    @classmethod
    def make(cls, kind: str = "RSA") -> ClientKey:
        """Make a new one: `RSA` (2048 bits) or `EC` (P-256)."""
        raise NotImplementedError

    @property
    def thumbprint(self) -> str:
        """RFC 7638, SHA-256, base64url: the key id that keydesk proposes."""
        raise NotImplementedError

    def public_jwk(self, key_id: str = "") -> dict[str, str]:
        """The public half, to paste into Okta's "Add key": kty, use, alg, kid and the public numbers; nothing else."""
        raise NotImplementedError

    def private_pem(self) -> str:
        """PKCS#8 PEM, unencrypted: a secret, for the keyring or a 0600 file."""
        raise NotImplementedError

    def sign(self, claims: Mapping[str, Any], headers: Mapping[str, Any]) -> str:
        """A compact JWS over the claims."""
        raise NotImplementedError

    def __repr__(self) -> str:
        """Never the key."""
        return "ClientKey(…)"

    def __reduce__(self) -> NoReturn:
        """Never pickled."""
        raise TypeError("a private key is not serialised")
