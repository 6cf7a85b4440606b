"""What is due later, for the whole org: nothing runs by itself, everything waits here for the clock to reach it."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Agenda:
    """Steps with the time at which each is due, in seconds since 1970.

    Attributes:
        watchers: Called with the time at every advance, before anything that is due happens: for what is found by
            looking rather than by waiting.
    """

    def __init__(self) -> None:
        self.watchers: list[Callable[[float], None]] = []
        self._due: list[tuple[float, int, Callable[[float], object]]] = []
        self._added = 0

    def at(self, when: float, step: Callable[[float], object]) -> None:
        """Run a step when the clock reaches a time; of two with the same time the one added first runs first."""
        self._added += 1
        heapq.heappush(self._due, (when, self._added, step))

    def advance(self, now: float) -> None:
        """Run everything that is due, in the order of the times, each step with the time at which it was due."""
        for watcher in self.watchers:
            watcher(now)
        while self._due and self._due[0][0] <= now:
            when, _, step = heapq.heappop(self._due)
            step(when)
