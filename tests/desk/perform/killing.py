"""One plan in a process of its own, which is dead by SIGKILL when it is told to be."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import httpx

from tests.conftest import Desk, FakeClock, Wire
from tests.desk.notices.killing import PROCESSES, SECONDS
from tests.desk.support import aim, choose, someone_for, writing
from tui.demo.serve.asgi import create_app
from tui.demo.story.begin import begin_org
from tui.desk.perform.perform import perform

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from tui.desk.perform.result import Progress


def killed(action: str, moment: str) -> list[str]:
    """Perform an action until the process kills itself; what it says to have sent.

    Args:
        action: The id of the action.
        moment: How many steps were done, or `arriving` as the request reaches Okta, or `answered` by it.
    """
    said, say = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=perform_and_die, args=(os.environ["KEYDESK_HOME"], action, moment, say))
    process.start()
    say.close()
    try:
        process.join(SECONDS)
        assert process.exitcode == -signal.SIGKILL
        sent = []
        while said.poll():
            try:
                sent.append(said.recv())
            except EOFError:
                break
        return sent
    finally:
        process.kill()
        process.join()
        said.close()


def die() -> None:
    """End as in a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


class Deadly(Wire):
    """A wire on which the process can die, before a write reaches Okta or after the answer."""

    moment: str
    say: Connection

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        write = writing(request)
        if write and self.moment == "arriving":
            die()
        answer = await super().handle_async_request(request)
        if write:
            self.say.send(request.method)
        if write and self.moment == "answered":
            die()
        return answer


def perform_and_die(home: str, action: str, moment: str, say: Connection) -> None:
    """What the process does."""
    os.environ["KEYDESK_HOME"] = home

    def told(progress: Progress) -> None:
        if moment == str(progress.done):
            die()

    async def run() -> None:
        clock = FakeClock()
        org = begin_org(seed=7, people=200, clock=clock.time, lockouts_per_minute=0.0)
        wire = Deadly(httpx.ASGITransport(app=create_app(org)))
        wire.moment, wire.say = moment, say
        session = Desk(org, wire, clock).session()
        who = someone_for(org, action)
        plan = await aim(session, action, who, choose(org, action, who))
        await perform(session, plan, reason="test", progress=told)

    asyncio.run(run())
