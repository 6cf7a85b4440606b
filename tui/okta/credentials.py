"""What signs a request: the Protocol that every kind of credentials fulfils, and no credentials at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tui.okta.answers import Answer
    from tui.okta.clock import Clock
    from tui.okta.errors import BadToken
    from tui.okta.http import httpx


class TokenRequests(Protocol):
    """Sends token requests through the guard, unsigned, and knows the server's clock."""

    @property
    def url(self) -> str:
        """The token endpoint as it is called, which is the audience that Okta checks."""

    @property
    def clock(self) -> Clock:
        """The local clock."""

    @property
    def ahead(self) -> float:
        """How far the server's clock is ahead of the local one, in seconds; 0 until an answer told it."""

    def now(self) -> float:
        """The server's clock, seconds since the epoch."""

    def heard(self, headers: Mapping[str, str]) -> float:
        """Take in the `Date` of an answer; returns by how many seconds the distance of the clocks has moved."""

    def request(self, form: bytes, headers: Mapping[str, str]) -> httpx.Request:
        """A token request; its repr shows neither the form nor the headers."""

    async def post(self, request: httpx.Request) -> Answer:
        """Send one token request, once; also an error answer is returned.

        Raises:
            OktaError: No answer came, or the rate limit is used up (`RateLimited`, at once).
        """

    async def wait(self, seconds: float) -> None:
        """Wait for the rate limit, where the agent can see it."""


class Credentials(Protocol):
    """Signs each try of each request, so that a proof of possession can be fresh on every retry and page."""

    @property
    def token_path(self) -> str | None:
        """The path of the token request; `None` where none is made."""

    def attach(self, sender: TokenRequests) -> None:
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


class Unsigned:
    """No credentials: for the pages that Okta serves to everyone."""

    token_path: str | None = None

    def attach(self, sender: TokenRequests) -> None:
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
