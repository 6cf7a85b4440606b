"""Find exactly one factor, group, app or device by what was typed."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.commands.act.arguments import OF_THE_PERSON, Unconfirmed
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
_LONGEST_NAME: Final = 200
_SAME, _BEGINS, _HOLDS = 0, 1, 3
"""Values of `closeness`: the text is the whole name, its beginning, anywhere in it."""
# Okta's ids begin with the kind of what they name; 20 characters in all.
_ID: Final = {TargetKind.GROUP: re.compile(r"00g[0-9A-Za-z]{17}"), TargetKind.APP: re.compile(r"0oa[0-9A-Za-z]{17}")}


class Candidate(Struct, frozen=True):
    """A factor, group, app or device that the typed text could mean.

    Attributes:
        id: Okta's id.
        name: The name at Okta; untrusted text.
        ids: Further ids that are accepted for it.
    """

    id: str
    name: str
    ids: tuple[str, ...] = ()

    def is_exactly(self, text: str) -> bool:
        """Whether the text is its id or its whole name, in any case."""
        return text in {self.id, *self.ids} or folded(text) in {folded(self.name), folded(plain(self.name))}

    def distance(self, text: str) -> int | None:
        """Return the `closeness` of a text to the name; `None` where the name does not hold the text."""
        return closeness(text, self.name, plain(self.name))


class Candidates(Struct, frozen=True):
    """The candidates for a typed text.

    Attributes:
        all: Those that were read from Okta.
        complete_to: The largest `closeness` to the typed text up to which none is missing from `all`.
        hint: A sentence on candidates that were not read; empty where there are none.
    """

    all: tuple[Candidate, ...]
    complete_to: int = _HOLDS
    hint: str = ""


def targets_as_typed(typed: Mapping[TargetKind, str]) -> tuple[Target, ...]:
    """Return targets without ids, named as they were typed, for instructions."""
    return tuple(Target(kind, "", text) for kind, text in typed.items() if text)


async def find_targets(
    session: Session, person: Person, typed: Mapping[TargetKind, str], *, exact: bool, ask: bool
) -> dict[TargetKind, str]:
    """Find the ids of the typed targets.

    Args:
        session: The session of the org.
        person: The person whose factors and devices are searched.
        typed: The typed text of each kind; empty where nothing was typed.
        exact: Whether to accept only a whole name or an id.
        ask: Whether to ask at the terminal for a factor or device where none was typed.

    Raises:
        NotFound: A text finds no target, or more than one; the message names them.
        BadInput: No factor or device was typed, and there is no terminal to ask at.
        Unconfirmed: The agent was asked, and chose none.
        OktaError: The targets cannot be read.
    """
    ids: dict[TargetKind, str] = {}
    for kind, text in typed.items():
        if kind in OF_THE_PERSON:
            own = await (_factors if kind is TargetKind.FACTOR else _devices)(session, person)
            ids[kind] = _one_of_their_own(person, kind, text, own, exact=exact, ask=ask)
        elif kind is TargetKind.GROUP:
            ids[kind] = await _find_group(session, text, exact=exact)
        else:
            ids[kind] = await _find_app(session, text, exact=exact)
    return ids


async def _find_group(session: Session, text: str, *, exact: bool) -> str:
    text = _checked_name(TargetKind.GROUP, text)
    if _ID[TargetKind.GROUP].fullmatch(text) and await _groups(session, "filter", scim.eq("id", text)):
        return text
    exact_matches = await _groups(session, "search", scim.eq("profile.name", text))
    if any(candidate.is_exactly(text) for candidate in exact_matches):
        return _only_match(TargetKind.GROUP, text, Candidates(exact_matches), exact=exact)
    # Okta looks inside the names of groups (Okta: "List all groups"); `scim.co` knows the attributes of people only.
    within = scim.eq("profile.name", text).replace("profile.name eq", "profile.name co", 1)
    groups = await _groups(session, "search", within)
    if len(groups) < _PAGE:
        return _only_match(TargetKind.GROUP, text, Candidates(groups), exact=exact)
    return _only_match(TargetKind.GROUP, text, Candidates(groups, _SAME, "Okta has more of them."), exact=exact)


async def _groups(session: Session, parameter: str, expression: str) -> tuple[Candidate, ...]:
    query = {parameter: expression, "limit": str(_PAGE)}
    groups = await session.client.all(ep.GROUPS, Group, None, query, most=_PAGE)
    return tuple(Candidate(group.id, group.name) for group in groups)


async def _find_app(session: Session, text: str, *, exact: bool) -> str:
    text = _checked_name(TargetKind.APP, text)
    if _ID[TargetKind.APP].fullmatch(text):
        try:
            return (await session.client.read(ep.APP, App, {"app": text})).id
        except NotFound:
            pass  # the text may be the name of an app
    query = {"q": text, "limit": str(_PAGE)}
    page = await session.client.all(ep.APPS, App, None, query, most=_PAGE)
    candidates = {app.id: Candidate(app.id, app.title) for app in page if app.status != "DELETED"}
    complete_to, hint = _HOLDS, ""
    if not any(candidate.is_exactly(text) for candidate in candidates.values()):
        # Okta searches the beginnings of names only, so keydesk searches the rest (Okta: "List all applications", `q`).
        apps = await catalog_of(session).apps.get("")
        candidates |= {app.id: Candidate(app.id, app.title) for app in apps.all if app.status != "DELETED"}
        if not apps.whole:
            complete_to = _BEGINS if len(page) < _PAGE else _SAME
            hint = "In an org with so many apps, give the beginning of the name, or the id."
    return _only_match(TargetKind.APP, text, Candidates(tuple(candidates.values()), complete_to, hint), exact=exact)


async def _factors(session: Session, person: Person) -> tuple[Candidate, ...]:
    factors = enrolled(await session.client.factors_of(person.user.id))
    if not factors:
        raise NotFound(
            f"{plain(person.user.name)} has no factor that keydesk can see",
            advice="There is nothing to remove, or Okta does not show it to keydesk.",
        )
    return tuple(Candidate(factor.id, factor.name, factor.ids) for factor in factors)


async def _devices(session: Session, person: Person) -> tuple[Candidate, ...]:
    devices = await session.client.devices_of(person.user.id)
    if not devices:
        raise NotFound(
            f"{plain(person.user.name)} has no device that Okta knows",
            advice="Okta knows those with Okta Verify on them alone, and not a deactivated one.",
        )
    return tuple(Candidate(device.id, device.name) for device in devices)


def _one_of_their_own(
    person: Person, kind: TargetKind, text: str, own: tuple[Candidate, ...], *, exact: bool, ask: bool
) -> str:
    """Return the id of one of the person's factors or devices: the one that was typed, or that is chosen when asked.

    Raises:
        NotFound: The text finds none, or more than one.
        BadInput: Nothing was typed, and there is no terminal to ask at.
        Unconfirmed: The answer is no number of the list.
    """
    from tui.commands.act.confirm import ask as ask_for
    from tui.commands.output import print_to_stderr

    if text:
        return _only_match(kind, text, Candidates(own), exact=exact)
    heading = f"The {kind.value}s of {plain(person.user.name)}"
    if not ask or not sys.stdin.isatty():
        listed = "; ".join(_label(candidate, own) for candidate in own)
        raise BadInput(f"Nothing says which {kind.value}", advice=f"Add --{kind.value} NAME. {heading}: {listed}")
    print_to_stderr(f"{heading}:")
    for number, candidate in enumerate(own, 1):
        print_to_stderr(f"  {number}. {_label(candidate, own)}")
    answer = ask_for(f"Which one? [1-{len(own)}] ").strip()
    if not answer.isdecimal() or not answer.isascii() or not 1 <= int(answer[:9]) <= len(own):
        raise Unconfirmed(f"No {kind.value} was chosen; nothing was sent")
    return own[int(answer) - 1].id


def _checked_name(kind: TargetKind, text: str) -> str:
    """Return the text if it can be the name of a group or app.

    Raises:
        NotFound: The text is empty, too long, or holds control characters.
    """
    if not text or len(text) > _LONGEST_NAME or not text.isprintable():
        raise NotFound(
            f"No {kind.value} is called {plain(text, limit=80) or 'nothing at all'}", advice="Check the spelling."
        )
    return text


def _only_match(kind: TargetKind, text: str, candidates: Candidates, *, exact: bool) -> str:
    """Return the id of the only candidate that matches.

    The id or the whole name counts first, then the beginning of a name, then a part of it.

    Raises:
        NotFound: No candidate matches, or more than one does.
    """
    exact_matches = [candidate for candidate in candidates.all if candidate.is_exactly(text)]
    if len(exact_matches) == 1:
        return exact_matches[0].id
    distances = {
        candidate.id: distance for candidate in candidates.all if (distance := candidate.distance(text)) is not None
    }
    matches = [candidate for candidate in candidates.all if candidate.id in distances]
    matches.sort(key=lambda candidate: (distances[candidate.id], candidate.name))
    for limit in () if exact_matches or exact else (_BEGINS, _HOLDS):
        close = [candidate for candidate in matches if distances[candidate.id] <= limit]
        if len(close) == 1 and limit <= candidates.complete_to:
            return close[0].id
    typed = plain(text, limit=80)
    if not matches:
        listed = f"They have: {_listed(candidates.all)}" if kind in OF_THE_PERSON else "Check the spelling."
        raise NotFound(f"No {kind.value} is called {typed}", advice=f"{listed} {candidates.hint}".strip())
    if exact_matches:
        title, how = f"More than one {kind.value} is called {typed}", "Give the id."
    elif exact:
        title, how = f"No {kind.value} is called exactly {typed}", "--yes takes only a whole name or an id."
    else:
        title, how = f"{typed} is not exactly one {kind.value}", "Give the whole name or the id."
    advice = f"{how} It could be: {_listed(exact_matches or matches)}"
    raise NotFound(title, advice=f"{advice}. {candidates.hint}" if candidates.hint else advice)


def _listed(candidates: Sequence[Candidate]) -> str:
    labels = [_label(candidate, candidates) for candidate in candidates[:MOST_NAMED]]
    more = len(candidates) - len(labels)
    return "; ".join(labels) + (f"; and {more} more" if more else "")


def _label(candidate: Candidate, among: Sequence[Candidate]) -> str:
    """Return the candidate's name, with its id where another one has the same name."""
    name = plain(candidate.name, limit=60)
    same_name = [other for other in among if folded(plain(other.name)) == folded(plain(candidate.name))]
    return f"{name} ({plain(candidate.id)})" if len(same_name) > 1 else name
