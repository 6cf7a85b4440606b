"""Measures a team's ledger: appends by many processes, a year of a desk, and a letter typed while the database hangs.

Run it from the repository: `python -m tests.bench.team [--entries 100000] [--processes 8]`. The database is a
PostgreSQL of its own that writes to the disk as a real one does. Never a timed test. The goals: 300 appends a second
without a fork, an answer within 100 ms of the last key over a million entries, and a letter drawn within 20 ms while
the database answers nothing.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import psycopg
from msgspec.structs import replace

from tests.bench.ledger import PAGE, an_intent
from tests.bench.people import demo_org
from tests.bench.table_pty import Terminal
from tests.desk.ledger.one_intent import INTENT
from tests.postgres import AGENTS, Line, Server, prepared, programs
from tests.team_demo import seat
from tui.desk.connectors.store_address import StoreAddress
from tui.desk.ledger.chain import START, Record
from tui.desk.ledger.entry import Outcome, intent_body, outcome_body, stamp
from tui.desk.team.database import Database, Terms
from tui.desk.team.ledger import TeamLedger
from tui.desk.team.rows import search_words
from tui.desk.team.schema import add_digests, add_trigrams, admit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.postgres import TeamDatabase

ORIGIN: Final = "https://acme.okta.com"
TYPED: Final = ("inc-000042", "inc-0000", "nobody at all", "ann.lee1234", "acme", "q", "qj", "xk", "zz", "é")
"""Texts of one entry, of a hundred whose trigrams are everywhere, of none, of many; short ones of nearly all, of
one entry in a thousand, of one in a hundred thousand, and of none."""
_COLUMNS: Final = "org, seq, at, kind, ref, body, prev, hash, once, role, words"


def append_many(dsn: str, origin: str, agent: str, times: int, ready: Any, begin: Any, results: Any) -> None:  # noqa: ANN401 - multiprocessing's own have no public types
    """Append so many records, an intent and its outcome in turn, and hand back how long each took."""
    with closing(TeamLedger(Database(StoreAddress(dsn)), origin, agent, busy=0.0)) as ledger:
        ledger.newest()
        ready.release()
        begin.wait()
        took = []
        for number in range(times // 2):
            intent = replace(INTENT, org=origin, agent=agent, person_id=f"00u{number}")
            start = time.perf_counter()
            seq = ledger.intend(intent).entry
            took.append(time.perf_counter() - start)
            start = time.perf_counter()
            ledger.outcome(seq, Outcome.DONE)
            took.append(time.perf_counter() - start)
    results.put(took)


def appends(database: TeamDatabase, processes: int, times: int) -> dict[str, object]:
    """Append by many processes at once."""
    origin, names = database.new_org(), [one.role for one in AGENTS if not one.machine]
    context = multiprocessing.get_context("spawn")
    ready, begin, results = context.Semaphore(0), context.Event(), context.Queue()
    workers = [
        context.Process(
            target=append_many,
            args=(database.dsn(names[n % len(names)]), origin, names[n % len(names)], times, ready, begin, results),
        )
        for n in range(processes)
    ]
    for worker in workers:
        worker.start()
    for _ in workers:
        ready.acquire()
    start = time.perf_counter()
    begin.set()
    took = [one * 1000 for _ in workers for one in results.get()]
    seconds = time.perf_counter() - start
    with closing(database.ledger(origin)) as ledger:
        report = ledger.verify()
    return {
        "a second": round(len(took) / seconds),
        "median and 99th of 100, ms": (round(median(took), 1), round(quantiles(took, n=100)[98], 1)),
        "whole, without a fork": report.ok and report.count == len(took),
    }


def fill(database: TeamDatabase, entries: int) -> None:
    """Write so many entries at once, each with its outcome, as the owner could."""
    opened = []
    with closing(psycopg.connect(database.owner, autocommit=True)) as db:
        admit(db, ORIGIN, AGENTS)
        db.execute("DROP INDEX IF EXISTS keydesk.record_words")
        (org,) = db.execute("SELECT org FROM keydesk.chain WHERE origin = %s", (ORIGIN,)).fetchone() or (0,)
        head = START
        with db.cursor() as cursor, cursor.copy(f"COPY keydesk.record ({_COLUMNS}) FROM STDIN") as copy:
            for number, kind, body, words in _records(entries):
                record = Record.after(head, stamp(1_700_000_000.0 + number), kind, *_ref(kind, head.seq), body)
                copy.write_row((org, *record.row, uuid4(), "grace", words))
                head = record.head
                if kind == "outcome" and not number % 5000:
                    opened.append((org, head.seq - 1))
        db.execute("UPDATE keydesk.chain SET seq = %s, hash = %s WHERE org = %s", (head.seq, head.hash, org))
        with db.cursor() as cursor:
            cursor.executemany("INSERT INTO keydesk.open_entry VALUES (%s, %s, '', 'grace', '', now())", opened)
        start = time.perf_counter()
        print(f"  trigrams: {add_trigrams(db)}, made within {time.perf_counter() - start:.0f} s", flush=True)
        start = time.perf_counter()
        print(f"  pairs of letters: {add_digests(db)} blocks, within {time.perf_counter() - start:.0f} s", flush=True)
        db.execute("VACUUM ANALYZE keydesk.record, keydesk.digest")


def _ref(kind: str, before: int) -> tuple[int | None]:
    return (None if kind == "intent" else before,)


def _records(entries: int) -> Iterator[tuple[int, str, str, str]]:
    """Yield the records of so many entries: the number of the entry, the kind, the body, the words.

    Only 5,000 people are written about, so that the text of each is made once, and the ticket put into it.
    """
    ticket, request = "INC-TICKET", "reqREQUEST"
    bodies = [intent_body(replace(an_intent(number), agent="grace", ticket=ticket)) for number in range(5000)]
    intents = [(body, search_words("intent", body)) for body in bodies]
    told = [outcome_body(outcome, "", request, "grace") for outcome in (Outcome.DONE, Outcome.UNKNOWN)]
    outcomes = [(body, search_words("outcome", body)) for body in told]
    for number in range(entries):
        body, words = intents[number % 5000]
        inc = f"{'INC' if number % 1009 else 'QJ' if number % 100_003 else 'XK'}-{number:06}"
        yield number, "intent", body.replace(ticket, inc), words.replace(ticket.lower(), inc.lower())
        body, words = outcomes[not number % 5000]
        yield number, "outcome", body.replace(request, f"req{number}"), words.replace(request.lower(), f"req{number}")


def year(database: TeamDatabase) -> dict[str, object]:
    """Open, filter as one types, and verify."""
    with closing(database.ledger(ORIGIN, terms=Terms(statement=600.0))) as ledger:
        told: dict[str, object] = {"opening, ms": _timed(lambda: ledger.entries(limit=PAGE))}
        told["open entries, ms"] = _timed(ledger.open_entries)
        for text in TYPED:
            told[f"filter {text}: newest, all, ms, and found"] = _filtered(ledger, text)
        told["intent, ms"] = _timed(lambda: ledger.intend(replace(INTENT, org=ORIGIN)))
        took, verifying = list[float](), threading.Thread(target=lambda: took.append(_timed(ledger.verify) / 1000))
        verifying.start()
        for text in ("acme", "zz"):
            told[f"filter {text} while verify runs: newest, all, ms"] = _filtered(ledger, text)
        verifying.join()
        told["verify, s"] = round(took[0])
    return told


def _filtered(ledger: TeamLedger, text: str) -> tuple[float, float, int]:
    """Search, and return how long it took until something was shown and until all was, and how many were found."""
    shown = list[float]()

    def search() -> None:
        start = time.perf_counter()
        told = list[float]()
        found.append(
            len(
                ledger.entries(
                    limit=PAGE, text=text, so_far=lambda *_: told.append((time.perf_counter() - start) * 1000)
                )
            )
        )
        shown.append(told[0] if told else (time.perf_counter() - start) * 1000)

    found = list[int]()
    whole = _timed(search)
    return round(median(shown), 1), whole, found[0]


def _timed(call: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
        if times[-1] > 5000:
            break
    return round(median(times), 1)


def echo(database: TeamDatabase, server: Server, letters: int = 80) -> dict[str, object]:
    """Type into the search box of a whole keydesk while the database takes everything and answers nothing."""
    line = Line(server.socket)
    dsn = psycopg.conninfo.make_conninfo(database.dsn("grace"), host=str(line.path.parent))
    times: dict[str, list[float]] = {"answers": [], "hangs": []}
    with tempfile.TemporaryDirectory() as folder, demo_org("--people", "200", "--lockouts-per-minute", "0") as org:
        with closing(psycopg.connect(database.owner, autocommit=True)) as db:
            admit(db, org[0], AGENTS)
        home = Path(folder)
        command = ["sh", "-c", f"exec env {seat(home, 'grace', dsn, *org).partition(' && ')[2]}"]
        with Terminal(command, env={"LC_ALL": "C.UTF-8"}) as terminal:
            terminal.wait_for("employee number or id")
            terminal.settle(1.5)
            terminal.press("zz", quiet=1.0)
            for name in ("answers", "hangs") * 4:  # in turn, so that whatever else the machine does slows both
                line.silent.set() if name == "hangs" else line.silent.clear()
                for number in range(letters // 4):
                    times[name].append(terminal.press("abcdefghij"[number % 10]).last_ms)
                    terminal.settle(0.3)
                terminal.press("\x15", quiet=0.3)  # ctrl+u: an empty box is no longer scrolled
                terminal.press("zz", quiet=1.0)
    line.cut()
    return {
        f"while it {name}: median, 95th, longest, ms": (
            round(median(some), 1),
            round(quantiles(some, n=100)[94], 1),
            round(max(some), 1),
        )
        for name, some in times.items()
    }


def main(argv: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--times", type=int, default=500, help="records that each process appends")
    parser.add_argument("--only", choices=("appends", "echo", "year"), default="", help="measure this alone")
    parser.add_argument("--version", type=int, default=0, help="PostgreSQL's major version; the newest by default")
    arguments = parser.parse_args(argv)
    found = programs()
    version = arguments.version or max(found)
    server = Server(found[version], ("shared_buffers=256MB", "max_wal_size=4GB"), safe=True)
    database = prepared(server.dsn())
    print(f"A team's ledger on PostgreSQL {version}")
    if arguments.only in {"", "appends"}:
        _print("appends", appends(database, arguments.processes, arguments.times))
    if arguments.only in {"", "echo"}:
        _print("echo", echo(database, server))
    if arguments.only in {"", "year"}:
        start = time.perf_counter()
        fill(database, arguments.entries)
        _print(f"{arguments.entries:,} entries (written within {time.perf_counter() - start:.0f} s)", year(database))
    server.remove()


def _print(title: str, told: dict[str, object]) -> None:
    print(title)
    for name, value in told.items():
        print(f"  {name:48}{json.dumps(value)}", flush=True)


if __name__ == "__main__":
    main()
