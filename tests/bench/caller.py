"""Measures what a proof of a caller takes of the agent, and how soon a denial stops everything.

Run it from the repository: `python tests/bench/caller.py [--rounds 3]`. keydesk runs in a pty, in a demo with callers:
Zoe's phone approves after four seconds, the real Jack's denies after four. The keys of the agent are counted from the
card on; the time runs until the caller is proven, and from the tap on the phone until the alarm stands there. keydesk
looks every two seconds, so most of that is until Okta is asked. Never a timed test: the exit status is 0 whatever comes
out.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Final

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.table_pty import Terminal
from tui.demo.people.callers import CALLERS

_KEYDESK: Final = [sys.executable, "-P", "-m", "tui", "--demo", "--callers", "--people", "60"]
_HERE: Final = {"PYTHONPATH": str(Path(__file__).parents[2])}
_MOST_KEYS, _MOST_SECONDS, _MOST_UNTIL_STOPPED = 12, 25.0, 2.0
_TAP: Final = {caller.person: caller.after for caller in CALLERS}


def asked(person: str, ends: str) -> tuple[int, float, float]:
    """Look a person up and prove them for a reset link by what is offered first.

    Args:
        person: Their login, without its domain.
        ends: The words that end it.

    Returns:
        How many keys it took from the card on, seconds from the first of them, and seconds since the phone was tapped.
    """
    keys = 0
    with tempfile.TemporaryDirectory() as home, Terminal(_KEYDESK, env=_HERE | {"KEYDESK_HOME": home}) as keydesk:
        keydesk.wait_for("employee number or id")
        keydesk.press(person, quiet=1.0)
        keydesk.press("enter", quiet=1.5)
        begun = monotonic()
        for key, waits in (("=", "They want"), ("enter", "Push with a number"), ("enter", "Tap ")):
            keydesk.type(key)
            keydesk.wait_for(waits)
            keys += 1
        sent = monotonic()
        keydesk.wait_for(ends)
        now = monotonic()
    return keys, now - begun, now - sent - _TAP[person]


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args(arguments).rounds
    proven = [asked("zoe.martin", "PROVEN") for _ in range(rounds)]
    denied = [asked("jack.frost", "DENIED") for _ in range(rounds)]
    keys, seconds = max(one[0] for one in proven), median(one[1] for one in proven)
    print(f"proven by a number: {keys} keys of {_MOST_KEYS} at most, {seconds:.1f} s of {_MOST_SECONDS:.0f} at most")
    print(f"of these, the phone was looked at for {_TAP['zoe.martin']:.0f} s")
    stopped = median(one[2] for one in denied)
    print(f"denied: the alarm stands there {stopped:.1f} s after the tap, of {_MOST_UNTIL_STOPPED:.0f} s at most")


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    main()
