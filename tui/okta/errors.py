"""The errors of requests to Okta, each with a title and advice that an agent can act on.

OktaError
├── Refused              keydesk's own guard stopped the request
│   ├── SwitchedOff      an admin has switched off what would allow it (in tui/okta/policy.py, which knows capabilities)
│   └── ByGroupsOnly     it is about apps, and the connector gives software by groups only (in tui/okta/policy.py)
├── NotReached           nothing was sent: no network, no name, TLS
│   └── TlsFailed
├── AnswerLost           it was sent, and there was no answer: the outcome of a write is unknown
├── NotAnOrg             another server than Okta answered
├── Unreadable           Okta's answer could not be decoded
├── TooMuch              an answer, or a list, that does not end within keydesk's bounds
└── Answered             Okta answered with an error status
    ├── BadToken         401: wrong, expired or revoked
    ├── BadClient        the token endpoint does not accept the client, its key or the assertion
    ├── NoScopes         the token endpoint grants none of the scopes asked for
    ├── FeatureOff       401 E0000015: not in this org; the token is fine
    ├── MissingScope     403 with an empty body; the header names the scope
    ├── MissingRole      403 E0000006: the admin role does not allow it for this person
    ├── WrongState       the person is not in a state that allows it
    ├── NotFound         404
    ├── BadRequest       400 and the like: keydesk's request was wrong
    ├── Unsupported      501: Okta does not offer it
    ├── RateLimited      429 for longer than keydesk waits
    └── OktaDown         5xx
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tui.patterns import late_pattern
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST: Final = 1500
"""Characters of a text from outside that are kept, about a screenful; the rest is said to be cut."""
MOST_LINES: Final = 20
_LONGEST_CODE: Final = 100
_WORD_AT_THE_END: Final = late_pattern(r"[\w.~+/=-]{1,5000}\Z", re.ASCII)


def clipped(text: str, most: int = LONGEST) -> str:
    """Return a text from outside, no longer than a screenful; of a longer one the end says how much was cut.

    It is never cut within a word: half of a token that an answer repeats would not be found by `conceal`.

    Args:
        text: The text.
        most: The most characters.
    """
    lines = text[: most + 1].splitlines(keepends=True)
    kept = "".join(lines[:MOST_LINES])[:most]
    if len(kept) == len(text):
        return text
    kept = _WORD_AT_THE_END.sub("", kept).rstrip()
    return f"{kept} … (cut: {len(text) - len(kept):,} more characters)".lstrip()


class OktaError(Trouble):
    """An expected failure of a request to Okta.

    Attributes:
        request_id: Okta's id of the request, or keydesk's own where Okta did not answer; for support.
        sent: Whether the request may have reached Okta; after `False` certainly nothing was changed.
    """

    title = "Okta could not be asked"
    sent: bool = False

    def __init__(
        self,
        title: str | None = None,
        *,
        advice: str | None = None,
        detail: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(title and clipped(title), advice=advice, detail=clipped(detail))
        self.request_id = request_id

    def conceal(self, redact: Callable[[str], str]) -> None:
        """Remove secrets that an answer has repeated."""
        self.title, self.detail, self.request_id = (redact(text) for text in (self.title, self.detail, self.request_id))
        self.args = (self.title,)

    def __str__(self) -> str:
        """Return the text of `Trouble`, and the request id for support."""
        text = super().__str__()
        return f"{text} [request {self.request_id}]" if self.request_id else text


class Refused(OktaError):
    """keydesk's own guard stopped the request; nothing was sent."""

    title = "keydesk did not send this"
    advice = "Nothing was sent to Okta."


class NotReached(OktaError):
    """There was no connection, so nothing was sent."""

    title = "Okta cannot be reached"
    advice = "Check the network, VPN and the org address, then try again. Nothing was sent."


class TlsFailed(NotReached):
    """The connection is not trusted; nothing was sent."""

    title = "The connection to Okta is not trusted"
    advice = (
        "A proxy that inspects traffic may be in between: set SSL_CERT_FILE to your company's CA bundle. "
        "keydesk never switches certificate checks off."
    )


