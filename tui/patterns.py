"""Regular expressions that are compiled when they are first asked: most are about text that a start does not meet."""

from __future__ import annotations

import re
from typing import Any, cast


class _Late:
    """Stands for a compiled expression. What was asked of it once is kept, and then costs nothing more."""

    def __init__(self, expression: str, flags: int) -> None:
        self._expression = expression
        self._flags = flags

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever `re.Pattern` has of that name
        value = getattr(re.compile(self._expression, self._flags), name)
        setattr(self, name, value)
        return value


def late_pattern(expression: str, flags: int = 0) -> re.Pattern[str]:
    """Return a regular expression that is compiled with its first use; a wrong one is found only then.

    Args:
        expression: The expression.
        flags: Those of `re.compile`.
    """
    return cast("re.Pattern[str]", _Late(expression, flags))
