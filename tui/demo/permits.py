"""Who may make, change and delete people, set their passwords and enrol factors for them; and the codes that refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import rights
from tui.demo.errors import CODES, ApiError

if TYPE_CHECKING:
    from tui.demo.person import Person
    from tui.demo.wire import Call

CREATE, DELETE, PROFILE, PASSWORD = "users.create", "users.delete", "users.profile", "users.password"
ENROLL, SCHEMA = "factors.enroll", "schemas.manage"
_SUPER, _ORG, _GROUP = "SUPER_ADMIN", "ORG_ADMIN", "USER_ADMIN"
_NOT_FOR_ADMINS = frozenset({_GROUP, "HELP_DESK_ADMIN"})
# Whoever has said more about one of these is right.
for _right, _roles, _permission in (
    (CREATE, {_SUPER, _ORG, _GROUP}, "okta.users.create"),
    (DELETE, {_SUPER, _ORG}, "okta.users.lifecycle.delete"),
    (PROFILE, {_SUPER, _ORG, _GROUP}, "okta.users.userprofile.manage"),
    (PASSWORD, {_SUPER, _ORG, _GROUP}, "okta.users.credentials.manage"),
    (ENROLL, {_SUPER, _ORG, _GROUP}, "okta.users.credentials.manage"),
    (SCHEMA, {_SUPER, _ORG}, None),
):
    if _right not in rights.RIGHTS:
        rights.RIGHTS[_right] = frozenset(_roles)
        if _permission is not None:
            rights.PERMISSIONS[_right] = frozenset({_permission})
# From Okta's error code reference.
for _code, _row in {
    "E0000014": (403, "Update of credentials failed"),
    "E0000017": (403, "Password reset failed"),
    "E0000023": (
        403,
        "Operation failed because user profile is mastered under another system",
    ),
    "E0000068": (403, "Invalid Passcode/Answer"),
    "E0000087": (403, "The recovery question answer did not match our records."),
    "E0000098": (400, "This phone number is invalid."),
    "E0000109": (429, "An SMS message was recently sent. Please wait 30 seconds before trying again."),
}.items():
    CODES.setdefault(_code, _row)


def require_for(call: Call, right: str, person: Person) -> None:
    """Check that a right reaches a person; admins are out of reach for group admins, super admins for all others.

    Raises:
        ApiError: E0000006.
    """
    rights.require_for(call.org, call.principal, right, person)
    theirs = {grant.role for grant in call.org.roles_of(person)}
    mine = {grant.role for grant in rights.granting(call.principal, right)}
    if ("SUPER_ADMIN" in theirs and "SUPER_ADMIN" not in mine) or (theirs and mine <= _NOT_FOR_ADMINS):
        raise ApiError("E0000006")
