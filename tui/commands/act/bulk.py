"""One action for several people, named as arguments or on the lines of a file."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui.commands.act import output
from tui.commands.act.arguments import Unconfirmed, check, typed_targets
from tui.commands.act.targets import find_targets, targets_as_typed
from tui.commands.codes import Code
from tui.commands.output import print_to_stderr, print_trouble
from tui.commands.people import find_one
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

CONCURRENT_SEARCHES: Final = 3
MOST_CHARACTERS: Final = 200_000
"""Characters that a file with logins may have; the most people of one job need far fewer."""
_FILE_ADVICE: Final = "Give a text file with one login on each line."


def read_logins(path: str) -> list[str]:
    """Read logins from a file, one on each line, without empty lines and those that begin with `#`.

    Args:
        path: The file; `-` for standard input.

    Raises:
        BadInput: The file cannot be read, is no text, is too long, or names nobody.
    """
    name = "Standard input" if path == "-" else plain(path, limit=80)
    try:
        if path == "-":
            text = sys.stdin.read(MOST_CHARACTERS + 1)
        else:
            with Path(path).expanduser().open(encoding="utf-8-sig") as file:
                text = file.read(MOST_CHARACTERS + 1)
    except OSError as error:
        raise BadInput(f"{name} cannot be read", advice=_FILE_ADVICE, detail=error.strerror or "") from None
    except (ValueError, RuntimeError):  # not UTF-8, a zero byte in the name, nobody's home folder
        raise BadInput(f"{name} cannot be read as text", advice=_FILE_ADVICE) from None
    if len(text) > MOST_CHARACTERS:
        raise BadInput(f"{name} is too long", advice=_FILE_ADVICE)
    lines = [line.strip() for line in text.splitlines()]
    logins = [line for line in lines if line and not line.startswith("#")]
    if not logins:
        raise BadInput(f"{name} names nobody", advice=_FILE_ADVICE)
    return logins


async def act_on_several(session: Session, arguments: argparse.Namespace, typed: list[str]) -> int:
    """Read all people, confirm, perform the action for each, and print each result.

    Raises:
        NotFound: A person or a target does not exist, or is not exactly one.
        Unconfirmed: The agent did not confirm.
        BadInput: Too many people are named, or something that the action needs is missing.
        OktaError: No person could be read.
    """
    action, exact, as_json = arguments.action, arguments.yes, arguments.json
    if getattr(arguments, "follow", False):
        raise BadInput("--follow is for one person", advice="Leave it out, or name one person. Nothing was sent.")
    people = await _find_people(session, typed, exact=exact)
    typed_names = typed_targets(arguments)
    try:
        ids = await find_targets(session, people[0], typed_names, exact=exact, ask=False)
    except NotFound:
        raise
    except OktaError:  # of no interest where the action is not possible for anybody
        if arguments.dry_run or not all(session.obstacle(action, person) for person in people):
            raise
        await output.print_instructions_of_job(
            session,
            job(action, people, [(kind, "") for kind in typed_names]),
            targets_as_typed(typed_names),
            as_json=as_json,
        )
        return Code.NOT_POSSIBLE
    preview = await JobRun(session, job(action, people, ids.items())).preview()
    if preview.halted is not None:
        raise preview.halted
    if arguments.dry_run:
        await output.print_dry_run_of_job(session, preview, as_json=as_json)
        return Code.OK
    if not preview.ready and not preview.suspects:
        await output.print_instructions_of_job(
            session, preview, (preview.target,) if preview.target else (), as_json=as_json
        )
        return Code.NOT_POSSIBLE
    check(arguments, session)
    preview = _with_suspects(arguments, preview)
    check(arguments, session, attacked=bool(preview.ticked))
    if not arguments.yes:
        _confirm(session, preview)
    finished = await _run(session, arguments, preview)
    output.print_job_result(finished, as_json=as_json)
    return exit_code_of_job(finished)


async def _find_people(session: Session, typed: list[str], *, exact: bool) -> list[Person]:
    """Find everybody who was named, each once.

    Raises:
        NotFound: A name finds nobody, or several people; each such name is printed.
        BadInput: Too many people are named.
        OktaError: The search failed.
    """
    distinct = list({text.casefold(): text for text in typed}.values())  # with their case, which matters in an id
    if len(distinct) > MOST:
        advice = f"At most {MOST}: split the list. Nothing was sent."
        raise BadInput(f"{len(distinct)} people are too many at once", advice=advice)
    slots = asyncio.Semaphore(CONCURRENT_SEARCHES)

    async def find(text: str) -> Person | NotFound:
        async with slots:
            try:
                return Person(await find_one(session, text, exact=exact), session.client.clock.time())
            except NotFound as trouble:
                return trouble

    results = await asyncio.gather(*(find(text) for text in distinct))
    failures = [result for result in results if isinstance(result, NotFound)]
    if len(failures) == 1:
        raise failures[0]
    for trouble in failures:
        print_trouble(trouble)
    if failures:
        raise NotFound(
            f"{len(failures)} of {len(distinct)} people were not found", advice="Nothing was sent for anybody."
        )
    return [result for result in results if isinstance(result, Person)]


def _with_suspects(arguments: argparse.Namespace, preview: Job) -> Job:
    """Return the job with the people ticked who may be under attack, where `--attacked` names their number.

    Raises:
        Unconfirmed: Another number was typed, or nobody else is left.
    """
    suspects = preview.suspects
    logins = ", ".join(plain(line.person.user.login, limit=60) for line in suspects)
    if not suspects and not arguments.attacked:
        return preview
    if arguments.attacked == len(suspects):
        return preview.ticking([line.id for line in suspects])
    if arguments.attacked:
        raise Unconfirmed(
            f"{len(suspects)} of them may be under attack, and not {arguments.attacked}; nothing was sent",
            advice=f"{logins}." if logins else "Leave --attacked out.",
        )
    how = f"Tell security first. --attacked {len(suspects)} with --reason TEXT takes them in all the same."
    if not preview.ready:
        raise Unconfirmed(f"All of them may be under attack: {logins}; nothing was sent", advice=how)
    print_to_stderr(f"May be under attack, and left out: {logins}. {how}")
    return preview


def _confirm(session: Session, preview: Job) -> None:
    """Show for whom the action is possible, and ask the agent to type the number of these people.

    Raises:
        Unconfirmed: There is no terminal, or the answer is another.
    """
    from tui.commands.act.confirm import ask

    if not sys.stdin.isatty():
        raise Unconfirmed(advice="Add --yes to confirm without a terminal.")
    for text in output.job_lines(session, preview):
        print_to_stderr(text)
    count = len(preview.ready)
    answer = ask(f"Type the number of people, {count}, to go on: " if count > 1 else "Go on? [y/N] ").strip().lower()
    if answer not in ({str(count)} if count > 1 else {"y", "yes"}):
        raise Unconfirmed


async def _run(session: Session, arguments: argparse.Namespace, preview: Job) -> Job:
    """Perform the action for one person after the other, and print each result as soon as it is known."""
    printed: set[str] = {line.id for line in preview.lines if line.state is not LineState.READY}  # left out, too
    for line in preview.lines:
        if line.id in printed and not arguments.json:
            output.print_job_line(line)

    def print_new_results(now: Job) -> None:
        for line in now.lines:
            if line.state is not LineState.READY and line.id not in printed:
                printed.add(line.id)
                output.print_job_line(line, to_stderr=arguments.json)

    worker = JobRun(session, preview, print_new_results)
    with _stopped_by_ctrl_c(worker.stop):
        return await worker.run(arguments.reason.strip(), arguments.ticket)


@contextmanager
def _stopped_by_ctrl_c(stop: Callable[[], None]) -> Iterator[None]:
    """Have the first Ctrl+C call `stop`, which ends the job between two people; the second ends keydesk at once."""
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)

    def on_first_ctrl_c(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        print_to_stderr("Stopping before the next person; Ctrl+C again stops at once.")
        loop.call_soon_threadsafe(stop)

    signal.signal(signal.SIGINT, on_first_ctrl_c)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def exit_code_of_job(job: Job) -> Code:
    """Return the exit code of a finished job."""
    done = job.count(LineState.DONE)
    if any(line.unrecorded for line in job.lines):
        return Code.UNRECORDED
    if job.count(LineState.UNKNOWN):
        return Code.UNKNOWN
    if job.stopped and job.count(LineState.NOT_TRIED):
        return Code.INTERRUPTED
    if done == len(job.lines):
        return Code.OK
    if done:
        return Code.PARTLY
    return Code.NOT_POSSIBLE if job.count(LineState.NOT_POSSIBLE) == len(job.lines) else Code.FAILED
