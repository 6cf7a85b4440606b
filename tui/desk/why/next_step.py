"""The next step of each verdict: one of keydesk's own actions where it is possible, else what to do instead."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final

from tui.desk.actions.catalogue import ACTIONS
from tui.desk.lockouts.causes import LockoutCause
from tui.desk.people.factors import enrolled
from tui.desk.people.password_policies import directory_unlock_words
from tui.desk.people.providers import DIRECTORIES
from tui.desk.text.plain import plain
from tui.desk.why.verdict import NextStep

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.desk.why.evidence import Evidence

_ASK_FIRST: Final = "Ask them whether it was them."


def offer(action_id: str, text: str) -> Callable[[Evidence], NextStep]:
    """Return a step that offers one of keydesk's own actions, or says why the action is not possible."""

    def step(e: Evidence) -> NextStep:
        if e.possible(action_id):
            return NextStep(text, action_id)
        obstacle = (e.obstacles or {}).get(action_id)
        why = f"{ACTIONS[action_id].title} is not possible from here: {plain(obstacle.reason)}." if obstacle else ""
        return NextStep(text, "", " ".join(filter(None, (why, plain(obstacle.advice) if obstacle else ""))))

    return step


def ask_admin(text: str) -> Callable[[Evidence], NextStep]:
    """Return a step for somebody else to take."""
    return lambda _: NextStep(text)


def directory(text: str) -> Callable[[Evidence], NextStep]:
    """Return a step to take in the directory that owns the password."""
    return lambda _: NextStep(f"This is fixed in the directory: {text[0].lower()}{text[1:]}")


def wait_a_minute(_: Evidence) -> NextStep:
    """Return the step while Okta changes the account."""
    return NextStep("Wait a minute and look again")


def wait_for_healing(e: Evidence) -> NextStep:
    """Return the step for a lock that heals by itself soon."""
    case = e.case
    left = (case.heals_at - e.now).total_seconds() if case and case.heals_at else 0.0
    minutes = max(1, ceil(left / 60))
    unlock = "unlock" if e.possible("unlock") else ""
    return NextStep(
        f"Wait {minutes} minute{'s' if minutes > 1 else ''}: it heals by itself",
        unlock,
        "Unlocking now saves them the wait." if unlock else "",
    )


def security(_: Evidence) -> NextStep:
    """Return the step for a locked account under attack: do not unlock."""
    return NextStep(
        "Do not unlock; tell security", "", "The lock keeps whoever tries out. Let security decide when to lift it."
    )


def security_blocked(_: Evidence) -> NextStep:
    """Return the step for a blocked account under attack: do not lift the block."""
    return NextStep(
        "Do not unlock; tell security",
        "",
        "From a device that they have used before they can go on signing in, while the block keeps the other out.",
    )


def security_open(e: Evidence) -> NextStep:
    """Return the step for an account under attack that is not locked. It never takes a factor away."""
    if any(attempt.password_right for attempt in (*e.failures, *e.stuck)):
        step = offer("reset-password", "Ask whether it was them; if not, tell security and reset the password")(e)
        return NextStep(step.text, step.action, step.detail or "Take no factor away: it is what keeps the other out.")
    return NextStep(
        "Tell security",
        "",
        "They can sign in. A good password and a second factor keep the other out."
        if e.last_good
        else f"{_ASK_FIRST} If not, nothing of theirs is open to the other yet.",
    )


def reported(e: Evidence) -> NextStep:
    """Return the step for a person who has reported suspicious activity."""
    unlocked = "Do not unlock before security says so." if e.person.locked or e.person.blocked else ""
    return NextStep("Tell security at once, and ask them what they saw", "", unlocked)


def phishing(_: Evidence) -> NextStep:
    """Return the step for a phishing attempt that FastPass stopped."""
    return NextStep(
        "Tell security the address of the page; have them open the app from Okta's dashboard",
        "",
        "FastPass works: leave it as it is. If they typed their password there, it has to be changed.",
    )


