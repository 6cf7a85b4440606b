"""Okta's subset of SCIM expressions: text to a tree, and a tree to a test of one record.

``attribute op "value"``, ``attribute pr``, ``and``, ``or``, ``not``, parentheses. Which operators and attributes are
allowed is the caller's business; this file knows the grammar only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OPERATORS = frozenset({"eq", "ne", "co", "sw", "ew", "pr", "gt", "ge", "lt", "le"})
_MOST_NESTING = 50
T = TypeVar("T")

Value = str | float | bool | None


class MalformedError(ValueError):
    """The text is not an expression; the message says what was met."""


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison; ``value`` is None for ``pr``."""

    attribute: str
    operator: str
    value: Value = None


@dataclass(frozen=True, slots=True)
class Both:
    """Both sides hold."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Either:
    """One side holds."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Negated:
    """The inside does not hold."""

    inside: Node


Node = Compare | Both | Either | Negated

_TOKEN = re.compile(
    r"""\s*(?:(?P<paren>[()])|(?P<string>"(?:[^"\\]|\\.)*")|(?P<word>[^\s()"]+))""",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"[A-Za-z_$][\w$:-]*(?:\.[\w$:-]+)*\Z")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        word = self.peek()
        if not word:
            raise MalformedError("the expression ends too early")
        self.at += 1
        return word

    def either(self, depth: int) -> Node:
        node = self.both(depth)
        while self.peek().lower() == "or":
            self.take()
            node = Either(node, self.both(depth))
        return node

    def both(self, depth: int) -> Node:
        node = self.single(depth)
        while self.peek().lower() == "and":
            self.take()
            node = Both(node, self.single(depth))
        return node

    def single(self, depth: int) -> Node:
        if depth > _MOST_NESTING:
            raise MalformedError("too many parentheses")
        word = self.take()
        if word.lower() == "not":
            return Negated(self.single(depth + 1))
        if word == "(":
            node = self.either(depth + 1)
            if self.take() != ")":
                raise MalformedError("a parenthesis is not closed")
            return node
        return self.comparison(word)

    def comparison(self, attribute: str) -> Compare:
        if not _ATTRIBUTE.match(attribute):
            raise MalformedError(f"unexpected {attribute!r}")
        operator = self.take().lower()
        if operator not in OPERATORS:
            raise MalformedError(f"unknown operator {operator!r}")
        return Compare(attribute, operator) if operator == "pr" else Compare(attribute, operator, _value(self.take()))


def _tokens(text: str) -> Iterator[str]:
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise MalformedError("a quotation mark is not closed")
        yield match.group().lstrip()
        at = match.end()


def _value(word: str) -> Value:
    if word.startswith('"'):
        return _ESCAPE.sub(r"\1", word[1:-1])
    if word in {"true", "false"}:
        return word == "true"
    if word == "null":
        return None
    try:
        return float(word)
    except ValueError:
        raise MalformedError(f"the value {word!r} needs quotation marks") from None


def parse(text: str) -> Node:
    """Return the tree of an expression.

    Raises:
        MalformedError: It is none.
    """
    parser = _Parser(text)
    node = parser.either(0)
    if parser.peek():
        raise MalformedError(f"unexpected {parser.peek()!r}")
    return node


def comparisons(node: Node) -> Iterator[Compare]:
    """Yield every comparison of a tree."""
    if isinstance(node, Compare):
        yield node
    elif isinstance(node, Negated):
        yield from comparisons(node.inside)
    else:
        yield from comparisons(node.left)
        yield from comparisons(node.right)


def negates(node: Node) -> bool:
    """Return whether ``not`` occurs in a tree."""
    if isinstance(node, Negated):
        return True
    return isinstance(node, Both | Either) and (negates(node.left) or negates(node.right))


def build(node: Node, leaf: Callable[[Compare], Callable[[T], bool]]) -> Callable[[T], bool]:
    """Return one test for a tree, given how to test one comparison."""
    if isinstance(node, Compare):
        return leaf(node)
    if isinstance(node, Negated):
        inside = build(node.inside, leaf)
        return lambda record: not inside(record)
    left, right = build(node.left, leaf), build(node.right, leaf)
    if isinstance(node, Both):
        return lambda record: left(record) and right(record)
    return lambda record: left(record) or right(record)


def compare_text(operator: str, wanted: str) -> Callable[[str], bool]:
    """Return the test of one text against the wanted one; case is the caller's business."""
    tests: dict[str, Callable[[str], bool]] = {
        "eq": lambda text: text == wanted,
        "ne": lambda text: text != wanted,
        "co": lambda text: wanted in text,
        "sw": lambda text: text.startswith(wanted),
        "ew": lambda text: text.endswith(wanted),
        "gt": lambda text: text > wanted,
        "ge": lambda text: text >= wanted,
        "lt": lambda text: text < wanted,
        "le": lambda text: text <= wanted,
    }
    return tests[operator]
