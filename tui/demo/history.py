"""What happened before the org started: eight days of sign-ins and healed locks, and why the locked are locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import stories
from tui.demo.dice import pick, roll
from tui.demo.events import Party, party
from tui.demo.history_sign_in import write_sign_ins
from tui.demo.history_stuck import write_stuck
from tui.demo.sources import BROWSERS, COMMON, DESK, SPRAY, TROUBLES, at_home
from tui.demo.times import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from tui.demo.org import Org
    from tui.demo.person import Person

_DAYS = 8
_LOCK_EVERY = 90 * MINUTE
_SIGN_IN_EVERY = 20 * MINUTE
# How long the standing locks have stood: between ten minutes and about four hours.
_YOUNGEST, _SPAN = 10, 230


def write_history(org: Org) -> None:
    """Write everything that the log should hold at the start, and date the standing locks accordingly."""
    org.journal.open_bulk()
    _ordinary_days(org)
    for person in org.people.from_index():
        if person.status == "LOCKED_OUT" and not person.raw:
            _standing_lock(org, person)
    _cast_stories(org)
    write_sign_ins(org)
    write_stuck(org)
    org.life.rehearse()
    org.journal.close_bulk()


def _somebody(org: Org, salt: int, number: int) -> Person:
    """Return a person of the crowd who could sign in these days."""
    first = len(org.people.members)
    count = len(org.people)
    for attempt in range(40):
        index = roll(org.seed, salt, number, attempt) % count
        person = org.people.at(index)
        if index >= first and person.status == "ACTIVE" and person.provider not in {"FEDERATION", "SOCIAL"}:
            return person
    return org.people.named("bob.martin")


def _ordinary_days(org: Org) -> None:
    start, end = org.origin - _DAYS * DAY, org.origin - HOUR
    admin = party(org.people.named("nina.rossi"))
    at, number = start, 0
    while at < end:
        number += 1
        person = _somebody(org, 0x51, number)
        chance = roll(org.seed, 0x52, number)
        stories.sign_in(org.journal, person, at_home(pick(BROWSERS, chance), person), at, with_factor=chance % 3 == 0)
        at += _SIGN_IN_EVERY * (0.5 + chance % 1000 / 1000)
    at = start
    while at < end:
        number += 1
        person = _somebody(org, 0x53, number)
        chance = roll(org.seed, 0x54, number)
        row = org.policies.of(person).row
        source = at_home(pick(TROUBLES[pick(COMMON, chance)], chance >> 8), person)
        stories.run_and_lock(org.journal, person, source, at, failures=row.attempts, gap=6.0)
        how = pick(("timer", "timer", "admin", "self"), chance >> 16) if row.auto_unlock else "admin"
        wait = row.auto_unlock * MINUTE if how == "timer" else (3 + chance % 9) * MINUTE
        stories.unlock(org.journal, person, at + wait, how, admin)
        at += _LOCK_EVERY * (0.5 + chance % 1000 / 1000)


def _standing_lock(org: Org, person: Person) -> None:
    members = org.people.members
    chance = roll(org.seed, 0x55, person.index)
    known = person.index < len(members)
    trouble = members[person.index].trouble if known else pick(COMMON, chance)
    if trouble == "told":  # in history_stuck
        return
    source = pick(TROUBLES[trouble or "typing"], chance >> 8)
    source = source if known else at_home(source, person)
    row = org.policies.of(person).row
    at = float(int(org.origin - (_YOUNGEST + chance % _SPAN) * MINUTE))
    stories.run_and_lock(org.journal, person, source, at, failures=row.attempts, gap=9.0)
    if trouble == "mail":
        # The phone goes on trying: the reason why an unlock alone does not help for long.
        for number in range(1, 4):
            stories.fail(org.journal, person, source, min(at + number * 3 * MINUTE, org.origin - number), "LOCKED_OUT")
    person.status_changed = person.last_updated = at
    person.last_login = at - 20 * HOUR


def _cast_stories(org: Org) -> None:
    journal, people = org.journal, org.people
    admin, super_admin = party(people.named("nina.rossi")), party(people.named("maria.silva"))
    fatima, george, hana = (people.named(name) for name in ("fatima.khan", "george.wu", "hana.sato"))
    for person, kind in (
        (fatima, "user.lifecycle.suspend"),
        (george, "user.lifecycle.deactivate"),
        (hana, "user.account.reset_password"),
    ):
        journal.write(kind, person.status_changed or org.origin, super_admin, (party(person),), source=DESK)
    carla = people.named("carla.diaz")
    for number in range(12):
        stories.fail(journal, carla, SPRAY[0], org.origin - 2 * HOUR + number * 20)
    stories.sign_in(journal, carla, BROWSERS[1], org.origin - 26 * HOUR, with_factor=True)
    bob = people.named("bob.martin")
    stories.sign_in(journal, bob, BROWSERS[0], org.origin - 3 * HOUR, with_factor=True)
    journal.write("user.mfa.factor.reset_all", org.origin - 30 * HOUR, admin, (party(bob),), source=DESK)
    journal.write("user.mfa.factor.activate", org.origin - 29 * HOUR, party(bob), (party(bob),), source=BROWSERS[0])
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
    journal.write(
        "security.threat.detected",
        org.origin - 5 * HOUR,
        party(adam),
        source=SPRAY[2],
        result="DENY",
        reason="Password spray",
    )
