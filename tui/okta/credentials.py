"""The Protocol of all credentials, which sign each request, and the credentials that sign nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tui.okta.answers import Answer
    from tui.okta.clock import OktaClock
    from tui.okta.errors import BadToken
    from tui.okta.http import httpx


class TokenRequests(Protocol):
    """Sends token requests through the guard, without a signature."""

    @property
    def url(self) -> str:
        """The URL of the token endpoint, which Okta also expects as the audience of an assertion."""

    @property
    def clock(self) -> OktaClock:
        """Okta's clock, as far as it is known."""

    def request(self, form: bytes, headers: Mapping[str, str]) -> httpx.Request:
        """Build a token request; its repr shows neither the form nor the headers."""

    async def post(self, request: httpx.Request) -> Answer:
        """Send one token request, once, and return its answer, also an error answer.

        Raises:
            OktaError: There was no answer, or the rate limit is used up (`RateLimited`, without a wait).
        """

    async def wait(self, seconds: float) -> None:
        """Wait for the rate limit; the screen shows the wait."""


class Credentials(Protocol):
    """Signs every attempt of every request, so that each retry and each page can carry a new proof of possession."""

    @property
    def token_path(self) -> str | None:
        """The path of the token request; `None` for credentials that need no token."""

    @property
    def client_id(self) -> str:
        """The service app's client id, as which the System Log names what it does; empty for an API token."""

    def attach(self, sender: TokenRequests) -> None:
        """Receive the sender of token requests; called when the client is built, perhaps in a thread."""

    def expect(self, granted: Collection[str]) -> None:
        """Ask for the scopes first that were granted last time, where there are any."""

    async def sign(self, request: httpx.Request) -> None:
        """Put the authorization on a request that is about to be sent.

        Raises:
            OktaError: No access token could be obtained.
        """

    async def renew(self, request: httpx.Request, response: httpx.Response) -> bool:
        """Whether a request that Okta refused should be signed again and sent once more.

        That is so only where Okta refused the credentials themselves, and so certainly did not act on the request.
        """

    def redact(self, text: str) -> str:
        """Return a text from outside without the secrets that it repeats."""

    def blame(self, error: BadToken) -> None:
        """Set the field and the advice of a refusal, where they depend on the kind of credentials."""


class Unsigned:
    """No credentials, for the pages that Okta serves to everyone."""

    token_path: str | None = None
    client_id: str = ""

    def attach(self, sender: TokenRequests) -> None:
        """Do nothing: no token is requested."""

    def expect(self, granted: Collection[str]) -> None:
        """Do nothing: no scope is granted."""

    async def sign(self, request: httpx.Request) -> None:
        """Leave the request as it is."""

    async def renew(self, request: httpx.Request, response: httpx.Response) -> bool:  # noqa: ARG002 - the Protocol's
        """Return `False`: there is nothing to renew."""
        return False

    def redact(self, text: str) -> str:
        """Return the text as it is: it holds no secret."""
        return text

    def blame(self, error: BadToken) -> None:
        """Name the org's address as the field: no other input can be wrong."""
        error.field = "org"
        error.advice = "This page is open to everyone on an Okta org; check the org's address."
