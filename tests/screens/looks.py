"""Pictures of what a seat shows, kept as SVG: each in dark and light; a walk is done at 120x40 and at 80x24.

After a wanted change: pytest … --snapshot-update, then look at the pictures that git calls changed.
"""

from __future__ import annotations

from collections import Counter
from html import escape
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rich.cells import cell_len
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.screens.support import NARROW, WIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.style import Style
    from syrupy.assertion import SnapshotAssertion
    from textual.app import App

    from tests.screens.support import Seat

DARK: Final = "dark"
LIGHT: Final = "light"
SUFFIX: Final = {WIDE: "", NARROW: "-narrow"}
CELL: Final = (8, 16)
BASE: Final = 12
"""From the top of a line to where its letters stand."""


class Look(NamedTuple):
    """How a cell looks: colours as `#rrggbb`."""

    ink: str
    ground: str
    bold: bool = False
    underline: bool = False

    @property
    def rule(self) -> str:
        """As a rule of a style sheet."""
        bold, underline = ";font-weight:bold" * self.bold, ";text-decoration:underline" * self.underline
        return f"fill:{self.ink}{bold}{underline}"


class Run(NamedTuple):
    """Text of one look, from a cell of its line on."""

    at: int
    text: str
    look: Look


class PictureExtension(SingleFileSnapshotExtension):
    """One file a picture, whose lines are the screen's, so that a difference can be read."""

    _file_extension = "svg"
    _write_mode = WriteMode.TEXT


class Looks:
    """Takes pictures of a seat and compares them with those kept."""

    def __init__(self, snapshot: SnapshotAssertion) -> None:
        self._kept = snapshot.use_extension(PictureExtension)

    async def take(self, seat: Seat, name: str) -> None:
        """Compare what is shown, in both themes, with the picture of this name and of the terminal's size.

        The theme stays the one that came last, since a change of it styles all widgets anew. The size is never changed
        on the way: what lies behind a dialog is laid out again only when it is in front.
        """
        app, size = seat.app, (seat.app.size.width, seat.app.size.height)
        first, last = (DARK, LIGHT) if app.theme == DARK else (LIGHT, DARK)
        taken = {}
        for theme in (first, last):
            if app.theme != theme:
                app.theme = theme
                await seat.rest()
                if app.screen not in app.children:  # Textual leaves the palette as it is
                    app.stylesheet.update(app.screen)
                    await seat.rest()
            taken[theme] = runs(app)
        drawn = picture(size, [taken[DARK], taken[LIGHT]])
        assert drawn == self._kept(name=name + SUFFIX[size])


def runs(app: App[Any]) -> list[list[Run]]:
    """What is on the screen, line by line."""
    lines = []
    for strip in app.screen._compositor.render_strips():
        line: list[Run] = []
        at = 0
        for text, style, _ in strip:
            look = _look(style)
            if line and line[-1].look == look:
                line[-1] = line[-1]._replace(text=line[-1].text + text)
            else:
                line.append(Run(at, text, look))
            at += cell_len(text)
        lines.append(line)
    return lines


def _look(style: Style | None) -> Look:
    if style is None:
        return Look("#808080", "#000000")
    ink, ground = (
        (colour.get_truecolor().hex if colour is not None else "#808080") for colour in (style.color, style.bgcolor)
    )
    if style.reverse:
        ink, ground = ground, ink
    return Look(ink, ground, bool(style.bold), bool(style.underline))


def picture(size: tuple[int, int], screens: list[list[list[Run]]]) -> str:
    """Screens beneath each other as an SVG."""
    width, height = size[0] * CELL[0], size[1] * CELL[1]
    names: dict[Look, str] = {}
    bodies: list[str] = []
    for number, lines in enumerate(screens):
        ground = Counter(run.look.ground for line in lines for run in line for _ in run.text).most_common(1)[0][0]
        bodies.append(f'<g transform="translate(0 {number * (height + CELL[1])})">')
        bodies.append(f'<rect width="{width}" height="{height}" fill="{ground}"/>')
        for at, line in enumerate(lines):
            bodies.append(_line(at, line, ground, names))
        bodies.append("</g>")
    rules = "".join(f".{name}{{{look.rule}}}\n" for look, name in names.items())
    tall = len(screens) * (height + CELL[1]) - CELL[1]
    return "\n".join((
        f'<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 {width} {tall}">',
        f"<style>\ntext{{font:13px monospace;white-space:pre}}\n{rules}</style>",
        *bodies,
        "</svg>",
        "",
    ))  # fmt: skip


def _line(at: int, line: list[Run], ground: str, names: dict[Look, str]) -> str:
    """One line: the grounds that differ from the screen's, then the text."""
    fills = "".join(
        f'<rect x="{x * CELL[0]}" y="{at * CELL[1]}" width="{cells * CELL[0]}" height="{CELL[1]}" fill="{colour}"/>'
        for x, cells, colour in _grounds(line)
        if colour != ground
    )
    words = "".join(_words(line, names))
    return fills + (f'<text y="{at * CELL[1] + BASE}">{words}</text>' if words else "")


def _grounds(line: list[Run]) -> list[tuple[int, int, str]]:
    """The stretches of one ground: first cell, cells, colour."""
    found: list[tuple[int, int, str]] = []
    for run in line:
        cells = cell_len(run.text)
        if found and found[-1][2] == run.look.ground:
            x, before, colour = found[-1]
            found[-1] = (x, before + cells, colour)
        else:
            found.append((run.at, cells, run.look.ground))
    return found


def _words(line: list[Run], names: dict[Look, str]) -> Iterator[str]:
    for run in line:
        text = run.text.rstrip()
        if text:
            empty = len(text) - len(text.lstrip())
            look = run.look._replace(ground="")  # rectangles have it
            name = names.setdefault(look, _name(len(names)))
            yield f'<tspan x="{(run.at + empty) * CELL[0]}" class="{name}">{escape(text[empty:], quote=False)}</tspan>'


def _name(number: int) -> str:
    return ascii_lowercase[number] if number < len(ascii_lowercase) else f"z{number}"
