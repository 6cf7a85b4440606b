"""The next step of each verdict: one of keydesk's own actions where it is possible, else what to do instead."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final

from tui.desk.actions.catalogue import ACTIONS
from tui.desk.lockouts.causes import LockoutCause
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
    """Return the step for an account under attack that is not locked."""
    return NextStep(
        "Tell security",
        "",
        "They can sign in. A good password and a second factor keep the other out."
        if e.last_good
        else f"{_ASK_FIRST} If not, nothing of theirs is open to the other yet.",
    )


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
    if unlock.action:
        return NextStep(
            f"{first} in Okta, and look at the account in the directory",
            unlock.action,
            "Whether Okta's unlock reaches the directory is up to its policy.",
        )
    return NextStep(f"This is fixed in the directory: {first[0].lower()}{first[1:]} there", "", unlock.detail)


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
    """Return the step for a factor that fails."""
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
    return NextStep("Ask which app or page refuses them: w, then a asks about an app", "", "Okta has let them in.")


def right_address(e: Evidence) -> NextStep:
    """Return the step for a person whose sign-ins do not reach Okta."""
    return NextStep(
        f"Check the address they use, and that they type {plain(e.person.user.login, limit=80)}",
        "",
        "If Okta's page does not open at all, it is their network.",
    )
