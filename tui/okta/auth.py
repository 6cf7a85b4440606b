"""How a connector signs its requests. An API token here; a private-key JWT and DPoP fit the same seam."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, Protocol

from tui.okta.errors import BadToken

if TYPE_CHECKING:
    import httpx


class Credentials(Protocol):
    """Signs each try of each request, so that a proof of possession can be fresh on every retry and page."""

    async def sign(self, request: httpx.Request) -> None:
        """Put the authorization on a request that is about to be sent.

        Raises:
            OktaError: There is nothing to sign with.
        """


class ApiToken:
    """An API token of a service account (Okta: "Create an API token"); it shows itself nowhere."""

    __slots__ = ("_token",)

    def __init__(self, token: str) -> None:
        token = token.strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            del token  # a traceback that shows variables must not show this one
            raise BadToken(
                "This is not an API token",
                advice="An API token is one word of letters, digits, - and _. Copy it again, without line breaks.",
            )
        self._token = token

    async def sign(self, request: httpx.Request) -> None:
        """Set `Authorization: SSWS ...`."""
        request.headers["authorization"] = f"SSWS {self._token}"

    def __repr__(self) -> str:
        """Never the token."""
        return "ApiToken(…)"

    def __reduce__(self) -> NoReturn:
        """A token is never pickled or copied into a dump."""
        raise TypeError("an API token is not serialised")


class Unsigned:
    """No credentials: for the pages that Okta serves to everyone."""

    async def sign(self, request: httpx.Request) -> None:
        """Leave the request as it is."""
