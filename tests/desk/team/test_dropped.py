"""A network that drops every packet, in a namespace of its own where this machine lets one be made."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk.ledger.one_intent import INTENT
from tests.postgres import SOON, local_database, shared_server
from tui.desk.connectors.store_address import StoreAddress
from tui.desk.ledger.entry import Outcome
from tui.desk.team import database as team_database
from tui.desk.team.database import Database
from tui.desk.team.ledger import TeamLedger
from tui.desk.team.trouble import StoreAway

if TYPE_CHECKING:
    from collections.abc import Iterator

IP = "/usr/sbin/ip"
NAME = f"kd{os.getpid() % 100000}"
NEAR, FAR = (f"10.213.{os.getpid() % 250}.{number}" for number in (1, 2))
# Runs in the namespace: passes each connection on to the server's socket, which is a file, and so in every namespace.
PASS_ON = """
import asyncio, sys
async def copy(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()
async def serve(reader, writer):
    far_reader, far_writer = await asyncio.open_unix_connection(sys.argv[2])
    await asyncio.gather(copy(reader, far_writer), copy(far_reader, writer), return_exceptions=True)
async def main():
    server = await asyncio.start_server(serve, sys.argv[1], 5432)
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()
asyncio.run(main())
"""


def ip(*words: str) -> bool:
    return subprocess.run([IP, *words], capture_output=True, check=False).returncode == 0


@contextmanager
def far_away() -> Iterator[None]:
    """The server at an address in another network namespace; skips where this machine lets nobody make one."""
    if not Path(IP).exists() or not ip("netns", "add", NAME):
        pytest.skip("this machine lets nobody make a network namespace")
    try:
        if not ip("link", "add", NAME, "type", "veth", "peer", "name", f"{NAME}p", "netns", NAME):
            pytest.skip("this machine lets nobody make a network device")
        for words in (
            ("addr", "add", f"{NEAR}/24", "dev", NAME),
            ("link", "set", NAME, "up"),
            ("-n", NAME, "addr", "add", f"{FAR}/24", "dev", f"{NAME}p"),
            ("-n", NAME, "link", "set", f"{NAME}p", "up"),
        ):
            assert ip(*words), words
        command = [IP, "netns", "exec", NAME, sys.executable, "-c", PASS_ON, FAR, str(shared_server().socket)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdout.readline()
            yield
            process.stdin.close()
            process.kill()
    finally:
        ip("netns", "delete", NAME)
        ip("link", "delete", NAME)


def test_a_half_open_connection_is_given_up_and_the_record_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    team = local_database()
    intent = replace(INTENT, org=team.new_org())
    address = StoreAddress(team.dsn("grace").replace(str(shared_server().folder), FAR))
    monkeypatch.setattr(team_database, "stays_here", lambda _: True)  # the address of this test alone needs no TLS
    with (
        far_away(),
        closing(TeamLedger(Database(address, terms=replace(SOON, connect=2.0)), intent.org, "grace")) as ledger,
    ):
        assert ledger.intend(intent).entry == 1
        assert ip("link", "set", NAME, "down")
        for idle in ledger.database._spare[True]:
            idle.answer = 0.3  # type: ignore[attr-defined]  # the class behind it is imported with psycopg only
        with pytest.raises(StoreAway):
            ledger.outcome(1, Outcome.DONE)
        assert ip("link", "set", NAME, "up")
        ledger.database.terms = replace(SOON, patience=60.0)
        ledger.outcome(1, Outcome.DONE)
        assert (ledger.entry(1).outcome, ledger.verify().count) == (Outcome.DONE, 2)
