"""The themes: every role can be read, in every theme and depth, and nothing has a colour that is no role."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

import pytest
from rich.color import Color, ColorSystem
from textual._color_constants import ANSI_COLORS, COLOR_NAME_TO_RGB
from textual.css.styles import StylesBase
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from tui.desk.connectors.desk_settings import THEMES
from tui.desk.connectors.profiles import COLOURS
from widgets.front import FrontApp
from widgets.palettes import LOOKS, Depth, Inks, indexed, inks
from widgets.themes import depth_of, make_theme, role_variables, themes

ROOT: Final = Path(__file__).parents[2]
TEXT, FRAME = 4.5, 3.0
"""WCAG 2.1: the least contrast of text (AA), and of what is seen and not read."""
XTERM: Final = (
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
    (255, 255, 255),
)  # fmt: skip
"""The sixteen named colours as xterm has them; a terminal's owner may have others."""
CUBE: Final = (0, 95, 135, 175, 215, 255)
GROUNDS: Final = ("ground", "panel")
DRAWN: Final = [(theme, depth) for theme in THEMES for depth in (Depth.NAMED, Depth.INDEXED, Depth.TRUE)]

Shown = tuple[int, int, int]


def of_256(number: int) -> Shown:
    """A colour of the palette of 256, as xterm shows it."""
    if number >= 232:
        grey = 8 + 10 * (number - 232)
        return grey, grey, grey
    place = number - 16
    return CUBE[place // 36], CUBE[place // 6 % 6], CUBE[place % 6]


def shown(colour: str, depth: Depth, role: str) -> Shown:
    """What a terminal with a dark ground of its own shows for a colour."""
    if colour == "ansi_default":
        return XTERM[0 if role in GROUNDS else 7]
    if colour.startswith("ansi_"):
        return XTERM[ANSI_COLORS.index(colour.removeprefix("ansi_"))]
    parsed = Color.parse(colour)
    if depth is Depth.INDEXED:
        number = parsed.downgrade(ColorSystem.EIGHT_BIT).number
        assert number is not None
        return of_256(number)
    assert parsed.triplet is not None
    return parsed.triplet


def luminance(colour: Shown) -> float:
    parts = [value / 255 for value in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Shown, other: Shown) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_guideline() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("theme", "depth"), DRAWN)
def test_every_role_can_be_read_on_ground_and_panel(theme: str, depth: Depth) -> None:
    """Text and fills alike: a fill is a role reversed, so its text has the same contrast. Frames need less."""
    roles = inks(theme, depth)._asdict()  # type: ignore[arg-type]
    least = 7.0 if theme == "high-contrast" and depth is not Depth.NAMED else TEXT
    for ground in GROUNDS:
        behind = shown(roles[ground], depth, ground)
        for role, colour in roles.items():
            if role not in GROUNDS:
                assert contrast(shown(colour, depth, role), behind) >= least, (role, ground)


@pytest.mark.parametrize("theme", THEMES)
def test_what_is_good_and_what_is_bad_differ_in_every_depth(theme: str) -> None:
    for depth in (Depth.NAMED, Depth.INDEXED, Depth.TRUE):
        roles = inks(theme, depth)  # type: ignore[arg-type]
        assert len({roles.good, roles.warn, roles.bad}) == 3, depth
        assert roles.focus != roles.muted


@pytest.mark.parametrize("theme", THEMES)
def test_of_256_colours_exactly_those_are_sent_that_were_chosen(theme: str) -> None:
    for colour in inks(theme, Depth.INDEXED):  # type: ignore[arg-type]
        if not colour.startswith("ansi_"):
            number = Color.parse(colour).downgrade(ColorSystem.EIGHT_BIT).number
            assert number is not None
            assert indexed(number) == colour


def test_each_of_the_256_from_16_on_can_be_chosen() -> None:
    cube_greys = {16 + 43 * step for step in range(6)} - {16, 231}  # which rich sends as the nearest grey instead
    for number in set(range(16, 256)) - cube_greys:
        assert Color.parse(indexed(number)).downgrade(ColorSystem.EIGHT_BIT).number == number


@pytest.mark.parametrize(
    ("environ", "depth"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, Depth.TRUE),
        ({"TERM": "xterm-256color"}, Depth.INDEXED),
        ({"TERM": "tmux-256color"}, Depth.INDEXED),
        ({"TERM": "linux"}, Depth.NAMED),
        ({"TERM": "xterm"}, Depth.NAMED),
        ({"TERM": "dumb"}, Depth.NONE),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, Depth.NONE),
    ],
)
def test_the_depth_is_found_in_the_environment(environ: dict[str, str], depth: Depth) -> None:
    assert depth_of(environ) is depth


def test_every_theme_of_the_settings_is_designed_in_full() -> None:
    assert tuple(LOOKS) == THEMES
    for depth in Depth:
        assert tuple(themes(depth)) == THEMES
    assert {f"connector_{colour}" for colour in COLOURS} == {name for name in Inks._fields if "connector" in name}


@pytest.mark.parametrize("theme", THEMES)
def test_textuals_own_variables_have_no_colour_that_is_no_role(theme: str) -> None:
    """But for those that none of the widgets here uses, and for fills on the terminal's own ground."""
    for depth in (Depth.NAMED, Depth.INDEXED, Depth.TRUE):
        made = make_theme(theme, depth)  # type: ignore[arg-type]
        roles = {colour.upper() for colour in inks(theme, depth)} | {"TRANSPARENT", "INITIAL", "ANSI_BLACK"}  # type: ignore[arg-type]
        for name, value in {**made.to_color_system().generate(), **made.variables}.items():
            if not re.match(r"markdown|ansi-|link-style|.*text-style$|surface-actrive", name):
                assert value.upper() in roles, name


