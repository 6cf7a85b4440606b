"""One person for each rule: what is read of them decides, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.desk.lockouts.casework import MAIL, NINA, ann, event, failure, good, lock, policy, when
from tests.desk.support import harmful
from tests.each import each
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Cause, Obstacle
from tui.desk.lockouts.causes import Sure
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
            *(event("user.authentication.auth_via_mfa", -300 - n * 7, reason="INVALID") for n in range(1, 6)),
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
        (event("user.authentication.auth_via_mfa", -60, reason="VERIFICATION_ERROR"),),
        action="reset-mfa",
    ),
    Story(
        "factor",
        someone(),
        (good(-7200), *(event("user.authentication.auth_via_mfa", -60 - n * 8, reason="x") for n in range(3))),
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


KINDS = st.sampled_from(
    ["user.session.start", "user.account.lock", "user.account.unlock", "policy.evaluate_sign_on", "user.mfa.x"]
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
