"""Interpret what an agent typed into the search box: the kind of text, the requests to Okta, the rank of a result."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import unquote

from msgspec import Struct

from tui.desk.people.phones import FEWEST_DIGITS, MOST_DIGITS, digits_of, fold, spellings, variants
from tui.desk.text.plain import searchable
from tui.okta.scim import all_of, any_of, co, eq, sw, those_that_fit
from tui.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FIRST: Final = "profile.firstName"
LAST: Final = "profile.lastName"
LOGIN: Final = "profile.login"
EMAIL: Final = "profile.email"
SECOND_EMAIL: Final = "profile.secondEmail"
DISPLAY: Final = "profile.displayName"
NUMBER: Final = "profile.employeeNumber"
PHONES: Final = ("profile.mobilePhone", "profile.primaryPhone")

_READ_AT_MOST: Final = 1000  # of a paste: an address in front of a long mail is still found
_LONGEST: Final = 100  # Okta's bound on a login
_MOST_LAYERS: Final = 6  # of quotes, brackets and schemes around what is meant
_MOST_WORDS: Final = 10
_SHORT: Final = 3  # below it `co` would find nearly everyone


class QueryKind(StrEnum):
    """What was typed, as keydesk understood it."""

    NOTHING = "nothing"
    ID = "id"
    EMAIL = "email"
    LOGIN = "login"
    PHONE = "phone"
    EMPLOYEE_NUMBER = "employee number"
    CODE = "code"
    NAME = "name"
    PART = "part"


class Ask(Struct, frozen=True):
    """One request to Okta: a search or a direct read.

    Attributes:
        search: An expression for the user search.
        direct: An id, login or short name for the direct read: safe as a path segment, and fresh, unlike the index.
        parts: The expressions of which the search wants any, most precise first.
    """

    search: str = ""
    direct: str = ""
    parts: tuple[str, ...] = ()

    @property
    def simpler(self) -> Ask | None:
        """The search with the most precise third of its parts; `None` where there is only one part left."""
        fewer = self.parts[: max(1, len(self.parts) // 3)]
        return Ask(search=any_of(*fewer), parts=fewer) if len(fewer) < len(self.parts) else None


class Query(Struct, frozen=True):
    """The interpretation of a typed text.

    Attributes:
        text: The part that matters: the address out of `Ann Lee <ann@...>`, the id out of a URL.
        kind: The kind of text.
        label: The kind in words, for the screen.
        asks: The requests to send side by side, most precise first; none where too little was typed. The first page of
            a wider request may leave out the best match, so the precise ones are sent as well.
        hint: Why nothing is sent yet, or what the agent could type instead.
    """

    text: str
    kind: QueryKind
    label: str
    asks: tuple[Ask, ...] = ()
    hint: str = ""


class Someone(Protocol):
    """The properties of a person by which results are ranked."""

    @property
    def id(self) -> str:
        """Okta's id."""

    @property
    def status(self) -> str | None:
        """Okta's status."""

    @property
    def login(self) -> str:
        """The login."""

    @property
    def email(self) -> str:
        """The primary address."""

    @property
    def first_name(self) -> str:
        """The given name."""

    @property
    def last_name(self) -> str:
        """The family name."""

    @property
    def employee_number(self) -> str:
        """Employee number."""


