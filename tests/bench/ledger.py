"""Searches a ledger of 100,000 entries as it is typed, and records intents meanwhile.

Run it from the repository: `python tests/bench/ledger.py [--entries 100000]`. Never a timed test. The goals: an answer
within 100 ms of the last key, and an intent within 20 ms whatever is searched.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tui.desk.ledger.chain import START, Record
from tui.desk.ledger.entry import Intent, Outcome, intent_body, outcome_body, stamp
from tui.desk.ledger.finding import Interest
from tui.desk.ledger.ledger import Ledger
from tui.okta.calls import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGE: Final = 200
KEY: Final = 0.06
"""Seconds between two keys of somebody who types fast."""
TYPED: Final = ("inc-000042", "nobody at all", "ann.lee1234", "acme", "zz")


def an_intent(number: int) -> Intent:
    """Return an intent that differs from the others."""
    login = f"ann.lee{number % 5000}@acme.example"
    call = Call("POST", f"/api/v1/users/00u{number % 5000:017}/lifecycle/unlock")
    return Intent(
        "unlock", "Unlock", "production", "https://acme.okta.com", f"00u{number % 5000:017}", login,
        f"Ann Lee the {number % 5000}.", "LOCKED_OUT", (call,), "called from their desk, was asked two questions",
        f"INC-{number:06}", "nina", "192.0.2.7",
    )  # fmt: skip


def fill(path: Path, entries: int) -> None:
    """Write so many entries at once, each with its outcome."""
    ledger = Ledger(path)
    ledger.intend(an_intent(0))
    ledger.outcome(1, Outcome.DONE)
    ledger.close()
    with sqlite3.connect(path) as db:
        row = db.execute("SELECT * FROM record ORDER BY seq DESC LIMIT 1").fetchone()
        last = Record.read(row)
        head = START if last is None else last.head
        insert = "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)"
        for number in range(1, entries):
            at = stamp(1_700_000_000.0 + number)
            for kind, body in (
                ("intent", intent_body(an_intent(number))),
                ("outcome", outcome_body(Outcome.DONE if number % 5000 else Outcome.UNKNOWN, "", f"req{number}")),
            ):
                record = Record.after(head, at, kind, None if kind == "intent" else head.seq, body)
                db.execute(insert, record.row)
                head = record.head
        path.with_name(f"{path.name}.head").write_text(f"{head}\n", "utf-8")
    db.close()


def _type(ledger: Ledger, text: str) -> tuple[float, int]:
    """Search after each letter, and let the search before go; milliseconds after the last key, and entries found."""
    interest, found, threads, start = Interest(), list[int](), list[threading.Thread](), 0.0
    for end in range(1, len(text) + 1):
        interest.lose()
        interest = Interest()

        def search(part: str = text[:end], interest: Interest = interest) -> None:
            found.append(len(ledger.entries(limit=PAGE, text=part, interest=interest)))

        threads.append(threading.Thread(target=search))
        start = time.perf_counter()
        threads[-1].start()
        if end < len(text):
            time.sleep(KEY)
    threads[-1].join()
    took = (time.perf_counter() - start) * 1000
    return took, found[-1]


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def _intents(ledger: Ledger, done: threading.Event) -> Iterator[float]:
    while not done.is_set():
        yield _timed(lambda: ledger.intend(an_intent(7)))
        done.wait(0.02)


def measure(path: Path) -> dict[str, object]:
    """Measure one ledger."""
    ledger = Ledger(path)
    told: dict[str, object] = {"open entries, no index": _timed(ledger.open_entries)}
    told["first search (words)"] = _timed(lambda: ledger.entries(limit=PAGE, text="nobody at all"))
    told |= {f"words: {text}": _type(ledger, text) for text in TYPED}
    told["preparing trigrams"] = _timed(lambda: ledger.prepare_search(Interest()))
    told |= {f"trigrams: {text}": _type(ledger, text) for text in TYPED}
    told["open entries, index"] = _timed(ledger.open_entries)
    done, alone, busy = threading.Event(), list[float](), list[float]()
    for times, searched in ((alone, ()), (busy, TYPED * 3)):
        done.clear()
        writer = threading.Thread(target=lambda times=times: times.extend(_intents(ledger, done)))
        writer.start()
        for text in searched:
            _type(ledger, text)
        time.sleep(1.0)
        done.set()
        writer.join()
    for name, times in (("alone", alone), ("while searched", busy)):
        told[f"intent {name}: median, longest"] = (sorted(times)[len(times) // 2], max(times))
    ledger.close()
    return told


def main(argv: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "ledger.sqlite3"
        fill(path, arguments.entries)
        print(f"A ledger of {arguments.entries:,} entries: milliseconds (and entries found)")
        for name, value in measure(path).items():
            print(f"{name:36}{json.dumps(value)}")


if __name__ == "__main__":
    main()
