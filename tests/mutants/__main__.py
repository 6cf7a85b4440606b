"""`make mutants`: how many mutants of each target its tests catch, and the survivors."""

from __future__ import annotations

import sys

from tests.mutants.judge import Unfit, judge
from tests.mutants.targets import ENOUGH, TARGETS


def main(names: list[str]) -> int:
    """Judge the targets whose path holds one of some words, or all; 1 if one is below what is enough."""
    scores: dict[str, float] = {}
    for target in TARGETS:
        if names and not any(name in target.path for name in names):
            continue
        try:
            result = judge(target)
        except Unfit as unfit:
            print(f"{target.path}: {unfit}")
            return 1
        scores[target.path] = result.score
        of = result.caught + len(result.survivors)
        print(f"\r{target.path}: {result.caught} of {of} caught, {result.score:.1f} %, in {result.seconds:.0f} s")
        for mutant, tests in result.survivors:
            print(f"\n  survives {tests} tests" if tests else "\n  no test reaches")
            print("\n".join(f"    {line}" for line in mutant.diff.splitlines()))
        print()
    for path, score in scores.items():
        print(f"{score:5.1f} %  {path}")
    return int(not scores or min(scores.values()) < ENOUGH)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
