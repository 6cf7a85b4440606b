"""The doctor's look at what keydesk sends to the terminal: how much, what it asks of it, and what lies in between."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from tui.commands.doctor.finding import DoctorLine, Health
from tui.desk.connectors.settings_toml import cell_diff_of
from tui.desk.text.plain import plain
from tui.terminal.line import OVER_SSH, animation_level, is_over_ssh
from tui.terminal.rules import CAREFUL, FULL, rules_for
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.terminal.rules import Rules

_APPLE: Final = "Apple_Terminal"
_ASKED: Final = {
    "moves": "moves from where the cursor is",
    "erases": "erasing (ECH, EL)",
    "erases_in_colour": "erasing in colour (bce)",
    "scrolls": "scrolling a part (SU, SD)",
    "part_colours": "taking back one colour",
}
"""What `Rules` names, in words."""


def look_at_drawing(environ: Mapping[str, str], *, platform: str = sys.platform) -> list[DoctorLine]:
    """Return what is to be said of the output.

    Args:
        environ: The environment variables.
        platform: The operating system, as `sys.platform` names it.
    """
    rules = rules_for(environ, platform)
    lines = [_line(environ), _drawing(environ, rules, platform)]
    if rules is not None:
        lines += [_asked(environ, rules), _sample(environ, rules)]
    return [*lines, _frames(environ), _animations(environ)]


def _line(environ: Mapping[str, str]) -> DoctorLine:
    if not is_over_ssh(environ):
        return DoctorLine("line", Health.OK, "none of SSH's variables is set: the terminal is on this machine")
    named = next(name for name in OVER_SSH if environ.get(name))
    return DoctorLine("line", Health.OK, f"over SSH ({named}); ssh -C makes a screen three to ten times smaller")


def _drawing(environ: Mapping[str, str], rules: Rules | None, platform: str) -> DoctorLine:
    """Say whether only changed cells are sent, and if not, why."""
    from tui.terminal.output import JUDGED, textual_fits

    whole = "whole parts of the screen are sent"
    try:
        wanted = cell_diff_of(environ)
    except Trouble:  # the line on the settings says it
        return DoctorLine("drawing", Health.UNKNOWN, "the settings cannot be read")
    if not wanted:
        by = "KEYDESK_CELL_DIFF" if environ.get("KEYDESK_CELL_DIFF") else "cell_diff in settings.toml"
        return DoctorLine("drawing", Health.WARN, f"{whole}: {by} says so", "Take that out if the screen is right.")
    if rules is None:
        why = "Windows" if platform == "win32" else "TERM does not say what the terminal is"
        return DoctorLine("drawing", Health.WARN, f"{whole}: {why}", "export TERM=xterm-256color, or what it is.")
    if not textual_fits():
        advice = "Install keydesk with the versions that it names."
        return DoctorLine("drawing", Health.WARN, f"{whole}: Textual is not the {JUDGED}x it was tried with", advice)
    return DoctorLine("drawing", Health.OK, "only what changed is sent, cell by cell")


def _asked(environ: Mapping[str, str], rules: Rules) -> DoctorLine:
    term = plain(environ.get("TERM", ""), limit=60)
    if rules == FULL:
        return DoctorLine("asked of it", Health.OK, f"all that saves bytes, as {term} can do it")
    if environ.get("TERM_PROGRAM") == _APPLE:
        found = "moves, colours and text alone: nobody could try Apple's Terminal"
        return DoctorLine("asked of it", Health.OK, found)
    if rules == CAREFUL:
        advice = "If the terminal is like xterm: export TERM=xterm-256color."
        return DoctorLine("asked of it", Health.WARN, f"moves, colours and text alone: nobody tried {term}", advice)
    lacks = ", ".join(words for name, words in _ASKED.items() if not getattr(rules, name))
    return DoctorLine("asked of it", Health.OK, f"all that saves bytes, but for {lacks}: {term} may not do it")


def _sample(environ: Mapping[str, str], rules: Rules) -> DoctorLine:
    from rich.color import ColorSystem

    from tui.terminal.sample import sample_size
    from widgets.palettes import Depth
    from widgets.themes import depth_of

    depths = {Depth.TRUE: ColorSystem.TRUECOLOR, Depth.INDEXED: ColorSystem.EIGHT_BIT}
    size = sample_size(rules, depths.get(depth_of(environ), ColorSystem.STANDARD))
    words = f"{size.changed:,} bytes for a dialog over a list of 120 by 40, {size.whole:,} for the whole screen"
    return DoctorLine("sample", Health.OK, words)


def _frames(environ: Mapping[str, str]) -> DoctorLine:
    """Say whether the terminal shows each frame at once, which only it can tell, and only while the app runs."""
    if environ.get("TERM_PROGRAM") == _APPLE:
        return DoctorLine("whole frames", Health.OK, "not asked: Apple's Terminal would print the question")
    words = "the app asks the terminal for synchronized output (mode 2026) at each start, and uses it where it answers"
    return DoctorLine("whole frames", Health.UNKNOWN, words)


def _animations(environ: Mapping[str, str]) -> DoctorLine:
    level = animation_level(environ)
    if level == "none":
        return DoctorLine("animations", Health.OK, "none, and no cursor blinks")
    advice = "unset TEXTUAL_ANIMATIONS." if is_over_ssh(environ) else ""
    return DoctorLine(
        "animations", Health.WARN if advice else Health.OK, f"{level}, as TEXTUAL_ANIMATIONS says", advice
    )
