"""The next page is where the `Link` header says, asked for as given, when it is wanted, and only on the org."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import FakeClock
from tests.each import each
from tests.okta.support import ORG, client_of, line, okta
from tui.okta.endpoints import USERS
from tui.okta.errors import NotFound, Unreadable
from tui.okta.links import next_url
from tui.okta.models import User

if TYPE_CHECKING:
    from tests.okta.support import Line, Scripted

SELF = f'<{ORG}/api/v1/users?limit=2>; rel="self"'
NEXT_URL = f"{ORG}/api/v1/users?after=00u2&limit=2"
NEXT = f'<{NEXT_URL}>; rel="next"'


def people(*names: str) -> list[dict[str, str]]:
    return [{"id": f"00u{name}"} for name in names]


def page(*names: str, links: tuple[str, ...] = ()) -> Scripted:
    return okta(people(*names), links=links)


async def ids(wire: Line, clock: FakeClock, *, prefix: str = "") -> list[list[str]]:
    client = client_of(wire, clock, prefix=prefix)
    return [[user.id for user in found.items] async for found in client.users(limit=2)]


COMMAS = f'<{ORG}/api/v1/logs?filter=a,b;c&after=1,2>; rel="next"'
FORMS = [
    (SELF, NEXT),
    (NEXT, SELF),
    (f"{SELF}, {NEXT}",),
    (f"{NEXT},{SELF}",),
    (NEXT.replace("; rel", ";rel"),),
    (NEXT.replace('"next"', "next"),),
    (NEXT.replace('rel="next"', 'REL="NEXT"'),),
    (NEXT.replace('rel="next"', 'rel = "next"'),),
    (NEXT.replace('rel="next"', 'title="the, next; one"; rel="next"'),),
    (NEXT.replace('rel="next"', 'rel="next"; title="more"'),),
    (NEXT.replace('"next"', '"last next"'),),
    (SELF, f"  {NEXT}  "),
]


@each("links", FORMS, ids=str)
async def test_the_next_page_is_found_in_every_form_of_the_header(links: tuple[str, ...]) -> None:
    clock = FakeClock()
    wire = line(page("1", "2", links=links), page("3", links=(SELF,)))
    assert await ids(wire, clock) == [["00u1", "00u2"], ["00u3"]]
    assert wire.sent[1].target == NEXT_URL.removeprefix(ORG)


@pytest.mark.parametrize("values", [(COMMAS,), (f"{SELF}, {COMMAS}",), (f"{COMMAS}, {SELF}",)], ids=str)
def test_commas_in_an_address_do_not_split_it(values: tuple[str, ...]) -> None:
    assert next_url(values) == f"{ORG}/api/v1/logs?filter=a,b;c&after=1,2"


@each(
    "links",
    [
        (),
        (SELF,),
        ("",),
        ("next",),
        (NEXT.replace("next", "prev"),),
        (NEXT.replace("next", "nextish"),),
        (f"<{NEXT_URL}>",),
        (f'{NEXT_URL}; rel="next"',),
        (f'<{NEXT_URL}>; rel="self"; title="rel=next"',),
    ],
    ids=str,
)
async def test_without_a_next_link_the_page_is_the_last(links: tuple[str, ...]) -> None:
    clock = FakeClock()
    wire = line(page("1", links=links))
    assert await ids(wire, clock) == [["00u1"]]
    assert len(wire.sent) == 1


AS_GIVEN = [
    "/api/v1/users?after=200unw%3a%3A%2fx%2F&limit=2",
    "/api/v1/logs?filter=eventType+eq+%22a.b%22&since=2022-05-29T00%3A00%3A00.000Z",
    "/api/v1/users?after=a:b/c@d!e*f'g(h),i;j~k&x",
    "/api/v1/users?search=profile.login%20sw%20%22%c3%a9%22",
    "/api/v1/users?after=%7B%22a%22%3A1%7D&after=2&after=",
    "/api/v1/users?a=100%25&b=%252f",
    "/api/v1/users/00u1/groups?after={x}|^[y]`z",
]


@each("target", AS_GIVEN)
@each("prefix", ["", "/op/users"])
async def test_the_address_is_followed_to_the_byte(target: str, prefix: str) -> None:
    clock = FakeClock()
    wire = line(page("1", links=(f'<{ORG}{prefix}{target}>; rel="next"',)), page("2"))
    assert await ids(wire, clock, prefix=prefix) == [["00u1"], ["00u2"]]
    assert wire.sent[1].target == prefix + target


@pytest.mark.parametrize("origin", ["https://ACME.okta.com", "HTTPS://acme.okta.com", "https://acme.okta.com:443"])
async def test_the_same_place_may_be_spelt_otherwise(origin: str, clock: FakeClock) -> None:
    wire = line(page("1", links=(NEXT.replace(ORG, origin),)), page("2"))
    assert await ids(wire, clock) == [["00u1"], ["00u2"]]
    assert wire.sent[1].origin == ORG


ELSEWHERE = [
    "https://evil.example/api/v1/users?after=1",
    "http://acme.okta.com/api/v1/users?after=1",
    "https://acme.okta.com:8443/api/v1/users?after=1",
    "https://acme.okta.com:80/api/v1/users?after=1",
    "https://acme.okta.com@evil.example/api/v1/users?after=1",
    "https://tess@acme.okta.com/api/v1/users?after=1",
    "https://acme.okta.com.evil.example/api/v1/users",
    "https://acme-admin.okta.com/api/v1/users",
    "//evil.example/api/v1/users",
    "/api/v1/users?after=1",
    "?after=1",
    "https://acme.okta.com",
    "https://acme.okta.com//evil.example/api",
    "https://acme.okta.com/api/v1/users/../groups",
    "https://acme.okta.com/api/v1/users/%2e%2e/groups",
    "https://acme.okta.com\\@evil.example/",
    "https://[::1/api/v1/users",
    "https://acme.okta.com:port/api",
    "javascript:alert(1)",
    "",
]


@each("url", ELSEWHERE)
async def test_credentials_do_not_follow_a_page_elsewhere(url: str) -> None:
    clock = FakeClock()
    wire = line(page("1", links=(f'<{url}>; rel="next"',)))
    pages = client_of(wire, clock).users()
    assert [user.id for user in (await anext(pages)).items] == ["00u1"]  # what was read is not lost
    with pytest.raises(Unreadable) as caught:
        await anext(pages)
    assert len(wire.sent) == 1
    assert caught.value.request_id


async def test_a_page_beside_the_prefix_is_elsewhere(clock: FakeClock) -> None:
    wire = line(page("1", links=(NEXT,)))
    with pytest.raises(Unreadable, match="elsewhere"):
        await ids(wire, clock, prefix="/op/users")
    assert len(wire.sent) == 1


@pytest.mark.parametrize("length", [1, 2, 3])
async def test_pages_in_a_circle_are_left(length: int, clock: FakeClock) -> None:
    links = [f'<{ORG}/api/v1/users?after={place}>; rel="next"' for place in range(length)]
    wire = line(*(page(str(place), links=(links[place % length],)) for place in range(9)))
    with pytest.raises(Unreadable, match="circle"):
        await ids(wire, clock)
    assert len(wire.sent) == length + 1


async def test_a_page_that_leads_back_to_the_first_is_left(clock: FakeClock) -> None:
    wire = line(page("1", links=(f'<{ORG}/api/v1/users?limit=2>; rel="next"',)))
    with pytest.raises(Unreadable, match="circle"):
        await ids(wire, clock)
    assert len(wire.sent) == 1


async def test_the_last_page_may_be_empty(clock: FakeClock) -> None:
    assert await ids(line(page("1", "2", links=(NEXT,)), page()), clock) == [["00u1", "00u2"], []]


async def test_a_page_is_asked_for_when_it_is_wanted(clock: FakeClock) -> None:
    wire = line(page("1", links=(NEXT,)), page("2"))
    pages = client_of(wire, clock).users()
    assert wire.sent == []
    first = await anext(pages)
    assert (first.next_url, len(wire.sent)) == (NEXT_URL, 1)
    second = await anext(pages)
    assert (second.next_url, len(wire.sent)) == (None, 2)
    assert await anext(pages, None) is None
    assert len(wire.sent) == 2


async def test_a_page_that_fails_leaves_those_before(clock: FakeClock) -> None:
    wire = line(page("1", links=(NEXT,)), okta({"errorCode": "E0000007"}, 404))
    pages = client_of(wire, clock).users()
    assert (await anext(pages)).items[0].id == "00u1"
    with pytest.raises(NotFound):
        await anext(pages)


@pytest.mark.parametrize(("most", "asked"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (1000, 3)])
async def test_a_list_is_read_up_to_a_bound(most: int, asked: int, clock: FakeClock) -> None:
    links = [f'<{ORG}/api/v1/users?after={after}>; rel="next"' for after in (2, 4)]
    wire = line(page("1", "2", links=(links[0],)), page("3", "4", links=(links[1],)), page("5"))
    found = await client_of(wire, clock).all(USERS, User, most=most)
    assert [user.id for user in found] == ["00u1", "00u2", "00u3", "00u4", "00u5"][:most]
    assert len(wire.sent) == asked
