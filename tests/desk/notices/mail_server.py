"""A mail server as a process of its own: takes mail into a file, or fails at the step that it is told to fail at.

Run as `python -m tests.desk.notices.mail_server FILE MODE`; it prints its port. MODE is read anew from `FILE.mode` at
each message, so that a test can break and mend it while it runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

END = b"\n.=.=.\n"


class Handler:
    """What the server answers at each step."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def mode(self) -> str:
        return self.path.with_suffix(".mode").read_text("utf-8").strip()

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: ANN401, N802 - aiosmtpd's
        if self.mode == "mail-5xx":
            return "550 not you"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: ANN401, N802 - aiosmtpd's
        if self.mode == "rcpt-5xx" or address.startswith("nobody@"):
            return "550 no such mailbox"
        if self.mode == "no-relay":
            return "554 5.7.1 Relay access denied"
        if self.mode == "rcpt-4xx":
            return "450 greylisted, come back later"
        if self.mode == "rcpt-drop":
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ANN401, N802 - aiosmtpd's
        if self.mode == "data-4xx":
            return "451 try again"
        if self.mode == "data-5xx":
            return "554 it looks like spam"
        with self.path.open("ab") as out:
            out.write(envelope.content + END)
        if self.mode == "answer-lost":
            server.transport.abort()
        return "250 queued"


@dataclass
class MailServer:
    """The process, as a test sees it."""

    path: Path
    process: subprocess.Popen[str]
    port: int

    def become(self, mode: str) -> None:
        self.path.with_suffix(".mode").write_text(mode, "utf-8")

    @property
    def raw(self) -> list[bytes]:
        return [part for part in self.path.read_bytes().split(END) if part] if self.path.exists() else []

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(part, policy=policy.default) for part in self.raw]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def mail_server(folder: Path, port: int = 0) -> Iterator[MailServer]:
    path = folder / "mail"
    path.with_suffix(".mode").write_text("ok", "utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "tests.desk.notices.mail_server", str(path), str(port)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        server = MailServer(path, process, int(process.stdout.readline()))
        try:
            yield server
        finally:
            server.stop()


async def serve(path: Path, port: int) -> None:
    loop = asyncio.get_running_loop()
    controller = Controller(Handler(path), hostname="127.0.0.1", enable_SMTPUTF8=True)
    server = await loop.create_server(controller.factory, "127.0.0.1", port)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
