"""Measures an agent's work over a slow line: every byte is held back on its way, in both directions.

Run it from the repository: `python tests/bench/slow_line.py [--round-trip 300]`. A demo org, keydesk in a pty, and a
line that holds back each direction by half of the round trip. Bytes are counted as sent, and as `ssh -C` would send
them: zlib with a flush behind each write. Never a timed test: the exit status is 0 whatever comes out.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
import zlib
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Final

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.people import demo_org
from tests.bench.table_pty import Terminal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_KEYDESK: Final = [sys.executable, "-P", "-m", "tui"]
_QUIET: Final = 0.7
"""Seconds without output that end an answer, beyond the round trip."""
_MINUTE: Final = (
    ("a name typed, rows there", "ann.lee@", "● Locked out"),
    ("its card", "enter", "Make a reset link"),
    ("w: why", "w", "Next step"),
    ("u: the confirmation, log looked at", "u", "points to an attack"),
    ("a reason", "called back", "called back"),
    ("enter: unlocked, and seen active", "enter", "○ Active"),
    ("c: the text for the ticket", "c", "OSC 52"),
)
"""The agent's minute: what it is, what is typed, and what is waited for before the next key."""
_MORE: Final = (
    ("", "escape"),
    ("confirmation opened", "s"),
    ("confirmation closed", "escape"),
    ("palette opened", "\x10"),
    ("palette closed", "escape"),
    ("", "/"),
    ("", "end"),
    ("a row list", "\x15an"),
    ("", "enter"),
    ("a row moved", "down"),
    ("another", "down"),
)
"""Single answers, each until all of it is drawn."""


class SlowTerminal(Terminal):
    """A terminal at the end of a slow line.

    Attributes:
        squeezed: Bytes that arrived so far, as `ssh -C` would have sent them.
    """

    def __init__(self, command: Sequence[str], *, delay: float, env: Mapping[str, str]) -> None:
        """Start the program.

        Args:
            command: The program and its arguments.
            delay: Seconds for which each byte is under way, in either direction.
            env: Set on top of this process's environment.
        """
        super().__init__(command, env=env)
        self._delay = delay
        self._coming: deque[tuple[float, bytes]] = deque()
        self._zlib = zlib.compressobj()
        self.squeezed = 0

    def _send(self, data: bytes) -> None:
        if not self._delay:
            super()._send(data)
            return
        later = threading.Timer(self._delay, super()._send, (data,))
        later.daemon = True
        later.start()

    def _take(self, chunk: bytes) -> None:
        self.squeezed += len(self._zlib.compress(chunk) + self._zlib.flush(zlib.Z_SYNC_FLUSH))
        self._coming.append((time.perf_counter() + self._delay, chunk))

    def _read(self, timeout: float) -> bool:
        """Take what was written, and show what has arrived by now."""
        end = time.perf_counter() + timeout
        while True:
            now = time.perf_counter()
            due = self._coming[0][0] if self._coming else end
            super()._read(max(0.0, min(due, end) - now))
            arrived = False
            while self._coming and self._coming[0][0] <= time.perf_counter():
                super()._take(self._coming.popleft()[1])
                arrived = True
            if arrived or time.perf_counter() >= end:
                return arrived


def measure(round_trip: float) -> dict[str, tuple[int, int, float]]:
    """Work once; bytes, bytes as `ssh -C` sends them, and milliseconds until what is waited for is on the screen.

    Args:
        round_trip: Seconds.
    """
    found: dict[str, tuple[int, int, float]] = {}
    with (
        demo_org("--people", "400", "--lockouts-per-minute", "0") as (url, token),
        tempfile.TemporaryDirectory() as home,
    ):
        env = {"KEYDESK_ORG": url, "KEYDESK_API_TOKEN": token, "KEYDESK_HOME": home}
        env |= {"SSH_CONNECTION": "192.0.2.7 50022 192.0.2.1 22"} if round_trip else {}
        with SlowTerminal(_KEYDESK, delay=round_trip / 2, env=env) as terminal:
            quiet = _QUIET + round_trip
            terminal.wait_for("employee number or id")
            terminal.settle(quiet + 1)
            whole, whole_small, begun = len(terminal.output), terminal.squeezed, time.perf_counter()
            waited = 0.0
            for name, key, wanted in _MINUTE:
                before, small, start = len(terminal.output), terminal.squeezed, time.perf_counter()
                terminal.type(key)
                terminal.wait_for(wanted)
                took = time.perf_counter() - start
                waited += took
                found[name] = len(terminal.output) - before, terminal.squeezed - small, took * 1000
            total = len(terminal.output) - whole, terminal.squeezed - whole_small
            found["the agent's minute, all of it"] = *total, (time.perf_counter() - begun) * 1000
            terminal.settle(quiet)
            for name, key in _MORE:
                small = terminal.squeezed
                answer = terminal.press(key, quiet=quiet)
                if name:
                    found[name] = answer.size, terminal.squeezed - small, answer.last_ms
    return found


def main(argv: list[str] | None = None) -> None:
    """Measure without a delay and with one, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--round-trip", type=float, default=300.0, help="milliseconds")
    arguments = parser.parse_args(argv)
    near, far = measure(0.0), measure(arguments.round_trip / 1000)
    print(f"120x40, ms until it is on the screen, at no delay and at {arguments.round_trip:.0f} ms a round trip")
    print(f"{'':38}{'bytes':>8}{'ssh -C':>8}{'ms':>7}{'ms, slow':>10}{'round trips':>13}")
    for name, (size, small, ms) in near.items():
        slow = far[name][2]
        print(f"{name:38}{size:8,}{small:8,}{ms:7.0f}{slow:10.0f}{(slow - ms) / arguments.round_trip:13.1f}")


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    main()
