"""What an action prints, for one person or several: the plan, the steps by hand, the result, and a secret once."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from tui.commands.codes import Code
from tui.commands.output import clock_json, encodable, print_json, print_line, print_to_stderr, print_trouble, user_json
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
    from tui.desk.why.caution import Caution
    from tui.okta.calls import Call


def caution_lines(found: Caution) -> list[str]:
    """Return what to know of an attack, or that nobody looked, as harmless lines; none where the log shows nothing."""
    lines = [line.text for line in confirmation.attack(found.attack, found.step)]
    if found.attack:
        lines.append("keydesk why prints what security has to know.")
    looked = confirmation.looked(found.unread)
    return [*lines, looked.text] if looked else lines


def plan_lines(session: Session, plan: Plan) -> Iterator[str]:
    """Yield a plan as harmless lines: the person, the effect on them, what to know before, and the exact calls."""
    connector, person = session.connector, plan.person
    if connector.production:
        yield f"PRODUCTION: {plain(connector.name)}"
    name, *facts = (fact.text for fact in confirmation.who(person, session.now()))
    yield " · ".join((name, *facts[:1]))
    yield from facts[1:]
    owner = plain(okta_terms.provider_words(person.user))
    yield f"The password is that of {owner}." if person.user.has_provider else "Whose password it is, is not known."
    yield f"{plan.sentence} {plan.effect}"
    yield from (f"  {note}" for note in plan_notes(plan))
    yield f"Sent to {connector.org.host}, exactly this:"
    yield from (f"  {plain(call)}" for call in plan.calls)


def plan_notes(plan: Plan) -> list[str]:
    """Return what the agent should know before and what follows, as harmless lines; not the sentence and effect."""
    shown_elsewhere = {plan.sentence, plan.effect}
    consequences = confirmation.consequences(plan)
    return [plain(consequence.text) for consequence in consequences if consequence.text not in shown_elsewhere]


async def steps_for(session: Session, action: Action, person: Person, targets: tuple[Target, ...]) -> Instructions:
    """Return the steps by hand; where the person may help themselves, by the policy that applies to them.

    That policy is read from Okta only where there is more than one section of steps.
    """
    person = await session.with_policy(action, person)
    steps = instructions.by_hand(session, action, person, targets)
    if len(steps.sections) == 1:
        return steps
    return instructions.by_hand(session, action, person, targets, await self_service(session, person))


async def print_dry_run(
    session: Session, plan: Plan, obstacle: Obstacle | None, found: Caution, *, as_json: bool
) -> None:
    """Print what would be sent, whether it may be an attack, what is in the way, and the steps by hand."""
    steps = await steps_for(session, plan.action, plan.person, plan.targets)
    if as_json:
        print_json(
            {
                "action": plan.action.id,
                "sentence": plan.sentence,
                "effect": plan.effect,
                "notes": plan_notes(plan),
                "targets": [target_json(target) for target in plan.targets],
                "options": sorted(plan.options),
                "calls": [call_json(call) for call in plan.calls],
                "obstacle": obstacle_json(obstacle),
                **caution_json(found),
                **steps_json(steps),
                "person": user_json(plan.person.user),
            }
        )
        return
    for text in plan_lines(session, plan):
        print_line(text.replace("Sent to ", "Would be sent to ") if text.startswith("Sent to ") else text)
    for text in caution_lines(found):
        print_line(text)
    if obstacle:
        print_line(f"Not possible now: {plain(obstacle.reason)}. {plain(obstacle.advice)}")
    print_line()
    print_line(steps.text)


async def print_instructions(
    session: Session, action: Action, person: Person, targets: tuple[Target, ...], obstacle: Obstacle, *, as_json: bool
) -> None:
    """Print what is in the way of an action, and the steps by hand."""
    steps = await steps_for(session, action, person, targets)
    if as_json:
        print_json(
            {
                "action": action.id,
                "outcome": "not possible",
                **(obstacle_json(obstacle) or {}),
                **steps_json(steps),
                "targets": [target_json(target) for target in targets],
                "person": user_json(person.user),
            }
        )
        return
    print_trouble(Obstructed(action, obstacle))
    print_line(steps.text)


def exit_code_of(performed: Performed) -> Code:
    """Return the exit code of a performed plan; without the secret that it should reveal, it is done only in part."""
    if performed.unrecorded is not None:
        return Code.UNRECORDED
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


async def print_result(session: Session, performed: Performed, arguments: argparse.Namespace) -> Code:
    """Print the result of a performed plan and, where it reveals a secret, the secret. Return the exit code."""
    code = exit_code_of(performed)
    follow = code is Code.OK and getattr(arguments, "follow", False)
    if arguments.json:
        value = outcome_json(performed) | clock_json(session)
        if performed.secret is not None and arguments.print_secret:
            value["secret"] = performed.secret.reveal()
        _print_troubles(performed)
        try:
            return await _follow(session, performed, print_to_stderr, value) if follow else code
        finally:
            print_json(value)
    # An action that reveals a secret prints nothing but the secret on standard output.
    say = print_to_stderr if performed.plan.action.reveals else print_line
    own = " of the demo org's own ledger" if session.connector.made_up else ""
    say(f"{performed.sentence}. Ledger entry {performed.entry}{own}.")
    _print_troubles(performed)
    if follow:
        return await _follow(session, performed, print_line, {})
    return code if performed.secret is None else _print_secret(performed, code)


async def _follow(session: Session, performed: Performed, say: Callable[[str], None], value: dict[str, Any]) -> Code:
    """Wait for the accounts in apps, and put the last state of each into `value`."""
    from tui.commands.act.follow import Following

    following = Following(session, performed, say)
    try:
        return await following.run()
    finally:
        value["followed"] = following.json()


def _print_secret(performed: Performed, code: Code) -> Code:
    """Print the secret once. Return `code`, or `PARTLY` where the secret could not be printed as it is."""
    reveals, secret = performed.plan.action.reveals, performed.secret
    if reveals is None or secret is None:
        return code
    text = secret.reveal()
    terminal = sys.stdout.isatty()
    if terminal:
        print_to_stderr(f"{reveals.title}, shown only this once. {reveals.handing}")
    harmless = encodable(plain(text) if terminal else text, sys.stdout)
    try:
        sys.stdout.write(harmless + "\n")
        sys.stdout.flush()
    except OSError:
        title = f"The {reveals.title.lower()} could not be printed"
        print_trouble(Trouble(title, advice="Do it once more: a new one takes its place."))
        return Code.PARTLY
    if harmless != text:
        title = f"The {reveals.title.lower()} has characters that cannot be shown here, so what stands there is wrong"
        print_trouble(Trouble(title, advice="Do it once more, with --json --print-secret: a new one takes its place."))
        return Code.PARTLY
    return code


def _print_troubles(performed: Performed) -> None:
    for trouble in (None if performed.settled else performed.trouble, performed.unrecorded):
        if trouble:
            print_trouble(trouble)
    if performed.hint:
        print_to_stderr(f"  {performed.hint}")


def outcome_json(performed: Performed) -> dict[str, Any]:
    """Return the result of a performed plan for a program, without its secret."""
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
    """Return a target for a program."""
    return {
        "kind": target.kind.value,
        "id": target.id or None,
        "name": target.name,
        "holds": target.holds,
        "notes": list(target.notes),
    }


def call_json(call: Call) -> dict[str, Any]:
    """Return a call for a program, with its body decoded."""
    return {"method": call.method, "target": call.target, "body": json.loads(call.body) if call.body else None}


def caution_json(found: Caution) -> dict[str, Any]:
    """Return for a program what looks like an attack, what to do first, and why nobody looked; each `None` for none."""
    return {"attack": found.attack or None, "first": found.step or None, "notLooked": found.unread or None}


def obstacle_json(obstacle: Obstacle | None) -> dict[str, str] | None:
    """Return an obstacle for a program; `None` where nothing is in the way."""
    if obstacle is None:
        return None
    return {"cause": obstacle.cause.value, "reason": obstacle.reason, "advice": obstacle.advice}


def steps_json(steps: Instructions) -> dict[str, Any]:
    """Return instructions for a program: the steps of the preferred way, and every way."""
    ways = [{"title": way.title, "steps": list(way.steps)} for way in steps.sections]
    return {
        "why": steps.why,
        "steps": list(steps.steps),
        "ways": ways,
        "link": steps.link or None,
        "allows": steps.allows or None,
    }


def job_lines(session: Session, job: Job) -> Iterator[str]:
    """Yield a job as harmless lines: each person, whether the action is possible for them, and the exact calls."""
    connector, ready = session.connector, job.ready
    if connector.production:
        yield f"PRODUCTION: {plain(connector.name)}"
    yield f"{job.title}. {job.action.effect}"
    yield from (f"  {plain(note)}" for note in (job.target.notes if job.target else ()))
    for line in job.lines:
        note = f": {plain(line.note)}" if line.note else ""
        yield f"{_person_words(line.person)} · {line.state}{note}"
    if job.suspects:
        yield f"{len(job.suspects)} of them may be under attack, and are left out. Tell security first."
    yield f"For {len(ready)} of {len(job.lines)} people. Sent to {connector.org.host}, exactly this:"
    for line in ready:
        yield from (f"  {plain(call)}" for call in (line.plan.calls if line.plan else ()))


async def print_dry_run_of_job(session: Session, job: Job, *, as_json: bool) -> None:
    """Print what would be sent, and the steps by hand for each person."""
    targets = (job.target,) if job.target else ()
    if as_json:
        print_json(
            _job_json(job)
            | {"people": [_line_json(line) | await _line_steps_json(session, job, line, targets) for line in job.lines]}
        )
        return
    for text in job_lines(session, job):
        print_line(text.replace("Sent to ", "Would be sent to ") if text.startswith("For ") else text)
    for line in job.lines:
        print_line()
        print_line((await steps_for(session, job.action, line.person, targets)).text)


async def print_instructions_of_job(session: Session, job: Job, targets: tuple[Target, ...], *, as_json: bool) -> None:
    """Print what is in the way for each person, and the steps by hand."""
    if as_json:
        people = [_line_json(line) | await _line_steps_json(session, job, line, targets) for line in job.lines]
        print_json(_job_json(job) | {"outcome": str(LineState.NOT_POSSIBLE), "people": people})
        return
    printed: set[str] = set()
    for line in job.lines:
        if obstacle := line.obstacle or session.obstacle(job.action, line.person, targets):
            if obstacle.reason not in printed:
                print_trouble(Obstructed(job.action, obstacle))
            printed.add(obstacle.reason)
        elif line.trouble is not None:
            print_trouble(line.trouble)
    for number, line in enumerate(job.lines):
        if number:
            print_line()
        print_line((await steps_for(session, job.action, line.person, targets)).text)


def print_job_line(line: JobLine, *, to_stderr: bool = False) -> None:
    """Print the result for one person.

    Args:
        line: The person's line of the job.
        to_stderr: Whether to print to standard error, since a program reads standard output.
    """
    note = f": {plain(line.note)}" if line.note else ""
    entry = f". Ledger entry {line.entry}." if line.entry else "."
    text = f"{plain(line.person.user.login)} {line.state}{note}"
    (print_to_stderr if to_stderr else print_line)(f"{text.removesuffix('.')}{entry}")
    sys.stdout.flush()


def print_job_result(job: Job, *, as_json: bool) -> None:
    """Print the result for all people of a job."""
    if as_json:
        print_json(_job_json(job) | {"people": [_line_json(line) for line in job.lines]})
    else:
        print_line(f"{job.sentence}.")
    if job.halted is not None:
        print_trouble(job.halted)


def _person_words(person: Person) -> str:
    user = person.user
    parts = (
        user.name,
        user.login,
        user.text("department"),
        okta_terms.status_words(user.status, blocked=person.blocked),
    )
    return " · ".join(plain(part) for part in parts if part)


def _job_json(job: Job) -> dict[str, Any]:
    return {
        "action": job.action.id,
        "sentence": job.sentence,
        "targets": [target_json(job.target)] if job.target else [],
        "stopped": job.stopped,
        "halted": str(job.halted) if job.halted else None,
    }


def _line_json(line: JobLine) -> dict[str, Any]:
    return {
        "outcome": str(line.state),
        "note": line.note or None,
        "ledger": line.entry or None,
        "requestId": line.request_id or None,
        "calls": [call_json(call) for call in line.plan.calls] if line.plan else [],
        "obstacle": obstacle_json(line.obstacle),
        "attack": line.attack or None,
        "trouble": str(line.trouble) if line.trouble else None,
        "person": user_json(line.person.user),
        "after": user_json(line.after.user) if line.after else None,
    }


async def _line_steps_json(session: Session, job: Job, line: JobLine, targets: tuple[Target, ...]) -> dict[str, Any]:
    steps = await steps_for(session, job.action, line.person, targets)
    obstacle = line.obstacle or session.obstacle(job.action, line.person, targets)
    return steps_json(steps) | {"obstacle": obstacle_json(obstacle)}
