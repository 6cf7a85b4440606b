from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.demo.support import World, refusal
from tests.work import calls_of
from tui.demo.base.errors import ApiError
from tui.demo.query import scim
from tui.demo.query.log_query import filter_test as log_filter_test
from tui.demo.query.user_query import filter_test, search_test

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def world() -> World:
    return World(rate_limits="off")


async def search(world: World, text: str, **more: str) -> list[str]:
    users = await world.pages(str(httpx.URL("/api/v1/users", params={"search": text, **more})))
    return [user["profile"]["login"].split("@")[0] for user in users]


async def test_values_ignore_case_and_names_of_attributes_do_not(world: World) -> None:
    assert await search(world, 'profile.login eq "ANN.LEE@ACME.EXAMPLE"') == ["ann.lee"]
    assert await search(world, 'PROFILE.login EQ "x"'.replace("PROFILE", "profile")) == []
    answer = await world.get("/api/v1/users", params={"search": 'Profile.login eq "x"'})
    assert refusal(answer) == (400, "E0000031")


async def test_expressions_combine(world: World) -> None:
    found = await search(world, '(profile.firstName eq "ann" or profile.firstName eq "bob") and status eq "ACTIVE"')
    assert {"ann.lee2", "bob.martin"} <= set(found)
    assert "ann.lee" not in found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('profile.lastName co "rtin"', "bob.martin"),
        ('profile.email sw "dev.pat"', "dev.patel"),
        ('profile.title eq "identity lead"', "maria.silva"),
        ('profile.mobilePhone sw "(415)"', "bob.martin"),
        ('profile.lastName eq "O\'Brien"', "liam.obrien"),
        ('profile.firstName eq "Quo\\"te\\\\"', "quote.name"),
        ('status eq "recovery"', "hana.sato"),
        ('type.id eq "{type}"', "bob.martin"),
        ('created gt "2000-01-01T00:00:00.000Z" and status eq "LOCKED_OUT"', "ann.lee"),
    ],
)
async def test_each_operator_finds_who_it_should(world: World, text: str, expected: str) -> None:
    assert expected in await search(world, text.replace("{type}", world.org.people.type_id))


@pytest.mark.parametrize(
    "text",
    [
        'status ne "ACTIVE"',
        'profile.login ew "example"',
        'profile.title co "lead"',
        "status eq ACTIVE",
        'status eq "ACTIVE',
        'status eq "ACTIVE" and',
        '(status eq "ACTIVE"',
        'status eq "ACTIVE")',
        'not (status eq "ACTIVE")',
        'status "ACTIVE"',
        'profile.shoeSize eq "44"',
        'created gt "yesterday"',
        'created sw "2026"',
        "and",
        "(" * 200,
    ],
)
async def test_what_okta_refuses_is_refused(world: World, text: str) -> None:
    answer = await world.get("/api/v1/users", params={"search": text})
    assert refusal(answer) == (400, "E0000031"), text
    assert answer.json()["errorCauses"]


async def test_search_and_filter_together_are_refused(world: World) -> None:
    both = {"search": 'status eq "ACTIVE"', "filter": 'status eq "ACTIVE"'}
    assert refusal(await world.get("/api/v1/users", params=both)) == (400, "E0000033")


async def test_the_deactivated_are_hidden_from_the_list_and_q_only(world: World) -> None:
    def logins(users: list[Any]) -> set[str]:
        return {user["profile"]["login"] for user in users}

    george = "george.wu@acme.example"
    assert george not in logins(await world.pages("/api/v1/users"))
    assert george not in logins(await world.json("/api/v1/users?q=george&limit=200"))
    assert george in logins(await world.json("/api/v1/users", params={"filter": 'status eq "DEPROVISIONED"'}))
    assert george in logins(await world.json("/api/v1/users", params={"search": 'status eq "DEPROVISIONED"'}))


