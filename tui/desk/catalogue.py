"""Everything an agent may do, as data, by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.catalogue_accounts import CLEAR_SESSIONS, REMOVE_FACTOR, RESEND_ACTIVATION, RESET_FACTORS, UNLOCK
from tui.desk.catalogue_passwords import EXPIRE_PASSWORD, MAIL_RESET, RESET_LINK, TEMP_PASSWORD
from tui.desk.catalogue_software import ADD_TO_GROUP, ASSIGN_APP, GIVE_APP_TO_GROUP, REMOVE_FROM_GROUP, UNASSIGN_APP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.actions import Action

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
        RESET_FACTORS,
        ADD_TO_GROUP,
        REMOVE_FROM_GROUP,
        ASSIGN_APP,
        UNASSIGN_APP,
        GIVE_APP_TO_GROUP,
    )
}
ON_THE_CARD: Final = tuple(action for action in ACTIONS.values() if action.key)
"""The actions that have a key on a person's card; the others start from the software of a person."""
