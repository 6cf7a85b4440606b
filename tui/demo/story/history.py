"""What happened before the org started: eight days of sign-ins and healed locks, and why the locked are locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.base.dice import pick, roll
from tui.demo.base.times import DAY, HOUR, MINUTE
from tui.demo.groups.groups import Groups
from tui.demo.log.events import Party, party
from tui.demo.people.crowd import lock_chance
from tui.demo.policies.policies import Policies
from tui.demo.story import stories
from tui.demo.story.engine import BAD
from tui.demo.story.hurdles import write_hurdles
from tui.demo.story.methods import GOOGLE, PUSH, SMS, VERIFY_CODE
from tui.demo.story.sources import BROWSERS, COMMON, DESK, RADIUS, SPRAY, TROUBLES, at_home

if TYPE_CHECKING:
    from tui.demo.log.journal import Journal
    from tui.demo.org import Org
    from tui.demo.people.person import Person
    from tui.demo.story.life import Life

_DAYS = 8
_LOCK_EVERY = 2 * HOUR
_SIGN_IN_EVERY = 30 * MINUTE
# Nobody types as evenly as a program: seconds before the lock.
_TYPED = (96, 81, 74, 60, 55, 41, 33, 24, 19, 8)


def write_history(org: Org, life: Life) -> None:
    """Give the log everything that it should hold at the start; the larger part is written when it is first read."""
    org.journal.begin_with(Past(org).write)
    _write_stories(org)
    _write_sign_ins(org)
    _write_stuck(org, life)
    write_hurdles(org)


class Past:
    """The ordinary days, and the standing locks of the start.

    It is written from the org as it was made, which is made again here: so the log is the same whenever it is first
    read, and whatever has been done to people, groups and policies by then.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._engine = stories.engine_of(org)
        self._seed = org.seed
        self._origin = org.origin

    def write(self, journal: Journal) -> None:
        """Write the days and the locks into a log."""
        self._people = self._org.people.as_made()
        self._policies = Policies(self._org.ids, Groups(self._org.ids, self._people, self._origin), self._origin)
        self._write_days(journal)
        for person in self._people.locked_as_made():
            self._write_lock(person)
        for person in self._people.blocked_as_made():
            self._write_block(person)

    def _somebody(self, salt: int, number: int) -> Person:
        """Return a person of the crowd who could sign in these days."""
        people = self._people
        for attempt in range(40):
            index = roll(self._seed, salt, number, attempt) % len(people)
            person = people.at(index)
            of_the_crowd = index >= len(people.members)
            if of_the_crowd and person.status == "ACTIVE" and person.provider not in {"FEDERATION", "SOCIAL"}:
                return person
        return people.named("bob.martin")

    def _write_days(self, journal: Journal) -> None:
        start, end = self._origin - _DAYS * DAY, self._origin - HOUR
        admin = party(self._people.named("nina.rossi"))
        at, number = start, 0
        while at < end:
            number += 1
            person, chance = self._somebody(0x51, number), roll(self._seed, 0x52, number)
            source = at_home(pick(BROWSERS, chance), person)
            self._engine.sign_in(person, source, at, PUSH if chance % 3 == 0 else None)
            at += _SIGN_IN_EVERY * (0.5 + chance % 1000 / 1000)
        at = start
        while at < end:
            number += 1
            person, chance = self._somebody(0x53, number), roll(self._seed, 0x54, number)
            row = self._policies.of(person).row
            source = at_home(pick(TROUBLES[pick(COMMON, chance)], chance >> 8), person)
            stories.run_and_lock(self._engine, person, source, at, failures=row.attempts, gap=6.0)
            how = pick(("timer", "timer", "admin", "self"), chance >> 16) if row.auto_unlock else "admin"
            wait = row.auto_unlock * MINUTE if how == "timer" else (3 + chance % 9) * MINUTE
            stories.unlock(journal, person, at + wait, how, admin)
            at += _LOCK_EVERY * (0.5 + chance % 1000 / 1000)

    def _write_block(self, person: Person) -> None:
        """Write what led to the block of somebody who is shut out from devices that the org does not know."""
        chance = lock_chance(self._seed, person.index)
        source, at = pick(BROWSERS, chance >> 8), self._origin - (2 + chance % 18) * HOUR
        for number in range(self._policies.of(person).row.attempts or 10):
            self._engine.fail(person, source, at - 11 * number)
        self._engine.lock(person, source, at + 0.006, new_devices=True)

    def _write_lock(self, person: Person) -> None:
        """Write what led to the lock of somebody who is locked from the start."""
        chance, members = lock_chance(self._seed, person.index), self._people.members
        known = person.index < len(members)
        trouble = members[person.index].trouble if known else pick(COMMON, chance)
        source = pick(TROUBLES[trouble or "typing"], chance >> 8)
        source = source if known else at_home(source, person)
        at = person.status_changed or self._origin
        failures = self._policies.of(person).row.attempts
        stories.run_and_lock(self._engine, person, source, at, failures=failures, gap=9.0)
        if trouble == "mail":
            # The phone goes on trying: the reason why an unlock alone does not help for long.
            for number in range(1, 4):
                again = min(at + number * 3 * MINUTE, self._origin - number)
                self._engine.fail(person, source, again, "LOCKED_OUT")


