"""Measures the agent's minute: a locked-out person is found, understood and unlocked, and the ticket text is copied.

Run it from the repository: `python -m tests.bench.minute [--rounds 5] [--delay 150] [--calls]`. The real program runs
in a pty at 120x40, against a demo org in a process of its own behind a line on which each call takes 150 ms. Each key
is typed as soon as what it is for is on the screen; the time goes from the first letter of the name. The other jobs of
a day are played after it. Never a timed test: the exit status is 0 whatever comes out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

from tests.bench.noise import Row, spread
from tests.bench.people import demo_org
from tests.bench.slow_org import SlowLine, rounds
from tests.bench.table_pty import KEYS, Terminal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.bench.slow_org import Call

_KEYDESK: Final = [sys.executable, "-P", "-m", "tui"]
DELAY: Final = 0.15
"""Seconds of each call."""
_LETTER: Final = 0.04
"""Seconds between two letters of a text."""
_GLANCE: Final = 0.02
"""Seconds without output after which a step is seen to be done; no hand is as fast."""
_PATIENCE: Final = 60.0
_REST: Final = 0.5
_BUSY: Final = 2.0
"""Percent of a core, over so many seconds, above which a program is still at work."""
_TOO_EARLY: Final = "came before this was on the screen"
_NAMED: Final = frozenset(KEYS)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a job.

    Attributes:
        name: What it is called in the table.
        keys: What is pressed in turn: a key by its name, or a text.
        shows: What is on the screen when it is done.
        gone: What is on the screen no more then.
    """

    name: str
    keys: Sequence[str]
    shows: str
    gone: tuple[str, ...] = ()


FOUND: Final = "found"
"""The name of the step that is the search; the calls after it are what a job costs beyond that."""
_LOOKING: Final = ("Looking in the System Log", "Reading what it is about")
_READING: Final = ("reading the log",)
MINUTE: Final = (
    Step(FOUND, ("stone",), "henry.stone@"),
    Step("opened", ("enter",), "w more", gone=_READING),
    Step("why", ("w",), "How sure"),
    Step("confirmation", ("u",), "enter Unlock", gone=_LOOKING),
    Step("unlocked, seen active", ("enter",), "Unlock: done"),
    Step("ticket text copied", ("c",), "ticket text:"),
)
RESET: Final = (
    Step(FOUND, ("bob.martin",), "bob.martin@"),
    Step("opened", ("enter",), "w more", gone=_READING),
    Step("confirmation", ("l",), "enter Make a reset link", gone=_LOOKING),
    Step("link made", ("forgot it", "enter"), "copies it"),
    Step("link copied", ("c",), "Empty your"),
    Step("link put away", ("escape",), "copies the ticket text", gone=("copies it",)),
    Step("ticket text copied", ("c",), "ticket text:"),
)
FACTOR: Final = (
    Step(FOUND, ("bob.martin",), "bob.martin@"),
    Step("opened", ("enter",), "w more", gone=_READING),
    Step("factors", ("f",), "can be used"),
    Step("confirmation", ("enter",), "enter Remove a factor", gone=_LOOKING),
    Step("factor removed", ("lost it", "enter"), "Remove a factor: done"),
    Step("ticket text copied", ("c",), "ticket text:"),
)
GROUP: Final = (
    Step(FOUND, ("bob.martin",), "bob.martin@"),
    Step("opened", ("enter",), "w more", gone=_READING),
    Step("software", ("g",), "by group Everyone"),
    Step("software found", ("figma",), "1 found"),
    Step("confirmation", ("enter", "1"), "enter Add to a group", gone=_LOOKING),
    Step("added", ("enter",), "Add to a group: done"),
    Step("ticket text copied", ("c",), "ticket text:"),
)
JOBS: Final = {"agent's minute": MINUTE, "reset link": RESET, "one factor": FACTOR, "group for an app": GROUP}


@dataclass(frozen=True, slots=True)
class Done:
    """One step that was done.

    Attributes:
        ms: Milliseconds from its first key.
        size: Bytes written to the terminal.
        cpu: Milliseconds of CPU that keydesk spent.
    """

    ms: float
    size: int
    cpu: float


@dataclass(frozen=True, slots=True)
class Played:
    """A job that was done once.

    Attributes:
        steps: Its steps by their names.
        keys: Keys that were pressed, but for the letters of names and reasons.
        calls: The calls from the first key until nothing is asked any more.
        beyond: Those that began after the search was answered.
        waited: Of these, those that were answered within the step in which they were asked, round by round.
    """

    steps: dict[str, Done]
    keys: int
    calls: list[Call]
    beyond: list[Call]
    waited: list[list[str]]

    @property
    def seconds(self) -> float:
        """Seconds from the first key until the last step was done."""
        return sum(done.ms for done in self.steps.values()) / 1000

    @property
    def size(self) -> int:
        """Bytes written to the terminal meanwhile."""
        return sum(done.size for done in self.steps.values())

    @property
    def cpu(self) -> float:
        """Seconds of CPU that keydesk spent meanwhile."""
        return sum(done.cpu for done in self.steps.values()) / 1000


