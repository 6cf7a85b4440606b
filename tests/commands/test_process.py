"""keydesk as a process of its own: what it loads, the demo org it brings along, and what it leaves behind."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import select
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import httpx
import pytest

from tests.commands.act.killing import ROOT, keydesk, script
from tui import __version__, wiring
from tui.commands.codes import Code
from tui.demo.serve.embedded import EmbeddedOrg
from tui.desk.perform.perform import settle

if TYPE_CHECKING:
    from collections.abc import Iterator

ANN = "ann.lee@acme.example"
HEAVY = {"argparse", "asyncio", "httpx", "msgspec", "sqlite3", "textual", "rich", "starlette", "tui.desk", "tui.okta"}


class Served(NamedTuple):
    """A demo org in a process of its own."""

    url: str
    token: str


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    command = [sys.executable, "-m", "tui", "demo-org", "--json", "--people", "60", "--lockouts-per-minute", "0"]
    with subprocess.Popen([*command, "--until-stdin-closes"], cwd=ROOT, stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout
        assert process.stdin
        told = json.loads(process.stdout.readline())
        yield Served(told["url"], told["token"])
        process.stdin.close()
        try:
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()


@pytest.fixture
def connected(served: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    monkeypatch.setenv("KEYDESK_ORG", served.url)
    monkeypatch.setenv("KEYDESK_API_TOKEN", served.token)
    return served


def test_the_version_loads_nothing_heavy() -> None:
    told = script("from tui.cli import main; main(['--version']); import sys, json; print(json.dumps([*sys.modules]))")
    version, modules = told.splitlines()
    assert version == f"keydesk {__version__}"
    assert not HEAVY & set(json.loads(modules))


def test_a_command_loads_neither_textual_nor_the_demo_org(connected: Served) -> None:
    told = script(
        "import sys, json\n"
        "from tui.cli import main\n"
        f"assert main(['show', '{ANN}', '--json']) == 0\n"
        "sys.stderr.write(json.dumps([*sys.modules]))",
        error=True,
    )
    loaded = {name.partition(".")[0] for name in json.loads(told)} | set(json.loads(told))
    assert not loaded & {"textual", "screens", "widgets", "starlette", "uvicorn", "tui.demo.org"}
    assert not loaded & {"psycopg", "tui.desk.team"}  # nobody without a team waits for them
    # httpx's own command line, which it imports where click is there, takes longer than all the rest of httpx.
    assert not loaded & {"httpx._main", "click", "rich", "pygments"}
    # What takes long and is for other commands, for a change, or for a name that nobody has.
    assert not loaded & {
        *(f"tui.commands.{name}" for name in ("find", "why", "lockouts", "act", "help", "man", "keys")),
        *(f"tui.desk.{room}" for room in ("lockouts", "why", "perform", "notices", "expiry", "bulk", "setup", "proof")),
        *("tui.desk.ledger.ledger", "tui.desk.ledger.chain", "tui.desk.people.near", "sqlite3", "difflib", "tomllib"),
    }


def test_an_unlock_for_real_over_the_loopback(connected: Served) -> None:
    done = keydesk("unlock", "henry.stone@acme.example", "--yes", "--ticket", "INC-7")
    assert (done.returncode, done.stderr) == (Code.OK, "")
    assert "done for Henry Stone (Locked out → Active)" in done.stdout
    (entry,) = json.loads(keydesk("ledger", "list", "--json").stdout)
    assert (entry["outcome"], entry["ticket"], entry["org"]) == ("done", "INC-7", connected.url)
    assert keydesk("ledger", "verify").returncode == Code.OK


def started_with(arguments: bytes) -> list[int]:
    """The processes whose command line has these arguments."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if arguments in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:  # ended meanwhile, or somebody else's
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")
def test_the_embedded_org_answers_and_ends_with_the_command() -> None:
    people = str(60 + int.from_bytes(os.urandom(2), "big") % 1000)  # by it the child is told from others
    done = keydesk("--demo", "--people", people, "find", "ann")
    assert (done.returncode, done.stderr) == (Code.OK, "")
    assert ANN in done.stdout
    assert started_with(f"--people\0{people}\0--seed".encode()) == []


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into a process by /proc")
def test_the_embedded_org_gets_nothing_of_the_environment_but_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    kept_back = {
        "KEYDESK_ORG": "https://acme.okta.com", "KEYDESK_API_TOKEN": "00secret", "KEYDESK_CONFIG": "/x",
        "OKTA_API_TOKEN": "00secret", "HTTPS_PROXY": "http://user:secret@proxy", "https_proxy": "http://proxy",
        "ALL_PROXY": "socks5://proxy", "NO_PROXY": "*", "PYTHONASYNCIODEBUG": "1", "PYTHONDEVMODE": "1",
        "PYTHONSTARTUP": "/x", "SSL_CERT_FILE": "/x", "SSLKEYLOGFILE": "/x", "AWS_SECRET_ACCESS_KEY": "secret",
    }  # fmt: skip
    needed = {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
    for name, value in (kept_back | needed).items():
        monkeypatch.setenv(name, value)
    org = EmbeddedOrg(people=60)
    try:
        headers = {"x-demo-token": org.control_token}
        answer = httpx.get(f"{org.url}/__demo", headers=headers, trust_env=False, timeout=30)
        process = Path(f"/proc/{org._child.pid}")  # read after the answer: in the midst of exec it is still empty
        variables = dict(pair.split("=", 1) for pair in (process / "environ").read_text().split("\0") if pair)
        command = (process / "cmdline").read_bytes()
    finally:
        org.stop()
    assert not kept_back.keys() & variables.keys()
    assert needed.items() <= variables.items()
    assert [name for name in variables if name.startswith("KEYDESK_")] == ["KEYDESK_DEMO_CONTROL_TOKEN"]
    assert org.control_token.encode() not in command
    assert answer.json()["org"]["seed"] == 7


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a process that is not a child")
def test_the_embedded_org_ends_even_when_its_desk_is_killed() -> None:
    source = (
        "import sys\n"
        "from tui.demo.serve.embedded import EmbeddedOrg\n"
        "org = EmbeddedOrg(people=60)\n"
        "print(org._child.pid, flush=True)\n"
        "sys.stdin.read()"
    )
    command = [sys.executable, "-c", source]
    with subprocess.Popen(command, cwd=ROOT, stdin=-1, stdout=-1, text=True) as desk:
        assert desk.stdout
        ends = os.pidfd_open(int(desk.stdout.readline()))
        desk.kill()
        try:
            assert select.select([ends], [], [], 20.0)[0], "the demo org outlived its desk"
        finally:
            os.close(ends)


def test_a_reader_that_has_seen_enough_is_no_failure(connected: Served) -> None:
    find = [sys.executable, "-m", "tui", "find", "@acme.example", "--json"]
    with subprocess.Popen(find, cwd=ROOT, stdout=-1, stderr=-1, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(timeout=20) == Code.OK


def test_ctrl_c_at_the_question_ends_it_at_once_and_sends_nothing(connected: Served) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "tui", "unlock", "milo.grant@acme.example"]
    with subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=-1, stderr=-1) as process:
        try:
            assert process.stderr
            told = b""
            while not told.endswith(b"Go on? [y/N] "):
                byte = process.stderr.read(1)
                assert byte, told
                told += byte
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=20) == Code.INTERRUPTED
            assert b"Traceback" not in process.stderr.read()
        finally:
            process.kill()
    os.close(ours)
    os.close(theirs)
    assert json.loads(keydesk("ledger", "list", "--json").stdout) == []
    assert json.loads(keydesk("show", "milo.grant@acme.example", "--json").stdout)["status"] == "LOCKED_OUT"


