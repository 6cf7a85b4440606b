"""`keydesk doctor`: look at all that keydesk stands on, and say what is wrong and what to do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tui.commands.codes import Code
from tui.commands.output import print_json, print_line

if TYPE_CHECKING:
    import argparse

    from tui.commands.doctor.finding import DoctorLine
    from tui.switchboard import Switchboard


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    sub = commands.add_parser(
        "doctor",
        parents=[common],
        help="what is wrong with this terminal, machine or network",
        description="Looks at the terminal, what is sent to it, the locale, the files and their rights, the "
        "keyring, the proxy, the certificates, the name service, the org and the clock. Each line is ok, warn, bad "
        "or not known, with what to do. It reads one public page of the org without signing in, reads no secret, "
        "and prints none. The exit code is 1 where a line is bad, else 0. `keydesk check` proves the credentials.",
    )
    sub.add_argument("--offline", action="store_true", help="leave the network out")
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Look at everything and print what was found."""
    from tui.commands.doctor.finding import Health
    from tui.commands.sessions import switchboard

    board = switchboard(arguments)
    areas = _look(board, offline=arguments.offline)
    bad = any(line.health is Health.BAD for lines in areas.values() for line in lines)
    if arguments.json:
        checks = [
            {"area": area, "what": line.what, "state": line.health.value, "found": line.found, "advice": line.advice}
            for area, lines in areas.items()
            for line in lines
        ]
        print_json({"ok": not bad, "checks": checks})
    else:
        _print_areas(areas)
    return Code.FAILED if bad else Code.OK


def _look(board: Switchboard, *, offline: bool) -> dict[str, list[DoctorLine]]:
    """Return what was found, by area."""
    from tui.commands.doctor.drawing import look_at_drawing
    from tui.commands.doctor.files import look_at_files, look_at_secrets, look_at_settings
    from tui.commands.doctor.terminal import look_at_terminal, terminal_size
    from tui.desk.connectors import profiles
    from tui.trouble import Trouble

    try:
        known = profiles.load(board.places.connectors).profiles
    except Trouble:  # the line on the file says it
        known = ()
    areas = {
        "Terminal": look_at_terminal(board.environ, terminal_size()),
        "Output": look_at_drawing(board.environ),
        "Machine": [
            *look_at_settings(board.places),
            *look_at_files(board.places),
            *look_at_secrets(known, board.environ),
        ],
    }
    if not offline:
        from tui.commands.doctor.network import look_at_network

        areas["Network"] = look_at_network(board)
    return areas


def _wrapped(text: str, margin: str) -> list[str]:
    """Return a text in lines that fit a terminal behind a margin; whole where standard output is none."""
    if not sys.stdout.isatty():
        return [text]
    from shutil import get_terminal_size
    from textwrap import wrap

    room = max(20, get_terminal_size().columns - len(margin))
    return wrap(text, room, break_long_words=False, break_on_hyphens=False)


def _print_areas(areas: dict[str, list[DoctorLine]]) -> None:
    from tui.commands.colour import painted, painted_title, wants_colour
    from tui.commands.doctor.finding import Health
    from tui.desk.text.tone import Tone

    tones = {Health.OK: Tone.GOOD, Health.WARN: Tone.WARN, Health.BAD: Tone.BAD, Health.UNKNOWN: Tone.MUTED}
    colour = wants_colour(sys.stdout)
    states = max(len(health.value) for health in Health)
    names = max(len(line.what) for lines in areas.values() for line in lines)
    for area, lines in areas.items():
        print_line(painted_title(area) if colour else area)
        for line in lines:
            state = f"{line.health.value:<{states}}"
            shown = painted(state, tones[line.health]) if colour else state
            margin = " " * (states + names + 6)
            advice = _wrapped(f"-> {line.advice}", margin) if line.advice else []
            first, *more = [*_wrapped(line.found, margin), *advice]
            print_line(f"  {shown}  {line.what:<{names}}  {first}")
            for text in more:
                print_line(margin + text)
    counts = [sum(line.health is health for lines in areas.values() for line in lines) for health in Health]
    words = ", ".join(f"{count} {health.value}" for health, count in zip(Health, counts, strict=True) if count)
    print_line()
    print_line(f"{words}.")