def play(steps: Sequence[Step], line: SlowLine, env: Mapping[str, str]) -> Played:
    """Do a job once in a keydesk of its own, and wait until nothing is asked any more."""
    done: dict[str, Done] = {}
    within: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as home, Terminal(_KEYDESK, env={**env, "KEYDESK_HOME": home}) as terminal:
        terminal.wait_for("employee number or id")
        terminal.settle(1.0)
        while terminal.idle(_REST)[1] > _BUSY:  # the rest of the start is no part of the job
            pass
        start = time.perf_counter()
        for step in steps:
            began, size, cpu = time.perf_counter(), len(terminal.output), terminal.cpu()
            for key in step.keys:
                _type(terminal, key)
            _see(terminal, step)
            within.append((began, time.perf_counter()))
            ms = (within[-1][1] - began) * 1000
            done[step.name] = Done(ms, len(terminal.output) - size, (terminal.cpu() - cpu) * 1000)
        terminal.settle(1.0)
    calls = line.since(start)
    searched = max(call.ended for call in rounds(calls)[0])
    beyond = [call for call in calls if call.began >= searched]
    waited = rounds([call for call in beyond if any(a <= call.began and call.ended <= b for a, b in within)])
    keys = sum(len(key) == 1 or key in _NAMED for step in steps for key in step.keys)
    return Played(done, keys, calls, beyond, [[call.name for call in calls] for calls in waited])


def _type(terminal: Terminal, key: str) -> None:
    """Press a key, or type a text letter by letter."""
    letters = [key] if key in _NAMED or len(key) == 1 else key
    for letter in letters:
        terminal.press(letter, quiet=_LETTER if len(letters) > 1 else 0.0)


def _see(terminal: Terminal, step: Step) -> None:
    """Wait until a step is seen to be done; a key that came before what it confirms was drawn is pressed again.

    Raises:
        TimeoutError: It never was.
    """
    end = time.perf_counter() + _PATIENCE
    while step.shows not in (shown := terminal.shown()) or any(text in shown for text in step.gone):
        if time.perf_counter() > end:
            raise TimeoutError(f"{step.name}: {step.shows!r} is not shown\n{shown}")
        if _TOO_EARLY in shown and step.keys[-1] == "enter":
            terminal.press("enter", quiet=_GLANCE)
        terminal.settle(_GLANCE)


def measure(steps: Sequence[Step], *, times: int, delay: float = DELAY) -> list[Played]:
    """Do a job several times, each with an org of its own."""
    played: list[Played] = []
    for _ in range(times):
        with (
            demo_org("--people", "400", "--lockouts-per-minute", "0") as (url, token),
            SlowLine.to(url, delay) as line,
        ):
            played.append(play(steps, line, {"KEYDESK_ORG": line.url, "KEYDESK_API_TOKEN": token}))
    return played


def rows(times: int = 3) -> list[Row]:
    """Measure the agent's minute for the table of all measures."""
    played = measure(MINUTE, times=times)
    return [
        Row("agent's minute: keys", [one.keys for one in played], "", 7),
        Row("agent's minute: waits beyond the search", [len(one.waited) for one in played], "", 5),
        Row("agent's minute: calls beyond the search", [len(one.beyond) for one in played], ""),
        Row("agent's minute: from the first letter", [one.seconds for one in played], "s", 2.5),
        Row("agent's minute: CPU of it", [one.cpu for one in played], "s"),
        Row("agent's minute: all of it in bytes", [one.size for one in played], "B", 20_000),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--delay", type=float, default=DELAY * 1000, help="milliseconds of each call")
    parser.add_argument("--calls", action="store_true", help="list the calls that were waited for")
    parser.add_argument("--job", choices=JOBS, action="append", help="only this job")
    arguments = parser.parse_args() if __name__ == "__main__" else parser.parse_args([])
    print(f"Jobs at 120x40, {arguments.delay:.0f} ms a call; medians of {arguments.rounds}, times also as spread")
    for job in arguments.job or JOBS:
        played = measure(JOBS[job], times=arguments.rounds, delay=arguments.delay / 1000)
        _print(job, played, calls=arguments.calls)


def _print(job: str, played: Sequence[Played], *, calls: bool) -> None:
    last = played[-1]
    print(
        f"{job}: {spread([one.seconds for one in played], 's')}, {median(one.cpu for one in played):.2f} s of CPU,"
        f" {median(one.size for one in played):,.0f} bytes, {last.keys} keys, beyond the search"
        f" {len(last.beyond)} calls and {len(last.waited)} waits"
    )
    for name in last.steps:
        done = [one.steps[name] for one in played]
        ms, size, cpu = (median(getattr(one, field) for one in done) for field in ("ms", "size", "cpu"))
        print(f"  {name:24}{ms:8.0f} ms{size:8,.0f} B{cpu:7.0f} ms of CPU")
    if calls:
        for number, names in enumerate(last.waited, 1):
            print(f"  wait {number}: {', '.join(names)}")


if __name__ == "__main__":
    main()
