"""The expression builder, held against a small parser of Okta's search grammar that knows nothing of it."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TypeAlias
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.each import each
from tui.okta.scim import CONTAINS, MOST_CLAUSES, MOST_ENCODED, all_of, any_of, any_that_fit, co, eq, sw

Comparison: TypeAlias = tuple[str, str, str]
Tree: TypeAlias = "Comparison | tuple[str, list[Tree]]"

TOKEN = re.compile(r'\s*(?:([()])|("(?:[^"\\]|\\["\\])*")|([A-Za-z][\w.]*))', re.ASCII)


class Reader:
    """`or` of `and` of comparisons or parentheses, by recursive descent. A value is a JSON string (RFC 7644)."""

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        place = 0
        while place < len(text):
            match = TOKEN.match(text, place)
            if match is None:
                raise ValueError(f"unreadable from {place}: {text!r}")
            self.tokens.append(match[0].strip(" "))
            place = match.end()

    def take(self) -> str:
        if not self.tokens:
            raise ValueError("too short")
        return self.tokens.pop(0)

    def whole(self) -> Tree:
        tree = self.either()
        if self.tokens:
            raise ValueError(f"left over: {self.tokens}")
        return tree

    def either(self) -> Tree:
        parts = [self.both()]
        while self.tokens[:1] == ["or"]:
            self.take()
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else ("or", parts)

    def both(self) -> Tree:
        parts = [self.one()]
        while self.tokens[:1] == ["and"]:
            self.take()
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else ("and", parts)

    def one(self) -> Tree:
        if self.tokens[:1] == ["("]:
            self.take()
            tree = self.either()
            if self.take() != ")":
                raise ValueError("no closing parenthesis")
            return tree
        attribute, operator, value = self.take(), self.take(), self.take()
        if operator not in {"eq", "sw", "co"} or value[0] != '"' or not attribute[0].isalpha():
            raise ValueError(f"no comparison: {attribute} {operator} {value}")
        return (attribute, operator, json.loads(value))


def parse(expression: str) -> Tree:
    return Reader(expression).whole()


def comparisons(tree: Tree) -> list[Comparison]:
    if len(tree) == 3:
        return [tree]
    return [found for part in tree[1] for found in comparisons(part)]


HOSTILE = st.text(st.sampled_from('"\\() aeorndqswpt.“’李😀\u2028'))
VALUES = st.one_of(st.text(st.characters(exclude_categories=("Cc", "Cs"))), HOSTILE).filter(bool)
ATTRIBUTES = st.sampled_from(["id", "status", "profile.login", "profile.employeeNumber"])
COMPARISONS = st.builds(
    lambda build, attribute, value: build(attribute, value), st.sampled_from([eq, sw]), ATTRIBUTES, VALUES
)


@given(ATTRIBUTES, VALUES)
def test_any_value_stays_a_value(attribute: str, value: str) -> None:
    assert parse(eq(attribute, value)) == (attribute, "eq", value)
    assert parse(sw(attribute, value)) == (attribute, "sw", value)


@given(st.sampled_from(sorted(CONTAINS)), VALUES)
def test_contains_too(attribute: str, value: str) -> None:
    assert parse(co(attribute, value)) == (attribute, "co", value)


def test_what_it_looks_like() -> None:
    assert eq("profile.login", 'a"b\\c') == 'profile.login eq "a\\"b\\\\c"'
    assert any_of(eq("id", "1"), all_of(eq("id", "2"), eq("id", "3"))) == 'id eq "1" or (id eq "2" and id eq "3")'
    assert all_of(any_of(eq("id", "1"), eq("id", "2")), eq("id", "3")) == '(id eq "1" or id eq "2") and id eq "3"'
    assert all_of(eq("id", "a or b"), eq("id", "2")) == 'id eq "a or b" and id eq "2"'
    assert any_of(eq("id", "1"), eq("id", "1")) == 'id eq "1"'


@pytest.mark.parametrize("value", ["", "a\nb", "\x00", "\x1b[0m", "\x85", "\ud800", "a\x7f"])
def test_a_value_that_cannot_be_asked_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="value"):
        eq("profile.login", value)


@each("attribute", ["", "a b", "a.", ".a", 'a"', "a eq", "1a", "profile.lögin", "a\n", "a-b"])
def test_only_attribute_names_are_attributes(attribute: str) -> None:
    with pytest.raises(ValueError, match="attribute"):
        sw(attribute, "x")


@pytest.mark.parametrize("attribute", ["profile.employeeNumber", "profile.displayName", "profile.secondEmail", "id"])
def test_contains_is_for_four_attributes(attribute: str) -> None:
    with pytest.raises(ValueError, match="no co"):
        co(attribute, "x")


def test_nothing_is_no_expression() -> None:
    for build in (any_of, all_of):
        with pytest.raises(ValueError, match="needed"):
            build()
        with pytest.raises(ValueError, match="needed"):
            build(eq("id", "1"), "")
    assert any_that_fit() == ""


def distinct(parts: list[str]) -> list[Tree]:
    return [parse(part) for part in dict.fromkeys(parts)]


@given(st.lists(COMPARISONS, min_size=2, max_size=6, unique=True))
def test_the_structure_is_what_was_built(parts: list[str]) -> None:
    either, both = parse(any_of(*parts)), parse(all_of(*parts))
    assert either == ("or", distinct(parts))
    assert both == ("and", distinct(parts))
    first, rest = parts[0], parts[1:]
    assert parse(all_of(first, any_of(*rest))) == (
        ("and", [parse(first), ("or", distinct(rest))]) if len(rest) > 1 else both
    )
    assert parse(any_of(first, all_of(*rest))) == (
        ("or", [parse(first), ("and", distinct(rest))]) if len(rest) > 1 else either
    )


@given(st.lists(st.one_of(COMPARISONS, st.builds(all_of, COMPARISONS, COMPARISONS)), max_size=80))
def test_what_fits_is_bounded_and_keeps_the_first(parts: list[str]) -> None:
    expression = any_that_fit(*parts)
    if not parts:
        assert expression == ""
        return
    found = comparisons(parse(expression))
    assert found[0] == comparisons(parse(parts[0]))[0]
    if expression != parts[0]:
        assert len(found) <= MOST_CLAUSES
        assert len(quote(expression, safe="")) <= MOST_ENCODED


def test_what_does_not_fit_is_left_out_from_the_end() -> None:
    parts = [eq("profile.login", f"person{number}@acme.example") for number in range(100)]
    expression = any_that_fit(*parts)
    kept = expression.split(" or ")
    assert kept == parts[: len(kept)]
    assert 20 < len(kept) <= MOST_CLAUSES
    assert len(any_that_fit(*(eq("id", str(number)) for number in range(100))).split(" or ")) == MOST_CLAUSES


@given(VALUES)
def test_an_expression_can_be_sent(value: str) -> None:
    expression = eq("profile.login", value)
    assert quote(expression, safe="").isascii()
    assert not any(unicodedata.category(character) == "Cc" for character in expression)
