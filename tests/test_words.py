"""The screens use the words of docs/glossary.md: what stands in its second table is said in no text."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.each import each

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[1]
GLOSSARY: Final = (ROOT / "docs" / "glossary.md").read_text("utf-8")
FILES: Final = sorted(path for folder in ("screens", "widgets", "tui/desk") for path in (ROOT / folder).rglob("*.py"))
ROW: Final = re.compile(r"^\| (?!not \||word \||---)(.+?) \| (.+?) \|$", re.MULTILINE)
ALLOWED: Final = {
    "Reset Authenticators": "Okta's own menu",
    "Security > Authenticators": "Okta's own menu",
    "Authenticator app": "what people call such an app",
    "authenticator app": "as above",
    "Google Authenticator": "a product",
    "logon hours": "Windows' own term",
    "as the username": "the field's name on Okta's own sign-in page",
    "is the username": "as above",
    "Sign-on policy": "Okta's own kind of policy",
    "sign-on polic": "as above",
    "System Log": "Okta's own page; before `in` it would read as a verb",
    "until this user may": "the operating system's",
    "the users' scopes": "okta.users.*",
    "holds no user name": "the part of a web address that is called so",
}
"""Texts in which a word may stand, each with its reason."""
TEXT: Final = re.compile(r"[A-Za-z]{2}.*\s.*[A-Za-z]", re.DOTALL)
CODE: Final = re.compile(r"^\s*(?:SELECT|INSERT|DELETE|UPDATE|CREATE)\b|[{;]\s*\w[\w-]*:|\(\?[:i=!<]|\\b")
"""What is written for a program: SQL, style sheets, patterns."""


def avoided(page: str) -> dict[str, str]:
    """The words that are not said, each with what is said instead."""
    table = page.partition("\n## 2. ")[2]
    return {word.strip(): row[2] for row in ROW.finditer(table) for word in row[1].split(",")}


def pattern(words: list[str]) -> re.Pattern[str]:
    """Any of the words, also as the first of a sentence or several of them."""
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, words))})s?(?![\w-])", re.IGNORECASE)


def texts(source: str) -> Iterator[tuple[int, str]]:
    """The string constants that people read, with their lines: no docstrings, no names, nothing for a program."""
    tree = ast.parse(source)
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            text = node.value
            if TEXT.search(text) and not CODE.search(text):
                for allowed in ALLOWED:
                    text = text.replace(allowed, "")
                yield node.lineno, text


AVOIDED: Final = avoided(GLOSSARY)
WORDS: Final = pattern(list(AVOIDED))


@each("path", FILES, ids=str)
def test_no_text_says_what_the_glossary_does_not(path: Path) -> None:
    said = [
        f"{path.relative_to(ROOT)}:{line}: {found[0]!r}: see docs/glossary.md"
        for line, text in texts(path.read_text("utf-8"))
        for found in WORDS.finditer(text)
    ]
    assert said == []


def test_the_glossary_is_read_and_each_term_stands_once() -> None:
    assert len(AVOIDED) > 40
    assert AVOIDED["MFA"] == "factor"
    terms = [row[1] for row in ROW.finditer(GLOSSARY.partition("\n## 2. ")[0])]
    assert len(terms) == len(set(terms)) > 25
    assert not {term.strip("*") for term in terms} & AVOIDED.keys()


def test_texts_are_told_from_names_and_programs() -> None:
    source = (
        '"""Please log in."""\nNAME = "abort"\nCSS = "A { color: red; } please log in"\n'
        'def f():\n    """Kill the user."""\n    return "Please log in", f"{NAME}", "SELECT a FROM user name"\n'
    )
    found = [text for _, text in texts(source)]
    assert found == ["Please log in"]
    assert [match[0] for match in WORDS.finditer("Please log in to two tenants")] == ["Please", "log in", "tenants"]
    assert not WORDS.search("catalogue in order, alerted, skilled")


def test_every_exception_is_still_needed() -> None:
    everything = "\n".join(path.read_text("utf-8") for path in FILES)
    assert [text for text in ALLOWED if text not in everything] == []
