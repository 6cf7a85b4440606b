"""The doctor's look at the terminal: its kind, colours, size, characters, the way to copy, the delay of Esc."""

from __future__ import annotations

import locale
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from tui.commands.doctor.finding import DoctorLine, Health
from tui.desk.text.charset import UTF_8, terminal_charset
from tui.desk.text.plain import plain
from tui.terminal.line import escape_delay, is_over_ssh, own_escape_delay

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    AskTmux = Callable[[str], str]
    """Returns the value of one of tmux's server options; empty where tmux does not say."""

_UNADDRESSED: Final = frozenset({"", "dumb", "unknown"})
_PLAIN: Final = frozenset({"linux", "ansi", "vt52", "vt100", "vt220", "xterm", "screen"})
"""Kinds that promise 16 colours or fewer."""
_WHOLE: Final = (80, 24)
_LEAST: Final = (60, 15)
_SLOW: Final = 100
"""Milliseconds of waiting behind Esc that an agent begins to notice."""
_SECONDS: Final = 2.0


def look_at_terminal(
    environ: Mapping[str, str],
    size: tuple[int, int] | None,
    *,
    platform: str = sys.platform,
    tmux: AskTmux | None = None,
) -> list[DoctorLine]:
    """Return what is to be said of the terminal.

    Args:
        environ: The environment variables.
        size: The columns and rows of the terminal; `None` where standard output is none.
        platform: The operating system, as `sys.platform` names it.
        tmux: Asks tmux for a server option; the running one by default.
    """
    return [
        _kind(environ),
        _colours(environ),
        _size(size),
        _characters(environ, platform),
        _locale(environ),
        _copying(environ, platform, tmux or ask_tmux),
        _escape(environ, tmux or ask_tmux),
    ]


def terminal_size() -> tuple[int, int] | None:
    """Return the columns and rows of the terminal on standard output, or `None` where it is none."""
    try:
        size = os.get_terminal_size(sys.stdout.fileno())
    except (OSError, ValueError):  # not a terminal, or no file at all
        return None
    return size.columns, size.lines


def ask_tmux(option: str) -> str:
    """Return the value of one of tmux's server options; empty where tmux does not answer."""
    program = shutil.which("tmux")
    if not program:
        return ""
    words = [program, "show-options", "-sv", option]
    try:
        done = subprocess.run(words, capture_output=True, timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL)  # noqa: S603 - fixed words
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return plain(done.stdout.decode("utf-8", "replace").strip(), limit=40) if done.returncode == 0 else ""


def _kind(environ: Mapping[str, str]) -> DoctorLine:
    term = plain(environ.get("TERM", ""), limit=60)
    if term in _UNADDRESSED:
        found = f"TERM is {term or 'not set'}: the app cannot draw"
        return DoctorLine("kind", Health.BAD, found, "export TERM=xterm-256color, or what your terminal is.")
    around = " inside tmux" if environ.get("TMUX") else " inside screen" if environ.get("STY") else ""
    if environ.get("TMUX") and not term.startswith(("tmux", "screen")):
        advice = 'In ~/.tmux.conf: set -g default-terminal "tmux-256color"; and set TERM nowhere else.'
        return DoctorLine("kind", Health.WARN, f"TERM is {term}{around}: keys and colours may be wrong", advice)
    return DoctorLine("kind", Health.OK, f"{term}{around}")


def _colours(environ: Mapping[str, str]) -> DoctorLine:
    term = environ.get("TERM", "")
    if environ.get("NO_COLOR"):
        return DoctorLine("colours", Health.OK, "none, since NO_COLOR is set")
    if environ.get("COLORTERM", "").lower() in {"truecolor", "24bit"} or term.endswith("-direct"):
        return DoctorLine("colours", Health.OK, "16 million (COLORTERM)")
    if "256color" in term:
        over = is_over_ssh(environ)
        how = "ssh passes COLORTERM on with SendEnv and AcceptEnv." if over else "export COLORTERM=truecolor."
        return DoctorLine("colours", Health.OK, "256", f"If your terminal has more: {how}")
    if term in _UNADDRESSED | _PLAIN:
        advice = "If your terminal has more: export TERM=xterm-256color."
        return DoctorLine("colours", Health.WARN, "16 or fewer", advice)
    return DoctorLine("colours", Health.UNKNOWN, "neither TERM nor COLORTERM says", "export COLORTERM=truecolor if so.")


