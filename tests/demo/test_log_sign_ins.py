"""What one sign-in writes, event by event, on each engine, beside the recorded sequences."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.demo.support import SCHEMA_FILE, Clock, needs_schema
from tests.quick import with_known_past
from tui.demo.log.events import show
from tui.demo.story import stories
from tui.demo.story.begin import begin_org
from tui.demo.story.identity_engine import IdentityEngine
from tui.demo.story.methods import EMAIL, GOOGLE, PUSH, SMS, VERIFY_CODE
from tui.demo.story.sources import BROWSERS, MAIL, RADIUS, SPRAY, VPN

if TYPE_CHECKING:
    from tui.demo.org import Org
    from tui.demo.people.person import Person
    from tui.demo.story.engine import Engine

_RECORDED = SCHEMA_FILE.parent
AT = 1_790_000_100.0
MFA, START, POLICY = "user.authentication.auth_via_mfa", "user.session.start", "policy.evaluate_sign_on"


def recorded(name: str) -> list[Any]:
    found: list[Any] = json.loads((_RECORDED / name).read_text())["body"]
    return found


class Door:
    """An org whose log holds nothing but what a test lets happen."""

    def __init__(self, pipeline: str) -> None:
        self.org: Org = with_known_past(begin_org(people=300, clock=Clock(), pipeline=pipeline, lockouts_per_minute=0))
        self.engine: Engine = stories.engine_of(self.org)
        self._before = {entry.serial for entry in self._entries()}

    def _entries(self) -> list[Any]:
        journal = self.org.journal
        return journal.between(0, 2**60, 1e15, 100_000, lambda _: True).entries

    def person(self, name: str) -> Person:
        return self.org.people.named(name)

    def events(self) -> list[Any]:
        return [show(entry) for entry in self._entries() if entry.serial not in self._before]


@pytest.fixture
def idx() -> Door:
    return Door("idx")


@pytest.fixture
def v1() -> Door:
    return Door("v1")


def kinds(events: list[Any]) -> list[tuple[str, str]]:
    return [(event["eventType"], event["outcome"]["result"]) for event in events]


def data(event: Any) -> Any:  # noqa: ANN401 - JSON
    return event["debugContext"]["debugData"]


def at(event: Any) -> float:  # noqa: ANN401 - JSON
    seconds, millis = event["published"][17:-1].split(".")
    return int(event["published"][14:16]) * 60 + int(seconds) + int(millis) / 1000


def same(event: Any) -> tuple[str, str, str]:  # noqa: ANN401 - JSON
    """What ties the events of one request."""
    return event["transaction"]["id"], data(event)["requestId"], event["authenticationContext"]["externalSessionId"]


@needs_schema
def test_a_wrong_password_is_a_failed_factor_and_a_failed_session_in_one_request(idx: Door) -> None:
    pair = recorded("events/seq_oie_wrong_password_pair.json")
    for name in ("pia.jensen", "una.walsh", "bob.martin", "quinn.baker", "rosa.mendez"):
        idx.engine.fail(idx.person(name), BROWSERS[0], AT)
    shown = idx.events()
    uris = set()
    for name in ("pia.jensen", "una.walsh", "bob.martin", "quinn.baker", "rosa.mendez"):
        own = [event for event in shown if event["actor"]["id"] == idx.person(name).id]
        assert [kinds([event]) for event in own] == [kinds([event]) for event in pair]
        assert round(at(own[1]) - at(own[0]), 3) == 0.003
        assert same(own[0]) == same(own[1])
        for mine, real in zip(own, pair, strict=True):
            assert mine["severity"] == real["severity"]
            assert mine["legacyEventType"] == real["legacyEventType"]
            assert mine["displayMessage"] == real["displayMessage"]
            assert mine["outcome"] == real["outcome"]
            assert [t["type"] for t in mine["target"]] == [t["type"] for t in real["target"]]
            assert [t["detailEntry"] for t in mine["target"]] == [t["detailEntry"] for t in real["target"]]
            uris.add(data(mine)["requestUri"])
            if data(mine)["requestUri"] == "/idp/idx/identify":
                assert set(data(mine)) == set(data(real)), "the first request names no earlier one"
            else:
                assert set(data(mine)) == set(data(real)) | {"authnRequestId"}
        assert own[0]["authenticationContext"]["authenticationProvider"] == "FACTOR_PROVIDER"
        assert own[1]["authenticationContext"]["authenticationProvider"] is None
    assert uris == {"/idp/idx/identify", "/idp/idx/challenge/answer"}


def test_a_sign_in_with_a_push_names_each_method_and_ends_with_the_app(idx: Door) -> None:
    idx.engine.sign_in(idx.person("pia.jensen"), BROWSERS[0], AT, PUSH)
    shown = idx.events()
    assert kinds(shown) == [
        (MFA, "SUCCESS"),
        (START, "SUCCESS"),
        (POLICY, "CHALLENGE"),
        ("system.push.send_factor_verify_push", "SUCCESS"),
        (MFA, "SUCCESS"),
        ("user.authentication.verify", "SUCCESS"),
        (POLICY, "ALLOW"),
        ("user.authentication.sso", "SUCCESS"),
    ]
    assert len({event["authenticationContext"]["externalSessionId"] for event in shown}) == 1
    assert len({data(event).get("authnRequestId") for event in shown if "push." not in event["eventType"]}) == 1
    assert same(shown[0]) == same(shown[1])
    assert len({event["transaction"]["id"] for event in shown}) == len(shown) - 1, "each step is another request"
    password, push = shown[0]["target"][1], shown[4]["target"][1]
    assert (password["displayName"], push["displayName"]) == ("Password", "Okta Verify")
    assert shown[1]["target"][0]["displayName"] == "Password"
    assert data(shown[6])["authMethodFirstType"].startswith("okta_password:password:aut")
    assert data(shown[6])["authMethodSecondType"].startswith("okta_verify:push:aut")
    assert shown[6]["outcome"]["reason"] == "Sign-on policy evaluation resulted in AUTHENTICATED"


def test_a_push_is_accepted_from_the_phone_and_not_from_the_browser(idx: Door, v1: Door) -> None:
    for door in (idx, v1):
        door.engine.sign_in(door.person("pia.jensen"), BROWSERS[0], AT, PUSH)
        shown = door.events()
        accepted = next(event for event in shown if data(event).get("factor") == "OKTA_VERIFY_PUSH")
        assert accepted["client"]["ipAddress"] != shown[0]["client"]["ipAddress"]
        assert accepted["client"]["device"] == "Mobile"


@needs_schema
def test_a_classic_factor_is_tied_to_its_password_by_the_first_request_alone(v1: Door) -> None:
    real = recorded("events/seq_classic_password_then_totp_admin.json")
    v1.engine.sign_in(v1.person("pia.jensen"), BROWSERS[1], AT, VERIFY_CODE)
    shown = v1.events()
    assert kinds(shown)[:3] == kinds(real)[:3]
    assert shown[-1]["eventType"] == "user.authentication.verify"
    start, policy, factor = shown[:3]
    assert same(start) == same(policy)
    assert 0.044 <= round(at(policy) - at(start), 3) <= 0.060
    assert 12.8 <= at(factor) - at(start) <= 36.8
    assert factor["transaction"]["id"] != start["transaction"]["id"]
    assert same(factor)[2] != same(start)[2]
    assert data(factor)["authnRequestId"] == start["transaction"]["id"]
    assert "factorIntent" not in data(factor)
    assert start["target"] is None
    for mine, theirs in zip(shown, real, strict=False):
        assert set(mine["authenticationContext"]) == set(theirs["authenticationContext"])
        assert "rootSessionId" not in mine["authenticationContext"]
    assert factor["authenticationContext"]["credentialType"] == "OTP"


def test_without_a_second_factor_classic_ends_with_the_policy_and_identity_engine_with_the_app(
    idx: Door, v1: Door
) -> None:
    for door in (idx, v1):
        door.engine.sign_in(door.person("pia.jensen"), BROWSERS[0], AT)
    assert kinds(v1.events()) == [(START, "SUCCESS"), (POLICY, "ALLOW")]
    assert kinds(idx.events()) == [
        (MFA, "SUCCESS"),
        (START, "SUCCESS"),
        (POLICY, "ALLOW"),
        ("user.authentication.sso", "SUCCESS"),
    ]
    assert "authMethodSecondType" not in data(idx.events()[2])


def test_a_classic_wrong_password_is_one_event(v1: Door) -> None:
    v1.engine.fail(v1.person("pia.jensen"), BROWSERS[0], AT)
    (event,) = v1.events()
    assert kinds([event]) == [(START, "FAILURE")]
    assert event["severity"] == "WARN"
    assert event["target"] is None


def test_a_lock_is_written_in_the_request_of_the_failure_that_was_one_too_many(idx: Door, v1: Door) -> None:
    for door in (idx, v1):
        stories.run_and_lock(door.engine, door.person("pia.jensen"), BROWSERS[0], AT, failures=3, gap=5)
        shown = door.events()
        lock = next(event for event in shown if event["eventType"] == "user.account.lock")
        last = shown[shown.index(lock) - 1]
        assert lock["transaction"]["id"] == last["transaction"]["id"]
        assert (lock["severity"], lock["outcome"]["reason"]) == ("DEBUG", "LOCKED_OUT")
        assert (lock["target"] is None) is (door is v1)
        assert shown[-1]["outcome"]["reason"] == "LOCKED_OUT"


def test_mail_radius_and_other_programs_write_what_asked_for_them_and_no_session(idx: Door) -> None:
    person = idx.person("pia.jensen")
    for number, source in enumerate((MAIL[0], RADIUS[0], VPN[0], SPRAY[0])):
        idx.engine.fail(person, source, AT + number)
    shown = idx.events()
    assert [event["eventType"].rsplit(".", 1)[1] for event in shown] == [
        "auth_via_richclient",
        "start",
        "auth_via_radius",
        "start",
        "start",
        "start",
    ]
    assert {event["authenticationContext"]["externalSessionId"] for event in shown} == {"unknown"}
    assert data(shown[0])["loginResult"] == "INVALID_CREDENTIALS"
    assert data(shown[2])["authType"] == "PRIMARY"
    assert "factorType" not in data(shown[2])


def test_a_refused_push_is_an_ordinary_failure_here_and_an_event_of_its_own_there(idx: Door, v1: Door) -> None:
    for door in (idx, v1):
        person = door.person("pia.jensen")
        door.engine.deny_push(door.engine.right_password(person, BROWSERS[0], AT), AT + 20)
    (denied,) = [event for event in idx.events() if event["outcome"]["result"] == "FAILURE"]
    assert denied["eventType"] == MFA
    assert denied["outcome"]["reason"] == "INVALID_CREDENTIALS"
    assert data(denied)["pushOnlyResponseType"] == "OV_RESPONSE_DENY"
    (denied,) = [event for event in v1.events() if event["outcome"]["result"] == "FAILURE"]
    assert denied["eventType"] == "user.mfa.okta_verify.deny_push"


@needs_schema
def test_what_only_identity_engine_knows(idx: Door) -> None:
    engine, person = idx.engine, idx.person("pia.jensen")
    assert isinstance(engine, IdentityEngine)
    engine.give_up(engine.right_password(person, BROWSERS[0], AT), PUSH, AT + 320)
    engine.stop_phishing(person, BROWSERS[0], AT + 400)
    engine.too_many_codes(engine.right_password(person, BROWSERS[0], AT + 500), AT + 560, EMAIL)
    engine.wrong_number(engine.right_password(person, BROWSERS[0], AT + 600), AT + 640)
    engine.give_up(engine.right_password(person, BROWSERS[0], AT + 700), SMS, AT + 1020, got_in=True)
    shown = idx.events()
    results = [event["outcome"]["result"] for event in shown]
    assert (results.count("ABANDONED"), results.count("UNANSWERED"), results.count("DENY")) == (1, 1, 1)
    stopped = next(e for e in shown if e["outcome"]["reason"] == "FastPass declined phishing attempt")
    assert stopped["actor"]["alternateId"] == "system@okta.com"
    assert stopped["target"][0]["id"] == person.id
    limit = next(e for e in shown if e["outcome"]["result"] == "DENY")
    (real,) = recorded("events/operation_rate_limit_email_otp.json")
    assert limit["outcome"] == real["outcome"]
    # The example is of 2021; later steps of the page name the first request and the browser too.
    assert set(data(real)) == set(data(limit))
    assert limit["client"]["geographicalContext"] is None
    assert person.status == "ACTIVE"


def test_codes_lock_on_classic_and_through_the_api_but_not_on_the_page(idx: Door, v1: Door) -> None:
    for door in (idx, v1):
        door.engine.lock_by_factor(door.person("lena.hoff"), AT, GOOGLE)
        shown = [event for event in door.events() if event["outcome"]["result"] == "FAILURE"]
        assert [event["eventType"] for event in shown] == [MFA] * 5 + ["user.account.lock"]
        assert at(shown[4]) - at(shown[0]) < 300
        assert all(data(event)["requestUri"].startswith("/api/v1/authn") for event in shown)
