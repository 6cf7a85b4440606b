"""A new lockout told by the terminal itself: its bell, and a desktop notice where the agent wants one."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import App

LONGEST: Final = 120
"""Characters of a notice; a terminal shows no more of it either."""
_ST: Final = "\x1b\\"
_FIELDS: Final = ("rxvt", "foot", "contour")
"""Terminals, by the beginning of TERM, that know OSC 777; so do those of VTE, WezTerm and Ghostty."""
_FIELD_PROGRAMS: Final = frozenset({"WezTerm", "ghostty"})


class Bell(StrEnum):
    """What a new lockout does beside being shown."""

    OFF = "off"
    BELL = "bell"
    DESKTOP = "bell and desktop notice"

    @property
    def next(self) -> Bell:
        """What comes after it, in a circle."""
        kinds = list(Bell)
        return kinds[(kinds.index(self) + 1) % len(kinds)]


def harmless(text: str) -> str:
    """A text for a control sequence: one line, printable characters only, nothing that ends or divides a sequence."""
    kept = "".join(character for character in plain(text) if character.isprintable())
    return plain(kept.replace(";", ",").replace("\ufffd", ""), limit=LONGEST).strip()


def notice(text: str, environ: Mapping[str, str] | None = None) -> str:
    """The control sequence of a desktop notice; empty for a terminal that would print it.

    OSC 777 has a title and a text, OSC 9 a text alone, which must not begin with a digit: ConEmu and Windows Terminal
    take that for a command. Terminals that know both would show it twice, so that only one is sent.

    Args:
        text: What to tell; untrusted.
        environ: The environment, which tells the terminal's kind.
    """
    environ = os.environ if environ is None else environ
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if term in {"", "dumb", "linux"}:
        return ""
    text = harmless(text)
    fields = term.startswith(_FIELDS) or program in _FIELD_PROGRAMS or "VTE_VERSION" in environ
    sequence = f"\x1b]777;notify;keydesk;{text}{_ST}" if fields else f"\x1b]9;keydesk: {text}{_ST}"
    if environ.get("TMUX"):  # passed on where `allow-passthrough` is on, swallowed where it is not
        return f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}{_ST}"
    return sequence


def ring(app: App[object], kind: Bell, text: str) -> None:
    """Tell the agent of something new.

    Args:
        app: The app, which has the terminal.
        kind: In which way; nothing at all is written when it is off.
        text: What to tell; untrusted.
    """
    if kind is Bell.OFF:
        return
    app.bell()
    driver = app._driver  # noqa: SLF001 - as Textual's own clipboard does; it has no public way to write a sequence
    if kind is Bell.DESKTOP and driver is not None and (sequence := notice(text)):
        driver.write(sequence)
