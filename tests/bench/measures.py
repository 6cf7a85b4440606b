"""Prints one table of all that keydesk promises of its speed: each figure with its goal and the machine's noise.

Run it from the repository: `python -m tests.bench.measures [--times 3] [--only minute]`. Each group of rows is measured
by the script that knows how; a script that this checkout has not is named as not measured. A figure alone says little:
the least and the greatest stand beside it, and the noise of the machine, taken before and after, beneath the table.
Never a timed test: the exit status is 0 whatever comes out.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import subprocess
import sys
import tempfile
import time
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from tests.bench import minute, output, start
from tests.bench.noise import Row, spread, written
from tests.bench.people import ROOT, demo_org
from tests.bench.table_pty import KEYS, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

_KEYDESK: Final = [sys.executable, "-P", "-m", "tui"]
_READY: Final = "employee number or id"
_PERSON: Final = "ann.lee@"
_LIVE: Final = 30.0
"""Seconds for which a screen is watched."""
_F3: Final = "\x1bOR"
_SCREENS: Final = ("lockouts", "ledger", "connectors", "expiry", "notices")
_RATIO: Final = re.compile(r"^(\w+ --json) .*?([\d.]+)x +([\d.]+)x +of", re.MULTILINE)


def starting(times: int) -> list[Row]:
    """From the start of the process to the first result of a name typed at the first frame, beside an empty app."""
    ours: list[float] = []
    ratios: list[float] = []
    with tempfile.TemporaryDirectory() as home, demo_org("--lockouts-per-minute", "0") as (url, token):
        env = {"KEYDESK_HOME": home, "KEYDESK_ORG": url, "KEYDESK_API_TOKEN": token}
        for _ in range(times + 1):
            with Terminal([sys.executable, "-c", start.EMPTY]) as terminal:
                empty = terminal.wait_for("am ready")
            with Terminal(_KEYDESK, env=env) as terminal:
                terminal.wait_for(_READY)
                for letter in _PERSON:
                    terminal.press(letter, quiet=0.0)
                ours.append(terminal.wait_for("ann.lee@acme"))
            ratios.append(ours[-1] / empty)
    return [
        Row("start to first result", ours[1:], "ms"),
        Row("start to first result, of an empty app's frame", ratios[1:], "x", 2.5),
    ]


def commands(times: int) -> list[Row]:
    """`find`, `show` and `why` beside bare httpx, as the script of the commands prints them."""
    importlib.import_module("tests.bench.commands")  # said before anything is run where it is not there
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.commands", str(max(5, times))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = _RATIO.findall(done.stdout)
    return [Row(f"{name}, of lean httpx", [float(clock)], "x", 1.25) for name, clock, _ in found]


def echo(times: int) -> list[Row]:
    """A letter in the search box beside Textual's input alone, and each main screen opened again."""
    script: Any = importlib.import_module("tests.bench.echo")
    letters = script.echoes(10 * times)
    alone, ours = letters["Input alone"], letters["search box"]
    ratios = [one.last_ms / max(0.1, other.last_ms) for one, other in zip(ours, alone, strict=True)]
    found = [
        Row("key echo, of Textual's input alone", [median(ratios)], "x", 1.2),
        Row("key echo", [answer.size for answer in ours], "B", 300),
    ]
    for name, answers in script.again(times).items():
        found.append(Row(f"{name} again: all drawn", [answer.last_ms for answer in answers], "ms", 80))
    return found


