"""Who wants no notices: the members of the group that the rules name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.text.plain import plain
from tui.okta import endpoints as ep
from tui.okta.models import Group, User
from tui.okta.scim import eq
from tui.trouble import Trouble

if TYPE_CHECKING:
    from tui.desk.session import Session


async def opted_out(session: Session, group: str) -> frozenset[str]:
    """Return Okta's ids of the people who want no notices (Okta: "Groups", list all member users).

    Args:
        session: The session.
        group: The group's id or name; empty where the rules name none, and then nobody has opted out.

    Raises:
        OktaError: They could not be read.
        Trouble: There is no such group, or more than one.
    """
    if not group:
        return frozenset()
    client = session.client
    by = eq("id", group) if group.startswith("00g") else eq("profile.name", group)
    groups = await client.all(ep.GROUPS, Group, None, {"search": by, "limit": "2"}, background=True)
    if len(groups) != 1:
        raise Trouble(
            f"The group {plain(group, limit=60)} for opting out was not found",
            advice="Correct opt_out in notices.toml; until then nothing is sent.",
        )
    members: set[str] = set()
    async for page in client.pages(ep.GROUP_USERS, User, {"group": groups[0].id}, {"limit": "200"}, background=True):
        members.update(user.id for user in page.items)
    return frozenset(members)
