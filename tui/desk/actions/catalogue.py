"""Everything an agent may do, as data, by its id; what is done about software is in a file of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from tui.desk.actions.device_actions import DEACTIVATE_DEVICE, SUSPEND_DEVICE, UNSUSPEND_DEVICE
from tui.desk.actions.grammar import (
    ALIVE,
    CHECK,
    CLEAR,
    HELP_DESK,
    OPEN,
    Action,
    ActionOption,
    Danger,
    Reveals,
    TargetKind,
)
from tui.desk.actions.software_actions import (
    ADD_TO_GROUP,
    ASSIGN_APP,
    GIVE_APP_TO_GROUP,
    REMOVE_FROM_GROUP,
    UNASSIGN_APP,
)
from tui.okta import endpoints
from tui.okta.policy import Capability

if TYPE_CHECKING:
    from collections.abc import Mapping

_CLEAR_TOO: Final = f"Only if they are to be signed out as well: {CLEAR[0].lower()}{CLEAR[1:]}"
_SIGN_OUT_TOO: Final = "To end their sessions as well, tick Sign out user there."  # Okta: "Reset a user password"

UNLOCK: Final = Action(
    id="unlock",
    title="Unlock",
    key="u",
    capability=Capability.UNLOCK,
    endpoint=endpoints.UNLOCK,
    states=frozenset({"LOCKED_OUT"}),
    also_blocked=True,
    sentence="{name} will be unlocked.",
    effect="They can sign in again with the password they have. The password does not change.",
    of_password=True,
    directory_note="The password belongs to the directory, and Okta may refuse: its documentation promises an unlock "
    "only for people whose password is Okta's.",
    reaches_directory=True,
    portal="unlock",
    danger=Danger.ROUTINE,
    roles=HELP_DESK,
    permissions=("okta.users.lifecycle.unlock",),
    steps=(
        OPEN,
        CHECK,
        "Choose More Actions > Unlock Account, and confirm.",
        "The status must say Active afterwards.",
    ),
    several=True,
    worked_when=frozenset({"ACTIVE", "PASSWORD_EXPIRED"}),
    event="user.account.unlock_by_admin",
)

CLEAR_SESSIONS: Final = Action(
    id="clear-sessions",
    title="Sign out everywhere",
    key="s",
    capability=Capability.PASSWORDS,
    endpoint=endpoints.CLEAR_SESSIONS,
    states=ALIVE,
    sentence="{name} will be signed out everywhere.",
    effect="They have to sign in again on every device. Apps with own sessions stay open.",
    options=(
        ActionOption(
            "oauth-tokens",
            "Also revoke OAuth tokens",
            "Apps that hold OAuth tokens sign in anew.",
            query="oauthTokens",
            on=True,
        ),
        ActionOption(
            "forget-devices",
            "Also forget remembered devices",
            "Remembered devices ask for the second factor again.",
            query="forgetDevices",
            on=True,
        ),
    ),
    danger=Danger.DISRUPTIVE,
    roles=HELP_DESK,
    permissions=("okta.users.lifecycle.clearSessions",),
    steps=(OPEN, CHECK, CLEAR),
    event="user.session.clear",
)

RESEND_ACTIVATION: Final = Action(
    id="resend-activation",
    title="Resend the activation",
    key="a",
    capability=Capability.PASSWORDS,
    endpoint=endpoints.REACTIVATE,
    query={"sendEmail": "true"},
    states=frozenset({"PROVISIONED"}),
    sentence="{name} will get the activation mail again.",
    effect="The link in the mail before stops working. Nothing else changes.",
    mails=True,
    danger=Danger.ROUTINE,
    roles=("USER_ADMIN", "ORG_ADMIN", "SUPER_ADMIN"),
    permissions=("okta.users.lifecycle.activate",),
    extra=True,
    steps=(OPEN, CHECK, "Choose Resend activation email (or More Actions > Reactivate), and confirm."),
    after="Open the newest activation mail, choose a password, set up the second factor.",
    event="user.lifecycle.reactivate",
)

REMOVE_FACTOR: Final = Action(
    id="remove-factor",
    title="Remove a factor",
    key="f",
    capability=Capability.MFA,
    endpoint=endpoints.REMOVE_FACTOR,
    aims=(TargetKind.FACTOR,),
    states=ALIVE,
    sentence="{factor} of {name} will be removed.",
    effect="It cannot be used to sign in any more.",
    options=(
        ActionOption(
            "recovery-number",
            "Also take the number away from password recovery",
            "The number can no longer be used to reset the password either.",
            query="removeRecoveryEnrollment",
            tag="phone",
        ),
    ),
    danger=Danger.DISRUPTIVE,
    roles=HELP_DESK,
    permissions=("okta.users.credentials.resetFactors",),
    steps=(OPEN, CHECK, "Choose More Actions > Reset Authenticators, tick {factor} only, and choose Reset Selected."),
    after="Sign in with another factor; if none is left, Okta asks to set one up at the next sign-in, "
    "where the policy demands it.",
    wants=False,
    event="user.mfa.factor.deactivate",
)

RESET_FACTORS: Final = Action(
    id="reset-mfa",
    title="Reset all factors",
    key="M",  # with Shift, since nothing brings the factors back
    capability=Capability.MFA,
    endpoint=endpoints.RESET_FACTORS,
    aims=(TargetKind.FACTORS,),
    states=ALIVE,
    sentence="Every factor of {name} will be removed.",
    effect="Until they set up new ones, the password alone protects the account.",
    options=(
        ActionOption(
            "clear-sessions",
            "Also sign them out everywhere",
            "Sessions, OAuth tokens and remembered devices end with it.",
            endpoint=endpoints.CLEAR_SESSIONS,
            with_query={"oauthTokens": "true", "forgetDevices": "true"},
        ),
    ),
    danger=Danger.DESTRUCTIVE,
    roles=HELP_DESK,
    permissions=("okta.users.credentials.resetFactors",),
    steps=(OPEN, CHECK, "Choose More Actions > Reset Authenticators > Reset All, and confirm.", _CLEAR_TOO),
    after="Sign in and set up new factors when Okta asks, at once: whoever knows the password could do it first.",
    wants=False,
    event="user.mfa.factor.reset_all",
)

ACCESS_CODE: Final = Action(
    id="access-code",
    title="Temporary access code",
    key="T",
    capability=Capability.ACCESS_CODES,
    endpoint=endpoints.MAKE_CODE,
    body={"authenticatorId": "{authenticator}", "profile": {"ttl": "{ttl}", "multiUse": False}},
    aims=(TargetKind.AUTHENTICATOR,),
    found_by=endpoints.AUTHENTICATORS,
    states=ALIVE,
    sentence="Okta will make a temporary access code for {name}; you read it out.",
    effect="It is good for one sign-in. Nothing is taken away: password and factors stay as they are. A code made "
    "before ends with it.",
    reveals=Reveals(
        "profile.tac",
        "Temporary access code",
        "Say it to the person whom you have identified, and to nobody else; do not mail it.",
        withdrawn_by="withdraw-code",
    ),
    danger=Danger.DISRUPTIVE,
    roles=HELP_DESK,
    permissions=("okta.users.credentials.manageTemporaryAccessCode",),
    steps=(
        OPEN,
        CHECK,
        "Look under More Actions for the temporary access code, where your org has it: the shortest time, one use.",
    ),
    after="Sign in with it at once, and set up what is missing. Where the sign-in wants two kinds of factors, the "
    "code stands for the password alone.",
    wants=True,
)

WITHDRAW_CODE: Final = Action(
    id="withdraw-code",
    title="Withdraw the access code",
    key="",
    capability=Capability.ACCESS_CODES,
    endpoint=endpoints.REMOVE_ENROLLMENT,
    aims=(TargetKind.ENROLLMENT,),
    states=ALIVE,
    sentence="The temporary access code of {name} will be withdrawn.",
    effect="Nobody can sign in with it any more. Whoever has done so stays signed in.",
    danger=Danger.ROUTINE,
    roles=HELP_DESK,
    permissions=("okta.users.credentials.manageTemporaryAccessCode",),
    steps=(OPEN, CHECK, "Look under More Actions for the temporary access code, and withdraw it."),
    wants=False,
)

SUSPENDS: Final = ("USER_ADMIN", "ORG_ADMIN", "SUPER_ADMIN")

# Okta's reference has it for people who are active; it also shows the operation for the two other statuses, as answers
# recorded from real orgs tell, so that its answer decides there.
SUSPEND: Final = Action(
    id="suspend",
    title="Suspend",
    key="S",
    capability=Capability.SUSPENSION,
    endpoint=endpoints.SUSPEND,
    states=frozenset({"ACTIVE", "PASSWORD_EXPIRED", "PROVISIONED"}),
    sentence="{name} will be suspended.",
    effect="They are signed out, and cannot sign in any more. Password, factors, groups and apps stay as they are, and "
    "whoever may end the suspension brings them back. Apps that keep a session of their own stay open in it.",
    danger=Danger.DISRUPTIVE,
    roles=SUSPENDS,
    permissions=("okta.users.lifecycle.suspend",),
    steps=(OPEN, CHECK, "Choose More Actions > Suspend, and confirm.", "The status must say Suspended afterwards."),
    after="Wait until security has looked at the account; nothing that they do themselves ends it.",
    worked_when=frozenset({"SUSPENDED"}),
    event="user.lifecycle.suspend",
)

UNSUSPEND: Final = Action(
    id="unsuspend",
    title="End the suspension",
    key="U",
    capability=Capability.SUSPENSION,
    endpoint=endpoints.UNSUSPEND,
    states=frozenset({"SUSPENDED"}),
    sentence="The suspension of {name} will be ended.",
    effect="They can sign in again with the password and the factors they have. Somebody has suspended them on "
    "purpose: ask who, and why, before.",
    danger=Danger.DISRUPTIVE,
    roles=SUSPENDS,
    permissions=("okta.users.lifecycle.unsuspend",),
    steps=(OPEN, CHECK, "Choose More Actions > Unsuspend, and confirm.", "The status must say Active afterwards."),
    after="Sign in again.",
    worked_when=frozenset({"ACTIVE", "PASSWORD_EXPIRED", "PROVISIONED"}),
    event="user.lifecycle.unsuspend",
)

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
SIGN_OUT: Final = ActionOption(
    "sign-out",
    "Also end their sessions",
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
        f"Choose Reset Password, let Okta mail the link, and confirm. {_SIGN_OUT_TOO}",
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
        "Choose Reset Password: the Admin Console mails the link or makes a temporary password; it shows no link. "
        + _SIGN_OUT_TOO,
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
        f"Choose Reset Password, then a temporary password, and confirm. {_SIGN_OUT_TOO}",
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
    states=frozenset({"ACTIVE"}),  # Okta would take it for an expired one too, and change nothing
    sentence="{name} will have to choose a new password at the next sign-in.",
    effect="The password they have still works for that one sign-in; who does not know it is not helped by this.",
    options=(
        ActionOption(
            "sign-out",
            "Also sign them out everywhere",
            "Sessions, OAuth tokens and remembered devices end with it, so that it takes effect at once.",
            endpoint=endpoints.CLEAR_SESSIONS,
            with_query={"oauthTokens": "true", "forgetDevices": "true"},
        ),
    ),
    of_password=True,
    refused=REFUSED,
    directory_note="The password belongs to the directory: where Okta's agent may, it expires there too.",
    portal="password_reset",
    danger=Danger.DISRUPTIVE,
    roles=HELP_DESK,
    permissions=("okta.users.credentials.expirePassword",),
    steps=(
        OPEN,
        CHECK,
        _CLEAR_TOO,  # before it: the console offers that for active people only
        "Choose More Actions > Expire Password, and confirm.",
        "The status must say Password expired.",
    ),
    after="Sign in with the old password and choose a new one when Okta asks.",
    worked_when=frozenset({"PASSWORD_EXPIRED"}),
    event="user.account.expire_password",
)

# Suspending comes first, so that nobody signs in between the two; Okta's reference names no status for the second.
CONTAIN: Final = Action(
    id="contain",
    title="Contain the account",
    key="C",
    capability=Capability.SUSPENSION,
    endpoint=endpoints.SUSPEND,
    states=SUSPEND.states,
    sentence="The account of {name} will be shut against whoever is in it.",
    effect="First they are suspended: nobody can sign in, and password, factors, groups and apps stay as they are. "
    "Apps that keep a session of their own stay open in it.",
    options=(
        ActionOption(
            "expire",
            "Expire the password instead of suspending them",
            "The password is expired, and they are not suspended: whoever knows it can still sign in once and choose "
            "the next one, if they pass the second factor.",
            instead=replace(EXPIRE_PASSWORD, steps=(OPEN, CHECK, CLEAR, *EXPIRE_PASSWORD.steps[-2:])),
        ),
        ActionOption(
            "sign-out",
            "End sessions, OAuth tokens and remembered devices",
            "Then all their sessions in Okta and their OAuth tokens end, and remembered devices are forgotten.",
            endpoint=endpoints.CLEAR_SESSIONS,
            with_query={"oauthTokens": "true", "forgetDevices": "true"},
            on=True,
        ),
    ),
    danger=Danger.DISRUPTIVE,
    roles=SUSPENDS,
    permissions=SUSPEND.permissions,
    steps=(
        OPEN,
        CHECK,
        CLEAR,
        "Choose More Actions > Suspend, and confirm.",
        "The status must say Suspended afterwards.",
    ),
    after="Wait until security has looked at the account; nothing that they do themselves ends it.",
    worked_when=SUSPEND.worked_when,
    event="user.lifecycle.suspend",
)

ACTIONS: Final[Mapping[str, Action]] = {
    action.id: action
    for action in (
        UNLOCK,
        MAIL_RESET,
        RESET_LINK,
        TEMP_PASSWORD,
        EXPIRE_PASSWORD,
        CLEAR_SESSIONS,
        RESEND_ACTIVATION,
        REMOVE_FACTOR,
        ACCESS_CODE,
        RESET_FACTORS,
        CONTAIN,
        SUSPEND,
        UNSUSPEND,
        SUSPEND_DEVICE,
        UNSUSPEND_DEVICE,
        DEACTIVATE_DEVICE,
        ADD_TO_GROUP,
        REMOVE_FROM_GROUP,
        ASSIGN_APP,
        UNASSIGN_APP,
        GIVE_APP_TO_GROUP,
        WITHDRAW_CODE,
    )
}
ON_THE_CARD: Final = tuple(action for action in ACTIONS.values() if action.key)
"""The actions that have a key on a person's card; the others start from the software of a person, and from a code."""
