"""The reading of the person shown: each part of the card as it arrives, and the keys that wait for it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from tui.desk.people.parts import SHARED_FOR, UNCHANGED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from screens.base import DeskScreen
    from screens.people.found import FoundPeople
    from screens.people.side import PersonSide
    from screens.typed_ahead import TypedAhead
    from tui.desk.people.person import Person

GROUP = "person"
"""The group of the reading's worker: a new one cancels the one before it."""


class PersonReading:
    """Reads one person after the other, each in place of the one before.

    Args:
        screen: The screen that shows the person.
        found: The list, whose row follows what is read.
        side: The card.
        ahead: The keys that wait for the person.
        show: Called with the person as far as they are read.
    """

    def __init__(
        self,
        screen: DeskScreen,
        found: FoundPeople,
        side: PersonSide,
        ahead: TypedAhead,
        *,
        show: Callable[[Person], None],
    ) -> None:
        self._screen = screen
        self._found = found
        self._side = side
        self._ahead = ahead
        self._show = show
        self._changed = False
        self._under_way = ""

    def start(self, user_id: str, *, pause: float = 0.0, younger: float = SHARED_FOR) -> None:
        """Read a person in full.

        Args:
            user_id: Okta's id of the person.
            pause: Seconds to wait first, in which somebody else may be asked for.
            younger: The most seconds since any screen has read a part; 0 reads all afresh.
        """
        self._changed, self._under_way = False, ""
        work: Callable[[], Awaitable[None]] = partial(self._read, user_id, pause, younger)
        self._screen.run_worker(work, group=GROUP, exclusive=True)

    def at_once(self, user_id: str) -> None:
        """Read a person without a pause, unless they are being read already: what was asked is not asked again."""
        if self._under_way != user_id:
            self.start(user_id)

    def changed(self, user_id: str) -> None:
        """Read what a change has touched of the person; behind another screen that waits for the return."""
        if self._screen.app.screen is self._screen:
            self.start(user_id, younger=UNCHANGED)
        else:
            self._changed = True

    def resume(self, person: Person | None) -> None:
        """Read what was changed of the person shown while the screen was behind another."""
        if self._changed and person is not None:
            self.start(person.user.id, younger=UNCHANGED)

    def stop(self) -> None:
        """Read no further: a late answer would show the person again."""
        self._under_way = ""
        self._screen.workers.cancel_group(self._screen, GROUP)

    async def _read(self, user_id: str, pause: float, younger: float) -> None:
        await asyncio.sleep(pause)
        read, self._under_way = False, user_id
        try:
            with self._screen.guarded(), self._screen.long.watch("Reading the person"):
                async for person in self._screen.session.load(user_id, younger=younger):
                    self._show(person)
                    self._found.update(person.user)
                    self._found.redraw_badges()
                    if not person.blocks.pending:
                        self._ahead.has_read(user_id)
                read = True
        finally:
            self._under_way = ""  # also where it was given up; who begins another sets it anew
        self._side.hint("")
        if not read:
            self._ahead.not_read(user_id)
