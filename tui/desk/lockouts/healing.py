"""Which password policy applies to the people who are locked now: a few questions a round, the answers kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from tui.desk.people.password_policies import password_policies, settings_of
from tui.okta import endpoints as ep
from tui.okta.models import Group
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tui.desk.people.password_policies import Applied
    from tui.okta.client import OktaClient
    from tui.okta.models import User

AT_ONCE: Final = 5
"""People whose groups are asked for in one round; the others have their turn in the next."""
KEPT: Final = 1800.0
"""Seconds for which it is taken for granted which policy applies to somebody."""


class Healing:
    """Remembers which policy applies to whom.

    Attributes:
        trouble: Why the last round could not find out.
    """

    def __init__(self, client: OktaClient) -> None:
        self._client = client
        self._known: dict[str, tuple[float, Applied | None]] = {}
        self._asking = asyncio.Lock()
        self.trouble: Trouble | None = None

    async def ask(self, users: Sequence[User], *, at_once: int = AT_ONCE) -> Mapping[str, Applied]:
        """The policies of these people as far as they are known, by id; asks for a few of those that are not.

        Args:
            users: Who.
            at_once: For how many of them the groups are asked for at most.
        """
        async with self._asking:  # the status and the log may come to it at the same time
            now = self._client.clock.time()
            asked = 0
            try:
                for user in users:
                    if asked < at_once and not self._is_known(user.id, now):
                        policy, cost = await self._policy(user)
                        self._known[user.id] = (now, policy)
                        asked += cost
            except Trouble as trouble:
                self.trouble = trouble
            else:
                self.trouble = None
        known = ((user.id, self._known[user.id][1]) for user in users if user.id in self._known)
        return {user_id: policy for user_id, policy in known if policy is not None}

    def knows(self, user_id: str) -> bool:
        """Whether nothing has to be asked for about somebody."""
        return self._is_known(user_id, self._client.clock.time())

    def keep(self, ids: Collection[str]) -> None:
        """Forget everybody else."""
        self._known = {user_id: known for user_id, known in self._known.items() if user_id in ids}

    def _is_known(self, user_id: str, now: float) -> bool:
        known = self._known.get(user_id)
        return known is not None and now - known[0] <= KEPT

    async def _policy(self, user: User) -> tuple[Applied | None, int]:
        """The policy that says when their lock heals, and how many questions about them it took."""
        found = await password_policies(self._client)
        candidates = found.candidates(user, found.groups)
        if len({settings_of(policy).unlock_after for policy in candidates}) <= 1:  # their groups make no difference
            return (settings_of(candidates[0]) if candidates else None), 0
        groups = await self._client.all(ep.USER_GROUPS, Group, {"id": user.id}, background=True)
        return found.applies(user, {group.id for group in groups}), 1
