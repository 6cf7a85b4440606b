"""What to know before a change: whether the log shows an attack on the person, by the same rules as the verdict."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.people.person import Part, read_part
from tui.desk.text.plain import plain
from tui.desk.why.evidence import Evidence
from tui.desk.why.why import WEEK, attack_verdict, events_of_a_week, reach_back, with_strangers
from tui.okta import endpoints as ep

if TYPE_CHECKING:
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.desk.why.verdict import EvidenceLine, Verdict
    from tui.okta.log_events import LogEvent

FRESH: Final = timedelta(minutes=1)
"""Events that the card read within this time are not read again."""
LONGEST: Final = 15.0
"""Seconds after which a confirmation no longer waits for the System Log, and says that nobody looked."""


class Caution(Struct, frozen=True):
    """What an agent has to know before a change. All texts are harmless.

    Attributes:
        attack: Who or what seems to attack, in a sentence without a full stop; empty where nothing points to it.
        step: What to do first, in sentences; empty without an attack.
        unread: Why nobody looked for an attack, in a sentence without a full stop; empty where the log was read.
        report: The text for the security team, line by line; empty without an attack.
    """

    attack: str = ""
    step: str = ""
    unread: str = ""
    report: str = ""


async def caution(session: Session, person: Person) -> Caution:
    """Look for an attack on a person, by the rules of the verdict; this raises nothing.

    The events that the person's card has just read are used where they reach back far enough. Otherwise this costs one
    read of the System Log, and one more where sign-ins failed.

    Args:
        session: The session of the org.
        person: The person whom the change is for, with as many parts as were read.
    """
    try:
        async with asyncio.timeout(LONGEST):
            return await _look(session, person)
    except TimeoutError:
        return by_signs(session, person, f"the System Log did not answer within {LONGEST:.0f} seconds")


async def _look(session: Session, person: Person) -> Caution:
    if person.blocks.pending:
        person = person.with_part("blocks", await read_part(session.client.blocks_of, person.user.id))
        session.blocked.note_person(person)
    events = await _events(session, person)
    if events.value is None:
        title = plain(events.trouble.title) if events.trouble else "it was not read"
        return by_signs(session, person, f"the System Log cannot be read ({title})")
    e = Evidence(person, session.now(), events=events.value, shared=session.attack_signs.addresses)
    e = await with_strangers(session, e)
    found = attack_verdict(e)
    session.attack_signs.note_verdict(person.user.id, attack=found is not None)
    if found is None:
        return by_signs(session, person, "")
    if person.locked or person.blocked:
        session.attack_signs.note_person(person.user.id, e.diagnosis.attack)
    step = ". ".join(filter(None, (found.step.text.rstrip("."), found.step.detail.rstrip(".")))) + "."
    return Caution(f"{found.headline} ({found.sure.value})", step, report=_report(session, person, found))


async def _events(session: Session, person: Person) -> Part[tuple[LogEvent, ...]]:
    """Return a week of events about the person: those of the card, or what the log says now."""
    if ep.LOGS.id in session.denied:
        return Part(trouble=session.denied[ep.LOGS.id])
    card, now = person.events, session.now()
    fresh = not card.pending and now.timestamp() - person.read_at <= FRESH.total_seconds()
    if fresh and (card.value is None or reach_back(card.value, now - WEEK)):
        return card
    return await read_part(events_of_a_week, session, person.user.id, FRESH.total_seconds())


def by_signs(session: Session, person: Person, unread: str) -> Caution:
    """Return what the lockouts have found of a person, where the events of the person were not read or show nothing.

    Args:
        session: The session of the org.
        person: The person.
        unread: Why nobody looked, in a harmless sentence without a full stop; empty where the log was read.
    """
    sign = session.attack_signs.people.get(person.user.id, "")
    if not sign:
        return Caution(unread=unread)
    report = "\n".join((*_whose(session, person), f"The lockouts say: {sign}"))
    return Caution(sign, "Do not unlock; tell security.", unread, report)


def _whose(session: Session, person: Person) -> tuple[str, ...]:
    user = person.user
    return (
        f"{plain(user.name)} · {plain(user.login)} · {plain(user.id)}",
        f"Org        {session.connector.org.host}",
        f"Looked at  {session.now().astimezone():%Y-%m-%d %H:%M %Z}".rstrip(),
    )


def _report(session: Session, person: Person, found: Verdict) -> str:
    lines = [*_whose(session, person), f"Verdict    {found.headline} ({found.sure.value})"]
    lines += [f"Why        {found.why}"] if found.why else []
    lines += ["Evidence", *(_fact(fact) for fact in found.evidence)]
    return "\n".join(lines)


def _fact(fact: EvidenceLine) -> str:
    when = f"{fact.at.astimezone():%m-%d %H:%M:%S}" if fact.at else ""
    origin = " · ".join(part for part in (fact.client, fact.place, fact.network) if part)
    return f"  {when:<14} {fact.text}{f' · {origin}' if origin else ''}"
