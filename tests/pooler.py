"""PgBouncer in front of a server of the tests: Debian's, where this machine has it."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.postgres import AGENTS, TeamDatabase

if TYPE_CHECKING:
    from tests.postgres import Server

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
_SETTINGS = """
[databases]
* = host={host} port={port} {line}

[pgbouncer]
listen_addr =
unix_socket_dir = {folder}
listen_port = {port}
auth_type = trust
auth_file = {folder}/users
pool_mode = {mode}
"""


class Pooler:
    """One PgBouncer on a socket of its own, gone with this process. Skips the test where there is no such program.

    Args:
        server: The server behind it.
        mode: Its `pool_mode`.
        line: What else stands in the line of the databases.
    """

    def __init__(self, server: Server, mode: str = "transaction", line: str = "") -> None:
        if PROGRAM is None:
            pytest.skip("this machine has no pgbouncer (apt-get install pgbouncer)")
        self.port = server.port or 5432
        self.folder = Path(tempfile.mkdtemp(prefix="kd-pool-", dir="/tmp"))
        atexit.register(self.remove)
        settings = self.folder / "pgbouncer.ini"
        text = _SETTINGS.format(host=server.folder, port=self.port, folder=self.folder, mode=mode, line=line)
        settings.write_text(text)
        (self.folder / "users").write_text("".join(f'"{one.role}" ""\n' for one in AGENTS) + '"postgres" ""\n')
        user = "nobody" if os.geteuid() == 0 else None  # it refuses to run as root
        if user:
            shutil.chown(self.folder, user)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [PROGRAM, str(settings)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=user, cwd="/"
            )
        self._wait()

    def leading_to(self, team: TeamDatabase) -> TeamDatabase:
        """The same database by way of it."""
        return TeamDatabase(psycopg.conninfo.make_conninfo(team.owner, host=str(self.folder), port=self.port))

    def remove(self) -> None:
        """End it, and remove its folder."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self) -> None:
        address = f"host={self.folder} port={self.port} user=postgres dbname=postgres"
        for _ in range(200):
            with suppress(psycopg.OperationalError), psycopg.connect(address):
                return
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(0.05)
                break
        raise RuntimeError((self.folder / "log").read_text())
