"""Keys one after the other: the next one is handed on when all is done that the one before led to.

Textual hands a key to what has the focus at that moment, also while the key before is still opening a dialog or waiting
for an answer. So keys that were typed ahead would go to the wrong widget, or be lost. Here they wait for their turn.
"""

from __future__ import annotations

from collections import deque
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final
from weakref import ref

from textual import events
from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection
    from weakref import ReferenceType

    from textual.app import App
    from textual.screen import Screen
    from textual.timer import Timer

_ROUNDS: Final = 3
"""How often a message travels from the focus to the app before a key counts as done: the key, what it posted, and what
that posted, as a focus or a new screen."""
_LOST: Final = 0.1
"""Seconds after which such a message is sent anew: a widget that was just removed passes nothing on."""
_COOKED_ENTER: Final = "ctrl+j"
"""Enter that was typed while the terminal still turned it into a line feed, just before keydesk had opened it."""

TURNING_BACK: Final = frozenset(
    {"escape", "backspace", "ctrl+c", "ctrl+p", "ctrl+q", *(f"f{number}" for number in range(1, 13))}
)
"""Keys that do not wait: they drop what was typed ahead, since the agent has thought of something else. So does a
paste."""


Typed = events.Key | events.Paste


def turns_back(typed: Typed) -> bool:
    """Return whether this does not wait for what was typed before, but drops it."""
    return not isinstance(typed, events.Key) or typed.key in TURNING_BACK


def is_text(typed: Typed) -> bool:
    """Return whether this is meant for a field: text, or a key that leads to the next one."""
    return not isinstance(typed, events.Key) or typed.is_printable or typed.key in {"enter", "tab"}


class Taking(Enum):
    """What a screen does with a key that is about to reach it."""

    NOW = auto()
    LATER = auto()
    """The key and all behind it wait until the screen posts `KeysWanted`."""
    TAKEN = auto()
    """The screen has done what the key is for, so nothing is waited for: many that arrive together cost as one."""
    NEVER = auto()
    """The key is dropped, since it was typed before there was something that it could mean."""


class KeysWanted(Message):
    """Posted by a screen that takes keys again after `Taking.LATER`.

    Whatever decides that has happened by then, the focus included: a screen moves it with its own `set_focus`, since a
    widget's `focus` only asks the app to do so later.

    Attributes:
        arrived: The screen that was drawn for the first time, for `KeyQueue` alone; `None` for any other reason.
    """

    def __init__(self, arrived: ReferenceType[Screen[object]] | None = None) -> None:
        super().__init__()
        self.arrived = arrived


class Travelled(Message):
    """What `KeyQueue` sends from the focus to the app, behind a key and all that the key has posted on the way."""

    def __init__(self, number: int, rounds: int) -> None:
        super().__init__()
        self.number = number
        self.rounds = rounds


class KeyQueue:
    """Hands an app's keys on, one by one, to screens that may have them wait.

    A screen that has a say in it has a method `taking(typed) -> Taking`. What was pasted waits its turn as keys do.
    No key reaches a screen before all of its widgets are there and were drawn once: Textual puts a new screen in front
    at once and composes it afterwards, and an action of it would look for widgets that are not there yet.

    Args:
        app: The app.
        hand_on: The app's own way of handling a key.
    """

    def __init__(self, app: App[Any], hand_on: Callable[[Typed], Awaitable[None]]) -> None:
        self._app = app
        self._hand_on = hand_on
        self._keys: deque[Typed] = deque()
        self._number = 0
        self._busy = False
        self._waiting = False
        self._passing: Collection[str] | None = None
        self._fallback: Timer | None = None
        self._screen: ReferenceType[Screen[object]] | None = None
        self._arriving: ReferenceType[Screen[object]] | None = None

    async def put(self, typed: Typed) -> None:
        """Take a key from the terminal, or what was pasted."""
        if isinstance(typed, events.Key) and typed.key == _COOKED_ENTER:
            typed.key, typed.character = "enter", "\r"
        if self._passing is not None and getattr(typed, "key", "") in self._passing:
            self._keys.clear()
            await self._hand_on(typed)
            return
        if self._waiting and turns_back(typed):
            self._keys.clear()
        self._keys.append(typed)
        if self._busy:
            self._watch()
        else:
            await self.go_on()

    async def put_back(self, typed: Typed) -> None:
        """Take a key again that is on its way through a screen which meanwhile has a new one in front of it."""
        self._keys.appendleft(typed)
        await self.go_on()

    async def travelled(self, message: Travelled) -> None:
        """Count a message that came back; after the last one the next key has its turn."""
        if message.number == self._number and self._busy:
            if message.rounds < _ROUNDS:
                self._send(message.rounds + 1)
            else:
                await self._done()

    async def go_on(self) -> None:
        """Hand on the next key that is taken now, unless one is on its way."""
        while self._keys and not self._busy and self._passing is None and self._has_arrived():
            key = self._keys[0]
            taking = getattr(self._app.screen, "taking", None)
            match taking(key) if taking else Taking.NOW:
                case Taking.LATER:
                    self._waiting = True
                    return
                case Taking.NEVER | Taking.TAKEN:
                    self._keys.popleft()
                case Taking.NOW:
                    self._keys.popleft()
                    self._busy = True
                    self._number += 1
                    await self._hand_on(key)
                    self._send(1)
        self._waiting = False

    async def wanted(self, message: KeysWanted) -> None:
        """Go on, since a screen takes keys now; one that was drawn, unless widgets of it are still being made."""
        arrived = message.arrived and message.arrived()
        if arrived is not None and self._arriving is not None and self._arriving() is arrived:
            if not arrived.is_mounted:
                arrived.call_later(arrived.post_message, message)
                return
            self._screen, self._arriving = self._arriving, None
        await self.go_on()

    def _has_arrived(self) -> bool:
        """Return whether the screen in front was drawn once; before, none of its widgets has the focus.

        While all screens are exchanged, and while keydesk ends, there is none.
        """
        if not self._app.screen_stack:
            return False
        screen = self._app.screen
        if self._screen is not None and self._screen() is screen:
            return True
        if self._arriving is None or self._arriving() is not screen:
            self._arriving = ref(screen)
            screen.call_after_refresh(screen.post_message, KeysWanted(self._arriving))
        return False

    def pause(self, passing: Collection[str] = ()) -> None:
        """Keep all keys until `resume`, as while another screen is being made.

        Args:
            passing: Keys that do not wait: each drops those that do, and is handed on at once.
        """
        self._passing = passing

    async def resume(self, *, drop: bool = False) -> None:
        """Hand on the keys that were kept, or drop them, since what they were meant for did not come."""
        self._passing = None
        if drop:
            self._keys.clear()
        await self.go_on()

    def _send(self, rounds: int) -> None:
        app = self._app
        way = (app.focused or app.screen) if app.screen_stack else app
        if not way.post_message(Travelled(self._number, rounds)):
            app.post_message(Travelled(self._number, _ROUNDS))
        if self._keys:
            self._watch()

    def _watch(self) -> None:
        """Send the message anew if it does not come back, since somebody has typed on."""
        if self._fallback is None:
            self._fallback = self._app.set_timer(_LOST, self._send_anew)

    def _send_anew(self) -> None:
        """Send the message from what has the focus now; a busy machine may only be slow, so no key goes before it."""
        self._fallback = None
        if self._busy:
            self._send(1)

    async def _done(self) -> None:
        if self._fallback is not None:
            self._fallback.stop()
            self._fallback = None
        self._busy = False
        await self.go_on()
