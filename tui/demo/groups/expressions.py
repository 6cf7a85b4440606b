"""Okta's expressions as group rules use them: text to a test of one person.

From Okta's "Expression Language" and "Expressions in group rules": attributes of the user, comparisons, ``AND``,
``OR``, ``!``, functions of strings and of membership. What is not among them is refused, as the org refuses it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.people.person import Person

    Members = Callable[[Person, str, tuple[str, ...]], bool]
    Value = str | float | bool | None | list[object]
    Read = Callable[["Scope"], object]

_MOST_NESTING = 40
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<number>\d+(?:\.\d+)?)"""
    r"""|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(?P<sign>==|!=|<=|>=|&&|\|\||[<>!(),{}?:]))""",
    re.DOTALL,
)
_SPELT = {"AND": "&&", "OR": "||", "NOT": "!", "EQ": "==", "NE": "!=", "LT": "<", "GT": ">", "LE": "<=", "GE": ">="}
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
MEMBERSHIP = frozenset(
    {
        "isMemberOfGroup",
        "isMemberOfAnyGroup",
        "isMemberOfGroupName",
        "isMemberOfGroupNameStartsWith",
        "isMemberOfGroupNameContains",
        "isMemberOfGroupNameRegex",
    }
)


class BadExpression(ValueError):
    """The text is not an expression that group rules understand."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom an expression is asked about, and how to ask for their groups."""

    person: Person
    members: Members


@dataclass(frozen=True, slots=True)
class _Part:
    """A compiled part, and whether it can be true or false."""

    read: Read
    logical: bool


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _before(text: str, mark: str) -> str:
    return text.partition(mark)[0]


def _after(text: str, mark: str) -> str:
    return text.partition(mark)[2]


# Name, how many arguments, what it does, whether it answers yes or no. Okta: "Expression Language", string functions.
_FUNCTIONS: dict[str, tuple[frozenset[int], Callable[..., object], bool]] = {
    "String.startsWith": (frozenset({2}), lambda a, b: _text(a).startswith(_text(b)), True),
    "String.stringContains": (frozenset({2}), lambda a, b: _text(b) in _text(a), True),
    "String.toUpperCase": (frozenset({1}), lambda a: _text(a).upper(), False),
    "String.toLowerCase": (frozenset({1}), lambda a: _text(a).lower(), False),
    "String.removeSpaces": (frozenset({1}), lambda a: _text(a).replace(" ", ""), False),
    "String.append": (frozenset({2}), lambda a, b: _text(a) + _text(b), False),
    "String.len": (frozenset({1}), lambda a: float(len(_text(a))), False),
    "String.replace": (frozenset({3}), lambda a, b, c: _text(a).replace(_text(b), _text(c)), False),
    "String.replaceFirst": (frozenset({3}), lambda a, b, c: _text(a).replace(_text(b), _text(c), 1), False),
    "String.substring": (frozenset({3}), lambda a, b, c: _text(a)[int(b) : int(c)], False),
    "String.substringBefore": (frozenset({2}), lambda a, b: _before(_text(a), _text(b)), False),
    "String.substringAfter": (frozenset({2}), lambda a, b: _after(_text(a), _text(b)), False),
    "Arrays.contains": (frozenset({2}), lambda a, b: isinstance(a, list) and b in a, True),
    "Arrays.isEmpty": (frozenset({1}), lambda a: not a, True),
    "Arrays.size": (frozenset({1}), lambda a: float(len(a)) if isinstance(a, list) else 0.0, False),
}
_INTERNAL: dict[str, Callable[[Person], object]] = {
    "id": lambda person: person.id,
    "status": lambda person: person.status,
}


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = _split(text)
        self.at = 0
        self.depth = 0

    def peek(self) -> str:
        kind, word = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        return word if kind == "sign" else ""

    def accept(self, sign: str) -> bool:
        if self.peek() == sign:
            self.at += 1
            return True
        return False

    def expect(self, sign: str) -> None:
        if not self.accept(sign):
            raise BadExpression(f"{sign} is missing")

    def choice(self) -> _Part:
        """Read a whole expression: ``a ? b : c`` or what ``or`` joins."""
        self.depth += 1
        if self.depth > _MOST_NESTING:
            raise BadExpression("nested too deeply")
        part = self.either()
        if self.accept("?"):
            _logical(part)
            yes = self.choice()
            self.expect(":")
            no, test = self.choice(), part.read
            part = _Part(lambda scope: yes.read(scope) if test(scope) else no.read(scope), yes.logical and no.logical)
        self.depth -= 1
        return part

    def either(self) -> _Part:
        part = self.both()
        while self.accept("||"):
            part = _joined(part, self.both(), any_of=True)
        return part

    def both(self) -> _Part:
        part = self.negated()
        while self.accept("&&"):
            part = _joined(part, self.negated(), any_of=False)
        return part

    def negated(self) -> _Part:
        turns = 0
        while self.accept("!"):
            turns += 1
        part = self.compared()
        if not turns:
            return part
        _logical(part)
        return _Part(lambda scope: bool(part.read(scope)) != bool(turns % 2), logical=True)

    def compared(self) -> _Part:
        left, sign = self.single(), self.peek()
        if sign not in _COMPARE:
            return left
        self.at += 1
        right, test = self.single(), _COMPARE[sign]
        return _Part(lambda scope: test(left.read(scope), right.read(scope)), logical=True)

    def single(self) -> _Part:
        if self.accept("("):
            part = self.choice()
            self.expect(")")
            return part
        if self.accept("{"):
            return self.listed()
        if self.at >= len(self.tokens):
            raise BadExpression("it ends too early")
        kind, word = self.tokens[self.at]
        self.at += 1
        if kind == "text":
            text = re.sub(r"\\(.)", r"\1", word[1:-1])
            return _Part(lambda _: text, logical=False)
        if kind == "number":
            number = float(word)
            return _Part(lambda _: number, logical=False)
        if kind != "name":
            raise BadExpression(f"unexpected {word}")
        return self.called(word) if self.accept("(") else _named(word)

    def listed(self) -> _Part:
        reads: list[Read] = []
        while not self.accept("}"):
            if reads:
                self.expect(",")
            reads.append(self.choice().read)
        return _Part(lambda scope: [read(scope) for read in reads], logical=False)

    def called(self, name: str) -> _Part:
        reads: list[Read] = []
        while not self.accept(")"):
            if reads:
                self.expect(",")
            reads.append(self.choice().read)
        function = name.removeprefix("user.")
        if function in MEMBERSHIP:
            if not reads or (len(reads) > 1 and function != "isMemberOfAnyGroup"):
                raise BadExpression(f"{name} takes another number of arguments")
            return _Part(
                lambda scope: scope.members(scope.person, function, tuple(_text(read(scope)) for read in reads)),
                logical=True,
            )
        if name == "user.getInternalProperty" and len(reads) == 1:
            return _Part(lambda scope: _INTERNAL.get(_text(reads[0](scope)), _nothing)(scope.person), logical=False)
        known = _FUNCTIONS.get(name)
        if known is None or len(reads) not in known[0]:
            raise BadExpression(f"unknown function {name}")
        run = known[1]
        return _Part(lambda scope: run(*(read(scope) for read in reads)), known[2])


