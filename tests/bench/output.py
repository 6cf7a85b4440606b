"""Measures the bytes that reach the terminal, as Textual sends them and with only the changed cells.

Run it from the repository: `python tests/bench/output.py [--rounds 3]`. Each step is typed into the real program in a
pty; its answer ends when nothing was written for a while. Never a timed test: the exit status is 0 whatever comes out.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import zlib
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.people import demo_org
from tests.bench.table_pty import KEYS, Terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEYDESK: Final = [sys.executable, "-P", "-m", "tui"]
_QUIET: Final = 0.5
"""Seconds without output that end an answer: longer than what waits in keydesk before it reads a person."""
_BUSY: Final = 4.0
"""Percent of a core above which a program is still at work on its answer."""
FUNCTION_KEYS: Final = {
    2: "\x1bOQ",
    3: "\x1bOR",
    4: "\x1bOS",
    5: "\x1b[15~",
    6: "\x1b[17~",
    7: "\x1b[18~",
    8: "\x1b[19~",
}
_STEPS: Final = (
    ("a letter and its answer", "a"),
    ("another", "n"),
    ("results: a row moved", "down"),
    ("results: another", "down"),
    ("results: page down", "pagedown"),
    ("", "/"),
    ("", "end"),
    ("", "n.lee"),
    ("", "enter"),
    ("confirmation opened", "u"),
    ("confirmation closed", "escape"),
    ("palette opened", "\x10"),
    ("palette closed", "escape"),
    ("a status line (F6)", FUNCTION_KEYS[6]),
    ("lockouts (F3)", FUNCTION_KEYS[3]),
    ("lockouts: a row moved", "down"),
    ("lockouts: another", "down"),
    ("lockouts: last row", "end"),
    ("lockouts: page up", "pageup"),
    ("ledger (F4)", FUNCTION_KEYS[4]),
    ("connectors (F5)", FUNCTION_KEYS[5]),
    ("expiry (F7)", FUNCTION_KEYS[7]),
    ("notices (F8)", FUNCTION_KEYS[8]),
    ("lockouts again", FUNCTION_KEYS[3]),
    ("ledger again", FUNCTION_KEYS[4]),
    ("connectors again", FUNCTION_KEYS[5]),
    ("expiry again", FUNCTION_KEYS[7]),
    ("notices again", FUNCTION_KEYS[8]),
    ("look up again (F2)", FUNCTION_KEYS[2]),
)
"""What is typed in turn, and its name in the table; without one it only leads on."""


def measure(env: Mapping[str, str]) -> dict[str, tuple[int, int, float]]:
    """Play all steps once: bytes, bytes after zlib as `ssh -C` would send them, and milliseconds until all is drawn."""
    found: dict[str, tuple[int, int, float]] = {}
    with tempfile.TemporaryDirectory() as home, Terminal(_KEYDESK, env={**env, "KEYDESK_HOME": home}) as terminal:
        terminal.wait_for("employee number or id")
        terminal.settle(1.5)
        while terminal.idle(_QUIET)[1] > _BUSY:
            pass
        squeezed = zlib.compressobj()
        found["start"] = len(terminal.output), _squeeze(squeezed, terminal.output), 0.0
        for name, key in _STEPS:
            before = len(terminal.output)
            answer = terminal.press(key, quiet=_QUIET)
            while terminal.idle(_QUIET)[1] > _BUSY:  # a machine that others use, too, may only be slow
                pass
            small = _squeeze(squeezed, terminal.output[before:])
            if name:
                found[name] = len(terminal.output) - before, small, answer.last_ms
        os.write(terminal._master, KEYS["ctrl+q"].encode())
        terminal.settle(1.0)
        found["all of it"] = len(terminal.output), sum(small for _, small, _ in found.values()), 0.0
    return found


def _squeeze(squeezed: zlib._Compress, data: bytes | bytearray) -> int:
    return len(squeezed.compress(bytes(data)) + squeezed.flush(zlib.Z_SYNC_FLUSH))


def main() -> None:
    """Measure both ways and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args() if __name__ == "__main__" else parser.parse_args([])
    whole, changed = [], []
    with demo_org("--people", "400", "--lockouts-per-minute", "0") as (url, token):
        env = {"KEYDESK_ORG": url, "KEYDESK_API_TOKEN": token}
        for _ in range(arguments.rounds):
            whole.append(measure({**env, "KEYDESK_CELL_DIFF": "0"}))
            changed.append(measure({**env, "KEYDESK_CELL_DIFF": "1"}))
    print(f"120x40, medians of {arguments.rounds}: bytes (after zlib), ms until all is drawn")
    print(f"{'':26}{'Textual':>18}{'ms':>6}{'changed cells':>18}{'ms':>6}{'ratio':>8}")
    for name in whole[0]:
        columns = [[median(part[name][at] for part in rounds) for at in range(3)] for rounds in (whole, changed)]
        (size, small, ms), (size_now, small_now, ms_now) = columns
        before, after = (f"{int(a):,} ({int(b):,})" for a, b in ((size, small), (size_now, small_now)))
        ratio = size_now / size if size else 0.0
        print(f"{name:26}{before:>18}{ms:6.0f}{after:>18}{ms_now:6.0f}{ratio:8.3f}")


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    main()
