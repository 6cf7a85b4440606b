"""The ways to give a person software or to take it away: each an action with its targets, the best one first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace

from tui.desk.actions.grammar import UNFIT, Cause, Obstacle, Target, TargetKind
from tui.desk.actions.obstacles import obstacle
from tui.desk.actions.software_actions import (
    ADD_TO_GROUP,
    ASSIGN_APP,
    GIVE_APP_TO_GROUP,
    REMOVE_FROM_GROUP,
    UNASSIGN_APP,
)
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tui.desk.actions.grammar import Action
    from tui.desk.actions.obstacles import Standing
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.desk.software.offers import Giver, Offer

MOST_NAMED: Final = 4
"""The most other apps of a group that are named."""


class SoftwareWay(Struct, frozen=True):
    """One way to give software, or to take it away.

    Attributes:
        action: The action.
        ids: Okta's ids of the targets; the agent still has to choose a target whose kind is missing.
        title: The action with the names of its targets; harmless.
        notes: What to know before: harmless half sentences.
        obstacle: Why the action is not possible; `None` where it is possible.
        best: Whether this is the recommended way.
    """

    action: Action
    ids: Mapping[TargetKind, str]
    title: str
    notes: tuple[str, ...] = field(default=())
    obstacle: Obstacle | None = None
    best: bool = False

    @property
    def by_hand(self) -> bool:
        """Whether somebody else could do the action, in the place of keydesk."""
        return self.obstacle is not None and self.obstacle.cause not in UNFIT

    @property
    def missing(self) -> tuple[TargetKind, ...]:
        """The kinds of target that the agent still has to choose."""
        return tuple(kind for kind in self.action.chosen if kind not in self.ids)


def ways(session: Session, person: Person, offer: Offer) -> tuple[SoftwareWay, ...]:
    """Return all ways for one offer and one person, the best first; nothing is read.

    What is not known yet is read when the agent chooses a way. A way to take software away is never marked best.
    """
    standing = session.standing()  # read once, since this opens the ledger
    unsorted = [_way(person, *candidate, standing) for candidate in _candidates(session, offer)]
    order = sorted(unsorted, key=_order)  # a stable sort: groups stay in the order of their fitness
    free = [way for way in order if way.obstacle is None and way.action.wants and not way.missing and not offer.has]
    return tuple(replace(way, best=way is free[0]) if free else way for way in order)


def _order(way: SoftwareWay) -> int:
    if way.obstacle is None:
        return 1 if way.missing else 0
    return 2 if way.by_hand else 3


def _candidates(session: Session, offer: Offer) -> Iterator[tuple[Action, tuple[Target, ...], tuple[str, ...]]]:
    groups = sorted(offer.givers, key=lambda giver: giver.fitness)
    app = _app_target(offer)
    # If it is not known how the person has the app, a group probably gives it.
    direct = offer.has is True and (offer.direct or (offer.direct is None and not offer.through))
    for giver in groups:
        if giver.member:
            yield REMOVE_FROM_GROUP, (_group_target(giver),), _leaving(giver, offer)
    if app is not None and direct:
        yield UNASSIGN_APP, (replace(app, obstacle=None),), _unassigning(offer)  # also one that is not active
    for giver in groups:
        if not giver.member:
            yield ADD_TO_GROUP, (_group_target(giver, offer),), _joining(giver, offer)
    if app is not None and not offer.has:
        yield ASSIGN_APP, (app,), _refused(session, app)
    if app is not None:
        yield GIVE_APP_TO_GROUP, (app,), ("you choose which of their groups",)


def _way(
    person: Person,
    action: Action,
    targets: tuple[Target, ...],
    notes: tuple[str, ...],
    standing: Standing,
) -> SoftwareWay:
    hindrance = obstacle(action, person, standing, targets)
    names = {target.kind.value: plain(target.name, limit=80) for target in targets}
    return SoftwareWay(
        action,
        {target.kind: target.id for target in targets},
        _title(action, names),
        notes,
        hindrance.foremost if hindrance else None,
    )


def _title(action: Action, names: Mapping[str, str]) -> str:
    match action.id:
        case ADD_TO_GROUP.id:
            return f"Add to the group {names['group']}"
        case REMOVE_FROM_GROUP.id:
            return f"Remove from the group {names['group']}"
        case ASSIGN_APP.id:
            return f"Assign {names['app']} directly"
        case UNASSIGN_APP.id:
            return f"Unassign {names['app']}"
        case _:
            return f"Give {names['app']} to a group"


def _app_target(offer: Offer) -> Target | None:
    if offer.app is None:
        return None
    obstacle = None
    if not offer.active:
        obstacle = Obstacle(Cause.TARGET, "the app is not active", "An app admin can activate it in the Admin Console.")
    return Target(TargetKind.APP, offer.app.id, offer.app.title, holds=offer.has, obstacle=obstacle)


def _group_target(giver: Giver, offer: Offer | None = None) -> Target:
    obstacle = giver.obstacle
    if obstacle is None and giver.reached is False:
        obstacle = Obstacle(
            Cause.PERMISSION, "outside the groups of keydesk's role", "Somebody whose role covers this group can do it."
        )
    if obstacle is None and offer is not None and not offer.active:
        obstacle = Obstacle(Cause.TARGET, "the app is not active", "The group would not give it to anybody now.")
    return Target(TargetKind.GROUP, giver.group.id, giver.group.name, holds=giver.member, obstacle=obstacle)


def _joining(giver: Giver, offer: Offer) -> tuple[str, ...]:
    notes = []
    if giver.group.members is not None:
        count = giver.group.members
        notes.append("nobody is in it yet" if not count else "1 person" if count == 1 else f"{count} people")
    others = _others(giver, offer)
    if others:
        notes.append(f"also gives {others}")
    if giver.rule:
        notes.append(f"the rule {plain(giver.rule, limit=60)} fills it")
    if offer.has:
        notes.append("they have it already")
    return (*notes, *_refusal_note(giver.refused))


def _leaving(giver: Giver, offer: Offer) -> tuple[str, ...]:
    notes = []
    others = _others(giver, offer)
    if others:
        notes.append(f"takes {others} away as well")
    if giver.rule:
        notes.append(f"the rule {plain(giver.rule, limit=60)} put them there: removing excludes them from it for good")
    if offer.direct:
        notes.append("the direct assignment stays")
    elif len(offer.through) > 1:
        notes.append("the other group still gives it")
    if offer.app is not None and offer.app.provisions and len(offer.through) == 1 and not offer.direct:
        notes.append("the app may delete their account")
    return (*notes, *_refusal_note(giver.refused))


def _unassigning(offer: Offer) -> tuple[str, ...]:
    notes = []
    if offer.direct is None:
        notes.append("only if it was assigned directly, which is not known")
    if offer.through:
        through = " and ".join(giver.name for giver in offer.through)
        notes.append(f"{through} still gives it: Okta may refuse until they are out of there")
    if offer.app is not None and offer.app.provisions:
        notes.append("the app may delete their account and its data")
    return tuple(notes)


def _refused(session: Session, app: Target) -> tuple[str, ...]:
    return _refusal_note(app.id in session.out_of_reach)


def _refusal_note(refused: bool) -> tuple[str, ...]:  # noqa: FBT001 - a fact in, words out
    return ("Okta refused it to keydesk's role before",) if refused else ()


def _others(giver: Giver, offer: Offer) -> str:
    """Return which other apps a group gives, in a few words; empty for none, or where they are not known."""
    own = offer.app.id if offer.app else ""
    names = [plain(app.title, limit=40) for app in giver.apps or () if app.id != own]
    shown = ", ".join(names[:MOST_NAMED])
    return f"{shown} and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else shown
