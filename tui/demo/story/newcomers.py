"""Somebody new: a person made from a request, who is in no group and has no app that nobody gave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.base.dice import roll
from tui.demo.people.person import Person

if TYPE_CHECKING:
    from tui.demo.org import Org

_ATTEMPTS = 2_000


def _salt(org: Org, index: int) -> int:
    """Return chance that puts nobody anywhere: memberships and assignments by chance are for those of the start."""
    ghost = Person(index, "", "", "", None, None, "ACTIVE", "OKTA", "OKTA", 0.0, 0)
    groups = [group for group in org.groups.all if group.kind == "OKTA_GROUP"]
    for attempt in range(_ATTEMPTS):
        ghost.salt = roll(org.seed, 0x4E77, index, attempt)
        if any(group.holds(ghost) for group in groups):
            continue
        if not any(app.row.direct and (ghost.salt >> (app.index + 16)) % app.row.direct == 0 for app in org.apps.all):
            break
    return ghost.salt


def make(org: Org, login: str, provider: str, provider_name: str, now: float) -> Person:
    """Return a new person, STAGED and without a profile yet; nobody knows of them before ``People.admit``."""
    index = len(org.people)
    return Person(
        index,
        org.ids.make("00u", index),
        login,
        login,
        None,
        None,
        "STAGED",
        provider,
        provider_name,
        now,
        _salt(org, index),
        last_updated=now,
        has_password=False,
        factors=[],
    )
