"""Who has an admin role of Okta's, asked once for the whole org; marked in lists, on cards and in confirmations."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tui.okta import endpoints as ep
from tui.okta.errors import MissingRole, MissingScope
from tui.okta.models import RoleAssignees, RoleAssignment
from tui.okta.policy import SwitchedOff
from tui.trouble import Trouble

if TYPE_CHECKING:
    from tui.okta.client import OktaClient

PAGE: Final = "100"
PAGES: Final = 20
"""The most pages that are read: no org has so many admins, and a cursor that never ends must not be followed."""


class AdminRole(StrEnum):
    """Whether a person has an admin role of Okta's; nobody's is an empty text, and so false."""

    NONE = ""
    ADMIN = "admin"
    SUPER = "super admin"


class Admins:
    """The people with an admin role, by themselves or through a group, as far as these credentials may read them.

    Attributes:
        ids: Their Okta ids; `None` while nobody has asked, or where it could not be read.
        version: A number that grows with each change.
    """

    def __init__(self) -> None:
        self.ids: frozenset[str] | None = None
        self.version = 0
        self._trouble: Trouble | None = None
        self._asking = asyncio.Lock()
        self._roles: dict[str, AdminRole] = {}
        self._asking_roles = asyncio.Lock()
        self._refused: Trouble | None = None

    def forget(self) -> None:
        """Forget the answer, since the rights of the credentials may have changed."""
        self.ids = self._trouble = self._refused = None
        self._roles.clear()
        self.version += 1

    async def ask(self, client: OktaClient) -> None:
        """Read who has an admin role, unless somebody has asked before. What cannot be read marks nobody."""
        with suppress(Trouble):
            await self.holds(client, "")

    async def holds(self, client: OktaClient, user_id: str) -> bool:
        """Whether a person has an admin role; only the first question of a session sends requests.

        Args:
            client: The connection to the org.
            user_id: The person's Okta id.

        Raises:
            Trouble: It could not be read; the same trouble is raised again without another request.
        """
        async with self._asking:
            if self._trouble is not None:
                raise self._trouble
            if self.ids is None:
                try:
                    self.ids = await _read(client)
                except Trouble as trouble:
                    self._trouble = trouble
                    raise
                self.version += 1
        return user_id in self.ids

    async def role_of(self, client: OktaClient, user_id: str, *, alone: bool = False) -> AdminRole:
        """Return a person's admin role; of an administrator, their roles are read once, to know a super admin.

        Okta answers both questions to super admins and to custom roles that may read roles, and says for which scope
        each is (Okta: "List all users with role assignments", "List all roles assigned to a user").

        Args:
            client: The connection to the org.
            user_id: The person's Okta id.
            alone: Whether the roles of this one person are read where those of all cannot be; a change is worth that
                question, a look at a card is not.

        Raises:
            Trouble: Whether they are an administrator could not be read.
        """
        try:
            if not await self.holds(client, user_id):
                return AdminRole.NONE
        except (SwitchedOff, MissingScope):
            raise  # the same would come of the other question
        except Trouble as trouble:
            if not alone:
                raise
            return await self._role_alone(client, user_id, trouble)
        with suppress(Trouble):  # that they are an administrator is known all the same
            return await self._role(client, user_id) or AdminRole.ADMIN
        return AdminRole.ADMIN

    async def _role_alone(self, client: OktaClient, user_id: str, trouble: Trouble) -> AdminRole:
        """Read the roles of one person, unless that was refused before.

        Raises:
            Trouble: It was refused, now or before.
        """
        if self._refused is not None:
            raise trouble
        try:
            return await self._role(client, user_id)
        except (MissingRole, MissingScope) as refused:
            self._refused = refused
            raise

    async def _role(self, client: OktaClient, user_id: str) -> AdminRole:
        """Read the roles of one person, once a session.

        Raises:
            Trouble: They could not be read.
        """
        async with self._asking_roles:
            if user_id not in self._roles:
                roles = await client.read(ep.USER_ROLES, list[RoleAssignment], {"id": user_id}, background=True)
                has_super = any(role.type == "SUPER_ADMIN" for role in roles)
                self._roles[user_id] = AdminRole.SUPER if has_super else AdminRole.ADMIN if roles else AdminRole.NONE
            return self._roles[user_id]


async def _read(client: OktaClient) -> frozenset[str]:
    ids: set[str] = set()
    after = ""
    for _ in range(PAGES):
        query = {"limit": PAGE} | ({"after": after} if after else {})
        page = await client.read(ep.ROLE_ASSIGNEES, RoleAssignees, None, query, background=True)
        ids.update(one.id for one in page.value)
        if not page.after or page.after == after:
            break
        after = page.after
    return frozenset(ids)
