"""An HTTP answer of Okta, and the error that an answer other than a success stands for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from tui.discreet import Discreet
from tui.okta.decode import decode
from tui.okta.error_body import ApiError
from tui.okta.errors import (
    Answered,
    BadRequest,
    BadToken,
    FeatureOff,
    MissingRole,
    MissingScope,
    NotAnOrg,
    NotFound,
    OktaDown,
    RateLimited,
    Unreadable,
    Unsupported,
    WrongState,
)
from tui.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.okta.errors import OktaError

# Codes that say "not in this state" (Okta: "Error codes"); all are 403 but E0000001 from suspend and unsuspend.
WRONG_STATE: Final = frozenset({
    "E0000016", "E0000017", "E0000032", "E0000034", "E0000035", "E0000036", "E0000038", "E0000039", "E0000112",
    "E0000117",
})  # fmt: skip
# Server errors that are a plain no: Okta certainly did not act.
PLAIN_NO: Final = frozenset({"E0000010"})
_BY_STATUS_AND_CODE: Final[Mapping[tuple[int, str], type[Answered]]] = {
    (401, "E0000015"): FeatureOff,
    (403, "E0000005"): BadToken,  # "Invalid session": the credentials did not arrive
    (403, "E0000006"): MissingRole,
    (404, "E0000008"): FeatureOff,
}
_MOST_CAUSES: Final = 50
_SCOPE: Final = late_pattern(r'\bscope="([^"]*)"')

_REDIRECT: Final = late_pattern(r"https?://([A-Za-z0-9.-]{1,50})(?=[:/?#]|\Z)")
_READABLE: Final = late_pattern(r"[!-~]{1,100}")

UNSENT: Final = "nothing was sent"
"""The argument of a `CancelledError` whose request Okta certainly did not act on."""


class Answer(Discreet, frozen=True):
    """One complete HTTP answer.

    Attributes:
        status: The HTTP status.
        headers: The headers, with names in lower case; the values of a repeated header are joined by `, `.
        body: The body, decoded from any content encoding.
        request_id: Okta's `X-Okta-Request-Id`, or the id that keydesk gave the request.
        links: The values of the `Link` headers, one each.
    """

    hidden: ClassVar = frozenset({"headers", "body", "links"})
    status: int
    headers: Mapping[str, str]
    body: bytes
    request_id: str = ""
    links: tuple[str, ...] = ()

    @property
    def from_okta(self) -> bool:
        """Whether the answer carries the id that Okta puts on every one of its own."""
        return "x-okta-request-id" in self.headers

    @property
    def is_page(self) -> bool:
        """Whether the answer is a web page, such as proxies and sign-in portals send."""
        kind = self.headers.get("content-type", "").lower()
        return "html" in kind or self.body[:64].lstrip().lower().startswith((b"<!doctype", b"<html"))


def okta_request_id(headers: Mapping[str, str]) -> str:
    """Return Okta's `X-Okta-Request-Id`; empty where there is none, or one that is not short printable ASCII.

    It is shown, and sent back with a retry, so nothing else may be in it.
    """
    text = headers.get("x-okta-request-id", "")
    return text if _READABLE.fullmatch(text) else ""


def check(answer: Answer, *, lifts_in: float = 0.0, right: str = "") -> Answer:
    """Return a successful answer, and raise the error of any other.

    Args:
        answer: The answer.
        lifts_in: For a 429, the seconds until the limit lifts.
        right: Why the address is certainly that of an Okta org, as a sentence, so that another server's answer came
            from in between; empty while that is not known.

    Raises:
        OktaError: The most specific error class for the answer.
    """
    if 200 <= answer.status < 300 and not answer.is_page:  # noqa: PLR2004 - HTTP's success range
        return answer
    error = failure_of(answer, lifts_in=lifts_in)
    if isinstance(error, NotAnOrg) and not answer.from_okta:
        raise from_elsewhere(answer, error.detail, right)
    raise error


def from_elsewhere(answer: Answer, detail: str, right: str) -> NotAnOrg:
    """Return the error for an answer without Okta's id: of something in between, of another site, or of either.

    Args:
        answer: The answer.
        detail: What came back, in a few words.
        right: As for `check`.
    """
    ids = {"detail": detail, "request_id": answer.request_id}
    if right:
        return NotAnOrg.between(right, **ids)
    if answer.status == 407:  # noqa: PLR2004
        return NotAnOrg.between("The answer asks for the credentials of a proxy.", **ids)
    if answer.is_page and answer.status < 300:  # noqa: PLR2004
        return NotAnOrg.either("a web page in the place of Okta's data", **ids)
    if 300 <= answer.status < 400:  # noqa: PLR2004
        target = _REDIRECT.match(answer.headers.get("location", ""))
        return NotAnOrg.either(f"a redirect to {target[1] if target else 'a page of its own'}", **ids)
    return NotAnOrg(**ids)


def failure_of(answer: Answer, *, lifts_in: float = 0.0) -> OktaError:
    """Return the error that an answer stands for (Okta: "Error codes"); for 401 and 403 headers and body decide."""
    if failure := _failure_by_status(answer, lifts_in):
        return failure
    error = _body(answer)
    code = error.error_code or (error.error if answer.from_okta else None) or ""  # other services' answers have `error`
    challenge = answer.headers.get("www-authenticate", "")
    if answer.status == 403:  # noqa: PLR2004
        scope = _SCOPE.search(challenge)
        if "insufficient_scope" in challenge:
            return MissingScope(scope=scope[1] if scope else "", request_id=answer.request_id)
        if not answer.body.strip() and answer.from_okta:
            return MissingScope(request_id=answer.request_id)
    kind = _error_class(answer, code, challenge)
    if kind is None:
        return NotAnOrg(detail=str(answer.status), request_id=answer.request_id)
    causes = [cause.error_summary for cause in (error.error_causes or ())[:_MOST_CAUSES] if cause.error_summary]
    summary = " ".join([error.error_summary or error.oauth_description or "", *causes]).strip()
    return kind(status=answer.status, code=code, summary=summary, request_id=answer.request_id)


def _failure_by_status(answer: Answer, lifts_in: float) -> OktaError | None:
    """Return the error of a web page, a redirect or a rate limit, whatever the body says; `None` for other answers."""
    if answer.is_page and answer.status >= 500 and not answer.from_okta:  # noqa: PLR2004
        return OktaDown(
            "A gateway or proxy answered in Okta's place",
            status=answer.status,
            advice="It may be Okta's own gateway, or a firewall or proxy of your network. Try again in a minute, and "
            "see status.okta.com.",
            request_id=answer.request_id,
        )
    # Okta itself answers with a web page for an org that does not exist.
    if answer.is_page and answer.status < 500 and (not answer.from_okta or answer.status == 404):  # noqa: PLR2004
        return NotAnOrg(detail=f"{answer.status}, a web page", request_id=answer.request_id)
    if answer.is_page and answer.status < 300:  # noqa: PLR2004
        return Unreadable(detail="a web page", request_id=answer.request_id)
    if 300 <= answer.status < 400:  # noqa: PLR2004
        return NotAnOrg(
            "The org address answers with a redirect", detail=str(answer.status), request_id=answer.request_id
        )
    if answer.status == 429:  # noqa: PLR2004
        return RateLimited(lifts_in=lifts_in, request_id=answer.request_id)
    return None


def _error_class(answer: Answer, code: str, challenge: str) -> type[Answered] | None:
    """Return the class of an error answer by its status and code; `None` where another server than Okta sent it."""
    status = answer.status
    if status == 501 and (code or answer.from_okta):  # noqa: PLR2004
        return Unsupported
    if status >= 500:  # noqa: PLR2004
        return OktaDown
    if kind := _BY_STATUS_AND_CODE.get((status, code)):
        return kind
    if status == 401 and (code or "invalid_token" in challenge or answer.from_okta):  # noqa: PLR2004
        return BadToken
    if code in WRONG_STATE:
        return WrongState
    if status == 404 and (code or answer.from_okta):  # noqa: PLR2004
        return NotFound
    if status >= 400 and code:  # noqa: PLR2004
        return BadRequest
    return Answered if answer.from_okta else None


def unsent(error: BaseException) -> bool:
    """Whether a request was cancelled while it waited for a limit or a token, so that it certainly changed nothing."""
    return isinstance(error, asyncio.CancelledError) and error.args == (UNSENT,)


def acted(error: OktaError) -> bool | None:
    """Whether Okta acted on a write that ended in this error: `False` for certainly not, `None` for unknown."""
    if not error.sent:
        return False
    if isinstance(error, OktaDown):
        return False if error.code in PLAIN_NO else None
    return False if isinstance(error, Answered) else None


def _body(answer: Answer) -> ApiError:
    try:
        return decode(answer.body, ApiError) if answer.body.strip() else ApiError()
    except Unreadable:
        return ApiError()
