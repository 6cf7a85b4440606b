"""The whole fuzz: `python -m tests.fuzz [COUNT] [FIRST]`, 5,000 conversations from number 0 on by default."""

from __future__ import annotations

import asyncio
import contextlib
import io
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.fuzz.conversations import Fuzz


def main() -> int:
    """Run, print each crash with its number, and the counts."""
    count, first = (*map(int, sys.argv[1:]), 5000, 0)[:2] if len(sys.argv) != 2 else (int(sys.argv[1]), 0)
    fuzz = Fuzz(Path(tempfile.mkdtemp()))
    done: Counter[str] = Counter()
    crashes: Counter[str] = Counter()
    begin = time.monotonic()
    for number in range(first, first + count):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                name = asyncio.run(fuzz.converse(number))
            done[name] += 1
        except Exception as error:  # noqa: BLE001 - every crash is counted
            where = traceback.extract_tb(error.__traceback__)[-1]
            kind = f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}"
            crashes[kind] += 1
            if crashes[kind] == 1:
                print(f"number {number}: {kind}", flush=True)
                traceback.print_exc(limit=-6)
        if (number + 1) % 500 == 0:
            print(f"… {number + 1 - first}", flush=True)
    print(f"{sum(done.values())} of {count} conversations in {time.monotonic() - begin:.0f} s: {dict(done)}")
    print(f"crashes: {dict(crashes)}")
    return bool(crashes)


if __name__ == "__main__":
    raise SystemExit(main())
