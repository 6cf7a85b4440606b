"""The picture of the lockouts at one moment: all that is known, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from tui.desk.lockouts.feed import FeedState, Pace

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


class Lack(Struct, frozen=True):
    """Something that is missing from the picture.

    Attributes:
        what: What is missing, in a sentence without a full stop.
        trouble: Why it is missing.
    """

    what: str
    trouble: Trouble


class Picture(Struct, frozen=True):
    """All that is known of the lockouts at one moment.

    Attributes:
        cases: The cases of the last two days, newest first.
        sprays: The sprays of the last hour, the largest first.
        tried: The logins of the people who were tried in the sprays, by id; untrusted.
        feed: The state of the feed.
        lacks: What is missing, and why.
        handled: Who takes care of which case, by the id of the case.
        checked: When the own status of a person was read, seconds since 1970, by id; search and log tell of the others.
        users: The people of open cases whom the status search read, by id.
        read_at: When the status was last read, seconds since 1970; `None` before the first read.
        more: Whether more people are locked than were read.
        unlooked: The ids of locked people of whom nobody has looked yet which password policy applies.
        blocks_known: Whether the device blocks of everybody who may be blocked were read.
    """

    cases: tuple[Case, ...] = ()
    sprays: tuple[Spray, ...] = ()
    tried: Mapping[str, str] = field(default_factory=dict)
    feed: FeedState = field(default_factory=FeedState)
    lacks: tuple[Lack, ...] = ()
    handled: Mapping[str, Handled] = field(default_factory=dict)
    checked: Mapping[str, float] = field(default_factory=dict)
    users: Mapping[str, User] = field(default_factory=dict)
    read_at: float | None = None
    more: bool = False
    unlooked: frozenset[str] = frozenset()
    blocks_known: bool = True

    @property
    def open(self) -> tuple[Case, ...]:
        """The cases that last, newest first."""
        return tuple(case for case in self.cases if case.open)

    @property
    def log_read(self) -> bool:
        """Whether the log has been read to its end, or will not be; before that a cause is only not read yet."""
        return self.feed.pace not in {Pace.STARTING, Pace.BEHIND}

    def taken(self, case: Case) -> Handled | None:
        """Return who takes care of a case, also under another id that another keydesk gave it."""
        notes = (self.handled.get(case_id) for case_id in (case.id, *case.also))
        return next((note for note in notes if note is not None), None)
