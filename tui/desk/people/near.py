"""People with nearly the typed name: a second search on parts, and what comes back ranked by letters and by sound.

Okta's search has no such thing itself: it knows equal, starts with and contains (Okta: "User query options").
"""

from __future__ import annotations

import asyncio
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tui.desk.people.phones import fold
from tui.desk.people.query import FIRST, LAST, LOGIN, QueryKind, rank
from tui.desk.text.plain import searchable
from tui.okta.scim import all_of, any_of, sw, those_that_fit
from tui.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.desk.people.query import Query
    from tui.okta.client import OktaClient
    from tui.okta.models import User

MOST: Final = 5
"""The most people who are suggested."""
PAGE: Final = 200
"""People of one answer. Only the first page of each request is read, and there are three requests at most."""
LEAST: Final = 0.72
"""How like a name has to be, from 0 to 1: one letter of four may differ."""
_BY_SOUND: Final = 0.9
"""How like two words are that are only said alike."""
_LONGEST: Final = 24
"""Letters of a word that are compared."""
_WORDS: Final = 4
_KINDS: Final = frozenset({QueryKind.NAME, QueryKind.PART, QueryKind.EMAIL, QueryKind.LOGIN, QueryKind.CODE})
"""What was typed by ear or by hand. A number that is nearly right belongs to somebody else."""
_NOT_LETTERS: Final = late_pattern(r"[\W\d_]+")
_BEGINS: Final = (("ph", "f"), ("f", "ph"), ("c", "k"), ("k", "c"), ("j", "y"), ("y", "j"), ("v", "w"), ("w", "v"))
"""Beginnings that sound alike; the others of a word are found by its first letters or by the other word."""
_SOUNDS: Final = (
    (late_pattern("ph"), "f"),
    (late_pattern("sch|tch|sh|ch"), "x"),
    (late_pattern("ck|c(?![eiy])|q"), "k"),
    (late_pattern("c|z|ß"), "s"),
    (late_pattern("th|dt"), "t"),
    (late_pattern("v|w"), "v"),
    (late_pattern("(?:eigh|igh|ey|ie|ee|ea|ei|y|j)"), "i"),
    (late_pattern("oo|ou|ow"), "u"),
    (late_pattern("ae|ai|ay"), "e"),
    (late_pattern("gh|h"), ""),
    (late_pattern(r"(.)\1+"), r"\1"),
    (late_pattern("(?<=[^aeiou])e$"), ""),
)
"""What is said alike, in the order in which it is written alike: no language's rules, only what is often heard."""


async def near_people(client: OktaClient, query: Query) -> tuple[User, ...]:
    """Return people with nearly the typed name, the likest first; nobody where it was no name that was typed.

    Args:
        client: The connection to the org.
        query: A search that found nobody.

    Raises:
        OktaError: A request failed.
    """
    words = _words(query)
    if not words:
        return ()
    found: dict[str, User] = {}
    likest: tuple[User, ...] = ()
    for asked in _searches(words):
        for users in await asyncio.gather(*(_first_page(client, search) for search in asked)):
            found |= {user.id: user for user in users}
        likest = _ranked(query, words, found.values())
        if likest:
            break
    return likest


def _words(query: Query) -> tuple[str, ...]:
    """Return the words of a name, of a login, or of what stands in front of an address's @."""
    if query.kind not in _KINDS:
        return ()
    typed = searchable(query.text).partition("@")[0]
    words = [word for word in _NOT_LETTERS.sub(" ", fold(typed)).split() if len(word) > 1]
    return tuple(word[:_LONGEST] for word in words[:_WORDS])


def _searches(words: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return the requests: two to send side by side, and one more for where these bring nobody who is like it."""
    first, last = words[0], words[-1]
    if len(words) == 1:
        return (_one_word(first, 3), _one_word(first, 2))[: 2 if len(first) > 2 else 1]  # noqa: PLR2004
    pairs = ((first, last), (last, first))
    precise = [all_of(sw(FIRST, a), sw(LAST, b)) for x, y in pairs for a in _begins(x, 2) for b in _begins(y, 2)]
    wide = [all_of(sw(FIRST, x[:m]), sw(LAST, y[:n])) for x, y in pairs for m, n in ((3, 1), (1, 3))]
    whole = [sw(attribute, word) for word in (last, first) for attribute in (LAST, FIRST)]
    return (*_any(precise), *_any(wide)), _any(whole)


def _one_word(word: str, letters: int) -> tuple[str, ...]:
    return _any([sw(attribute, part) for part in _begins(word, letters) for attribute in (LAST, FIRST, LOGIN)])


def _any(expressions: Sequence[str]) -> tuple[str, ...]:
    return (any_of(*those_that_fit(*expressions)),)


def _begins(word: str, letters: int) -> tuple[str, ...]:
    """Return the first letters of a word, and what sounds like them."""
    alike = [other + word[len(begin) :] for begin, other in _BEGINS if word.startswith(begin)]
    return tuple(dict.fromkeys(form[:letters] for form in (word, *alike)))


async def _first_page(client: OktaClient, search: str) -> tuple[User, ...]:
    page = await anext(client.users(search, limit=PAGE), None)
    return page.items if page is not None else ()


def _ranked(query: Query, words: Sequence[str], users: Iterable[User]) -> tuple[User, ...]:
    near = [(like, user) for user in users if (like := _likeness(words, user)) >= LEAST]
    near.sort(key=lambda pair: (-pair[0], rank(query, pair[1])))
    return tuple(user for _, user in near[:MOST])


def _likeness(words: Sequence[str], user: User) -> float:
    """Return how like a person's name, or the name in their login, is to what was typed: from 0 to 1."""
    names = (user.name, user.login.partition("@")[0])
    return max(_alike(words, _NOT_LETTERS.sub(" ", fold(name)).split()) for name in names)


def _alike(words: Sequence[str], parts: Sequence[str]) -> float:
    """Return how like the words are to the parts of a name; each part stands for one word, in any order."""
    free = [part[:_LONGEST] for part in parts]
    total, least = 0.0, 1.0
    for word in words:
        best, part = max(((_like(word, part), part) for part in free), default=(0.0, ""))
        if part:
            free.remove(part)
        total, least = total + best, min(least, best)
    return total / len(words) if least >= LEAST else 0.0


@lru_cache(maxsize=8192)
def _like(word: str, part: str) -> float:
    """Return how like two words are: by their letters, or by how they are said."""
    if word == part:
        return 1.0
    letters = SequenceMatcher(None, word, part, autojunk=False).ratio()
    said = sound(word)
    return max(letters, _BY_SOUND) if said and said == sound(part) else letters


@lru_cache(maxsize=8192)
def sound(word: str) -> str:
    """Return a key that is the same for words that are said alike: `leigh`, `lee` and `ly` give one."""
    key = word.casefold()
    for pattern, other in _SOUNDS:
        key = pattern.sub(other, key)
    return key
