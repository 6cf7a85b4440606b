"""Actions on passwords, as data."""

from __future__ import annotations

from typing import Final

from tui.desk.actions import Action, Danger, Option, Reveals
from tui.desk.catalogue_accounts import CHECK, HELP_DESK, OPEN
from tui.okta import endpoints
from tui.okta.policy import Capability

RESETTABLE: Final = frozenset({"ACTIVE", "PASSWORD_EXPIRED", "LOCKED_OUT", "RECOVERY", "PROVISIONED"})
REFUSED: Final = {
    "FEDERATION": "Another identity provider signs this person in. A reset here would turn the account into one with "
    "an Okta password, and the sign-in through the provider would stop. Reset the password there.",
    "SOCIAL": "A social provider signs this person in. A reset here would turn the account into one with an Okta "
    "password. The person resets the password with that provider.",
}
DIRECTORY_NOTE: Final = (
    "The password belongs to the directory: Okta sets it there through its agent where the org allows that, and "
    "refuses otherwise. Okta's answer decides."
)
LOCKED_OUT_MEANWHILE: Final = (
    "The old password stops working at once, and they cannot sign in until they have finished."
)
SIGN_OUT: Final = Option(
    "sign-out",
    "Also sign them out everywhere",
    "They are signed out of Okta on every device.",
    query="revokeSessions",
)

MAIL_RESET: Final = Action(
    id="reset-password",
    title="Mail a password reset",
    key="p",
    capability=Capability.PASSWORDS,
    endpoint=endpoints.RESET_PASSWORD,
    query={"sendEmail": "true"},
    states=RESETTABLE,
    sentence="{name} will get a mail with a link to choose a new password.",
    effect=LOCKED_OUT_MEANWHILE,
    mails=True,
    options=(SIGN_OUT,),
    of_password=True,
    refused=REFUSED,
    directory_note=DIRECTORY_NOTE,
    portal="password_reset",
    danger=Danger.DISRUPTIVE,
    roles=HELP_DESK,
    permissions=("okta.users.credentials.resetPassword",),
    steps=(
        OPEN,
        CHECK,
        "Choose Reset Password, let Okta mail the link, and confirm.",
        "The status must say Password reset.",
    ),
    after="Open the mail from Okta and choose a new password with its link, before the link runs out.",
    worked_when=frozenset({"RECOVERY"}),
    event="user.account.reset_password",
)

RESET_LINK: Final = Action(
    id="reset-link",
    title="Make a reset link",
    key="l",
    capability=Capability.PASSWORDS,
    endpoint=endpoints.RESET_PASSWORD,
    query={"sendEmail": "false"},
    states=RESETTABLE,
    sentence="Okta will make a link with which {name} chooses a new password; you hand it over.",
    effect=LOCKED_OUT_MEANWHILE,
    options=(SIGN_OUT,),
    reveals=Reveals(
        "resetPasswordUrl",
        "Reset link",
        "Whoever has the link sets the password: give it to nobody else, and by no channel that others read.",
    ),
    of_password=True,
    refused=REFUSED,
    directory_note=DIRECTORY_NOTE,
    portal="password_reset",
    danger=Danger.DISRUPTIVE,
    roles=HELP_DESK,
    permissions=("okta.users.credentials.resetPassword",),
    steps=(
        OPEN,
        CHECK,
        "Choose Reset Password: the Admin Console mails the link or makes a temporary password; it shows no link.",
        "The status must say Password reset or Password expired.",
    ),
    after="Open the link and choose a new password, before it runs out.",
    worked_when=frozenset({"RECOVERY"}),
    event="user.account.reset_password",
)

TEMP_PASSWORD: Final = Action(
    id="temp-password",
    title="Temporary password",
    key="t",
    capability=Capability.PASSWORDS,
    endpoint=endpoints.TEMP_PASSWORD,
    states=frozenset({"ACTIVE", "PASSWORD_EXPIRED", "RECOVERY"}),
    sentence="Okta will make a temporary password for {name}; you hand it over.",
    effect="The old password stops working at once. At the next sign-in they must choose a new one.",
    options=(SIGN_OUT,),
    reveals=Reveals(
        "tempPassword",
        "Temporary password",
        "Say it to the person whom you have identified, and to nobody else; do not mail it.",
    ),
    of_password=True,
    refused=REFUSED,
    directory_note=DIRECTORY_NOTE,
    portal="password_reset",
    danger=Danger.DISRUPTIVE,
    roles=HELP_DESK,
    permissions=("okta.users.credentials.expirePassword", "okta.users.credentials.resetPassword"),
    steps=(
        OPEN,
        CHECK,
        "Choose Reset Password, then a temporary password, and confirm.",
        "The status must say Password expired.",
    ),
    after="Sign in with the temporary password and choose a new one when Okta asks.",
    worked_when=frozenset({"PASSWORD_EXPIRED"}),
    event="user.account.expire_password",
)

EXPIRE_PASSWORD: Final = Action(
    id="expire-password",
    title="Expire the password",
    key="e",
    capability=Capability.PASSWORDS,
    endpoint=endpoints.EXPIRE_PASSWORD,
    states=frozenset({"ACTIVE", "PASSWORD_EXPIRED"}),
    sentence="{name} will have to choose a new password at the next sign-in.",
    effect="The password they have still works for that one sign-in; who does not know it is not helped by this.",
    options=(
        Option(
            "sign-out",
            "Also sign them out everywhere",
            "They are signed out of Okta on every device, so that it takes effect at once.",
            endpoint=endpoints.CLEAR_SESSIONS,
            with_query={"oauthTokens": "false", "forgetDevices": "false"},
        ),
    ),
    of_password=True,
    refused=REFUSED,
    directory_note="The password belongs to the directory: where Okta's agent may, it expires there too.",
    portal="password_reset",
    danger=Danger.DISRUPTIVE,
    roles=HELP_DESK,
    permissions=("okta.users.credentials.expirePassword",),
    steps=(OPEN, CHECK, "Choose More Actions > Expire Password, and confirm.", "The status must say Password expired."),
    after="Sign in with the old password and choose a new one when Okta asks.",
    worked_when=frozenset({"PASSWORD_EXPIRED"}),
    event="user.account.expire_password",
)
