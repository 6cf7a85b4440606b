"""How fast keydesk starts, against a bare interpreter and an empty Textual app; and what it costs when idle.

`python -m tests.bench.start [TURNS]`. The name is typed before the program has even begun, so what counts is from its
start to the first result. All programs are measured in turns, each with its own home folder.
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Final

from tests.bench.people import ROOT, demo_org
from tests.bench.table_pty import Terminal
from tests.bench.turns import Took, Turns, run_once

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TURNS: Final = 9
WHOM: Final = "ann.lee@acme.example"
FOUND: Final = "Lee"
"""What the screen shows of her that nobody has typed."""
READY: Final = "employee number or id"
KEYDESK: Final = [sys.executable, "-P", "-m", "tui"]
EMPTY: Final = """
from textual.app import App
from textual.widgets import Input
class Empty(App):
    def compose(self):
        yield Input(placeholder="I am ready")
Empty().run()
"""


def _until(command: list[str], shows: str, env: Mapping[str, str], typed: str = "") -> Took:
    """Start a program, type something at once, and wait until it shows a text."""
    with (
        tempfile.TemporaryDirectory() as home,
        Terminal(command, env={**env, "KEYDESK_HOME": home}) as terminal,
    ):
        terminal.type_ahead(typed)
        wall = terminal.wait_for(shows)
        return Took(wall, terminal.cpu_of_all() * 1000)


def main(arguments: list[str]) -> None:
    """Measure in turns, print the table."""
    turns, measured = int(arguments[0]) if arguments else TURNS, Turns()
    with demo_org("--lockouts-per-minute", "0", "--rate-limits", "off") as (url, token):
        env = {"KEYDESK_ORG": url, "KEYDESK_API_TOKEN": token}
        empty = [sys.executable, "-P", "-c", EMPTY]
        programs: dict[str, Callable[[], Took]] = {
            "python -c pass": partial(run_once, [sys.executable, "-P", "-c", "pass"]),
            "keydesk --version": partial(run_once, [*KEYDESK, "--version"]),
            "empty Textual app, first frame": partial(_until, empty, "am ready", {}),
            "keydesk, first frame": partial(_until, KEYDESK, READY, env),
            "keydesk --demo, first frame": partial(_until, [*KEYDESK, "--demo"], READY, {}),
            "keydesk, first result": partial(_until, KEYDESK, FOUND, env, WHOM),
            "keydesk --demo, first result": partial(_until, [*KEYDESK, "--demo"], FOUND, {}, WHOM),
        }
        measured.measure(turns, programs)
        print(f"Start, {turns} turns, 120x40, {ROOT.name}; CPU of the demo org's own process is not counted")
        base_of = {name: "empty Textual app, first frame" for name in programs if name.startswith("keydesk")}
        base_of["keydesk --version"] = "python -c pass"
        print("\n".join(measured.lines(base_of)))
        _idle(env)


def _idle(env: Mapping[str, str]) -> None:
    """Measure what the app costs when nothing is typed, and how long a confirmation takes to open."""
    with tempfile.TemporaryDirectory() as home, Terminal(KEYDESK, env={**env, "KEYDESK_HOME": home}) as terminal:
        terminal.wait_for(READY)
        terminal.settle()
        blank = terminal.idle(10)
        for letter in "ann.lee@acme":
            terminal.press(letter)
        terminal.wait_for("Okta Verify")
        terminal.settle()
        shown, memory = terminal.idle(10), terminal.memory()
        terminal.press("enter")
        terminal.settle()
        confirm = median(_opened(terminal) for _ in range(5))
    print(f"  idle 10 s, empty box      {blank[0]:8} bytes  {blank[1]:.2f} % CPU")
    print(f"  idle 10 s, person shown   {shown[0]:8} bytes  {shown[1]:.2f} % CPU  {memory:.0f} MB")
    print(f"  confirmation opens in     {confirm:8.1f} ms")


def _opened(terminal: Terminal) -> float:
    took = terminal.press("s").last_ms
    terminal.press("escape", quiet=0.3)
    return took


if __name__ == "__main__":
    main(sys.argv[1:])
