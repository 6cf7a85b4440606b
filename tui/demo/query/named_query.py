"""Finding groups, apps and settings: small vocabularies over the same expressions that users are searched with."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tui.demo.base.errors import ApiError
from tui.demo.base.times import parse_iso
from tui.demo.query import scim

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.demo.groups.group import Group

T = TypeVar("T")

_GROUP_TEXTS: dict[str, Callable[[Group], str | None]] = {
    "id": lambda g: g.id,
    "type": lambda g: g.kind,
    "profile.name": lambda g: g.name,
    "profile.description": lambda g: g.description,
    "source.id": lambda g: "AD" if g.kind == "APP_GROUP" else None,
}
_GROUP_DATES: dict[str, Callable[[Group], float]] = {
    "created": lambda g: g.created,
    "lastUpdated": lambda g: g.updated,
    "lastMembershipUpdated": lambda g: g.members_changed,
}
_SEARCH = frozenset({"eq", "sw", "co", "gt", "ge", "lt", "le", "pr"})
_FILTER = frozenset({"eq", "gt", "ge", "lt", "le"})
_CONTAINS = frozenset({"profile.name", "profile.description"})


def _bad(why: str) -> ApiError:
    return ApiError("E0000031", causes=(why,))


def parse(text: str) -> scim.Node:
    """Return the tree of an expression without ``not``.

    Raises:
        ApiError: E0000031.
    """
    try:
        node = scim.parse(text)
    except scim.MalformedError as error:
        raise _bad(f"Invalid expression: {error}.") from None
    if scim.negates(node):
        raise _bad("The operator 'not' is not supported.")
    return node


def _custom(name: str) -> Callable[[Group], str | None]:
    return lambda group: None if group.more.get(name) is None else str(group.more[name])


def group_test(
    text: str, *, search: bool, source_id: str, custom: frozenset[str] = frozenset()
) -> Callable[[Group], bool]:
    """Return the test of a group ``search`` (case ignored) or ``filter`` (case kept) expression.

    Args:
        text: The expression.
        search: Whether it is a ``search``.
        source_id: The app that imported groups come from.
        custom: The names of the profile attributes that groups have beyond name and description.

    Raises:
        ApiError: E0000031.
    """
    own = {f"profile.{name}": _custom(name) for name in custom}
    texts = {**own, **_GROUP_TEXTS, "source.id": lambda g: source_id if g.kind == "APP_GROUP" else None}

    def leaf(compare: scim.Compare) -> Callable[[Group], bool]:
        attribute, operator = compare.attribute, compare.operator
        if operator not in (_SEARCH if search else _FILTER) or (operator == "co" and attribute not in _CONTAINS):
            raise _bad(f"The operator '{operator}' is not supported for '{attribute}'.")
        if attribute in _GROUP_DATES:
            return _date_leaf(_GROUP_DATES[attribute], compare)
        if attribute not in texts or (not search and attribute not in {"id", "type"}):
            raise _bad(f"'{attribute}' is not a searchable attribute.")
        return text_leaf(texts, compare, fold=search)

    return scim.build(parse(text), leaf)


def _date_leaf(read: Callable[[T], float], compare: scim.Compare) -> Callable[[T], bool]:
    wanted = parse_iso(str(compare.value))
    if wanted is None:
        raise _bad(f"The value of {compare.attribute} must be a date-time.")
    tests: dict[str, Callable[[float], bool]] = {
        "eq": lambda at: at == wanted,
        "gt": lambda at: at > wanted,
        "ge": lambda at: at >= wanted,
        "lt": lambda at: at < wanted,
        "le": lambda at: at <= wanted,
    }
    test = tests.get(compare.operator)
    if test is None:
        raise _bad(f"The operator '{compare.operator}' is not supported for '{compare.attribute}'.")
    return lambda thing: test(read(thing))


def text_leaf(
    texts: Mapping[str, Callable[[T], str | None]], compare: scim.Compare, *, fold: bool
) -> Callable[[T], bool]:
    """Return the test of one comparison of texts, with case folded or not."""
    read = texts[compare.attribute]
    if compare.operator == "pr":
        return lambda thing: bool(read(thing))
    wanted = str(compare.value)
    test = scim.compare_text(compare.operator, wanted.lower() if fold else wanted)
    return lambda thing: (text := read(thing)) is not None and test(text.lower() if fold else text)


def listed_test(
    text: str, texts: Mapping[str, Callable[[T], str | None]], operators: frozenset[str], *, fold: bool = False
) -> Callable[[T], bool]:
    """Return the test of a filter over a list of things that have nothing but texts, such as zones and devices.

    Args:
        text: The expression.
        texts: By the name of an attribute, how it is read.
        operators: Those that the list takes.
        fold: Whether case is ignored.

    Raises:
        ApiError: E0000031.
    """

    def leaf(compare: scim.Compare) -> Callable[[T], bool]:
        if compare.attribute not in texts:
            raise _bad(f"'{compare.attribute}' is not a searchable attribute.")
        if compare.operator not in operators:
            raise _bad(f"The operator '{compare.operator}' is not supported for '{compare.attribute}'.")
        return text_leaf(texts, compare, fold=fold)

    return scim.build(parse(text), leaf)
