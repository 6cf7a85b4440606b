"""Everything that is known of the lockouts at one moment, and what is missing from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tui.desk.lockouts.feed import FeedState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.lockouts.case import Case
    from tui.desk.lockouts.feed_store import Handled
    from tui.desk.lockouts.spray import Spray
    from tui.okta.models import User
    from tui.trouble import Trouble

LOG: Final = "Causes, ends and device blocks are not known"
BLOCKS: Final = "Not all device blocks could be read"
POLICIES: Final = "When a lock heals by itself is not known"
STORE: Final = "What is heard of the log is not kept on this machine"


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that is missing from the picture.

    Attributes:
        what: What, in a sentence without a full stop.
        trouble: Why.
    """

    what: str
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is known at one moment.

    Attributes:
        cases: All of the last two days, newest first.
        sprays: The waves of the last hour, the largest first.
        tried: The logins of those who were tried in the waves, by id; untrusted.
        feed: How the following of the log goes.
        lacks: What is missing, and why.
        handled: Who takes care of what, by case.
        users: The people of open cases as the status search read them, by id; others are not in it.
        read_at: When the status was last read, seconds since 1970; `None` for not yet.
        more: More people are locked than were read.
        blocks_known: Whether everybody who may be blocked by device was asked about.
    """

    cases: tuple[Case, ...] = ()
    sprays: tuple[Spray, ...] = ()
    tried: Mapping[str, str] = field(default_factory=dict)
    feed: FeedState = field(default_factory=FeedState)
    lacks: tuple[Lack, ...] = ()
    handled: Mapping[str, Handled] = field(default_factory=dict)
    users: Mapping[str, User] = field(default_factory=dict)
    read_at: float | None = None
    more: bool = False
    blocks_known: bool = True

    @property
    def open(self) -> tuple[Case, ...]:
        """The cases that last, newest first."""
        return tuple(case for case in self.cases if case.open)

    def taken(self, case: Case) -> Handled | None:
        """Who takes care of a case, also under an id that another keydesk knows it by."""
        found = (self.handled.get(case_id) for case_id in (case.id, *case.also))
        return next((one for one in found if one is not None), None)
