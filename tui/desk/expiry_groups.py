"""Who is in which of the groups that decide between password policies, in eight bytes a membership."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from hashlib import blake2b
from typing import TYPE_CHECKING

from tui.okta import endpoints as ep
from tui.okta.models import User

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.okta.client import OktaClient

PAGE = "200"


def _short(user_id: str) -> int:
    """Eight bytes of an id; that two people share them is as likely as one in a billion billion."""
    return int.from_bytes(blake2b(user_id.encode("utf-8", "replace"), digest_size=8).digest(), "big")


class Members:
    """The members of some groups.

    Attributes:
        whole: Groups whose members have all been read.
        everyone: Groups that everybody is in; they are not read.
    """

    def __init__(self) -> None:
        self.whole: dict[str, array[int]] = {}
        self.everyone: frozenset[str] = frozenset()

    async def read(self, client: OktaClient, group: str) -> AsyncIterator[int]:
        """Read who is in a group, unless that was done before; yields how many members came with each list call.

        Raises:
            OktaError: The group could not be read whole, and counts as not read.
        """
        if group in self.whole:
            return
        found: array[int] = array("Q")
        async for page in client.pages(ep.GROUP_USERS, User, {"group": group}, {"limit": PAGE}, background=True):
            found.extend(_short(user.id) for user in page.items)
            yield len(page.items)
        self.whole[group] = array("Q", sorted(found))

    def of(self, user_id: str) -> frozenset[str]:
        """The groups that somebody is in, of those that were read."""
        if not self.whole:
            return self.everyone
        short = _short(user_id)
        return self.everyone | {group for group, members in self.whole.items() if _holds(members, short)}


def _holds(members: array[int], short: int) -> bool:
    at = bisect_left(members, short)
    return at < len(members) and members[at] == short
