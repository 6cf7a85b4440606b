"""The terminal's own signals for a new lockout: its bell, and a desktop notice if the agent wants one."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import App

LONGEST: Final = 120
"""Most characters of a notice; terminals show no more."""
_ST: Final = "\x1b\\"
_FIELDS: Final = ("rxvt", "foot", "contour")
"""Beginnings of TERM of terminals that know OSC 777; so do those based on VTE, WezTerm and Ghostty."""
_FIELD_PROGRAMS: Final = frozenset({"WezTerm", "ghostty"})


class Bell(StrEnum):
    """The signal for a new lockout, beside its row in the list."""

    OFF = "off"
    BELL = "bell"
    DESKTOP = "bell and desktop notice"

    @property
    def next(self) -> Bell:
        """Return the next kind of signal, in a circle."""
        kinds = list(Bell)
        return kinds[(kinds.index(self) + 1) % len(kinds)]


def harmless(text: str) -> str:
    """Return text that is safe in a control sequence: one printable line that cannot end or divide the sequence."""
    kept = "".join(character for character in plain(text) if character.isprintable())
    return plain(kept.replace(";", ",").replace("\ufffd", ""), limit=LONGEST).strip()


def notice(text: str, environ: Mapping[str, str] | None = None) -> str:
    """Return the control sequence of a desktop notice; empty for a terminal that would print it.

    OSC 777 has a title and a text. OSC 9 has only a text, which must not begin with a digit: ConEmu and Windows
    Terminal would read a command. Terminals that know both would show the notice twice, so only one sequence is sent.

    Args:
        text: The notice's text; untrusted.
        environ: The environment variables, which name the kind of terminal.
    """
    environ = os.environ if environ is None else environ
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if term in {"", "dumb", "linux"}:
        return ""
    text = harmless(text)
    knows_osc_777 = term.startswith(_FIELDS) or program in _FIELD_PROGRAMS or "VTE_VERSION" in environ
    sequence = f"\x1b]777;notify;keydesk;{text}{_ST}" if knows_osc_777 else f"\x1b]9;keydesk: {text}{_ST}"
    if environ.get("TMUX"):  # tmux forwards it if `allow-passthrough` is on, and drops it otherwise
        return f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}{_ST}"
    return sequence


def ring(app: App[object], kind: Bell, text: str) -> None:
    """Give the agent a signal.

    Args:
        app: The app, which writes to the terminal.
        kind: The kind of signal; nothing is written when it is off.
        text: The notice's text; untrusted.
    """
    if kind is Bell.OFF:
        return
    app.bell()
    driver = app._driver  # noqa: SLF001 - as Textual's own clipboard does; it has no public way to write a sequence
    if kind is Bell.DESKTOP and driver is not None and (sequence := notice(text)):
        driver.write(sequence)