def alarm(e: Evidence) -> NextStep:
    """Return the step for a push that was refused: perhaps by the person, to keep somebody out."""
    ask = "Ask whether they were signing in then; if not, tell security and reset the password"
    step = offer("reset-password", ask)(e)
    return NextStep(step.text, step.action, step.detail or "Take no factor away: it is what keeps the other out.")


def rests_for(e: Evidence) -> float:
    """Return the seconds until Okta takes a code again; 0 where it does already."""
    until = e.newest.until if e.newest else None
    return max(0.0, (until - e.now).total_seconds()) if until else 0.0


def wait_for_codes(e: Evidence) -> NextStep:
    """Return the step while a factor rests after too many wrong codes."""
    minutes = max(1, ceil(rests_for(e) / 60))
    return NextStep(
        f"Wait {minutes} minute{'s' if minutes > 1 else ''}, then try once more with a new code",
        "",
        "Nothing is locked: there is nothing to unlock, and no factor to remove. Another factor may work at once.",
    )


def agents(_: Evidence) -> NextStep:
    """Return the step where no agent of a directory answers."""
    return NextStep(
        "Tell whoever looks after the directory's agents; everybody of that directory has the same trouble",
        "",
        "Directory > Directory Integrations in the Admin Console shows the agents. A reset would not help.",
    )


def lost_factor(e: Evidence) -> NextStep:
    """Return the step for a person who stands at the second factor: often the phone is lost, new or switched off."""
    names = _other_factors(e)
    text = f"Ask whether they have {_thing(e)} at hand{f'; they also have {names}' if names else ''}"
    if not e.from_home:
        return NextStep(text, "", f"{_ASK_FIRST} Remove a factor only once you are sure that it is them who call.")
    step = offer("remove-factor", f"{text}; if it is lost, remove it once you are sure that it is them")(e)
    return NextStep(step.text, step.action, step.detail)


_THINGS: Final = {
    "okta verify": "the device with Okta Verify",
    "fastpass": "the device with Okta Verify",
    "authenticator": "the phone with the authenticator app",
    "sms": "the phone that gets the code",
    "call": "the phone that is called",
    "mail": "the mailbox that gets the code",
    "key": "the key",
}
"""What a person needs at hand for a factor, by a word in its name."""


def _thing(e: Evidence) -> str:
    """Return what the factor that was asked for needs, in words."""
    method = e.newest.method.casefold() if e.newest else ""
    return next((thing for word, thing in _THINGS.items() if word in method), "their second factor")


def _other_factors(e: Evidence) -> str:
    """Return the person's active factors, but for the one that was asked for, in words; empty for none."""
    asked = e.newest.method.casefold() if e.newest else ""
    others = [
        factor
        for factor in enrolled(e.person.factors.value or ())
        if factor.active and factor.name.partition(" to ")[0].partition(" on ")[0].casefold() not in asked
    ]
    return " or ".join(plain(factor.name, limit=40) for factor in others[:3])


def ask_page(_: Evidence) -> NextStep:
    """Return the step where the log does not settle it."""
    return NextStep("Ask what exactly the page says, and look again after their next try")


def _enter_password(e: Evidence) -> str:
    """Return where to enter the new password. A RADIUS server only passes on what one of the person's devices sends."""
    if e.diagnosis.cause is LockoutCause.RADIUS:
        return (
            f"Have them put the new password into the Wi-Fi or VPN on their devices (it comes by {e.diagnosis.client})"
        )
    client = e.diagnosis.client or "that software"
    return f"Have them put the new password into {client}, or remove the account there"


def stale_then_unlock(e: Evidence) -> NextStep:
    """Return the step for a lock by software with an old password: an unlock alone would not last."""
    unlock = offer("unlock", "")(e)
    return NextStep(
        f"{_enter_password(e)}; then unlock",
        unlock.action,
        unlock.detail or ("It keeps trying: unlocked before that, it locks again." if e.diagnosis.keeps_trying else ""),
    )


