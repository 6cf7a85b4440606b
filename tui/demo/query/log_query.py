"""The System Log's filter and keyword search: which fields may be asked about, and the test of one event."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo.base.errors import ApiError
from tui.demo.log.events import show
from tui.demo.query import scim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tui.demo.log.events import LogEntry

    Test = Callable[[LogEntry], bool]

_OPERATORS = "eq, ne, co, sw, ew, pr, gt, ge, lt, le"
_MOST_KEYWORDS, _LONGEST_KEYWORD = 10, 40
_NO_CONTAINS = frozenset({"debugContext.debugData.url", "debugContext.debugData.requestUri"})

# Every attribute that may be asked about, by the object that holds it. debugData is open-ended.
_FIELDS = {
    "actor": ("id", "type", "alternateId", "displayName"),
    "target": ("id", "type", "alternateId", "displayName"),
    "client": ("ipAddress", "device", "zone", "id"),
    "client.userAgent": ("rawUserAgent", "os", "browser"),
    "client.geographicalContext": ("city", "state", "country", "postalCode"),
    "outcome": ("result", "reason"),
    "transaction": ("id", "type"),
    "transaction.detail": ("requestApiTokenId",),
    "securityContext": ("asNumber", "asOrg", "isp", "domain", "isProxy"),
    "authenticationContext": ("authenticationStep", "externalSessionId", "rootSessionId", "credentialType"),
    "request.ipChain": ("ip", "version"),
}
_TOP = ("eventType", "severity", "displayMessage", "uuid", "legacyEventType", "version")
KNOWN = frozenset(_TOP) | {f"{head}.{name}" for head, names in _FIELDS.items() for name in names}

# The common questions are answered without building the event first.
_QUICK: dict[str, Callable[[LogEntry], tuple[str | None, ...]]] = {
    "eventType": lambda e: (e.type,),
    "severity": lambda e: (e.severity,),
    "uuid": lambda e: (e.uuid,),
    "actor.id": lambda e: (e.actor.id,),
    "actor.type": lambda e: (e.actor.type,),
    "actor.alternateId": lambda e: (e.actor.alternate_id,),
    "target.id": lambda e: tuple([t.id for t in e.targets]),
    "target.type": lambda e: tuple([t.type for t in e.targets]),
    "target.alternateId": lambda e: tuple([t.alternate_id for t in e.targets]),
    "outcome.result": lambda e: (e.result,),
    "outcome.reason": lambda e: (e.reason,),
    "client.ipAddress": lambda e: (e.source.ip if e.source else None,),
    "transaction.id": lambda e: (e.request_id,),
}


def _refuse(text: str, why: str) -> ApiError:
    return ApiError("E0000053", text, f"{why}. Allowed operators: {_OPERATORS}")


def _walk(value: object, path: list[str]) -> Iterator[object]:
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, path)
    elif not path:
        yield value
    elif isinstance(value, dict):
        yield from _walk(value.get(path[0]), path[1:])


def _values(attribute: str) -> Callable[[LogEntry], tuple[str | None, ...]]:
    quick = _QUICK.get(attribute)
    if quick is not None:
        return quick
    path = attribute.split(".")

    def read(entry: LogEntry) -> tuple[str | None, ...]:
        return tuple(None if value is None else _as_text(value) for value in _walk(show(entry), path))

    return read


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def filter_test(text: str) -> Test:
    """Return the test that a filter expression describes; values are compared with their case.

    Raises:
        ApiError: E0000053 for a bad expression or attribute, E0000031 for an operator that an attribute refuses.
    """
    try:
        node = scim.parse(text)
    except scim.MalformedError as error:
        raise _refuse(text, str(error)) from None

    def leaf(compare: scim.Compare) -> Test:
        attribute, operator = compare.attribute, compare.operator
        if attribute not in KNOWN and not attribute.startswith("debugContext.debugData."):
            raise _refuse(text, f"'{attribute}' is not an attribute that can be filtered on")
        if operator == "co" and attribute in _NO_CONTAINS:
            raise ApiError("E0000031", causes=(f"The operator 'co' is not supported for '{attribute}'.",))
        values = _values(attribute)
        if operator == "pr":
            return lambda entry: any(value is not None for value in values(entry))
        if compare.value is None:
            empty = operator == "eq"
            return lambda entry: any(value is not None for value in values(entry)) is not empty
        wanted = _wanted(compare.value)
        if operator == "ne":
            return lambda entry: wanted not in values(entry)
        test = scim.compare_text(operator, wanted)
        return lambda entry: any(value is not None and test(value) for value in values(entry))

    return _build(node, leaf)


def _build(node: scim.Node, leaf: Callable[[scim.Compare], Test]) -> Test:
    """Return one test for a tree; of a feed's dozens of types, one look tells whether an event is of one of them."""
    if isinstance(node, scim.Both):
        left, right = _build(node.left, leaf), _build(node.right, leaf)
        return lambda entry: left(entry) and right(entry)
    if not isinstance(node, scim.Either):
        return scim.build(node, leaf)
    wanted: dict[str, set[str]] = {}
    others: list[Test] = []
    for side in _sides(node):
        test = _build(side, leaf)  # of each, since it refuses what may not be asked
        if isinstance(side, scim.Compare) and side.operator == "eq" and side.value is not None:
            wanted.setdefault(side.attribute, set()).add(_wanted(side.value))
        else:
            others.append(test)
    members: list[Test] = []
    if wanted.get("actor.id") == (ids := wanted.get("target.id")) is not None:  # as one asks for a person's events
        del wanted["actor.id"], wanted["target.id"]
        members.append(_names_one_of(ids))
    members += [_is_among(attribute, texts) for attribute, texts in wanted.items()]
    if len(members) == 1 and not others:
        return members[0]
    tests = (*members, *others)

    def passes(entry: LogEntry) -> bool:
        for test in tests:  # noqa: SIM110 - thousands of times a question, and `any` takes longer
            if test(entry):
                return True
        return False

    return passes


def _names_one_of(ids: set[str]) -> Test:
    if len(ids) == 1:
        (only,) = ids
        return lambda entry: only in entry.named
    return lambda entry: not ids.isdisjoint(entry.named)


def _is_among(attribute: str, texts: set[str]) -> Test:
    """Return the test whether one of an attribute's values is among these; of a type, as feeds ask, with one look."""
    if attribute == "eventType":
        return lambda entry: entry.type in texts
    values = _values(attribute)
    return lambda entry: not texts.isdisjoint(values(entry))


def _sides(node: scim.Node) -> Iterator[scim.Node]:
    """Yield what stands between the `or`s, from left to right."""
    waiting = [node]
    while waiting:
        side = waiting.pop()
        if isinstance(side, scim.Either):
            waiting += (side.right, side.left)
        else:
            yield side


def _wanted(value: scim.Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def keyword_test(text: str) -> Test:
    """Return the test of ``q``: every keyword occurs somewhere, whatever the case; hyphens split keywords.

    Raises:
        ApiError: E0000001 for more than ten keywords or one longer than forty characters.
    """
    words = [word for word in re.split(r"[\s-]+", text.lower()) if word]
    if len(words) > _MOST_KEYWORDS or any(len(word) > _LONGEST_KEYWORD for word in words):
        raise ApiError("E0000001", "q", causes=("q: at most 10 keywords of at most 40 characters",))

    def test(entry: LogEntry) -> bool:
        heap = " ".join(_texts(show(entry))).lower()
        return all(word in heap for word in words)

    return test


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
