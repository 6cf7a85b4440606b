"""`make mutants`: how many mutants of each target its tests catch, and the survivors."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.mutants.judge import Unfit, judge
from tests.mutants.targets import ENOUGH, TARGETS

if TYPE_CHECKING:
    from tests.mutants.targets import Target


def main(words: list[str]) -> int:
    """Judge the targets whose path holds one of some words, or all; 1 if one is below what is enough."""
    chosen = [target for target in TARGETS if not words or any(word in target.path for word in words)]
    if len(chosen) == 1:
        return tell(chosen[0])
    # pytest runs once in a process
    ends = [
        subprocess.run([sys.executable, "-m", "tests.mutants", target.path], check=False).returncode
        for target in chosen
    ]
    return max(ends, default=1)


def tell(target: Target) -> int:
    """Judge one target and print its score and its survivors."""
    try:
        result = judge(target)
    except Unfit as unfit:
        print(f"{target.path}: {unfit}")
        return 1
    of = result.caught + len(result.survivors)
    score = f"{result.caught} of {of} mutants caught, {result.score:.1f} %"
    print(f"\r{target.path}: {score}; {result.equal} behave the same; {result.seconds:.0f} s")
    for mutant, tests in result.survivors:
        print(f"\n  survives {tests} tests" if tests else "\n  no test reaches")
        print("\n".join(f"    {line}" for line in mutant.diff.splitlines()))
    print(flush=True)
    return int(result.score < ENOUGH)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
