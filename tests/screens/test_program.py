"""The real program in a real terminal: pastes, quiet, a suspend, and its own end."""

from __future__ import annotations

import os
import select
import signal
import sys
from pathlib import Path
from time import monotonic

import pytest

from tests.bench.table_pty import Terminal

KEYDESK = [sys.executable, "-P", "-m", "tui"]
NASTY = "\x1b]52;c;AAAA\x07\x9b31m\u202e\x1b]0;title\x07ann.lee"


def children_of(pid: int) -> list[int]:
    """Of any of its threads."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def comes_to_rest(terminal: Terminal, quiet: float) -> None:
    """Read until nothing is written for so many seconds, however long a slow machine takes until then."""
    end = monotonic() + 60
    while terminal._read(quiet):
        assert monotonic() < end, "it goes on writing"


def pasted(terminal: Terminal) -> None:
    """What is pasted does not come back as an escape sequence."""
    before = len(terminal.output)
    os.write(terminal._master, b"\x1b[200~" + NASTY.encode() + b"\x1b[201~")
    terminal.wait_for("AAAA", since=before)
    comes_to_rest(terminal, 0.5)
    text = terminal.output[before:].decode(errors="replace")  # the cut may lie within a character
    assert "]52;c;AAAA31m" in terminal.shown()
    for harmful in ("\x1b]", "\x07", "\x9b", "\u202e"):
        assert harmful not in text, repr(harmful)


def suspended(terminal: Terminal) -> None:
    """After a suspend all of it is drawn again."""
    pid = terminal._process.pid
    os.kill(pid, signal.SIGTSTP)
    os.waitid(os.P_PID, pid, os.WSTOPPED)
    terminal.settle(0.1)
    assert "Microsoft 365" not in terminal.shown(), "the shell's own screen"
    os.kill(pid, signal.SIGCONT)
    terminal.wait_for("Microsoft 365", since=len(terminal.output))
    assert "ann.lee@acme.example" in terminal.shown()


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a process that is not a child")
def test_pasted_to_at_rest_suspended_and_killed(home: Path) -> None:
    with Terminal([*KEYDESK, "--demo", "--people", "60"], env={"KEYDESK_HOME": str(home)}) as terminal:
        os.write(terminal._master, b"ann.lee@acme.example")  # before Python itself has begun: the terminal keeps it
        terminal.wait_for("Microsoft 365")
        comes_to_rest(terminal, 1.3)  # longer than any clock of the screen, but for the shown age
        suspended(terminal)
        os.write(terminal._master, b"\x15")  # ctrl+u empties the box
        pasted(terminal)
        (child,) = children_of(terminal._process.pid)
        ends = os.pidfd_open(child)
        try:
            os.kill(terminal._process.pid, signal.SIGKILL)
            assert select.select([ends], [], [], 20.0)[0], "the demo org outlived its desk"
        finally:
            os.close(ends)
