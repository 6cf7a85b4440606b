"""Export the people whom a search has found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.files.listing import ExportTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.okta.models import User

HEAD: Final = ("id", "login", "name", "email", "department", "title", "status")


def listing(users: Sequence[User]) -> ExportTable:
    """Return people as values; the status is Okta's word for it."""
    return ExportTable(
        HEAD,
        [
            (user.id, user.login, user.name, user.email, user.text("department"), user.text("title"), user.status)
            for user in users
        ],
    )