_WRAPPING: Final = ' ,;"“”„«»‹›<>'
_PAIRS: Final = ("''", "‘’", "‚‘", "``", "()", "[]")
_SCHEME: Final = late_pattern(r"(?:mailto|smtp|sip|sips|tel|callto):", re.IGNORECASE)
_PERSON_URL: Final = late_pattern(r"(?i:https?)://\S*/(00u[0-9A-Za-z]{17})(?![0-9A-Za-z])")
_ID: Final = late_pattern(r"(00u[0-9A-Za-z]{17})")
_HALF_ID: Final = late_pattern(r"00u[0-9A-Za-z]{4,}")
_HASH_NUMBER: Final = late_pattern(r"#\s*(\w[\w.-]*)")
_WINDOWS: Final = late_pattern(r"[\w.-]{1,63}\\{1,2}([^\\/\s@]+)")
_ADDRESS: Final = late_pattern(r"[^\s@<>()\[\],;:\\\"“”]+@[^\s@<>()\[\],;:\"“”?]*")
_DOMAIN: Final = late_pattern(r"@[\w.-]{2,}")
_HANDLE: Final = late_pattern(r"[A-Za-z0-9][A-Za-z0-9._+'-]{2,}")
_IDEOGRAPHS: Final = late_pattern(
    "[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]+"
)
_TRAILING_NOTE: Final = late_pattern(r"\s*[(\[][^()\[\]]*[)\]]?$")
_INITIAL: Final = late_pattern(r"\b(\w)\.(?=\s|$)")
_BY_STATUS: Final = {"LOCKED_OUT": 0, "PASSWORD_EXPIRED": 1, "RECOVERY": 1, "SUSPENDED": 1, "PROVISIONED": 1}
_OTHERS: Final = 2
_GONE: Final = 3


def understand(text: str, *, region: str = "US") -> Query:
    """Return the interpretation of typed or pasted text; never raises, whatever the text.

    Args:
        text: The search box's text.
        region: The two-letter region whose national phone numbers are meant.
    """
    typed = _unpacked(text)
    if not typed:
        return _nothing("", "Type a name, login, email address, phone number or employee number.")
    if match := _PERSON_URL.search(typed) or _ID.fullmatch(typed):
        return Query(match[1], QueryKind.ID, "Okta id", (Ask(direct=match[1]),))
    folded = unicodedata.normalize("NFKC", typed)[:_READ_AT_MOST]
    if "@" in folded and (query := _address(folded)):
        return query
    if len(typed) > _LONGEST:
        return _nothing(typed[:_LONGEST], "Too long for a search.")
    if match := _WINDOWS.fullmatch(typed):
        return _windows(typed, match[1])
    if match := _HASH_NUMBER.fullmatch(typed):
        return _employee(match[1], digits_of(match[1]))
    if digits := digits_of(typed):
        return _digits(typed, digits, region)
    if not any(unicodedata.category(character)[0] in "LN" for character in typed):
        return _nothing(typed, "Type letters or digits.")
    words = typed.replace(",", " ").split()
    return _name(typed) if len(words) > 1 else _word(words[0])


def rank(query: Query, user: Someone) -> tuple[int, int, str, str, str]:
    """Return the sort key of a result: distance from the text, then status with the deactivated last, then name.

    As in a phone book, signs do not count in a name: whoever begins with a bracket does not stand before the letter A.
    """
    order = _GONE if user.status == "DEPROVISIONED" else _BY_STATUS.get(user.status or "", _OTHERS)
    name = "".join(sign for sign in fold(f"{user.last_name} {user.first_name}") if sign.isalnum() or sign == " ")
    return (_distance(query.text, user), order, name.strip(), user.login, user.id)


def _nothing(text: str, hint: str) -> Query:
    return Query(text, QueryKind.NOTHING, "", (), hint)


def _unpacked(text: str) -> str:
    """Return a pasted text without quotes, brackets and schemes around what is meant."""
    typed = searchable(text.strip()[:_READ_AT_MOST])
    for _ in range(_MOST_LAYERS):
        typed = searchable(_unwrapped(typed))
    return typed


def _unwrapped(text: str) -> str:
    """Remove one layer around a text: quotes, brackets, a trailing comma, or a scheme."""
    bare = text.strip(_WRAPPING)
    if scheme := _SCHEME.match(bare):
        return unquote(bare[scheme.end() :])
    if len(bare) > 1 and bare[0] + bare[-1] in _PAIRS:
        return bare[1:-1]
    return bare


