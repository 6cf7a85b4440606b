"""A watcher over a quiet org in which people were just locked out, in a process of its own, dead when it is told to be.

The processes are forked from one that has imported everything, so that each of them is quick; SIGKILL ends them as it
ends any other.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import multiprocessing
import os
import signal
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx
from aiosmtplib import SMTP
from msgspec.structs import replace

from tests.conftest import Desk, FakeClock, Wire
from tests.desk.support import world
from tui.demo.serve.asgi import create_app
from tui.demo.story.begin import begin_org
from tui.desk.connectors.settings import places
from tui.desk.ledger.anchor import Anchor
from tui.desk.ledger.ledger import Ledger
from tui.desk.lockouts.feed_store import FeedStore
from tui.desk.notices import watcher as notice_watch
from tui.desk.notices.notice import Fate
from tui.desk.notices.rules import NoticeRules, NoticeWay
from tui.desk.notices.sender import Notifier
from tui.desk.notices.texts import DEFAULTS, Wording, parse
from tui.desk.notices.watcher import EVERY, Watcher
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerProcess
    from multiprocessing.synchronize import Barrier

    from tui.demo.org import Org
    from tui.desk.notices.sender import NoticeLine

SECONDS: Final = 120.0
"""For a process to end; nothing takes so long unless it hangs."""
PROCESSES: Final = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])
MOMENTS: Final[dict[str, tuple[Any, str, bool]]] = {
    "heard": (FeedStore, "add", True),
    "claiming": (Ledger, "claim", False),
    "written, not committed": (Anchor, "draft", True),
    "committed, anchor behind": (Anchor, "place", False),
    "claimed": (Ledger, "claim", True),
    "connected": (SMTP, "connect", True),
    "receiver named": (SMTP, "rcpt", True),
    "accepted": (SMTP, "data", True),
    "recording": (Ledger, "outcome", False),
    "recorded": (Ledger, "outcome", True),
    "day done": (notice_watch, "write_private", False),
}
"""What is done at each moment, and whether death comes after it or before."""


def locked_out(org: Org, clock: FakeClock, people: int) -> list[str]:
    """Lock so many people out three hours into the org's life, a minute ago; their addresses."""
    clock.now += 3 * 3600
    able = [one for one in org.people.from_index() if one.status == "ACTIVE" and one.provider == "OKTA"]
    chosen = able[40 : 40 + people]
    for person in chosen:
        world(org, lock=person.login)
    clock.now += 60
    return sorted(person.email for person in chosen)


def rules(port: int, *, expiries: bool = False) -> NoticeRules:
    """Lockouts, or coming expiries, by a mail server on this machine, and nothing else."""
    way = NoticeWay("mail", "mail", "127.0.0.1", port, "none", sender="it@example.com", sender_name="IT")
    texts = {key: parse(text, *key, "ours") for key, text in DEFAULTS.items()}
    if expiries:
        return NoticeRules({"mail": way}, expiries="mail", scan_hour=0, wording=Wording(templates=texts))
    return NoticeRules({"mail": way}, lockouts="mail", lockout_hours=1, wording=Wording(templates=texts))


def watcher(desk: Desk, told: NoticeRules, *, dry: bool = False) -> Watcher:
    """A watcher that keeps what it hears on the disk, as those of real orgs do."""
    session = desk.session(mode=Mode.READ_ONLY)
    session = replace(session, folder=places().state)
    return Watcher(session, told, Notifier(session, told, dry=dry))


def die_at(moment: str, nth: int) -> None:
    """Arrange for this process to die by SIGKILL the nth time that it comes to a moment."""
    place, name, after = MOMENTS[moment]
    real, comings = getattr(place, name), itertools.count(1)

    def perhaps_die() -> None:
        if next(comings) == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    setattr(place, name, around(real, after=perhaps_die) if after else around(real, before=perhaps_die))


def meet_at_the_first_claim(meeting: Barrier) -> None:
    """Arrange for this process to wait for another one before its first claim."""
    firsts = iter([True])

    def meet() -> None:
        if next(firsts, False):
            meeting.wait(SECONDS)

    place, name, _ = MOMENTS["claiming"]
    setattr(place, name, around(getattr(place, name), before=meet))


def around(
    real: Callable[..., Any], *, before: Callable[[], None] = lambda: None, after: Callable[[], None] = lambda: None
) -> Callable[..., Any]:
    """A function or coroutine function with something done before it and after it."""
    if asyncio.iscoroutinefunction(real):

        @functools.wraps(real)
        async def later(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the real one takes
            before()
            answer = await real(*args, **named)
            after()
            return answer

        return later

    @functools.wraps(real)
    def now(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - as above
        before()
        answer = real(*args, **named)
        after()
        return answer

    return now


@dataclass(frozen=True)
class Running:
    """Such a process, as a test sees it."""

    process: ForkServerProcess
    said: Connection

    def end(self) -> list[str]:
        """Wait for its end; whom it told, unless it was killed."""
        self.process.join(SECONDS)
        assert self.process.exitcode in {0, -signal.SIGKILL}
        return [] if self.killed else self.said.recv()

    @property
    def killed(self) -> bool:
        return self.process.exitcode == -signal.SIGKILL


@contextlib.contextmanager
def running(
    port: int, people: int, *, moment: str = "", nth: int = 1, meeting: Barrier | None = None
) -> Iterator[Running]:
    """A process that watches; it is over when this is left.

    Args:
        port: Of the mail server.
        people: How many are locked out; 0 to tell of passwords that expire instead.
        moment: When it dies; empty for never.
        nth: The how many-th time that this moment comes.
        meeting: Where it waits before its first claim.
    """
    said, say = PROCESSES.Pipe(duplex=False)
    home = os.environ["KEYDESK_HOME"]
    process = PROCESSES.Process(target=watch, args=(home, port, people, moment, nth, meeting, say))
    process.start()
    say.close()
    try:
        yield Running(process, said)
    finally:
        process.kill()
        process.join()
        said.close()


def killed(port: int, people: int, moment: str, nth: int) -> None:
    """Let one watch until it dies at a moment."""
    with running(port, people, moment=moment, nth=nth) as one:
        one.end()
        assert one.killed


@contextlib.contextmanager
def refusing() -> Iterator[int]:
    """A port on which connections are refused, kept from others for as long."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def watch(home: str, port: int, people: int, moment: str, nth: int, meeting: Barrier | None, say: Connection) -> None:
    """What the process does."""
    os.environ["KEYDESK_HOME"] = home
    if moment:
        die_at(moment, nth)
    if meeting is not None:
        meet_at_the_first_claim(meeting)
    say.send(asyncio.run(watch_two_rounds(port, people)))


async def watch_two_rounds(port: int, people: int) -> list[str]:
    """Two rounds, a minute apart; who was told."""
    clock = FakeClock()
    org = begin_org(seed=7, people=200, clock=clock.time, lockouts_per_minute=0.0)
    locked_out(org, clock, people)
    desk = Desk(org, Wire(httpx.ASGITransport(app=create_app(org))), clock)
    made = watcher(desk, rules(port, expiries=not people))
    lines = await made.once()
    await clock.sleep(EVERY)
    lines += await made.once()
    await made.aclose()
    return sent_to(lines)


def sent_to(lines: Iterable[NoticeLine]) -> list[str]:
    """To whom a mail went out that is recorded as sent."""
    return [line.to for line in lines if line.delivery is not None and line.delivery.fate is Fate.SENT]
