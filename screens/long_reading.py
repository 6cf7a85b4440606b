"""Readings that take long: from the third second on the screen says how long, and that escape gives them up."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from textual.worker import get_current_worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.screen import Screen
    from textual.worker import Worker

    from tui.okta.clock import Clock

LONG: Final = 2.0
"""Seconds after which a reading counts as long."""
TICK: Final = 1.0
"""Seconds between two looks at the clock."""


class LongReadings:
    """Watches the readings of one screen. A reading that ends in time draws nothing.

    Args:
        screen: The screen whose workers read.
        clock: Measures the seconds.
        show: Called with what to show of a long reading; with an empty text once it has ended.
    """

    def __init__(self, screen: Screen[Any], clock: Clock, show: Callable[[str], None]) -> None:
        self._screen = screen
        self._clock = clock
        self._show = show
        self._watched: dict[Worker[Any], tuple[str, float]] = {}
        self._come_far: set[Worker[Any]] = set()
        self._shown = ""

    @contextmanager
    def watch(self, what: str) -> Iterator[None]:
        """Watch the code inside, which is part of a worker.

        Args:
            what: What is read, as the beginning of a sentence.
        """
        worker = get_current_worker()
        before = self._watched.get(worker)
        self._watched[worker] = what, self._clock.monotonic()
        timer = self._screen.set_interval(TICK, self.look)
        try:
            yield
        finally:
            timer.stop()
            if before is None:
                self._watched.pop(worker, None)
                self._come_far.discard(worker)
            else:
                self._watched[worker] = before
            self._tell("")

    def come_as_far_as(self, worker: Worker[Any], what: str) -> None:
        """Say at once how far a reading that is watched has come, since a part of it is shown already.

        Args:
            worker: The worker that reads.
            what: How far, as the beginning of a sentence.
        """
        if worker in self._watched:
            self._watched[worker] = what, self._watched[worker][1]
            self._come_far.add(worker)
            self.look()

    def look(self) -> None:
        """Show how long the longest reading takes, if it is a long one."""
        longest = self._longest
        self._tell(f"{longest[0]}: {longest[1]:.0f} s so far · esc gives up" if longest else "")

    @property
    def _longest(self) -> tuple[str, float] | None:
        """Return what takes longest and how many seconds; `None` where nothing takes long."""
        now = self._clock.monotonic()
        going_on = [(worker, *watched) for worker, watched in self._watched.items() if not worker.is_cancelled]
        taking = [
            (what, now - since) for worker, what, since in going_on if now - since > LONG or worker in self._come_far
        ]
        return max(taking, key=lambda one: one[1], default=None)

    def _tell(self, text: str) -> None:
        if text != self._shown:
            self._shown = text
            self._show(text)

    def give_up(self) -> str:
        """Stop all that takes long and that the screen tells of.

        Returns:
            What was given up; empty where nothing was, so that escape means something else.
        """
        if not self._shown or (longest := self._longest) is None:
            return ""
        for worker in [*self._watched]:
            worker.cancel()
        self._tell("")
        return longest[0]
