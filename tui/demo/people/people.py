"""All people: each made when first asked for, found by id, login or short name, and noted when changed."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, NamedTuple

from tui.demo.people import crowd
from tui.demo.people.cast import CAST, HOSTILE, OWN_STORY, STUCK
from tui.demo.people.schema import first_custom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.demo.base.ids import Ids
    from tui.demo.people.person import Person

# What the search index may lag behind when the search-lag fault is on, in seconds.
INDEX_LAG = 1.0


class Change(NamedTuple):
    """A person who has changed, and the record from before the first of the changes; None for somebody new."""

    before: Person | None
    person: Person


class People:
    """The people of one org.

    Args:
        count: How many in all; never fewer than the cast.
        origin: When the org started, in seconds since 1970; all history lies before it.
        names: The crowd's names, where they have been chosen before.

    Attributes:
        custom: The schema's entries of the profile attributes that the org has added to Okta's.
    """

    def __init__(self, ids: Ids, count: int, origin: float, names: list[crowd.Named] | None = None) -> None:
        self.ids = ids
        self.origin = origin
        self.type_id = ids.make("oty", 1)
        self.custom = first_custom()
        self.members = (*CAST, *HOSTILE, *STUCK)
        self._cast = {member.name: index for index, member in enumerate(self.members)}
        if names is None:
            names = crowd.choose_names(ids.seed, tuple(member.name for member in self.members), count)
        self._names = names
        self._by_login = {login: index for index, (login, _, _) in enumerate(self._names)}
        for index, member in enumerate(self.members):
            self._by_login[member.login] = index
        self._made: list[Person | None] = [None] * len(self._names)
        self._count = len(self._names)
        self._before: dict[int, tuple[float, Person]] = {}
        # By number, in the order of the changes: the mark that was valid then, and the record from before.
        self._changes: dict[int, tuple[int, Person | None]] = {}
        self._mark = 0
        # Of who was made, or got another login, after the start: numbers by the part before the @, and when made.
        self._short: dict[str, set[int]] = {}
        self._born: dict[int, float] = {}

    def __len__(self) -> int:
        return len(self._made)

    def at(self, index: int) -> Person:
        """Return the person with that number, deleted or not."""
        person = self._made[index]
        if person is None:
            if index < len(self.members):
                person = crowd.make_member(self.ids, index, self.members[index], self.origin)
            else:
                person = crowd.make_one(self.ids, index, self._names[index], self.origin, self._count)
            self._made[index] = person
        return person

    def as_made(self) -> People:
        """Return the same people as they were at the start, whatever has happened to them since."""
        return People(self.ids, self._count, self.origin, self._names)

    def locked_as_made(self) -> Iterator[Person]:
        """Yield who is locked from the start, but for those who have a story of their own."""
        for index, member in enumerate(self.members):
            if member.status == "LOCKED_OUT" and member.trouble != OWN_STORY:
                yield self.at(index)
        for index in range(len(self.members), self._count):
            if crowd.first_status(self.ids.seed, index, self._count) == "LOCKED_OUT":
                yield self.at(index)

    def blocked_as_made(self) -> Iterator[Person]:
        """Yield who of the crowd is blocked by device from the start; the cast has stories of its own."""
        for index in range(len(self.members), self._count):
            if crowd.blocked_at_first(self.ids.seed, index, self._count):
                yield self.at(index)

    def from_index(self, start: int = 0) -> Iterator[Person]:
        """Yield everybody who exists from that number on."""
        for index in range(start, len(self._made)):
            person = self._made[index] or self.at(index)
            if not person.deleted:
                yield person

    def named(self, name: str) -> Person:
        """Return a member of the cast by the part of the login before the @, whatever their login is by now."""
        index = self._cast.get(name)
        return self.at(self._by_login[f"{name}@acme.example"] if index is None else index)

    def find(self, key: str) -> Person | None:
        """Return the person with that id, login or unambiguous short name, or None."""
        index = self.ids.read("00u", key)
        if index is None:
            wanted = key.lower()
            index = self._by_login.get(wanted)
            if index is None and "@" not in wanted:
                return self._find_short(wanted)
        if index is None or index >= len(self._made):
            return None
        person = self.at(index)
        return None if person.deleted else person

    def _find_short(self, wanted: str) -> Person | None:
        known = self._by_login.get(f"{wanted}@acme.example")
        numbers = self._short.get(wanted, set()) | (set() if known is None else {known})
        found = [person for person in map(self.at, sorted(numbers)) if not person.deleted]
        return found[0] if len(found) == 1 else None

    def holder(self, login: str) -> Person | None:
        """Return who has a login, whatever its case; None when it is free."""
        index = self._by_login.get(login.lower())
        person = None if index is None else self.at(index)
        return None if person is None or person.deleted else person

    def admit(self, person: Person, now: float) -> None:
        """Add somebody new, whose number is the length of the list."""
        self._made.append(person)
        self._born[person.index] = now
        self._note(person.index, None)
        self._register(person)

    def rename(self, person: Person, login: str) -> None:
        """Give a person another login; the old one is free from then on."""
        self._by_login.pop(person.login.lower(), None)
        self._short.get(person.login.lower().partition("@")[0], set()).discard(person.index)
        person.login = login
        self._register(person)

    def _register(self, person: Person) -> None:
        login = person.login.lower()
        self._by_login[login] = person.index
        self._short.setdefault(login.partition("@")[0], set()).add(person.index)

    def delete(self, person: Person, now: float) -> None:
        """Delete a person for good; the login is free from then on, the id is never given out again."""
        self.touch(person, now)
        person.deleted = True
        if self._by_login.get(person.login.lower()) == person.index:
            del self._by_login[person.login.lower()]

    def touch(self, person: Person, now: float) -> None:
        """Note that a person is about to change: keeps the old record for a lagging search index."""
        before = copy.copy(person)
        self._before[person.index] = (now, before)
        self._note(person.index, before)
        person.raw = None
        person.last_updated = now

    def _note(self, index: int, before: Person | None) -> None:
        noted = self._changes.get(index)
        if noted is None or noted[0] < self._mark:
            self._changes.pop(index, None)  # so that the order is that of the changes
            self._changes[index] = (self._mark, before)

    def mark(self) -> int:
        """Return a mark for now, from which ``changes_since`` counts."""
        self._mark += 1
        return self._mark

    def changes_since(self, mark: int) -> list[Change]:
        """Return whoever has changed since a mark was taken, each once, in the order of the first changes."""
        found: list[Change] = []
        for index, (noted, before) in reversed(self._changes.items()):
            if noted < mark:
                break
            found.append(Change(before, self.at(index)))
        return found[::-1]

    def set_status(self, person: Person, status: str, now: float) -> None:
        """Move a person to a status, with the dates that move with it."""
        self.touch(person, now)
        person.status = status
        person.status_changed = now
        if status == "ACTIVE" and person.activated is None:
            person.activated = now

    def indexed(self, person: Person, now: float) -> Person | None:
        """Return the person as a lagging search index still has them; None for somebody whom it has not met yet."""
        if now - self._born.get(person.index, now - INDEX_LAG) < INDEX_LAG:
            return None
        seen = self._before.get(person.index)
        return seen[1] if seen is not None and now - seen[0] < INDEX_LAG else person
