"""From what was typed to exactly one factor, group or app."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.desk.actions.grammar import Target, TargetKind
from tui.desk.people.factors import enrolled
from tui.desk.software.catalog import catalog_of
from tui.desk.software.offers import closeness, folded
from tui.desk.text.plain import plain
from tui.okta import endpoints as ep
from tui.okta import scim
from tui.okta.entitlements import App
from tui.okta.errors import NotFound
from tui.okta.models import Group
from tui.trouble import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.desk.people.person import Person
    from tui.desk.session import Session

MOST_NAMED: Final = 8
_PAGE: Final = 200
_LONGEST: Final = 200
_SAME, _BEGINS, _HOLDS = 0, 1, 3
"""Of `closeness`: the whole name, its beginning, anywhere in it."""
# Okta's ids begin with the kind of what they name; 20 characters in all.
_ID: Final = {TargetKind.GROUP: re.compile(r"00g[0-9A-Za-z]{17}"), TargetKind.APP: re.compile(r"0oa[0-9A-Za-z]{17}")}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that could be meant.

    Attributes:
        id: Okta's id.
        name: Untrusted.
        ids: Further ids by which it is known.
    """

    id: str
    name: str
    ids: tuple[str, ...] = ()

    def is_exactly(self, text: str) -> bool:
        """Whether the text is its id or its whole name, in any case."""
        return text in {self.id, *self.ids} or folded(text) in {folded(self.name), folded(plain(self.name))}

    def far(self, text: str) -> int | None:
        """As `closeness`."""
        return closeness(text, self.name, plain(self.name))


@dataclass(frozen=True, slots=True)
class Candidates:
    """What could be meant.

    Attributes:
        all: As far as it was read.
        known: Up to which `closeness` to what was typed they are all there are.
        hint: What else there may be, a sentence; empty for nothing.
    """

    all: tuple[Candidate, ...]
    known: int = _HOLDS
    hint: str = ""


def named(typed: Mapping[TargetKind, str]) -> tuple[Target, ...]:
    """Targets that are only known by what was typed, for instructions."""
    return tuple(Target(kind, "", text) for kind, text in typed.items() if text)


async def chosen(
    session: Session, person: Person, typed: Mapping[TargetKind, str], *, exact: bool, ask: bool
) -> dict[TargetKind, str]:
    """The ids of what is meant.

    Args:
        session: Where to look.
        person: Whom it is for.
        typed: What was typed, by kind; empty where nothing was.
        exact: Take only a whole name or an id.
        ask: Ask for the factor where none was typed, if there is a terminal.

    Raises:
        NotFound: There is none, or more than one; the message names them.
        BadInput: No factor was typed, and nobody can be asked.
        OktaError: They cannot be read.
    """
    found: dict[TargetKind, str] = {}
    for kind, text in typed.items():
        if kind is TargetKind.FACTOR:
            found[kind] = await _factor(session, person, text, exact=exact, ask=ask)
        elif kind is TargetKind.GROUP:
            found[kind] = await _group(session, text, exact=exact)
        else:
            found[kind] = await _app(session, text, exact=exact)
    return found


async def _group(session: Session, text: str, *, exact: bool) -> str:
    text = _typed(TargetKind.GROUP, text)
    if _ID[TargetKind.GROUP].fullmatch(text) and await _groups(session, "filter", scim.eq("id", text)):
        return text
    same = await _groups(session, "search", scim.eq("profile.name", text))
    if any(one.is_exactly(text) for one in same):
        return _the_one(TargetKind.GROUP, text, Candidates(same), exact=exact)
    # Okta looks inside the names of groups (Okta: "List all groups"); `scim.co` knows the attributes of people only.
    within = scim.eq("profile.name", text).replace("profile.name eq", "profile.name co", 1)
    found = await _groups(session, "search", within)
    if len(found) < _PAGE:
        return _the_one(TargetKind.GROUP, text, Candidates(found), exact=exact)
    return _the_one(TargetKind.GROUP, text, Candidates(found, _SAME, "Okta has more of them."), exact=exact)


async def _groups(session: Session, how: str, expression: str) -> tuple[Candidate, ...]:
    query = {how: expression, "limit": str(_PAGE)}
    found = await session.client.all(ep.GROUPS, Group, None, query, most=_PAGE)
    return tuple(Candidate(group.id, group.name) for group in found)


