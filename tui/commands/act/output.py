"""What an action prints, for one person or several: the calls, the steps by hand, how it went, and a secret once."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from tui.commands.codes import Code
from tui.commands.output import aside, complain, document, line, shown, user_json
from tui.desk.actions.obstacles import Obstructed
from tui.desk.bulk.job import LineState
from tui.desk.by_hand import instructions
from tui.desk.by_hand.self_service import self_service
from tui.desk.ledger.entry import Outcome
from tui.desk.perform import confirmation
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.trouble import Trouble

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from tui.desk.actions.grammar import Action, Obstacle, Plan, Target
    from tui.desk.bulk.job import Job, JobLine
    from tui.desk.by_hand.instructions import Instructions
    from tui.desk.people.person import Person
    from tui.desk.perform.result import Performed
    from tui.desk.session import Session
    from tui.okta.calls import Call


def whole(session: Session, plan: Plan) -> Iterator[str]:
    """A plan, line by line and harmless: the person, what happens to them, what to know before, the exact calls."""
    connector, person = session.connector, plan.person
    if connector.production:
        yield f"PRODUCTION: {plain(connector.name)}"
    name, *told = (one.text for one in confirmation.who(person, session.now()))
    yield " · ".join((name, *told[:1]))
    yield from told[1:]
    yield f"The password is that of {plain(okta_terms.provider_words(person.user))}."
    yield f"{plan.sentence} {plan.effect}"
    yield from (f"  {note}" for note in notes(plan))
    yield f"Sent to {connector.org.host}, exactly this:"
    yield from (f"  {plain(call)}" for call in plan.calls)


def notes(plan: Plan) -> list[str]:
    """What to know before and what comes next, harmless."""
    said = {plan.sentence, plan.effect}
    return [plain(told.text) for told in confirmation.consequences(plan) if told.text not in said]


async def steps_for(session: Session, action: Action, person: Person, targets: tuple[Target, ...]) -> Instructions:
    """What to do by hand; where the person may have a way of their own, by the policy that applies to them."""
    told = instructions.by_hand(session, action, person, targets)
    if len(told.sections) == 1:
        return told
    return instructions.by_hand(session, action, person, targets, await self_service(session, person))


async def dry(session: Session, plan: Plan, found: Obstacle | None, *, as_json: bool) -> None:
    """What would be sent, and the steps by hand."""
    steps = await steps_for(session, plan.action, plan.person, plan.targets)
    if as_json:
        document(
            {
                "action": plan.action.id,
                "sentence": plan.sentence,
                "effect": plan.effect,
                "notes": notes(plan),
                "targets": [target_json(target) for target in plan.targets],
                "options": sorted(plan.options),
                "calls": [call_json(call) for call in plan.calls],
                "obstacle": obstacle_json(found),
                **steps_json(steps),
                "person": user_json(plan.person.user),
            }
        )
        return
    for text in whole(session, plan):
        line(text.replace("Sent to ", "Would be sent to ") if text.startswith("Sent to ") else text)
    if found:
        line(f"Not possible now: {plain(found.reason)}. {plain(found.advice)}")
    line()
    line(steps.text)


async def by_hand(
    session: Session, action: Action, person: Person, targets: tuple[Target, ...], found: Obstacle, *, as_json: bool
) -> None:
    """What is in the way, and what to do instead."""
    steps = await steps_for(session, action, person, targets)
    if as_json:
        document(
            {
                "action": action.id,
                "outcome": "not possible",
                **(obstacle_json(found) or {}),
                **steps_json(steps),
                "targets": [target_json(target) for target in targets],
                "person": user_json(person.user),
            }
        )
        return
    complain(Obstructed(action, found))
    line(steps.text)


def code_of(performed: Performed) -> Code:
    """The exit code of what came of one plan. A secret that did not arrive is a part that is missing."""
    secretless = performed.plan.action.reveals is not None and performed.secret is None
    match performed.outcome:
        case Outcome.DONE:
            return Code.PARTLY if secretless else Code.OK
        case Outcome.PARTLY:
            return Code.PARTLY
        case Outcome.UNKNOWN if performed.settled and not secretless:
            return Code.OK
        case Outcome.UNKNOWN:
            return Code.UNKNOWN
        case _:
            return Code.FAILED


async def done(session: Session, performed: Performed, arguments: argparse.Namespace) -> Code:
    """Tell what came of it, and hand over a secret."""
    code = code_of(performed)
    follow = code is Code.OK and getattr(arguments, "follow", False)
    if arguments.json:
        value = outcome_json(performed)
        if performed.secret is not None and arguments.print_secret:
            value["secret"] = performed.secret.reveal()
        _complain_of(performed)
        try:
            return await _followed(session, performed, aside, value) if follow else code
        finally:
            document(value)
    # What reveals leaves standard output to the secret.
    say = aside if performed.plan.action.reveals else line
    say(f"{performed.sentence}. Ledger entry {performed.entry}.")
    _complain_of(performed)
    if follow:
        return await _followed(session, performed, line, {})
    return code if performed.secret is None else hand_over(performed, code)


async def _followed(session: Session, performed: Performed, say: Callable[[str], None], value: dict[str, Any]) -> Code:
    from tui.commands.act.follow import Following

    following = Following(session, performed, say)
    try:
        return await following.run()
    finally:
        value["followed"] = following.json()


def hand_over(performed: Performed, code: Code) -> Code:
    """Print the secret, once; `PARTLY` when it did not get through."""
    reveals, secret = performed.plan.action.reveals, performed.secret
    if reveals is None or secret is None:
        return code
    text = secret.reveal()
    terminal = sys.stdout.isatty()
    if terminal:
        aside(f"{reveals.title}, shown only this once. {reveals.handing}")
    harmless = shown(plain(text) if terminal else text, sys.stdout)
    try:
        sys.stdout.write(harmless + "\n")
        sys.stdout.flush()
    except OSError:
        lost = f"The {reveals.title.lower()} could not be printed"
        complain(Trouble(lost, advice="Do it once more: a new one takes its place."))
        return Code.PARTLY
    if harmless != text:
        changed = f"The {reveals.title.lower()} has characters that cannot be shown here, so what stands there is wrong"
        complain(Trouble(changed, advice="Do it once more, with --json --print-secret: a new one takes its place."))
        return Code.PARTLY
    return code


def _complain_of(performed: Performed) -> None:
    for trouble in (None if performed.settled else performed.trouble, performed.unrecorded):
        if trouble:
            complain(trouble)
    if performed.hint:
        aside(f"  {performed.hint}")


def outcome_json(performed: Performed) -> dict[str, Any]:
    """What came of one plan, without its secret."""
    plan = performed.plan
    return {
        "action": plan.action.id,
        "outcome": performed.outcome.value,
        "clean": performed.clean,
        "sentence": performed.sentence,
        "ledger": performed.entry,
        "person": {"id": plan.person.user.id, "login": plan.person.user.login, "name": plan.person.user.name},
        "targets": [target_json(target) for target in performed.targets or plan.targets],
        "options": sorted(plan.options),
        "before": plan.person.user.status,
        "after": user_json(performed.after.user) if performed.after else None,
        "trouble": str(performed.trouble) if performed.trouble else None,
        "settled": performed.settled,
        "unrecorded": str(performed.unrecorded) if performed.unrecorded else None,
        "hint": performed.hint or None,
    }


def target_json(target: Target) -> dict[str, Any]:
    """A target for a program."""
    return {
        "kind": target.kind.value,
        "id": target.id or None,
        "name": target.name,
        "holds": target.holds,
        "notes": list(target.notes),
    }


def call_json(call: Call) -> dict[str, Any]:
    """A call for a program, its body decoded."""
    return {"method": call.method, "target": call.target, "body": json.loads(call.body) if call.body else None}


def obstacle_json(found: Obstacle | None) -> dict[str, str] | None:
    """What is in the way, for a program."""
    return {"cause": found.cause.value, "reason": found.reason, "advice": found.advice} if found else None


def steps_json(steps: Instructions) -> dict[str, Any]:
    """Instructions for a program: the steps of the preferred way, and every way."""
    ways = [{"title": way.title, "steps": list(way.steps)} for way in steps.sections]
    return {
        "why": steps.why,
        "steps": list(steps.steps),
        "ways": ways,
        "link": steps.link or None,
        "allows": steps.allows or None,
    }


def job_lines(session: Session, seen: Job) -> Iterator[str]:
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


async def dry_job(session: Session, seen: Job, *, as_json: bool) -> None:
    """What would be sent, and the steps by hand for each."""
    targets = (seen.target,) if seen.target else ()
    if as_json:
        document(
            _job_json(seen)
            | {"people": [_line_json(one) | await _line_steps_json(session, seen, one, targets) for one in seen.lines]}
        )
        return
    for text in job_lines(session, seen):
        line(text.replace("Sent to ", "Would be sent to ") if text.startswith("For ") else text)
    for one in seen.lines:
        line()
        line((await steps_for(session, seen.action, one.person, targets)).text)


async def by_hand_job(session: Session, seen: Job, targets: tuple[Target, ...], *, as_json: bool) -> None:
    """What is in the way for each, and what to do instead."""
    if as_json:
        people = [_line_json(one) | await _line_steps_json(session, seen, one, targets) for one in seen.lines]
        document(_job_json(seen) | {"outcome": str(LineState.NOT_POSSIBLE), "people": people})
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


def done_line(came: JobLine, *, aloud: bool = False) -> None:
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


def done_job(came: Job, *, as_json: bool) -> None:
    """What came of all of them."""
    if as_json:
        document(_job_json(came) | {"people": [_line_json(one) for one in came.lines]})
    else:
        line(f"{came.sentence}.")
    if came.halted is not None:
        complain(came.halted)


def _who(person: Person) -> str:
    user = person.user
    parts = (user.name, user.login, user.text("department"), okta_terms.status_words(user.status))
    return " · ".join(plain(part) for part in parts if part)


def _job_json(seen: Job) -> dict[str, Any]:
    return {
        "action": seen.action.id,
        "sentence": seen.sentence,
        "targets": [target_json(seen.target)] if seen.target else [],
        "stopped": seen.stopped,
        "halted": str(seen.halted) if seen.halted else None,
    }


def _line_json(came: JobLine) -> dict[str, Any]:
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


async def _line_steps_json(session: Session, seen: Job, came: JobLine, targets: tuple[Target, ...]) -> dict[str, Any]:
    steps = await steps_for(session, seen.action, came.person, targets)
    found = came.obstacle or session.obstacle(seen.action, came.person, targets)
    return steps_json(steps) | {"obstacle": obstacle_json(found)}
