"""How fast keydesk starts, against a bare interpreter and an empty Textual app; and what it costs when idle."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench.people import ROOT, demo_org
from tests.bench.table_pty import Terminal

RUNS = 7
EMPTY = """
from textual.app import App
from textual.widgets import Input
class Empty(App):
    def compose(self):
        yield Input(placeholder="I am ready")
Empty().run()
"""


def _process(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def _ready(command: list[str], shows: str, env: dict[str, str]) -> tuple[float, float]:
    with Terminal(command, env=env) as terminal:
        took = terminal.wait_for(shows)
        terminal.settle()
        return took, terminal.memory()


def main() -> None:
    """Measure in turns, print medians."""
    keydesk = str(Path(sys.executable).parent / "keydesk")
    nothing, version = [], []
    for _ in range(RUNS * 3):
        nothing.append(_process([sys.executable, "-c", "pass"]))
        version.append(_process([keydesk, "--version"]))
    empty, ready, demo = [], [], []
    memory = 0.0
    with tempfile.TemporaryDirectory() as home, demo_org("--lockouts-per-minute", "0") as (url, token):
        env = {"KEYDESK_HOME": home, "KEYDESK_ORG": url, "KEYDESK_API_TOKEN": token}
        for _ in range(RUNS):
            empty.append(_ready([sys.executable, "-c", EMPTY], "am ready", env)[0])
            took, memory = _ready([keydesk], "employee number or id", env)
            ready.append(took)
            demo.append(_ready([keydesk, "--demo"], "employee number or id", env)[0])
        with Terminal([keydesk], env=env) as terminal:
            terminal.wait_for("employee number or id")
            terminal.settle()
            blank = terminal.idle(10)
            for letter in "ann.lee@acme":
                terminal.press(letter)
            terminal.wait_for("Okta Verify")
            terminal.settle()
            shown = terminal.idle(10)
            terminal.press("enter")
            terminal.settle()
            confirm = median(_opened(terminal) for _ in range(5))
    print(f"Start, medians of {RUNS} runs in turns, 120x40, {ROOT.name}")
    print(f"  python -c pass            {median(nothing):8.1f} ms")
    print(f"  keydesk --version         {median(version):8.1f} ms  {median(version) / median(nothing):.2f}x")
    print(f"  empty Textual app, ready  {median(empty):8.1f} ms")
    print(
        f"  keydesk, ready to type    {median(ready):8.1f} ms  {median(ready) / median(empty):.2f}x   {memory:.0f} MB"
    )
    print(f"  keydesk --demo, the same  {median(demo):8.1f} ms  {median(demo) / median(empty):.2f}x")
    print(f"  idle 10 s, empty box      {blank[0]:8} bytes  {blank[1]:.2f} % CPU")
    print(f"  idle 10 s, person shown   {shown[0]:8} bytes  {shown[1]:.2f} % CPU")
    print(f"  confirmation opens in     {confirm:8.1f} ms")


def _opened(terminal: Terminal) -> float:
    took = terminal.press("s").last_ms
    terminal.press("escape", quiet=0.3)
    return took


if __name__ == "__main__":
    main()
