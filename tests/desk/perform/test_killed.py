"""keydesk is killed at each step of a change: what was recorded stays whole, and what is open is shown and settled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.desk.support import user_id
from tui.desk.ledger.entry import Outcome
from tui.desk.perform.perform import settle

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk
    from tui.demo.org import Org

# What runs in the other process: one plan, and a kill -9 from inside at a step or as the request reaches Okta.
SCRIPT = """
import asyncio, os, signal, sys
import httpx
from tests.conftest import Desk, FakeClock, Wire
from tests.desk.support import aim, choose, someone_for
from tui.demo.serve.asgi import create_app
from tui.demo.story.begin import begin_org
from tui.desk.perform.perform import perform

action, moment = sys.argv[1:]

def kill():
    os.kill(os.getpid(), signal.SIGKILL)

class Line(Wire):
    async def handle_async_request(self, request):
        write = request.method not in {"GET", "HEAD"}
        if write and moment == "arriving":
            kill()
        answer = await super().handle_async_request(request)
        if write:
            print("sent", request.method, flush=True)
        if write and moment == "answered":
            kill()
        return answer

def told(progress):
    if moment == str(progress.done):
        kill()

async def run():
    clock = FakeClock()
    org = begin_org(seed=7, people=200, clock=clock.time, lockouts_per_minute=0.0)
    session = Desk(org, Line(httpx.ASGITransport(app=create_app(org))), clock).session()
    who = someone_for(org, action)
    plan = await aim(session, action, who, choose(org, action, who))
    await perform(session, plan, reason="test", progress=told)

asyncio.run(run())
"""
BEFORE = ("0", "1")
OPEN = ("2", "arriving", "answered")
AFTER = ("3",)


def killed(action: str, moment: str) -> list[str]:
    """Run it until it kills itself; what it says to have sent."""
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, action, moment], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        said = process.communicate()[0]
    assert process.returncode == -signal.SIGKILL
    return said.splitlines()


@pytest.mark.parametrize("moment", [*BEFORE, *OPEN, *AFTER])
@pytest.mark.parametrize("action", ["unlock", "add-to-group", "temp-password"])
async def test_a_kill_leaves_a_whole_ledger_that_says_what_is_open(
    desk: Desk, home: Path, action: str, moment: str
) -> None:
    sent = killed(action, moment)
    assert bool(sent) is (moment in {"answered", *AFTER})
    session = desk.session()
    entries = session.ledger.entries()
    assert session.ledger.verify().ok
    assert len(entries) == (moment not in BEFORE)
    assert [entry.outcome for entry in entries] == (
        [] if moment in BEFORE else [None] if moment in OPEN else [Outcome.DONE]
    )
    assert len(session.ledger.open_entries()) == (moment in OPEN)


async def test_after_a_kill_the_next_keydesk_settles_it_by_a_look(desk: Desk, org: Org, home: Path) -> None:
    killed("unlock", "arriving")
    session = desk.session()
    (entry,) = session.ledger.open_entries()
    assert entry.intent.person_id == user_id(org, "ann.lee")
    seen = await settle(session, entry)
    assert seen == "Okta shows Locked out: it did not take effect, or was undone since."
    assert session.ledger.open_entries() == []
    assert desk.wire.writes == []
