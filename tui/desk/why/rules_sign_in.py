"""The rules for a person whose account is in order: they test the attempts to sign in and the app.

An attack is looked for before anything else: whoever refuses a factor may be the person, keeping somebody else out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.lockouts.causes import DIRECTORY_SAYS, Sure
from tui.desk.lockouts.ends import PASSWORD_ENDS, End
from tui.desk.people.providers import DIRECTORIES, OUTSIDE
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.desk.why import next_step as steps
from tui.desk.why.rule import VerdictRule, diagnosis_words, looks_like_attack, policy_words
from tui.desk.why.verdict import Blocker

if TYPE_CHECKING:
    from tui.desk.why.evidence import Evidence


def _alarmed(e: Evidence) -> bool:
    """Whether a push was denied, or answered with a wrong number."""
    return any(attempt.end in {End.PUSH_DENIED, End.WRONG_NUMBER} for attempt in e.failures)


def _alarm(e: Evidence) -> str:
    alarm = next(a for a in reversed(e.failures) if a.end in {End.PUSH_DENIED, End.WRONG_NUMBER})
    how = "denied" if alarm.end is End.PUSH_DENIED else "answered with a wrong number"
    return f"A push was {how} on their phone; if they were not signing in, somebody else has their password"


def _attack_headline(e: Evidence) -> str:
    if any(attempt.password_right for attempt in (*e.failures, *e.stuck)):
        return "Somebody else seems to have their password; the second factor keeps them out"
    return "Somebody else tries their password; they are not locked"


def _attack_words(e: Evidence) -> str:
    return e.diagnosis.words if looks_like_attack(e) else "The password was right, from a place that is new for them"


def _attacked(e: Evidence) -> bool:
    """Whether somebody else seems to try, or stands at the second factor in a place that is new for the person."""
    stands = e.newest_is(End.OPEN, End.ABANDONED) and e.newest is not None and e.newest.password_right
    return (bool(e.failures) and looks_like_attack(e)) or (stands and e.from_elsewhere)


def _factorless(e: Evidence) -> bool:
    """Whether the person has no active factor, where Okta asked for one."""
    factors = e.person.factors.value
    usable = factors is not None and any(factor.status == "ACTIVE" for factor in factors)
    asked = e.at_the_factor or e.newest_is(End.DENIED) or (e.newest_is(End.OPEN) and bool(e.newest and e.newest.asked))
    return factors is not None and not usable and asked


def _pending_factors(e: Evidence) -> str:
    factors = e.person.factors.value or ()
    if not factors:
        return "No factor is enrolled, and Okta asked for one"
    return f"None of their {len(factors)} factors is active; an enrolment was begun and not finished"


def _stuck(e: Evidence) -> bool:
    """Whether the newest attempt stands at the second factor: it was asked for, or the log shows nothing after."""
    newest = e.newest
    return newest is not None and (
        newest.end is End.ABANDONED or (newest.end is End.OPEN and (newest.password_right or newest.asked))
    )


def _asked_for_factor(e: Evidence) -> bool:
    return e.newest is not None and (e.newest.end is End.ABANDONED or e.newest.asked)


def _factor_words(e: Evidence) -> str:
    method = plain(e.newest.method, limit=40) if e.newest else ""
    asked = f"Okta asked for {method}" if method and method != "Password" else "Okta asked for a second factor"
    times = sum(attempt.end in {End.OPEN, End.ABANDONED} for attempt in e.stuck)
    return f"{asked}, and none came{f', {times} times' if times > 1 else ''}"


def _failing_factor(e: Evidence) -> str:
    if e.newest_is(End.RATE_LIMITED):
        return "Five wrong codes in five minutes; Okta takes codes again by now"
    method = plain(e.newest.method, limit=40) if e.newest else ""
    return f"The {method} was not right, or did not come through" if method else e.diagnosis.words


def _last_denial(e: Evidence) -> str:
    denial = next((attempt for attempt in reversed(e.failures) if attempt.end is End.DENIED), None)
    by = plain(denial.by, limit=80) if denial else ""
    reason = plain(denial.reason, limit=80) if denial and denial.reason else "the sign-on policy"
    rules = f" The rules that were looked at: {by}" if by else ""
    return f"Okta denied the sign-in by a policy ({reason}), not for a wrong password{'.' if rules else ''}{rules}"


def _since_good(e: Evidence) -> str:
    good = e.last_good
    return (
        f"The last sign-in, {okta_terms.ago(good.at, e.now)}, worked" if good else "Nothing in Okta stands in the way"
    )


def _app(e: Evidence) -> str:
    return e.app.name or e.app.asked if e.app else "the app"


def _refused_app(e: Evidence) -> str:
    return plain(e.newest.by if e.newest else "", limit=60) or "the app"


def _directory(end: End, blocker: Blocker, headline: str, step: str) -> VerdictRule:
    """Return the rule for a cause that a directory's agent named: no better typing cures it.

    Likely, never certain: what the codes mean stands in Okta's and Windows' pages, and no such event is public.
    """
    says = DIRECTORY_SAYS[end]
    return VerdictRule(
        end.value, blocker, lambda e: e.newest_is(end), headline, says, Sure.LIKELY, steps.directory(step)
    )


_BY_DIRECTORY: Final = (
    _directory(
        End.DIRECTORY_LOCKED,
        Blocker.DIRECTORY_LOCK,
        "The account is locked in the directory",
        "Unlock them in the directory",
    ),
    _directory(
        End.DIRECTORY_DISABLED,
        Blocker.DIRECTORY,
        "The account is disabled in the directory",
        "Ask whoever disabled it whether that was right",
    ),
    _directory(
        End.DIRECTORY_PASSWORD_EXPIRED,
        Blocker.PASSWORD_EXPIRED,
        "The password has expired in the directory; it was the right one",
        "Have them change it at a computer of the domain, or reset it there",
    ),
    _directory(
        End.DIRECTORY_MUST_CHANGE,
        Blocker.PASSWORD_EXPIRED,
        "They must change the password in the directory before they can sign in",
        "Have them change it at a computer of the domain",
    ),
    _directory(
        End.DIRECTORY_ACCOUNT_EXPIRED,
        Blocker.DIRECTORY,
        "The account has expired in the directory; the password was right",
        "Ask their manager whether they still work here, then have the end date moved",
    ),
    _directory(
        End.DIRECTORY_HOURS,
        Blocker.DIRECTORY,
        "The directory lets them in at other hours only; the password was right",
        "Tell them the hours, or have their logon hours changed",
    ),
    _directory(
        End.DIRECTORY_WORKSTATION,
        Blocker.DIRECTORY,
        "The directory lets them in from other computers only; the password was right",
        "Have them use their own computer, or have its name added to the account",
    ),
    VerdictRule(
        End.DIRECTORY_SILENT.value,
        Blocker.DIRECTORY,
        lambda e: e.newest_is(End.DIRECTORY_SILENT),
        "The directory does not answer Okta; it is no fault of theirs",
        "No agent of the directory was connected, or it took too long",
        Sure.LIKELY,
        steps.agents,
    ),
)

SIGN_INS: Final = (
    VerdictRule(
        "phishing",
        Blocker.ATTACK,
        lambda e: any(attempt.end is End.PHISHING for attempt in e.failures),
        "FastPass refused a page that is not Okta's: a phishing attempt was stopped",
        "They came to a copy of the sign-in page; what they typed there is known to others",
        Sure.CERTAIN,
        steps.phishing,
        attack=True,
    ),
    VerdictRule(
        "push-denied",
        Blocker.ATTACK,
        _alarmed,
        "A push was refused on their phone",
        _alarm,
        Sure.LIKELY,
        steps.alarm,
        attack=True,
    ),
    VerdictRule(
        "attacked", Blocker.ATTACK, _attacked, _attack_headline, _attack_words, None, steps.security_open, attack=True
    ),
    VerdictRule(
        "under-way",
        Blocker.UNKNOWN,
        lambda e: e.under_way,
        "They are signing in just now",
        "A method was right within the last two minutes, and the log shows no end yet",
        Sure.LIKELY,
        steps.wait_a_minute,
    ),
    VerdictRule(
        "codes-rest",
        Blocker.FACTOR,
        lambda e: e.newest_is(End.RATE_LIMITED) and steps.rests_for(e) > 0,
        "Too many wrong codes; Okta takes no code for a few minutes",
        "Five wrong codes in five minutes; the account is not locked",
        Sure.CERTAIN,
        steps.wait_for_codes,
    ),
    *_BY_DIRECTORY,
    VerdictRule(
        "expired-at-sign-in",
        Blocker.PASSWORD_EXPIRED,
        lambda e: e.newest_is(End.EXPIRED),
        "The password has expired",
        "Okta said so at the newest sign-in",
        Sure.LIKELY,
        steps.expired,
    ),
    VerdictRule(
        "no-such-name",
        Blocker.UNKNOWN,
        lambda e: e.newest_is(End.NO_SUCH_NAME),
        "Okta could not tie the typed name to an account",
        "It is no wrong password, and it locks nobody",
        Sure.CERTAIN,
        steps.right_address,
    ),
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
        "stuck",
        Blocker.FACTOR,
        lambda e: _stuck(e) and _asked_for_factor(e),
        "They stand at the second factor: it was asked for, and not given",
        _factor_words,
        Sure.LIKELY,
        steps.lost_factor,
    ),
    VerdictRule(
        "unfinished",
        Blocker.FACTOR,
        _stuck,
        "The password is right; the log shows no end of the sign-in",
        "Most likely the second factor is missing; where an app needs the password alone, they are in",
        Sure.GUESS,
        steps.lost_factor,
    ),
    VerdictRule(
        "open",
        Blocker.UNKNOWN,
        lambda e: e.newest_is(End.OPEN) and e.provider not in OUTSIDE,
        "A sign-in was begun, and the log shows no end of it",
        lambda e: f"{plain(e.newest.method if e.newest else '', limit=40) or 'A first method'} was right",
        Sure.GUESS,
        steps.ask_page,
    ),
    VerdictRule(
        "factor",
        Blocker.FACTOR,
        lambda e: e.at_the_factor,
        lambda e: (
            "The password is right, the second factor fails"
            if e.newest and e.newest.password_right
            else "The second factor fails"
        ),
        _failing_factor,
        Sure.LIKELY,
        steps.factor,
    ),
    VerdictRule(
        "denied",
        Blocker.DENIED,
        lambda e: e.newest_is(End.DENIED),
        "A sign-on policy denies it",
        _last_denial,
        Sure.CERTAIN,
        steps.denied,
    ),
    VerdictRule(
        "not-assigned",
        Blocker.NO_APP,
        lambda e: e.newest_is(End.NOT_ASSIGNED),
        lambda e: f"They are signed in, and {_refused_app(e)} is not assigned to them",
        "Neither the password nor a factor is wrong",
        Sure.CERTAIN,
        steps.give_app,
    ),
    VerdictRule(
        "overdue",
        Blocker.PASSWORD_EXPIRED,
        lambda e: e.overdue and not e.failures,
        "The password is past its age; Okta asks for a new one at the next sign-in",
        lambda e: f"By {policy_words(e)} it lasts {e.policy.max_age if e.policy else 0} days",
        Sure.LIKELY,
        steps.overdue,
    ),
    VerdictRule(
        "wrong-directory",
        Blocker.WRONG_PASSWORD,
        lambda e: e.mostly(*PASSWORD_ENDS) and e.provider in DIRECTORIES,
        lambda e: f"Wrong password, and it is that of {plain(okta_terms.provider_words(e.person.user))}",
        diagnosis_words,
        Sure.LIKELY,
        steps.directory("Reset it there, if they have forgotten it"),
    ),
    VerdictRule(
        "wrong-stale",
        Blocker.WRONG_PASSWORD,
        lambda e: bool(e.failures) and e.diagnosis.stale,
        lambda e: f"Some software sends an old password; it will lock them{' again' * e.unlocked}",
        diagnosis_words,
        None,
        steps.stale,
    ),
    VerdictRule(
        "wrong",
        Blocker.WRONG_PASSWORD,
        lambda e: e.mostly(*PASSWORD_ENDS) and e.provider not in OUTSIDE,
        lambda e: "Wrong passwords, and unlocked since" if e.unlocked else "Wrong password, not locked yet",
        diagnosis_words,
        Sure.LIKELY,
        steps.offer("reset-password", "Have them type it once more, slowly; mail a reset if they have forgotten it"),
    ),
    VerdictRule(
        "unclear",
        Blocker.UNKNOWN,
        lambda e: bool(e.failures),
        "A sign-in failed, and the log does not tell what was wrong",
        diagnosis_words,
        Sure.GUESS,
        steps.ask_page,
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
