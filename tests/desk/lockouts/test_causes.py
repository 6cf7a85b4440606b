"""What led to a lockout: each reading with the attempts that show it, and with those that only look like it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from tests.desk.lockouts.casework import MAIL, event, failure, good, method, tied, when
from tests.desk.support import harmful
from tests.each import each
from tui.desk.lockouts import causes
from tui.desk.lockouts.attempts import attempts_of
from tui.desk.lockouts.causes import EVIDENCE, LockoutCause, Sure, diagnose, directory_diagnosis

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.desk.lockouts.attempts import Attempt
    from tui.desk.lockouts.causes import Diagnosis
    from tui.okta.log_events import LogEvent

RADIUS: dict[str, Any] = {"agent": "Okta RADIUS Server Agent/2.24.0", "system": None, "browser": "UNKNOWN"}
VPN: dict[str, Any] = {"agent": "AnyConnect Windows 4.10.08029", "system": "Windows 10", "browser": "UNKNOWN"}
VERIFY: dict[str, Any] = {"agent": "Concur/10 CFNetwork/1490 Darwin/23.2.0", "system": None, "browser": "UNKNOWN"}
SCRIPT: dict[str, Any] = {"agent": "python-requests/2.31", "system": None, "browser": "UNKNOWN"}
ELSEWHERE: dict[str, Any] = {"ip": "192.0.2.200", "city": None, "country": "Seychelles", "network": "bad host"}
TYPED = (0, 11, 19, 42, 60)
EVENLY = (0, 30, 60, 90, 120, 150)


def attempts(events: Iterable[LogEvent]) -> list[Attempt]:
    return list(attempts_of(events))


def read(*events: LogEvent, locked: float | None = 160, shared: tuple[str, ...] = ()) -> Diagnosis:
    return diagnose(attempts(events), None if locked is None else when(locked), shared=shared)


def failures(times: Iterable[float], **more: Any) -> list[LogEvent]:  # noqa: ANN401 - parts of an event
    return [failure(at, **more) for at in times]


FACTORS = [method(at, "Google Authenticator", reason="INVALID_CREDENTIALS") for at in TYPED]
PUSH_DENIED = {"factor": "OKTA_VERIFY_PUSH", "pushOnlyResponseType": "OV_RESPONSE_DENY"}


def pushed(at: float) -> tuple[LogEvent, ...]:
    """What Classic writes of a push that came to nothing, where the event does not name the factor."""
    classic = {"requestUri": "/api/v1/authn/factors/opf1/verify"}
    sent = event("system.push.send_factor_verify_push", at, result="SUCCESS", debug=classic)
    failed = event("user.authentication.auth_via_mfa", at + 1, reason="INVALID_CREDENTIALS", debug=classic)
    return tied(sent, f"t{at}"), tied(failed, f"t{at}")


def agent(at: float, code: str, **more: Any) -> LogEvent:  # noqa: ANN401 - parts of an event
    return event("user.authentication.auth_via_AD_agent", at, reason="Login failed", debug={"errorCode": code}, **more)


STORIES = {
    "mail": (failures(TYPED, **MAIL), (), LockoutCause.MAIL, Sure.LIKELY),
    "radius that keeps time": (failures(EVENLY, **RADIUS), (), LockoutCause.RADIUS, Sure.LIKELY),
    "radius that could be typed": (failures(TYPED, **RADIUS), (), LockoutCause.RADIUS, Sure.GUESS),
    "vpn that keeps time": (failures(EVENLY, **VPN), (), LockoutCause.VPN, Sure.LIKELY),
    "an app": (failures(TYPED, **VERIFY), (), LockoutCause.STALE, Sure.LIKELY),
    "an unknown program, evenly": (
        failures(EVENLY, agent="Gadget 3", system=None, browser="UNKNOWN"),
        (),
        LockoutCause.STALE,
        Sure.GUESS,
    ),
    "typed": (failures(TYPED), (), LockoutCause.MISTYPED, Sure.LIKELY),
    "a browser that keeps time": (failures(EVENLY), (), LockoutCause.MISTYPED, Sure.GUESS),
    "typed in a place where they never were": ([good(-7200), *failures(TYPED, **ELSEWHERE)], (), LockoutCause.MISTYPED,
        Sure.GUESS),
    "second factor": (FACTORS, (), LockoutCause.FACTOR, Sure.CERTAIN),
    "second factor at home": ([good(-7200), *FACTORS], (), LockoutCause.FACTOR, Sure.CERTAIN),
    "second factor, from elsewhere: they may be refusing somebody": (
        [good(-7200), *(method(at, "SMS", reason="INVALID_CREDENTIALS", **ELSEWHERE) for at in TYPED)],
        (), LockoutCause.ATTACK, Sure.GUESS,
    ),
    "which method failed is not told": (
        [event("user.authentication.auth_via_mfa", at, reason="INVALID_CREDENTIALS") for at in TYPED],
        (), LockoutCause.UNKNOWN, Sure.GUESS,
    ),
    "one push denied among wrong passwords": (
        [*failures(TYPED), event("user.authentication.auth_via_mfa", 70, reason="INVALID_CREDENTIALS",
            debug=PUSH_DENIED)],
        (), LockoutCause.ATTACK, Sure.LIKELY,
    ),
    "a phishing page": (
        [event("user.authentication.auth_via_mfa", 70, reason="FastPass declined phishing attempt")],
        (), LockoutCause.ATTACK, Sure.LIKELY,
    ),
    "the directory says expired": ([agent(at, "1330") for at in TYPED], (), LockoutCause.DIRECTORY, Sure.LIKELY),
    "no agent answers": (
        [event("user.authentication.auth_via_AD_agent", at, debug={"loginResult": "DEL_AUTH_TIMEOUT"}) for at in TYPED],
        (), LockoutCause.DIRECTORY, Sure.LIKELY,
    ),
    "on classic a push was sent, and what failed is not told": (
        [one for at in TYPED for one in pushed(at)],
        (), LockoutCause.FACTOR, Sure.LIKELY,
    ),
    "the directory says wrong": ([agent(at, "1326") for at in TYPED], (), LockoutCause.MISTYPED, Sure.LIKELY),
    "radius, and which of the two was wrong is not told": (
        [event("user.authentication.auth_via_radius", at, reason="INVALID_CREDENTIALS", **RADIUS) for at in EVENLY],
        (), LockoutCause.UNKNOWN, Sure.GUESS,
    ),
    "radius that sends a wrong code": (
        [event("user.authentication.auth_via_radius", at, reason="INVALID_CREDENTIALS", **RADIUS,
            debug={"authType": "SECONDARY", "factorType": "SMS_FACTOR"}) for at in EVENLY],
        (), LockoutCause.FACTOR, Sure.LIKELY,
    ),
    "radius that sends a wrong password": (
        [event("user.authentication.auth_via_radius", at, reason="INVALID_CREDENTIALS", **RADIUS,
            debug={"auth_type": "PRIMARY"}) for at in EVENLY],
        (), LockoutCause.RADIUS, Sure.LIKELY,
    ),
    "names that nobody has": (failures(TYPED, reason="VERIFICATION_ERROR"), (), LockoutCause.UNKNOWN, Sure.GUESS),
    "a script, which could be a colleague's": (failures(TYPED, **SCRIPT), (), LockoutCause.ATTACK, Sure.GUESS),
    "a script from elsewhere": ([good(-7200), *failures(TYPED, **SCRIPT, **ELSEWHERE)], (), LockoutCause.ATTACK,
        Sure.LIKELY),
    "from where many are tried": (failures(TYPED), ("203.0.113.7",), LockoutCause.ATTACK, Sure.LIKELY),
    "a proxy and a script": (failures(TYPED, **SCRIPT, proxy=True), (), LockoutCause.ATTACK, Sure.LIKELY),
    "okta suspects it": (
        failures(TYPED, debug={"threatSuspected": "true"}), (), LockoutCause.ATTACK, Sure.LIKELY,
    ),
}  # fmt: skip


WITHOUT_CLIENT = {rule.words for rule in causes._RULES if "{client}" not in rule.words}


@each("name", STORIES)
def test_what_led_to_it(name: str) -> None:
    events, shared, trigger, sure = STORIES[name]
    found = read(*events, shared=shared)
    assert (found.cause, found.sure) == (trigger, sure)
    if found.words not in WITHOUT_CLIENT:
        assert found.client in found.words


def test_software_that_goes_on_after_the_lock_keeps_trying() -> None:
    after = failures((170, 200, 230), reason="LOCKED_OUT", **MAIL)
    found = read(*failures(TYPED, **MAIL), *after)
    assert found.keeps_trying
    assert found.words == "A mail client (Outlook on iOS) keeps sending an old password"
    assert not read(*failures(TYPED, **MAIL), *after[:1]).keeps_trying


def test_a_person_at_a_vpn_is_made_certain_by_going_on() -> None:
    found = read(*failures(TYPED, **VPN), *failures((180, 210), reason="LOCKED_OUT", **VPN))
    assert (found.cause, found.sure) == (LockoutCause.VPN, Sure.LIKELY)


def test_a_directorys_agent_is_not_the_software() -> None:
    passed_on = [
        event("user.authentication.auth_via_AD_agent", at, agent=None, system=None, browser=None) for at in EVENLY
    ]
    assert read(*passed_on, *failures(EVENLY, **MAIL)).cause is LockoutCause.MAIL


def test_the_client_is_of_the_kind_that_failed_most() -> None:
    two = {**MAIL, "agent": "Apple-iPhone14C2/2107.310"}
    found = read(*failures((0, 20), **MAIL), *failures((5, 25), **two), *failures((1, 2, 3), **SCRIPT))
    assert (found.cause, found.client) == (LockoutCause.MAIL, "Outlook on iOS")


def test_where_the_log_holds_nothing_nothing_is_made_up() -> None:
    for found in (read(), read(good(0)), read(*failures((-7200, -7100)))):
        assert (found.cause, found.sure, found.client) == (LockoutCause.UNKNOWN, Sure.GUESS, "")
        assert found.words == "Nothing in the log says what led to it"


def test_failures_without_a_lock_are_read_up_to_the_last() -> None:
    found = read(*failures(TYPED), locked=None)
    assert (found.cause, len(found.evidence)) == (LockoutCause.MISTYPED, len(TYPED))


def test_the_newest_ten_are_the_evidence() -> None:
    found = read(*failures(range(0, 150, 10), **MAIL))
    assert [one.at for one in found.evidence] == [when(at) for at in range(140, 40, -10)]
    assert len(found.evidence) == EVIDENCE


def test_active_directorys_own_lock_is_certain() -> None:
    found = directory_diagnosis()
    assert (found.cause, found.sure, found.stale) == (LockoutCause.DIRECTORY, Sure.CERTAIN, False)


_EVENTS = st.builds(
    lambda at, kind, agent, more: event(kind, at, agent=agent, **more),
    st.integers(-4000, 400),
    st.sampled_from(["user.session.start", "user.authentication.auth_via_mfa", "policy.evaluate_sign_on"]),
    st.one_of(st.none(), st.text(max_size=60), st.just("\x1b[31m{client}{0}[bold]")),
    st.sampled_from([{}, {"result": "SUCCESS"}, {"result": "DENY"}, {"proxy": True}, ELSEWHERE]),
)


@given(st.lists(_EVENTS, max_size=12), st.one_of(st.none(), st.integers(-100, 300)), st.randoms())
def test_any_attempts_in_any_order_give_the_same_harmless_words(
    events: list[LogEvent],
    locked: int | None,
    dice: Any,  # noqa: ANN401 - hypothesis gives it no type
) -> None:
    found = attempts(events)
    mixed = list(found)
    dice.shuffle(mixed)
    at = None if locked is None else when(locked)
    assert diagnose(found, at) == diagnose(mixed, at)
    assert not harmful(diagnose(found, at).words)