def _address(text: str) -> Query | None:
    """Return the query for an address, whole or half typed, or for the part after the @ alone."""
    match = _ADDRESS.search(text)
    address = match[0].strip(".") if match else ""
    if len(address) > _LONGEST:
        return None
    if not address or address.startswith("@"):
        return _domain(text)
    starting = [sw(attribute, address) for attribute in (LOGIN, EMAIL)]
    if "." not in address.partition("@")[2]:
        return Query(address, QueryKind.EMAIL, "start of an email address", _search(starting))
    equal = [eq(attribute, address) for attribute in (LOGIN, EMAIL, SECOND_EMAIL)]
    # The agent may still be typing: .co can become .com.
    return Query(address, QueryKind.EMAIL, "email address", _direct(address) + _search(equal + starting))


def _domain(text: str) -> Query | None:
    match = _DOMAIN.fullmatch(text)
    if not match or len(text) > _LONGEST:
        return None
    containing = [co(attribute, text) for attribute in (EMAIL, LOGIN)]
    if "." in text:
        return Query(text, QueryKind.PART, "part of an email address", _search(containing))
    handle = text[1:]
    starting = [sw(attribute, handle) for attribute in (LOGIN, EMAIL)]
    asks = _direct(handle) + _search(starting + containing)
    return Query(handle, QueryKind.PART, "handle or part of an email address", asks)


def _windows(typed: str, account: str) -> Query:
    precise = [eq(LOGIN, account), eq(LOGIN, typed), sw(LOGIN, f"{account}@"), sw(EMAIL, f"{account}@")]
    asks = _direct(account) + _search(precise) + _search([sw(LOGIN, account)])
    return Query(account, QueryKind.LOGIN, "Windows account name", asks)


def _digits(typed: str, digits: str, region: str) -> Query:
    """Return the query for digits with the separators of phone numbers."""
    marked = any(sign in typed for sign in "+(＋（")
    if len(digits) < FEWEST_DIGITS and marked:
        return _nothing(typed, f"A phone number has at least {FEWEST_DIGITS} digits.")
    if not FEWEST_DIGITS <= len(digits) <= MOST_DIGITS:
        return _employee(typed, digits)
    forms = spellings(typed, region=region)
    equal = [eq(attribute, form) for form in forms for attribute in PHONES]
    # Directories often hold a desk phone with its extension; and the agent may have typed half of the number.
    starting = [sw(attribute, form) for form in forms[:2] for attribute in PHONES]
    phone = _search(equal[:6] + starting + equal[6:])
    numbers = _search([eq(NUMBER, form) for form in (digits, typed)] + [sw(LOGIN, digits)])
    if typed.isdecimal():
        return Query(typed, QueryKind.PHONE, "phone or employee number", _direct(digits) + phone + numbers)
    return Query(typed, QueryKind.PHONE, "phone number", phone if marked else phone + numbers)


def _employee(typed: str, digits: str) -> Query:
    forms = [typed, digits, digits.lstrip("0")]  # spreadsheets drop leading zeros
    equal = [eq(NUMBER, form) for form in forms if form] + [eq(LOGIN, typed)]
    starting = [sw(attribute, form) for form in forms[:2] if form for attribute in (NUMBER, LOGIN)]
    return Query(typed, QueryKind.EMPLOYEE_NUMBER, "employee number", _search(equal) + _search(starting))


def _word(word: str) -> Query:
    if len(word) == 1 and not _IDEOGRAPHS.match(word):
        return _nothing(word, "Type one more letter.")
    direct = _direct(word) if _HANDLE.fullmatch(word) else ()
    if any(character.isdecimal() for character in word):
        word = unicodedata.normalize("NFKC", word)
        precise = [eq(NUMBER, word), eq(LOGIN, word), sw(NUMBER, word), sw(LOGIN, word), sw(EMAIL, word)]
        wide = [] if len(word) < _SHORT else [co(LOGIN, word), co(EMAIL, word), co(LAST, word), co(FIRST, word)]
        hint = "A whole Okta id has 20 characters." if _HALF_ID.fullmatch(word) else ""
        return Query(word, QueryKind.CODE, "login or employee number", direct + _search(precise) + _search(wide), hint)
    forms = variants(word)
    precise = [sw(attribute, form) for form in forms for attribute in (LAST, FIRST, LOGIN, EMAIL, DISPLAY)]
    if _IDEOGRAPHS.fullmatch(word):
        precise[5:5] = _both_orders([(word[:cut], word[cut:]) for cut in range(1, min(len(word), 5))])
    if len(word) < _SHORT:
        wide = precise
        precise = [eq(attribute, form) for form in forms for attribute in (LAST, FIRST, LOGIN)]
    else:
        wide = [_near(attribute, form) for form in forms for attribute in (LAST, FIRST, LOGIN, EMAIL)]
    return Query(word, QueryKind.PART, "part of a name or login", direct + _search(precise) + _search(wide))


