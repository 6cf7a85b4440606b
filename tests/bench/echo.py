"""Measures how fast a letter typed in the search box is drawn, beside Textual's `Input` alone, and screens again.

Run it from the repository: `python tests/bench/echo.py [--letters 60] [--rounds 5]`. Both programs are open in a pty
each, and get the same letters in turn, so that whatever else the machine does slows both. A letter's answer ends before
keydesk asks Okta anything. Never a timed test: the exit status is 0 whatever comes out.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from textual.app import App
from textual.widgets import Input

from tests.bench.output import FUNCTION_KEYS
from tests.bench.people import demo_org
from tests.bench.table_pty import Terminal

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tests.bench.table_pty import Answer

_KEYDESK: Final = [sys.executable, "-P", "-m", "tui"]
_ALONE: Final = [sys.executable, __file__, "--alone"]
_PAUSE: Final = 0.3
"""Seconds between two letters."""
_QUIET: Final = 0.06
"""Seconds without output that end a letter's answer: less than keydesk waits before it searches."""
_LETTERS: Final = "abcdefghij"
_SCREENS: Final = {3: "lockouts", 4: "ledger", 5: "connectors", 7: "expiry", 8: "notices", 2: "look up"}


class Alone(App[None]):
    """Textual's own input, and nothing else."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        """The input; its cursor stands still, as keydesk's does, else there is always something to be drawn."""
        field = Input(compact=True)
        field.cursor_blink = False
        yield field


def echoes(letters: int) -> dict[str, list[Answer]]:
    """Type the same letters into both, in turn."""
    found: dict[str, list[Answer]] = defaultdict(list)
    with (
        demo_org("--people", "400", "--lockouts-per-minute", "0") as (url, token),
        tempfile.TemporaryDirectory() as home,
        Terminal(_KEYDESK, env={"KEYDESK_ORG": url, "KEYDESK_API_TOKEN": token, "KEYDESK_HOME": home}) as keydesk,
        Terminal(_ALONE) as alone,
    ):
        keydesk.wait_for("employee number or id")
        for terminal in (keydesk, alone):
            terminal.settle(1.5)
            terminal.press("zz", quiet=1.0)
        for number in range(letters):
            for name, terminal in (("Input alone", alone), ("search box", keydesk)):
                terminal.settle(0.01)
                found[name].append(terminal.press(_LETTERS[number % len(_LETTERS)], quiet=_QUIET))
                terminal.settle(_PAUSE)
                if number % len(_LETTERS) == len(_LETTERS) - 1:
                    terminal.press("\x15", quiet=_PAUSE)  # ctrl+u: an empty box is no longer scrolled
                    terminal.press("zz", quiet=1.0)
    return found


def again(rounds: int) -> dict[str, list[Answer]]:
    """Go through all screens once, then measure going through them again."""
    found: dict[str, list[Answer]] = defaultdict(list)
    with (
        demo_org("--people", "400", "--lockouts-per-minute", "0") as (url, token),
        tempfile.TemporaryDirectory() as home,
        Terminal(_KEYDESK, env={"KEYDESK_ORG": url, "KEYDESK_API_TOKEN": token, "KEYDESK_HOME": home}) as keydesk,
    ):
        keydesk.wait_for("employee number or id")
        keydesk.settle(1.5)
        keydesk.press("ann", quiet=1.0)
        for number in range(rounds + 1):
            for key, name in _SCREENS.items():
                answer = keydesk.press(FUNCTION_KEYS[key], quiet=0.5 if number else 2.0)
                if number:
                    found[name].append(answer)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args() if __name__ == "__main__" else parser.parse_args([])
    if arguments.alone:
        Alone().run()
        return
    print("120x40, medians: ms until the first byte, until all is drawn, CPU ms, bytes")
    for name, answers in {**echoes(arguments.letters), **again(arguments.rounds)}.items():
        figures = [
            median(getattr(answer, part) for answer in answers) for part in ("first_ms", "last_ms", "cpu_ms", "size")
        ]
        print(f"{name:14}{figures[0]:8.1f}{figures[1]:8.1f}{figures[2]:8.1f}{figures[3]:10,.0f}")


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    main()
