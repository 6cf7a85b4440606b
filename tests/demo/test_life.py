from __future__ import annotations

import msgspec
import pytest

from tests.demo.support import START, Clock, World
from tests.work import calls_of
from tui.demo.base.times import DAY
from tui.demo.people.cast import CAST, HOSTILE, STUCK
from tui.demo.people.person import LINKS, list_item
from tui.demo.story.begin import begin_org


async def locked(world: World) -> int:
    return len(await world.pages('/api/v1/users?search=status eq "LOCKED_OUT"'))


async def test_about_as_many_stay_locked_over_hours() -> None:
    world = World(people=2000, lockouts_per_minute=7.5, rate_limits="off")
    counts = []
    for _ in range(12):
        counts.append(await locked(world))
        world.clock.at += 1200
    assert max(counts) < 2 * min(counts)
    assert min(counts) > 30


async def test_locking_is_real_and_heals() -> None:
    world = World(people=600, lockouts_per_minute=6, rate_limits="off")
    before = {p.index: p.status for p in world.org.people.from_index()}
    world.clock.at += 90
    await world.get("/api/v1/org")
    fallen = [p for p in world.org.people.from_index() if p.status == "LOCKED_OUT" and before[p.index] == "ACTIVE"]
    assert fallen
    for person in fallen:
        assert START < (person.status_changed or 0) <= world.clock.at
        assert person.provider in {"OKTA", "IMPORT", "ACTIVE_DIRECTORY"}
    world.clock.at += 1800
    await world.get("/api/v1/org")
    assert sum(person.status == "ACTIVE" for person in fallen) > len(fallen) / 2


async def test_a_quiet_org_stays_as_it_is() -> None:
    world = World()
    before = await world.pages("/api/v1/users")
    events = len(world.org.journal)
    world.clock.at += 7200
    assert await world.pages("/api/v1/users") == before
    assert len(world.org.journal) == events


async def test_an_unlock_by_hand_is_not_undone_or_repeated_by_the_timer() -> None:
    world = World(people=600, lockouts_per_minute=6, rate_limits="off")
    person = next(p for p in world.org.people.from_index(len(world.org.people.members)) if p.status == "LOCKED_OUT")
    await world.call("POST", f"/api/v1/users/{person.id}/lifecycle/unlock")
    changed = person.status_changed
    world.org.agenda.watchers.clear()  # nobody else locks themselves out
    world.clock.at += 7200
    await world.get("/api/v1/org")
    assert (person.status, person.status_changed) == ("ACTIVE", changed)


async def test_the_same_seed_clock_and_requests_give_the_same_bytes() -> None:
    async def tell(seed: int) -> list[bytes]:
        world = World(own_past=True, seed=seed, people=500, lockouts_per_minute=7.5)
        told = []
        for path in ("/api/v1/users?limit=200", "/api/v1/logs?limit=1000", "/api/v1/users/00uNOPE", "/api/v1/groups"):
            world.clock.at += 61
            answer = await world.get(path)
            told += [answer.content, answer.headers["x-okta-request-id"].encode()]
        return told

    assert await tell(7) == await tell(7)
    assert await tell(7) != await tell(8)


def test_the_cast_is_the_same_for_every_seed_and_covers_every_status_and_provider() -> None:
    for seed in (1, 2):
        org = begin_org(seed=seed, people=100, clock=Clock(), lockouts_per_minute=0)
        for index, member in enumerate((*CAST, *HOSTILE, *STUCK)):
            person = org.people.at(index)
            assert (person.login, person.status, person.provider) == (member.login, member.status, member.provider)
    assert {member.status for member in CAST} == set(LINKS)
    assert {member.provider for member in CAST} == {
        "OKTA",
        "IMPORT",
        "ACTIVE_DIRECTORY",
        "LDAP",
        "FEDERATION",
        "SOCIAL",
    }


def test_logins_are_unique_and_ids_can_be_read_back() -> None:
    org = begin_org(people=3000, clock=Clock(), lockouts_per_minute=0)
    people = list(org.people.from_index())
    assert len({person.login for person in people}) == len({person.id for person in people}) == 3000
    assert all(len(person.id) == 20 and org.people.find(person.id) is person for person in people)
    assert all(org.people.find(person.login.upper()) is person for person in people)
    assert any(not (person.first or "a").isascii() for person in people)


def test_a_page_of_two_hundred_costs_little() -> None:
    org = begin_org(people=2000, clock=Clock(), lockouts_per_minute=0)
    page = [org.people.at(index) for index in range(200)]
    pages: list[bytes] = []

    def write() -> None:
        pages.append(b"[" + b",".join(list_item(p, org.people.type_id, b"http://x") for p in page) + b"]")

    first, again = calls_of(write), calls_of(write)
    assert pages[0] == pages[1]
    assert again < first / 4
    content = pages[0]
    assert len(msgspec.json.decode(content)) == 200


@pytest.mark.parametrize("people", [1, 40, 60, 70])
async def test_an_org_of_the_cast_alone_works_too(people: int) -> None:
    world = World(people=people, lockouts_per_minute=60)
    world.clock.at += 60
    assert len(await world.pages("/api/v1/users")) >= 50


def test_nobody_with_a_hostile_name_is_the_first_whose_password_runs_out() -> None:
    org = begin_org(people=2000, clock=Clock(), lockouts_per_minute=0)
    left = {
        person.login: person.password_changed - START + 120 * DAY
        for person in org.people.from_index()
        if person.password_changed is not None and person.status != "DEPROVISIONED"
    }
    first = min((login for login in left if left[login] > 0), key=lambda login: left[login])
    assert first not in {member.login for member in HOSTILE}