class AnswerLost(OktaError):
    """The request was sent and there was no complete answer; whether Okta acted on it is unknown."""

    title = "Okta's answer was lost"
    advice = "Whether Okta acted is unknown. keydesk does not send it again; look at the person's state."
    sent = True

    @classmethod
    def of_read(cls, why: str, *, detail: str = "") -> AnswerLost:
        """Return the error of a read: it changes nothing, so nothing about the org is unknown.

        Args:
            why: What happened to the answer, as a title.
            detail: Facts for support.
        """
        return cls(why, advice="keydesk only asked, so nothing was changed. Try again.", detail=detail)


SIGN_IN_FIRST: Final = "Open a web page in a browser on this machine, sign in where it asks for it"


class NotAnOrg(OktaError):
    """Another server than an Okta org answered: a web site, a proxy, another service."""

    title = "This address is not an Okta org"
    advice = "Check the org address, such as https://acme.okta.com; a proxy or sign-in page may be answering instead."
    sent = True

    @classmethod
    def between(cls, because: str, *, detail: str = "", request_id: str = "") -> NotAnOrg:
        """Return the error for an answer that can only come from something on the way to the org.

        Args:
            because: Why only that is possible, as a sentence.
            detail: What came back, in a few words.
            request_id: Okta's id of the request, or keydesk's own.
        """
        return cls(
            "Something between keydesk and Okta answered",
            advice=f"{because} A firewall, a proxy or the sign-in page of a network or VPN is in between now. "
            f"{SIGN_IN_FIRST}, and try again.",
            detail=detail,
            request_id=request_id,
        )

    @classmethod
    def either(cls, came_back: str, *, detail: str = "", request_id: str = "") -> NotAnOrg:
        """Return the error for an answer as sign-in pages of networks give it, from an address that nobody has proven.

        Args:
            came_back: What came back, as the end of a sentence.
            detail: The same, shorter.
            request_id: The id that keydesk gave the request.
        """
        return cls(
            "Something between keydesk and Okta answered, or this is not an Okta org",
            advice=f"What came back is {came_back}. If the address is right, it is from the sign-in page of a network, "
            f"VPN or proxy. {SIGN_IN_FIRST}, and try again. Else correct the address, such as https://acme.okta.com.",
            detail=detail,
            request_id=request_id,
        )


class Unreadable(OktaError):
    """Okta's answer is not as documented."""

    title = "Okta's answer could not be read"
    advice = "Try again; if it stays, give the request id to whoever looks after keydesk."
    sent = True


class TooMuch(OktaError):
    """An answer, or a list, does not end within keydesk's bounds; after a write it is unknown whether Okta acted."""

    title = "Okta's answer is too large to be one"
    advice = (
        "keydesk stopped reading, to keep this machine usable. Something else than Okta may be answering: ask "
        "your network team, and give the request id to whoever looks after keydesk."
    )
    sent = True


class Answered(OktaError):
    """Okta answered with an error status.

    Attributes:
        status: The HTTP status.
        code: Okta's error code such as `E0000007`, or OAuth's error name; empty where the body had none.
        summary: Okta's own sentence; untrusted text.
    """

    title = "Okta refused the request"
    advice = "Give the request id to whoever looks after this connector."
    sent = True

    def __init__(
        self,
        title: str | None = None,
        *,
        status: int = 0,
        code: str = "",
        summary: str = "",
        advice: str | None = None,
        request_id: str = "",
    ) -> None:
        code, summary = clipped(code, _LONGEST_CODE), clipped(summary)
        detail = " ".join(part for part in (str(status or ""), code, summary) if part)
        super().__init__(title, advice=advice, detail=detail, request_id=request_id)
        self.status = status
        self.code = code
        self.summary = summary

    def conceal(self, redact: Callable[[str], str]) -> None:
        """Remove secrets that an answer has repeated."""
        super().conceal(redact)
        self.code, self.summary = redact(self.code), redact(self.summary)


class BadToken(Answered):
    """401: the credentials are wrong, expired or revoked."""

    title = "Okta does not accept keydesk's credentials"
    why = (
        "The token is wrong, revoked, was idle for 30 days, or is used outside the network zone that it is limited to."
    )
    renewal = "An admin can set a new one with `keydesk connectors rotate`."
    advice = f"{why} {renewal}"
    field = "api_token"


