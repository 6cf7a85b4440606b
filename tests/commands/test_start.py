"""How keydesk starts: its memory stays private, its keys unlogged, and ctrl+c at any moment is quiet."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.commands.act.killing import ROOT, script
from tui.commands import run as program
from tui.commands.codes import Code

INTERRUPTED_AT = """
import os, signal, sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
from tui.cli import main
sys.exit(main({arguments!r}))
"""


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("tui.commands.private_memory", []),
        ("tui.commands.run", []),
        ("argparse", ["find", "ann"]),
        ("tui.commands.find", ["find", "ann"]),
        ("tui.commands.start", ["--demo"]),
        ("tui.switchboard", ["--demo", "find", "ann"]),
        ("asyncio", ["--demo", "--people", "10", "find", "ann"]),
    ],
)
def test_ctrl_c_while_it_starts_is_quiet(name: str, arguments: list[str]) -> None:
    source = INTERRUPTED_AT.format(name=name, arguments=arguments)
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, check=False, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (Code.INTERRUPTED, b"", b"")


def test_its_memory_is_written_to_no_file_and_read_by_no_other_program() -> None:
    told = script(
        "import ctypes, json, resource\n"
        "from tui.cli import main\n"
        "main(['completion', 'bash'])\n"
        "dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)\n"
        "print(json.dumps([resource.getrlimit(resource.RLIMIT_CORE), dumpable]))"
    )
    limit, dumpable = json.loads(told.splitlines()[-1])
    assert limit == [0, 0]
    if sys.platform == "linux":
        assert dumpable == 0


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"TEXTUAL_LOG": "textual.log"}, "TEXTUAL_LOG"),
        ({"TEXTUAL_DEBUG": "1"}, "TEXTUAL_DEBUG"),
        ({"TEXTUAL": "debug, DevTools"}, "TEXTUAL"),
        ({"TEXTUAL_LOG": "x", "TEXTUAL": "devtools"}, "TEXTUAL_LOG TEXTUAL"),
    ],
)
@pytest.mark.parametrize("arguments", [["--connector", "Acme"], ["connect"]])
def test_it_does_not_start_where_every_key_would_be_logged(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    environ: dict[str, str],
    named: str,
    arguments: list[str],
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert program.run(arguments) == Code.FAILED
    told = capsys.readouterr().err
    assert "would log every key" in told
    assert f"unset {named}`" in told


@pytest.mark.parametrize("arguments", [["--demo"], ["connect"]])
def test_nothing_is_drawn_where_the_terminal_cannot(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    assert program.run(arguments) == Code.FAILED
    told = capsys.readouterr().err
    assert "TERM is dumb: nothing can be drawn here" in told
    assert "`keydesk lockouts`" in told


@pytest.mark.parametrize("environ", [{"TEXTUAL": "debug"}, {"TEXTUAL_LOG": ""}, {"TEXTUAL_THEME": "nord"}])
def test_what_logs_nothing_is_in_nobodys_way(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], environ: dict[str, str]
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert program.run(["connect"]) == Code.FAILED
    assert "needs a terminal" in capsys.readouterr().err
