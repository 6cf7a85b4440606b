"""Whole keydesks of one team, each a process of its own: one is told what the other does, also where that one died."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psycopg

from tests.desk.team.test_faults import until
from tests.postgres import local_database
from tui.commands.codes import Code
from tui.desk.connectors import profiles, secrets
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.connectors.profiles import Profile, SignIn
from tui.desk.connectors.secrets import Keep, Secret, SecretPlace
from tui.desk.connectors.store_address import StoreAddress
from tui.desk.team.schema import Admission, admit
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.postgres import TeamDatabase

ROOT = Path(__file__).parents[2]
ANN, BOB = "ann.lee@acme.example", "bob.martin@acme.example"
WHY = ("--yes", "--reason", "lost a phone")


@contextmanager
def demo_org() -> Iterator[dict[str, str]]:
    """A demo org in a process of its own; what it says of itself."""
    command = [sys.executable, "-m", "tui", "demo-org", "--json", "--until-stdin-closes"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.kill()  # it would wait for the answer that nobody waits for any more


class Seat:
    """One agent's home, and keydesks that are started there.

    Args:
        folder: The folder of all homes.
        agent: The agent, who is the database's role.
        team: The database.
        org: The demo org.
    """

    def __init__(self, folder: Path, agent: str, team: TeamDatabase, org: dict[str, str]) -> None:
        self.home = folder / agent
        self.home.mkdir(mode=0o700)
        place = SecretPlace(Keep.FILE, str(self.home / "token"))
        secrets.store(place, Secret(org["token"]))
        sign_in, store = SignIn(SignInKind.API_TOKEN, place), StoreAddress(team.dsn(agent))
        profile = Profile("Acme", parse_address(org["url"]), sign_in, mode=Mode.READ_WRITE, store=store)
        profiles.save(self.home / "connectors.toml", profile)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start `keydesk WORDS`."""
        around = {"PATH": os.environ["PATH"], "KEYDESK_HOME": str(self.home), "TZ": "UTC"}
        return subprocess.Popen(
            [sys.executable, "-m", "tui", *words], cwd=ROOT, env=around, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for a keydesk; its exit code, and what it said."""
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_two_keydesks_that_act_on_one_person_at_once(tmp_path: Path) -> None:
    team = local_database()
    with demo_org() as org, closing(psycopg.connect(team.owner, autocommit=True)) as db:
        admit(db, org["url"], [Admission("ann"), Admission("bob")])
        ann, bob = (Seat(tmp_path, agent, team, org) for agent in ("ann", "bob"))
        slow = {"fault": "slow", "method": "DELETE", "match": "/sessions", "value": 300, "times": 1}
        control = {"x-demo-token": org["control_token"]}
        httpx.post(f"{org['url']}/__demo/faults", headers=control, json=slow, trust_env=False).raise_for_status()
        first = ann.start("clear-sessions", BOB, *WHY)
        waits = "SELECT agent FROM keydesk.open_entry JOIN keydesk.chain USING (org) WHERE origin = %s AND person <> ''"
        until(lambda: db.execute(waits, (org["url"],)).fetchall() == [("ann",)])  # her intent is there, no answer yet
        second, third = bob.start("clear-sessions", BOB, *WHY), bob.start("clear-sessions", ANN, *WHY)
        code, _, said = ended(second)
        assert (code, "ann is acting on this person: Sign out everywhere, since" in said) == (Code.FAILED, True), said
        code, _, said = ended(third)
        assert code == Code.OK, said  # on somebody else both act at once
        first.send_signal(signal.SIGKILL)
        ended(first)
        with closing(team.ledger(org["url"], "bob")) as ledger:  # hers stays open, for anybody of the team to settle
            assert [(one.intent.agent, one.intent.person_login) for one in ledger.open_entries()] == [("ann", BOB)]
            assert (ledger.verify().ok, ledger.newest()) == (True, 3)
