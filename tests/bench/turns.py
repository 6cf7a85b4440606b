"""Programs measured in turns: what each run took, and a table of it with ratios and the noise.

Turns, since on a busy machine only the ratio of runs that lie beside each other means something. CPU time is steadier
than the time on the clock; where both say the same, believe it.
"""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import TYPE_CHECKING

from tests.bench.people import INSTALLED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Took:
    """What one run took, in milliseconds: on the clock, and of CPU by the program and all its threads."""

    wall: float
    cpu: float


def run_once(command: Sequence[str], env: Mapping[str, str] | None = None) -> Took:
    """Run a command to its end.

    Args:
        command: The program and its arguments; what it prints is thrown away.
        env: Set on top of this process's environment.

    Raises:
        SystemExit: The command failed, so that its time means nothing.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        command, env={**os.environ, **INSTALLED, **(env or {})}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return Took(wall * 1000, (used.ru_utime + used.ru_stime) * 1000)


@dataclass
class Turns:
    """The runs of several programs.

    Attributes:
        runs: What each run took, by the program's name, in the order of the first turn.
    """

    runs: dict[str, list[Took]] = field(default_factory=dict)

    def measure(self, turns: int, programs: Mapping[str, Callable[[], Took]]) -> None:
        """Run all programs in turns; a first turn, which compiles and fills caches, does not count."""
        for turn in range(turns + 1):
            for name, run in programs.items():
                took = run()
                if turn:
                    self.runs.setdefault(name, []).append(took)

    def ratio(self, name: str, base: str) -> tuple[float, float]:
        """Return how much longer a program takes than another, by clock and by CPU: medians of the turns' ratios."""
        pairs = list(zip(self.runs[name], self.runs[base], strict=True))
        return median(a.wall / b.wall for a, b in pairs), median(a.cpu / b.cpu for a, b in pairs)

    def lines(self, base_of: Mapping[str, str]) -> list[str]:
        """Return the table.

        Args:
            base_of: With which other program each is compared, by their names.
        """
        width = max(map(len, self.runs))
        titles = f"{'clock: min':>10} {'median':>7} {'spread':>7}  {'CPU: min':>8} {'median':>7} {'spread':>7}"
        lines = [f"{'':<{width}}  {titles}    clock      CPU"]
        for name, took in self.runs.items():
            clock, cpu = _figures([one.wall for one in took]), _figures([one.cpu for one in took])
            line = f"{name:<{width}}  {clock[0]:>10.0f} {clock[1]:>7.0f} {clock[2]:>6.0f}%  "
            line += f"{cpu[0]:>8.0f} {cpu[1]:>7.0f} {cpu[2]:>6.0f}%"
            if base := base_of.get(name):
                ratios = self.ratio(name, base)
                line += f"  {ratios[0]:>6.2f}x  {ratios[1]:>6.2f}x  of {base}"
            lines.append(line)
        return [*lines, f"milliseconds; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"]


def _figures(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the least, the median, and half of them lie within so many percent of the median."""
    if len(values) == 1:
        return values[0], values[0], 0.0
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return min(values), middle, (high - low) / middle * 100