def stale(e: Evidence) -> NextStep:
    """Return the step for software that sends an old password to an account that is not locked yet."""
    return NextStep(_enter_password(e))


def unlock_of_directory(e: Evidence) -> NextStep:
    """Return the step for an account that is locked in Okta while a directory owns the password."""
    unlock = offer("unlock", "")(e)
    first = f"{_enter_password(e)}; then unlock" if e.diagnosis.stale else "Unlock them"
    if e.diagnosis.cause is LockoutCause.DIRECTORY:
        first = "Settle that in the directory first; then unlock"
    if unlock.action:
        return NextStep(
            f"{first} in Okta, and look at the account in the directory",
            unlock.action,
            f"{_reach(e)} Okta may refuse.",
        )
    return NextStep(f"This is fixed in the directory: {first[0].lower()}{first[1:]} there", "", unlock.detail)


def _reach(e: Evidence) -> str:
    """Return whether an unlock in Okta reaches the directory, as far as the policy says."""
    if e.provider != "ACTIVE_DIRECTORY":
        return directory_unlock_words(None, "Okta documents it for Active Directory alone")
    return directory_unlock_words(e.policy)


def expired(e: Evidence) -> NextStep:
    """Return the step for an expired password."""
    if e.provider in DIRECTORIES:
        return NextStep("This is fixed in the directory: change it there, or at a computer of the domain")
    return offer(
        "temp-password", "Have them sign in and choose a new one; a temporary password if they forgot the old"
    )(e)


def overdue(_: Evidence) -> NextStep:
    """Return the step for a password past its age."""
    return NextStep("Have them sign in and choose a new password when Okta asks")


def enrol(e: Evidence) -> NextStep:
    """Return the step for a person without a factor that works."""
    factors = e.person.factors.value
    if factors:
        return offer("reset-mfa", "Reset all factors, and have them set one up at the next sign-in")(e)
    return NextStep("Have them set up a factor from a network or device where Okta lets them; else ask an admin")


def factor(e: Evidence) -> NextStep:
    """Return the step for a factor that fails. None is taken away while the place is not known as theirs."""
    if not e.from_home:
        return NextStep(
            "Find out whether it is them who try, and which factor fails",
            "",
            "No good sign-in from there is known. Remove a factor only once you are sure that it is them who call.",
        )
    return offer("remove-factor", "Find out which factor fails; remove it if the phone or key is lost or new")(e)


def denied(_: Evidence) -> NextStep:
    """Return the step for a sign-in that a sign-on policy denied."""
    return NextStep(
        "Ask from which network and device they try, and have them try from the usual one",
        "",
        "If it is the usual one, whoever looks after Okta's sign-on policies has to look at the rule.",
    )


def give_app(e: Evidence) -> NextStep:
    """Return the step for an app that is not assigned to the person, or is switched off."""
    if e.app and e.app.inactive:
        return NextStep("Ask whoever looks after the app")
    return NextStep("Give it to them, if they may have it: g shows the ways")


def ask_them(_: Evidence) -> NextStep:
    """Return the step where the System Log cannot be read."""
    return NextStep("Ask what exactly the sign-in page says", "", "With okta.logs.read keydesk could tell why.")


def beyond_okta(_: Evidence) -> NextStep:
    """Return the step for a person whom Okta lets in."""
    return NextStep("Ask which app or page refuses them: w, then i asks about an app", "", "Okta has let them in.")


def right_address(e: Evidence) -> NextStep:
    """Return the step for a person whose sign-ins do not reach Okta."""
    return NextStep(
        f"Check the address they use, and that they type {plain(e.person.user.login, limit=80)}",
        "",
        "If Okta's page does not open at all, it is their network.",
    )
