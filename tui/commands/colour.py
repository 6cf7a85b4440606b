"""Colour on the command line: whether a stream takes it, and what stands around a text of each tone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Self

from tui.desk.text.tone import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

_RESET: Final = "\x1b[0m"
# Of the terminal's own sixteen colours, which its owner chose to be readable on its ground.
_BEGIN: Final[Mapping[Tone, str]] = {
    Tone.PLAIN: "",
    Tone.GOOD: "\x1b[32m",
    Tone.WARN: "\x1b[33m",
    Tone.BAD: "\x1b[1;31m",
    Tone.MUTED: "\x1b[2m",
}
_TITLE: Final = "\x1b[1m"


class Toned(str):
    """A cell of a table, and the tone in which a terminal with colours shows it; the text alone says the same.

    Attributes:
        tone: The tone.
    """

    __slots__ = ("tone",)
    tone: Tone

    def __new__(cls, text: str, tone: Tone) -> Self:
        """Make the cell from its text and its tone."""
        cell = super().__new__(cls, text)
        cell.tone = tone
        return cell


def wants_colour(stream: TextIO, environ: Mapping[str, str] | None = None) -> bool:
    """Whether text for a stream is to be coloured.

    A variable counts where it is set and not empty: `NO_COLOR` forbids colour whatever else is set; `FORCE_COLOR` and
    `CLICOLOR_FORCE` want it in a pipe too, unless they are `0`. Without them only a terminal gets it, and not one
    whose `TERM` is `dumb` or missing, nor where `CLICOLOR` or `FORCE_COLOR` is `0`.

    Args:
        stream: Where the text goes.
        environ: The environment variables; those of the process by default.
    """
    environ = os.environ if environ is None else environ
    if environ.get("NO_COLOR"):
        return False
    forced = [value for name in ("FORCE_COLOR", "CLICOLOR_FORCE") if (value := environ.get(name))]
    if any(value != "0" for value in forced):
        return True
    if environ.get("FORCE_COLOR") == "0" or environ.get("CLICOLOR") == "0":
        return False
    return environ.get("TERM", "dumb") not in {"dumb", ""} and stream.isatty()


def painted(text: str, tone: Tone) -> str:
    """Return a text with the sequences of its tone around it, for a stream that takes colour."""
    begin = _BEGIN[tone]
    return f"{begin}{text}{_RESET}" if begin and text.strip() else text


def painted_title(text: str) -> str:
    """Return a heading with the sequences for bold around it, for a stream that takes colour."""
    return f"{_TITLE}{text}{_RESET}" if text else text
