"""What an action for several people prints: everybody beforehand, the calls, and what came of each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tui.commands.act_tell import call_json, obstacle_json, steps_for, steps_json, target_json
from tui.commands.output import aside, complain, document, line, user_json
from tui.desk import words
from tui.desk.obstacles import Obstructed
from tui.desk.plain import plain
from tui.desk.several import Came

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.desk.actions import Target
    from tui.desk.person import Person
    from tui.desk.session import Session
    from tui.desk.several import Job, Line


def preview(session: Session, seen: Job) -> Iterator[str]:
    """Everybody, for whom it is possible and for whom not, and the exact calls; harmless."""
    connector, ready = session.connector, seen.ready
    if connector.production:
        yield f"PRODUCTION: {plain(connector.name)}"
    yield f"{seen.what}. {seen.action.effect}"
    yield from (f"  {plain(note)}" for note in (seen.target.notes if seen.target else ()))
    for one in seen.lines:
        note = f": {plain(one.note)}" if one.note else ""
        yield f"{_who(one.person)} · {one.came}{note}"
    yield f"For {len(ready)} of {len(seen.lines)} people. Sent to {connector.org.host}, exactly this:"
    for one in ready:
        yield from (f"  {plain(call)}" for call in (one.plan.calls if one.plan else ()))


async def dry(session: Session, seen: Job, *, as_json: bool) -> None:
    """What would be sent, and the steps by hand for each."""
    targets = (seen.target,) if seen.target else ()
    if as_json:
        document(_job(seen) | {"people": [_one(one) | await _steps(session, seen, one, targets) for one in seen.lines]})
        return
    for text in preview(session, seen):
        line(text.replace("Sent to ", "Would be sent to ") if text.startswith("For ") else text)
    for one in seen.lines:
        line()
        line((await steps_for(session, seen.action, one.person, targets)).text)


async def by_hand(session: Session, seen: Job, targets: tuple[Target, ...], *, as_json: bool) -> None:
    """What is in the way for each, and what to do instead."""
    if as_json:
        people = [_one(one) | await _steps(session, seen, one, targets) for one in seen.lines]
        document(_job(seen) | {"outcome": str(Came.NOT_POSSIBLE), "people": people})
        return
    said: set[str] = set()
    for one in seen.lines:
        if found := one.obstacle or session.obstacle(seen.action, one.person, targets):
            if found.reason not in said:
                complain(Obstructed(seen.action, found))
            said.add(found.reason)
        elif one.trouble is not None:
            complain(one.trouble)
    for number, one in enumerate(seen.lines):
        if number:
            line()
        line((await steps_for(session, seen.action, one.person, targets)).text)


def one(came: Line, *, aloud: bool = False) -> None:
    """What came of one person.

    Args:
        came: Their line.
        aloud: To standard error, since standard output is for a program.
    """
    note = f": {plain(came.note)}" if came.note else ""
    entry = f". Ledger entry {came.entry}." if came.entry else "."
    text = f"{plain(came.person.user.login)} {came.came}{note}"
    (aside if aloud else line)(f"{text.removesuffix('.')}{entry}")
    sys.stdout.flush()


def done(came: Job, *, as_json: bool) -> None:
    """What came of all of them."""
    if as_json:
        document(_job(came) | {"people": [_one(one) for one in came.lines]})
    else:
        line(f"{came.sentence}.")
    if came.halted is not None:
        complain(came.halted)


def _who(person: Person) -> str:
    user = person.user
    parts = (user.name, user.login, user.text("department"), words.status_words(user.status))
    return " · ".join(plain(part) for part in parts if part)


def _job(seen: Job) -> dict[str, Any]:
    return {
        "action": seen.action.id,
        "sentence": seen.sentence,
        "targets": [target_json(seen.target)] if seen.target else [],
        "stopped": seen.stopped,
        "halted": str(seen.halted) if seen.halted else None,
    }


def _one(came: Line) -> dict[str, Any]:
    return {
        "outcome": str(came.came),
        "note": came.note or None,
        "ledger": came.entry or None,
        "requestId": came.request_id or None,
        "calls": [call_json(call) for call in came.plan.calls] if came.plan else [],
        "obstacle": obstacle_json(came.obstacle),
        "trouble": str(came.trouble) if came.trouble else None,
        "person": user_json(came.person.user),
        "after": user_json(came.after.user) if came.after else None,
    }


async def _steps(session: Session, seen: Job, came: Line, targets: tuple[Target, ...]) -> dict[str, Any]:
    steps = await steps_for(session, seen.action, came.person, targets)
    found = came.obstacle or session.obstacle(seen.action, came.person, targets)
    return steps_json(steps) | {"obstacle": obstacle_json(found)}
