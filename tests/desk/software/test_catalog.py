"""What is read of an org, and which groups keydesk's role covers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest
from msgspec.structs import replace

from tests.desk.support import Gate, fault, service_session, until, user_id
from tui.desk.connectors.connector import SignInKind
from tui.desk.software.catalog import catalog_of
from tui.desk.software.held import read_holdings
from tui.okta.errors import MissingRole, OktaDown

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org


def answered(request: httpx.Request, body: object) -> httpx.Response:
    return httpx.Response(200, json=body, headers={"x-okta-request-id": "r"}, request=request)


def role(kind: str, status: str = "ACTIVE") -> dict[str, str]:
    return {"id": f"ra{kind}", "type": kind, "status": status, "label": kind}


@pytest.mark.parametrize(
    ("roles", "targets", "reached"),
    [
        ([role("SUPER_ADMIN")], [], True),
        ([role("ORG_ADMIN"), role("USER_ADMIN")], ["a"], True),
        ([role("USER_ADMIN")], [], True),  # without targets it is for all groups
        ([role("USER_ADMIN")], ["a", "b"], True),
        ([role("GROUP_MEMBERSHIP_ADMIN")], ["b"], False),
        ([role("HELP_DESK_ADMIN")], [], False),  # may not change members at all
        ([role("APP_ADMIN"), role("READ_ONLY_ADMIN")], [], False),
        ([role("USER_ADMIN", "INACTIVE")], [], False),
        ([role("CUSTOM")], [], None),  # its resource set decides
        ([], [], False),
    ],
)
async def test_the_roles_say_which_groups_are_covered(
    desk: Desk, wire: Line, roles: list[dict[str, str]], targets: list[str], reached: bool | None
) -> None:
    async def answer(request: httpx.Request) -> httpx.Response | None:
        if request.url.path.endswith("/roles"):
            return answered(request, roles)
        if request.url.path.endswith("/targets/groups"):
            return answered(request, [{"id": one, "type": "OKTA_GROUP"} for one in targets])
        return None

    wire.watch = answer
    catalog = catalog_of(desk.session())
    await catalog.reach.get("")
    assert catalog.reached("a") is reached


async def test_a_service_app_asks_for_its_own_roles(desk: Desk, org: Org, wire: Line) -> None:
    session = service_session(desk, "service")
    client_id = org.principal("service").identity
    connector = replace(session.connector, kind=SignInKind.PRIVATE_KEY_JWT, client_id=client_id)
    catalog = catalog_of(replace(session, connector=connector))
    await catalog.reach.get("")
    assert wire.story == [f"GET /oauth2/v1/clients/{client_id}/roles"]
    assert catalog.reached("any") is True


async def test_where_roles_cannot_be_read_nothing_is_known_and_it_is_asked_once(desk: Desk, wire: Line) -> None:
    catalog = catalog_of(desk.session(principal="group-membership"))
    for _ in range(2):
        with pytest.raises(MissingRole):
            await catalog.reach.get("")
    assert catalog.reached("any") is None
    assert sum(path.endswith("/roles") for path in wire.story) == 1


async def test_those_who_ask_at_once_share_a_question(desk: Desk, wire: Line) -> None:
    catalog = catalog_of(desk.session())
    one, other = await asyncio.gather(catalog.apps.get(""), catalog.apps.get(""))
    assert one is other
    assert len(wire.sent) == 1


async def test_one_who_leaves_does_not_take_the_answer_from_the_other(desk: Desk, org: Org, wire: Line) -> None:
    gate = Gate()
    wire.watch = gate
    catalog = catalog_of(desk.session())
    group = org.groups.named("Figma Editors").id
    first, second = (asyncio.create_task(catalog.given_by.get(group)) for _ in range(2))
    await until(lambda: bool(gate.held))
    first.cancel()
    gate.opened.set()
    assert [app.label for app in await second] == ["Figma"]
    assert not gate.cancelled


async def test_a_failure_is_not_kept(desk: Desk, org: Org) -> None:
    catalog = catalog_of(desk.session())
    fault(org, "500", "/api/v1/apps")
    with pytest.raises(OktaDown):
        await catalog.apps.get("")
    assert len((await catalog.apps.get("")).all) == len(org.apps.all)


async def test_the_groups_of_an_app_are_read_in_one_question(desk: Desk, org: Org, wire: Line) -> None:
    catalog = catalog_of(desk.session())
    jira = next(app for app in org.apps.all if app.row.label == "Confluence")
    await catalog.givers(jira.id, 20)
    assert len(wire.sent) == 2
    group = catalog.group.known(org.groups.named("Jira Users").id)
    assert group
    assert (group.members or 0) > 0
    assert group.admin is False
    await catalog.givers(jira.id, 20)
    assert len(wire.sent) == 2


async def test_each_connection_has_a_shelf_of_its_own(desk: Desk) -> None:
    one, other = desk.session(), desk.session()
    assert catalog_of(one) is catalog_of(one)
    assert catalog_of(one) is not catalog_of(other)


async def test_what_a_person_has_arrives_part_by_part(desk: Desk, org: Org, wire: Line) -> None:
    gate = Gate(lambda request: request.url.path == "/api/v1/apps")
    wire.watch = gate
    parts = read_holdings(desk.session(), user_id(org, "ann.lee"))
    first = await anext(parts)
    assert first.groups
    assert first.apps is None
    assert not first.done
    gate.opened.set()
    last = await anext(parts)
    assert last.done
    assert last.apps
    assert {(app.label, user and user.scope) for app, user in last.apps.values()} >= {
        ("Box", "USER"),
        ("Slack", "GROUP"),
    }


async def test_one_part_that_fails_leaves_the_other(desk: Desk, org: Org) -> None:
    fault(org, "500", "/groups")
    last = [held async for held in read_holdings(desk.session(), user_id(org, "ann.lee"))][-1]
    assert last.groups is None
    assert last.apps
    assert last.gaps == ("which groups they are in (Okta has a fault of its own)",)
