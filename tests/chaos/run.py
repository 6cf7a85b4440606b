"""One run: agents at work, faults in between, and afterwards the check of what they were told."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from tests.postgres import AGENTS, SOON, Line
from tui.desk.connectors.store_address import StoreAddress
from tui.desk.team.database import Database
from tui.desk.team.ledger import TeamLedger

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.postgres import Server, TeamDatabase
    from tui.desk.ledger.entry import Entry

ROOT = Path(__file__).parents[2]
FAULTS = ("cut", "restart", "crash", "lock", "silent", "line cut", "agent killed", "nothing")
NAMES = [one.role for one in AGENTS if not one.machine]


@dataclass
class RunReport:
    """What came of a run.

    Attributes:
        seed: The seed.
        faults: The faults, in order.
        problems: What is wrong; empty for a history that is whole.
        asked: How often something was asked for, by what was told.
        records: The records of the chain.
    """

    seed: int
    faults: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    records: int = 0


class Progress:
    """How far the agents are: each writes a sign for each line that it writes down.

    Args:
        agents: The agents, whose output is piped.
    """

    def __init__(self, agents: list[subprocess.Popen[bytes]]) -> None:
        self._pipes = [agent.stdout for agent in agents if agent.stdout]
        for pipe in self._pipes:
            pipe.read(1)  # each has begun

    def wait(self, lines: int, most: float = 60.0) -> None:
        """Wait until so many lines more were written down, but so many seconds at most, or until all have ended."""
        ends = time.monotonic() + most
        while lines > 0 and self._pipes and (left := ends - time.monotonic()) > 0:
            for pipe in select.select(self._pipes, [], [], left)[0]:
                signs = os.read(pipe.fileno(), 4096)
                lines -= len(signs)
                if not signs:
                    self._pipes.remove(pipe)


class Chaos:
    """The faults of one run.

    Args:
        server: The server, which this stops and starts.
        line: The way by which some of the agents reach it.
        progress: How far the agents are.
        dice: What decides.
    """

    def __init__(self, server: Server, line: Line, progress: Progress, dice: random.Random) -> None:
        self._server = server
        self._line = line
        self._progress = progress
        self._dice = dice

    def happen(self, fault: str, agents: list[subprocess.Popen[bytes]]) -> None:
        """Have one fault happen, and end."""
        if fault == "cut":
            with closing(psycopg.connect(self._server.dsn(), autocommit=True)) as db:
                db.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'keydesk' AND random() < 0.7"
                )
        elif fault in {"restart", "crash"}:
            self._server.stop(signal.SIGQUIT if fault == "crash" else signal.SIGINT)
            self._pause(0.2)
            self._server.start()
        elif fault == "lock":
            with closing(psycopg.connect(self._server.dsn())) as db:
                db.execute("LOCK TABLE keydesk.chain IN EXCLUSIVE MODE")
                self._pause(0.8)
        elif fault == "silent":
            self._line.silent.set()
            self._pause(1.5)
            self._line.cut()  # what was swallowed cannot be passed on later, as on a line that comes back
            self._line.mend()
        elif fault == "line cut":
            self._line.cut()
            self._pause(0.3)
            self._line.mend()
        elif fault == "agent killed":
            self._dice.choice(agents).kill()

    def _pause(self, most: float) -> None:
        """Have the fault last: until the agents have met it some times, or for a part of so many seconds."""
        self._progress.wait(self._dice.randint(1, 12), self._dice.random() * most)


def run(
    server: Server, database: TeamDatabase, folder: Path, seed: int, *, agents: int = 4, steps: int = 60
) -> RunReport:
    """Run once, and check; `folder` is for what the agents write down."""
    dice, report, origin = random.Random(seed), RunReport(seed), database.new_org()  # noqa: S311 - repeated by its seed
    line = Line(server.socket)
    names = [NAMES[number % len(NAMES)] for number in range(agents)]
    files = [folder / f"{number}.jsonl" for number in range(agents)]
    through_line = psycopg.conninfo.make_conninfo(database.owner, host=str(line.path.parent))
    processes = []
    for number, (name, file) in enumerate(zip(names, files, strict=True)):
        dsn = psycopg.conninfo.make_conninfo(through_line if number % 2 else database.owner, user=name)
        command = [
            sys.executable,
            "-m",
            "tests.chaos.agent",
            dsn,
            origin,
            name,
            f"{seed}-{number}",
            str(steps),
            str(file),
        ]
        surroundings = os.environ | {"PYTHONPATH": str(ROOT)}
        processes.append(subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=subprocess.PIPE, bufsize=0))
    progress = Progress(processes)
    chaos = Chaos(server, line, progress, dice)
    for _ in range(3):
        progress.wait(dice.randint(0, agents * steps // 4))
        fault = dice.choice(FAULTS)
        report.faults.append(fault)
        chaos.happen(fault, processes)
    progress.wait(sys.maxsize, 120.0)
    for number, process in enumerate(processes):
        code = process.wait(120)
        if process.stdout:
            process.stdout.close()
        if code not in {0, -signal.SIGKILL}:
            report.problems.append(f"agent {number} ended with {code}")
    line.cut()
    check(database, origin, files, report)
    return report


def check(database: TeamDatabase, origin: str, files: list[Path], report: RunReport) -> None:
    """Compare the history with what each agent was told."""
    told = [json.loads(line) for file in files for line in _whole_lines(file)]
    report.asked.update(str(one.get("what", one["told"])) for one in told if one["told"] != "asked")
    ledger = TeamLedger(Database(StoreAddress(database.dsn("grace")), terms=SOON), origin, "grace")
    with closing(ledger):
        verdict = ledger.verify()  # also that nobody's name but their own stands in a record
        report.records = verdict.count
        report.problems += [f"record {one.seq}: {one.what}" for one in verdict.problems]
        entries = {entry.seq: entry for entry in ledger.entries()}
    names = Counter(entry.intent.reason for entry in entries.values())
    report.problems += [f"{name} is there {times} times" for name, times in names.items() if times > 1]
    asked = {one["name"]: one for one in told}
    report.problems += [f"nobody asked for {name}" for name in names if name not in asked]
    for one in told:
        if one["told"] == "done":
            report.problems += _wrong(one, entries)
    keys = Counter(entry.intent.notice.rpartition("#")[0] for entry in entries.values() if entry.intent.notice)
    report.problems += [f"{key} was claimed {times} times" for key, times in keys.items() if times > 1]


def _wrong(one: dict[str, Any], entries: dict[int, Entry]) -> list[str]:
    """Return what is not as an agent was told it was."""
    seq = one["answer"] if one["kind"] in {"intend", "claim"} else one["seq"]
    if seq is None:  # a claim that somebody else has
        return []
    entry = entries.get(seq)
    if entry is None:
        return [f"entry {seq} of {one['name']} is lost"]
    holds: dict[str, Callable[[], bool]] = {
        "intend": lambda: entry.intent.reason == one["name"] and one["name"].startswith(f"{entry.intent.agent} "),
        "claim": lambda: entry.intent.reason == one["name"] and entry.intent.notice.startswith(f"{one['key']}#"),
        "outcome": lambda: entry.detail == one["name"],
        "settle": lambda: entry.settled == one["name"],
    }
    return [] if holds[one["kind"]]() else [f"{one['kind']} of {one['name']} is not in entry {seq}"]


def _whole_lines(file: Path) -> list[str]:
    """Return the lines that were written whole: an agent may have been killed over the last one."""
    text = ""
    with suppress(FileNotFoundError):
        text = file.read_text("utf-8")
    return text.split("\n")[:-1]
