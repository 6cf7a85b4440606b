"""Who is an admin of Okta's is asked once, by pages, and marked where it can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk.support import fault, user_id
from tui.desk.lockouts.monitor import LockoutMonitor
from tui.desk.people import admins
from tui.desk.people.admins import AdminRole
from tui.desk.people.card import card
from tui.okta.errors import MissingRole

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.people.person import Person
    from tui.desk.session import Session


async def whole(session: Session, key: str) -> Person:
    person = await session.person(key)
    async for newer in session.load(key):
        person = newer
    return person


def marked(session: Session, person: Person) -> bool:
    return any(fact.label == "Okta admin" for fact in card(person, session.now()).facts)


async def test_an_admin_is_marked_on_the_card_and_the_org_is_asked_once(
    desk: Desk, org: Org, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admins, "PAGE", "3")
    session = desk.session()
    told = {name: marked(session, await whole(session, user_id(org, name))) for name in ("maria.silva", "bob.martin")}
    assert told == {"maria.silva": True, "bob.martin": False}
    assert marked(session, await whole(session, user_id(org, "grace.kim")))  # through a group
    asked = [one for one in line.story if "/iam/assignees/users" in one]
    assert len(asked) > 1
    assert len(asked) == len(set(asked))


async def test_where_it_cannot_be_read_nobody_is_marked_and_it_is_not_asked_again(
    desk: Desk, org: Org, line: Line
) -> None:
    fault(org, "403-role", match="/iam/", times=-1)
    session = desk.session()
    for name in ("maria.silva", "bob.martin"):
        person = await whole(session, user_id(org, name))
        assert person.admin.trouble is not None
        assert not marked(session, person)
    assert len([one for one in line.story if "/iam/" in one]) == 1


async def test_a_super_admin_is_told_from_other_admins_and_only_admins_roles_are_read(
    desk: Desk, org: Org, line: Line
) -> None:
    session = desk.session()
    roles = {name: (await whole(session, user_id(org, name))).admin.value for name in ("adam.brooks", "bob.martin")}
    assert roles == {"adam.brooks": AdminRole.SUPER, "bob.martin": AdminRole.NONE}
    assert len([one for one in line.story if one.endswith("/roles")]) == 1
    await whole(session, user_id(org, "adam.brooks"))
    assert len([one for one in line.story if one.endswith("/roles")]) == 1  # neither are they read again
    fault(org, "403-role", match="/roles", times=-1)
    session.replace_denied({})  # the rights may have changed
    assert (await whole(session, user_id(org, "adam.brooks"))).admin.value is AdminRole.ADMIN


async def test_before_a_change_the_roles_of_one_person_are_read_where_those_of_all_cannot_be(
    desk: Desk, org: Org, line: Line
) -> None:
    session, adam, bob = desk.session(), user_id(org, "adam.brooks"), user_id(org, "bob.martin")
    fault(org, "403-role", match="/iam/", times=-1)
    with pytest.raises(MissingRole):
        await session.admins.role_of(session.client, adam)
    for _ in range(2):
        assert await session.admins.role_of(session.client, adam, alone=True) is AdminRole.SUPER
    assert await session.admins.role_of(session.client, bob, alone=True) is AdminRole.NONE
    assert [one for one in line.story if one.endswith("/roles")] == [
        f"GET /api/v1/users/{person}/roles" for person in (adam, bob)
    ]


async def test_a_refusal_of_both_questions_is_not_asked_for_again(desk: Desk, org: Org, line: Line) -> None:
    session, adam = desk.session(), user_id(org, "adam.brooks")
    fault(org, "403-role", match="/roles", times=-1)
    fault(org, "403-role", match="/iam/", times=-1)
    for _ in range(2):
        with pytest.raises(MissingRole):
            await session.admins.role_of(session.client, adam, alone=True)
    assert len(line.story) == 2


async def test_what_one_feature_reads_of_a_block_every_list_knows(desk: Desk, org: Org) -> None:
    session = desk.session()
    carla = user_id(org, "carla.diaz")
    assert session.blocked.known(carla) is None
    await whole(session, carla)
    assert carla in session.blocked
    person = org.people.find("carla.diaz@acme.example")
    assert person
    person.blocked = False
    version = session.badges.version
    await session.person_with_blocks(carla)
    assert session.blocked.known(carla) is False
    assert session.badges.version != version
    session.blocked.note(carla, 0.0, blocked=True)  # what is older than the newest reading changes nothing
    assert carla not in session.blocked
    monitor = LockoutMonitor(desk.session())
    await monitor.read_status()
    await monitor.read_log()
    nora = user_id(org, "nora.blum")
    assert nora in monitor.session.blocked  # by the feed alone, or by the search for blocks
