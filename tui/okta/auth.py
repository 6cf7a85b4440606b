"""The credentials of an API token, which are checked when they are given and never shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NoReturn

from tui.okta.errors import BadToken
from tui.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Collection

    from tui.okta.credentials import TokenRequests
    from tui.okta.http import httpx


_SCHEME: Final = late_pattern(
    r"\A['\"]?(?:authorization:\s*)?ssws\s+", re.IGNORECASE
)  # pasted with the header that it was copied from


class ApiToken:
    """An API token of a service account (Okta: "Create an API token"); its repr does not show it."""

    __slots__ = ("_renewal", "_token")
    token_path: str | None = None
    client_id: str = ""

    def __init__(self, token: str, *, renewal: str = "") -> None:
        """Clean and check a pasted token.

        Args:
            token: The token.
            renewal: How another token takes its place, by where this one is kept; empty for a connector's own command.

        Raises:
            BadToken: The text cannot be an API token; the advice says why.
        """
        token = _SCHEME.sub("", token.strip()).strip("'\" \t\r\n")
        fault = _fault_of(token)
        if fault:
            del token  # a traceback that shows variables must not show this one
            raise BadToken(
                "This is not an API token",
                advice=f"{fault}. An API token is one word of letters, digits, - and _. Copy it again.",
            )
        self._token = token
        self._renewal = renewal or BadToken.renewal

    def attach(self, sender: TokenRequests) -> None:
        """Do nothing: no token is requested."""

    def expect(self, granted: Collection[str]) -> None:
        """Do nothing: an API token has no scopes."""

    async def sign(self, request: httpx.Request) -> None:
        """Set `Authorization: SSWS ...`."""
        request.headers["authorization"] = f"SSWS {self._token}"

    async def renew(self, request: httpx.Request, response: httpx.Response) -> bool:  # noqa: ARG002 - the Protocol's
        """Return `False`: there is no other token."""
        return False

    def redact(self, text: str) -> str:
        """Return the text without the token."""
        return text.replace(self._token, "…")

    def blame(self, error: BadToken) -> None:
        """Say how another token takes the place of this one."""
        error.advice = f"{error.why} {self._renewal}"

    def __repr__(self) -> str:
        """Return a text without the token."""
        return "ApiToken(…)"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled, so that no token gets into a file."""
        raise TypeError("an API token is not serialised")


def _fault_of(token: str) -> str:
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
