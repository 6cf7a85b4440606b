"""Roles, states and steps by hand that many actions have in common."""

from __future__ import annotations

from typing import Final

HELP_DESK: Final = ("HELP_DESK_ADMIN", "USER_ADMIN", "ORG_ADMIN", "SUPER_ADMIN")
ALIVE: Final = frozenset({"STAGED", "PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT", "SUSPENDED"})
OPEN: Final = "Open {link} in the Admin Console (Directory > People > {login})."
CHECK: Final = "Check that login, department and manager are those of the person who asked."
