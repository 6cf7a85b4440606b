"""The rules for a person whose account is in order: they test the attempts to sign in and the app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.lockouts.attempts import End
from tui.desk.lockouts.causes import Sure
from tui.desk.people.providers import DIRECTORIES, OUTSIDE
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.desk.why import next_step as steps
from tui.desk.why.rule import VerdictRule, diagnosis_words, looks_like_attack, policy_words
from tui.desk.why.verdict import Blocker

if TYPE_CHECKING:
    from tui.desk.why.evidence import Evidence


def _factorless(e: Evidence) -> bool:
    """Whether the person has no active factor, where Okta asked for one."""
    factors = e.person.factors.value
    usable = factors is not None and any(factor.status == "ACTIVE" for factor in factors)
    return factors is not None and not usable and e.mostly(End.FACTOR, End.DENIED)


def _pending_factors(e: Evidence) -> str:
    factors = e.person.factors.value or ()
    if not factors:
        return "No factor is enrolled, and Okta asked for one"
    return f"None of their {len(factors)} factors is active; an enrolment was begun and not finished"


def _last_denial(e: Evidence) -> str:
    denial = next((attempt for attempt in reversed(e.failures) if attempt.end is End.DENIED), None)
    reason = plain(denial.reason, limit=80) if denial and denial.reason else "the sign-on policy"
    return f"Okta denied the sign-in by a policy ({reason}), not for a wrong password"


def _since_good(e: Evidence) -> str:
    good = e.last_good
    return (
        f"The last sign-in, {okta_terms.ago(good.at, e.now)}, worked" if good else "Nothing in Okta stands in the way"
    )


def _app(e: Evidence) -> str:
    return e.app.name or e.app.asked if e.app else "the app"


SIGN_INS: Final = (
    VerdictRule(
        "factorless",
        Blocker.FACTOR,
        _factorless,
        "They have no second factor that works",
        _pending_factors,
        Sure.LIKELY,
        steps.enrol,
    ),
    VerdictRule(
        "factor",
        Blocker.FACTOR,
        lambda e: e.mostly(End.FACTOR),
        "The password is right, the second factor fails",
        diagnosis_words,
        Sure.LIKELY,
        steps.factor,
    ),
    VerdictRule(
        "denied",
        Blocker.DENIED,
        lambda e: e.mostly(End.DENIED) and not looks_like_attack(e),
        "A sign-on policy denies it",
        _last_denial,
        Sure.CERTAIN,
        steps.denied,
    ),
    VerdictRule(
        "attacked",
        Blocker.WRONG_PASSWORD,
        lambda e: bool(e.failures) and looks_like_attack(e),
        "Somebody else tries their password; they are not locked",
        diagnosis_words,
        None,
        steps.security_open,
    ),
    VerdictRule(
        "overdue",
        Blocker.PASSWORD_EXPIRED,
        lambda e: e.overdue and (not e.failures or e.mostly(End.EXPIRED)),
        "The password is past its age; Okta asks for a new one at the next sign-in",
        lambda e: f"{policy_words(e).capitalize()} allows {e.policy.max_age if e.policy else 0} days",
        Sure.LIKELY,
        steps.overdue,
    ),
    VerdictRule(
        "wrong-directory",
        Blocker.WRONG_PASSWORD,
        lambda e: e.mostly(End.WRONG_PASSWORD) and e.provider in DIRECTORIES,
        lambda e: f"Wrong password, and it is that of {plain(okta_terms.provider_words(e.person.user))}",
        diagnosis_words,
        Sure.LIKELY,
        steps.directory("Reset it there, if they have forgotten it"),
    ),
    VerdictRule(
        "wrong-stale",
        Blocker.WRONG_PASSWORD,
        lambda e: bool(e.failures) and e.diagnosis.stale,
        "Some software sends an old password; it will lock them",
        diagnosis_words,
        None,
        steps.stale,
    ),
    VerdictRule(
        "wrong",
        Blocker.WRONG_PASSWORD,
        lambda e: bool(e.failures) and e.provider not in OUTSIDE,
        "Wrong password, not locked yet",
        diagnosis_words,
        Sure.LIKELY,
        steps.offer("reset-password", "Have them type it once more, slowly; mail a reset if they have forgotten it"),
    ),
    VerdictRule(
        "no-app",
        Blocker.NO_APP,
        lambda e: e.app is not None and (e.app.assigned is False or e.app.inactive),
        lambda e: f"{_app(e)} is switched off in Okta" if e.app and e.app.inactive else f"They do not have {_app(e)}",
        lambda e: "" if e.app and e.app.inactive else "Okta itself lets them in; the app is not assigned to them",
        Sure.CERTAIN,
        steps.give_app,
    ),
    VerdictRule(
        "outside",
        Blocker.NOTHING,
        lambda e: e.provider in OUTSIDE,
        "They sign in with another identity provider",
        "Okta does not check their password, and shows nothing that stands in the way",
        Sure.LIKELY,
        steps.ask_admin("Send them to whoever looks after that provider"),
    ),
    VerdictRule(
        "unread",
        Blocker.UNKNOWN,
        lambda e: e.events is None,
        "Active by status; whether sign-ins fail cannot be read",
        "",
        Sure.GUESS,
        steps.ask_them,
    ),
    VerdictRule(
        "fine",
        Blocker.NOTHING,
        lambda e: e.last_good is not None,
        "Nothing is wrong on Okta's side",
        _since_good,
        Sure.LIKELY,
        steps.beyond_okta,
    ),
    VerdictRule(
        "nothing-reached",
        Blocker.NOTHING,
        lambda _: True,
        "No sign-in of theirs has reached Okta this week",
        "Another address, another account, or a network that does not get through",
        Sure.LIKELY,
        steps.right_address,
    ),
)
