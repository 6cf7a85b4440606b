"""Who has an admin role of Okta's, asked once for the whole org; marked on cards and in confirmations."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from tui.okta import endpoints as ep
from tui.okta.models import RoleAssignees
from tui.trouble import Trouble

if TYPE_CHECKING:
    from tui.okta.client import OktaClient

PAGE: Final = "100"
PAGES: Final = 20
"""The most pages that are read: no org has so many admins, and a cursor that never ends must not be followed."""


class Admins:
    """The people with an admin role, by themselves or through a group, as far as these credentials may read them.

    Attributes:
        ids: Their Okta ids; `None` while nobody has asked, or where it could not be read.
    """

    def __init__(self) -> None:
        self.ids: frozenset[str] | None = None
        self._trouble: Trouble | None = None
        self._asking = asyncio.Lock()

    def forget(self) -> None:
        """Forget the answer, since the rights of the credentials may have changed."""
        self.ids = self._trouble = None

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
        return user_id in self.ids


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
