"""The org goes on living: people lock themselves out by the clock and are healed, so that about as many stay locked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.demo.base.dice import pick, roll
from tui.demo.base.times import HOUR, MINUTE
from tui.demo.log.events import party
from tui.demo.story import stories
from tui.demo.story.methods import PUSH
from tui.demo.story.sources import BROWSERS, COMMON, SPRAY, TROUBLES, at_home

if TYPE_CHECKING:
    from tui.demo.log.events import Source
    from tui.demo.org import Org
    from tui.demo.people.person import Person

# The life before the start that fills the org to its steady number of locks.
_REHEARSAL = 30 * MINUTE
# After a longer sleep than this, lockouts in between are skipped; heals are not.
_LONGEST_CATCH_UP = 6 * HOUR
_ATTEMPTS_TO_FIND = 30
# A small org does not lock more than one in eight through life alone.
_MOST_LOCKED_SHARE = 8
_FEWEST_ALLOWED = 2
# Who tries from a device that Okta does not know goes on trying: at every so many lockouts of others.
_KEEPS_TRYING_EVERY = 40
_TRIES = 4


class Life:
    """Locks, heals and sign-ins to come.

    Args:
        per_minute: How many lockouts a minute; 0 for none, and then nothing else happens by itself either.
    """

    def __init__(self, org: Org, per_minute: float) -> None:
        self.org = org
        self.engine = stories.engine_of(org)
        self._gap = 60.0 / per_minute if per_minute > 0 else 0.0
        self._begun = 0
        self._next = org.origin - _REHEARSAL
        self._locked: dict[int, float] = {}
        if self._gap:
            org.agenda.watchers.append(self._plan)

    def _plan(self, now: float) -> None:
        """Put onto the agenda what begins between the last time and now."""
        if now - self._next > _LONGEST_CATCH_UP + _REHEARSAL:
            self._next = now - _LONGEST_CATCH_UP
        while self._next <= now:
            self.org.agenda.at(self._next, partial(self._begin, self._begun))
            self._begun += 1
            self._next += self._gap

    def _begin(self, number: int, at: float) -> None:
        """Start a run of failures of somebody, and two ordinary sign-ins of others."""
        org, chance = self.org, roll(self.org.seed, 0x11FE, number)
        for extra in range(2):
            guest = self._choose(number, 500 + 40 * extra)
            if guest is not None:
                when = at + (chance >> (7 * extra)) % 7
                self.org.agenda.at(
                    when, partial(self._sign_in, guest, at_home(pick(BROWSERS, chance >> (9 * extra)), guest))
                )
        carla = org.people.named("carla.diaz")
        if number % _KEEPS_TRYING_EVERY == 0 and carla.blocked and not carla.deleted:
            for attempt in range(_TRIES):
                self.org.agenda.at(at + attempt * 20, partial(self.engine.fail, carla, SPRAY[0]))
        person = self._choose(number, 0)
        most = max(_FEWEST_ALLOWED, len(org.people) // _MOST_LOCKED_SHARE)
        if person is None or len(self._locked) >= most:
            return
        source = at_home(pick(TROUBLES[pick(COMMON, chance >> 20)], chance >> 28), person)
        attempts = org.policies.of(person).row.attempts
        if not attempts:
            return  # the policy locks nobody
        gap = 0.7 + (chance >> 33) % 20 / 10
        for attempt in range(1, attempts):
            self.org.agenda.at(at + attempt * gap, partial(self.engine.fail, person, source))
        self.org.agenda.at(at + attempts * gap, partial(self._lock, person, source))

    def heal_later(self, person: Person) -> None:
        """Let the policy's timer unlock somebody who is locked already, unless the org stands still."""
        if not self._gap:
            return
        at = person.status_changed or self.org.origin
        self._locked[person.index] = at
        wait = self.org.policies.of(person).row.auto_unlock * MINUTE
        self.org.agenda.at(at + wait, partial(self._heal, person, at, "timer"))

    def _choose(self, number: int, salt: int) -> Person | None:
        """Return somebody of the crowd who can sign in with a password that Okta checks."""
        people = self.org.people
        first, count = len(people.members), len(people)
        for attempt in range(_ATTEMPTS_TO_FIND if count > first else 0):
            index = first + roll(people.ids.seed, 0x11FF + salt, number, attempt) % (count - first)
            person = people.at(index)
            usable = person.status == "ACTIVE" and not person.deleted and not person.blocked
            if usable and person.provider in {"OKTA", "IMPORT", "ACTIVE_DIRECTORY"}:
                return person
        return None

    def _sign_in(self, person: Person, source: Source, at: float) -> None:
        if person.status == "ACTIVE" and not person.deleted:
            self.engine.sign_in(person, source, at, PUSH if person.index % 3 == 0 else None)
            person.last_login = float(int(at))
            person.raw = None

    def _lock(self, person: Person, source: Source, at: float) -> None:
        if person.status != "ACTIVE" or person.deleted:
            return
        stories.fail_and_lock(self.engine, person, source, at)
        self.org.people.set_status(person, "LOCKED_OUT", float(int(at)))
        chance = roll(self.org.seed, 0x4EA1, person.index, int(at))
        minutes = self.org.policies.of(person).row.auto_unlock
        how = pick(("timer", "timer", "timer", "admin", "self"), chance) if minutes else "admin"
        wait = minutes * MINUTE if how == "timer" else (2 + (chance >> 8) % 9) * MINUTE
        self._locked[person.index] = at
        self.org.agenda.at(at + wait, partial(self._heal, person, at, how))

    def _heal(self, person: Person, locked_at: float, how: str, at: float) -> None:
        """Unlock a person, unless somebody did or they were locked again meanwhile."""
        if self._locked.get(person.index) == locked_at:
            del self._locked[person.index]
        if person.status != "LOCKED_OUT" or person.deleted or person.status_changed != float(int(locked_at)):
            return
        admin = party(self.org.people.named("nina.rossi"))
        stories.unlock(self.org.journal, person, at, how, admin)
        self.org.people.set_status(person, "ACTIVE", float(int(at)))


def lock_now(org: Org, person: Person, now: float, trouble: str = "typing") -> None:
    """Lock a person at once, with the failures that explain the lock."""
    source = pick(TROUBLES[trouble], person.salt)
    failures = org.policies.of(person).row.attempts
    stories.run_and_lock(stories.engine_of(org), person, source, now, failures=failures, gap=0.5)
    org.people.set_status(person, "LOCKED_OUT", float(int(now)))
