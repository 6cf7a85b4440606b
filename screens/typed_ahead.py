"""Keys typed behind enter in a search box: they wait for what enter opens, such as a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.message import Message

from tui.desk.text.tone import Tone
from widgets.key_queue import KeysWanted, Taking, turns_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from screens.base import DeskScreen
    from widgets.key_queue import Typed

_TAKES: Final = {"enter", "down"}
"""The keys that leave the search box for whom it found."""


class TypedAhead:
    """Has keys wait from enter in the box until what it opens is there, and drops them where there is nothing.

    Args:
        screen: The screen with the box.
        on_turned_back: Called when the agent has thought of something else before there was an answer to enter.
    """

    def __init__(self, screen: DeskScreen, *, on_turned_back: Callable[[], object]) -> None:
        self._screen = screen
        self._on_turned_back = on_turned_back
        self._text: str | None = None
        self._person = ""
        self._dropped_until = 0.0
        self._dropping = False
        self._why = ""

    @property
    def waiting(self) -> bool:
        """Return whether keys wait now."""
        return self._text is not None

    def taking(self, typed: Typed, text: str) -> Taking:
        """Return what to do with a key, or with what was pasted.

        Args:
            typed: The key, or what was pasted.
            text: The text of the search box, if the box has the focus; else an empty text.
        """
        key = getattr(typed, "key", "")
        if typed.time <= self._dropped_until and not turns_back(typed):
            self._tell()
            return Taking.NEVER
        if self._dropping:
            return Taking.NOW if turns_back(typed) else Taking.LATER
        if self.waiting:
            if not turns_back(typed):
                return Taking.LATER
            self._text = None
            self._on_turned_back()
            return Taking.NEVER if key == "escape" else Taking.NOW
        if key in _TAKES and text.strip():
            self._text, self._person = text, ""
        return Taking.NOW

    def typed(self, text: str) -> None:
        """Drop the keys if the box has another text than when enter was pressed, as after a paste."""
        if self.waiting and text != self._text:
            self.drop("the search was changed")

    def wait(self) -> None:
        """Have keys wait from now on, for a dialog that opens once something is read."""
        self._text, self._person = "", ""

    def wait_for(self, user_id: str) -> None:
        """Wait for this person to be read."""
        if self.waiting:
            self._person = user_id

    def has_read(self, user_id: str) -> None:
        """Hand the keys on if they wait for this person."""
        if self.waiting and self._person == user_id:
            self.hand_on()

    def not_read(self, user_id: str) -> None:
        """Drop the keys if they wait for this person, who could not be read."""
        if self._person == user_id:
            self.drop("the person could not be read")

    def hand_on(self) -> None:
        """Hand the keys on."""
        if self.waiting:
            self._text = None
            self._screen.post_message(KeysWanted())

    def drop(self, why: str) -> None:
        """Drop the keys, and all that are typed until the screen shows why they are of no use."""
        if self.waiting and not self._dropping:
            self._dropping, self._why = True, why
            self._screen.call_after_refresh(self._shown)

    def _shown(self) -> None:
        self._dropping, self._text = False, None
        self._dropped_until = Message().time  # by the clock that stamps keys, when they arrive
        self._screen.post_message(KeysWanted())

    def _tell(self) -> None:
        """Say once that keys were dropped."""
        if self._why:
            self._screen.notice.show("What was typed ahead was dropped", f"Why: {self._why}.", Tone.WARN)
            self._why = ""
