"""Everything an agent may do, as data: one entry per action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.actions import Action, Danger
from tui.okta import endpoints
from tui.okta.policy import Capability

if TYPE_CHECKING:
    from collections.abc import Mapping

HELP_DESK: Final = ("HELP_DESK_ADMIN", "USER_ADMIN", "ORG_ADMIN", "SUPER_ADMIN")

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
    directory_note="The password belongs to the directory: only Okta's own lock is released, an account that is "
    "locked in the directory stays locked there.",
    danger=Danger.ROUTINE,
    roles=HELP_DESK,
    permission="okta.users.lifecycle.unlock",
    steps=(
        "Open {link} in the Admin Console (Directory > People > {login}).",
        "Check that login, department and manager are those of the person who asked.",
        "Choose More Actions > Unlock Account, and confirm.",
        "The status must say Active afterwards.",
    ),
    worked_when=frozenset({"ACTIVE", "PASSWORD_EXPIRED"}),
)

CLEAR_SESSIONS: Final = Action(
    id="clear-sessions",
    title="Clear sessions",
    key="s",
    capability=Capability.PASSWORDS,
    endpoint=endpoints.CLEAR_SESSIONS,
    query={"oauthTokens": "false"},
    states=frozenset({"STAGED", "PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT", "SUSPENDED"}),
    sentence="{name} will be signed out of Okta everywhere.",
    effect="They have to sign in again on every device. Apps that keep a session of their own stay open in it.",
    danger=Danger.DISRUPTIVE,
    roles=HELP_DESK,
    permission="okta.users.lifecycle.clearSessions",
    steps=(
        "Open {link} in the Admin Console (Directory > People > {login}).",
        "Check that login, department and manager are those of the person who asked.",
        "Choose More Actions > Clear User Sessions, and confirm.",
    ),
)

ACTIONS: Final[Mapping[str, Action]] = {action.id: action for action in (UNLOCK, CLEAR_SESSIONS)}
