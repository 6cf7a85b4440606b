"""The colours of each role, in each theme and for each depth of colour: the only colours that keydesk has.

Which role is for what stands in docs/look.md. A test computes the contrast of each.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.connectors.desk_settings import ThemeName

    Look = Mapping["Depth", "Inks"]

FRINGE: Final = 232
"""The first of the greys in the palette of 256 colours; the colours of the cube stand before it, from 16."""
_STEPS: Final = (0, 95, 135, 175, 215, 255)
"""The six amounts of red, green or blue of the cube."""


class Depth(Enum):
    """How many colours the terminal takes; the value is their number."""

    NONE = 0
    NAMED = 16
    INDEXED = 256
    TRUE = 2**24


class Inks(NamedTuple):
    """One colour for each role, as Textual writes colours; the fields are the roles' names in style sheets.

    The seven after `focus` are the colours of connectors, which their admins choose; a connector's chip alone has them.
    """

    ground: str
    panel: str
    text: str
    muted: str
    accent: str
    good: str
    warn: str
    bad: str
    production: str
    focus: str
    connector_blue: str
    connector_green: str
    connector_teal: str
    connector_purple: str
    connector_grey: str
    connector_orange: str
    connector_red: str


def indexed(number: int) -> str:
    """Return one of the 256 colours from 16 on, written so that exactly this one is sent to the terminal.

    Rich finds the nearest grey by lightness in 25 steps, which for the lighter half is not the grey's own value.
    """
    if number >= FRINGE:
        grey = round((number - FRINGE + 1) * 10.2)
        return f"#{grey:02x}{grey:02x}{grey:02x}"
    red, rest = divmod(number - 16, 36)
    green, blue = divmod(rest, 6)
    return f"#{_STEPS[red]:02x}{_STEPS[green]:02x}{_STEPS[blue]:02x}"


def _numbers(*numbers: int) -> Inks:
    return Inks(*map(indexed, numbers))


def _names(names: str) -> Inks:
    return Inks(*(f"ansi_{name}" for name in names.split()))


_TERMINAL: Final = _names(
    "default default default default cyan green yellow bright_red bright_magenta bright_cyan "
    "cyan green cyan bright_magenta default yellow bright_red"
)
_DARK_16: Final = _names(
    "black black bright_white white cyan bright_green bright_yellow bright_red bright_magenta bright_cyan "
    "bright_cyan bright_green cyan bright_magenta white bright_yellow bright_red"
)
LOOKS: Final[Mapping[ThemeName, Look]] = {
    "dark": {
        Depth.TRUE: Inks(
            "#0f131a", "#1b212c", "#e8ebf1", "#a3adbd", "#bba6ff", "#7bdc9c", "#f2c05a", "#ff8d87", "#ff7ab8",
            "#6db9ff", "#6db9ff", "#7bdc9c", "#5fd3cd", "#bba6ff", "#a3adbd", "#ffb06e", "#ff8d87",
        ),
        Depth.INDEXED: _numbers(233, 235, 254, 248, 141, 114, 221, 210, 212, 75, 75, 114, 80, 141, 248, 215, 210),
        Depth.NAMED: _DARK_16,
    },
    "light": {
        Depth.TRUE: Inks(
            "#fbfbfa", "#edeff3", "#1a1f28", "#515a68", "#6438bd", "#0c6537", "#7a4f00", "#b0231b", "#9c1166",
            "#0a56ae", "#0a56ae", "#0c6537", "#006464", "#6438bd", "#515a68", "#8f4400", "#b0231b",
        ),
        Depth.INDEXED: _numbers(231, 255, 234, 240, 55, 22, 94, 124, 126, 25, 25, 22, 23, 55, 240, 94, 124),
        Depth.NAMED: _names(
            "bright_white bright_white black black blue blue magenta red magenta blue "
            "blue black blue magenta black red red"
        ),
    },
    "colour-blind": {  # after Okabe and Ito: blue is good, orange bad, and each differs in lightness too
        Depth.TRUE: Inks(
            "#0f131a", "#1b212c", "#e8ebf1", "#a3adbd", "#d3c8ff", "#56b4e9", "#f0e442", "#ff9a3d", "#e6a3cb",
            "#ffffff", "#56b4e9", "#2fc79b", "#7fd6d6", "#d3c8ff", "#a3adbd", "#ff9a3d", "#e6a3cb",
        ),
        Depth.INDEXED: _numbers(233, 235, 254, 248, 183, 75, 227, 208, 218, 231, 75, 43, 116, 183, 248, 208, 218),
        Depth.NAMED: _names(
            "black black bright_white white white bright_cyan bright_yellow bright_red bright_magenta bright_white "
            "bright_cyan bright_green cyan bright_magenta white bright_yellow bright_red"
        ),
    },
    "high-contrast": {
        Depth.TRUE: Inks(
            "#000000", "#161616", "#ffffff", "#d9d9d9", "#ffd75f", "#5fff87", "#ffff5f", "#ffa3a3", "#ff9cff",
            "#5fffff", "#8fc7ff", "#5fff87", "#5fffff", "#d7bfff", "#d9d9d9", "#ffb86b", "#ffa3a3",
        ),
        Depth.INDEXED: _numbers(16, 234, 231, 253, 221, 84, 227, 217, 213, 87, 117, 84, 87, 183, 253, 215, 217),
        Depth.NAMED: _names(
            "black black bright_white bright_white bright_yellow bright_green bright_yellow bright_red bright_magenta "
            "bright_cyan bright_cyan bright_green cyan bright_magenta white bright_yellow bright_red"
        ),
    },
    "terminal": dict.fromkeys((Depth.TRUE, Depth.INDEXED, Depth.NAMED), _TERMINAL),
}  # fmt: skip
"""By theme and depth. Where the terminal takes no colour, the named ones stand in: nothing of them is sent."""

LIGHT: Final = frozenset({"light"})


def inks(theme: ThemeName, depth: Depth) -> Inks:
    """Return the colours of a theme for a depth."""
    look = LOOKS[theme]
    return look[Depth.NAMED if depth is Depth.NONE else depth]