def _write_stories(org: Org) -> None:
    """Write what the cast and its admins have done."""
    journal, people, engine = org.journal, org.people, stories.engine_of(org)
    admin, super_admin = party(people.named("nina.rossi")), party(people.named("maria.silva"))
    fatima, george, hana = (people.named(name) for name in ("fatima.khan", "george.wu", "hana.sato"))
    for person, kind in (
        (fatima, "user.lifecycle.suspend"),
        (george, "user.lifecycle.deactivate"),
        (hana, "user.account.reset_password"),
    ):
        at, request_id = person.status_changed or org.origin, f"{person.salt:016x}{person.index:016x}"
        journal.write(kind, at, super_admin, (party(person),), source=DESK, request_id=request_id)
        if person is fatima:
            cleared = "user.session.clear"
            journal.write(cleared, at + 0.013, super_admin, (party(fatima),), source=DESK, request_id=request_id)
    carla = people.named("carla.diaz")
    for number in range(12):
        engine.fail(carla, SPRAY[0], org.origin - 2 * HOUR + number * 20)
    engine.lock(carla, SPRAY[0], org.origin - 2 * HOUR + 11 * 20 + 0.006, new_devices=True)
    engine.sign_in(carla, BROWSERS[1], org.origin - 26 * HOUR, PUSH)
    bob = people.named("bob.martin")
    engine.leave(engine.sign_in(bob, BROWSERS[0], org.origin - 3 * HOUR, PUSH), org.origin - HOUR)
    engine.sign_in_elsewhere(people.named("ivan.petrov"), BROWSERS[2], org.origin - 5 * HOUR)
    nina = people.named("nina.rossi")
    engine.open_admin_console(
        engine.sign_in(nina, DESK, org.origin - 4 * HOUR, VERIFY_CODE), org.origin - 4 * HOUR + 38
    )
    journal.write("user.mfa.factor.reset_all", org.origin - 30 * HOUR, admin, (party(bob),), source=DESK)
    journal.write(
        "user.mfa.factor.activate",
        org.origin - 29 * HOUR,
        party(bob),
        (party(bob),),
        source=BROWSERS[0],
        reason="User set up OKTA_VERIFY_PUSH factor",
    )
    vpn = org.groups.named("VPN Users")
    group = Party(vpn.id, "UserGroup", "unknown", vpn.name)
    journal.write("group.user_membership.add", org.origin - 50 * HOUR, super_admin, (party(bob), group), source=DESK)
    adam = people.named("adam.brooks")
    journal.write(
        "user.account.privilege.grant",
        org.origin - 6 * DAY,
        super_admin,
        (party(adam),),
        source=DESK,
        debug={"privilegeGranted": "Super administrator"},
    )
    stories.suspect_address(journal, SPRAY[2], org.origin - 5 * HOUR)


