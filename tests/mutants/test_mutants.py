"""The tool that judges the tests is judged: which mutants it makes, how they are put in, and what it finds."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from tests.mutants.graft import graft
from tests.mutants.judge import CAUGHT, SURVIVED, forked
from tests.mutants.operators import mutants
from tests.mutants.targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType


ROOT = Path(__file__).parents[2]


def lines(source: str) -> set[str]:
    """The new lines of all mutants of a source."""
    return {line[1:].strip() for mutant in mutants(source) for line in mutant.diff.splitlines() if line.startswith("+")}


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("x = a < b", {"x = (a <= b)"}),
        ("x = a is not b", {"x = (a is b)"}),
        ("x = a in (b, c)", {"x = (a not in (b, c))", "x = a in (c,)", "x = a in (b,)"}),
        ("x = a and b", {"x = (a or b)"}),
        ("x = not a", {"x = (a)"}),
        ("x = a - b", {"x = (a + b)"}),
        ("x = 7", {"x = 8"}),
        ("x = True", {"x = False"}),
        ("x = 'word'", {'x = ""'}),
        ("x = 'a sentence'", set()),
        ("x = f'{y} word'", set()),
        ("x: Literal['word'] = y", set()),
        ("x = a if b else c", {"x = a if (not (b)) else c"}),
        ("x = isinstance(a, B | C)", {"x = isinstance(a, B)", "x = isinstance(a, C)"}),
        ("'A docstring.'", set()),
        ("def f():\n    return a", {"return None"}),
        ("def f():\n    return None", set()),
        ("def f():\n    self.x = a", {"pass"}),
        ("def f():\n    x = a", set()),
        ("def f():\n    g()", {"pass"}),
        ("def f():\n    raise g", {"pass"}),
        ("for x in y:\n    continue", {"break"}),
        ("try:\n    x = y\nexcept A:\n    x = z", {"raise"}),
        ("try:\n    x = y\nexcept (A, B):\n    raise", {"except (B,):", "except (A,):", "pass"}),
        ("@dataclass(frozen=True)\nclass X:\n    y: int", set()),
        ("class X(Enum):\n    Y = 'word'", set()),
        ("if TYPE_CHECKING:\n    x = 1", set()),
        ("if a:\n    x = y", {"if (not (a)):"}),
        ("é = 'ü ü'; x = 7", {"é = 'ü ü'; x = 8"}),
    ],
)
def test_each_small_fault_is_made(source: str, wrong: set[str]) -> None:
    assert lines(source) == wrong


def test_a_mutant_knows_the_lines_that_are_wrong() -> None:
    found = list(mutants("LIMIT = 7\n\n\ndef f(x):\n    if (\n        x > LIMIT\n    ):\n        return x\n"))
    assert [(sorted(mutant.lines), mutant.at_import) for mutant in found] == [
        ([1, 6], True),
        ([5, 6, 7], False),
        ([8], False),
    ]


SOURCE = """
from __future__ import annotations

from contextlib import contextmanager
from enum import Enum

from msgspec import Struct

LIMIT = 7


class Kind(Enum):
    A = 1
    B = 2


KINDS = frozenset({Kind.A, Kind.B})


class Point(Struct, frozen=True):
    x: int = 1

    @property
    def double(self):
        return self.x * 2

    @classmethod
    def far(cls):
        return cls(LIMIT)


ORIGIN = Point(0)


class Above(Point):
    NAME = "above"

    def far(self):
        return super().far().x + 3


@contextmanager
def lent():
    yield 4
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    (tmp_path / "grafted.py").write_text(SOURCE, "utf-8")
    (tmp_path / "above_grafted.py").write_text("from grafted import LIMIT, Kind, Point\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("grafted")
    for name in ("grafted", "above_grafted"):
        sys.modules.pop(name, None)


def test_whoever_holds_a_part_of_the_module_meets_the_change(module: ModuleType) -> None:
    above = importlib.import_module("above_grafted")
    point, kinds = above.Point(5), module.KINDS
    changed = SOURCE.replace("7", "8").replace("* 2", "* 10").replace("x: int = 1", "x: int = 9")
    changed = changed.replace("+ 3", "+ 4").replace("yield 4", "yield 5").replace('"above"', '"below"')
    graft(module, changed.replace("Point(0)", "Point(6)").replace("{Kind.A, Kind.B}", "{Kind.A}"))
    assert above.LIMIT == 8
    assert (point.double, above.Point().x, above.Point.far().x) == (50, 9, 8)
    assert (module.Above(1).far(), module.Above.NAME) == (12, "below")
    with module.lent() as found:
        assert found == 5
    assert isinstance(module.ORIGIN, above.Point)
    assert module.ORIGIN.x == 6
    assert module.KINDS == {above.Kind.A} != kinds


def test_the_same_source_changes_nothing(module: ModuleType) -> None:
    before = dict(vars(module))
    graft(module, SOURCE)
    assert {name: vars(module)[name] for name in before} == before


SCRIPT = """
import json
from tests.mutants.judge import Unfit, judge
from tests.mutants.targets import Target

for tests, equal in [CASE]:
    with open("test_toy.py", "w") as file:
        file.write("from toy import f\\n\\n\\ndef test_it():\\n    " + tests)
    try:
        result = judge(Target("toy.py", ("test_toy.py",), equal))
        survivors = [mutant.diff.splitlines()[-1][1:].strip() for mutant, _ in result.survivors]
        print(json.dumps([result.caught, survivors, result.equal]))
    except Unfit as unfit:
        print(json.dumps(str(unfit)))
"""
TOY = "LIMIT = 7\n\n\ndef f(x):\n    if x is None:\n        return False\n    return x > LIMIT\n"


WHOLE = "assert [f(x) for x in (3, 7, 8)] == [False, False, True]"
UNREACHED = ["return None", "return True"]


@pytest.mark.parametrize(
    ("tests", "equal", "told"),
    [
        (WHOLE, (), [4, UNREACHED, 0]),
        ("f(3)", (), [0, ["LIMIT = 8", "if (x is not None):", *UNREACHED, "return None", "return (x >= LIMIT)"], 0]),
        (WHOLE, (("return True", "nobody asks for None"),), [4, UNREACHED[:1], 1]),
        (WHOLE, (("return 3", "stale"),), "No mutant has this line, which the table names: return 3"),
        ("assert f(3)", (), "Without any mutant this fails: test_toy.py::test_it"),
    ],
    ids=["whole", "idle", "equal", "stale", "failing"],
)
def test_what_the_tests_overlook_survives(
    tests: str, equal: tuple[tuple[str, str], ...], told: object, tmp_path: Path
) -> None:
    (tmp_path / "toy.py").write_text(TOY, "utf-8")
    environ = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    command = [sys.executable, "-c", SCRIPT.replace("CASE", repr((tests, equal)))]
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found.partition("\n")[0] if isinstance(found, str) else found) == told


@pytest.mark.parametrize(
    ("work", "end"),
    [
        (lambda: SURVIVED, SURVIVED),
        (lambda: CAUGHT, CAUGHT),
        (lambda: 1 // 0, CAUGHT),
        (lambda: int(Event().wait()), CAUGHT),
    ],
    ids=["whole", "failing", "raising", "hanging"],
)
def test_a_mutant_that_raises_or_hangs_is_caught(work: Callable[[], int], end: int) -> None:
    assert forked(work, 0.5) == end


def test_the_table_names_files_that_exist() -> None:
    for target in TARGETS:
        for path in (target.path, *target.tests):
            assert (ROOT / path).is_file(), path
