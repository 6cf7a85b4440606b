"""Passwords: kept as digests, checked against the person's policy and against the ones before."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING

from tui.demo.base.errors import ApiError

if TYPE_CHECKING:
    from tui.demo.base.json import Json
    from tui.demo.people.person import Person

_PARTS = re.compile(r"[.,\-_#@]")
_SHORTEST_PART = 4
_SHORTEST_ANSWER = 4
# How many digests are kept at most; policies remember fewer.
_KEPT = 31


def digest(person: Person, text: str) -> bytes:
    """Return what is kept of a password or an answer."""
    return hashlib.blake2b(text.encode(), key=person.id.encode(), digest_size=32).digest()


def fits(person: Person, text: str) -> bool:
    """Return whether a text is the person's password; nobody knows one that was not set through the API."""
    return bool(person.passwords) and hmac.compare_digest(person.passwords[0], digest(person, text))


def answers(person: Person, text: str) -> bool:
    """Return whether a text answers the person's recovery question, whatever its case."""
    return person.answer is not None and hmac.compare_digest(person.answer, digest(person, text.strip().lower()))


def _section(settings: Json, name: str) -> Json:
    password = settings.get("password")
    section = password.get(name) if isinstance(password, dict) else None
    return section if isinstance(section, dict) else {}


def _number(section: Json, name: str) -> int:
    value = section.get(name)
    return value if isinstance(value, int) else 0


def check(settings: Json, person: Person, text: str) -> None:
    """Check a new password against the settings of the policy that holds for the person.

    Raises:
        ApiError: E0000001, which names all the requirements and not the one that was missed, as Okta does; E0000014 for
            one that was used before.
    """
    complexity, age = _section(settings, "complexity"), _section(settings, "age")
    length = _number(complexity, "minLength") or 8
    wanted, missed = [f"at least {length} characters"], len(text) < length
    for name, words, pattern in (
        ("minLowerCase", "a lowercase letter", "[a-z]"),
        ("minUpperCase", "an uppercase letter", "[A-Z]"),
        ("minNumber", "a number", "[0-9]"),
        ("minSymbol", "a symbol", "[^A-Za-z0-9]"),
    ):
        least = _number(complexity, name)
        if least:
            wanted.append(words)
            missed = missed or len(re.findall(pattern, text)) < least
    if complexity.get("excludeUsername"):
        wanted.append("no parts of your username")
        parts = [part for part in _PARTS.split(person.login.lower()) if len(part) >= _SHORTEST_PART]
        missed = missed or any(part in text.lower() for part in parts)
    before = _number(age, "historyCount")
    last = f" Your password cannot be any of your last {before} passwords." if before else ""
    if missed:
        cause = f"password: Password requirements were not met. Password requirements: {', '.join(wanted)}.{last}"
        raise ApiError("E0000001", "password", causes=(cause,))
    if digest(person, text) in person.passwords[:before]:
        raise ApiError("E0000014", causes=("Password has been used too recently",))


def put(person: Person, text: str, now: float) -> None:
    """Give a person a password."""
    person.passwords = (digest(person, text), *person.passwords)[:_KEPT]
    person.has_password = True
    person.password_changed = now


def check_question(question: Json) -> None:
    """Check a recovery question that comes with its answer.

    Raises:
        ApiError: E0000001.
    """
    text, answer = question.get("question"), question.get("answer")
    if not isinstance(text, str) or not text.strip():
        raise ApiError("E0000001", "question", causes=("question: The field cannot be left blank",))
    if not isinstance(answer, str) or len(answer.strip()) < _SHORTEST_ANSWER:
        cause = f"answer: The security answer must be at least {_SHORTEST_ANSWER} characters in length"
        raise ApiError("E0000001", "answer", causes=(cause,))


def set_question(person: Person, question: Json) -> None:
    """Give a person a checked recovery question with its answer."""
    person.question = str(question["question"])
    person.answer = digest(person, str(question["answer"]).strip().lower())


def forget(person: Person) -> None:
    """Take away password, question and answer, as a deactivation does."""
    person.passwords, person.answer, person.question = (), None, None
    person.has_password, person.password_changed = False, None
