"""OAuth 2.0 client credentials with a private-key JWT: gets, keeps and renews the access token; DPoP where asked.

Okta: "Implement OAuth for Okta with a service app". The token stays in memory; only the DPoP nonce, no secret, may be
kept elsewhere, so that the next start needs one token request and not two.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NoReturn
from urllib.parse import urlencode

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
LIVES: Final = 300
"""Seconds that an assertion is good for; Okta takes up to an hour."""
MARGIN: Final = 300.0
"""Seconds before its end at which a token is renewed."""
SKEW: Final = 2.0
"""Seconds by which the clocks may differ before a refusal is taken for their fault."""
BACK: Final = 60
"""Seconds by which an assertion is dated back, so that a local clock that is a little ahead costs no second request."""
ROUNDS: Final = 6
LOST: Final = 3
REMEMBERED: Final = 3
"""Tokens that are still taken out of what an answer echoes."""
PATIENCE: Final = 70.0
_JWT: Final = re.compile(r"eyJ[\w-]+\.[\w-]*(?:\.[\w-]*)*")


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
        return tuple(sorted(scope for scope in self.asked if not holds(self.scopes, scope)))


def holds(scopes: Collection[str], scope: str) -> bool:
    """Whether granted scopes hold one; a manage scope brings the matching read."""
    return scope in scopes or (scope.endswith(".read") and f"{scope.removesuffix('.read')}.manage" in scopes)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = field(repr=False)
    until: float
    dpop: bool


class ServiceApp:
    """A service app's credentials. One renewal at a time serves all requests that wait for it.

    Attributes:
        client_id: Of the app.
        granted: What the last token carries; `None` before the first.
        on_nonce: Told of each new nonce of the token endpoint, in a thread.
    """

    token_path: str | None = TOKEN_PATH

    def __init__(self, client_id: str, key_id: str, key: ClientKey, scopes: Iterable[str], *, nonce: str = "") -> None:
        """Take the credentials; nothing is sent.

        Args:
            client_id: Of the service app, `0oa…`.
            key_id: The `kid` of the public key at Okta.
            key: The private key.
            scopes: What to ask for.
            nonce: As `use_nonce`.

        Raises:
            BadInput: Client id or key id cannot be one, or they are swapped; the field says which.
        """
        client_id, key_id = client_id.strip(), key_id.strip()
        check_ids(client_id, key_id)
        self.client_id = client_id
        self.granted: Granted | None = None
        self.on_nonce: Callable[[str], None] = lambda _: None
        self._key_id = key_id
        self._key = key
        self._scopes = tuple(dict.fromkeys(scopes))
        self._asking = self._scopes
        self._dpop = False
        self._prover = Prover()
        self._sender: TokenRequests | None = None
        self._token: _Token | None = None
        self._had: tuple[_Token, ...] = ()
        self._renewal: asyncio.Task[_Token] | None = None
        self.use_nonce(nonce)

    def use_nonce(self, nonce: str) -> None:
        """Begin with a nonce that the token endpoint gave before, which also says that the app requires DPoP."""
        if nonce:
            self._dpop, self._prover.nonce = True, nonce

    def expect(self, granted: Collection[str]) -> None:
        """Begin with what was granted last time: where all or nothing is granted, that saves a request per scope."""
        self._asking = tuple(scope for scope in self._scopes if holds(granted, scope)) or self._scopes

    # -- the seam

    def attach(self, sender: TokenRequests) -> None:
        """Take what token requests are sent with."""
        self._sender = sender

    async def sign(self, request: httpx.Request) -> None:
        """Put the token, and with DPoP a fresh proof, on a request that is about to be sent."""
        token = await self._valid()
        request.headers["authorization"] = f"{'DPoP' if token.dpop else 'Bearer'} {token.text}"
        if token.dpop:
            path = request.url.raw_path.decode("ascii").partition("?")[0]
            url = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}{path}"
            request.headers["dpop"] = self._prover.proof(
                request.method, url, self._sent_by.now(), nonce=self._prover.resource_nonce, token=token.text
            )

    async def renew(self, request: httpx.Request, response: httpx.Response) -> bool:
        """Once more with another token, a nonce or a better clock, where that is what Okta refused."""
        challenge = response.headers.get("www-authenticate", "")
        if "use_dpop_nonce" in challenge and (nonce := response.headers.get("dpop-nonce")):
            self._prover.resource_nonce = nonce
            return True
        if "invalid_dpop_proof" in challenge:
            return self._sent_by.heard(response.headers) > SKEW
        if response.status_code != 401 or not token_answers.refuses_token(response.headers, response.content):  # noqa: PLR2004
            return False
        used = request.headers.get("authorization", "").partition(" ")[2]
        if self._token is not None and self._token.text == used:
            self._token = None  # else another request has renewed it already
        return True

    def redact(self, text: str) -> str:
        """Without tokens, assertions and proofs."""
        for token in self._had:
            text = text.replace(token.text, "…")
        return _JWT.sub("…", text)

    def blame(self, error: BadToken) -> None:
        """A new token was refused as well, so it is not a token that is to blame."""
        error.field = "client_id"
        error.advice = (
            "Okta refuses the access token that it has just given. Check that the service app is active and that the "
            "org's address is the one that the app belongs to, then try again."
        )

    # -- the token

    async def token(self) -> Granted:
        """Get a new token for all scopes, whatever was found missing before, and say what it may.

        Raises:
            BadClient: Okta does not accept the app, its key or the assertion; the field says which.
            NoScopes: None of the scopes is granted.
            OktaError: As any request.
        """
        while self._renewal is not None:  # it may ask for less
            with suppress(OktaError):
                await asyncio.shield(self._renewal)
        self._asking, self._token = self._scopes, None
        await self._valid()
        if self.granted is None:  # cannot be: a token was obtained
            raise AssertionError
        return self.granted

    @property
    def _sent_by(self) -> TokenRequests:
        if self._sender is None:
            raise AssertionError("a service app signs only within a client")
        return self._sender

    async def _valid(self) -> _Token:
        now = self._sent_by.clock.monotonic()
        token = self._token
        if token is not None and now < token.until - MARGIN:
            return token
        if self._renewal is None:
            self._renewal = asyncio.ensure_future(self._obtain())
            self._renewal.add_done_callback(self._renewed)
        try:
            return await asyncio.shield(self._renewal)
        except OktaError:
            if token is not None and token is self._token and now < token.until:
                return token  # it is still good for a while; the next request tries again
            raise

    def _renewed(self, renewal: asyncio.Task[_Token]) -> None:
        self._renewal = None
        if not renewal.cancelled():
            renewal.exception()  # all who waited may be gone

    async def _obtain(self) -> _Token:
        try:
            made = await self._asked()
        except OktaError as error:
            error.conceal(self.redact)
            raise
        dpop = made.token_type.lower() == "dpop"
        self.granted = Granted(frozenset(self._scopes), frozenset(made.scope.split() or self._asking), dpop)
        self._token = _Token(made.access_token, self._sent_by.clock.monotonic() + made.expires_in, dpop)
        self._had = (self._token, *self._had)[:REMEMBERED]
        return self._token

    async def _asked(self) -> token_answers.Token:
        answer = await self._ask(self._asking)
        if token_answers.error_of(answer) in token_answers.SCOPES_REFUSED:
            answer = await self._ask_for_less(answer)
        return token_answers.token_of(answer)

    async def _ask_for_less(self, refused: Answer) -> Answer:
        """Okta refused the whole request: find the scopes that it grants, by what it says or one by one."""
        named = token_answers.named_in(refused, self._asking)
        if rest := tuple(scope for scope in self._asking if named and scope not in named):
            answer = await self._ask(rest)
            if not token_answers.error_of(answer):
                self._asking = rest
                return answer
        granted = []
        for scope in self._scopes:
            answer = await self._ask((scope,))
            if token_answers.error_of(answer) in token_answers.SCOPES_REFUSED:
                continue
            token_answers.token_of(answer)
            granted.append(scope)
        if not granted:
            raise token_answers.no_scopes(refused, self._scopes)
        self._asking = tuple(granted)
        return await self._ask(self._asking)

    async def _ask(self, scopes: tuple[str, ...]) -> Answer:
        """One token request, answered as far as a new assertion, nonce or clock can get it.

        Returns:
            The token, or the refusal of the scopes.
        """
        sender, answer, clock_tried = self._sent_by, None, False
        for _ in range(ROUNDS):
            answer = await self._post(scopes)
            moved = sender.heard(answer.headers)
            await self._note_nonce(answer.headers.get("dpop-nonce", ""))
            error = token_answers.error_of(answer)
            if not error or error in token_answers.SCOPES_REFUSED:
                return answer
            if (error == "invalid_dpop_proof" and not self._dpop) or (error == "use_dpop_nonce" and self._prover.nonce):
                self._dpop = True
            elif error in {"invalid_client", "invalid_dpop_proof"} and moved > SKEW and not clock_tried:
                clock_tried = True
            else:
                break
        if answer is None:
            raise AssertionError
        raise token_answers.trouble_of(answer, ahead=sender.ahead)

    async def _note_nonce(self, nonce: str) -> None:
        if nonce and nonce != self._prover.nonce:
            self._prover.nonce = nonce
            await asyncio.to_thread(self.on_nonce, nonce)

    async def _post(self, scopes: tuple[str, ...]) -> Answer:
        """Send it; what Okta certainly did not act on, or what cost nothing, goes out again with a new assertion."""
        sender, waited, lost = self._sent_by, 0.0, 0
        while True:
            try:
                answer = await sender.post(self._request(scopes))
                token_answers.check_acted(answer)
            except RateLimited as error:
                waited += max(1.0, error.lifts_in)
                if waited > PATIENCE:
                    raise
                await sender.wait(max(1.0, error.lifts_in))
            except TlsFailed:
                raise
            except (NotReached, AnswerLost, OktaDown):
                lost += 1
                if lost >= LOST:
                    raise
                await sender.clock.sleep(0.2 * 2**lost * (0.5 + sender.clock.jitter()))
            else:
                return answer

    def _request(self, scopes: tuple[str, ...]) -> httpx.Request:
        """A token request with a new assertion; returned whole, so that no frame that may fail holds its parts."""
        sender = self._sent_by
        now = int(sender.now()) - BACK
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": sender.url,
            "iat": now,
            "exp": now + LIVES,
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
            headers["dpop"] = self._prover.proof("POST", sender.url, sender.now(), nonce=self._prover.nonce)
        return sender.request(urlencode(fields).encode("ascii"), headers)

    def __repr__(self) -> str:
        """Never the key or the token."""
        return f"ServiceApp({self.client_id})"

    def __reduce__(self) -> NoReturn:
        """Never pickled."""
        raise TypeError("credentials are not serialised")


__all__ = ["TOKEN_PATH", "BadClient", "Granted", "ServiceApp", "holds"]
