"""Who is locked or blocked now: newest first, the blocked found through the log, and what is missing said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import msgspec
import pytest

from tests.desk.support import fault, service_session, user_id, world
from tui.desk.lockouts.now import CANDIDATES, FAILURES, MOST, lockouts
from tui.okta.errors import BadToken, MissingRole, MissingScope, OktaDown

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.lockouts.now import Lockouts
    from tui.desk.session import Session


async def rounds(session: Session) -> list[Lockouts]:
    return [found async for found in lockouts(session)]


async def last_of(session: Session) -> Lockouts:
    return (await rounds(session))[-1]


def logins(found: Lockouts) -> list[str]:
    return [row.user.login.partition("@")[0] for row in found.rows]


async def test_everybody_locked_out_is_listed_newest_first(desk: Desk, org: Org) -> None:
    found = await last_of(desk.session())
    locked = {person.id for person in org.people.from_index() if person.status == "LOCKED_OUT"}
    assert {row.user.id for row in found.rows if not row.blocked} == locked
    times = [row.since for row in found.rows if row.since]
    assert len(times) == len(found.rows)
    assert times == sorted(times, reverse=True)
    assert found.done
    assert not found.more
    assert found.trouble is None


async def test_somebody_locked_just_now_comes_first(desk: Desk, org: Org) -> None:
    world(org, lock="bob.martin")
    assert logins(await last_of(desk.session()))[0] == "bob.martin"


async def test_the_blocked_are_found_though_no_status_shows_them(desk: Desk, org: Org) -> None:
    found = await last_of(desk.session())
    blocked = {person.id for person in org.people.from_index() if person.blocked}
    assert user_id(org, "carla.diaz") in blocked
    assert {row.user.id for row in found.rows if row.blocked} == blocked
    assert all(row.user.status == "ACTIVE" for row in found.rows if row.blocked)


async def test_the_locked_show_before_the_blocked_are_looked_for(desk: Desk) -> None:
    first, *_, last = await rounds(desk.session())
    assert not first.done
    assert "ann.lee" in logins(first)
    assert "carla.diaz" not in logins(first)
    assert last.done
    assert "carla.diaz" in logins(last)


async def test_without_the_log_scope_the_list_says_what_is_missing(desk: Desk) -> None:
    found = await last_of(service_session(desk, "service-nologs"))
    assert "ann.lee" in logins(found)
    assert not any(row.blocked for row in found.rows)
    assert isinstance(found.trouble, MissingScope)
    assert found.trouble.title == "keydesk lacks the scope okta.logs.read"
    assert found.done


async def test_a_help_desk_role_without_the_log_says_so(desk: Desk) -> None:
    found = await last_of(desk.session(principal="helpdesk"))
    assert "ann.lee" in logins(found)
    assert isinstance(found.trouble, MissingRole)


async def test_one_candidate_who_cannot_be_asked_hides_no_other(desk: Desk, org: Org) -> None:
    fault(org, "500", f"{user_id(org, 'carla.diaz')}/blocks")
    found = await last_of(desk.session())
    others = {person.id for person in org.people.from_index() if person.blocked} - {user_id(org, "carla.diaz")}
    assert others
    assert {row.user.id for row in found.rows if row.blocked} == others
    assert isinstance(found.trouble, OktaDown)


async def test_a_candidate_deleted_meanwhile_is_no_trouble(desk: Desk, org: Org) -> None:
    world(org, delete="carla.diaz")
    found = await last_of(desk.session())
    assert found.trouble is None
    assert "carla.diaz" not in logins(found)


async def test_a_bad_token_is_an_error(desk: Desk) -> None:
    with pytest.raises(BadToken):
        await rounds(desk.session(principal="revoked"))


async def test_a_spray_over_the_whole_org_is_cut_at_a_thousand_and_says_so(desk: Desk, line: Line) -> None:
    async def okta(request: httpx.Request) -> httpx.Response:
        headers = {"x-okta-request-id": "1"}
        if request.url.path == "/api/v1/logs":
            return httpx.Response(200, json=[], headers=headers)
        after = int(request.url.params.get("after", "0"))
        users = [{"id": f"00u{number}", "status": "LOCKED_OUT"} for number in range(after, after + 200)]
        headers["link"] = f'<{request.url.copy_set_param("after", str(after + 200))}>; rel="next"'
        return httpx.Response(200, content=msgspec.json.encode(users), headers=headers)

    line.watch = okta
    found = await rounds(desk.session())
    assert [len(part.rows) for part in found] == [200, 400, 600, 800, 1000, 1000]
    assert [part.more for part in found] == [False] * 4 + [True, True]
    assert len(found[-1].rows) == MOST
    assert len([request for request in line.sent if request.url.path == "/api/v1/users"]) == 5


async def test_only_so_many_are_asked_one_by_one(desk: Desk, line: Line) -> None:
    async def okta(request: httpx.Request) -> httpx.Response:
        body: list[object] = []
        if request.url.path == "/api/v1/logs":
            who = [{"id": f"00u{number}", "type": "User"} for number in range(100)]
            body = [
                {"uuid": str(number), "eventType": "user.account.lock", "actor": actor}
                for number, actor in enumerate(who)
            ]
        return httpx.Response(200, content=msgspec.json.encode(body), headers={"x-okta-request-id": "1"})

    line.watch = okta
    found = await last_of(desk.session())
    assert found.rows == ()
    assert len([request for request in line.sent if request.url.path.endswith("/blocks")]) == CANDIDATES


async def test_whoever_a_lock_of_new_devices_names_is_asked_first(desk: Desk, line: Line) -> None:
    async def okta(request: httpx.Request) -> httpx.Response:
        body: list[object] = []
        if request.url.path == "/api/v1/logs":
            failed = {"eventType": "user.session.start", "outcome": {"result": "FAILURE"}}
            people = [{"id": f"00u{number}", "type": "User"} for number in range(CANDIDATES + 5)]
            body = [failed | {"uuid": f"{n}-{who['id']}", "actor": who} for who in people for n in range(FAILURES)]
            message = "Account Locked from New Devices - Max sign-in attempts exceeded."
            last = {"id": "00uNAMED", "type": "User"}
            body += [{"uuid": "x", "eventType": "user.account.lock", "displayMessage": message, "actor": last}]
        return httpx.Response(200, content=msgspec.json.encode(body), headers={"x-okta-request-id": "1"})

    line.watch = okta
    await last_of(desk.session())
    assert "/api/v1/users/00uNAMED/blocks" in [request.url.path for request in line.sent]


async def test_those_without_a_date_come_last(desk: Desk, line: Line) -> None:
    users = [{"id": "00ua", "statusChanged": None}, {"id": "00ub", "statusChanged": "2026-11-23T05:00:00.000Z"}]

    async def okta(request: httpx.Request) -> httpx.Response:
        body = users if request.url.path == "/api/v1/users" else []
        return httpx.Response(200, content=msgspec.json.encode(body), headers={"x-okta-request-id": "1"})

    line.watch = okta
    assert logins(await last_of(desk.session())) == ["00ub", "00ua"]
