"""A terminal to measure programs in: a pty that types keys and notes when, how much and at what cost they answer.

Linux only: CPU comes from /proc. Quote medians and ratios of one run; machines are noisy.
"""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import avt

from tests.bench.people import INSTALLED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KEYS: Final = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "ctrl+q": "\x11",
}
QUIET: Final = 0.06
"""Seconds without output that end an answer."""
_MODE: Final = re.compile(rb"\x1b\[\?(\d+)\$p")
_SYNCHRONISED: Final = b"2026"
_EXIT: Final = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a key.

    Attributes:
        first_ms: Until the first byte; nothing came if `size` is 0.
        last_ms: Until the last byte before it fell quiet: all is drawn.
        size: Bytes written.
        cpu_ms: CPU spent, by all threads.
    """

    first_ms: float
    last_ms: float
    size: int
    cpu_ms: float


class Terminal:
    """Runs one program in a pty; close it, or use it as a context manager."""

    def __init__(
        self, command: Sequence[str], *, size: tuple[int, int] = (120, 40), env: Mapping[str, str] | None = None
    ) -> None:
        """Start the program.

        Args:
            command: The program and its arguments.
            size: Columns and lines.
            env: Set on top of this process's environment.
        """
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        surroundings = {**os.environ, **INSTALLED, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(env or {})}
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=surroundings, start_new_session=True
        )
        os.close(slave)
        self.output = bytearray()
        """All that was written since the start."""
        self._screen = avt.Vt(*size, 0)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the program if it still runs."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(_EXIT)
        os.close(self._master)

    @property
    def runs(self) -> bool:
        """Whether the program still runs."""
        return self._process.poll() is None

    def cpu(self) -> float:
        """Seconds of CPU so far, by all threads."""
        total = 0
        for task in Path(f"/proc/{self._process.pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9

    def cpu_of_all(self) -> float:
        """Seconds of CPU so far, by all threads, those that have ended among them (clock_gettime(2))."""
        return time.clock_gettime((~self._process.pid << 3) | 2)

    def type_ahead(self, text: str) -> None:
        """Type without waiting for an answer, as before the program reads anything."""
        os.write(self._master, text.encode())

    def memory(self) -> float:
        """Resident megabytes."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def wait_for(self, text: str, timeout: float = 60.0, *, since: int = 0) -> float:
        """Wait until the screen shows a text, or it was written in one piece; milliseconds since the program started.

        Of a text that was there before, only what has changed is written, so both have to be looked at.

        Args:
            text: What to wait for.
            timeout: Seconds.
            since: Of what was written, look only from this offset of `output` on.

        Raises:
            TimeoutError: It never did.
        """
        wanted, end = text.encode(), time.perf_counter() + timeout
        while wanted not in self.output[since:] and text not in self.shown():
            if time.perf_counter() > end or (not self._read(0.05) and self._process.poll() is not None):
                raise TimeoutError(f"{text!r} is not shown; the last written was {bytes(self.output[-400:])!r}")
        return (time.perf_counter() - self.started) * 1000

    def shown(self) -> str:
        """Return what the screen shows, as lines of text."""
        return "\n".join("".join(cell.char for cell in line.cells) for line in self._screen.view())

    def press(self, key: str, *, quiet: float = QUIET, timeout: float = 10.0) -> Answer:
        """Type a key (one of `KEYS`, or the text itself) and wait until its answer is all there."""
        cpu, before = self.cpu(), len(self.output)
        start = first = last = time.perf_counter()
        self.type(key)
        while (now := time.perf_counter()) - last < quiet and now - start < timeout:
            if self._read(quiet):
                last = time.perf_counter()
                first = last if first == start else first
        size = len(self.output) - before
        return Answer((first - start) * 1000, (last - start) * 1000, size, (self.cpu() - cpu) * 1000)

    def settle(self, quiet: float = 0.5) -> None:
        """Wait until nothing was written for a while."""
        while self._read(quiet):
            pass

    def idle(self, seconds: float) -> tuple[int, float]:
        """Type nothing: bytes written, and CPU in percent of one core."""
        cpu, before, start = self.cpu(), len(self.output), time.perf_counter()
        while (left := seconds - (time.perf_counter() - start)) > 0:
            self._read(left)
        return len(self.output) - before, (self.cpu() - cpu) / (time.perf_counter() - start) * 100

    def _read(self, timeout: float) -> bool:
        """Take what was written, and answer questions as a terminal does; whether there was anything."""
        if not select.select([self._master], [], [], timeout)[0]:
            return False
        try:
            chunk = os.read(self._master, 1 << 16)
        except OSError:  # the program closed its end
            time.sleep(0.01)
            return False
        self._take(chunk)
        return bool(chunk)

    def type(self, key: str) -> None:
        """Type a key (one of `KEYS`, or the text itself), and wait for nothing."""
        self._send(KEYS.get(key, key).encode())

    def _send(self, data: bytes) -> None:
        """Send what was typed, or answered, to the program."""
        os.write(self._master, data)

    def _take(self, chunk: bytes) -> None:
        """Show what has arrived from the program, and answer its questions."""
        self.output += chunk
        self._screen.feed_str(self._decode(chunk))
        for mode in _MODE.findall(chunk):
            self._send(b"\x1b[?%s;%s$y" % (mode, b"2" if mode == _SYNCHRONISED else b"0"))
