"""Many small cases in one test: written as `parametrize`, without a set-up of its own for each case."""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Test = Callable[..., Any]


class Failures:
    """What failed, with the names of the cases."""

    def __init__(self) -> None:
        self.tried = 0
        self.found: list[Exception] = []

    @contextmanager
    def collected(self, name: str) -> Iterator[None]:
        """Try one case."""
        self.tried += 1
        try:
            yield
        except pytest.fail.Exception as failure:  # as of `pytest.raises`
            self._add(name, AssertionError(str(failure)).with_traceback(failure.__traceback__))
        except Exception as error:  # noqa: BLE001 - the other cases are tried too
            self._add(name, error)

    def _add(self, name: str, error: Exception) -> None:
        error.add_note(f"case: {name}")
        self.found.append(error)

    def tell(self) -> None:
        """Fail if a case did."""
        if self.found:
            raise ExceptionGroup(f"{len(self.found)} of {self.tried} cases failed", self.found)


def each(
    names: str | tuple[str, ...], cases: Iterable[Any], *, ids: Callable[[Any], object] = repr
) -> Callable[[Test], Test]:
    """Call a test for every case, and name all cases that failed.

    It is for cases of microseconds. All of them share the test's fixtures, so a case leaves nothing behind in these.

    Args:
        names: The argument that takes the case, or the arguments that take its parts.
        cases: The values.
        ids: Names a value.
    """
    split = (names,) if isinstance(names, str) else names
    held = [(case,) if isinstance(names, str) else tuple(case) for case in cases]
    assert held, "without a case nothing would be tested"

    def decorate(test: Test) -> Test:
        signature = inspect.signature(test)
        fixtures = [parameter for name, parameter in signature.parameters.items() if name not in split]
        assert len(fixtures) == len(signature.parameters) - len(split), f"{test.__name__} does not take {split}"

        def named(case: tuple[Any, ...]) -> tuple[str, dict[str, Any]]:
            return ", ".join(str(ids(part)) for part in case), dict(zip(split, case, strict=True))

        def run(**given: object) -> None:
            failures = Failures()
            for name, values in map(named, held):
                with failures.collected(name):
                    test(**given, **values)
            failures.tell()

        async def run_async(**given: object) -> None:
            failures = Failures()
            for name, values in map(named, held):
                with failures.collected(name):
                    await test(**given, **values)
            failures.tell()

        ran: Test = run_async if inspect.iscoroutinefunction(test) else run
        made = wraps(test)(ran)
        del made.__wrapped__  # pytest would take the cases for fixtures
        made.__signature__ = signature.replace(parameters=fixtures)  # type: ignore[attr-defined]
        return made

    return decorate