def drawing(times: int) -> list[Row]:
    """What one key has sent to the terminal: dialogs, palette, rows, screens opened again, a line of status."""
    with demo_org("--people", "400", "--lockouts-per-minute", "0") as (url, token):
        env = {"KEYDESK_ORG": url, "KEYDESK_API_TOKEN": token, "KEYDESK_CELL_DIFF": "1"}
        played = [output.measure(env) for _ in range(times)]

    def row(name: str, *steps: str, most: float | None = None, ms: float | None = None) -> list[Row]:
        answers = [one[step] for one in played for step in steps]
        sizes = Row(name, [answer[0] for answer in answers], "B", most)
        in_time = [answer[2] for answer in answers if answer[2]]  # on a busy machine it may come too late to be seen
        return [sizes, Row(f"{name}: all drawn", in_time, "ms", ms)] if ms is not None and in_time else [sizes]

    return [
        *row("confirmation opened", "confirmation opened", most=2_500, ms=50),
        *row("confirmation closed", "confirmation closed", most=3_200, ms=40),
        *row("palette opened", "palette opened", most=6_000),
        *row("lockouts: one row", "lockouts: a row moved", "lockouts: another", most=850),
        *row("results: one row, the card follows", "results: a row moved", "results: another", most=2_200),
        *(one for name in _SCREENS for one in row(f"{name} again", f"{name} again", most=9_000)),
        *row("look up again", "look up again (F2)", most=9_000),
        *row("one line of status", "a status line (F6)", most=300),
    ]


def quiet(times: int) -> list[Row]:
    """The lockouts live at twenty a minute, and a person shown while nothing happens."""
    live, shown = [_watched("20", _F3) for _ in range(times)], [_watched("0", "ann.lee@acme") for _ in range(times)]
    return [
        Row("lockouts live 30 s, 20 a minute", [size for size, _ in live], "B", 3_500),
        Row("lockouts live: CPU", [cpu for _, cpu in live], "%", 0.5),
        Row("idle 30 s, a person shown", [size for size, _ in shown], "B", 0),
        Row("idle: CPU", [cpu for _, cpu in shown], "%", 0.5),
    ]


def _watched(lockouts: str, keys: str) -> tuple[int, float]:
    """Return the bytes and the CPU in percent of `_LIVE` seconds after some keys."""
    with tempfile.TemporaryDirectory() as home, demo_org("--lockouts-per-minute", lockouts) as (url, token):
        env = {"KEYDESK_HOME": home, "KEYDESK_ORG": url, "KEYDESK_API_TOKEN": token}
        with Terminal(_KEYDESK, env=env) as terminal:
            terminal.wait_for(_READY)
            terminal.settle(1.0)
            for key in [keys] if keys in {*KEYS.values(), _F3} else keys:
                terminal.press(key)
            terminal.settle(2.0)
            return terminal.idle(_LIVE)


GROUPS: Final[dict[str, Callable[[int], list[Row]]]] = {
    "start": starting,
    "commands": commands,
    "echo": echo,
    "drawing": drawing,
    "quiet": quiet,
    "minute": minute.rows,
}
"""What measures each group of rows, by the name that `--only` takes."""


def noise() -> list[float]:
    """Return how many milliseconds the same work takes, several times: what differs is the machine."""
    found = []
    for _ in range(15):
        began = time.perf_counter()
        sum(number * number for number in range(200_000))
        found.append((time.perf_counter() - began) * 1000)
    return found


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3, help="rounds of each measure")
    parser.add_argument("--only", choices=GROUPS, action="append", help="only these groups")
    asked = parser.parse_args(arguments)
    before, load = noise(), os.getloadavg()[0]
    print(f"{'measure, at 120x40':<50}{'median (least to greatest)':>34}{'goal':>10}")
    for name in asked.only or GROUPS:
        try:
            rows = GROUPS[name](asked.times)
        except ModuleNotFoundError as missing:
            print(f"{name}: not measured, this checkout has no {missing.name}")
            continue
        for row in rows:
            goal = "" if row.goal is None else written(row.goal, row.unit)
            print(f"{row.name:<50}{spread(row.figures, row.unit):>34}{goal:>10}  {row.met}", flush=True)
    after = noise()
    print(f"the same work before {spread(before, 'ms')} and after {spread(after, 'ms')}")
    print(f"load {load:.1f} before and {os.getloadavg()[0]:.1f} after, on {os.cpu_count()} cores")


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    main()
