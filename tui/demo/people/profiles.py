"""The user profile: what the org's schema knows, how a written profile is checked, and how it becomes a person's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo.base.errors import ApiError
from tui.demo.people.person import DIRECTORY, profile
from tui.demo.people.schema import BASE, LONGEST, REQUIRED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.demo.base.json import Json
    from tui.demo.people.people import People
    from tui.demo.people.person import Person

# What stands in a person's own fields; everything else is in ``more``.
_OWN = frozenset(REQUIRED)
_SHORTEST = {"login": 5}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
}
TAKEN = "login: An object with this field already exists in the current organization"


def _cause(name: str, value: object, custom: Mapping[str, Json]) -> str | None:
    """Return what is wrong with one value, None for nothing."""
    kind = str(custom[name].get("type", "string")) if name in custom else "string"
    if value is None:
        return f"{name}: The field cannot be left blank" if name in _OWN else None
    allowed = _TYPES.get(kind, (str,))
    if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
        return f"{name}: The field must be of type {kind}"
    if not isinstance(value, str):
        return None
    if name in _OWN and not value.strip():
        return f"{name}: The field cannot be left blank"
    if len(value) > LONGEST.get(name, 65_536):
        return f"{name}: The field is too long"
    if name == "login" and (not _EMAIL.fullmatch(value) or len(value) < _SHORTEST["login"]):
        return "login: Username must be in the form of an email address"
    if name in {"email", "secondEmail"} and value and not _EMAIL.fullmatch(value):
        return f"{name}: Does not match required pattern"
    return None


def check(people: People, given: Json, person: Person | None, *, whole: bool) -> None:
    """Check a profile that is to be written.

    Args:
        people: Everybody, and the custom attributes that there are.
        given: The attributes with their new values.
        person: Whose profile it becomes; None for somebody new.
        whole: Whether what is required must all be there.

    Raises:
        ApiError: E0000001 with every fault as a cause; unknown properties are the only causes where there are any.
    """
    unknown = [name for name in given if name not in BASE and name not in people.custom]
    if unknown:
        causes = tuple(f"Property name '{name}' is not defined in profile" for name in unknown)
        raise ApiError("E0000001", "newUser" if person is None else "user", causes=causes)
    names = [*REQUIRED, *(name for name in given if name not in _OWN)] if whole else list(given)
    faults = {name: cause for name in names if (cause := _cause(name, given.get(name), people.custom)) is not None}
    if faults:
        raise ApiError("E0000001", next(iter(faults)), causes=tuple(faults.values()))
    login = given.get("login")
    holder = people.holder(login) if isinstance(login, str) else None
    if holder is not None and holder is not person:
        raise ApiError("E0000001", "login", causes=(TAKEN,))


def changed(person: Person, given: Json, *, whole: bool) -> set[str]:
    """Return the names of the attributes that would get another value."""
    now = profile(person)
    names = set(given) | (set(now) if whole else set())
    return {name for name in names if given.get(name) != now.get(name)}


def check_master(people: People, person: Person, names: set[str]) -> None:
    """Check that attributes are not mastered by a directory; custom ones never are.

    Raises:
        ApiError: E0000023.
    """
    if person.provider in DIRECTORY and names - set(people.custom):
        raise ApiError("E0000023")


def write(people: People, person: Person, given: Json, *, whole: bool) -> None:
    """Write checked attributes into a person; a whole profile also empties what it does not name."""
    if "login" in given and given["login"] != person.login:
        people.rename(person, str(given["login"]))
    person.email = str(given.get("email", person.email))
    person.first = str(given["firstName"]) if "firstName" in given else person.first
    person.last = str(given["lastName"]) if "lastName" in given else person.last
    kept = {} if whole else person.more
    rest = {name: value for name, value in given.items() if name not in _OWN}
    person.more = {name: value for name, value in {**kept, **rest}.items() if value is not None}
