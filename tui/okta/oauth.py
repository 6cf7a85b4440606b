"""OAuth 2.0 client credentials with a private-key JWT: gets, keeps and renews the access token; DPoP where asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    import httpx

    from tui.okta.keys import ClientKey

TOKEN_PATH = "/oauth2/v1/token"  # noqa: S105 - a path


@dataclass(frozen=True, slots=True)
class Granted:
    """What the org granted.

    Attributes:
        asked: The scopes asked for.
        scopes: The scopes granted.
        dpop: Whether the token is bound by DPoP.
    """

    asked: frozenset[str]
    scopes: frozenset[str]
    dpop: bool

    @property
    def missing(self) -> tuple[str, ...]:
        """What was asked for and not granted, sorted; a manage scope brings the matching read."""
        raise NotImplementedError


class ServiceApp:
    """A service app's credentials (Okta: "Implement OAuth for Okta with a service app"). A `Credentials`.

    Attributes:
        client_id: Of the app.
        granted: What the last token carries; `None` before the first.
    """

    granted: Granted | None

    def __init__(self, client_id: str, key_id: str, key: ClientKey, scopes: Collection[str]) -> None:
        raise NotImplementedError

    async def sign(self, request: httpx.Request) -> None:
        """Put the token, and with DPoP a fresh proof, on a request that is about to be sent."""
        raise NotImplementedError

    async def token(self) -> Granted:
        """Get a token now, if there is none that lasts, and say what it may.

        Raises:
            OktaError: `BadClient` and its kin, `NoScopes`, or as any request.
        """
        raise NotImplementedError
