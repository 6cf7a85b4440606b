"""The lifecycle rules as data: for each operation where it may start, where it leads, how it refuses, what it logs.

Written from Okta's user lifecycle reference and its status diagram. Who may call stands in ``admins.rights``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.demo.base.errors import ApiError
from tui.demo.people.person import NO_PASSWORD

if TYPE_CHECKING:
    from tui.demo.people.person import Person

EVERY = frozenset(
    {"STAGED", "PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT", "SUSPENDED", "DEPROVISIONED"}
)
_ALIVE = EVERY - {"DEPROVISIONED"}


class Operation(NamedTuple):
    """One lifecycle operation.

    Attributes:
        right: What a role must carry, a key of ``rights.RIGHTS``.
        allowed: The statuses that it may start from.
        leads_to: The new status, None for no change.
        code: The error for another status, with its words and causes.
    """

    right: str
    allowed: frozenset[str]
    leads_to: str | None
    event: str
    code: str = "E0000038"
    words: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()


OPERATIONS: dict[str, Operation] = {
    "unlock": Operation(
        "users.unlock",
        frozenset({"LOCKED_OUT"}),
        "ACTIVE",
        "user.account.unlock_by_admin",
        "E0000032",
        causes=("The user is not locked out.",),
    ),
    "reset_password": Operation(
        "users.reset",
        frozenset({"ACTIVE", "PASSWORD_EXPIRED", "LOCKED_OUT", "RECOVERY", "PROVISIONED"}),
        "RECOVERY",
        "user.account.reset_password",
    ),
    "expire_password": Operation(
        "users.expire",
        frozenset({"ACTIVE", "PASSWORD_EXPIRED"}),
        "PASSWORD_EXPIRED",
        "user.account.expire_password",
    ),
    "expire_password_with_temp_password": Operation(
        "users.expire",
        frozenset({"ACTIVE", "PASSWORD_EXPIRED", "RECOVERY"}),
        "PASSWORD_EXPIRED",
        "user.account.expire_password",
    ),
    "reset_factors": Operation("users.factors", EVERY, None, "user.mfa.factor.reset_all"),
    "suspend": Operation(
        "users.suspend",
        frozenset({"ACTIVE"}),
        "SUSPENDED",
        "user.lifecycle.suspend",
        "E0000001",
        ("suspendUser",),
        ("Cannot suspend a user that is not active",),
    ),
    "unsuspend": Operation(
        "users.unsuspend",
        frozenset({"SUSPENDED"}),
        "ACTIVE",
        "user.lifecycle.unsuspend",
        "E0000001",
        ("unsuspendUser",),
        ("Cannot unsuspend a user that is not suspended",),
    ),
    "activate": Operation(
        "users.manage",
        frozenset({"STAGED", "DEPROVISIONED"}),
        "PROVISIONED",
        "user.lifecycle.activate",
        "E0000016",
    ),
    "reactivate": Operation(
        "users.manage", frozenset({"PROVISIONED", "RECOVERY"}), "PROVISIONED", "user.lifecycle.reactivate"
    ),
    "deactivate": Operation("users.manage", _ALIVE, "DEPROVISIONED", "user.lifecycle.deactivate"),
}
_NEEDS_PASSWORD = frozenset({"expire_password", "expire_password_with_temp_password"})


def check(name: str, person: Person) -> Operation:
    """Return the operation, if the person's state allows it.

    An unlock also serves somebody who is ACTIVE but blocked from unknown devices.

    Raises:
        ApiError: The operation's own refusal; E0000038 for a password that does not live in Okta.
    """
    operation = OPERATIONS[name]
    if name == "unlock" and person.status == "ACTIVE" and person.blocked:
        return operation
    if person.status not in operation.allowed or person.transitioning is not None:
        raise ApiError(operation.code, *operation.words, causes=operation.causes)
    if name in _NEEDS_PASSWORD and person.provider in NO_PASSWORD:
        raise ApiError("E0000038")
    return operation
