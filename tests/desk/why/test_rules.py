"""One person for each rule: what is read of them decides, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.desk.lockouts.casework import MAIL, NINA, SYSTEM, ann, event, failure, good, lock, method, policy, when
from tests.desk.support import harmful
from tests.each import each
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Cause, Obstacle
from tui.desk.lockouts.causes import Sure
from tui.desk.lockouts.steps import REPORT
from tui.desk.people.person import Part, Person
from tui.desk.why.evidence import AppWanted, Evidence
from tui.desk.why.verdict import Blocker
from tui.desk.why.why import RULES, verdict
from tui.okta.clock import stamp
from tui.okta.models import Block, Factor, Provider, User, UserCredentials

if TYPE_CHECKING:
    from tui.okta.log_events import LogEvent

NOW = when(0)
RADIUS: dict[str, Any] = {"agent": "Okta RADIUS Server Agent/2.24.0", "system": None, "browser": "UNKNOWN"}
BOT: dict[str, Any] = {
    "agent": "python-requests/2.31.0", "system": None, "browser": "UNKNOWN", "ip": "192.0.2.200", "city": None,
    "country": "Seychelles", "network": "bad host", "proxy": True,
}  # fmt: skip
PUSH = Factor("opf1", "push", status="ACTIVE")
PENDING = Factor("opf1", "push", status="PENDING_ACTIVATION")


def someone(status: str = "ACTIVE", provider: str = "OKTA", *, blocked: bool = False, changed: float = -3600) -> Person:
    user = User(
        id="00uann",
        status=status,
        status_changed=stamp(when(changed)),
        password_changed=stamp(when(-86400 * 30)),
        profile={"login": "ann@example.com", "firstName": "Ann", "lastName": "Lee"},
        credentials=UserCredentials(provider=Provider(type=provider, name=provider)),
    )
    blocks = (Block(type="DEVICE_BASED", applies_to="UNKNOWN_DEVICES"),) if blocked else ()
    return Person(user, NOW.timestamp(), blocks=Part(value=blocks), factors=Part(value=(PUSH,)))


def evidence(person: Person, *events: LogEvent, **more: Any) -> Evidence:  # noqa: ANN401 - parts of Evidence
    obstacles: dict[str, Obstacle | None] = dict.fromkeys(ACTIONS)
    return Evidence(person, NOW, events, **{"obstacles": obstacles} | more)


def run(at: float, count: int = 10, **more: Any) -> list[LogEvent]:  # noqa: ANN401 - parts of an event
    return [failure(at - number * 9, **more) for number in range(count, 0, -1)]


def locked(*, at: float = -300, kind: str = "user.account.lock", **more: Any) -> list[LogEvent]:  # noqa: ANN401 - as above
    return [*run(at, **more), lock(at, kind=kind)]


LOCKED = someone("LOCKED_OUT", changed=-300)
EXPIRES = replace(policy(10), max_age=7)


@dataclass(frozen=True)
class Story:
    rule: str
    person: Person
    events: tuple[LogEvent, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)
    step: str = ""
    sure: Sure | None = None
    action: str = ""


def typed(at: float) -> list[LogEvent]:
    return [failure(at - gap) for gap in (71, 52, 40, 11)]


MFA = "user.authentication.auth_via_mfa"
AD = "user.authentication.auth_via_AD_agent"
LIMIT = "system.operation.rate_limit.violation"
FIXED = "This is fixed in the directory"
DENIED = {"factor": "OKTA_VERIFY_PUSH", "pushOnlyResponseType": "OV_RESPONSE_DENY"}
CODES = {
    "1909": "directory-locked", "1331": "directory-disabled", "1330": "directory-password-expired",
    "1907": "directory-must-change", "1793": "directory-account-expired", "1328": "directory-hours",
    "1329": "directory-workstation",
}  # fmt: skip
LIMITED = (*typed(-300), lock(-300, kind="user.account.lock.limit"))
STORIES = (
    Story(
        "changing", replace(LOCKED, user=User(id="00uann", status="ACTIVE", transitioning_to_status="DEPROVISIONED"))
    ),
    Story("deactivated", someone("DEPROVISIONED"), step="Ask whoever deactivated it", sure=Sure.CERTAIN),
    Story("suspended", someone("SUSPENDED"), step="Ask whoever suspended it"),
    Story("staged", someone("STAGED"), step="Ask an admin to activate"),
    Story("provisioned", someone("PROVISIONED"), action="resend-activation"),
    Story("recovery", someone("RECOVERY"), action="reset-password"),
    Story(
        "directory-lock",
        someone(provider="ACTIVE_DIRECTORY"),
        (event("app.ad.api.user_import.account_locked", -600, NINA, target=ann()),),
        step="This is fixed in the directory",
        sure=Sure.CERTAIN,
    ),
    Story("locked-attack", LOCKED, tuple(locked(**BOT)), step="Do not unlock; tell security"),
    Story(
        "locked-directory",
        someone("LOCKED_OUT", "ACTIVE_DIRECTORY", changed=-300),
        tuple(locked(**RADIUS)),
        {"policy": policy(15)},
        action="unlock",
    ),
    Story("locked-stale", LOCKED, (*locked(**MAIL), failure(-290, **MAIL), failure(-100, **MAIL)), action="unlock"),
    Story(
        "locked-limit",
        LOCKED,
        (*typed(-300), lock(-300, kind="user.account.lock.limit")),
        sure=Sure.CERTAIN,
        action="unlock",
    ),
    Story(
        "locked-heals",
        LOCKED,
        (*typed(-300), lock(-300)),
        {"policy": policy(10)},
        step="Wait 5 minutes",
        action="unlock",
    ),
    Story(
        "locked-factor",
        LOCKED,
        (
            *(method(-300 - n * 7, "Email", reason="INVALID") for n in range(1, 6)),
            lock(-300),
        ),
        action="unlock",
    ),
    Story("locked-mistyped", LOCKED, (*typed(-300), lock(-300)), {"policy": policy(0)}, action="unlock"),
    Story("locked", LOCKED, (), sure=Sure.CERTAIN, action="unlock"),
    Story("blocked-attack", someone(blocked=True), tuple(run(-60, **BOT)), step="Do not unlock; tell security"),
    Story("blocked", someone(blocked=True), action="unlock", sure=Sure.CERTAIN),
    Story("expired", someone("PASSWORD_EXPIRED"), action="temp-password"),
    Story("unknown-state", someone("NEW_STATE"), sure=Sure.GUESS),
    Story(
        "factorless",
        replace(someone(), factors=Part(value=(PENDING,))),
        (method(-60, "Okta Verify", reason="INVALID_CREDENTIALS"),),
        action="reset-mfa",
    ),
    Story(
        "factor",
        someone(),
        (good(-7200), *(method(-60 - n * 8, "Email", reason="INVALID_CREDENTIALS") for n in range(3))),
        action="remove-factor",
    ),
    Story(
        "denied",
        someone(),
        (good(-7200), event("policy.evaluate_sign_on", -60, result="DENY", reason="Sign-on policy evaluation")),
        step="Ask from which network",
        sure=Sure.CERTAIN,
    ),
    Story("denied", someone(), (event("user.session.start", -60, result="DENY", reason="NETWORK_ZONE"),)),
    Story(
        "reported",
        someone("LOCKED_OUT", changed=-300),
        (*typed(-300), lock(-300), event(REPORT, -200, ann(), target=ann(), result="SUCCESS")),
        step="Tell security at once",
        sure=Sure.CERTAIN,
    ),
    Story(
        "phishing",
        someone(),
        (good(-7200), event(MFA, -60, SYSTEM, target=ann(), reason="FastPass declined phishing attempt")),
        step="Tell security the address",
        sure=Sure.CERTAIN,
    ),
    Story(
        "push-denied",
        someone(),
        (good(-7200), event(MFA, -60, reason="INVALID_CREDENTIALS", debug=DENIED)),
        step="Ask whether they were signing in then",
        action="reset-password",
    ),
    Story("under-way", someone(), (method(-30, "Password", "SUCCESS"),), step="Wait a minute"),
    Story(
        "codes-rest",
        someone(),
        (good(-7200), event(LIMIT, -100, result="DENY", reason="Too many OTP verification attempts for Email factor")),
        step="Wait 4 minutes",
        sure=Sure.CERTAIN,
    ),
    *(
        Story(
            rule,
            someone(provider="ACTIVE_DIRECTORY"),
            (event(AD, -60, debug={"errorCode": code}),),
            step=FIXED,
            sure=Sure.LIKELY,
        )
        for code, rule in CODES.items()
    ),
    Story(
        "directory-silent",
        someone(provider="ACTIVE_DIRECTORY"),
        (event(AD, -60, debug={"loginResult": "DEL_AUTH_TIMEOUT"}),),
        step="Tell whoever looks after the directory",
        sure=Sure.LIKELY,
    ),
    Story(
        "expired-at-sign-in",
        someone(),
        (failure(-60, reason="PASSWORD_EXPIRED"),),
        action="temp-password",
        sure=Sure.LIKELY,
    ),
    Story("no-such-name", someone(), (failure(-60, reason="VERIFICATION_ERROR"),), step="Check the address"),
    Story(
        "stuck",
        someone(),
        (good(-7200), method(-400, "Password", "SUCCESS"), method(-60, "Okta Verify", "ABANDONED")),
        step="Ask whether they have the device with Okta Verify at hand",
        action="remove-factor",
    ),
    Story(
        "unfinished",
        someone(),
        (good(-7200), method(-400, "Password", "SUCCESS")),
        action="remove-factor",
        sure=Sure.GUESS,
    ),
    Story("open", someone(), (method(-400, "Okta FastPass", "SUCCESS"),), sure=Sure.GUESS),
    Story(
        "not-assigned",
        someone(),
        (good(-900), event("app.generic.unauth_app_access_attempt", -60)),
        step="Give it to them",
        sure=Sure.CERTAIN,
    ),
    Story("unclear", someone(), (good(-900), event(MFA, -60, reason="INVALID_CREDENTIALS")), sure=Sure.GUESS),
    Story("attacked", someone(), tuple(run(-60, 4, **BOT)), step="Tell security"),
    Story("overdue", someone(), (), {"policy": EXPIRES}, step="Have them sign in and choose"),
    Story("wrong-directory", someone(provider="LDAP"), tuple(typed(-60)), step="This is fixed in the directory"),
    Story("wrong-stale", someone(), tuple(run(-60, 4, **MAIL)), step="Have them put the new password"),
    Story("wrong", someone(), tuple(typed(-60)), action="reset-password"),
    Story(
        "no-app", someone(), (good(-60),), {"app": AppWanted("figma", "Figma", assigned=False)}, step="Give it to them"
    ),
    Story("no-app", someone(), (good(-60),), {"app": AppWanted("old", "Old", inactive=True)}, step="Ask whoever looks"),
    Story("outside", someone(provider="FEDERATION"), step="Send them to whoever looks after that provider"),
    Story("unread", someone(), more={"events": None}, sure=Sure.GUESS),
    Story("fine", someone(), (failure(-900), good(-600)), step="Ask which app or page"),
    Story("nothing-reached", someone(), step="Check the address"),
)


def told(story: Story) -> Evidence:
    more = dict(story.more)
    events = more.pop("events", story.events)
    return replace(evidence(story.person, **more), events=events)


@each("story", STORIES, ids=lambda story: story.rule)
def test_each_rule_has_its_person(story: Story) -> None:
    found = verdict(told(story))
    assert found.rule == story.rule
    assert found.step.text.startswith(story.step)
    assert found.step.action == story.action
    assert story.sure in {None, found.sure}


def test_no_rule_is_without_its_person() -> None:
    assert {story.rule for story in STORIES} == {rule.id for rule in RULES}


def test_every_blocker_of_the_rules_is_one_that_programs_know() -> None:
    assert {rule.blocker for rule in RULES} == set(Blocker)


def test_a_radius_server_is_nothing_that_a_person_could_put_a_password_into() -> None:
    found = verdict(evidence(LOCKED, *locked(**RADIUS), *[failure(-290 + n * 9, **RADIUS) for n in range(6)]))
    assert found.step.text.startswith("Have them put the new password into the Wi-Fi or VPN on their devices")


def test_failure_and_denial_are_both_evidence() -> None:
    found = verdict(evidence(someone(), failure(-90), event("user.session.start", -60, result="DENY", reason="ZONE")))
    texts = [line.text for line in found.evidence]
    assert "Denied (ZONE)" in texts
    assert "Wrong password" in texts


def test_evidence_says_when_with_what_and_from_where() -> None:
    found = verdict(evidence(LOCKED, *locked(**MAIL)))
    line = next(line for line in found.evidence if line.text == "Wrong password 10 times")
    assert line.at == when(-309)
    assert (line.client, line.place) == ("Outlook on iOS", "New York, United States")
    assert line.network == "203.0.113.7 (example)"


def test_since_is_when_the_lock_began() -> None:
    assert verdict(evidence(LOCKED, *locked())).since == when(-300)


def test_a_stale_client_is_never_waited_out() -> None:
    found = verdict(evidence(LOCKED, *locked(**MAIL), policy=policy(10)))
    assert found.rule == "locked-stale"


def test_what_keydesk_may_not_do_is_said_with_the_reason() -> None:
    refused = Obstacle(Cause.MODE, "read-only", "The steps by hand are shown instead.")
    found = verdict(evidence(LOCKED, obstacles={"unlock": refused}))
    assert found.step.action == ""
    assert "read-only" in found.step.detail


def test_a_good_sign_in_after_the_failures_ends_them() -> None:
    assert verdict(evidence(someone(), *typed(-900), good(-800))).rule == "fine"


def test_failures_of_the_day_before_explain_nothing_today() -> None:
    assert verdict(evidence(someone(), *typed(-100_000))).rule == "nothing-reached"


ELSEWHERE: dict[str, Any] = {"ip": "192.0.2.77", "city": "Lagos", "country": "Nigeria", "network": "elsewhere"}
HOME = good(-7200)


def test_a_wrong_password_on_identity_engine_never_leads_to_a_factor() -> None:
    wrong = [
        found
        for at in (-90, -60)
        for found in (
            method(at, "Password", reason="INVALID_CREDENTIALS"),
            failure(at + 0.003, debug={"requestUri": "/idp/idx/identify"}),
        )
    ]
    found = verdict(evidence(someone(), HOME, *wrong))
    assert (found.rule, found.step.action) == ("wrong", "reset-password")


@each(
    "events",
    [
        (method(-60, "Email", reason="INVALID_CREDENTIALS", **ELSEWHERE),),
        (method(-400, "Password", "SUCCESS", **ELSEWHERE),),
        (method(-400, "Password", "SUCCESS", **ELSEWHERE), method(-60, "Okta Verify", "ABANDONED", **ELSEWHERE)),
        (event(MFA, -60, reason="INVALID_CREDENTIALS", debug=DENIED, **ELSEWHERE),),
    ],
    ids=len,
)
def test_no_factor_is_taken_away_while_the_address_is_strange(events: tuple[LogEvent, ...]) -> None:
    found = verdict(evidence(someone(), HOME, *events))
    assert found.blocker is Blocker.ATTACK
    assert found.step.action not in {"remove-factor", "reset-mfa"}


def test_without_a_known_place_no_factor_is_taken_away_either() -> None:
    found = verdict(evidence(someone(), method(-60, "Email", reason="INVALID_CREDENTIALS")))
    assert (found.rule, found.step.action) == ("factor", "")


def test_an_app_opened_on_another_device_does_not_hide_who_stands_at_the_second_factor() -> None:
    phone: dict[str, Any] = {"ip": "203.0.113.7", "agent": "Slack/24.1 iOS", "system": "iOS", "browser": None}
    stuck = [method(-400, "Password", "SUCCESS"), method(-300, "Okta Verify", "ABANDONED")]
    opened = event("user.authentication.sso", -100, ann(), result="SUCCESS", **phone)
    assert verdict(evidence(someone(), HOME, *stuck, opened)).rule == "stuck"
    assert verdict(evidence(someone(), HOME, *stuck, good(-100))).rule == "fine"


def test_codes_that_rest_no_more_are_a_failing_factor() -> None:
    limit = event(LIMIT, -400, result="DENY", reason="Too many OTP verification attempts for Email factor")
    assert verdict(evidence(someone(), HOME, limit)).rule == "factor"


def test_others_steps_in_the_same_event_are_not_the_persons() -> None:
    other = event("user.session.start", -60, ann(), target=ann("bob"), reason="INVALID_CREDENTIALS")
    assert verdict(evidence(someone(), other)).rule == "nothing-reached"


KINDS = st.sampled_from(
    [
        "user.session.start",
        "user.account.lock",
        "user.account.unlock",
        "policy.evaluate_sign_on",
        "user.mfa.x",
        MFA,
        AD,
        LIMIT,
        REPORT,
    ]
)
EVENTS = st.lists(
    st.builds(
        event,
        KINDS,
        st.integers(-90_000, 60),
        result=st.sampled_from(["SUCCESS", "FAILURE", "DENY", "ALLOW", ""]),
        reason=st.none() | st.text(max_size=12),
        agent=st.none() | st.text(max_size=30),
        city=st.none() | st.text(max_size=8),
        ip=st.none() | st.text(max_size=8),
        network=st.none() | st.text(max_size=8),
    ),
    max_size=12,
)
STATES = st.sampled_from(
    ["ACTIVE", "LOCKED_OUT", "SUSPENDED", "RECOVERY", "PASSWORD_EXPIRED", "STAGED", "", "\x1b[31m"]
)


@settings(max_examples=150, deadline=None)
@given(STATES, st.sampled_from(["OKTA", "LDAP", "SOCIAL", "\x07"]), EVENTS, st.booleans())
def test_any_evidence_gives_one_verdict_of_harmless_text(
    status: str, provider: str, events: list[LogEvent], blocked: bool
) -> None:
    found = verdict(evidence(someone(status, provider, blocked=blocked), *events))
    texts = [found.headline, found.why, found.step.text, found.step.detail, *found.also, *found.missing]
    texts += [part for line in found.evidence for part in (line.text, line.client, line.place, line.network)]
    assert found.headline
    assert found.step.text
    assert [harmful(text) for text in texts if harmful(text)] == []