def _write_sign_ins(org: Org) -> None:
    """Write why some cannot sign in although their account is in order.

    A directory's lock and refusal, a policy's denial, a failing factor, an attack, typing.
    """
    engine, now = stories.engine_of(org), org.origin
    iris, will, vera, una, zack, pia, julia = (
        org.people.named(name)
        for name in ("iris.blanc", "will.adams", "vera.lind", "una.walsh", "zack.moore", "pia.jensen", "julia.novak")
    )
    stories.lock_in_directory(org.journal, iris, now - 40 * MINUTE)
    engine.sign_in(will, BROWSERS[2], now - 26 * HOUR)
    engine.refuse(will, BROWSERS[4], now - 25 * MINUTE)
    engine.sign_in(vera, BROWSERS[3], now - 30 * HOUR, SMS)
    trying = engine.right_password(vera, BROWSERS[3], now - 31 * MINUTE)
    for number in range(3):
        engine.answer(trying, SMS, now - (30 - number) * MINUTE, BAD)
    engine.sign_in(una, BROWSERS[1], now - 8 * HOUR, PUSH)
    for number in range(2):
        engine.fail(una, SPRAY[1], now - (50 - number) * MINUTE)
        engine.fail(zack, RADIUS[0], now - (21 - 10 * number) * MINUTE)
    for seconds in (95, 41):
        engine.fail(pia, BROWSERS[0], now - 10 * MINUTE - seconds)
    for seconds in (130, 60):
        engine.fail(julia, BROWSERS[1], now - 15 * MINUTE - seconds)


def _write_stuck(org: Org, life: Life) -> None:
    """Write the last hours of those who cannot sign in.

    A limit, a factor, a lock just now, a borrowed device, no factor, a lock long ago.
    """
    now, engine = float(int(org.origin)), stories.engine_of(org)
    kai, lena, milo, nora, otto, petra = (
        org.people.named(name)
        for name in ("kai.nguyen", "lena.hoff", "milo.grant", "nora.blum", "otto.reyes", "petra.vogel")
    )
    _limit(org, kai, now - 55 * MINUTE)
    engine.lock_by_factor(lena, now - 35 * MINUTE, GOOGLE)
    _locked_at(lena, now - 35 * MINUTE)
    _typed(org, milo, now - 3 * MINUTE)
    _locked_at(milo, now - 3 * MINUTE)
    life.heal_later(milo)
    engine.sign_in(nora, BROWSERS[1], now - 28 * HOUR, PUSH)
    nora.last_login = now - 28 * HOUR
    for seconds in (260, 215, 190, 120, 95, 40):
        engine.fail(nora, BROWSERS[4], now - 90 * MINUTE - seconds)
    engine.lock(nora, BROWSERS[4], now - 90 * MINUTE - 40 + 0.006, new_devices=True)
    for seconds in (2400, 1500, 300):
        engine.refuse(otto, BROWSERS[2], now - seconds)
    _locked_at(petra, now - 20 * DAY)


def _locked_at(person: Person, at: float) -> None:
    person.status_changed = person.last_updated = at
    person.last_login = at - 20 * HOUR


def _typed(org: Org, person: Person, at: float, *, for_good: bool = False) -> None:
    """Write that somebody typed until they were locked."""
    engine = stories.engine_of(org)
    for seconds in _TYPED[1 - org.policies.of(person).row.attempts :]:
        engine.fail(person, BROWSERS[0], at - seconds)
    stories.fail_and_lock(engine, person, BROWSERS[0], at, for_good=for_good)


def _limit(org: Org, person: Person, at: float) -> None:
    """Locked and healed twice, and then for good."""
    for hours in (3, 2):
        _typed(org, person, at - hours * HOUR)
        stories.unlock(org.journal, person, at - hours * HOUR + 10 * MINUTE, "timer")
    _typed(org, person, at, for_good=True)
    _locked_at(person, at)