class Kill(NamedTuple):
    """Where the process is killed, whose unlock it was, and the truth afterwards."""

    step: str
    who: str
    sent: int
    entries: int
    outcome: str | None
    settled: str


KILLS = [
    Kill("before the intent", "ann.lee", 0, 0, None, ""),
    Kill("before sending", "erik.larsen", 0, 1, None, "Okta shows Locked out: it did not take effect"),
    Kill("before the outcome", "c1.control", 1, 1, None, "Okta shows Active: it took effect"),
    Kill("after the outcome", "mark.up", 1, 1, "done", ""),
]


@pytest.mark.parametrize("kill", KILLS, ids=[kill.step for kill in KILLS])
def test_after_a_sudden_death_the_next_start_shows_the_truth(connected: Served, tmp_path: Path, kill: Kill) -> None:
    login, wire = f"{kill.who}@acme.example", tmp_path / "wire"
    died = subprocess.run(
        [sys.executable, "-m", "tests.commands.act.killing", kill.step, str(wire), "unlock", login, "--yes"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    writes = wire.read_text().splitlines() if wire.exists() else []
    assert len(writes) == kill.sent
    with closing(wiring.session(wiring.from_environment()).ledger) as ledger:
        assert [entry.outcome and entry.outcome.value for entry in ledger.entries()] == [kill.outcome] * kill.entries
    still_open = json.loads(keydesk("ledger", "list", "--open", "--json").stdout)
    assert [entry["person"]["login"] for entry in still_open] == [login] * bool(kill.settled)
    assert asyncio.run(settle_all()).startswith(kill.settled)
    with closing(wiring.session(wiring.from_environment()).ledger) as ledger:
        assert ledger.open_entries() == []
        assert ledger.verify().ok
    assert (wire.read_text().splitlines() if wire.exists() else []) == writes


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_during_a_write_leaves_an_unknown_outcome(
    connected: Served, tmp_path: Path, number: signal.Signals
) -> None:
    wire = tmp_path / "wire"
    os.mkfifo(wire)
    login = "ann.lee@acme.example" if number == signal.SIGTERM else "bob.martin@acme.example"
    command = [sys.executable, "-m", "tests.commands.act.killing", "during the write", str(wire), "clear-sessions"]
    with subprocess.Popen([*command, login, "--yes", "--reason", "x"], cwd=ROOT, stderr=-1, stdout=-1) as process:
        try:
            assert wire.read_text().startswith("DELETE ")
            process.send_signal(number)
            assert process.wait(timeout=20) == 128 + number
            assert process.stderr
            assert b"Traceback" not in process.stderr.read()
        finally:
            process.kill()
    (entry,) = json.loads(keydesk("ledger", "list", "--json").stdout)
    assert (entry["outcome"], entry["open"]) == ("unknown", True)
    assert entry["detail"] == "keydesk was closed before the answer came"


async def settle_all() -> str:
    """What the agent does at the next start with entries of which nobody knows the outcome."""
    session = wiring.session(wiring.from_environment())
    with closing(session.ledger) as ledger:
        seen = [await settle(session, entry) for entry in ledger.open_entries()]
    await session.client.aclose()
    return " ".join(seen)
