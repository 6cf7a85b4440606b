"""OAuth 2.0 client credentials with a private-key JWT: requests and renews the access token, with DPoP where required.

Okta: "Implement OAuth for Okta with a service app". The token stays in memory. Only the DPoP nonce, which is no secret,
may be stored, so that the next start needs one token request in the place of two.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, Final, NoReturn
from urllib.parse import urlencode

from msgspec import Struct

from tui.discreet import Discreet
from tui.okta import token_answers
from tui.okta.dpop import Prover
from tui.okta.errors import AnswerLost, BadClient, NotReached, OktaDown, OktaError, RateLimited, TlsFailed
from tui.okta.service_ids import check_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from tui.okta.answers import Answer
    from tui.okta.credentials import TokenRequests
    from tui.okta.errors import BadToken
    from tui.okta.http import httpx
    from tui.okta.keys import ClientKey

TOKEN_PATH: Final = "/oauth2/v1/token"  # noqa: S105 - a path
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFETIME: Final = 300
"""Seconds for which an assertion is valid; Okta accepts up to an hour."""
RENEWAL_MARGIN: Final = 300.0
"""Seconds before its end at which a token is renewed."""
CLOCK_TOLERANCE: Final = 2.0
"""Seconds by which the clocks may differ; beyond them, a refusal is put down to the clock and the request repeated."""
SIGNED_AHEAD: Final = "signed_ahead"
"""The name under which a request keeps by how much Okta's clock was thought to be ahead when it was signed."""
BACKDATED_BY: Final = 60
"""Seconds by which an assertion is dated back, so that a local clock that is a little ahead costs no second request."""
MOST_ROUNDS: Final = 6
"""Token requests, each with another assertion, nonce or clock, before Okta's refusal is final."""
MOST_LOST_ANSWERS: Final = 3
REMEMBERED_TOKENS: Final = 3
"""Former tokens that are still redacted from Okta's answers."""
LONGEST_WAIT: Final = 70.0
"""Seconds that one token request may wait for rate limits."""
LONGEST_UNANSWERED: Final = 60.0
"""Seconds after which one token request is not sent again, but for waits."""
LONGEST_RENEWAL: Final = 130.0
"""Seconds after which a renewal is given up, with all its requests and waits."""
_JWT: Final = re.compile(r"eyJ[\w-]+\.[\w-]*(?:\.[\w-]*)*")


class Granted(Struct, frozen=True):
    """The scopes that the org granted with a token.

    Attributes:
        asked: The scopes that keydesk asked for.
        scopes: The scopes that were granted.
        dpop: Whether the token is bound to a key by DPoP.
    """

    asked: frozenset[str]
    scopes: frozenset[str]
    dpop: bool

    @property
    def missing(self) -> tuple[str, ...]:
        """The scopes that were asked for and not granted, sorted; a manage scope includes the matching read scope."""
        return tuple(sorted(scope for scope in self.asked if not holds(self.scopes, scope)))


def holds(scopes: Collection[str], scope: str) -> bool:
    """Whether the granted scopes include a scope; a manage scope includes the matching read scope."""
    return scope in scopes or (scope.endswith(".read") and f"{scope.removesuffix('.read')}.manage" in scopes)


class _Token(Discreet, frozen=True):
    hidden: ClassVar = frozenset({"text"})
    text: str
    until: float
    dpop: bool


