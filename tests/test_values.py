"""The house's `dataclass` and its late patterns do what the standard library's do, only later."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import pickle
import re
from dataclasses import dataclass as standard
from dataclasses import field
from typing import Any, Generic, TypeVar

import pytest

from tests.test_architecture import dotted
from tui import patterns
from tui.values import dataclass

T = TypeVar("T")
made: list[str] = []


def _pair(**options: bool) -> tuple[type[Any], type[Any]]:
    """The same class by the standard library and by the house."""
    annotations = {"name": "str", "size": "int", "tags": "list[str]", "hidden": "str"}
    defaults = {"size": 3, "tags": field(default_factory=list), "hidden": field(default="", repr=False, compare=False)}
    body = {"__annotations__": annotations, "__doc__": "Two.", "__module__": __name__, **defaults}
    return standard(**options)(type("Two", (), dict(body))), dataclass(**options)(type("Two", (), dict(body)))


@pytest.mark.parametrize(
    "options", [{"frozen": True, "slots": True}, {"slots": True}, {"frozen": True}, {"slots": True, "eq": False}]
)
def test_values_are_those_of_the_standard_library(options: dict[str, bool]) -> None:
    for kind in _pair(**options):
        one, same, other = kind("a", tags=["x"]), kind("a", 3, ["x"], "secret"), kind("b", size=4)
        assert (one == same) is options.get("eq", True)
        assert one != other
        assert one != ("a", 3, ["x"], "")
        assert repr(same) == "Two(name='a', size=3, tags=['x'])"
        assert kind("a").tags == []
        assert kind("a").tags is not kind("b").tags
        assert dataclasses.asdict(other) == {"name": "b", "size": 4, "tags": [], "hidden": ""}
        assert dataclasses.replace(other, name="c") == kind("c", 4) or not options.get("eq", True)
        assert kind.__match_args__ == ("name", "size", "tags", "hidden")
        assert hasattr(one, "__dict__") is not options.get("slots", False)
        with pytest.raises(TypeError, match=r"__init__.* missing 1 required positional argument: 'name'"):
            kind()
        with pytest.raises(TypeError, match="unexpected keyword argument 'more'"):
            kind("a", more=1)
        if options.get("frozen"):
            with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'name'"):
                one.name = "b"
            with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'name'"):
                del one.name
            assert hash(kind("a", tags=())) == hash(kind("a", tags=(), hidden="x"))
        else:
            one.name = "b"
            assert one.name == "b"
        assert (kind.__hash__ is None) is (options.get("eq", True) and not options.get("frozen", False))
        twin = copy.copy(one)
        assert (twin.name, twin.tags) == (one.name, one.tags)


@dataclass(frozen=True, slots=True)
class _Base(Generic[T]):
    """A value with an heir, made in the module so that it can be pickled."""

    value: T
    doubled: list[T] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        """Fill what is made of the rest."""
        made.append(type(self).__name__)
        self.doubled.extend((self.value, self.value))


@dataclass(frozen=True, slots=True)
class _Heir(_Base[int]):
    """Has one field more."""

    more: int = field(default=1, kw_only=True)


def test_an_heir_has_all_fields_and_a_copy_by_pickle_is_equal() -> None:
    heir = _Heir(2, more=5)
    assert (heir.value, heir.doubled, heir.more) == (2, [2, 2], 5)
    assert made == ["_Heir"]
    assert pickle.loads(pickle.dumps(heir)) == heir  # noqa: S301 - our own
    assert heir != _Base(2)
    assert repr(heir) == "_Heir(value=2, doubled=[2, 2], more=5)"


def test_values_are_ordered_by_their_fields() -> None:
    for kind in _pair(frozen=True, slots=True, order=True):
        one, other = kind("a", 2, (), "z"), kind("a", 3, (), "a")
        assert (one < other, one <= other, one > other, one >= other) == (True, True, False, False)
        assert one <= kind("a", 2, ())  # what is not compared has no say
        with pytest.raises(TypeError, match="not supported between instances"):
            one < ("a", 3)  # noqa: B015 - that it raises


def test_a_value_that_holds_itself_can_be_shown() -> None:
    inner: list[Any] = []
    value = _Base(inner)
    inner.append(value)
    assert "..." in repr(value)


def test_every_pattern_can_be_compiled_and_answers_as_a_compiled_one(monkeypatch: pytest.MonkeyPatch) -> None:
    names = dotted("tui/okta", "tui/desk")
    late = [v for name in names for v in vars(importlib.import_module(name)).values() if isinstance(v, patterns._Late)]
    assert len(late) > 20
    for one in late:
        re.compile(one._expression, one._flags)
    compiled: list[str] = []
    compiles = re.compile

    def counted(expression: str, flags: int) -> re.Pattern[str]:
        compiled.append(expression)
        return compiles(expression, flags)

    monkeypatch.setattr(re, "compile", counted)
    pattern = patterns.late_pattern("A(b)", re.IGNORECASE)
    assert compiled == []
    assert [found[1] for found in pattern.finditer("ab xB")] == ["b"]
    assert [found[1] for found in pattern.finditer("AB")] == ["B"]
    assert pattern.sub("-", "cab") == "c-"
    assert compiled == ["A(b)", "A(b)"]  # once for each that was asked of it; Python itself keeps what it compiled
