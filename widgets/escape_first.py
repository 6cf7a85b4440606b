"""Escape stays a key of its own, also where another key follows at once, as over a line that sends both together."""

from __future__ import annotations

import os
import sys
from codecs import getincrementaldecoder
from contextlib import suppress
from selectors import EVENT_READ, SelectSelector
from typing import TYPE_CHECKING, Final

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._parser import ParseError
from textual._xterm_parser import XTermParser

from tui.terminal.line import escape_delay

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.driver import Driver
    from textual.message import Message

ESC: Final = "\x1b"
_BEGINNINGS: Final = frozenset("[O]P_^XN\\" + ESC)
"""Characters with which a terminal's longer sequences go on behind escape."""
_PASTE, _PASTED = "\x1b[200~", "\x1b[201~"
"""The sequences before and behind a pasted text."""
_UNIX: Final = "textual.drivers.linux_driver"
"""The module of Textual's driver for Linux and macOS."""
_POLL: Final = 0.1
"""Seconds between two looks whether the app ends, as in Textual's driver."""
_REST: Final = 0.5
"""Seconds for which the rest of a sequence may be on its way: nobody types its beginning by hand."""
_CHUNK: Final = 4096
"""Bytes that are read at once."""


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
            if self.pause(0.0) == 0.0 and not _goes_on(character):
                yield from self.end_pause()
            self._before = (self._before + character)[-len(_PASTE) :]
            self._pasting = self._before == _PASTE
            yield from super().feed(character)

    def pause(self, delay: float) -> float | None:
        """Return for how many seconds more characters are to be waited for; `None` where nothing hangs on them.

        Args:
            delay: Seconds that an escape by itself waits, since it may be a key or begin the sequence of one.
        """
        if self._timeout_time is None:
            return None
        return delay if self._before.endswith(ESC) else max(delay, _REST)

    def end_pause(self) -> Iterable[Message]:
        """Yield what the characters so far mean, since no more have come."""
        self._timeout_time = 0.0
        return self.tick()

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
    """Return a driver that reads its keys by `EscapeFirst`, and waits behind an escape no longer than is of use.

    Args:
        driver: Textual's driver for the terminal. All make their parser by the name in their own module; only the loop
            of the one for Unix is replaced.
    """
    module = vars(sys.modules[driver.__module__])
    if "XTermParser" in module:
        module["XTermParser"] = EscapeFirst
    if driver.__module__ != _UNIX:
        return driver

    class PromptDriver(driver):  # type: ignore[valid-type,misc]
        """Textual's driver with a loop of its own that reads the keys.

        Textual's looks at what an escape waits for every tenth of a second, whatever `ESCDELAY` says, and also where
        the rest of a sequence has arrived and is only not read yet.
        """

        def run_input_thread(self) -> None:
            """Read what the terminal sends, and hand it on, until the app ends; runs in a thread."""
            parser, delay = EscapeFirst(self._debug), escape_delay(os.environ) / 1000
            decode = getincrementaldecoder("utf-8")("replace").decode
            with SelectSelector() as selector:
                selector.register(self.fileno, EVENT_READ)
                while not self.exit_event.is_set():
                    pause = parser.pause(delay)
                    if selector.select(_POLL if pause is None else pause):
                        read = b""
                        with suppress(OSError):  # how some systems say that nobody is at the other end
                            read = os.read(self.fileno, _CHUNK)
                        if not read:  # the terminal is gone; the signal that tells so ends the app
                            self.exit_event.wait()
                            break
                        heard = parser.feed(text) if (text := decode(read)) else ()
                    else:
                        heard = () if pause is None else parser.end_pause()
                    for message in heard:
                        self.process_message(message)
            with suppress(EOFError, ParseError):
                for _ in parser.feed(""):
                    pass

    return PromptDriver
