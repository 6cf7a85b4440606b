"""Software that can be offered: an app with the groups that give it, or a group of its own."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.actions.targets import group_obstacle
from tui.desk.files.listing import ExportTable
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.desk.actions.grammar import Obstacle
    from tui.okta.entitlements import App, AppUser
    from tui.okta.models import Group

MOST_WORDS: Final = 4
"""The most words of a search; more would make the request to Okta long and find nothing."""
_FAR: Final = 10**6


class Giver(Struct, frozen=True):
    """A group that gives software, and its relation to the person.

    Attributes:
        group: The group.
        member: Whether the person is in the group; `None` where that is not known.
        rule: The name of a rule that fills the group; empty for none, or where rules cannot be read. Untrusted.
        apps: The apps that the group gives; `None` where they are not known yet.
        refused: Whether Okta has refused to change the group's members, since a role is missing.
        reached: Whether keydesk's role covers the group; `None` where that is not known.
        apps_unread: Whether this connector does not read what a group gives, since it gives software by groups only.
    """

    group: Group
    member: bool | None = None
    rule: str = ""
    apps: tuple[App, ...] | None = None
    refused: bool = False
    reached: bool | None = None
    apps_unread: bool = False

    @property
    def name(self) -> str:
        """The name of the group; harmless."""
        return plain(self.group.name, limit=80)

    @property
    def obstacle(self) -> Obstacle | None:
        """Why nobody can change the group's members in Okta, by what was read; `None` where somebody can."""
        return group_obstacle(self.group, admin=self.group.admin)

    @property
    def fitness(self) -> tuple[bool, bool, bool, int, int, str]:
        """The sort key of groups for giving software: the group that gives the fewest other apps is first."""
        apps = _FAR if self.apps is None else len(self.apps)
        members = _FAR if self.group.members is None else self.group.members
        return self.obstacle is not None, self.refused, bool(self.rule), apps, members, self.name.casefold()


class Offer(Struct, frozen=True):
    """One piece of software for one person.

    Attributes:
        app: The app; `None` for a group that is offered itself.
        givers: The groups that give the app, or the one group.
        assignment: The person's assignment to the app, where it could be read.
        has: Whether the person has it; `None` where that is not known.
        groups_known: Whether all groups that give the app are known.
    """

    app: App | None
    givers: tuple[Giver, ...] = ()
    assignment: AppUser | None = None
    has: bool | None = None
    groups_known: bool = False

    @property
    def key(self) -> str:
        """The id of the app or the group."""
        return self.app.id if self.app else self.givers[0].group.id

    @property
    def name(self) -> str:
        """The name of the app or the group; harmless."""
        return plain(self.app.title, limit=80) if self.app else self.givers[0].name

    @property
    def active(self) -> bool:
        """Whether the software can be given; an app without a status is taken for active."""
        return self.app is None or self.app.status in {None, "ACTIVE"}

    @property
    def hidden(self) -> bool:
        """Whether the app is hidden on people's dashboards in a browser."""
        visibility = self.app.visibility if self.app else None
        return bool(visibility and visibility.hide and visibility.hide.get("web"))

    @property
    def direct(self) -> bool | None:
        """Whether the person has the app by an assignment of their own; `None` where that is not known."""
        if self.app is None or self.has is False:
            return False
        scope = self.assignment.scope if self.assignment else None
        return None if scope is None else scope == "USER"

    @property
    def through(self) -> tuple[Giver, ...]:
        """The known groups through which the person has the app."""
        return tuple(giver for giver in self.givers if giver.member)

    @property
    def how(self) -> str:
        """How the person has the software, or would get it: a few harmless words for a list."""
        if self.has:
            return self._how_it_is_had()
        if self.app is None:
            return "group"
        ways = [giver for giver in self.givers if giver.obstacle is None]
        if not self.active:
            return "app, not active"
        return f"by {_groups(ways)}" if ways else "directly"

    def _how_it_is_had(self) -> str:
        if self.app is None:
            return "is in the group"
        through = _groups(self.through) if self.through else ""
        if self.direct:
            return f"directly and by {through}" if through else "directly"
        if through:
            return f"by {through}"
        return "by a group" if self.direct is False else "has it"


def _groups(givers: tuple[Giver, ...] | list[Giver]) -> str:
    first = min(givers, key=lambda giver: giver.fitness).name
    return f"group {first}" if len(givers) == 1 else f"group {first} +{len(givers) - 1}"


def listing(offers: Sequence[Offer]) -> ExportTable:
    """Return software as values; `has` is empty where that is not known."""
    head = ("id", "name", "kind", "has", "how")
    return ExportTable(head, [(one.key, one.name, "app" if one.app else "group", one.has, one.how) for one in offers])


def folded(text: str) -> str:
    """Return a text for comparison: without case, accents and double spaces."""
    spread = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in spread if not unicodedata.combining(c)).casefold().split())


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a typed text, without characters that no search can contain."""
    return tuple(dict.fromkeys(plain(text, limit=120).replace("…", "").split()))[:MOST_WORDS]


def closeness(text: str, *names: str) -> int | None:
    """Return how well names match a typed text; smaller is better, `None` for no match.

    0 for the whole name, 1 for its beginning, 2 for beginnings of words, 3 for anywhere in the name.
    """
    wanted = folded(text)
    if not wanted:
        return 0
    parts = wanted.split()
    scores = [_close(wanted, parts, folded(name)) for name in names if name]
    return min((score for score in scores if score is not None), default=None)


def _close(wanted: str, parts: list[str], name: str) -> int | None:
    if name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    words = name.replace("-", " ").replace("_", " ").replace("/", " ").split()
    if all(any(word.startswith(part) for word in words) for part in parts):
        return 2
    return 3 if all(part in name for part in parts) else None


def rank(text: str, offer: Offer) -> tuple[int, bool, bool, bool, bool, str]:
    """Return the sort key of an offer for a typed text: closeness, then whether it can be given, then the rest."""
    names = [offer.name, offer.app.name or "" if offer.app else "", *(giver.name for giver in offer.givers)]
    own = closeness(text, *names[:2])
    best = own if own is not None else closeness(text, *names[2:])
    far = 9 if best is None else best if own is not None else best + 4
    stuck = not offer.active or (offer.app is None and offer.givers[0].obstacle is not None)
    return far, stuck, offer.hidden, not offer.has, offer.app is None, folded(offer.name)
