"""A test of many cases names all of those that fail, and is no test without any."""

from __future__ import annotations

import inspect

import pytest

from tests.each import each


def test_every_case_is_tried_and_each_failure_named() -> None:
    tried = []

    @each(("left", "right"), [(1, 1), (1, 2), (2, 2), (3, 4)])
    def same(left: int, right: int, more: int) -> None:
        tried.append((left, right, more))
        assert left == right

    assert list(inspect.signature(same).parameters) == ["more"]
    with pytest.raises(ExceptionGroup, match="2 of 4 cases failed") as caught:
        same(more=7)
    assert tried == [(1, 1, 7), (1, 2, 7), (2, 2, 7), (3, 4, 7)]
    assert [error.__notes__ for error in caught.value.exceptions] == [["case: 1, 2"], ["case: 3, 4"]]


async def test_cases_are_awaited_and_what_was_not_raised_is_a_failure() -> None:
    @each("value", [0, 1], ids=lambda value: f"value {value}")
    async def fails(value: int) -> None:
        with pytest.raises(ZeroDivisionError):
            assert 1 / value

    with pytest.raises(ExceptionGroup, match="1 of 2 cases failed") as caught:
        await fails()
    (error,) = caught.value.exceptions
    assert isinstance(error, AssertionError)
    assert error.__notes__ == ["case: value 1"]


def test_nothing_is_tested_by_no_case() -> None:
    with pytest.raises(AssertionError, match="without a case"):
        each("value", [])
    with pytest.raises(AssertionError, match="does not take"):
        each("other", [1])(test_nothing_is_tested_by_no_case)