class BadClient(Answered):
    """The token endpoint does not accept the client (Okta: "OAuth 2.0 and OpenID Connect", invalid_client).

    Attributes:
        field: The input that is to blame, by its name in the form and the profile.
    """

    title = "Okta does not accept this service app"
    advice = "Check the client id, the key id and the private key of this connector."
    field = "client_id"

    def __init__(
        self,
        title: str | None = None,
        *,
        field: str = "client_id",
        advice: str | None = None,
        summary: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(title, status=401, summary=summary, advice=advice, request_id=request_id)
        self.field = field


class NoScopes(Answered):
    """None of the scopes asked for is granted to the service app.

    Attributes:
        scopes: The scopes asked for.
    """

    title = "The service app has none of the scopes that keydesk needs"

    def __init__(
        self, scopes: tuple[str, ...] = (), *, code: str = "", summary: str = "", request_id: str = ""
    ) -> None:
        advice = f"A super admin grants them on the app's “Okta API Scopes” tab: {', '.join(scopes)}."
        super().__init__(status=400, code=code, summary=summary, advice=advice, request_id=request_id)
        self.scopes = scopes


class FeatureOff(Answered):
    """401 E0000015, or an endpoint that this org does not have; the credentials are valid."""

    title = "This org does not have that feature"
    advice = "The rest of keydesk works without it."


class MissingScope(Answered):
    """403 `insufficient_scope`: the service app was not granted the scope.

    Attributes:
        scope: The scope that Okta names as missing, such as `okta.logs.read`; empty where it names none.
    """

    title = "keydesk lacks a scope"
    advice = "A super admin can grant it on the app's “Okta API Scopes” tab."

    def __init__(self, *, scope: str = "", status: int = 403, request_id: str = "") -> None:
        scope = clipped(scope, _LONGEST_CODE)
        title = f"keydesk lacks the scope {scope}" if scope else None
        super().__init__(title, status=status, request_id=request_id)
        self.scope = scope

    def conceal(self, redact: Callable[[str], str]) -> None:
        """Remove secrets that an answer has repeated."""
        super().conceal(redact)
        self.scope = redact(self.scope)


class MissingRole(Answered):
    """403 E0000006: the scope is granted, but the admin role does not allow this."""

    title = "keydesk's admin role does not allow this"
    advice = (
        "The role of keydesk's account lacks this right, or does not cover this person; "
        "only a super admin may act on a super admin."
    )


class WrongState(Answered):
    """403 E0000032, E0000038 and similar codes: not possible in the person's current state."""

    title = "The person's state does not allow this any more"
    advice = "Someone or something changed it meanwhile. Read the person again to see the state now."


class NotFound(Answered):
    """404: it does not exist, or is outside what keydesk's role may read."""

    title = "Okta does not have this any more"
    advice = "It was deleted, or is outside what keydesk's role may see. Search again."


class BadRequest(Answered):
    """400 and other client errors, which keydesk's requests should not cause."""

    title = "Okta did not understand the request"


def asks_too_much(error: BaseException) -> bool:
    """Whether a search may work in a simpler form.

    Okta answers E0000031 to an expression that it does not take, also to one that is too complex, and 500 to a search
    that runs out of time (Okta: "Error codes"; "List all users").
    """
    if isinstance(error, BadRequest):
        return error.code == "E0000031" or (error.status == 400 and "complex" in error.summary.lower())  # noqa: PLR2004
    return isinstance(error, OktaDown) and error.status == 500  # noqa: PLR2004


class Unsupported(Answered):
    """501, such as E0000060: Okta does not offer it, here or for this target; it certainly did not act."""

    title = "Okta does not offer this"
    advice = "Trying again does not help: it is not possible in this org, or for what it was aimed at."


class RateLimited(Answered):
    """429, and the limit lasts longer than the request may wait.

    Attributes:
        lifts_in: The seconds until the limit lifts, by the server's own clock.
    """

    title = "Okta's rate limit is used up"
    advice = "Wait for it to lift and try again. Nothing was changed."
    sent = False  # Okta did not act on it

    def __init__(self, *, lifts_in: float = 0.0, code: str = "E0000047", request_id: str = "") -> None:
        title = f"Okta's rate limit is used up for {max(1, round(lifts_in))} s" if lifts_in else None
        super().__init__(title, status=429, code=code, request_id=request_id)
        self.lifts_in = lifts_in


class OktaDown(Answered):
    """5xx: a fault or maintenance on Okta's side. For a write the outcome is unknown."""

    title = "Okta has a fault of its own"
    advice = "See status.okta.com and try again in a minute."
