"""One action for several people: named one after the other, or on the lines of a file."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui.commands.act import output as tell
from tui.commands.act.arguments import Unconfirmed, check, typed_aims
from tui.commands.act.targets import chosen, named
from tui.commands.codes import Code
from tui.commands.output import aside, complain
from tui.commands.people import the_user
from tui.desk.bulk.job import MOST, LineState, job
from tui.desk.bulk.run import JobRun
from tui.desk.people.person import Person
from tui.desk.text.plain import plain
from tui.okta.errors import NotFound, OktaError
from tui.trouble import BadInput

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from tui.desk.bulk.job import Job
    from tui.desk.session import Session

SIDE_BY_SIDE: Final = 3
LONGEST: Final = 200_000
"""Characters of a file with logins; the cap on people is far below."""
_HOW: Final = "Give a text file with one login on each line."


def read(path: str) -> list[str]:
    """The logins in a file, one on each line; empty lines and those that begin with `#` are left out.

    Args:
        path: The file; `-` for standard input.

    Raises:
        BadInput: It cannot be read, is no text, or holds nobody.
    """
    name = "Standard input" if path == "-" else plain(path, limit=80)
    try:
        if path == "-":
            text = sys.stdin.read(LONGEST + 1)
        else:
            with Path(path).expanduser().open(encoding="utf-8-sig") as file:
                text = file.read(LONGEST + 1)
    except OSError as error:
        raise BadInput(f"{name} cannot be read", advice=_HOW, detail=error.strerror or "") from None
    except (ValueError, RuntimeError):  # not UTF-8, a zero byte in the name, nobody's home folder
        raise BadInput(f"{name} cannot be read as text", advice=_HOW) from None
    if len(text) > LONGEST:
        raise BadInput(f"{name} is too long", advice=_HOW)
    found = [line.strip() for line in text.splitlines()]
    people = [line for line in found if line and not line.startswith("#")]
    if not people:
        raise BadInput(f"{name} names nobody", advice=_HOW)
    return people


async def several(session: Session, arguments: argparse.Namespace, typed: list[str]) -> int:
    """Look at all of them, confirm, go through them, tell what came of each.

    Raises:
        NotFound: Somebody, or what it is aimed at, is not there.
        Unconfirmed: Nobody said yes.
        BadInput: There are too many, or something is missing.
        OktaError: Nobody could be looked at.
    """
    action, exact, as_json = arguments.action, arguments.yes, arguments.json
    if getattr(arguments, "follow", False):
        raise BadInput("--follow is for one person", advice="Leave it out, or name one person. Nothing was sent.")
    people = await _everybody(session, typed, exact=exact)
    aims = typed_aims(arguments)
    try:
        ids = await chosen(session, people[0], aims, exact=exact, ask=False)
    except NotFound:
        raise
    except OktaError:  # where it is not possible anyway, that is what counts
        if arguments.dry_run or not all(session.obstacle(action, person) for person in people):
            raise
        await tell.by_hand_job(
            session, job(action, people, [(kind, "") for kind in aims]), named(aims), as_json=as_json
        )
        return Code.NOT_POSSIBLE
    seen = await JobRun(session, job(action, people, ids.items())).preview()
    if seen.halted is not None:
        raise seen.halted
    if arguments.dry_run:
        await tell.dry_job(session, seen, as_json=as_json)
        return Code.OK
    if not seen.ready:
        await tell.by_hand_job(session, seen, (seen.target,) if seen.target else (), as_json=as_json)
        return Code.NOT_POSSIBLE
    check(arguments, session)
    if not arguments.yes:
        _confirm(session, seen)
    came = await _run(session, arguments, seen)
    tell.done_job(came, as_json=as_json)
    return code_of(came)


async def _everybody(session: Session, typed: list[str], *, exact: bool) -> list[Person]:
    """Everybody who was named, each once.

    Raises:
        NotFound: Somebody cannot be found, or not exactly one; all of them are told.
        BadInput: There are too many.
        OktaError: The search failed.
    """
    once = list({text.casefold(): text for text in typed}.values())  # ids mind the case, so that it is kept
    if len(once) > MOST:
        advice = f"At most {MOST}: split the list. Nothing was sent."
        raise BadInput(f"{len(once)} people are too many at once", advice=advice)
    gate = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(text: str) -> Person | NotFound:
        async with gate:
            try:
                return Person(await the_user(session, text, exact=exact), session.client.clock.time())
            except NotFound as trouble:
                return trouble

    found = await asyncio.gather(*(one(text) for text in once))
    lost = [trouble for trouble in found if isinstance(trouble, NotFound)]
    if len(lost) == 1:
        raise lost[0]
    for trouble in lost:
        complain(trouble)
    if lost:
        raise NotFound(f"{len(lost)} of {len(once)} people were not found", advice="Nothing was sent for anybody.")
    return [person for person in found if isinstance(person, Person)]


def _confirm(session: Session, seen: Job) -> None:
    """Show for whom it is possible, and ask for their number.

    Raises:
        Unconfirmed: Not a terminal, or another answer.
    """
    from tui.commands.act.confirm import ask

    if not sys.stdin.isatty():
        raise Unconfirmed(advice="Add --yes to confirm without a terminal.")
    for text in tell.job_lines(session, seen):
        aside(text)
    count = len(seen.ready)
    answer = ask(f"Type the number of people, {count}, to go on: " if count > 1 else "Go on? [y/N] ").strip().lower()
    if answer not in ({str(count)} if count > 1 else {"y", "yes"}):
        raise Unconfirmed


async def _run(session: Session, arguments: argparse.Namespace, seen: Job) -> Job:
    """Go through them; each is told as soon as it is known what came of it."""
    told: set[str] = {one.id for one in seen.lines if one.state is not LineState.READY}
    for one in seen.lines:
        if one.id in told and not arguments.json:
            tell.done_line(one)

    def news(now: Job) -> None:
        for one in now.lines:
            if one.state is not LineState.READY and one.id not in told:
                told.add(one.id)
                tell.done_line(one, aloud=arguments.json)

    worker = JobRun(session, seen, news)
    with _stopped_by_ctrl_c(worker.stop):
        return await worker.run(arguments.reason.strip(), arguments.ticket)


@contextmanager
def _stopped_by_ctrl_c(stop: Callable[[], None]) -> Iterator[None]:
    """Let the first Ctrl+C end it between two people; the second ends it at once, as everywhere."""
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)

    def first(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        aside("Stopping before the next person; Ctrl+C again stops at once.")
        loop.call_soon_threadsafe(stop)

    signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def code_of(came: Job) -> Code:
    """The exit code of a job."""
    done = came.count(LineState.DONE)
    if came.count(LineState.UNKNOWN):
        return Code.UNKNOWN
    if came.stopped and came.count(LineState.NOT_TRIED):
        return Code.INTERRUPTED
    if done == len(came.lines):
        return Code.OK
    if done:
        return Code.PARTLY
    return Code.NOT_POSSIBLE if came.count(LineState.NOT_POSSIBLE) == len(came.lines) else Code.FAILED