class ServiceApp:
    """The credentials of a service app. All requests that need a new token wait for one and the same renewal.

    Attributes:
        client_id: The client id of the app.
        granted: The scopes of the last token; `None` before the first token.
        on_nonce: Called in a thread with each new nonce of the token endpoint.
    """

    token_path: str | None = TOKEN_PATH

    def __init__(self, client_id: str, key_id: str, key: ClientKey, scopes: Iterable[str], *, nonce: str = "") -> None:
        """Check and hold the credentials; nothing is sent.

        Args:
            client_id: The client id of the service app, `0oa…`.
            key_id: The `kid` of the public key at Okta.
            key: The private key.
            scopes: The scopes to ask for.
            nonce: The nonce for `use_nonce`; empty for none.

        Raises:
            BadInput: The client id or the key id is not valid, or they are swapped; the field says which.
        """
        client_id, key_id = client_id.strip(), key_id.strip()
        check_ids(client_id, key_id)
        self.client_id = client_id
        self.granted: Granted | None = None
        self.on_nonce: Callable[[str], None] = lambda _: None
        self._key_id = key_id
        self._key = key
        self._scopes = tuple(dict.fromkeys(scopes))
        self._requested = self._scopes
        self._dpop = False
        self._prover = Prover()
        self._sender: TokenRequests | None = None
        self._token: _Token | None = None
        self._recent_tokens: tuple[_Token, ...] = ()
        self._renewal: asyncio.Task[_Token] | None = None
        self.use_nonce(nonce)

    def use_nonce(self, nonce: str) -> None:
        """Use a nonce that the token endpoint sent earlier, from which follows that the app requires DPoP."""
        if nonce:
            self._dpop, self._prover.nonce = True, nonce

    def expect(self, granted: Collection[str]) -> None:
        """Ask first for the scopes that were granted last time: Okta may refuse all for one that is not granted."""
        self._requested = tuple(scope for scope in self._scopes if holds(granted, scope)) or self._scopes

    # -- the Protocol `Credentials`

    def attach(self, sender: TokenRequests) -> None:
        """Receive the sender of token requests."""
        self._sender = sender

    async def sign(self, request: httpx.Request) -> None:
        """Put the token, and with DPoP a new proof, on a request that is about to be sent."""
        token = await self._valid_token()
        request.headers["authorization"] = f"{'DPoP' if token.dpop else 'Bearer'} {token.text}"
        request.extensions[SIGNED_AHEAD] = self._token_sender.clock.ahead
        if token.dpop:
            path = request.url.raw_path.decode("ascii").partition("?")[0]
            url = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}{path}"
            request.headers["dpop"] = self._prover.proof(
                request.method,
                url,
                self._token_sender.clock.time(),
                nonce=self._prover.resource_nonce,
                token=token.text,
            )

    async def renew(self, request: httpx.Request, response: httpx.Response) -> bool:
        """Whether the request can be sent once more: with a new token, a nonce, or the time by the server's clock."""
        challenge = response.headers.get("www-authenticate", "")
        if "use_dpop_nonce" in challenge and (nonce := response.headers.get("dpop-nonce")):
            self._prover.resource_nonce = nonce
            return True
        if "invalid_dpop_proof" in challenge:
            signed_ahead = float(request.extensions.get(SIGNED_AHEAD, 0.0))
            return abs(self._token_sender.clock.ahead - signed_ahead) > CLOCK_TOLERANCE
        if response.status_code != 401 or not token_answers.refuses_token(response.headers, response.content):  # noqa: PLR2004
            return False
        used = request.headers.get("authorization", "").partition(" ")[2]
        if self._token is not None and self._token.text == used:
            self._token = None  # else another request has renewed the token already
        return True

    def redact(self, text: str) -> str:
        """Return a text without tokens, assertions and proofs."""
        for token in self._recent_tokens:
            text = text.replace(token.text, "…")
        return _JWT.sub("…", text)

    def blame(self, error: BadToken) -> None:
        """Name the client id as the field: a new token was refused as well, so no token is to blame."""
        error.field = "client_id"
        error.advice = (
            "Okta refuses the access token that it has just given. Check that the service app is active and that the "
            "org's address is the one that the app belongs to, then try again."
        )

    # -- the token

    async def token(self) -> Granted:
        """Request a new token for all scopes, also for those that were not granted before; return what is granted.

        Raises:
            BadClient: Okta does not accept the app, its key or the assertion; the field says which.
            NoScopes: None of the scopes is granted.
            OktaError: The request failed as any request can.
        """
        while self._renewal is not None:  # a renewal under way may ask for fewer scopes
            with suppress(OktaError):
                await asyncio.shield(self._renewal)
        self._requested, self._token = self._scopes, None
        await self._valid_token()
        if self.granted is None:  # impossible: a token was obtained
            raise AssertionError
        return self.granted

    @property
    def _token_sender(self) -> TokenRequests:
        if self._sender is None:
            raise AssertionError("a service app signs only within a client")
        return self._sender

    async def _valid_token(self) -> _Token:
        now = self._token_sender.clock.monotonic()
        token = self._token
        if token is not None and now < token.until - RENEWAL_MARGIN:
            return token
        if self._renewal is None:
            self._renewal = asyncio.ensure_future(self._obtain_token())
            self._renewal.add_done_callback(self._on_renewed)
        try:
            return await asyncio.shield(self._renewal)
        except OktaError:
            if token is not None and token is self._token and now < token.until:
                return token  # still valid for a while; the next request tries to renew it again
            raise

    def _on_renewed(self, renewal: asyncio.Task[_Token]) -> None:
        self._renewal = None
        if not renewal.cancelled():
            renewal.exception()  # read here, since all requests that waited may have been cancelled

    async def _obtain_token(self) -> _Token:
        try:
            async with self._token_sender.clock.deadline(LONGEST_RENEWAL):
                token = await self._request_token()
        except TimeoutError:
            raise AnswerLost.of_read(
                "Okta gives no access token", detail=f"not within {LONGEST_RENEWAL:.0f} s"
            ) from None
        except OktaError as error:
            error.conceal(self.redact)
            raise
        dpop = token.token_type.lower() == "dpop"
        self.granted = Granted(frozenset(self._scopes), frozenset(token.scope.split() or self._requested), dpop)
        self._token = _Token(token.access_token, self._token_sender.clock.monotonic() + token.expires_in, dpop)
        self._recent_tokens = (self._token, *self._recent_tokens)[:REMEMBERED_TOKENS]
        return self._token

    async def _request_token(self) -> token_answers.Token:
        answer = await self._answer_for(self._requested)
        if token_answers.error_of(answer) in token_answers.SCOPES_REFUSED:
            answer = await self._request_fewer_scopes(answer)
        return token_answers.token_of(answer)

    async def _request_fewer_scopes(self, refused: Answer) -> Answer:
        """Find the scopes that Okta grants after it refused all: without those that it names, else one by one."""
        named = token_answers.named_in(refused, self._requested)
        if remaining := tuple(scope for scope in self._requested if named and scope not in named):
            answer = await self._answer_for(remaining)
            if not token_answers.error_of(answer):
                self._requested = remaining
                return answer
        granted = []
        for scope in self._scopes:
            answer = await self._answer_for((scope,))
            if token_answers.error_of(answer) in token_answers.SCOPES_REFUSED:
                continue
            token_answers.token_of(answer)
            granted.append(scope)
        if not granted:
            raise token_answers.no_scopes(refused, self._scopes)
        self._requested = tuple(granted)
        return await self._answer_for(self._requested)

    async def _answer_for(self, scopes: tuple[str, ...]) -> Answer:
        """Request a token for some scopes, and repeat it where another assertion, nonce or time may help.

        Returns:
            The answer: a token, or the refusal of the scopes.

        Raises:
            OktaError: Okta refused the request for another reason.
        """
        sender, answer, clock_corrected = self._token_sender, None, False
        for _ in range(MOST_ROUNDS):
            ahead = sender.clock.ahead
            answer = await self._post(scopes)
            clock_moved = abs(sender.clock.ahead - ahead)
            await self._store_nonce(answer.headers.get("dpop-nonce", ""))
            error = token_answers.error_of(answer)
            if not error or error in token_answers.SCOPES_REFUSED:
                return answer
            if (error == "invalid_dpop_proof" and not self._dpop) or (error == "use_dpop_nonce" and self._prover.nonce):
                self._dpop = True
            elif (
                error in {"invalid_client", "invalid_dpop_proof"}
                and clock_moved > CLOCK_TOLERANCE
                and not clock_corrected
            ):
                clock_corrected = True
            else:
                break
        if answer is None:
            raise AssertionError
        raise token_answers.refusal_of(answer, ahead=sender.clock.ahead)

    async def _store_nonce(self, nonce: str) -> None:
        if nonce and nonce != self._prover.nonce:
            self._prover.nonce = nonce
            await asyncio.to_thread(self.on_nonce, nonce)

    async def _post(self, scopes: tuple[str, ...]) -> Answer:
        """Send the request; after a rate limit, a lost answer or a fault, send it again with a new assertion."""
        sender, waited, lost = self._token_sender, 0.0, 0
        began = sender.clock.monotonic()
        while True:
            try:
                answer = await sender.post(self._request(scopes))
                token_answers.check_acted(answer)
            except RateLimited as error:
                waited += max(1.0, error.lifts_in)
                if waited > LONGEST_WAIT:
                    raise
                await sender.wait(max(1.0, error.lifts_in))
            except TlsFailed:
                raise
            except (NotReached, AnswerLost, OktaDown):
                lost += 1
                if lost >= MOST_LOST_ANSWERS or sender.clock.monotonic() - began - waited >= LONGEST_UNANSWERED:
                    raise
                await sender.clock.sleep(0.2 * 2**lost * (0.5 + sender.clock.jitter()))
            else:
                return answer

    def _request(self, scopes: tuple[str, ...]) -> httpx.Request:
        """Build a token request with a new assertion; in a method of its own, so that no traceback holds its parts."""
        sender = self._token_sender
        now = int(sender.clock.time()) - BACKDATED_BY
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": sender.url,
            "iat": now,
            "exp": now + ASSERTION_LIFETIME,
            "jti": uuid.uuid4().hex,
        }
        fields = {
            "grant_type": "client_credentials",
            "scope": " ".join(scopes),
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._key.sign(claims, {"kid": self._key_id}),
        }
        headers = {}
        if self._dpop:
            headers["dpop"] = self._prover.proof("POST", sender.url, sender.clock.time(), nonce=self._prover.nonce)
        return sender.request(urlencode(fields).encode("ascii"), headers)

    def __repr__(self) -> str:
        """Return a text without key and token."""
        return f"ServiceApp({self.client_id})"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled, so that no secret gets into a file."""
        raise TypeError("credentials are not serialised")


__all__ = ["TOKEN_PATH", "BadClient", "Granted", "ServiceApp", "holds"]
