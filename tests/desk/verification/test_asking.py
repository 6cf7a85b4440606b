"""A caller is asked over the wire: every end that a phone can bring, and what the ledger says of it afterwards."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from tests.desk.support import fault, user_id
from tui.demo.base import otp
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.connectors.secrets import Secret
from tui.desk.ledger import words
from tui.desk.ledger.entry import Outcome
from tui.desk.notices.history import history
from tui.desk.perform.perform import settle
from tui.desk.rules.rules import DEFAULT_RULES
from tui.desk.rules.strength import Measured, Strength
from tui.desk.text.tone import Tone
from tui.desk.verification.asking import AskingStage, NotAsked, ask
from tui.desk.verification.kept import denied_in, proofs_in, tries_left
from tui.desk.verification.ways import ways_of
from tui.okta.errors import Refused
from tui.okta.policy import Capability, SwitchedOff

if TYPE_CHECKING:
    from tests.conftest import Desk, FakeClock, Wire
    from tui.demo.org import Org
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.desk.verification.asking import Asked
    from tui.desk.verification.ways import Way

ZACK = "zack.moore"


async def caller(session: Session, org: Org, name: str = ZACK) -> Person:
    return await session.person(user_id(org, name))


async def way(session: Session, person: Person, kind: Measured) -> Way:
    factors = await session.factors_of(person.user.id)
    ways = ways_of(factors, DEFAULT_RULES, Strength.NUMBER, now=session.now().timestamp())
    return next(way for way in ways if way.kind is kind)


def teach(org: Org, answers: str, after: float = 5.0, name: str = ZACK) -> None:
    org.challenges.teach(org.people.named(name), answers, after)


async def asked(
    session: Session, org: Org, kind: Measured = Measured.NUMBER, code: str = "", *, name: str = ZACK
) -> list[Asked]:
    person = await caller(session, org, name)
    given = Secret(code) if code else None
    return [one async for one in ask(session, person, await way(session, person, kind), "temp-password", code=given)]


def code_of(org: Org) -> str:
    for factor in org.enrolments.of(org.people.named(ZACK)):
        secret = org.enrolments.hidden(factor).secret
        if factor["factorType"] == "token:software:totp" and secret is not None:
            return otp.code(secret, int(org.clock()) // 30)
    raise AssertionError


async def test_a_number_that_is_tapped_proves_the_caller_and_is_kept(desk: Desk, org: Org, wire: Wire) -> None:
    session = desk.session(principal="helpdesk")
    states = await asked(session, org)
    assert [one.stage for one in states] == [AskingStage.RECORDING, AskingStage.WAITING, AskingStage.PASSED]
    assert states[1].number is not None
    assert states[1].ends is not None
    assert states[-1].step is not None
    assert states[-1].step.kind is Measured.NUMBER
    assert len(wire.writes) == 1
    (entry,) = session.ledger.entries()
    assert (entry.intent.action, entry.outcome, entry.detail) == ("verify-caller", Outcome.DONE, "passed")
    (proof,) = proofs_in([entry])
    assert (proof.person, proof.agent, proof.purpose) == (user_id(org, ZACK), "tess", "temp-password")
    assert [step.kind for step in proof.steps] == [Measured.NUMBER]
    assert proof.steps[0].factor == states[-1].step.factor


@pytest.mark.parametrize(
    ("answers", "after", "stage", "detail"),
    [
        ("deny", 3.0, AskingStage.DENIED, "denied"),
        ("wrong", 3.0, AskingStage.DENIED, "denied"),
        ("ignore", 3.0, AskingStage.NOBODY, "nobody answered"),
        ("approve", 59.0, AskingStage.PASSED, "passed"),
    ],
)
async def test_each_other_end(
    desk: Desk, org: Org, answers: str, after: float, stage: AskingStage, detail: str
) -> None:
    teach(org, answers, after)
    session = desk.session()
    states = await asked(session, org)
    assert states[-1].stage is stage
    entries = session.ledger.entries()
    assert [(entry.outcome, entry.detail) for entry in entries] == [(Outcome.DONE, detail)]
    assert bool(denied_in(entries, user_id(org, ZACK))) is (stage is AskingStage.DENIED)
    assert bool(proofs_in(entries)) is (stage is AskingStage.PASSED)


async def test_a_denial_is_known_soon_and_looks_are_few(desk: Desk, org: Org, wire: Wire, clock: FakeClock) -> None:
    teach(org, "deny", 8.5)
    begun = clock.now
    await asked(desk.session(), org)
    assert clock.now - begun <= 8.5 + 2
    wire.sent.clear()
    teach(org, "ignore", name="una.walsh")
    await asked(desk.session(), org, name="una.walsh")
    assert len([one for one in wire.sent if "/transactions/" in str(one.url)]) <= 21


async def test_a_push_without_a_number_proves_less_and_is_kept_so(desk: Desk, org: Org) -> None:
    org.challenges.numbers = False
    session = desk.session()
    states = await asked(session, org)
    assert [one.plain for one in states] == [False, False, True, True][: len(states)]
    assert states[-1].step is not None
    assert states[-1].step.kind is Measured.PUSH
    assert [step.kind for proof in proofs_in(session.ledger.entries()) for step in proof.steps] == [Measured.PUSH]


async def test_a_code_is_in_what_is_sent_and_nowhere_else(desk: Desk, org: Org, wire: Wire) -> None:
    session = desk.session(principal="helpdesk")
    code = code_of(org)
    states = await asked(session, org, Measured.CODE, code)
    assert [one.stage for one in states] == [AskingStage.RECORDING, AskingStage.PASSED]
    (sent,) = [one for one in wire.sent if one.method == "POST"]
    assert code in sent.content.decode()
    entry = session.ledger.entries()[0]
    assert code not in str(entry)
    assert code not in session.ledger.path.read_bytes().decode("latin-1")  # type: ignore[attr-defined]
    assert code not in repr(states)
    again = await asked(session, org, Measured.CODE, code)
    assert again[-1].stage is AskingStage.WRONG  # each code is good once
    assert tries_left(session.ledger.entries(), user_id(org, ZACK), session.now().timestamp()) == 2


async def test_who_stops_waiting_is_recorded_and_nothing_is_proven(desk: Desk, org: Org) -> None:
    session = desk.session()
    person = await caller(session, org)
    async with aclosing(ask(session, person, await way(session, person, Measured.NUMBER), "temp-password")) as asking:
        assert (await anext(asking)).stage is AskingStage.RECORDING
        assert (await anext(asking)).stage is AskingStage.WAITING
    (entry,) = session.ledger.entries()
    assert (entry.outcome, entry.detail) == (Outcome.DONE, "stopped")
    assert proofs_in([entry]) == []


async def test_nothing_is_asked_where_that_is_not_allowed(desk: Desk, org: Org, wire: Wire) -> None:
    reading = desk.session(read_only=True)
    states = await asked(reading, org)
    assert states[-1].stage is AskingStage.FAILED
    assert isinstance(states[-1].trouble, Refused)
    off = desk.session(capabilities=set(Capability) - {Capability.VERIFICATION})
    with pytest.raises(SwitchedOff):
        await asked(off, org)
    assert wire.writes == []
    outcomes = [entry.outcome for entry in reading.ledger.entries()]
    assert outcomes == [Outcome.NOT_SENT]


async def test_a_lost_answer_is_unknown_and_never_sent_twice(desk: Desk, org: Org, wire: Wire) -> None:
    session = desk.session()
    person = await caller(session, org)
    one = await way(session, person, Measured.NUMBER)
    fault(org, "cut", match="/verify")
    states = [state async for state in ask(session, person, one, "temp-password")]
    assert states[-1].stage is AskingStage.UNKNOWN
    (entry,) = session.ledger.entries(only_open=True)
    before = len(wire.sent)
    assert "proves nobody" in await settle(session, entry)
    assert len(wire.sent) == before  # nothing that Okta says of the person would tell
    assert session.ledger.entries(only_open=True) == []
    assert len(wire.writes) == 1
    (entry,) = session.ledger.entries()
    assert entry.outcome is Outcome.UNKNOWN
    assert proofs_in([entry]) == []


async def test_a_cancelled_task_leaves_its_end_behind(desk: Desk, org: Org) -> None:
    teach(org, "ignore")
    session = desk.session()
    person = await caller(session, org)
    one = await way(session, person, Measured.NUMBER)
    waiting = asyncio.Event()

    async def listen() -> None:
        async with aclosing(ask(session, person, one, "temp-password")) as states:
            async for state in states:
                if state.stage is AskingStage.WAITING:
                    waiting.set()
                    await asyncio.Event().wait()

    task = asyncio.ensure_future(listen())
    await waiting.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert session.ledger.entries()[0].detail == "stopped"


async def test_three_wrong_codes_end_it_before_okta_does(desk: Desk, org: Org, wire: Wire) -> None:
    session = desk.session()
    for _ in range(3):
        assert (await asked(session, org, Measured.CODE, "000000"))[-1].stage is AskingStage.WRONG
    with pytest.raises(NotAsked):
        await asked(session, org, Measured.CODE, "000000")
    assert len(wire.writes) == 3
    assert (await asked(session, org))[-1].stage is AskingStage.PASSED  # the phone may still be asked


async def test_who_has_denied_a_push_is_not_asked_again(desk: Desk, org: Org, wire: Wire) -> None:
    session = desk.session()
    teach(org, "deny")
    await asked(session, org)
    with pytest.raises(NotAsked):
        await asked(session, org)
    assert len(wire.writes) == 1
    (entry,) = session.ledger.entries(text="denied")
    assert (words.outcome_words(entry), words.outcome_tone(entry)) == ("denied", Tone.BAD)
    lines = dict(words.entry_lines(entry))
    assert lines["Action"] == "Verify the caller: push with a number"
    assert lines["For"] == ACTIONS["temp-password"].title
    assert "zack.moore" in lines["Person"]
    assert session.ledger.entries(text="verify-caller") == [entry]
    assert history(session.ledger) == []
