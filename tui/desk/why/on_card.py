"""The verdict for a person's card, from the parts that the card has read anyway and at most two reads more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from tui.desk.actions.catalogue import ACTIONS
from tui.desk.lockouts.ends import End
from tui.desk.people.answer import CardAnswer, Try
from tui.desk.people.password_policies import password_policies
from tui.desk.people.person import read_part
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.desk.why.evidence import RECENT, Evidence
from tui.desk.why.foreseen import foreseen
from tui.desk.why.just_done import DONE, FRESH, just_done
from tui.desk.why.verdict import Blocker
from tui.desk.why.why import (
    HELPFUL,
    WEEK,
    attack_verdict,
    reach_back,
    read_events,
    unread_parts,
    verdict,
    with_strangers,
)

if TYPE_CHECKING:
    from datetime import datetime

    from tui.desk.people.own_changes import OwnChange
    from tui.desk.people.password_policies import Applied
    from tui.desk.people.person import Part, Person
    from tui.desk.session import Session
    from tui.desk.why.verdict import Verdict
    from tui.okta.log_events import LogEvent

_KIND = {End.OK: "ok", End.WRONG_PASSWORD: "wrong", End.WHILE_LOCKED: "locked"}


class Judged(Struct, frozen=True):
    """A person, judged.

    Attributes:
        answer: What the card says first.
        verdict: The whole verdict, for who wants the evidence beside the card.
        evidence: What it was made of.
    """

    answer: CardAnswer
    verdict: Verdict
    evidence: Evidence


async def judge(session: Session, person: Person) -> Judged:
    """Reach the verdict for a card; this raises nothing, and what could not be read is among its notes.

    It reads the password policies, which are kept for minutes, and where sign-ins failed once what the log tells of
    their addresses. Only where the card's events do not reach back a day, these are read again. All of it yields to
    what the agent asks for.

    Args:
        session: The session of the org.
        person: The person, with the parts for which `ready` waits.
    """
    events = await _events(session, person)
    policy = await read_part(_policy, session, person)  # the card has asked for them beside its parts
    e = Evidence(
        person,
        session.now(),
        events=_of_a_week(events.value, session.now()),
        policy=policy.value[0] if policy.value else None,
        obstacles={action: session.obstacle(ACTIONS[action], person) for action in HELPFUL},
        missing=unread_parts(person, events, policy),
        shared=session.attack_signs.addresses,
    )
    e = await with_strangers(session, e, background=True)
    if events.value is not None:
        session.attack_signs.note_person(person.user.id, e.diagnosis.attack if person.locked or person.blocked else "")
    attack = attack_verdict(e)
    found = attack or verdict(e)
    return Judged(_answer(session, e, found, attack=attack is not None), found, e)


async def _events(session: Session, person: Person) -> Part[tuple[LogEvent, ...]]:
    """Return the card's events, or those of a week where so many happened that the card's do not reach back a day."""
    card = person.events
    if card.value is None or reach_back(card.value, session.now() - RECENT):
        return card
    more = await read_part(read_events, session, person.user.id, background=True)
    return card if more.value is None else more


def _of_a_week(events: tuple[LogEvent, ...] | None, now: datetime) -> tuple[LogEvent, ...] | None:
    """Return the events that the whole verdict would read, so that the card says the same."""
    return None if events is None else tuple(e for e in events if e.at is None or e.at >= now - WEEK)


async def _policy(session: Session, person: Person) -> tuple[Applied, ...]:
    """Return the password policy by the groups that the card has read; an empty tuple where none applies.

    Raises:
        SwitchedOff: Password expiry is switched off for this connector.
        OktaError: The policies could not be read.
    """
    policies = await password_policies(session.client)
    applied = policies.applies(person.user, {group.id for group in person.groups.value or ()})
    return (applied,) if applied and (person.groups.value is not None or not policies.deciding) else ()


def _answer(session: Session, e: Evidence, found: Verdict, *, attack: bool) -> CardAnswer:
    early = None if attack else foreseen(session, e.person)
    change = session.own_changes.newest(e.person.user.id)
    done = None if attack or early else just_done(change, found, e)
    good = e.last_good
    tone = Tone.GOOD if found.blocker is Blocker.NOTHING else Tone.BAD
    if found.blocker is Blocker.UNKNOWN:
        tone = Tone.WARN
    if done and done.good:
        tone = Tone.GOOD
    own = e.person.user.provider_type in {"OKTA", "IMPORT"}
    action = ACTIONS.get(found.step.action)
    return CardAnswer(
        early.headline if early else found.headline,
        early.tone if early else tone,
        sure="" if early else found.sure.value,
        step=early.step if early else (done and done.step) or found.step.text,
        key=action.key if action and not early and not (done and done.step) else "",
        attack=attack or early is not None,
        notes=(*_beside_attack(change, e, attack=attack), *found.also, *found.missing),
        unread="" if e.events is not None else "nobody looked in the log",
        tries=tuple(Try(one.at, _KIND.get(one.end, "other")) for one in e.attempts if one.end is not End.OPEN),
        last_in=good.at if good else None,
        last_place=plain(good.place, limit=40) if good else "",
        max_age=(e.policy.max_age or 0) if e.policy and own else 0,
        done=done.what if done else "",
        done_at=done.at if done else None,
        done_then=done.then if done else "",
    )


def _beside_attack(change: OwnChange | None, e: Evidence, *, attack: bool) -> tuple[str, ...]:
    """Return what was just done as a note, where an attack stands first."""
    done = change is not None and change.known and change.action in DONE and e.now - change.at <= FRESH
    return (f"{DONE[change.action]} at {change.at.astimezone():%H:%M}.",) if attack and change and done else ()
