"""Actions on accounts, sessions and factors, as data."""

from __future__ import annotations

from typing import Final

from tui.desk.actions import Action, Danger, Kind, Option
from tui.okta import endpoints
from tui.okta.policy import Capability

HELP_DESK: Final = ("HELP_DESK_ADMIN", "USER_ADMIN", "ORG_ADMIN", "SUPER_ADMIN")
ALIVE: Final = frozenset({"STAGED", "PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT", "SUSPENDED"})
OPEN: Final = "Open {link} in the Admin Console (Directory > People > {login})."
CHECK: Final = "Check that login, department and manager are those of the person who asked."

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
    directory_note="The password belongs to the directory: only Okta's own lock is released, an account that is "
    "locked in the directory stays locked there.",
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
    title="Clear sessions",
    key="s",
    capability=Capability.PASSWORDS,
    endpoint=endpoints.CLEAR_SESSIONS,
    states=ALIVE,
    sentence="{name} will be signed out of Okta everywhere.",
    effect="They have to sign in again on every device. Apps that keep a session of their own stay open in it.",
    options=(
        Option(
            "oauth-tokens",
            "Also revoke OAuth and OpenID Connect tokens",
            "Apps on phones and desktops that use tokens of Okta have to sign in again too.",
            query="oauthTokens",
        ),
        Option(
            "forget-devices",
            "Also forget remembered devices",
            "Devices where the second factor was remembered ask for it again.",
            query="forgetDevices",
        ),
    ),
    danger=Danger.DISRUPTIVE,
    roles=HELP_DESK,
    permissions=("okta.users.lifecycle.clearSessions",),
    steps=(OPEN, CHECK, "Choose More Actions > Clear User Sessions, and confirm."),
    after="Sign in again.",
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
    aims=(Kind.FACTOR,),
    states=ALIVE,
    sentence="{factor} of {name} will be removed.",
    effect="It cannot be used to sign in any more.",
    options=(
        Option(
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
    key="m",
    capability=Capability.MFA,
    endpoint=endpoints.RESET_FACTORS,
    aims=(Kind.FACTORS,),
    states=ALIVE,
    sentence="Every factor of {name} will be removed.",
    effect="Until they set up new ones, the password alone protects the account.",
    options=(
        Option(
            "clear-sessions",
            "Also sign them out everywhere",
            "They are signed out of Okta on every device.",
            endpoint=endpoints.CLEAR_SESSIONS,
            with_query={"oauthTokens": "false", "forgetDevices": "true"},
        ),
    ),
    danger=Danger.DESTRUCTIVE,
    roles=HELP_DESK,
    permissions=("okta.users.credentials.resetFactors",),
    steps=(OPEN, CHECK, "Choose More Actions > Reset Authenticators > Reset All, and confirm."),
    after="Sign in and set up new factors when Okta asks, at once: whoever knows the password could do it first.",
    wants=False,
    event="user.mfa.factor.reset_all",
)
