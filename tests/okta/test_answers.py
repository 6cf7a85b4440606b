"""Every answer that is not a success becomes the trouble that an agent can act on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.conftest import FakeClock
from tests.each import each
from tests.okta.support import (
    ALL_ENDPOINTS,
    REQUEST_ID,
    UNLOCK,
    USER,
    approved,
    client_of,
    cut,
    limits,
    line,
    okta,
    trouble,
)
from tui.okta import answers, errors
from tui.okta.answers import acted
from tui.okta.auth import ApiToken
from tui.okta.calls import OWN_ID
from tui.okta.client import OktaClient
from tui.okta.errors import (
    Answered,
    AnswerLost,
    BadClient,
    BadRequest,
    BadToken,
    FeatureOff,
    MissingRole,
    MissingScope,
    NoScopes,
    NotAnOrg,
    NotFound,
    NotReached,
    OktaDown,
    OktaError,
    RateLimited,
    Refused,
    TlsFailed,
    TooMuch,
    Unreadable,
    Unsupported,
    WrongState,
)
from tui.okta.policy import Mode, Policy

if TYPE_CHECKING:
    from tests.okta.support import Scripted

PAGE = {"content-type": "text/html;charset=utf-8"}
SCOPE = (
    'Bearer authorization_uri="http://acme.okta.com/oauth2/v1/authorize", realm="http://acme.okta.com", '
    'scope="okta.logs.read", error="insufficient_scope", '
    'error_description="The access token provided does not contain the required scopes.", resource="/api/v1/logs"'
)
DPOP = f'DPoP algs="RS256 RS384 RS512 ES256 ES384 ES512", {SCOPE.removeprefix("Bearer ")}'
EXPIRED = 'Bearer realm="x", error="invalid_token", error_description="The token has expired."'


def html(status: int, *, okta_id: str | None = None, text: str = "<!DOCTYPE html><html>Sign in") -> httpx.Response:
    headers = PAGE | ({"x-okta-request-id": okta_id} if okta_id else {})
    return httpx.Response(status, headers=headers, text=text)


def other(status: int, body: object) -> httpx.Response:
    """JSON from something that is not Okta."""
    return okta(body, status, request_id=None)


@dataclass(frozen=True)
class Case:
    """One answer, the class it must become, and whether a change that ended so took place."""

    says: str
    answer: Scripted
    kind: type[OktaError]
    took_place: bool | None
    more: dict[str, object] = field(default_factory=dict)


NO, UNKNOWN = False, None
LOGS: dict[str, object] = {"scope": "okta.logs.read"}
CASES = [
    Case("bad token", trouble(401, "E0000011"), BadToken, NO, {"code": "E0000011", "status": 401}),
    Case("authentication failed", trouble(401, "E0000004"), BadToken, NO),
    Case("credentials that did not arrive", trouble(403, "E0000005", "Invalid session"), BadToken, NO),
    Case("expired bearer", okta(None, 401, headers={"www-authenticate": EXPIRED}), BadToken, NO),
    Case("empty 401 from Okta", okta(None, 401), BadToken, NO),
    Case("feature off", trouble(401, "E0000015"), FeatureOff, NO, {"code": "E0000015"}),
    Case("unknown endpoint", trouble(404, "E0000008"), FeatureOff, NO),
    *(
        Case(f"scope by {asked[:6]}", okta(None, 403, headers={"www-authenticate": asked}), MissingScope, NO, LOGS)
        for asked in (SCOPE, DPOP)
    ),
    Case("empty 403 from Okta", okta(None, 403), MissingScope, NO, {"scope": ""}),
    Case("role", trouble(403, "E0000006"), MissingRole, NO),
    *(
        Case(f"state {code}", trouble(403, code), WrongState, NO, {"code": code})
        for code in ("E0000016", "E0000032", "E0000034", "E0000036", "E0000038", "E0000039", "E0000117")
    ),
    Case("not found", trouble(404, "E0000007", "Not found: Resource not found: 00u1 (User)"), NotFound, NO),
    Case("another 404 of Okta", trouble(404, "E0000163"), NotFound, NO),
    Case("empty 404 from Okta", okta(None, 404), NotFound, NO),
    Case("validation", trouble(400, "E0000001"), BadRequest, NO),
    Case("rules being reconciled", trouble(423, "E0000239"), BadRequest, NO),
    Case("OAuth", okta({"error": "invalid_dpop_proof"}, 400), BadRequest, NO, {"code": "invalid_dpop_proof"}),
    Case("a no without a word", okta(None, 418), Answered, NO),
    Case("minute", trouble(429, "E0000047", headers=limits(10, 0, resets_in=90)), RateLimited, NO, {"lifts_in": 91.0}),
    Case("fault", trouble(500, "E0000009"), OktaDown, UNKNOWN, {"code": "E0000009"}),
    Case("fault without a body", okta(None, 503), OktaDown, UNKNOWN),
    Case("fault with a page", html(503, okta_id="x"), OktaDown, UNKNOWN),
    Case("a gateway's page", html(502), OktaDown, UNKNOWN),
    Case("org read-only", trouble(503, "E0000010"), OktaDown, NO),
    Case("unsupported", trouble(501, "E0000060"), Unsupported, NO, {"code": "E0000060"}),
    Case("unsupported without a body", okta(None, 501), Unsupported, NO),
    Case("a gateway's 501", html(501), OktaDown, UNKNOWN),
    Case("portal 200", html(200), NotAnOrg, UNKNOWN),
    Case("portal 302", okta(None, 302, request_id=None, headers={"location": "/login"}), NotAnOrg, UNKNOWN),
    Case("portal 302 page", html(302), NotAnOrg, UNKNOWN),
    Case("proxy 403", html(403), NotAnOrg, UNKNOWN),
    Case("proxy 407", httpx.Response(407), NotAnOrg, UNKNOWN),
    Case("nobody 404", html(404), NotAnOrg, UNKNOWN),
    Case("no such org at Okta", html(404, okta_id="x"), NotAnOrg, UNKNOWN),
    Case("a page without a type", httpx.Response(200, content=b"\n <html>"), NotAnOrg, UNKNOWN),
    Case("a redirect of Okta", okta(None, 308, headers={"location": "https://new.okta.com"}), NotAnOrg, UNKNOWN),
    Case("another service's 401", other(401, {"status": 401, "error": "Unauthorized"}), NotAnOrg, UNKNOWN),
    Case("another service's 404", other(404, {"message": "no route"}), NotAnOrg, UNKNOWN),
    Case("another service's 403", httpx.Response(403), NotAnOrg, UNKNOWN),
    Case("a page of Okta", html(200, okta_id="x"), Unreadable, UNKNOWN),
    Case("lost", httpx.ReadTimeout("too slow"), AnswerLost, UNKNOWN),
    Case("cut", cut(), AnswerLost, UNKNOWN),
    Case("no network", httpx.ConnectError("[Errno -2] Name or service not known"), NotReached, NO),
    Case("proxy's certificate", httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"), TlsFailed, NO),
]


def sound(error: OktaError) -> None:
    """What holds for every trouble that the client raises."""
    assert error.title
    assert not error.title.endswith((".", "!", " "))
    assert error.advice.endswith(".")
    assert error.request_id
    assert str(error).startswith(error.title)
    assert error.request_id in str(error)


@each("case", CASES, ids=lambda case: case.says)
@each("call", [USER, UNLOCK])
async def test_an_answer_becomes_the_trouble_that_it_stands_for(case: Case, call: object) -> None:
    clock = FakeClock()
    client = client_of(line(case.answer), clock)
    chosen = UNLOCK if call == UNLOCK else USER
    with pytest.raises(OktaError) as caught:
        await client.send(chosen, approval=approved(chosen), patience=60)
    error = caught.value
    assert type(error) is case.kind
    assert {name: getattr(error, name) for name in case.more} == case.more
    assert acted(error) is case.took_place
    sound(error)


UNREADABLE = [
    b"",
    b"{",
    b'{"id":"00u1","status":"ACTI',
    b"not JSON",
    b"[]",
    b"null",
    b"7",
    b'{"status":"ACTIVE"}',
    b'{"id":""}',
    b'{"id":null}',
    b'{"id":7}',
    b'{"id":["00u1"]}',
    b"\xff\xfe\xfa",
    b"[" * 100_000,
    b'{"id":"00u1","profile":' + b'{"a":' * 100_000,
]


@each("body", UNREADABLE, ids=lambda body: ascii(body)[:40])
async def test_an_answer_that_is_no_person_is_unreadable(body: bytes) -> None:
    clock = FakeClock()
    from_okta = httpx.Response(200, headers={"x-okta-request-id": REQUEST_ID}, content=body)
    with pytest.raises(Unreadable) as caught:
        await client_of(line(from_okta), clock).user("00u1")
    sound(caught.value)
    assert caught.value.request_id == REQUEST_ID
    with pytest.raises(NotAnOrg) as elsewhere:  # the same without Okta's id comes from something else
        await client_of(line(httpx.Response(200, content=body)), clock).user("00u1")
    sound(elsewhere.value)


@pytest.mark.parametrize("body", [b"{}", b'[{"id":"00u1"},{"status":"ACTIVE"}]', b"[null]", b'[[{"id":"00u1"}]]'])
async def test_a_list_that_is_none_of_people_is_unreadable(body: bytes, clock: FakeClock) -> None:
    from_okta = httpx.Response(200, headers={"x-okta-request-id": REQUEST_ID}, content=body)
    with pytest.raises(Unreadable):
        await anext(aiter(client_of(line(from_okta), clock).users()))


async def test_what_keydesk_refuses_has_an_id_too(clock: FakeClock) -> None:
    client = client_of(line(), clock, mode=Mode.READ_ONLY)
    with pytest.raises(Refused) as caught:
        await client.send(UNLOCK, approval=approved(UNLOCK))
    sound(caught.value)
    assert acted(caught.value) is False


@pytest.mark.parametrize("given", [None, "", REQUEST_ID])
async def test_there_is_always_a_request_id(given: str | None, clock: FakeClock) -> None:
    answer = await client_of(line(okta({}, request_id=given)), clock).send(USER)
    assert len(answer.request_id.removeprefix(OWN_ID)) == 32
    assert answer.request_id.startswith(OWN_ID) is not (given == REQUEST_ID)
    assert (answer.request_id == REQUEST_ID) == (given == REQUEST_ID)
    with pytest.raises(OktaDown) as caught:
        await client_of(line(okta({}, 500, request_id=given)), clock).send(USER)
    sound(caught.value)


async def test_okta_is_quoted_with_its_causes(clock: FakeClock) -> None:
    body = {
        "errorCode": "E0000001",
        "errorSummary": "Api validation failed: login",
        "errorCauses": [{"errorSummary": "login: too short"}, None, {"errorSummary": None}, {"errorSummary": "odd"}],
    }
    with pytest.raises(BadRequest) as caught:
        await client_of(line(okta(body, 400)), clock).send(USER)
    assert caught.value.summary == "Api validation failed: login login: too short odd"
    assert "400 E0000001 Api validation failed" in str(caught.value)


async def test_oauths_words_are_quoted_too(clock: FakeClock) -> None:
    body = {"error": "use_dpop_nonce", "error_description": "Authorization server requires nonce in DPoP proof."}
    with pytest.raises(BadRequest) as caught:
        await client_of(line(okta(body, 400)), clock).send(USER)
    assert (caught.value.code, caught.value.summary) == ("use_dpop_nonce", body["error_description"])


@pytest.mark.parametrize(
    "body", [b"\xff", b"[1]", b'{"errorCode":7,"errorCauses":"x"}', b'{"errorCode":' + b"[" * 99_999], ids=len
)
async def test_an_error_in_no_known_shape_is_still_an_error(body: bytes, clock: FakeClock) -> None:
    answer = httpx.Response(404, headers={"x-okta-request-id": REQUEST_ID}, content=body)
    with pytest.raises(NotFound):
        await client_of(line(answer), clock).send(USER)


async def test_a_missing_scope_is_named_in_the_title(clock: FakeClock) -> None:
    with pytest.raises(MissingScope, match=r"lacks the scope okta\.logs\.read"):
        await client_of(line(okta(None, 403, headers={"www-authenticate": SCOPE})), clock).send(USER)


def test_a_certificate_is_never_waved_through() -> None:
    assert "never switches certificate checks off" in TlsFailed.advice


def members(kind: type[OktaError]) -> list[type[OktaError]]:
    below = (below for below in kind.__subclasses__() if below.__module__ == errors.__name__)
    return [kind, *(member for one in below for member in members(one))]


@each("kind", members(OktaError), ids=lambda kind: kind.__name__)
def test_each_member_of_the_tree_has_words_for_the_desk(kind: type[OktaError]) -> None:
    error = kind()
    assert error.title
    assert not error.title.endswith(".")
    assert "\n" not in error.title
    if kind is not OktaError:
        assert error.advice.endswith(".")
        assert kind.__name__ in (errors.__doc__ or "")


def test_every_member_of_the_tree_is_reached() -> None:
    reached = {case.kind for case in CASES} | {Refused, Unreadable, OktaError}
    reached |= {TooMuch}  # of no status: tests/okta/test_bounds.py
    reached |= {BadClient, NoScopes}  # of the token endpoint: tests/okta/test_token_answers.py
    assert set(members(OktaError)) == reached


@each("code", sorted(answers.WRONG_STATE))
def test_a_wrong_state_is_one_whatever_the_status(code: str) -> None:
    for status in (400, 403, 409):
        answer = answers.Answer(status, {"x-okta-request-id": "x"}, b'{"errorCode":"%s"}' % code.encode(), "x")
        assert isinstance(answers.failure_of(answer), WrongState)


BETWEEN = [
    html(200),
    html(403),
    html(511),
    httpx.Response(200, content=b"\n <html>"),
    okta(None, 302, request_id=None, headers={"location": "https://portal.example/login"}),
    httpx.Response(407),
    other(403, {"message": "blocked by policy"}),
    httpx.Response(200, json={"ok": True}),
]


@each("answer", BETWEEN, ids=lambda answer: answer.status_code)
@each("call", [USER, UNLOCK])
async def test_a_page_of_another_server_is_no_wrong_address_once_okta_has_answered(
    answer: httpx.Response, call: object
) -> None:
    clock = FakeClock()
    client = client_of(line(okta({"id": "00u1"}), answer), clock)
    await client.user("00u1")
    with pytest.raises(OktaError) as caught:
        await (client.send(UNLOCK, approval=approved(UNLOCK)) if call == UNLOCK else client.user("00u1"))
    told = str(caught.value)
    sound(caught.value)
    assert acted(caught.value) is UNKNOWN
    assert "not an Okta org" not in told
    assert "fault of its own" not in told
    assert "between keydesk and Okta" in told or "in Okta's place" in told


@each("answer", BETWEEN, ids=lambda answer: answer.status_code)
async def test_on_the_first_request_too_for_an_address_in_okta_s_own_domain(answer: httpx.Response) -> None:
    with pytest.raises(OktaError) as caught:
        await client_of(line(answer), FakeClock()).well_known()
    sound(caught.value)
    assert "not an Okta org" not in str(caught.value)
    assert "between keydesk and Okta" in str(caught.value) or "in Okta's place" in str(caught.value)
    assert "has answered from it before" not in str(caught.value)


@each(
    ("answer", "told"),
    [
        (html(200), ("Something between", "or this is not an Okta org", "a web page", "sign in where it asks for it")),
        (BETWEEN[4], ("Something between", "or this is not an Okta org", "a redirect to portal.example")),
        (
            okta(None, 303, request_id=None, headers={"location": "https://a b;[31m/"}),
            ("Something between", "a redirect to a page of its own"),
        ),
        (httpx.Response(407), ("Something between keydesk and Okta answered", "credentials of a proxy")),
        (html(404), ("not an Okta org", "Check the org address")),
        (other(404, {"message": "no route"}), ("not an Okta org", "Check the org address")),
        (okta(None, 308, headers={"location": "https://new.okta.com"}), ("redirect", "Check the org address")),
    ],
)
async def test_on_the_first_request_of_another_address_both_are_possible(
    answer: httpx.Response, told: tuple[str, ...]
) -> None:
    policy = Policy("https://login.acme.example", endpoints=ALL_ENDPOINTS)
    client = OktaClient(policy, ApiToken("00abc"), clock=FakeClock(), transport=line(answer))
    with pytest.raises(NotAnOrg) as caught:
        await client.well_known()
    for words in told:
        assert words in str(caught.value), (words, str(caught.value))
    sound(caught.value)


async def test_what_okta_itself_says_of_the_address_is_still_believed(clock: FakeClock) -> None:
    client = client_of(line(okta({"id": "00u1"}), html(404, okta_id="x")), clock)
    await client.user("00u1")
    with pytest.raises(NotAnOrg, match="not an Okta org"):
        await client.user("00u1")


async def test_what_okta_does_not_offer_is_said_once_and_not_as_a_fault(clock: FakeClock) -> None:
    wire = line(trouble(501, "E0000060", "Unsupported operation."))
    with pytest.raises(Unsupported, match="Okta does not offer this") as caught:
        await client_of(wire, clock).user("00u1")
    assert "Trying again does not help" in caught.value.advice
    assert len(wire.sent) == 1
    assert clock.slept == []
