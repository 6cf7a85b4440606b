"""Find out which password policy applies to locked people: a few requests a round; the answers are cached."""

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
"""People whose groups are read in one round; the others follow in the next."""
KEPT: Final = 1800.0
"""Seconds for which an answer is cached."""


class Healing:
    """A cache of which policy applies to whom.

    Attributes:
        trouble: Why the last round failed; `None` if it did not.
    """

    def __init__(self, client: OktaClient) -> None:
        self._client = client
        self._known: dict[str, tuple[float, Applied | None]] = {}
        self._asking = asyncio.Lock()
        self.trouble: Trouble | None = None

    async def ask(self, users: Sequence[User], *, at_once: int = AT_ONCE) -> Mapping[str, Applied]:
        """Return the known policies of people, by id, after reading a few of those that are not known.

        Args:
            users: The people.
            at_once: The most people whose groups are read.
        """
        async with self._asking:  # reading the status and reading the log may call this at the same time
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
        """Whether the answer for a person is cached."""
        return self._is_known(user_id, self._client.clock.time())

    def keep(self, ids: Collection[str]) -> None:
        """Forget everybody but these people."""
        self._known = {user_id: known for user_id, known in self._known.items() if user_id in ids}

    def _is_known(self, user_id: str, now: float) -> bool:
        known = self._known.get(user_id)
        return known is not None and now - known[0] <= KEPT

    async def _policy(self, user: User) -> tuple[Applied | None, int]:
        """Return the policy that says when a person's lock heals, and the number of requests about the person."""
        policies = await password_policies(self._client)
        candidates = policies.candidates(user, policies.groups)
        if len({settings_of(policy).unlock_after for policy in candidates}) <= 1:  # their groups make no difference
            return (settings_of(candidates[0]) if candidates else None), 0
        groups = await self._client.all(ep.USER_GROUPS, Group, {"id": user.id}, background=True)
        return policies.applies(user, {group.id for group in groups}), 1
