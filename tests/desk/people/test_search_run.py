"""A search as it goes on: side by side, merged and ranked, read on when more is wanted, and gone when cancelled."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest

from tests.desk.support import Gate, fault, until, user_id, world
from tests.each import each
from tests.okta.support import trouble
from tui.demo.people.cast import CAST, HOSTILE
from tui.desk.people.query import rank
from tui.desk.people.search import AskedSimpler
from tui.okta.errors import Answered, BadRequest, BadToken, MissingRole, OktaDown

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.people.search import PeopleFound, Search

ANN = "ann.lee@acme.example"


async def all_of(search: Search) -> list[PeopleFound]:
    return [found async for found in search.run()]


async def last_of(search: Search) -> PeopleFound:
    return (await all_of(search))[-1]


def logins(found: PeopleFound) -> list[str]:
    return [user.login for user in found.users]


def direct(request: httpx.Request) -> bool:
    return not request.url.path.endswith("/users")


def index(request: httpx.Request) -> bool:
    return request.url.path.endswith("/users")


@pytest.fixture
async def unheard() -> list[dict[str, Any]]:
    """What asyncio complains about when nobody listens to a task's failure."""
    heard: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context))
    return heard


async def test_people_show_before_the_last_answer_is_there(desk: Desk, line: Line) -> None:
    line.watch = gate = Gate(index)
    running = desk.session().search(ANN).run()
    first = await anext(running)
    assert logins(first) == [ANN]
    assert not first.done
    gate.opened.set()
    rest = [found async for found in running]
    assert rest[-1].done
    assert ANN in logins(rest[-1])


async def test_all_questions_are_asked_side_by_side(desk: Desk, line: Line) -> None:
    session = desk.session()
    search = session.search("ann lee")
    line.watch = gate = Gate()
    task = asyncio.create_task(last_of(search))
    await until(lambda: len(gate.held) == len(search.query.asks))
    assert len(search.query.asks) > 1
    gate.opened.set()
    assert len((await task).users) >= 2


async def test_the_best_match_comes_first_and_nobody_twice(desk: Desk) -> None:
    found = await last_of(desk.session().search("ann lee"))
    assert logins(found)[:2] == [ANN, "ann.lee2@acme.example"]
    assert len({user.id for user in found.users}) == len(found.users)
    assert list(found.users) == sorted(found.users, key=lambda user: rank(found.query, user))
    assert found.trouble is None


@pytest.mark.parametrize("slow", [direct, index])
async def test_a_fresh_read_wins_over_a_lagging_index_whichever_comes_first(
    desk: Desk, org: Org, line: Line, slow: Callable[[httpx.Request], bool]
) -> None:
    session = desk.session()
    user = (await session.person(user_id(org, "ann.lee"))).user
    lagging = msgspec.json.encode([user])
    world(org, unlock="ann.lee")
    gate = Gate(slow)

    async def behind(request: httpx.Request) -> httpx.Response | None:
        await gate(request)
        return httpx.Response(200, content=lagging, headers={"x-okta-request-id": "1"}) if index(request) else None

    line.watch = behind
    running = session.search(ANN).run()
    first = await anext(running)
    assert [found.status for found in first.users] == ["LOCKED_OUT" if slow is direct else "ACTIVE"]
    gate.opened.set()
    found = [found async for found in running][-1]
    assert [found.status for found in found.users] == ["ACTIVE"]


async def test_somebody_whom_the_index_does_not_know_yet_is_found(desk: Desk, org: Org) -> None:
    fault(org, "search-lag", "", times=-1)
    someone = org.people.named("bob.martin")
    org.people.touch(someone, org.clock())
    someone.login = someone.email = "robert@acme.example"
    org.people._by_login["robert@acme.example"] = someone.index
    session = desk.session()
    assert not [u async for page in session.client.users('profile.login eq "robert@acme.example"') for u in page.items]
    assert logins(await last_of(session.search("robert@acme.example"))) == ["robert@acme.example"]


async def test_the_deactivated_are_found_too(desk: Desk) -> None:
    session = desk.session()
    for typed in ("george.wu@acme.example", "george wu", "wu george", "E100006", "george.wu"):
        found = await last_of(session.search(typed))
        assert found.users[0].login == "george.wu@acme.example", typed
        assert found.users[0].status == "DEPROVISIONED"


async def test_reading_on_adds_behind_and_ends_with_everybody(desk: Desk, org: Org) -> None:
    search = desk.session().search("@acme.example")
    found = await last_of(search)
    pages = 1
    while found.more:
        before = found.users
        found = await search.more()
        assert found.users[: len(before)] == before
        assert len(found.users) > len(before)
        pages += 1
    assert pages == 4
    assert {user.id for user in found.users} == {person.id for person in org.people.from_index()}


async def test_a_page_that_fails_can_be_asked_for_again(desk: Desk, org: Org) -> None:
    search = desk.session().search("@acme.example")
    before = await last_of(search)
    fault(org, "500", "/users")
    with pytest.raises(OktaDown):
        await search.more()
    found = await search.more()
    assert found.users[: len(before.users)] == before.users
    while found.more:
        found = await search.more()
    assert len(found.users) == len(list(org.people.from_index()))


async def test_a_cancelled_page_can_be_asked_for_again(desk: Desk, org: Org, line: Line) -> None:
    search = desk.session().search("@acme.example")
    await last_of(search)
    line.watch = gate = Gate()
    task = asyncio.create_task(search.more())
    await gate.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(gate.cancelled) == 1
    line.watch = None
    found = await search.more()
    while found.more:
        found = await search.more()
    assert len(found.users) == len(list(org.people.from_index()))


