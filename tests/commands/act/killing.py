"""keydesk in a process of its own, and one that is killed at a chosen step of an unlock (`python -m` this file)."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import httpx

from tui.cli import main
from tui.desk.ledger.ledger import Ledger
from tui.okta import wire

ROOT = Path(__file__).parents[3]


def keydesk(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as the shell would."""
    command = [sys.executable, "-m", "tui", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30, input="")


def script(source: str, *, error: bool = False) -> str:
    """Run some Python, and return what it printed."""
    command = [sys.executable, "-c", source]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30, input="")
    assert done.returncode == 0, done.stderr
    return done.stderr if error else done.stdout


class Recorder(httpx.AsyncBaseTransport):
    """The real network, with every change that leaves noted in a file.

    Args:
        inner: The real network.
        path: The file.
        hangs: Whether a change is never answered.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, path: Path, *, hangs: bool) -> None:
        self.inner = inner
        self.path = path
        self.hangs = hangs

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            with self.path.open("a") as file:
                file.write(f"{request.method} {request.url.path}\n")
            if self.hangs:
                await asyncio.Event().wait()
        return await self.inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self.inner.aclose()


def die() -> NoReturn:
    """End as in a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def run(step: str, path: Path, arguments: list[str]) -> int:
    """Run keydesk and die at one step."""
    intend, outcome, real_wire = Ledger.intend, Ledger.outcome, wire.wire

    def deadly(real: Any, *, before: bool) -> Any:  # noqa: ANN401 - stands for either method
        def method(*args: Any, **more: Any) -> NoReturn:  # noqa: ANN401
            if not before:
                real(*args, **more)
            die()

        return method

    match step:
        case "before the intent" | "before sending":
            Ledger.intend = deadly(intend, before=step == "before the intent")  # type: ignore[method-assign]
        case "before the outcome" | "after the outcome":
            Ledger.outcome = deadly(outcome, before=step == "before the outcome")  # type: ignore[method-assign]
        case "during the write":
            pass
        case _:
            raise ValueError(step)

    def recorded(*, secure: bool, **how: Any) -> httpx.AsyncBaseTransport:  # noqa: ANN401 - passes on what it gets
        return Recorder(real_wire(secure=secure, **how), path, hangs=step == "during the write")

    wire.wire = recorded
    return main(arguments)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