def _nothing(_: Person) -> None:
    return None


def _split(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise BadExpression(f"unexpected {text[at : at + 10].strip()}")
        kind, word = match.lastgroup, match[match.lastgroup]
        if kind == "name" and word.upper() in _SPELT:
            kind, word = "sign", _SPELT[word.upper()]
        tokens.append((kind, word))
        at = match.end()
    return tokens


def _named(word: str) -> _Part:
    if word in _CONSTANTS:
        constant = _CONSTANTS[word]
        return _Part(lambda _: constant, constant is not None)
    owner, _, attribute = word.partition(".")
    if owner != "user" or not attribute or "." in attribute:
        raise BadExpression(f"unknown name {word}")
    # An attribute may be of any type, so also one that is true or false.
    return _Part(lambda scope: _attribute(scope.person, attribute), logical=True)


def _attribute(person: Person, name: str) -> object:
    """Return a profile attribute; of one that nobody has, nothing."""
    if name in person.more:
        return person.more[name]
    field = _FIELDS.get(name)
    return None if field is None else getattr(person, field)


_FIELDS = {"firstName": "first", "lastName": "last", "login": "login", "email": "email"}


def _logical(part: _Part) -> None:
    if not part.logical:
        raise BadExpression("it is neither true nor false")


def _joined(left: _Part, right: _Part, *, any_of: bool) -> _Part:
    _logical(left)
    _logical(right)
    if any_of:
        return _Part(lambda scope: bool(left.read(scope)) or bool(right.read(scope)), logical=True)
    return _Part(lambda scope: bool(left.read(scope)) and bool(right.read(scope)), logical=True)


def _ordered(test: Callable[[float, float], bool]) -> Callable[[object, object], bool]:
    def compare(left: object, right: object) -> bool:
        try:
            return test(float(_text(left)), float(_text(right)))
        except ValueError:
            return False

    return compare


_COMPARE: dict[str, Callable[[object, object], bool]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": _ordered(lambda left, right: left < right),
    ">": _ordered(lambda left, right: left > right),
    "<=": _ordered(lambda left, right: left <= right),
    ">=": _ordered(lambda left, right: left >= right),
}


@lru_cache(256)
def compile_rule(text: str) -> Callable[[Scope], bool]:
    """Return the test that an expression is.

    Raises:
        BadExpression: It is none, uses a function that group rules do not have, or is neither true nor false.
    """
    parser = _Parser(text)
    part = parser.choice()
    if parser.at < len(parser.tokens):
        raise BadExpression(f"unexpected {parser.tokens[parser.at][1]}")
    _logical(part)

    def test(scope: Scope) -> bool:
        try:
            return part.read(scope) is True
        except (TypeError, ValueError):
            # A function met a value of another type: of such a person the condition does not hold.
            return False

    return test
