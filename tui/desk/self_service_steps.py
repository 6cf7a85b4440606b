"""What a person can do without the help desk, as steps to be told to them: per action and state, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.desk.actions import OUTSIDE
from tui.desk.instructions_links import web_link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.actions import Action
    from tui.desk.connector import OrgAddress
    from tui.desk.person import Person
    from tui.desk.self_service import SelfService


@dataclass(frozen=True, slots=True)
class Help:
    """One thing that people can do themselves.

    Attributes:
        what: What it is, to stand behind “may”.
        steps: With `{login}`, `{name}`, `{site}` and `{where}`, spoken to the person.
        needs: Which field of `SelfService` must not be `False`; empty where no policy has a say.
        page: The page of the org's own that begins it (Okta support: "How to Add the Forgot Password Link on the
            First Sign-In Screen"); empty for none.
        says: What the sign-in page calls it.
    """

    what: str
    steps: tuple[str, ...]
    needs: str = ""
    page: str = ""
    says: str = ""


_ASKED: Final = "Follow what the page asks: a mail, a code or a second factor of your own."
FORGOTTEN: Final = Help(
    "choose a new password themselves",
    ("{where}", "Type {login} as the username.", _ASKED, "Choose a new password and sign in with it."),
    needs="reset",
    page="/signin/forgot-password",
    says="Forgot password?",
)
LOCKED: Final = Help(
    "unlock the account themselves",
    ("{where}", "Type {login} as the username.", _ASKED, "Sign in with the password that you have."),
    needs="unlock",
    page="/signin/unlock",
    says="Unlock account?",
)
KNOWN: Final = Help(
    "change the password themselves, if they know it",
    (
        "Sign in at {site} as {login}.",
        "Open your name at the top right, then Settings.",
        "Change the password under Change Password; Edit Profile may ask for it once more.",
    ),
    needs="change",
)
OLD: Final = Help(
    "go on with the old password, if they know it",
    ("Sign in at {site} as {login}, with the old password.", "Choose a new one when Okta asks for it."),
    needs="change",
)
BEGUN: Final = Help(
    "finish the reset that was begun",
    (
        "Look for the newest mail from Okta, also among junk, and open its link.",
        "Choose a new password and sign in with it as {login}.",
        "“Forgot password?” on the sign-in page does not work while a reset is open.",
    ),
)
INVITED: Final = Help(
    "finish the activation",
    (
        "Look for the newest activation mail from Okta, also among junk, and open its link.",
        "Choose a password; {login} is the username.",
    ),
)
ELSEWHERE: Final = Help(
    "sign in from a device that Okta knows",
    (
        "Sign in at {site} as {login} on a device and in a browser that you have used for it before.",
        "Wait some minutes before you try from the new one again.",
    ),
)
FACTORS: Final = Help(
    "manage their factors themselves, while they can sign in with one",
    (
        "Sign in at {site} as {login}, with a factor that works.",
        "Open your name at the top right, then Settings.",
        "Remove or set up what is listed under Security Methods (older orgs: Extra Verification).",
    ),
)
REQUEST: Final = Help(
    "ask for an app themselves, where the org lets them",
    ("Sign in at {site} as {login}.", "Choose Add apps on the dashboard, if it is there, and look for {app}."),
)

_RESET: Final = {
    "ACTIVE": FORGOTTEN,
    "PASSWORD_EXPIRED": OLD,
    "LOCKED_OUT": LOCKED,
    "RECOVERY": BEGUN,
    "PROVISIONED": INVITED,
}
_FACTOR: Final = {"ACTIVE": FACTORS}
# Which help there is for which action in which state; a device block counts as the state "BLOCKED".
HELPS: Final[Mapping[str, Mapping[str, Help]]] = {
    "unlock": {
        "LOCKED_OUT": LOCKED, "BLOCKED": ELSEWHERE, "ACTIVE": FORGOTTEN, "PASSWORD_EXPIRED": OLD, "RECOVERY": BEGUN,
        "PROVISIONED": INVITED,
    },
    "reset-password": _RESET,
    "reset-link": _RESET,
    "temp-password": _RESET,
    "expire-password": {"ACTIVE": KNOWN, "PASSWORD_EXPIRED": OLD, "RECOVERY": BEGUN, "PROVISIONED": INVITED},
    "resend-activation": {
        "PROVISIONED": INVITED, "ACTIVE": FORGOTTEN, "PASSWORD_EXPIRED": OLD, "RECOVERY": BEGUN, "LOCKED_OUT": LOCKED,
    },
    "remove-factor": _FACTOR,
    "reset-mfa": _FACTOR,
    "assign-app": {"ACTIVE": REQUEST},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Themselves:
    """What a person can do, to be told to them.

    Attributes:
        what: To stand behind “may”.
        may: Whether the policy lets them; `None` where that is not known, or no policy has a say.
        asked: Whether a policy has a say.
        steps: Spoken to the person; `{name}`, `{login}`, `{app}` still to be filled.
        link: Where it begins; empty where that is not known.
    """

    what: str
    may: bool | None
    asked: bool
    steps: tuple[str, ...]
    link: str


def themselves(action: Action, person: Person, org: OrgAddress, helping: SelfService) -> Themselves | None:
    """What a person can do about it; `None` where there is nothing.

    Args:
        action: What was wanted.
        person: Who.
        org: Whose sign-in page it is; only a public one has pages to link to.
        helping: Whether the policy lets them.
    """
    status = person.user.status or ""
    if action.also_blocked and person.blocked and status != "LOCKED_OUT":
        status = "BLOCKED"
    found = HELPS.get(action.id, {}).get(status)
    if found is None or (found.needs and person.user.provider_type in OUTSIDE):
        return None
    may = getattr(helping, found.needs) if found.needs else None
    site = web_link(org.origin) if org.origin.startswith("https://") else ""
    link = f"{site}{found.page}" if site and found.page else ""
    says = f"choose “{found.says}”"
    if helping.identity_engine is None:
        says += " (older pages have it under “Need help signing in?”)"
    elif not helping.identity_engine:
        says = f"choose “Need help signing in?” and then “{found.says}”"
    start = site or "the sign-in page of your org"
    where = f"Open {link}, or {start} and {says}." if link else f"Open {start} and {says}."
    steps = tuple(step.replace("{where}", where).replace("{site}", start) for step in found.steps)
    return Themselves(found.what, may, bool(found.needs), steps, link)
