"""keydesk's themes for Textual: each role is a variable of style sheets, and Textual's own variables follow them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from rich.console import Console
from textual import constants
from textual.design import NUMBER_OF_SHADES
from textual.theme import Theme

from widgets.palettes import LIGHT, LOOKS, Depth, inks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.connectors.desk_settings import ThemeName
    from widgets.palettes import Inks

DEPTHS: Final = {"standard": Depth.NAMED, "windows": Depth.NAMED, "256": Depth.INDEXED, "truecolor": Depth.TRUE}
"""Rich's names of the depths."""
_OWN: Final = "ansi_default"
_FOLLOW: Final = {
    "ground": "background surface primary-background secondary-background scrollbar-background "
    "scrollbar-background-hover scrollbar-background-active scrollbar-corner-color input-cursor-foreground",
    "panel": "boost primary-muted secondary-muted accent-muted warning-muted error-muted success-muted surface-active "
    "block-hover-background footer-background background-muted",
    "text": "foreground link-color input-cursor-background button-foreground "
    "footer-foreground footer-description-foreground scrollbar-hover",
    "muted": "text-muted text-disabled foreground-muted foreground-disabled border-blurred scrollbar",
    "accent": "primary secondary text-primary text-secondary text-accent footer-key-foreground",
    "good": "success text-success",
    "warn": "warning text-warning",
    "bad": "error text-error",
    "focus": "border scrollbar-active block-cursor-background block-cursor-blurred-background link-background-hover "
    "input-selection-background screen-selection-background",
}
"""Which of Textual's variables follow a role, so that Textual's own widgets have no colour of their own."""
_ON_FILL: Final = (
    "block-cursor-foreground block-cursor-blurred-foreground input-selection-foreground screen-selection-foreground "
    "link-color-hover button-color-foreground"
)
_SHADED: Final = (
    "primary secondary primary-background secondary-background background foreground surface panel boost warning error "
    "success accent"
)


def depth_of(environ: Mapping[str, str]) -> Depth:
    """Return how many colours the terminal takes, as Rich and Textual find it out; none with `NO_COLOR`."""
    if "NO_COLOR" in environ:
        return Depth.NONE
    console = Console(
        color_system=constants.COLOR_SYSTEM,  # type: ignore[arg-type] # a text from the environment
        file=io.StringIO(),
        force_terminal=True,
        legacy_windows=False,
        _environ=dict(environ),
    )
    return DEPTHS.get(console.color_system or "", Depth.NONE)


def themes(depth: Depth) -> dict[str, Theme]:
    """Return all themes for a depth, by name."""
    return {name: make_theme(name, depth) for name in LOOKS}


def make_theme(name: ThemeName, depth: Depth) -> Theme:
    """Return one theme for a depth; one of named colours leaves them to the terminal."""
    roles = inks(name, depth)
    theme = Theme(name, primary=roles.accent, dark=name not in LIGHT, ansi=roles.ground.startswith("ansi_"))
    theme.variables = {**_textual_variables(roles), **role_variables(roles)}
    theme.secondary = theme.accent = roles.accent
    theme.background = theme.surface = roles.ground
    theme.panel = theme.boost = roles.panel
    theme.foreground, theme.warning, theme.error, theme.success = roles.text, roles.warn, roles.bad, roles.good
    return theme


def role_variables(roles: Inks) -> dict[str, str]:
    """Return the variables that style sheets and inline styles of keydesk may use."""
    return {name.replace("_", "-"): colour for name, colour in roles._asdict().items()}


def _textual_variables(roles: Inks) -> dict[str, str]:
    by_role = role_variables(roles)
    found = {name: by_role[role] for role, names in _FOLLOW.items() for name in names.split()}
    # The terminal's own ground has no name as an ink.
    found |= dict.fromkeys(_ON_FILL.split(), "ansi_black" if roles.ground == _OWN else roles.ground)
    found |= {"input-cursor-text-style": "reverse", "input-cursor-background": roles.ground}
    found |= {"input-cursor-foreground": roles.text, "link-background": "transparent"}
    found |= dict.fromkeys(("footer-key-background", "footer-description-background"), "transparent")
    found |= {"footer-item-background": "transparent", "block-cursor-text-style": "bold"}
    found |= {
        "panel": roles.panel,
        "accent": roles.accent,
        "ansi-background": roles.ground,
        "ansi-foreground": roles.text,
    }
    for name in _SHADED.split():
        for shade in range(1, NUMBER_OF_SHADES + 1):
            found |= {f"{name}-lighten-{shade}": found[name], f"{name}-darken-{shade}": found[name]}
    return found
