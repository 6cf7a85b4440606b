"""The real program in a real terminal: pastes, quiet, poor terminals, and its own end."""

from __future__ import annotations

import os
import select
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.bench.people import demo_org
from tests.bench.table_pty import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYDESK = [sys.executable, "-P", "-m", "tui"]
READY = "employee number or id"
NASTY = "\x1b]52;c;AAAA\x07\x9b31m\u202e\x1b]0;title\x07ann.lee"


@pytest.fixture(scope="module")
def org() -> Iterator[dict[str, str]]:
    with demo_org("--people", "60", "--lockouts-per-minute", "0") as (url, token):
        yield {"KEYDESK_ORG": url, "KEYDESK_API_TOKEN": token}


def children_of(pid: int) -> list[int]:
    """Of any of its threads."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def test_what_is_pasted_does_not_come_back_as_an_escape_sequence(org: dict[str, str], home: Path) -> None:
    with Terminal(KEYDESK, env={**org, "KEYDESK_HOME": str(home)}) as terminal:
        terminal.wait_for("puts these lines away")
        before = len(terminal.output)
        os.write(terminal._master, b"\x1b[200~" + NASTY.encode() + b"\x1b[201~")
        terminal.wait_for("AAAA", 15, since=before)
        while terminal._read(0.5):
            pass
        text = terminal.output[before:].decode(errors="replace")  # the cut may lie within a character
        shown = terminal.shown()
    assert "]52;c;AAAA31m" in shown
    assert "\x1b]" not in text
    assert "\x07" not in text
    assert "\x9b" not in text
    assert "\u202e" not in text


def test_at_rest_it_writes_nothing_and_after_a_suspend_all_of_it_again(org: dict[str, str], home: Path) -> None:
    with Terminal(KEYDESK, env={**org, "KEYDESK_HOME": str(home)}) as terminal:
        os.write(terminal._master, b"ann.lee")  # before Python itself has begun: the terminal keeps it
        for part in ("Microsoft 365", "w more"):  # the verdict comes last
            terminal.wait_for(part, 60)
        while terminal._read(0.5):
            pass
        before = len(terminal.output)
        assert not terminal._read(1.3)  # longer than any clock of the screen, but for the shown age
        assert terminal.output[before:] == b""
        os.kill(terminal._process.pid, signal.SIGTSTP)
        os.waitid(os.P_PID, terminal._process.pid, os.WSTOPPED)
        terminal.settle(0.1)
        assert "Microsoft 365" not in terminal.shown(), "the shell's own screen"
        os.kill(terminal._process.pid, signal.SIGCONT)
        terminal.wait_for("Microsoft 365", 15, since=len(terminal.output))
        assert "ann.lee@acme.example" in terminal.shown()


@pytest.mark.parametrize("term", ["vt100", "xterm", "screen-256color"])
def test_poor_terminals_still_show_everything_as_text(org: dict[str, str], home: Path, term: str) -> None:
    env = {**org, "KEYDESK_HOME": str(home), "TERM": term, "COLORTERM": "", "NO_COLOR": "1"}
    with Terminal(KEYDESK, size=(60, 15), env=env) as terminal:
        terminal.wait_for("puts these lines away")
        os.write(terminal._master, b"ann.lee@acme.example")
        terminal.wait_for("Locked out", 15)
        os.write(terminal._master, b"\x11")
        while terminal._process.poll() is None:
            terminal._read(0.05)
        assert terminal._process.returncode == 0


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a process that is not a child")
def test_a_killed_app_leaves_no_demo_org_behind(home: Path) -> None:
    with Terminal([*KEYDESK, "--demo", "--people", "60"], env={"KEYDESK_HOME": str(home)}) as terminal:
        terminal.wait_for("puts these lines away")
        os.write(terminal._master, b"ann.lee@acme.example")
        terminal.wait_for("Microsoft 365", 20)
        (child,) = children_of(terminal._process.pid)
        ends = os.pidfd_open(child)
        try:
            os.kill(terminal._process.pid, signal.SIGKILL)
            assert select.select([ends], [], [], 20.0)[0], "the demo org outlived its desk"
        finally:
            os.close(ends)
