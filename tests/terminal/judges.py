"""Terminals that keydesk's authors did not write, and what each of their cells shows: they judge what is sent.

Ghostty's core and asciinema's `avt` run in this process. xterm.js runs in Node, where both are installed:
`npm install @xterm/headless` in the folder above this repository, or in one that NODE_PATH names.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import avt
from pyghostty._ffi import check, ffi, lib, union_fn
from pyghostty.core import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

_XTERM: Final = Path(__file__).with_name("xterm_judge.cjs")
_ON_BLANKS: Final = frozenset({"underline", "inverse", "strikethrough", "overline"})
"""What shows of a blank, beside its background."""


class Look(NamedTuple):
    """What one cell shows.

    Attributes:
        text: The glyph; empty for the right half of a wide one, a space for none at all.
        width: Its columns as the terminal sees it: 1, 2, or 0 for a right half.
        attributes: Bold, underline and so on, as far as they show.
        ink: The foreground; `None` for the terminal's own, and for a blank on which it does not show.
        paper: The background; `None` for the terminal's own.
        link: The address of a link.
    """

    text: str
    width: int
    attributes: frozenset[str]
    ink: object
    paper: object
    link: str = ""


def look(text: str, width: int, attributes: set[str], ink: object, paper: object, link: str = "") -> Look:
    """Return a look without what cannot be seen."""
    if text in {"", " ", "\0"} and width and not attributes & _ON_BLANKS:
        return Look(" ", 1, frozenset(), None, paper, link)
    return Look(text or (" " if width else ""), width, frozenset(attributes), ink, paper, link)


class Shot(NamedTuple):
    """What a terminal shows."""

    cursor: tuple[int, int]
    lines: list[list[Look]]


class Judge(Protocol):
    """A terminal."""

    def feed(self, data: str) -> None: ...

    def resize(self, width: int, height: int) -> None: ...

    def shot(self) -> Shot: ...


class Ghostty:
    """Ghostty's core: text, styles and links of each cell."""

    joins = False
    """Whether a picture that is joined of several takes the cells of one; Ghostty itself asks for that."""

    def __init__(self, width: int, height: int) -> None:
        self._terminal = Terminal(width, height, 0)
        if self.joins:
            self.feed("\x1b[?2027h")

    def feed(self, data: str) -> None:
        self._terminal.feed(data)

    def resize(self, width: int, height: int) -> None:
        self._terminal.resize(width, height)

    def shot(self) -> Shot:
        terminal = self._terminal
        width, height = terminal.size
        reader = _GhosttyReader(terminal._t[0])
        x, y = terminal.cursor
        return Shot((x, y), [[reader.look(x, y) for x in range(width)] for y in range(height)])


class JoiningGhostty(Ghostty):
    """Ghostty as it is by default."""

    joins = True


class _GhosttyReader:
    """Reads the cells of one picture; pyghostty's own way is too slow for thousands of them."""

    _FLAGS: Final = ("bold", "italic", "faint", "blink", "inverse", "invisible", "strikethrough", "overline")

    def __init__(self, terminal: object) -> None:
        self._terminal = terminal
        self._find = union_fn(
            "ghostty_terminal_grid_ref", "GhosttyResult(*)(GhosttyTerminal, GhosttyPointS, GhosttyGridRef*)"
        )
        self._point = ffi.new("GhosttyPointS*")
        self._point.tag = lib.GHOSTTY_POINT_TAG_ACTIVE
        self._ref = ffi.new("GhosttyGridRef*")
        self._ref.size = ffi.sizeof("GhosttyGridRef")
        self._cell = ffi.new("GhosttyCell*")
        self._small = ffi.new("uint32_t*")
        self._rgb = ffi.new("GhosttyColorRgb*")
        self._buffer = ffi.new("uint32_t[64]")
        self._bytes = ffi.new("uint8_t[4096]")
        self._length = ffi.new("size_t*")
        self._styles: dict[int, tuple[set[str], object, object]] = {}
        self._known: dict[int, Look] = {}

    def look(self, x: int, y: int) -> Look:
        self._point.value.x, self._point.value.y = x, y
        check(self._find(self._terminal, self._point[0], self._ref), "grid_ref")
        check(lib.ghostty_grid_ref_cell(self._ref, self._cell), "cell")
        raw = int(self._cell[0])
        if raw in self._known:
            return self._known[raw]
        found = self._read()
        if (
            self._get(lib.GHOSTTY_CELL_DATA_CONTENT_TAG) != lib.GHOSTTY_CELL_CONTENT_CODEPOINT_GRAPHEME
            and not found.link
        ):
            self._known[raw] = found
        return found

    def _read(self) -> Look:
        wide = self._get(lib.GHOSTTY_CELL_DATA_WIDE)
        width = {lib.GHOSTTY_CELL_WIDE_WIDE: 2, lib.GHOSTTY_CELL_WIDE_SPACER_TAIL: 0}.get(wide, 1)
        tag = self._get(lib.GHOSTTY_CELL_DATA_CONTENT_TAG)
        if tag == lib.GHOSTTY_CELL_CONTENT_BG_COLOR_RGB:
            check(lib.ghostty_cell_get(self._cell[0], lib.GHOSTTY_CELL_DATA_COLOR_RGB, self._rgb), "colour")
            return look(" ", width, set(), None, (self._rgb.r, self._rgb.g, self._rgb.b))
        if tag == lib.GHOSTTY_CELL_CONTENT_BG_COLOR_PALETTE:
            return look(" ", width, set(), None, self._get(lib.GHOSTTY_CELL_DATA_COLOR_PALETTE))
        attributes, ink, paper = self._style(self._get(lib.GHOSTTY_CELL_DATA_STYLE_ID))
        text = ""
        if self._get(lib.GHOSTTY_CELL_DATA_HAS_TEXT):
            check(lib.ghostty_grid_ref_graphemes(self._ref, self._buffer, 64, self._length), "graphemes")
            text = "".join(chr(self._buffer[at]) for at in range(self._length[0]))
        return look(text, width, attributes, ink, paper, self._link())

    def _get(self, key: int) -> int:
        self._small[0] = 0
        check(lib.ghostty_cell_get(self._cell[0], key, self._small), "cell_get")
        return int(self._small[0])

    def _link(self) -> str:
        if not self._get(lib.GHOSTTY_CELL_DATA_HAS_HYPERLINK):
            return ""
        check(lib.ghostty_grid_ref_hyperlink_uri(self._ref, self._bytes, 4096, self._length), "link")
        return bytes(ffi.buffer(self._bytes, self._length[0])).decode()

    def _style(self, number: int) -> tuple[set[str], object, object]:
        if number not in self._styles:
            style = ffi.new("GhosttyStyle*")
            style.size = ffi.sizeof("GhosttyStyle")
            check(lib.ghostty_grid_ref_style(self._ref, style), "style")
            attributes = {name for name in self._FLAGS if getattr(style, name)}
            if style.underline:
                attributes |= {"underline", f"underline {style.underline}"}
            self._styles[number] = attributes, _ghostty_colour(style.fg_color), _ghostty_colour(style.bg_color)
        return self._styles[number]


