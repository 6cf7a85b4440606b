"""Expressions in Okta's search grammar, whose values are quoted, so that none can change the expression."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

from tui.patterns import late_pattern

# Okta: "User query options": `co` works on these attributes only; on others Okta answers with E0000031.
CONTAINS: Final = frozenset({"profile.firstName", "profile.lastName", "profile.email", "profile.login"})
MOST_CLAUSES: Final = 40
MOST_ENCODED: Final = 2500  # characters in the URL: far fewer than proxies refuse, and quick to answer
_ATTRIBUTE: Final = late_pattern(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)*", re.ASCII)
_QUOTED: Final = late_pattern(r'"(?:[^"\\]|\\.)*"')


def eq(attribute: str, value: str) -> str:
    """Return the expression that an attribute equals a value; Okta's search ignores case.

    Raises:
        ValueError: The attribute is no attribute name, or the value is empty or holds a control character.
    """
    return _compare(attribute, "eq", value)


def sw(attribute: str, value: str) -> str:
    """Return the expression that an attribute starts with a value.

    Raises:
        ValueError: As `eq`.
    """
    return _compare(attribute, "sw", value)


def co(attribute: str, value: str) -> str:
    """Return the expression that an attribute contains a value; only for the attributes in `CONTAINS`.

    Raises:
        ValueError: As `eq`, and for an attribute that is not in `CONTAINS`.
    """
    if attribute not in CONTAINS:
        raise ValueError(f"Okta has no co for {attribute}")
    return _compare(attribute, "co", value)


def any_of(*expressions: str) -> str:
    """Return the expression that at least one of several is true; a repeated one is included once.

    Raises:
        ValueError: No expression is given.
    """
    return _join(" or ", expressions)


def all_of(*expressions: str) -> str:
    """Return the expression that all of several are true.

    Raises:
        ValueError: No expression is given.
    """
    return _join(" and ", expressions)


def those_that_fit(*expressions: str) -> tuple[str, ...]:
    """Return as many expressions, each once and from the first on, as fit into one request by `any_of`.

    The first is always included, so the caller must not make it too long.
    """
    fitting: list[str] = []
    clauses = length = 0
    for expression in dict.fromkeys(expressions):
        clauses += len(_QUOTED.findall(expression))
        length += len(quote(f" or ({expression})", safe=""))
        if fitting and (clauses > MOST_CLAUSES or length > MOST_ENCODED):
            break
        fitting.append(expression)
    return tuple(fitting)


def any_that_fit(*expressions: str) -> str:
    """Return `any_of` for those that fit; empty for none."""
    fitting = those_that_fit(*expressions)
    return any_of(*fitting) if fitting else ""


def _join(word: str, expressions: tuple[str, ...]) -> str:
    distinct = tuple(dict.fromkeys(expressions))
    if not distinct or not all(distinct):
        raise ValueError("an expression is needed")
    if len(distinct) == 1:
        return distinct[0]
    # In Okta's grammar `and` binds tighter than `or`; parentheses make it explicit.
    other = " and " if word == " or " else " or "
    return word.join(f"({part})" if other in _QUOTED.sub("", part) else part for part in distinct)


def _compare(attribute: str, operator: str, value: str) -> str:
    if not _ATTRIBUTE.fullmatch(attribute):
        raise ValueError(f"{attribute!r} is not an attribute")
    if not value:
        raise ValueError("a value is needed")
    # Refused, not removed: the search would answer another question than was asked, and nobody would see it.
    # Lone surrogates cannot be encoded as UTF-8, and so not in a URL.
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
        raise ValueError("a value cannot hold control characters")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{attribute} {operator} "{escaped}"'
