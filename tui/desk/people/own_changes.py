"""What this keydesk changed for whom in this session, which a card shows until the System Log does."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tui.okta.log_events import LogEvent

MOST: Final = 200
"""Changes that are kept: a card is looked at soon after a change, if at all."""
EARLIER: Final = timedelta(seconds=90)
"""How much earlier than keydesk's own time of a change, which is noted once Okta answered, its event may be."""
LATER: Final = timedelta(seconds=10)
"""How much later it may be: the clocks of Okta's servers are not one."""


class OwnChange(Struct, frozen=True):
    """One change that was sent.

    Attributes:
        user_id: Okta's id of the person.
        title: The action's title: `Unlock`.
        entry: The number of the ledger entry.
        at: When Okta's answer came, or was given up, by Okta's clock.
        event: The type of the event that the System Log gets; empty where that is not known.
        known: Whether Okta said that it did it; without, the answer was lost.
        action: The action's id: `unlock`.
    """

    user_id: str
    title: str
    entry: int
    at: datetime
    event: str = ""
    known: bool = True
    action: str = ""


class OwnChanges:
    """The newest changes of this session."""

    def __init__(self) -> None:
        self._changes: deque[OwnChange] = deque(maxlen=MOST)

    def note(self, change: OwnChange) -> None:
        """Note a change."""
        self._changes.append(change)

    def newest(self, user_id: str) -> OwnChange | None:
        """Return the newest change for a person; `None` for none in this session."""
        return next((change for change in reversed(self._changes) if change.user_id == user_id), None)

    def beside(self, user_id: str, events: Iterable[LogEvent]) -> tuple[tuple[OwnChange, ...], dict[str, OwnChange]]:
        """Return a person's changes that the System Log does not show yet, and those that it shows.

        An event counts as the one of a change by its type and its time: a card is no proof, which the ledger is.

        Args:
            user_id: Okta's id of the person.
            events: The person's events, as far as they were read.

        Returns:
            The changes without an event, the newest first; and the others, by the uuid of their event.
        """
        left = [event for event in events if event.uuid and event.at is not None]
        missing: list[OwnChange] = []
        shown: dict[str, OwnChange] = {}
        for change in reversed(self._changes):
            if change.user_id != user_id:
                continue
            event = next((e for e in left if e.event_type == change.event and _fits(e, change.at)), None)
            if event is None or event.uuid is None:
                missing.append(change)
            else:
                left.remove(event)
                shown[event.uuid] = change
        return tuple(missing), shown


def _fits(event: LogEvent, at: datetime) -> bool:
    return event.at is not None and -LATER <= at - event.at <= EARLIER
