"""Nothing is confirmed by a key that was pressed before the screen showed what it confirms."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Final

from textual.actions import parse
from textual.message import Message
from textual.widgets import Button

from widgets.binding_ids import bindings_now
from widgets.key_queue import Taking
from widgets.key_words import said

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from textual.screen import Screen

    from widgets.key_queue import Typed

ENTER: Final = frozenset({"enter"})


class Drawn:
    """Knows since when what a screen shows now has been on the terminal.

    A key that was typed before is no answer to it. Every dialog that sends, stores or settles something has one, and a
    method `taking` that asks it.

    Args:
        screen: The screen.
        confirming: The keys that confirm; space does so too where a button has the focus.
        actions: Names of the screen's actions whose keys confirm as well, whichever they are now.
        tell: Shows a sentence on the screen: that a key came too early and was dropped.
    """

    def __init__(
        self,
        screen: Screen[Any],
        confirming: Collection[str] = ENTER,
        *,
        actions: Collection[str] = (),
        tell: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._screen = screen
        self._confirming = confirming
        self._actions = actions
        self._tell = tell
        self._dropped = ""
        self._pending = 0
        self._since = inf

    def changed(self) -> None:
        """Say that the screen was just changed, and will be drawn."""
        self._pending += 1
        self._since = inf
        self._screen.call_after_refresh(self._seen)

    def _seen(self) -> None:
        self._pending -= 1
        if not self._pending:
            self._since = Message().time  # by the clock that also stamps keys, when they arrive
            if self._dropped:
                self._say_so()

    def _say_so(self) -> None:
        """Say that a key did nothing: once what it would have confirmed can be seen, else that is drawn over it."""
        self._tell(f"{said(self._dropped)} came before this was on the screen, and did nothing. Press it again.")

    @property
    def complete(self) -> bool:
        """Return whether nothing of it is still to be drawn."""
        return self._since < inf

    def before(self, typed: Typed) -> bool:
        """Return whether it was on the screen when a key was typed."""
        return typed.time > self._since

    def taking(self, typed: Typed) -> Taking:
        """Drop a key that could confirm and was typed before what it would confirm was on the screen."""
        key = getattr(typed, "key", "")
        confirms = (
            key in self._confirming
            or self._runs_one(key)
            or (key == "space" and isinstance(self._screen.focused, Button))
        )
        if confirms and not self.before(typed):
            self._dropped = key
            if self.complete:
                self._say_so()
            return Taking.NEVER
        if self.before(typed):
            self._dropped = ""
        return Taking.NOW

    def _runs_one(self, key: str) -> bool:
        if not self._actions:
            return False
        bound = bindings_now(self._screen).key_to_bindings.get(key, ())
        return any(parse(binding.action)[1] in self._actions for binding in bound)
