"""Runs and checks many times, and prints what came of it: `python -m tests.chaos [--runs 100] [--seed 1]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.chaos.run import run
from tests.postgres import Server, prepared, programs


def main() -> int:
    """Run, print, and return 1 where a history was not whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1, help="of the first run; the others follow")
    parser.add_argument("--version", type=int, default=0, help="PostgreSQL's major version; the newest by default")
    arguments = parser.parse_args()
    found = programs()
    server = Server(found[arguments.version or max(found)])
    database = prepared(server.dsn())
    faults, asked, wrong, records = Counter[str](), Counter[str](), 0, 0
    for seed in range(arguments.seed, arguments.seed + arguments.runs):
        with tempfile.TemporaryDirectory() as folder:
            report = run(server, database, Path(folder), seed)
        faults.update(report.faults)
        asked.update(report.asked)
        records += report.records
        wrong += bool(report.problems)
        for problem in report.problems:
            print(f"seed {seed}: {problem}", flush=True)
    print(
        f"{arguments.runs} runs at PostgreSQL {arguments.version or max(found)}, {wrong} of them with a wrong history"
    )
    print(f"records {records}; faults {dict(faults.most_common())}")
    print(f"told {dict(asked.most_common())}")
    server.remove()
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