def _name(typed: str) -> Query:
    """Return the query for two or more words: every split into two names, both orders, then the outer words alone."""
    bare = _TRAILING_NOTE.sub("", typed)  # Outlook's `Lee, Ann (Sales)`
    bare = _INITIAL.sub(r"\1", bare) or typed
    words = bare.replace(",", " ").split()
    if len(words) == 1:
        return _word(words[0])
    if len(words) > _MOST_WORDS:
        return _nothing(typed, "These are many words. A first and a last name are enough.")
    splits: list[tuple[str, str]] = []
    outer: list[str] = []
    displayed: list[str] = []
    for form in variants(bare):
        words = form.replace(",", " ").split()
        if len(words) < 2:  # noqa: PLR2004 - a first and a last name; a lone hyphen was one of them
            continue
        if form.count(",") == 1 and all(part.strip() for part in form.split(",")):
            last, first = form.split(",")
            splits.append((last.strip(), first.strip()))
        splits += [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, len(words))]
        displayed.append(sw(DISPLAY, " ".join(words)))
        outer += [all_of(_near(FIRST, a), _near(LAST, b)) for a, b in ((words[0], words[-1]), (words[-1], words[0]))]
    precise = [*_both_orders(splits[:1]), *displayed[:1], *_both_orders(splits[1:]), *displayed[1:]]
    return Query(bare, QueryKind.NAME, "name", _search(precise) + _search(outer))


def _direct(key: str) -> tuple[Ask, ...]:
    """Return a direct read, where the key is safe as a path segment; `me` would be the token's own user."""
    if not key or "/" in key or "\\" in key or key.casefold() in {".", "..", "me"} or len(key) > _LONGEST:
        return ()
    return (Ask(direct=key),)


def _search(expressions: Iterable[str]) -> tuple[Ask, ...]:
    """Return one search for any of the expressions; where the search grows too long, the last ones are left out."""
    fitting = those_that_fit(*expressions)
    return (Ask(search=any_of(*fitting), parts=fitting),) if fitting else ()


def _both_orders(splits: Iterable[tuple[str, str]]) -> Iterator[str]:
    for left, right in splits:
        yield all_of(sw(FIRST, left), sw(LAST, right))
        yield all_of(sw(LAST, left), sw(FIRST, right))


def _near(attribute: str, word: str) -> str:
    return sw(attribute, word) if len(word) < _SHORT else co(attribute, word)


def _distance(text: str, user: Someone) -> int:
    """Return how far a person is from the text, from 0 (the same id, login, address or number) to 6."""
    exact = text.casefold()
    keys = [key.casefold() for key in (user.login, user.email, user.employee_number) if key]
    if text == user.id or exact in keys:
        return 0
    if exact == user.login.casefold().partition("@")[0]:
        return 1
    wanted = fold(text)
    first, last = fold(user.first_name), fold(user.last_name)
    names = (f"{first} {last}".strip(), f"{last} {first}".strip(), last + first)
    if wanted in names:
        return 2
    if wanted in {first, last}:
        return 3
    words, sought = names[0].split(), wanted.split()
    if any(name.startswith(wanted) for name in (*names, *keys)):
        return 4
    if sought and all(any(word.startswith(part) for word in words) for part in sought):
        return 4
    if sought and all(any(part in name for name in (*names, *keys)) for part in sought):
        return 5
    return 6
