"""An API token: checked as people paste it, and shown nowhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NoReturn

from tui.okta.errors import BadToken

if TYPE_CHECKING:
    from collections.abc import Collection

    from tui.okta.credentials import TokenRequests
    from tui.okta.http import httpx


_SCHEME: Final = re.compile(r"\A['\"]?(?:authorization:\s*)?ssws\s+", re.IGNORECASE)  # of a copied header


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

    def attach(self, sender: TokenRequests) -> None:
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
