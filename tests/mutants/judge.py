"""Runs the tests against each mutant of one file: in a fork of a process that has everything imported and collected.

Each test's way through the file is measured first, so that a mutant meets only the tests that reach it, the fastest
first. The first one that fails has caught it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import random
import select
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.mutants.graft import graft
from tests.mutants.operators import mutants

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mutants.operators import Mutant
    from tests.mutants.targets import Target

CAUGHT: Final = 1
SURVIVED: Final = 0
_WITHOUT: Final = ("terminal", "xdist", "cacheprovider", "faulthandler")
_EACH: Final = 24
"""Sets of parameters with which one test function is run: some have hundreds, of which most tell the same."""
_BUSY: Final = 2.0  # seconds of work, and ten times what a test takes without a mutant: then it never ends
_IDLE: Final = 30.0  # seconds in all, and ten times what the tests take: then one waits for what never comes


class Unfit(Exception):
    """The tests cannot judge: they fail without any mutant, or none was found."""


@dataclass(slots=True)
class Result:
    """What became of one file's mutants.

    Attributes:
        caught: How many of them made a test fail, or hang.
        survivors: Those that no test noticed, each with how many tests reach it.
        equal: How many behave the same, as the table says, and are not counted.
        seconds: How long it took.
    """

    caught: int = 0
    survivors: list[tuple[Mutant, int]] = field(default_factory=list)
    equal: int = 0
    seconds: float = 0.0

    @property
    def score(self) -> float:
        """Per cent of the mutants that were caught."""
        return 100.0 * self.caught / ((self.caught + len(self.survivors)) or 1)


def judge(target: Target) -> Result:
    """Run a file's tests against each of its mutants.

    Raises:
        Unfit: They cannot judge.
    """
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        plugin = Judge(target, Path(folder))
        options = [f"-pno:{name}" for name in _WITHOUT] + ["-oaddopts=", "-s", f"--basetemp={folder}/tests"]
        code = pytest.main([*options, *target.tests], [plugin])
    if plugin.result is None:
        raise Unfit(plugin.trouble or f"pytest ended with {code}")
    plugin.result.seconds = time.monotonic() - start
    return plugin.result


class Judge:
    """A pytest plugin that runs the collected tests again and again, in the place of once."""

    def __init__(self, target: Target, folder: Path) -> None:
        self.result: Result | None = None
        self.trouble = ""
        self._target = target
        self._folder = folder
        self._path = Path(target.path).resolve()
        self._failed = ""

    def pytest_sessionstart(self) -> None:
        """Let Hypothesis try the same examples in every run, and be content with the first that fails."""
        from hypothesis import Phase, settings  # noqa: PLC0415 - pytest wants to import it first

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutants", database=None, deadline=None, derandomize=True, phases=phases)
        settings.load_profile("mutants")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember a test that failed."""
        if report.failed:
            self._failed = f"{report.nodeid}\n{report.longreprtext}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests against each mutant."""
        if session.testsfailed:
            self.trouble = "The tests cannot be collected."
            return True
        module = importlib.import_module(".".join(Path(self._target.path).with_suffix("").parts))
        source = self._path.read_text("utf-8")
        gc.collect()
        gc.freeze()  # what the forks share stays shared
        notes = self._folder / "reached.json"
        few = _few(session.items)
        forked(partial(self._measure, few, notes, partial(graft, module, source)), 3600.0)
        found: dict[str, Any] = {"trouble": "The tests ended early."}
        if notes.exists():
            found = json.loads(notes.read_text("utf-8"))
        self.trouble = found.get("trouble", "")
        if self.trouble:
            return True
        items = _spread([item for item in few if item.nodeid in found["seconds"]], found["seconds"])
        result = Result()
        known = dict(self._target.equal)
        catcher = self._folder / "catcher"
        for mutant in mutants(source):
            if fits := [line for line in _new(mutant) if line in known]:
                result.equal += 1
                known[fits[0]] = ""
                continue
            chosen = _chosen(mutant, items, found["reached"])
            tests = [(item, found["seconds"][item.nodeid]) for item in chosen]
            change = partial(graft, module, mutant.source)
            patience = _IDLE + 10.0 * sum(seconds for _, seconds in tests)
            if chosen and forked(partial(self._meet, tests, catcher, change), patience):
                result.caught += 1
                # What has caught one mutant is likely to catch the next.
                caught_by = catcher.read_text("utf-8") if catcher.exists() else ""
                items.sort(key=lambda item: item.nodeid != caught_by)
            else:
                result.survivors.append((mutant, len(chosen)))
            _tell(result)
        if stale := [line for line, reason in known.items() if reason]:
            self.trouble = f"No mutant has this line, which the table names: {stale[0]}"
            return True
        self.result = result
        return True

    def _measure(self, items: list[pytest.Item], notes: Path, prepare: Callable[[], None]) -> int:
        """Run all tests, and write down which lines each of them reaches and how long it takes by itself."""
        from coverage import Coverage  # noqa: PLC0415 - only the fork needs it

        prepare()
        seconds: dict[str, float] = {}
        coverage = Coverage(data_file=None, include=[str(self._path)], config_file=False)
        coverage.start()
        for item, following in zip(items, [*items[1:], None], strict=True):
            coverage.switch_context(item.nodeid)
            start, others = time.process_time(), _others()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if _others() == others:  # a program that a test starts runs the file as it stands
                seconds[item.nodeid] = time.process_time() - start
            if self._failed:
                notes.write_text(json.dumps({"trouble": f"Without any mutant this fails: {self._failed}"}), "utf-8")
                return CAUGHT
        coverage.stop()
        reached = coverage.get_data().contexts_by_lineno(str(self._path))
        notes.write_text(json.dumps({"seconds": seconds, "reached": reached}), "utf-8")
        return SURVIVED

    def _meet(self, tests: list[tuple[pytest.Item, float]], catcher: Path, change: Callable[[], None]) -> int:
        """Run some tests until one fails, and write down which.

        One that works on and on ends the process, by a signal. Its own seconds count, not those of a busy machine.
        """
        try:
            change()
        except Exception:  # noqa: BLE001 - it cannot even be imported
            return CAUGHT
        following: list[pytest.Item | None] = [*(item for item, _ in tests[1:]), None]
        for (item, seconds), nextitem in zip(tests, following, strict=True):
            signal.setitimer(signal.ITIMER_PROF, _BUSY + 10.0 * seconds)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=nextitem)
            if self._failed:
                catcher.write_text(item.nodeid, "utf-8")
                return CAUGHT
        return SURVIVED


