"""Users: the list in its three ways, one user, and what one user has: groups, tiles, blocks."""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from tui.demo import rights
from tui.demo.errors import ApiError, not_found
from tui.demo.paging import link_headers, read_limit, read_position
from tui.demo.person import links, list_item, record
from tui.demo.user_query import filter_test, q_test, search_test, sort_key
from tui.demo.wire import Reply, Route, ok

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.demo.person import Person
    from tui.demo.wire import Call, Json

_MOST = 200
_Q_DEFAULT = 10


def find_person(call: Call, name: str = "id") -> Person:
    """Return the person that the path names by id, login, short name or ``me``.

    Raises:
        ApiError: E0000007.
    """
    key = call.params[name]
    person = call.org.owner(call.principal) if key == "me" else call.org.people.find(key)
    if person is None:
        raise not_found(key, "User")
    return person


def readable(call: Call, right: str = "users.view", name: str = "id") -> Person:
    """Return the person that the path names, if the caller's roles reach them; everybody may read themselves.

    Raises:
        ApiError: E0000007 or E0000006.
    """
    person = find_person(call, name)
    owner = call.org.owner(call.principal)
    if owner is None or owner.index != person.index:
        rights.require_for(call.org, call.principal, right, person)
    return person


def within_reach(call: Call) -> Callable[[Person], bool] | None:
    """Return who a limited role sees in lists, or None for everybody.

    Raises:
        ApiError: E0000006 when no role may see users.
    """
    names = rights.limits(rights.require(call.principal, "users.view"))
    if names is None:
        return None
    groups = [call.org.groups.named(name) for name in names]
    return lambda person: any(call.org.groups.is_member(group, person) for group in groups)


def encode_list(call: Call, people: Iterable[Person]) -> bytes:
    """Return people as an encoded array of list items."""
    base, type_id = call.base.encode(), call.org.people.type_id
    return b"[" + b",".join(list_item(person, type_id, base) for person in people) + b"]"


def list_users(call: Call) -> Reply:
    """GET /api/v1/users."""
    visible = within_reach(call)
    query = call.query
    if query.get("search") and query.get("filter"):
        raise ApiError("E0000033")
    if query.get("search"):
        return _search(call, visible)
    if query.get("filter"):
        return _scan(call, filter_test(query["filter"]), visible, _MOST)
    if query.get("q"):
        return _scan(call, q_test(query["q"]), visible, _Q_DEFAULT, pages=False)
    return _scan(call, _not_deprovisioned, visible, _MOST)


def _not_deprovisioned(person: Person) -> bool:
    return person.status != "DEPROVISIONED"


def _scan(
    call: Call,
    test: Callable[[Person], bool],
    visible: Callable[[Person], bool] | None,
    default: int,
    *,
    pages: bool = True,
) -> Reply:
    """Return one page of the people that pass, in the order of the plain list; the cursor is a place in it."""
    limit = read_limit(call, default, _MOST)
    start = read_position(call, "00u")
    passing = (p for p in call.org.people.from_index(start) if test(p) and (visible is None or visible(p)))
    page = list(islice(passing, limit + 1))
    after = call.org.ids.cursor("00u", page[limit].index) if pages and len(page) > limit else None
    return Reply(200, encode_list(call, page[:limit]), link_headers(call, limit, after))


def _search(call: Call, visible: Callable[[Person], bool] | None) -> Reply:
    test = search_test(call.query["search"], call.org.people.type_id)
    by = call.query.get("sortBy")
    if call.org.faults.standing("search-lag"):
        fresh = test
        people, now = call.org.people, call.now

        def test(person: Person) -> bool:
            seen = people.indexed(person, now)
            return seen is not None and fresh(seen)

    if not by:
        return _scan(call, test, visible, _MOST)
    key = sort_key(by)
    limit, start = read_limit(call, _MOST, _MOST), read_position(call, "0ss")
    found = [p for p in call.org.people.from_index() if test(p) and (visible is None or visible(p))]
    found.sort(key=key, reverse=call.query.get("sortOrder", "asc").lower() == "desc")
    end = start + limit
    after = call.org.ids.cursor("0ss", end) if end < len(found) else None
    return Reply(200, encode_list(call, found[start:end]), link_headers(call, limit, after))


def user_body(call: Call, person: Person) -> Json:
    """Return the single user with all its links."""
    type_id = call.org.people.type_id
    return {**record(person, type_id), "_links": links(person, type_id, call.base)}


def blocks_of(person: Person) -> list[Json]:
    """Return the device blocks of a person."""
    return [{"type": "DEVICE_BASED", "appliesTo": "UNKNOWN_DEVICES"}] if person.blocked else []


def get_user(call: Call) -> Reply:
    """GET /api/v1/users/{id}, with its ETag."""
    person = readable(call)
    body = user_body(call, person)
    if "blocks" in call.query.get("expand", ""):
        body["_embedded"] = {"blocks": blocks_of(person)}
    content = msgspec.json.encode(body)
    return Reply(200, content, [("etag", f'W/"{hashlib.sha256(content).hexdigest()}"')])


def list_groups_of(call: Call) -> Reply:
    """GET /api/v1/users/{id}/groups: one page in practice."""
    person = readable(call)
    groups = [call.org.groups.show(group, call.base) for group in call.org.groups.of(person)]
    return Reply(200, msgspec.json.encode(groups), link_headers(call, _MOST, None))


def list_app_links(call: Call) -> Reply:
    """GET /api/v1/users/{id}/appLinks: the tiles, that is assigned, active and visible apps only."""
    person = readable(call)
    apps = [app for app, _ in call.org.apps.of(person) if not app.row.hidden and app.row.status == "ACTIVE"]
    return ok([call.org.apps.show_link(app, person, call.base, order) for order, app in enumerate(apps)])


def list_blocks(call: Call) -> Reply:
    """GET /api/v1/users/{id}/blocks."""
    return ok(blocks_of(readable(call)))


ROUTES = (
    Route("GET", "/api/v1/users", "okta.users.read", "users", list_users),
    Route("GET", "/api/v1/users/{id}", "okta.users.read", "user", get_user),
    Route("GET", "/api/v1/users/{id}/groups", "okta.users.read", "user", list_groups_of),
    Route("GET", "/api/v1/users/{id}/appLinks", "okta.users.read", "user", list_app_links),
    Route("GET", "/api/v1/users/{id}/blocks", "okta.users.read", "user", list_blocks),
)
