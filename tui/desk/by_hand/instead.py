"""What to do instead of an action that nobody can do now: data by state, action and identity provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.actions.device_actions import ON_A_DEVICE
from tui.desk.actions.grammar import Cause
from tui.desk.actions.obstacles import BLOCKABLE
from tui.desk.people.providers import DIRECTORIES, OUTSIDE
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.actions.grammar import Action, Obstacle
    from tui.desk.people.person import Person

PAGE: Final = "Open {link} in the Admin Console (Directory > People > {login})"
GROUP_ADMINS: Final = "a Group, Organization or Super Administrator; a Help Desk Administrator may not"

# What to do in a state, whatever the action (Okta: "User status", "Activate and deactivate users",
# "Suspend and unsuspend users").
STATE: Final[Mapping[str, tuple[str, ...]]] = {
    "STAGED": (
        "The account was made and never activated: there is no password, no session and no factor yet.",
        "Ask whether {name} is to start now; a start date in the future may be why it waits.",
        PAGE + " and choose Activate. It takes " + GROUP_ADMINS + ".",
        "Okta mails {name} a link with which they choose a password.",
    ),
    "PROVISIONED": (
        "The account is active, and {name} has not chosen a password yet: the activation is what they need.",
        "Check that the address on the card is one that they can read, and ask them to look for junk mail.",
        "Resend the activation: in keydesk, or " + PAGE[0].lower() + PAGE[1:] + " and choose Resend Activation Email.",
        "They open the newest mail; the links in older ones stop working.",
    ),
    "SUSPENDED": (
        (
            "Somebody has paused this account on purpose. Find out who and why before anything else: "
            "Reports > System Log in the Admin Console, search for {login} and user.lifecycle.suspend."
        ),
        "Ask that person, or the manager of {name}, whether they may come back.",
        "If so, " + PAGE[0].lower() + PAGE[1:] + " and choose Unsuspend. It takes " + GROUP_ADMINS + ".",
        "Groups and apps are as they were. Then look at the person again: there may be more to do.",
    ),
    "DEPROVISIONED": (
        "The account is switched off, and its apps and factors are gone with it.",
        "Ask those who look after joiners and leavers, or the manager, whether {name} still works here.",
        "If so, " + PAGE[0].lower() + PAGE[1:] + " and choose Activate. It takes " + GROUP_ADMINS + ".",
        "Okta mails {name} an activation; apps have to be assigned and factors set up again.",
    ),
}

_STUCK_AT_RESET: Final = (
    "A reset was begun and not finished: {name} cannot sign in until they have chosen a new password.",
    "Ask for the mail that Okta has sent; its link works until it runs out.",
    "If it is lost, mail a password reset again or make a reset link: the newest one counts.",
)
_LOCKED_ALREADY: Final = (
    "{name} is locked out: nobody signs in with this account now, and Okta suspends nobody in this state.",
    "End what is open: sign them out everywhere, with sessions, OAuth tokens and remembered devices.",
    "The lock may end by itself. Do not unlock before security has looked; once it has ended, contain the account.",
)
_NOBODY_UNTIL_RESET: Final = (
    "A reset was begun: nobody signs in to this account before a new password is chosen by its link.",
    "End what is open: sign them out everywhere, with sessions, OAuth tokens and remembered devices.",
    "If the mailbox may be in wrong hands too, tell security at once: the link is in it.",
)
_SUSPENDED_ALREADY: Final = (
    "{name} is suspended already: nobody signs in with this account, and its sessions in Okta ended with that.",
    (
        "For OAuth tokens and remembered devices, sign them out everywhere; whether Okta does that for somebody "
        "suspended is not known, its answer says."
    ),
    "Reports > System Log in the Admin Console says who suspended them: search for {login} and user.lifecycle.suspend.",
    "Tell that person and security what you have seen. Do not end the suspension before they have looked.",
)
_NEVER_ACTIVATED: Final = (
    "This account was never activated: nobody can sign in with it, and there is no session to end.",
    "Tell those who look after joiners and leavers that it is not to be activated, and why.",
)
_SHUT_FOR_GOOD: Final = (
    "The account is deactivated: nobody signs in with it, and its sessions in Okta ended with it.",
    "Apps may keep sessions of their own; who looks after such an app ends them there.",
    "If somebody was in, tell security what you have seen.",
)
_OF_A_LEAVER: Final = (
    "The account is deactivated: nobody signs in with it, on this device or another.",
    (
        "If others sign in on the device, or nobody knows where it is, an Organization or Super Administrator looks "
        "for it under Directory > Devices in the Admin Console."
    ),
)
_NOT_SUSPENDED: Final = (
    "{name} is not suspended, so there is no suspension to end.",
    "The state on the card says what keeps them out, and the verdict what to do about it.",
)
_SIGNS_IN: Final = (
    "{name} has finished the activation long ago, so there is none to resend.",
    "Ask what they see when they sign in as {login}.",
    "If the password is forgotten, mail a password reset.",
)
# What to do in a state for one action only; it takes the place of what to do in the state for all actions.
ACTION: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("unlock", "ACTIVE"): (
        "{name} is not locked out, so an unlock would change nothing.",
        "Ask for the exact words on their screen, and that they sign in as {login}.",
        (
            "Look at the last events on the card: a wrong password needs a reset, a failed second factor a reset of "
            "that factor, a refusal by an app the group or the assignment that gives it."
        ),
        "No event at all means that they sign in somewhere else: check the address in their browser.",
    ),
    ("unlock", "PASSWORD_EXPIRED"): (
        "{name} is not locked out: the password is too old, or was expired.",
        "They sign in with the old password once more, and choose a new one when Okta asks.",
        "If they do not know it, mail a password reset or make a temporary password.",
    ),
    ("unlock", "RECOVERY"): _STUCK_AT_RESET,
    ("temp-password", "LOCKED_OUT"): (
        "A temporary password does not end a lockout.",
        "Unlock {name} first; that is enough for who knows the password.",
        (
            "If they do not know it, make the temporary password after the unlock, or mail a password reset, "
            "which is possible during a lockout too."
        ),
    ),
    ("temp-password", "PROVISIONED"): (
        "{name} has not chosen a first password yet, so there is none to replace.",
        "Resend the activation, or mail a password reset: both lead to a password of their own.",
        "Check that the address on the card is one that they can read.",
    ),
    ("expire-password", "PROVISIONED"): (
        "{name} has not chosen a first password yet, so there is none to expire.",
        "If the account seems to be in wrong hands, have it suspended or deactivated by " + GROUP_ADMINS + ".",
        "If they cannot get in, resend the activation.",
    ),
    ("expire-password", "RECOVERY"): (
        "The old password of {name} does not work any more and a new one has to be chosen: expiring does no more.",
        "To sign them out too, clear their sessions.",
        "If they have lost the mail, mail a password reset again.",
    ),
    ("expire-password", "PASSWORD_EXPIRED"): (
        "The password of {name} has expired already: Okta asks for a new one at the next sign-in.",
        "If they do not know the old one, mail a password reset or make a temporary password.",
        "To sign them out too, clear their sessions.",
    ),
    ("expire-password", "LOCKED_OUT"): (
        "{name} cannot sign in now, with whatever password.",
        "If the password may be known to others, mail a password reset: it ends the old one at once.",
        "Otherwise unlock first, and expire the password after that.",
    ),
    ("resend-activation", "STAGED"): (
        "{name} was never activated, so there is no activation to resend.",
        *STATE["STAGED"][1:],
    ),
    ("resend-activation", "ACTIVE"): _SIGNS_IN,
    ("resend-activation", "RECOVERY"): (
        "{name} has finished the activation before; what is open is a password reset.",
        *_STUCK_AT_RESET[1:],
    ),
    ("resend-activation", "PASSWORD_EXPIRED"): (
        "{name} has finished the activation long ago; the password has expired.",
        "They sign in with the old password once more, and choose a new one when Okta asks.",
        "If they do not know it, mail a password reset or make a temporary password.",
    ),
    ("resend-activation", "LOCKED_OUT"): (
        "{name} has finished the activation long ago, and is locked out now.",
        "Unlock them; that is enough for who knows the password.",
        "If it is forgotten, mail a password reset.",
    ),
    **{("unsuspend", status): _NOT_SUSPENDED for status in ("ACTIVE", "LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY")},
    **dict.fromkeys((("contain", "LOCKED_OUT"), ("suspend", "LOCKED_OUT")), _LOCKED_ALREADY),
    **dict.fromkeys((("contain", "RECOVERY"), ("suspend", "RECOVERY")), _NOBODY_UNTIL_RESET),
    **dict.fromkeys((("contain", "SUSPENDED"), ("suspend", "SUSPENDED")), _SUSPENDED_ALREADY),
    **dict.fromkeys((("contain", "STAGED"), ("suspend", "STAGED")), _NEVER_ACTIVATED),
    **dict.fromkeys((("contain", "DEPROVISIONED"), ("suspend", "DEPROVISIONED")), _SHUT_FOR_GOOD),
    **{(action.id, "DEPROVISIONED"): _OF_A_LEAVER for action in ON_A_DEVICE},
    ("clear-sessions", "DEPROVISIONED"): (
        "A deactivated account has no session in Okta: it was ended with the account.",
        "Apps may keep sessions of their own; who looks after such an app ends them there.",
    ),
    ("remove-from-group", "DEPROVISIONED"): (
        "A deactivated account gets nothing from the group, and nobody can sign in with it.",
        "If the membership itself is wrong, tell those who look after joiners and leavers.",
    ),
    ("unassign-app", "DEPROVISIONED"): (
        "Deactivating has taken every app away already.",
        "If the account in {app} is still there, who looks after that app removes it there.",
    ),
}

# What a directory or provider that owns the password adds to the steps.
_DIRECTORY: Final[Mapping[str, str]] = {
    "STAGED": "{provider} knows the person: whether an import activates them is set on its page in Directory > "
    "Directory Integrations.",
    "SUSPENDED": "The account in {provider} may be in use all the same; suspending is Okta's own.",
    "DEPROVISIONED": "{provider} says who is active: have the account enabled there first; the next import brings it "
    "back, unless it is activated here.",
}
_UNLOCKED_THERE: Final = (
    "An account that is locked in {provider} looks active here. Have those who look after {provider} check it there."
)
_SIGNED_IN_THERE: Final = "They sign in by {provider}: an account that is locked there looks active here."
_CONVERTS: Final = (
    "Do not reset it in the Admin Console either: that makes an account with an Okta password of it, and the sign-in "
    "by {provider} ends."
)
PROVIDER: Final[Mapping[str, tuple[str, ...]]] = {
    "FEDERATION": (
        "{name} has no password in Okta: {provider} signs them in.",
        "Have the password reset or changed there, by those who look after that provider or on its own sign-in page.",
        _CONVERTS,
    ),
    "SOCIAL": (
        "{name} has no password in Okta: they sign in by {provider}.",
        "They reset or change the password with that provider, on its own sign-in page.",
        _CONVERTS,
    ),
}
_CHANGING: Final = (
    "Okta is changing {name} to another state now; whatever is done meanwhile may be lost.",
    "Wait a minute and read the person again.",
    (
        "If it stays so for an hour, an admin looks for failed tasks under Dashboard > Tasks in the Admin Console, "
        "and in the System Log for {login}."
    ),
)
_BLOCKS_UNKNOWN: Final = (
    "The status does not say locked, and whether devices are blocked cannot be read from here.",
    PAGE + ": if a block is there, an unlock is offered.",
    (
        "Ask whether they can sign in on a device that they have used before; that works in spite of a block of "
        "unknown devices."
    ),
)
_LAST: Final = ("Look at the person again, and at the last events: what keeps them out may be something else.",)


def instead(action: Action, person: Person, never: Obstacle) -> tuple[str, ...]:
    """Return the steps to do instead. `{name}`, `{login}`, `{link}` and `{provider}` in them are still to be filled.

    Args:
        action: The action that the agent wanted.
        person: The person.
        never: Why nobody can do the action now.
    """
    provider, status = person.user.provider_type, person.user.status or ""
    steps: tuple[str, ...]
    match never.cause:
        case Cause.PROVIDER:
            steps = PROVIDER.get(provider, (_escaped(never.advice),))
            # No provider helps while Okta itself keeps the person out.
            return steps + (STATE.get(status, ()) if status in {"SUSPENDED", "DEPROVISIONED"} else ())
        case Cause.CHANGING:
            return _CHANGING
        case Cause.TARGET:
            return _obstacle_words(never)
    if action.also_blocked and status in BLOCKABLE and not person.blocked and not person.blocks_known:
        steps = _BLOCKS_UNKNOWN
    else:
        steps = ACTION.get((action.id, status)) or STATE.get(status) or _obstacle_words(never)
    if action.also_blocked and status in BLOCKABLE:
        steps += (_UNLOCKED_THERE,) if provider in DIRECTORIES else ()
        steps += (_SIGNED_IN_THERE,) if provider in OUTSIDE else ()
    elif provider in DIRECTORIES and status in _DIRECTORY:
        steps += (_DIRECTORY[status],)
    return steps


def _obstacle_words(never: Obstacle) -> tuple[str, ...]:
    """Return the obstacle's own words, where there are no better steps."""
    reason = _escaped(f"It is not possible: {never.reason}.")
    return (reason, _escaped(never.advice)) if never.advice else (reason, *_LAST)


def _escaped(text: str) -> str:
    """Return a harmless text in which braces are not filled."""
    return plain(text).replace("{", "{{").replace("}", "}}")