def _ghostty_colour(colour: Any) -> object:  # noqa: ANN401 - a struct of C
    if colour.tag == lib.GHOSTTY_STYLE_COLOR_PALETTE:
        return int(colour.value.palette)
    if colour.tag == lib.GHOSTTY_STYLE_COLOR_RGB:
        return (colour.value.rgb.r, colour.value.rgb.g, colour.value.rgb.b)
    return None


class Avt:
    """asciinema's terminal. It gives each character that is drawn over another a cell of its own."""

    _FLAGS: Final = {"bold", "faint", "italic", "underline", "strikethrough", "blink", "inverse"}

    def __init__(self, width: int, height: int) -> None:
        self._terminal = avt.Vt(width, height, 0)
        self._pens: dict[str, tuple[set[str], object, object]] = {}

    def feed(self, data: str) -> None:
        self._terminal.feed_str(data)

    def resize(self, width: int, height: int) -> None:
        self._terminal.resize(width, height)

    def shot(self) -> Shot:
        cursor = self._terminal.cursor
        return Shot(
            (cursor.col, cursor.row), [[self._look(cell) for cell in line.cells] for line in self._terminal.view()]
        )

    def _look(self, cell: avt.Cell) -> Look:
        pen = cell.pen
        attributes = {name for name in self._FLAGS if getattr(pen, name)}
        width = cell.width
        return look(
            cell.char if width else "", width, attributes, _avt_colour(pen.foreground), _avt_colour(pen.background)
        )


def _avt_colour(colour: avt.Color | None) -> object:
    if isinstance(colour, avt.Color.RGB):
        return (colour[0], colour[1], colour[2])
    return colour[0] if isinstance(colour, avt.Color.Indexed) else None


def xterm_is_there() -> bool:
    """Return whether Node is installed, and xterm.js for it."""
    node = shutil.which("node")
    if node is None:
        return False
    return subprocess.run([node, _XTERM, "--look"], check=False, capture_output=True).returncode == 0


def xterm_shots(stories: Sequence[Sequence[object]]) -> list[list[Shot]]:
    """Return what xterm.js shows at each step of some stories, all in one run of Node.

    Args:
        stories: For each, what happens in turn: a size as `[width, height]`, or a text that is written.
    """
    node = shutil.which("node") or "node"
    done = subprocess.run([node, _XTERM], input=json.dumps(stories), capture_output=True, text=True, check=True)
    return [[_xterm_shot(shot) for shot in shots] for shots in json.loads(done.stdout)]


def _xterm_shot(shot: dict[str, Any]) -> Shot:
    def colour(value: int | list[int] | None) -> object:
        return tuple(value) if isinstance(value, list) else value

    lines = [
        [look(text, width, set(attributes), colour(ink), colour(paper)) for text, width, attributes, ink, paper in line]
        for line in shot["lines"]
    ]
    return Shot((shot["cursor"][0], shot["cursor"][1]), lines)


JUDGES: Final[tuple[type[Ghostty | Avt], ...]] = (Ghostty, JoiningGhostty, Avt)
