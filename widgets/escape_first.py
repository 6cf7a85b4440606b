"""Escape stays a key of its own, also where another key follows at once, as over a line that sends both together."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.driver import Driver
    from textual.message import Message

ESC: Final = "\x1b"
_BEGINNINGS: Final = frozenset("[O]P_^XN\\" + ESC)
"""Characters with which a terminal's longer sequences go on behind escape."""
_PASTE, _PASTED = "\x1b[200~", "\x1b[201~"
"""The sequences before and behind a pasted text."""


class EscapeFirst(XTermParser):
    """Textual's parser, which would take escape and a key behind it for alt and that key, or for that key alone.

    Then whoever cancels and goes on fast would confirm: escape and enter became enter. Here escape is handed on as soon
    as the character behind it shows that it begins no sequence. A terminal that sends alt as escape types escape, too.

    What is pasted presses no keys: without its escapes it is text. Textual would take what follows one for keys.
    """

    _before: str = ""
    _pasting: bool = False
    _held: str = ""

    def feed(self, data: str) -> Iterable[Message]:
        """Take what the terminal sent, and yield what it means.

        Args:
            data: Characters, as many as have arrived; an empty text is the end.
        """
        if not data:
            yield from super().feed(data)
        for character in data:
            if self._pasting:
                yield from self._pasted(character)
                continue
            waiting = self._before.endswith(ESC) and self._timeout_time is not None
            if waiting and not _goes_on(character):
                self._timeout_time = 0.0
                yield from self.tick()
            self._before = (self._before + character)[-len(_PASTE) :]
            self._pasting = self._before == _PASTE
            yield from super().feed(character)

    def _pasted(self, character: str) -> Iterable[Message]:
        """Take a character of a pasted text; an escape in it that does not begin its end is left out."""
        if character == ESC:
            text, self._held = self._held.removeprefix(ESC), ESC
        elif _PASTED.startswith(self._held + character):
            text, self._held = "", self._held + character
        else:
            text, self._held = self._held.removeprefix(ESC) + character, ""
        if self._held == _PASTED:
            text, self._held, self._before, self._pasting = _PASTED, "", "", False
        if text:
            yield from super().feed(text)


def _goes_on(character: str) -> bool:
    """Return whether escape and this character are, or begin, a sequence that terminals send for one key."""
    return character in _BEGINNINGS or ESC + character in ANSI_SEQUENCES_KEYS


def with_escape_first(driver: type[Driver]) -> type[Driver]:
    """Return a driver that parses by `EscapeFirst`; it makes its parser itself, by the name in its own module."""
    module = vars(sys.modules[driver.__module__])
    if "XTermParser" in module:
        module["XTermParser"] = EscapeFirst
    return driver