async def _app(session: Session, text: str, *, exact: bool) -> str:
    text = _typed(TargetKind.APP, text)
    if _ID[TargetKind.APP].fullmatch(text):
        try:
            return (await session.client.read(ep.APP, App, {"app": text})).id
        except NotFound:
            pass  # an app may be called so
    query = {"q": text, "limit": str(_PAGE)}
    begin = await session.client.all(ep.APPS, App, None, query, most=_PAGE)
    found = {app.id: Candidate(app.id, app.title) for app in begin if app.status != "DELETED"}
    known, hint = _HOLDS, ""
    if not any(one.is_exactly(text) for one in found.values()):
        # Okta finds the beginnings of names alone, so the rest is looked for here (Okta: "List all applications", `q`).
        apps = await catalog_of(session).apps.get("")
        found |= {app.id: Candidate(app.id, app.title) for app in apps.all if app.status != "DELETED"}
        if not apps.whole:
            known = _BEGINS if len(begin) < _PAGE else _SAME
            hint = "In an org with so many apps, give the beginning of the name, or the id."
    return _the_one(TargetKind.APP, text, Candidates(tuple(found.values()), known, hint), exact=exact)


async def _factor(session: Session, person: Person, text: str, *, exact: bool, ask: bool) -> str:
    things = enrolled(await session.client.factors_of(person.user.id))
    candidates = Candidates(tuple(Candidate(thing.id, thing.name, thing.ids) for thing in things))
    if not things:
        raise NotFound(
            f"{plain(person.user.name)} has no factor that keydesk can see",
            advice="There is nothing to remove, or Okta does not show it to keydesk.",
        )
    if text:
        return _the_one(TargetKind.FACTOR, text, candidates, exact=exact)
    if not ask or not sys.stdin.isatty():
        listed = "; ".join(_told(one, candidates.all) for one in candidates.all)
        raise BadInput("Nothing says which factor", advice=f"Add --factor NAME. {_whose(person)}: {listed}")
    return _asked(person, candidates.all)


def _asked(person: Person, candidates: Sequence[Candidate]) -> str:
    """Let the agent choose.

    Raises:
        Unconfirmed: None of them was chosen.
    """
    from tui.commands.act.arguments import Unconfirmed
    from tui.commands.act.confirm import ask
    from tui.commands.output import aside

    aside(f"{_whose(person)}:")
    for number, one in enumerate(candidates, 1):
        aside(f"  {number}. {plain(one.name)}")
    answer = ask(f"Which one? [1-{len(candidates)}] ").strip()
    if not answer.isdecimal() or not answer.isascii() or not 1 <= int(answer[:9]) <= len(candidates):
        raise Unconfirmed("No factor was chosen; nothing was sent")
    return candidates[int(answer) - 1].id


def _whose(person: Person) -> str:
    return f"The factors of {plain(person.user.name)}"


def _typed(kind: TargetKind, text: str) -> str:
    """What was typed, if it can be asked for.

    Raises:
        NotFound: No group or app can be called so.
    """
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise NotFound(
            f"No {kind.value} is called {plain(text, limit=80) or 'nothing at all'}", advice="Check the spelling."
        )
    return text


def _the_one(kind: TargetKind, text: str, candidates: Candidates, *, exact: bool) -> str:
    """The one meant: the whole name or the id, else the only one that begins so, else the only one that holds it.

    Raises:
        NotFound: None, or more than one.
    """
    same = [one for one in candidates.all if one.is_exactly(text)]
    if len(same) == 1:
        return same[0].id
    far = {one.id: distance for one in candidates.all if (distance := one.far(text)) is not None}
    near = sorted((one for one in candidates.all if one.id in far), key=lambda one: (far[one.id], one.name))
    for most in () if same or exact else (_BEGINS, _HOLDS):
        few = [one for one in near if far[one.id] <= most]
        if len(few) == 1 and most <= candidates.known:
            return few[0].id
    typed = plain(text, limit=80)
    if not near:
        listed = f"They have: {_listed(candidates.all)}" if kind is TargetKind.FACTOR else "Check the spelling."
        raise NotFound(f"No {kind.value} is called {typed}", advice=f"{listed} {candidates.hint}".strip())
    if same:
        title, how = f"More than one {kind.value} is called {typed}", "Give the id."
    elif exact:
        title, how = f"No {kind.value} is called exactly {typed}", "--yes takes only a whole name or an id."
    else:
        title, how = f"{typed} is not exactly one {kind.value}", "Give the whole name or the id."
    advice = f"{how} It could be: {_listed(same or near)}"
    raise NotFound(title, advice=f"{advice}. {candidates.hint}" if candidates.hint else advice)


def _listed(candidates: Sequence[Candidate]) -> str:
    named = [_told(one, candidates) for one in candidates[:MOST_NAMED]]
    more = len(candidates) - len(named)
    return "; ".join(named) + (f"; and {more} more" if more else "")


def _told(one: Candidate, among: Sequence[Candidate]) -> str:
    """Its name; with the id where that alone tells it from another."""
    name = plain(one.name, limit=60)
    twins = [other for other in among if folded(plain(other.name)) == folded(plain(one.name))]
    return f"{name} ({plain(one.id)})" if len(twins) > 1 else name