async def test_filter_keeps_case_and_has_few_attributes(world: World) -> None:
    async def answer(text: str) -> httpx.Response:
        return await world.get("/api/v1/users", params={"filter": text})

    assert (await answer('status eq "locked_out"')).json() == []
    assert (await answer('status eq "LOCKED_OUT" or status eq "RECOVERY"')).json()
    assert (await answer('lastUpdated gt "2020-01-01T00:00:00.000Z"')).status_code == 200
    for text in ('profile.department eq "IT"', 'profile.login sw "a"', 'created gt "2020-01-01T00:00:00.000Z"'):
        assert refusal(await answer(text)) == (400, "E0000031")


async def test_q_answers_ten_and_has_no_pages(world: World) -> None:
    answer = await world.get("/api/v1/users?q=a")
    assert len(answer.json()) == 10
    assert len(answer.headers.get_list("link")) == 1
    assert {u["profile"]["login"] for u in await world.json("/api/v1/users?q=ANN&limit=50")} >= {
        "ann.lee@acme.example",
        "ann.lee2@acme.example",
    }


async def test_sorting_is_by_the_date_asked_for_and_pages_agree_with_the_whole(world: World) -> None:
    text = 'status eq "LOCKED_OUT"'
    whole = await search(world, text, sortBy="statusChanged", sortOrder="desc")
    assert whole == await search(world, text, sortBy="statusChanged", sortOrder="desc", limit="2")
    assert sorted(whole) == sorted(await search(world, text))
    changed = [world.org.people.named(name).status_changed or 0 for name in whole]
    assert changed == sorted(changed, reverse=True)


async def test_search_in_two_thousand_takes_a_few_calls_a_person() -> None:
    world = World(people=2000)
    await world.get("/api/v1/users", params={"search": 'profile.login eq "warm@up"'})
    test = search_test('profile.lastName co "son" and status eq "ACTIVE"')
    matches: list[object] = []
    calls = calls_of(lambda: matches.extend(person for person in world.org.people.from_index() if test(person)))
    assert matches
    assert calls < 20 * 2000


WORD = st.sampled_from(["status", "profile.login", "created", "id", "profile.department", "lastUpdated"])
TEXT = st.text(max_size=12)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


COMPARISON = st.builds(
    lambda attribute, operator, value: f"{attribute} {operator} {quoted(value)}",
    WORD,
    st.sampled_from(sorted(scim.OPERATORS - {"pr"})),
    TEXT,
)
EXPRESSION = st.recursive(
    COMPARISON | st.builds("{} pr".format, WORD),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or", "AND", "Or"]), inner)
        | st.builds("not ({})".format, inner)
    ),
    max_leaves=8,
)


@given(TEXT)
def test_any_text_survives_quoting(text: str) -> None:
    assert scim.parse(f"id eq {quoted(text)}") == scim.Compare("id", "eq", text)


@given(EXPRESSION)
def test_every_expression_of_the_grammar_parses(text: str) -> None:
    node = scim.parse(text)
    assert scim.parse(f"  ( {text} ) ") == node
    assert list(scim.comparisons(node))


@given(st.text(alphabet='()" \\abeqndort.1', max_size=40) | st.text(max_size=40))
def test_no_text_breaks_a_parser(text: str) -> None:
    for parse in (filter_test, search_test, log_filter_test):
        with contextlib.suppress(ApiError):
            assert callable(parse(text))


@given(COMPARISON, COMPARISON, COMPARISON)
def test_and_binds_closer_than_or(one: str, two: str, three: str) -> None:
    assert scim.parse(f"{one} or {two} and {three}") == scim.parse(f"{one} or ({two} and {three})")
    assert scim.parse(f"{one} and {two} or {three}") == scim.parse(f"({one} and {two}) or {three}")


@given(EXPRESSION, st.booleans())
def test_not_turns_a_test_around(text: str, truth: bool) -> None:
    node = scim.parse(text)

    def leaf(_: scim.Compare) -> Callable[[str], bool]:
        return lambda _: truth

    assert scim.build(node, leaf)("") is not scim.build(scim.Negated(node), leaf)("")
