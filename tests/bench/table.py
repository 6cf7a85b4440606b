"""Measures the table in a real pty: does it matter whether it holds fifty rows or ten thousand?

Run it from the repository: `python tests/bench/table.py [--runs 3] [--idle 10]`. Never a timed test: the exit status
is 0 whatever the figures are.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.table_pty import Terminal

if TYPE_CHECKING:
    from tests.bench.table_pty import Answer

_APP = Path(__file__).with_name("table_app.py")
_FEW, _MANY = 50, 10_000
_REPEAT = 10
# Keys pressed before each measured one, so that fifty rows have as much to do as ten thousand.
_STEPS = {
    "down": ("down", ["up"]),
    "pagedown, scrolls": ("pagedown", ["home", "pagedown"]),
    "end": ("end", ["home"]),
    "home": ("home", ["end"]),
    "swap all rows": ("s", ["home"]),
    "equal rows again": ("t", ["home"]),
}


@dataclass
class Figures:
    """What was measured with one number of rows."""

    ready: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    idle_bytes: list[int] = field(default_factory=list)
    idle_cpu: list[float] = field(default_factory=list)
    answers: defaultdict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))


def measure(count: int, figures: Figures, idle: float) -> None:
    """Start the program once and try everything."""
    with Terminal([sys.executable, str(_APP), str(count)]) as terminal:
        figures.ready.append(terminal.wait_for("person.000010"))
        terminal.settle()
        figures.memory.append(terminal.memory())
        for step, (key, before) in _STEPS.items():
            for _ in range(_REPEAT):
                for earlier in before:
                    terminal.press(earlier)
                figures.answers[step].append(terminal.press(key))
        written, cpu = terminal.idle(idle)
        figures.idle_bytes.append(written)
        figures.idle_cpu.append(cpu)


def main() -> None:
    """Measure, alternating, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--idle", type=float, default=10.0)
    arguments = parser.parse_args()
    few, many = Figures(), Figures()
    for _ in range(arguments.runs):
        measure(_FEW, few, arguments.idle)
        measure(_MANY, many, arguments.idle)

    print(f"medians of {arguments.runs} runs, 120x40, ms until all is drawn")
    print(f"{'':22}{f'{_FEW:,} rows':>12}{f'{_MANY:,} rows':>14}{'ratio':>8}{'bytes':>16}{'CPU ms':>14}")
    _line("ready", median(few.ready), median(many.ready))
    for step in _STEPS:
        _line(step, _ms(few, step), _ms(many, step), few.answers[step], many.answers[step])
    print(f"{'memory, MB':22}{median(few.memory):12.1f}{median(many.memory):14.1f}")
    print(f"{f'idle {arguments.idle:g} s, bytes':22}{max(few.idle_bytes):12}{max(many.idle_bytes):14}")
    print(f"{'idle CPU %':22}{median(few.idle_cpu):12.2f}{median(many.idle_cpu):14.2f}")


def _ms(figures: Figures, step: str) -> float:
    return median(answer.last_ms for answer in figures.answers[step])


def _line(name: str, few: float, many: float, *answers: list[Answer]) -> None:
    ratio = f"{many / few:.2f}" if few else "-"
    sizes = " / ".join(f"{median(answer.size for answer in each):.0f}" for each in answers)
    cpu = " / ".join(f"{median(answer.cpu_ms for answer in each):.1f}" for each in answers)
    print(f"{name:22}{few:12.1f}{many:14.1f}{ratio:>8}{sizes:>16}{cpu:>14}")


if __name__ == "__main__":
    main()