# -- no other colour

ROLES: Final = frozenset(role_variables(inks("dark", Depth.TRUE)))
PROPERTIES: Final = frozenset(name.replace("_", "-") for name in dir(StylesBase)) | {"tint", "link-color"}
WORDS: Final = frozenset(COLOR_NAME_TO_RGB) | {f"ansi_{name}" for name in ANSI_COLORS}
STYLE_WORDS: Final = frozenset(["bold", "dim", "italic", "underline", "reverse", "strike", "on", "not"])


def colours_in_sheet(sheet: str) -> set[str]:
    """The colours of a style sheet that are no roles: literal ones and other variables."""
    bare = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    found = {name for name in re.findall(r"\$([\w-]+)", bare) if name not in ROLES}
    for value in re.findall(r"[{;]\s*[a-z-]+:([^;{}]*)", bare):
        found |= set(re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(|\bauto\s+\d+%", value))
        found |= set(re.findall(r"[a-z_]+", value)) & WORDS - {"transparent"}
    return found


def colours_in_style(text: str) -> set[str]:
    """The colours of a text that may be an inline style, as `colours_in_sheet` finds them."""
    found = {
        name
        for name in re.findall(r"\$([a-z][\w-]*)", text)
        if name not in ROLES and not any(role.startswith(name) for role in ROLES)
    }
    if text.split() and set(text.split()) <= STYLE_WORDS | WORDS | {f"${role}" for role in ROLES}:
        words = set(text.split())
        if len(words) > 1 and words & STYLE_WORDS:
            found |= words & WORDS
    found |= set(re.findall(r"(?:^|\s)(#[0-9a-fA-F]{6})\b", text))
    return found


def test_colours_are_found() -> None:
    assert colours_in_sheet("A { color: $text; border: round red; } #add { tint: #fff 5%; background: $surface; }") == {
        "red", "#fff", "surface",
    }  # fmt: skip
    assert colours_in_style("bold red") == {"red"}
    assert colours_in_style("bold #c01f2c on $panel") == {"#c01f2c"}
    assert colours_in_style("bold $text-error") == {"text-error"}
    assert colours_in_style("$bad") | colours_in_style("The red one is on") == set()


def test_no_sheet_and_no_inline_style_has_a_colour_but_the_roles() -> None:
    found = {}
    for sheet in sorted((ROOT / "screens").rglob("*.tcss")):
        found[sheet.name] = colours_in_sheet(sheet.read_text("utf-8"))
    for path in sorted(path for folder in ("screens", "widgets", "tui") for path in (ROOT / folder).rglob("*.py")):
        # The sample is what the doctor counts the bytes of: a screen of true colours, which nobody is shown.
        if path.name in {"palettes.py", "themes.py", "sample.py"} or path.is_relative_to(ROOT / "tui" / "demo"):
            continue
        strings = [
            node.value
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        if path.is_relative_to(ROOT / "tui") and "textual" not in path.read_text("utf-8"):
            continue
        in_sheets = [colours_in_sheet(text) for text in strings if "{" in text and ":" in text]
        in_styles = [colours_in_style(text) for text in strings if "{" not in text]
        found[path.relative_to(ROOT).as_posix()] = set().union(*in_sheets, *in_styles)
    assert {name: colours for name, colours in found.items() if colours} == {}


# -- the app


async def test_the_palette_offers_keydesks_themes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for wanted in THEMES:
        app: FrontApp[None] = FrontApp(theme=wanted)
        assert tuple(app.available_themes) == THEMES
        assert app.theme == wanted
    monkeypatch.setenv("NO_COLOR", "1")
    app = FrontApp(theme="light")
    async with app.run_test():
        await app.mount(Input("typed"))
        assert app.depth is Depth.NONE
        strips = app.screen._compositor.render_strips()
        assert strips


async def test_another_theme_takes_effect_at_once() -> None:
    app: FrontApp[None] = FrontApp()
    async with app.run_test() as pilot:
        for name in THEMES:
            app.theme = name
            await pilot.pause()
            wanted = inks(name, Depth.TRUE).text
            assert app.theme_variables["text"] == wanted


async def test_in_sixteen_colours_buttons_can_be_read_and_a_dialog_leaves_the_rest_in_view(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("COLORTERM")
    monkeypatch.setenv("TERM", "xterm")
    app: FrontApp[None] = FrontApp()
    async with app.run_test(size=(40, 6)) as pilot:
        assert app.depth is Depth.NAMED
        await app.mount(Static("\n\n\nbehind"))
        dialog: ModalScreen[None] = ModalScreen()
        await app.push_screen(dialog)
        await dialog.mount(Button("Back", compact=True), Button("Go", variant="error", compact=True))
        for name in THEMES:
            app.theme = name
            await pilot.pause()
            drawn = {
                segment.text.strip(): segment.style
                for strip in app.screen._compositor.render_strips()
                for segment in strip
                if segment.style
            }
            for words in ("Back", "Go"):
                style = drawn[words]
                assert style.color != style.bgcolor, (name, words)
            assert "behind" in drawn, name
