"""Works at keydesk for a whole day, and measures its memory: 5,000 actions in a real pty, with the lockout feed open.

Run it from the repository: `python tests/bench/soak.py [--actions 5000] [--per-minute 20]`; it takes ten to twenty
minutes. Never a timed test: the exit status is 0 whatever the figures are. The goal: the last 3,000 actions add less
than 5 MB.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.people import demo_org
from tests.bench.table_pty import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

F2, F3, F4, F5, F7, F8 = "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[15~", "\x1b[18~", "\x1b[19~"
PALETTE: Final = "\x10"
WIPE: Final = "\x15"
REST: Final = ""
"""Not a key: wait until all is drawn. Textual's palette crashes where it is closed while it still searches, or where
another screen comes above it; this script looks at the memory."""
NAMES: Final = ("ann", "henry", "nora", "adam", "lena", "sam.t", "erik", "mark", "carla", "petra")
EVERY: Final = 250
"""Actions between two points of the curve."""
LAST: Final = 3000
"""The last actions, which should add nothing."""


def day() -> Iterator[str]:
    """Yield the keys of an agent's day, without an end: each is one action, but for `REST`."""
    for name in itertools.cycle(NAMES):
        yield from (F2, "/", WIPE, *name, "enter", "down", "down", "up", "pagedown", "home")
        yield from (REST, "s", REST, "escape", "w", REST, "down", "down", "escape", "r")
        yield from (REST, PALETTE, *"led", REST, "escape", REST)
        yield from (
            F3,
            "down",
            "down",
            "pagedown",
            "up",
            "home",
            "w",
            REST,
            "down",
            "escape",
            "u",
            REST,
            "escape",
            "c",
            "f",
            "f",
        )
        yield from (F4, "down", "/", *name[:3], "escape", "v", "o", "o", F5, "down", "up", F7, "down", F8, "down")


def soak(actions: int, per_minute: float) -> list[tuple[int, float, float]]:
    """Work for so many actions, with so many lockouts a minute; return points of actions, seconds and megabytes."""
    keydesk = str(Path(sys.executable).parent / "keydesk")
    with (
        tempfile.TemporaryDirectory() as home,
        demo_org("--lockouts-per-minute", str(per_minute), "--rate-limits", "off") as (url, token),
        Terminal([keydesk], env={"KEYDESK_HOME": home, "KEYDESK_ORG": url, "KEYDESK_API_TOKEN": token}) as terminal,
    ):
        terminal.wait_for("employee number or id")
        terminal.settle()
        started = time.perf_counter()
        curve = [(0, 0.0, terminal.memory())]
        done = 0
        for key in day():
            if key == REST:
                terminal.settle(0.3)
                continue
            if done == actions:
                break
            done += 1
            terminal.press(key, quiet=0.03, timeout=1.0)
            if not terminal.runs:
                raise SystemExit(f"keydesk ended at action {done}: {bytes(terminal.output[-4000:]).decode()}")
            del terminal.output[:-4000]
            if done % EVERY == 0:
                curve.append((done, time.perf_counter() - started, terminal.memory()))
                print(f"{done:8,}{curve[-1][1]:8.0f} s{curve[-1][2]:9.1f} MB", flush=True)
    return curve


def main(argv: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--actions", type=int, default=5000)
    parser.add_argument("--per-minute", type=float, default=20.0)
    arguments = parser.parse_args(argv)
    print(f"A day at keydesk, 120x40, {arguments.per_minute:g} lockouts a minute: actions, seconds, resident memory")
    curve = soak(arguments.actions, arguments.per_minute)
    last = min(LAST, arguments.actions * 3 // 5)  # what came before fills the caches
    begin = next(point for point in reversed(curve) if point[0] <= arguments.actions - last)
    added = curve[-1][2] - begin[2]
    print(f"The last {curve[-1][0] - begin[0]:,} actions added {added:.1f} MB (goal: less than 5)")


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    main()
