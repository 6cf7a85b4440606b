"""Finding users: the three ways of Okta's user list, each with its own attributes, operators and rules of case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.base.errors import ApiError
from tui.demo.base.times import parse_iso
from tui.demo.query import scim

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.people.person import Person

    Test = Callable[[Person], bool]

_TEXTS: dict[str, Callable[[Person], str | None]] = {
    "id": lambda p: p.id,
    "status": lambda p: p.status,
    "profile.login": lambda p: p.login,
    "profile.email": lambda p: p.email,
    "profile.firstName": lambda p: p.first,
    "profile.lastName": lambda p: p.last,
}
_DATES: dict[str, Callable[[Person], float | None]] = {
    "created": lambda p: p.created,
    "activated": lambda p: p.activated,
    "statusChanged": lambda p: p.status_changed,
    "lastUpdated": lambda p: p.last_updated,
}
# Okta's default user schema beyond the four names that have their own reader.
_PROFILE = frozenset(
    [
        "middleName",
        "honorificPrefix",
        "honorificSuffix",
        "title",
        "displayName",
        "nickName",
        "profileUrl",
        "secondEmail",
        "mobilePhone",
        "primaryPhone",
        "streetAddress",
        "city",
        "state",
        "zipCode",
        "countryCode",
        "postalAddress",
        "preferredLanguage",
        "locale",
        "timezone",
        "userType",
        "employeeNumber",
        "costCenter",
        "organization",
        "division",
        "department",
        "managerId",
        "manager",
    ]
)
_CONTAINS = frozenset({"profile.firstName", "profile.lastName", "profile.email", "profile.login"})
_SEARCH_OPERATORS = frozenset({"eq", "sw", "co", "gt", "ge", "lt", "le", "pr"})
_ORDER = frozenset({"eq", "gt", "ge", "lt", "le"})
_FILTER_TEXTS = frozenset(_TEXTS)
_DEEP = 2


def _bad(why: str) -> ApiError:
    return ApiError("E0000031", causes=(why,))


def _parse(text: str) -> scim.Node:
    try:
        return scim.parse(text)
    except scim.MalformedError as error:
        raise _bad(f"Invalid expression: {error}.") from None


def _date_test(compare: scim.Compare) -> Test:
    read = _DATES[compare.attribute]
    wanted = parse_iso(compare.value) if isinstance(compare.value, str) else None
    if wanted is None:
        raise _bad(f"The value of {compare.attribute} must be a date-time.")
    tests: dict[str, Callable[[float], bool]] = {
        "eq": lambda at: at == wanted,
        "gt": lambda at: at > wanted,
        "ge": lambda at: at >= wanted,
        "lt": lambda at: at < wanted,
        "le": lambda at: at <= wanted,
    }
    test = tests[compare.operator]
    return lambda person: (at := read(person)) is not None and test(at)


def _reader(attribute: str) -> Callable[[Person], str | None]:
    if attribute in _TEXTS:
        return _TEXTS[attribute]
    head, _, name = attribute.partition(".")
    if head != "profile" or name not in _PROFILE:
        raise _bad(f"'{attribute}' is not a searchable attribute.")

    def read(person: Person) -> str | None:
        value = person.more.get(name)
        return None if value is None else str(value)

    return read


def _search_leaf(compare: scim.Compare) -> Test:
    """Return the test of one comparison of ``search``: operators and values ignore case, attribute names do not."""
    attribute, operator = compare.attribute, compare.operator
    if operator not in _SEARCH_OPERATORS:
        raise _bad(f"The operator '{operator}' is not supported.")
    if operator == "co" and attribute not in _CONTAINS:
        raise _bad(f"The operator 'co' is not supported for '{attribute}'.")
    if attribute in _DATES:
        read_date = _DATES[attribute]
        if operator == "pr":
            return lambda person: read_date(person) is not None
        if operator not in _ORDER:
            raise _bad(f"The operator '{operator}' is not supported for '{attribute}'.")
        return _date_test(compare)
    read = _reader(attribute)
    if operator == "pr":
        return lambda person: bool(read(person))
    if compare.value is None:
        return lambda person: read(person) is None
    wanted = str(compare.value).lower()
    test = scim.compare_text(operator, wanted)
    return lambda person: (text := read(person)) is not None and test(text.lower())


def _filter_leaf(compare: scim.Compare) -> Test:
    """Return the test of one comparison of ``filter``: a short list of attributes, values with their case."""
    attribute, operator = compare.attribute, compare.operator
    if attribute == "lastUpdated" and operator in _ORDER:
        return _date_test(compare)
    if attribute not in _FILTER_TEXTS or operator != "eq":
        raise _bad(f"'{attribute} {operator}' is not supported by filter.")
    read, wanted = _TEXTS[attribute], str(compare.value)
    return lambda person: read(person) == wanted


def search_test(text: str, type_id: str = "") -> Test:
    """Return the test that a ``search`` expression describes; all people are of the one type given.

    Raises:
        ApiError: E0000031.
    """
    node = _parse(text)
    if scim.negates(node):
        raise _bad("The operator 'not' is not supported.")

    def leaf(compare: scim.Compare) -> Test:
        if compare.attribute == "type.id" and compare.operator == "eq":
            fits = compare.value == type_id
            return lambda _: fits
        return _search_leaf(compare)

    return scim.build(node, leaf)


def filter_test(text: str) -> Test:
    """Return the test that a ``filter`` expression describes.

    Raises:
        ApiError: E0000031.
    """
    node = _parse(text)
    if scim.negates(node):
        raise _bad("The operator 'not' is not supported.")
    return scim.build(node, _filter_leaf)


def q_test(text: str) -> Test:
    """Return the test of ``q``: a name or the e-mail address starts with it, whatever the case."""
    wanted = text.strip().lower()

    def test(person: Person) -> bool:
        return person.status != "DEPROVISIONED" and any(
            part is not None and part.lower().startswith(wanted) for part in (person.first, person.last, person.email)
        )

    return test


def sort_key(attribute: str) -> Callable[[Person], tuple[str | float, str]]:
    """Return what a search sorts by: case of ASCII letters ignored, ties by id, the missing first.

    Raises:
        ApiError: E0000031 for an attribute that cannot be sorted by.
    """
    if attribute in _DATES:
        read_date = _DATES[attribute]
        return lambda person: (read_date(person) or 0.0, person.id)
    read = _reader(attribute)
    return lambda person: ((read(person) or "").lower(), person.id)
