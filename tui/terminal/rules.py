"""What a terminal may be asked to do, by its name in `TERM`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

OFF: Final = frozenset({"", "dumb", "unknown"})
"""Names that say nothing of the terminal, or that it can do nothing; Textual's own output is used there."""
COMPLETE: Final = frozenset(
    {
        "alacritty", "contour", "foot", "ghostty", "gnome", "iterm2", "kitty", "konsole", "mintty", "putty", "rio",
        "st", "tmux", "vte", "wezterm", "xterm",
    }
)  # fmt: skip
"""Terminals that do all that `Rules` names: the part of `TERM` before the first hyphen."""


class Rules(Struct, frozen=True):
    """What may be sent to a terminal beyond absolute moves, whole colours and text.

    Nothing here asks a terminal to repeat a character (REP), since GNU screen ignores that.

    Attributes:
        moves: Moves from where the cursor is, or within its line.
        erases: Erasing a number of cells (ECH) or the rest of a line (EL).
        erases_in_colour: What is erased, or comes in by scrolling, takes the current background (terminfo's `bce`).
        scrolls: Scrolling the lines of a region (DECSTBM, SU, SD).
        part_colours: Taking back one attribute or colour, and leaving the others as they are.
    """

    moves: bool = True
    erases: bool = True
    erases_in_colour: bool = True
    scrolls: bool = True
    part_colours: bool = True


FULL: Final = Rules()
CAREFUL: Final = Rules(moves=False, erases=False, erases_in_colour=False, scrolls=False, part_colours=False)
"""For terminals that nobody has looked at."""
GNU_SCREEN: Final = Rules(erases_in_colour=False)
"""It fills with the default background, unless its user has set `defbce`."""
LINUX_CONSOLE: Final = Rules(scrolls=False)
"""Its manual page, console_codes(4), names neither SU nor SD."""


def rules_for(environ: Mapping[str, str], platform: str) -> Rules | None:
    """Return what the terminal may be asked; `None` where Textual's own output is to be used.

    Args:
        environ: The environment.
        platform: The operating system, as `sys.platform` names it.
    """
    term = environ.get("TERM", "").casefold()
    name = term.partition("-")[0]
    if platform == "win32" or name in OFF:
        return None
    if name.startswith("screen"):
        return FULL if environ.get("TMUX") else GNU_SCREEN  # tmux takes that name, too
    if name == "linux":
        return LINUX_CONSOLE
    if environ.get("TERM_PROGRAM") == "Apple_Terminal":
        return CAREFUL  # it calls itself xterm, and nobody could try it
    return FULL if name in COMPLETE else CAREFUL