def _size(size: tuple[int, int] | None) -> DoctorLine:
    if size is None:
        return DoctorLine("size", Health.UNKNOWN, "standard output is no terminal", "Run it at the terminal itself.")
    columns, rows = size
    words = f"{columns} columns, {rows} rows"
    if columns < _LEAST[0] or rows < _LEAST[1]:
        return DoctorLine("size", Health.BAD, words, "Make it 60 by 15 at least; 80 by 24 shows everything.")
    if columns < _WHOLE[0] or rows < _WHOLE[1]:
        return DoctorLine("size", Health.WARN, words, "80 by 24 shows everything.")
    return DoctorLine("size", Health.OK, words)


def _characters(environ: Mapping[str, str], platform: str) -> DoctorLine:
    charset = terminal_charset(environ, platform)
    if charset == UTF_8:
        return DoctorLine("characters", Health.OK, "UTF-8")
    found = f"{charset}: plain characters stand for names and lines that it cannot show"
    return DoctorLine("characters", Health.WARN, found, "export LC_ALL=C.UTF-8, if the terminal shows UTF-8.")


def _locale(environ: Mapping[str, str]) -> DoctorLine:
    """Say whether the named locale is installed here: over ssh it is often that of another machine."""
    variable = next((name for name in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(name)), "")
    if not variable:
        return DoctorLine("locale", Health.WARN, "none is set", "export LANG=C.UTF-8.")
    named = plain(environ[variable], limit=60)
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, environ[variable])
    except (locale.Error, ValueError):
        advice = "Have it installed, or export LC_ALL=C.UTF-8; ssh may have brought it from your own machine."
        return DoctorLine("locale", Health.WARN, f"{variable}={named} is not installed here", advice)
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return DoctorLine("locale", Health.OK, f"{named} ({variable})")


def _copying(environ: Mapping[str, str], platform: str, tmux: AskTmux) -> DoctorLine:
    """Say by which way a copied text leaves, and whether anything answers that it arrived."""
    from screens.clipboard import Arrival, ways

    programs = dict(ways(environ, platform))
    if environ.get("TMUX"):
        value = tmux("set-clipboard")
        if value == "off":
            advice = "In ~/.tmux.conf: set -s set-clipboard on."
            return DoctorLine(
                "copying", Health.BAD, "tmux has set-clipboard off: nothing that is copied arrives", advice
            )
        if value:
            advice = "" if value == "on" else "If nothing arrives: set -s set-clipboard on, and tmux 3.2 or newer."
            return DoctorLine("copying", Health.OK, f"by tmux, set-clipboard {value}", advice)
        return DoctorLine("copying", Health.UNKNOWN, "tmux does not say what set-clipboard is")
    if Arrival.CLIPBOARD in programs:
        return DoctorLine("copying", Health.OK, f"by {programs[Arrival.CLIPBOARD][0]}")
    if environ.get("STY"):
        advice = "GNU screen hands no copies on: use tmux, or copy with the mouse."
        return DoctorLine("copying", Health.WARN, "by the terminal (OSC 52), inside screen", advice)
    advice = "Terminals do not answer to OSC 52. If nothing arrives, allow clipboard access in its settings."
    return DoctorLine("copying", Health.UNKNOWN, "by the terminal (OSC 52)", advice)


def _escape(environ: Mapping[str, str], tmux: AskTmux) -> DoctorLine:
    """Say how long Esc waits, since it may be the beginning of another key: here, and in tmux before."""
    wait, own = escape_delay(environ), own_escape_delay(environ)
    inside = tmux("escape-time") if environ.get("TMUX") else ""
    if inside.isdecimal() and int(inside) > _SLOW:
        return DoctorLine("Esc", Health.WARN, f"tmux waits {inside} ms", "In ~/.tmux.conf: set -sg escape-time 10.")
    if wait > 3 * _SLOW:
        return DoctorLine("Esc", Health.WARN, f"ESCDELAY waits {wait} ms", "unset ESCDELAY, or export ESCDELAY=50.")
    why = " (ESCDELAY)" if own is not None else " over SSH" if is_over_ssh(environ) else ""
    return DoctorLine("Esc", Health.OK, f"waits {wait} ms{why}{f', and {inside} ms in tmux' if inside else ''}")
