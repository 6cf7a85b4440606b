"""A team to play with: a database, a demo org and three keydesks side by side (`make team-demo`).

Everything lies in a folder of its own and is gone when it ends. Without tmux, or with `--print`, it prints three
commands instead, for three terminals, and waits.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from tests.postgres import Server, prepared, programs
from tui.desk.connectors import profiles, secrets
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.connectors.profiles import Profile, SignIn
from tui.desk.connectors.secrets import Keep, Secret, SecretPlace
from tui.desk.connectors.store_address import StoreAddress
from tui.desk.team.schema import Admission, admit
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator

TEAM = {"ann": "blue", "bob": "green", "grace": "purple"}
ROOT = Path(__file__).parents[1]
SOCKET = "keydesk-team"
WIDE = 180


@contextmanager
def demo_org() -> Iterator[tuple[str, str]]:
    """Serve a demo org; its address and the token of its super admin."""
    command = [sys.executable, "-m", "tui", "demo-org", "--json", "--until-stdin-closes"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        yield told["url"], told["token"]
        process.stdin.close()


def seat(folder: Path, agent: str, dsn: str, url: str, token: str) -> str:
    """Make the home of one agent, and return the command that starts their keydesk."""
    home = folder / agent
    home.mkdir(mode=0o700)
    place = SecretPlace(Keep.FILE, str(home / "token"))
    secrets.store(place, Secret(token))
    sign_in = SignIn(SignInKind.API_TOKEN, place)
    profile = Profile(
        f"Team {agent}", parse_address(url), sign_in, TEAM[agent], mode=Mode.READ_WRITE, store=StoreAddress(dsn)
    )
    profiles.save(home / "connectors.toml", profile)
    return f"cd {shlex.quote(str(ROOT))} && KEYDESK_HOME={shlex.quote(str(home))} {shlex.quote(sys.executable)} -m tui"


def side_by_side(commands: list[str]) -> None:
    """Show the keydesks in tmux, on a server of its own, until the last is left."""
    tmux = ["tmux", "-L", SOCKET, "-f", "/dev/null"]
    columns, lines = shutil.get_terminal_size()
    subprocess.run([*tmux, "new-session", "-d", "-x", str(columns), "-y", str(lines), commands[0]], check=True)
    wide = columns >= WIDE
    for command in commands[1:]:  # in a small terminal one behind the other: ctrl+b n shows the next
        subprocess.run([*tmux, *(("split-window", "-h") if wide else ("new-window",)), command], check=True)
    if wide:
        subprocess.run([*tmux, "select-layout", "even-horizontal"], check=True)
    subprocess.run([*tmux, "set-option", "-g", "mouse", "on"], check=True)
    try:
        subprocess.run([*tmux, "attach"], check=False)
    finally:
        subprocess.run([*tmux, "kill-server"], check=False, capture_output=True)


def main(argv: list[str] | None = None) -> None:
    """Start it all, and end it all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--print", action="store_true", dest="prints", help="print the commands, and wait")
    prints = parser.parse_args(argv).prints or shutil.which("tmux") is None or not sys.stdin.isatty()
    os.environ.pop("TMUX", None)
    print("Starting a database and a demo org …", flush=True)
    server = Server(programs()[max(programs())], safe=True)
    database = prepared(server.dsn())
    with tempfile.TemporaryDirectory(prefix="keydesk-team-") as folder, demo_org() as (url, token):
        with closing(psycopg.connect(database.owner, autocommit=True)) as db:
            admit(db, url, [Admission(agent, leads=agent == "grace") for agent in TEAM])
        commands = [seat(Path(folder), agent, database.dsn(agent), url, token) for agent in TEAM]
        if prints:
            print("Three keydesks of one team; each in a terminal of its own:\n")
            print("\n".join(f"  {command}" for command in commands))
            print("\nEnter ends the database and the demo org.", flush=True)
            sys.stdin.readline()
        else:
            side_by_side(commands)
    server.remove()


if __name__ == "__main__":
    main()
