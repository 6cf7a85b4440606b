"""The rules about the state of the account, in their order: the first one that fits gives the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.lockouts.case import Shut
from tui.desk.lockouts.causes import LockoutCause, Sure
from tui.desk.people.providers import DIRECTORIES
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.desk.why import next_step as steps
from tui.desk.why.evidence import REPORTED, SOON
from tui.desk.why.rule import VerdictRule, diagnosis_words, looks_like_attack, policy_words
from tui.desk.why.verdict import Blocker

if TYPE_CHECKING:
    from tui.desk.why.evidence import Evidence
    from tui.desk.why.rule import Test


def _status(*names: str) -> Test:
    return lambda e: e.status in names


def _locked(*causes: LockoutCause) -> Test:
    return lambda e: e.person.locked and (not causes or e.diagnosis.cause in causes)


def _heals_soon(e: Evidence) -> bool:
    """Whether waiting is the right step: the lock heals soon, and no software would lock the account again."""
    case = e.case
    heals_at = case.heals_at if case else None
    return heals_at is not None and e.now < heals_at <= e.now + SOON and not e.diagnosis.stale


def _policy_says(e: Evidence) -> str:
    if e.policy is None or not e.policy.attempts:
        return e.diagnosis.words
    return f"{e.diagnosis.words}; {policy_words(e)} locks after {e.policy.attempts} failures"


def _locked_in(e: Evidence) -> str:
    return f"Locked out in Okta; the password is that of {plain(okta_terms.provider_words(e.person.user))}"


STATE: Final = (
    VerdictRule(
        "changing",
        Blocker.UNKNOWN,
        lambda e: e.person.changing,
        "Okta is changing the account just now",
        lambda e: f"It becomes {okta_terms.status_words(e.person.user.transitioning_to_status).lower()}",
        Sure.CERTAIN,
        steps.wait_a_minute,
    ),
    VerdictRule(
        "deactivated",
        Blocker.DEACTIVATED,
        _status("DEPROVISIONED"),
        "The account is deactivated",
        "Somebody, or the HR system, has switched it off; assignments are gone",
        Sure.CERTAIN,
        steps.ask_admin("Ask whoever deactivated it whether that was right; only an admin can activate it"),
    ),
    VerdictRule(
        "suspended",
        Blocker.SUSPENDED,
        _status("SUSPENDED"),
        "The account is suspended",
        "An admin has paused it on purpose; assignments are kept",
        Sure.CERTAIN,
        steps.ask_admin("Ask whoever suspended it; only a Group Administrator or above can end it"),
    ),
    VerdictRule(
        "staged",
        Blocker.NOT_ACTIVATED,
        _status("STAGED"),
        "The account was never activated",
        "It was created, and the activation was not started",
        Sure.CERTAIN,
        steps.ask_admin("Ask an admin to activate it; a help desk may not"),
    ),
    VerdictRule(
        "provisioned",
        Blocker.ACTIVATION_UNFINISHED,
        _status("PROVISIONED"),
        "The activation was never finished",
        "They got the activation mail and have not chosen a password yet",
        Sure.CERTAIN,
        steps.offer("resend-activation", "Mail the activation again, and have them finish it"),
    ),
    VerdictRule(
        "recovery",
        Blocker.RESET_UNFINISHED,
        _status("RECOVERY"),
        "A password reset was started and not finished",
        "Until it is, the old password does not work and “Forgot password?” neither",
        Sure.CERTAIN,
        steps.offer("reset-password", "Have them finish the mail they got; if it is gone, mail a new reset"),
    ),
    VerdictRule(
        "reported",
        Blocker.ATTACK,
        lambda e: e.report is not None and e.report >= e.now - REPORTED,
        lambda e: (
            f"They have reported suspicious activity themselves{', and they are locked out' if e.person.locked else ''}"
        ),
        "They answered one of Okta's notices with “Report suspicious activity”",
        Sure.CERTAIN,
        steps.reported,
        attack=True,
    ),
    VerdictRule(
        "directory-lock",
        Blocker.DIRECTORY_LOCK,
        lambda e: not e.person.locked and e.directory_case is not None,
        "The account is locked in Active Directory",
        "Okta only tells of it, and cannot lift it",
        Sure.CERTAIN,
        steps.directory("Unlock them in Active Directory"),
    ),
    VerdictRule(
        "locked-attack",
        Blocker.LOCKED,
        lambda e: e.person.locked and looks_like_attack(e),
        "Locked out, and it looks like an attack",
        _policy_says,
        None,
        steps.security,
        attack=True,
    ),
    VerdictRule(
        "locked-directory",
        Blocker.LOCKED,
        lambda e: e.person.locked and e.provider in DIRECTORIES,
        _locked_in,
        _policy_says,
        None,
        steps.unlock_of_directory,
    ),
    VerdictRule(
        "locked-stale",
        Blocker.LOCKED,
        lambda e: e.person.locked and e.diagnosis.stale,
        "Locked out by software that has an old password",
        _policy_says,
        None,
        steps.stale_then_unlock,
    ),
    VerdictRule(
        "locked-limit",
        Blocker.LOCKED,
        lambda e: e.person.locked and e.case is not None and e.case.shut is Shut.LIMIT,
        "Locked out for too many lockouts; it does not heal by itself",
        _policy_says,
        Sure.CERTAIN,
        steps.offer("unlock", "Make sure that it is them, then unlock"),
    ),
    VerdictRule(
        "locked-heals",
        Blocker.LOCKED,
        lambda e: e.person.locked and _heals_soon(e),
        "Locked out, and it heals by itself in a moment",
        _policy_says,
        None,
        steps.wait_for_healing,
    ),
    VerdictRule(
        "locked-factor",
        Blocker.LOCKED,
        _locked(LockoutCause.FACTOR),
        "Locked out by failures of the second factor",
        _policy_says,
        None,
        steps.offer("unlock", "Find out which factor fails, then unlock; remove the factor if it is lost"),
    ),
    VerdictRule(
        "locked-mistyped",
        Blocker.LOCKED,
        _locked(LockoutCause.MISTYPED),
        "Locked out by a mistyped password",
        _policy_says,
        None,
        steps.offer("unlock", "Make sure that it is them, then unlock; reset the password if they forgot it"),
    ),
    VerdictRule(
        "locked",
        Blocker.LOCKED,
        _locked(),
        "Locked out",
        _policy_says,
        Sure.CERTAIN,
        steps.offer("unlock", "Make sure that it is them, then unlock"),
    ),
    VerdictRule(
        "blocked-attack",
        Blocker.BLOCKED_DEVICES,
        lambda e: e.person.blocked and looks_like_attack(e),
        "Blocked from devices that Okta does not know, and it looks like an attack",
        diagnosis_words,
        None,
        steps.security_blocked,
        attack=True,
    ),
    VerdictRule(
        "blocked",
        Blocker.BLOCKED_DEVICES,
        lambda e: e.person.blocked,
        "Blocked from devices that Okta does not know",
        diagnosis_words,
        Sure.CERTAIN,
        steps.offer("unlock", "Have them use a device they used before; else make sure that it is them, and unlock"),
    ),
    VerdictRule(
        "expired",
        Blocker.PASSWORD_EXPIRED,
        _status("PASSWORD_EXPIRED"),
        "The password has expired",
        lambda e: (
            "They choose a new one at the next sign-in, if they know the old one"
            if e.provider not in DIRECTORIES
            else f"It is that of {plain(okta_terms.provider_words(e.person.user))}, and is changed there"
        ),
        Sure.CERTAIN,
        steps.expired,
    ),
    VerdictRule(
        "unknown-state",
        Blocker.UNKNOWN,
        lambda e: e.status != "ACTIVE",
        lambda e: f"Okta says {plain(e.status, limit=40) or 'nothing'}, a state that keydesk does not know",
        "",
        Sure.GUESS,
        steps.ask_admin("Look at the account in the Admin Console"),
    ),
)
