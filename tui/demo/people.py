"""Everybody: made one by one when first looked at, found by id, login or short name, and remembered when changed."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from tui.demo import crowd
from tui.demo.cast import CAST, HOSTILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.demo.ids import Ids
    from tui.demo.person import Person

# What the search index may lag behind when the search-lag fault is on, in seconds.
INDEX_LAG = 1.0


class People:
    """The people of one org.

    Args:
        count: How many in all; never fewer than the cast.
        origin: When the org started, in seconds since 1970; all history lies before it.
    """

    def __init__(self, ids: Ids, count: int, origin: float) -> None:
        self.ids = ids
        self.origin = origin
        self.type_id = ids.make("oty", 1)
        self.members = (*CAST, *HOSTILE)
        self._names = crowd.choose_names(ids.seed, tuple(member.name for member in self.members), count)
        self._by_login = {login: index for index, (login, _, _) in enumerate(self._names)}
        for index, member in enumerate(self.members):
            self._by_login[member.login] = index
        self._made: list[Person | None] = [None] * len(self._names)
        self._before: dict[int, tuple[float, Person]] = {}

    def __len__(self) -> int:
        return len(self._made)

    def at(self, index: int) -> Person:
        """Return the person with that number, deleted or not."""
        person = self._made[index]
        if person is None:
            if index < len(self.members):
                person = crowd.make_member(self.ids, index, self.members[index], self.origin)
            else:
                person = crowd.make_one(self.ids, index, self._names[index], self.origin, len(self))
            self._made[index] = person
        return person

    def from_index(self, start: int = 0) -> Iterator[Person]:
        """Yield everybody who exists from that number on."""
        for index in range(start, len(self._made)):
            person = self._made[index] or self.at(index)
            if not person.deleted:
                yield person

    def named(self, name: str) -> Person:
        """Return a member of the cast by the part of the login before the @."""
        return self.at(self._by_login[f"{name}@acme.example"])

    def find(self, key: str) -> Person | None:
        """Return the person with that id, login or unambiguous short name, or None."""
        index = self.ids.read("00u", key)
        if index is None:
            wanted = key.lower()
            index = self._by_login.get(wanted)
            if index is None and "@" not in wanted:
                index = self._by_login.get(f"{wanted}@acme.example")
        if index is None or index >= len(self._made):
            return None
        person = self.at(index)
        return None if person.deleted else person

    def touch(self, person: Person, now: float) -> None:
        """Note that a person is about to change: keeps the old record for a lagging search index."""
        self._before[person.index] = (now, copy.copy(person))
        person.raw = None
        person.last_updated = now

    def set_status(self, person: Person, status: str, now: float) -> None:
        """Move a person to a status, with the dates that move with it."""
        self.touch(person, now)
        person.status = status
        person.status_changed = now
        if status == "ACTIVE" and person.activated is None:
            person.activated = now

    def indexed(self, person: Person, now: float) -> Person:
        """Return the person as a lagging search index still has them."""
        seen = self._before.get(person.index)
        return seen[1] if seen is not None and now - seen[0] < INDEX_LAG else person
