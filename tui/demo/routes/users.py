"""Users: the list in its three ways, one user, and what one user has: groups, tiles, blocks."""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from tui.demo.admins import rights
from tui.demo.base.errors import ApiError, not_found
from tui.demo.http.paging import link_headers, read_limit, read_position
from tui.demo.http.request import Response, Route, ok
from tui.demo.people.person import links, list_item, record
from tui.demo.query.user_query import filter_test, q_test, search_test, sort_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.demo.base.json import Json
    from tui.demo.http.request import Request
    from tui.demo.people.person import Person

_MOST = 200
_Q_DEFAULT = 10
_GRANTS = 20


def find_person(request: Request, name: str = "id") -> Person:
    """Return the person that the path names by id, login, short name or ``me``.

    Raises:
        ApiError: E0000007.
    """
    key = request.params[name]
    person = request.org.owner(request.principal) if key == "me" else request.org.people.find(key)
    if person is None:
        raise not_found(key, "User")
    return person


def readable(request: Request, right: str = "users.view", name: str = "id") -> Person:
    """Return the person that the path names, if the caller's roles reach them; everybody may read themselves.

    Raises:
        ApiError: E0000007 or E0000006.
    """
    person = find_person(request, name)
    owner = request.org.owner(request.principal)
    if owner is None or owner.index != person.index:
        rights.require_for(request.org.roles, request.principal, right, person)
    return person


def within_reach(request: Request) -> Callable[[Person], bool] | None:
    """Return who a limited role sees in lists, or None for everybody.

    Raises:
        ApiError: E0000006 when no role may see users.
    """
    names = rights.limits(rights.require(request.principal, "users.view"))
    if names is None:
        return None
    groups = [request.org.groups.named(name) for name in names]
    return lambda person: any(request.org.groups.is_member(group, person) for group in groups)


def encode_list(request: Request, people: Iterable[Person]) -> bytes:
    """Return people as an encoded array of list items."""
    base, type_id = request.base.encode(), request.org.people.type_id
    return b"[" + b",".join(list_item(person, type_id, base) for person in people) + b"]"


def list_users(request: Request) -> Response:
    """GET /api/v1/users."""
    visible = within_reach(request)
    query = request.query
    if query.get("search") and query.get("filter"):
        raise ApiError("E0000033")
    if query.get("search"):
        return _search(request, visible)
    if query.get("filter"):
        return _scan(request, filter_test(query["filter"]), visible, _MOST)
    if query.get("q"):
        return _scan(request, q_test(query["q"]), visible, _Q_DEFAULT, pages=False)
    return _scan(request, _not_deprovisioned, visible, _MOST)


def _not_deprovisioned(person: Person) -> bool:
    return person.status != "DEPROVISIONED"


def _scan(
    request: Request,
    test: Callable[[Person], bool],
    visible: Callable[[Person], bool] | None,
    default: int,
    *,
    pages: bool = True,
) -> Response:
    """Return one page of the people that pass, in the order of the plain list; the cursor is a place in it."""
    limit = read_limit(request, default, _MOST)
    start = read_position(request, "00u")
    passing = (p for p in request.org.people.from_index(start) if test(p) and (visible is None or visible(p)))
    page = list(islice(passing, limit + 1))
    after = request.org.ids.cursor("00u", page[limit].index) if pages and len(page) > limit else None
    return Response(200, encode_list(request, page[:limit]), link_headers(request, limit, after))


def _search(request: Request, visible: Callable[[Person], bool] | None) -> Response:
    test = search_test(request.query["search"], request.org.people.type_id)
    by = request.query.get("sortBy")
    if request.org.faults.standing("search-lag"):
        fresh = test
        people, now = request.org.people, request.now

        def test(person: Person) -> bool:
            seen = people.indexed(person, now)
            return seen is not None and fresh(seen)

    if not by:
        return _scan(request, test, visible, _MOST)
    key = sort_key(by)
    limit, start = read_limit(request, _MOST, _MOST), read_position(request, "0ss")
    found = [p for p in request.org.people.from_index() if test(p) and (visible is None or visible(p))]
    found.sort(key=key, reverse=request.query.get("sortOrder", "asc").lower() == "desc")
    end = start + limit
    after = request.org.ids.cursor("0ss", end) if end < len(found) else None
    return Response(200, encode_list(request, found[start:end]), link_headers(request, limit, after))


def user_body(request: Request, person: Person) -> Json:
    """Return the single user with all its links."""
    type_id = request.org.people.type_id
    return {**record(person, type_id), "_links": links(person, type_id, request.base)}


def blocks_of(person: Person) -> list[Json]:
    """Return the device blocks of a person."""
    return [{"type": "DEVICE_BASED", "appliesTo": "UNKNOWN_DEVICES"}] if person.blocked else []


def get_user(request: Request) -> Response:
    """GET /api/v1/users/{id}, with its ETag."""
    person = readable(request)
    body = user_body(request, person)
    if "blocks" in request.query.get("expand", ""):
        body["_embedded"] = {"blocks": blocks_of(person)}
    content = msgspec.json.encode(body)
    return Response(200, content, [("etag", f'W/"{hashlib.sha256(content).hexdigest()}"')])


def list_groups_of(request: Request) -> Response:
    """GET /api/v1/users/{id}/groups: one page in practice."""
    person = readable(request)
    groups = [request.org.groups.show(group, request.base) for group in request.org.groups.of(person)]
    return Response(200, msgspec.json.encode(groups), link_headers(request, _MOST, None))


def list_app_links(request: Request) -> Response:
    """GET /api/v1/users/{id}/appLinks: the tiles, that is assigned, active and visible apps only."""
    person = readable(request)
    apps = [app for app, _ in request.org.apps.of(person) if not app.row.hidden and app.row.status == "ACTIVE"]
    return ok([request.org.apps.show_link(app, person, request.base, order) for order, app in enumerate(apps)])


def list_blocks(request: Request) -> Response:
    """GET /api/v1/users/{id}/blocks."""
    return ok(blocks_of(readable(request)))


def list_none(request: Request) -> Response:
    """GET …/clients and …/grants: nobody here has let an app use the org in their name."""
    readable(request)
    response = ok([])
    if request.path.endswith("/grants"):
        response.headers = link_headers(request, read_limit(request, _GRANTS, _MOST), None)
    return response


ROUTES = (
    Route("GET", "/api/v1/users", "okta.users.read", "users", list_users),
    Route("GET", "/api/v1/users/{id}", "okta.users.read", "user", get_user),
    Route("GET", "/api/v1/users/{id}/groups", "okta.users.read", "user", list_groups_of),
    Route("GET", "/api/v1/users/{id}/appLinks", "okta.users.read", "user", list_app_links),
    Route("GET", "/api/v1/users/{id}/blocks", "okta.users.read", "user", list_blocks),
    Route("GET", "/api/v1/users/{id}/clients", "okta.users.read", "user", list_none),
    Route("GET", "/api/v1/users/{id}/grants", "okta.users.read", "user", list_none),
)
