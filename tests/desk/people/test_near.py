"""A name that is nearly right is found by a second search on its parts, by letters and by sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.desk.support import fault
from tests.each import each
from tui.desk.people.near import MOST, near_people, sound
from tui.desk.people.query import understand
from tui.desk.people.search import Search
from tui.okta.errors import OktaError
from tui.okta.models import User

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org

NEARLY = {
    "ann leee": "ann.lee",
    "anne leigh": "ann.lee",
    "Leigh, Anne": "ann.lee",
    "an lee": "ann.lee",
    "henry stoen": "henry.stone",
    "ehnry stone": "henry.stone",
    "stohn henri": "henry.stone",
    "karla dias": "carla.diaz",
    "adm brooks": "adam.brooks",
    "ann.leee@acme.example": "ann.lee",
    "ann.lee@acme.exampel": "ann.lee",
}


@each("typed", NEARLY)
async def test_who_is_meant_comes_first(desk: Desk, line: Line, typed: str) -> None:
    search = desk.session().search(typed)
    found = [people async for people in search.run()]
    if not found[-1].users:
        before = len(line.story)
        near = await search.near()
        assert near[0].login == f"{NEARLY[typed]}@acme.example"
        assert len(near) <= MOST
        assert 1 <= len(line.story) - before <= 3
    else:  # the first search knows it already
        assert f"{NEARLY[typed]}@acme.example" in {user.login for user in found[-1].users}


@pytest.mark.parametrize("typed", ["+1 415 555 0199", "E-99999", "00u1234567890abcdefg", "xy", "qqqqzz", "!!", "李"])
async def test_what_is_no_name_and_what_is_like_nobody_suggests_nobody(desk: Desk, line: Line, typed: str) -> None:
    assert await Search(desk.session().client, typed).near() == ()
    assert len(line.story) <= 3


async def test_a_search_that_fails_is_not_called_nobody(desk: Desk, org: Org) -> None:
    fault(org, "403-role", match="/users", times=-1)
    with pytest.raises(OktaError):
        await Search(desk.session().client, "ann leee").near()


ALIKE = (
    ("leigh", "lee"), ("catherine", "kathryn"), ("philip", "filip"), ("smyth", "smith"), ("jon", "john"),
    ("schmidt", "schmitt"), ("sarah", "sara"), ("anne", "ann"), ("zoe", "soe"),
)  # fmt: skip


@each("pair", ALIKE[:1] + ALIKE[2:])
def test_what_is_said_alike_has_one_key(pair: tuple[str, str]) -> None:
    assert sound(pair[0]) == sound(pair[1])


@each("pair", (("lee", "kim"), ("adam", "anna"), ("rob", "bob"), ("stone", "brooks")))
def test_what_is_said_otherwise_has_another(pair: tuple[str, str]) -> None:
    assert sound(pair[0]) != sound(pair[1])


class Echo:
    """A client in whose org everybody is called by one name."""

    def __init__(self, first: str, last: str) -> None:
        self.asked: list[str] = []
        self.user = User(id="00u1", profile={"firstName": first, "lastName": last, "login": f"{first}@x"})

    async def users(self, search: str, *, limit: int) -> AsyncIterator[object]:
        self.asked.append(search)
        yield type("Page", (), {"items": (self.user,)})


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40), st.text(max_size=20), st.text(max_size=20))
async def test_any_text_asks_a_few_times_and_harms_nothing(typed: str, first: str, last: str) -> None:
    client = Echo(first, last)
    near = await near_people(client, understand(typed))  # type: ignore[arg-type]
    assert near in ((), (client.user,))
    assert len(client.asked) <= 3
