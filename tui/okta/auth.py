"""How a connector signs its requests: the seam, an API token, and no credentials at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

from tui.okta.errors import BadToken

if TYPE_CHECKING:
    from collections.abc import Collection

    from tui.okta.http import httpx
    from tui.okta.signing import TokenSender


_SCHEME: Final = re.compile(r"\A['\"]?(?:authorization:\s*)?ssws\s+", re.IGNORECASE)  # of a copied header


class Credentials(Protocol):
    """Signs each try of each request, so that a proof of possession can be fresh on every retry and page."""

    @property
    def token_path(self) -> str | None:
        """The path of the token request; `None` where none is made."""

    def attach(self, sender: TokenSender) -> None:
        """Take what token requests are sent with; called when the client is built, perhaps in a thread."""

    def expect(self, granted: Collection[str]) -> None:
        """Begin with the scopes that were granted last time, where there are any."""

    async def sign(self, request: httpx.Request) -> None:
        """Put the authorization on a request that is about to be sent.

        Raises:
            OktaError: There is nothing to sign with.
        """

    async def renew(self, request: httpx.Request, response: httpx.Response) -> bool:
        """Whether a request that Okta refused should be signed anew and sent once more.

        Only a refusal of the credentials themselves counts, on which Okta certainly did not act.
        """

    def redact(self, text: str) -> str:
        """A text from outside without the secrets that it echoes."""

    def blame(self, error: BadToken) -> None:
        """Say of a refusal which input is to blame and what to do, as far as that depends on the kind of sign-in."""


class ApiToken:
    """An API token of a service account (Okta: "Create an API token"); it shows itself nowhere."""

    __slots__ = ("_token",)
    token_path: str | None = None

    def __init__(self, token: str) -> None:
        """Take a token as people paste it.

        Raises:
            BadToken: It cannot be one; says why.
        """
        token = _SCHEME.sub("", token.strip()).strip("'\" \t\r\n")
        what = _odd(token)
        if what:
            del token  # a traceback that shows variables must not show this one
            raise BadToken(
                "This is not an API token",
                advice=f"{what}. An API token is one word of letters, digits, - and _. Copy it again.",
            )
        self._token = token

    def attach(self, sender: TokenSender) -> None:
        """Nothing to send."""

    def expect(self, granted: Collection[str]) -> None:
        """An API token has no scopes."""

    async def sign(self, request: httpx.Request) -> None:
        """Set `Authorization: SSWS ...`."""
        request.headers["authorization"] = f"SSWS {self._token}"

    async def renew(self, request: httpx.Request, response: httpx.Response) -> bool:  # noqa: ARG002 - the seam's
        """There is no other token."""
        return False

    def redact(self, text: str) -> str:
        """Without the token."""
        return text.replace(self._token, "…")

    def blame(self, error: BadToken) -> None:
        """The words of `BadToken` are about API tokens."""

    def __repr__(self) -> str:
        """Never the token."""
        return "ApiToken(…)"

    def __reduce__(self) -> NoReturn:
        """A token is never pickled or copied into a dump."""
        raise TypeError("an API token is not serialised")


def _odd(token: str) -> str:
    if not token:
        return "Nothing was given"
    if token.startswith(("-----BEGIN", "{")):
        return "This is a key; it belongs to the other way to sign in"
    if token.startswith("eyJ") and "." in token:
        return "This is an access token, which lasts an hour"
    if any(char.isspace() for char in token):
        return "There are spaces or line breaks in it"
    if not token.isascii() or not token.isprintable():
        return "There are characters in it that no token has"
    return ""


class Unsigned:
    """No credentials: for the pages that Okta serves to everyone."""

    token_path: str | None = None

    def attach(self, sender: TokenSender) -> None:
        """Nothing to send."""

    def expect(self, granted: Collection[str]) -> None:
        """Nothing is granted."""

    async def sign(self, request: httpx.Request) -> None:
        """Leave the request as it is."""

    async def renew(self, request: httpx.Request, response: httpx.Response) -> bool:  # noqa: ARG002 - the seam's
        """There is nothing to renew."""
        return False

    def redact(self, text: str) -> str:
        """There is no secret."""
        return text

    def blame(self, error: BadToken) -> None:
        """Nothing was given that could be wrong, but for the org's address."""
        error.field = "org"
        error.advice = "This page is open to everyone on an Okta org; check the org's address."
