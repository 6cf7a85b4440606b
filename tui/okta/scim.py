"""Expressions in Okta's search grammar, built so that no value can become anything but a value."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

# Okta: "User query options": `co` works on these alone; elsewhere it is answered with E0000031.
CONTAINS: Final = frozenset({"profile.firstName", "profile.lastName", "profile.email", "profile.login"})
MOST_CLAUSES: Final = 40
MOST_ENCODED: Final = 2500  # characters in the URL: well under what proxies refuse, and quick to answer
_ATTRIBUTE: Final = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)*", re.ASCII)
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')


def eq(attribute: str, value: str) -> str:
    """The attribute equals the value; Okta's search ignores case.

    Raises:
        ValueError: The attribute is no attribute name, or the value is empty or holds a control character.
    """
    return _compare(attribute, "eq", value)


def sw(attribute: str, value: str) -> str:
    """The attribute starts with the value.

    Raises:
        ValueError: As `eq`.
    """
    return _compare(attribute, "sw", value)


def co(attribute: str, value: str) -> str:
    """The attribute contains the value; only for the attributes in `CONTAINS`.

    Raises:
        ValueError: As `eq`, and for an attribute that Okta cannot look inside.
    """
    if attribute not in CONTAINS:
        raise ValueError(f"Okta has no co for {attribute}")
    return _compare(attribute, "co", value)


def any_of(*expressions: str) -> str:
    """At least one of the expressions holds; repeated ones are asked once.

    Raises:
        ValueError: There is none.
    """
    return _join(" or ", expressions)


def all_of(*expressions: str) -> str:
    """All of the expressions hold.

    Raises:
        ValueError: There is none.
    """
    return _join(" and ", expressions)


def any_that_fit(*expressions: str) -> str:
    """`any_of` as many of the expressions, from the first, as one request should carry; empty for none.

    The first is always among them, so it must be of a sensible length.
    """
    kept: list[str] = []
    clauses = length = 0
    for expression in dict.fromkeys(expressions):
        clauses += len(_QUOTED.findall(expression))
        length += len(quote(f" or ({expression})", safe=""))
        if kept and (clauses > MOST_CLAUSES or length > MOST_ENCODED):
            break
        kept.append(expression)
    return any_of(*kept) if kept else ""


def _join(word: str, expressions: tuple[str, ...]) -> str:
    distinct = tuple(dict.fromkeys(expressions))
    if not distinct or not all(distinct):
        raise ValueError("an expression is needed")
    if len(distinct) == 1:
        return distinct[0]
    # Okta lets `and` bind tighter than `or`; with parentheses, nobody has to know.
    other = " and " if word == " or " else " or "
    return word.join(f"({part})" if other in _QUOTED.sub("", part) else part for part in distinct)


def _compare(attribute: str, operator: str, value: str) -> str:
    if not _ATTRIBUTE.fullmatch(attribute):
        raise ValueError(f"{attribute!r} is not an attribute")
    if not value:
        raise ValueError("a value is needed")
    # Refused rather than removed: a search for something else than was asked would look like an honest answer.
    # Lone surrogates have no UTF-8 and so no place in a URL.
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
        raise ValueError("a value cannot hold control characters")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{attribute} {operator} "{escaped}"'