def _few(items: list[pytest.Item]) -> list[pytest.Item]:
    """Of each test function some sets of parameters, picked by chance but the same in each run."""
    functions: dict[str, list[pytest.Item]] = {}
    for item in items:
        functions.setdefault(item.nodeid.partition("[")[0], []).append(item)
    chance = random.Random(7)  # noqa: S311 - no secret
    picked = {item.nodeid for each in functions.values() for item in chance.sample(each, min(len(each), _EACH))}
    return [item for item in items if item.nodeid in picked]


def _spread(items: list[pytest.Item], seconds: dict[str, float]) -> list[pytest.Item]:
    """Tests in the order in which they are likely to tell the most in the least time.

    Each test function once, the fastest first; then each with its second set of parameters, and so on.
    """
    turns: Counter[str] = Counter()
    keys: dict[str, tuple[int, float]] = {}
    for item in sorted(items, key=lambda item: seconds[item.nodeid]):
        name = item.nodeid.partition("[")[0]
        turns[name] += 1
        keys[item.nodeid] = turns[name], seconds[item.nodeid]
    return sorted(items, key=lambda item: keys[item.nodeid])


def _others() -> float:
    """Seconds of work of the programs that this one started and that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def _new(mutant: Mutant) -> list[str]:
    return [line[1:].strip() for line in mutant.diff.splitlines() if line.startswith("+")]


def _chosen(mutant: Mutant, items: list[pytest.Item], reached: dict[str, list[str]]) -> list[pytest.Item]:
    """The tests that run a mutant's lines; all tests for what runs at import and is not used in the file."""
    names = {name for line in mutant.lines for name in reached.get(str(line), [])}
    return [item for item in items if item.nodeid in names or (mutant.at_import and not names)]


def _tell(result: Result) -> None:
    done = result.caught + len(result.survivors)
    if sys.stdout.isatty() or done % 10 == 0:
        print(f"\r  {done} mutants, {len(result.survivors)} survive ", end="", flush=True)


def forked(work: Callable[[], int], seconds: float) -> int:
    """What some work returns that is done in a fork of this process; one that takes too long is caught, too."""
    alive, held = os.pipe()  # the child holds the other end for as long as it lives
    if (child := os.fork()) == 0:
        code = CAUGHT
        try:
            os.setsid()
            for stream in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
            code = work()
        finally:
            os._exit(code)
    os.close(held)
    if not select.select([alive], [], [], seconds)[0]:
        os.killpg(child, signal.SIGKILL)
    os.close(alive)
    return SURVIVED if os.waitpid(child, 0)[1] == 0 else CAUGHT
