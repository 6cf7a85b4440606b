"""Measures the lockout feed in a real pty: does a key press repaint as fast while 1,000 events a minute come in?

Run it from the repository: `python tests/bench/repaint.py [--seconds 60] [--per-minute 1000]`. Never a timed test: the
exit status is 0 whatever the figures are. The goal is a ratio of at most 1.5 against a feed to which nothing comes.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.table_pty import Terminal

if TYPE_CHECKING:
    from tests.bench.table_pty import Answer

_APP = Path(__file__).with_name("repaint_app.py")
_F3 = "\x1bOR"
_PAUSE = 0.15
"""Seconds between two keys: an agent who reads."""
_LONGEST = 2.0
_CAUSE = "Mail (Outlook)"


def measure(per_minute: float, seconds: float) -> list[Answer]:
    """Move the cursor up and down for so long, with so many events a minute."""
    answers = []
    with (
        tempfile.TemporaryDirectory() as home,
        Terminal([sys.executable, str(_APP), str(per_minute)], env={"KEYDESK_HOME": home}) as terminal,
    ):
        terminal.wait_for("Look up")
        terminal.settle()
        before = len(terminal.output)
        terminal.press(_F3)
        terminal.wait_for("person.000010", since=before)
        terminal.settle(0.3)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            for key in ("down", "up"):
                answers.append(terminal.press(key, timeout=_LONGEST))
                terminal.idle(_PAUSE)
        if per_minute >= 1:
            terminal.wait_for(_CAUSE, since=before)  # the events did come, and were understood
    return answers


def main() -> None:
    """Measure both and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--per-minute", type=float, default=1000.0)
    arguments = parser.parse_args() if __name__ == "__main__" else parser.parse_args([])
    quiet = measure(0.000001, arguments.seconds)
    busy = measure(arguments.per_minute, arguments.seconds)
    print(f"lockout feed, 120x40, {len(quiet)} and {len(busy)} keys, ms from a key to its first byte and to its last")
    print(f"{'':22}{'nothing comes':>16}{f'{arguments.per_minute:,.0f} a minute':>18}{'ratio':>8}")
    for name, part in (("first byte", "first_ms"), ("all is drawn", "last_ms")):
        few, many = ([getattr(answer, part) for answer in answers if answer.size] for answers in (quiet, busy))
        for which, figure in (("median", median), ("19 of 20", lambda values: quantiles(values, n=20)[-1])):
            print(f"{f'{name}, {which}':22}{figure(few):16.1f}{figure(many):18.1f}{figure(many) / figure(few):8.2f}")


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    main()
