"""One group, one group rule, and what is called when somebody joins or leaves a group."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.base.json import Json
    from tui.demo.groups.expressions import Scope
    from tui.demo.people.person import Person


@dataclass(slots=True)
class Group:
    """A group and the exceptions to its membership function that calls have made.

    Attributes:
        holds: Who is in it by a directory or by chance; rules come on top of that.
        removed: Who is not in it although it holds them, for whatever reason.
        taken_out: Who has been taken out by a call of their own, and not because all their memberships ended.
        more: Profile attributes beyond name and description.
    """

    index: int
    id: str
    name: str
    description: str | None
    kind: str
    holds: Callable[[Person], bool]
    created: float
    members_changed: float
    updated: float
    added: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    taken_out: set[int] = field(default_factory=set)
    more: Json = field(default_factory=dict)
    deleted: bool = False


class Watch(Protocol):
    """A function that is called when a person has joined or left a group."""

    def __call__(self, group: Group, person: Person, now: float, *, joined: bool) -> None:
        """Do what follows from the move."""


@dataclass(slots=True)
class GroupRule:
    """A group rule; who is removed by hand from one of its groups lands in its exclusions.

    Attributes:
        lost: How many of its groups have been deleted; the rule is INVALID as soon as one has.
        kept: Whom it had put into its groups when it was deactivated: they stay.
    """

    id: str
    name: str
    expression: str
    groups: list[Group]
    created: float
    updated: float
    test: Callable[[Scope], bool]
    status: str = "INACTIVE"
    excluded: list[str] = field(default_factory=list)
    excluded_groups: list[str] = field(default_factory=list)
    lost: int = 0
    kept: set[int] = field(default_factory=set)

    @property
    def cascades(self) -> bool:
        """Whether it asks for memberships, so perhaps for what another rule, or itself, has brought about."""
        return bool(self.excluded_groups) or "isMemberOf" in self.expression