async def test_one_question_fails_and_the_others_answers_show_with_a_note(
    desk: Desk, org: Org, unheard: list[dict[str, Any]]
) -> None:
    fault(org, "500", "/users/ann")
    found = await last_of(desk.session().search(ANN))
    assert ANN in logins(found)
    assert isinstance(found.trouble, OktaDown)
    assert found.done
    gc.collect()
    assert unheard == []


async def test_when_every_question_fails_the_search_fails(desk: Desk, org: Org, unheard: list[dict[str, Any]]) -> None:
    fault(org, "500", "/users", times=-1)
    with pytest.raises(OktaDown):
        await all_of(desk.session().search("ann lee"))
    await asyncio.sleep(0)
    gc.collect()
    assert unheard == []


async def test_a_bad_token_is_told_at_once_and_once(desk: Desk, unheard: list[dict[str, Any]]) -> None:
    with pytest.raises(BadToken):
        await all_of(desk.session(principal="revoked").search("ann lee"))
    await asyncio.sleep(0)
    gc.collect()
    assert unheard == []


async def test_a_bad_token_ends_the_search_though_others_were_answered(desk: Desk, org: Org) -> None:
    fault(org, "401", "/users/ann")
    with pytest.raises(BadToken):
        await all_of(desk.session().search(ANN))


async def test_a_role_that_sees_nobody_says_so(desk: Desk) -> None:
    with pytest.raises(MissingRole):
        await all_of(desk.session(principal="report").search("ann lee"))


async def test_a_role_for_some_groups_finds_only_them(desk: Desk) -> None:
    found = await last_of(desk.session(principal="helpdesk-scoped").search("@acme.example"))
    assert ANN in logins(found)
    assert "dev.patel@acme.example" not in logins(found)


async def test_a_cancelled_search_takes_its_requests_along(desk: Desk, line: Line) -> None:
    session = desk.session()
    search = session.search("ann lee")
    line.watch = gate = Gate()
    seen: list[PeopleFound] = []

    async def consume() -> None:
        seen.extend([found async for found in search.run()])

    task = asyncio.create_task(consume())
    await until(lambda: len(gate.held) == len(search.query.asks))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: len(gate.cancelled) == len(gate.held))
    gate.opened.set()
    line.watch = None
    later = await last_of(session.search("bob.martin@acme.example"))
    assert logins(later)[0] == "bob.martin@acme.example"
    assert seen == []


async def test_a_search_left_halfway_takes_its_requests_along(desk: Desk, line: Line) -> None:
    line.watch = gate = Gate(index)
    running = desk.session().search(ANN).run()
    await anext(running)
    await running.aclose()  # type: ignore[attr-defined]  # an async generator
    await until(lambda: len(gate.cancelled) == len(gate.held))
    assert gate.held


@pytest.mark.parametrize("typed", ["", "   ", "a", "…", "\x1b", "\u202e"])
async def test_too_little_typed_asks_nothing_and_says_what_is_missing(desk: Desk, line: Line, typed: str) -> None:
    (found,) = await all_of(desk.session().search(typed))
    assert found.done
    assert found.users == ()
    assert found.query.hint
    assert line.sent == []


async def test_everybody_is_found_by_login_and_nobody_breaks_the_search_by_name(desk: Desk, org: Org) -> None:
    session = desk.session()
    for member in (*CAST, *HOSTILE):
        found = await last_of(session.search(member.login))
        assert found.users[0].id == user_id(org, member.name), member.name
        await last_of(session.search(f"{member.first or ''} {member.last or ''}"))


TOO_MUCH = [
    (400, "E0000031", "Invalid search criteria."),
    (400, "E0000001", "Api validation failed: the search is too complex"),
    (500, "E0000009", "Internal Server Error"),
]


def fussy(most: int, answer: tuple[int, str, str]) -> Callable[..., Any]:
    """Okta that answers no search with more clauses than that."""

    async def watch(request: httpx.Request) -> httpx.Response | None:
        clauses = request.url.params.get("search", "").count(" or ") + 1
        return trouble(*answer) if index(request) and clauses > most else None

    return watch


@pytest.mark.parametrize("answer", TOO_MUCH, ids=lambda answer: answer[1])
async def test_a_search_that_is_too_much_for_okta_is_asked_again_step_by_step(
    answer: tuple[int, str, str], desk: Desk, line: Line
) -> None:
    line.watch = fussy(1, answer)
    found = await last_of(desk.session().search("Ann Lee"))
    assert ANN in logins(found)
    assert isinstance(found.trouble, AskedSimpler)
    assert "some people may be missing" in str(found.trouble)
    asked = [request.url.params["search"].count(" or ") for request in line.sent]
    assert len(asked) <= 8
    assert min(asked) == 0


async def test_what_okta_takes_at_once_is_asked_once_and_whole(desk: Desk, line: Line) -> None:
    line.watch = fussy(99, TOO_MUCH[0])
    search = desk.session().search("Ann Lee")
    found = await last_of(search)
    assert found.trouble is None
    assert len(line.sent) == len(search.query.asks)


async def test_where_even_the_simplest_search_is_too_much_okta_is_quoted(desk: Desk, line: Line) -> None:
    line.watch = fussy(0, TOO_MUCH[0])
    with pytest.raises(BadRequest, match="did not understand"):
        await all_of(desk.session().search("Ann Lee"))


@each("answer", [(400, "E0000001", "Api validation failed: limit"), (403, "E0000006", "No"), (503, "E0000010", "No")])
async def test_another_refusal_is_not_asked_again(desk: Desk, line: Line, answer: tuple[int, str, str]) -> None:
    session = desk.session()
    line.watch = fussy(0, answer)
    line.sent.clear()
    with pytest.raises(Answered):
        await all_of(session.search("Ann Lee"))
    searches = {request.url.params["search"] for request in line.sent}
    assert len(searches) == len(session.search("Ann Lee").query.asks)
