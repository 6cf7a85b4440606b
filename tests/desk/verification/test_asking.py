"""A caller is asked over the wire: every end that a phone can bring, and what the ledger says of it afterwards."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

import httpx
import pytest
from msgspec.structs import replace

from tests.desk.support import fault, user_id
from tui.demo.base import otp
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.connectors.secrets import Secret
from tui.desk.ledger import words
from tui.desk.ledger.entry import Outcome
from tui.desk.notices.history import history
from tui.desk.perform.perform import settle
from tui.desk.rules.rules import DEFAULT_RULES
from tui.desk.rules.strength import Measured, Strength, strength_of
from tui.desk.text.tone import Tone
from tui.desk.verification.asking import Asked, AskingStage, NotAsked, ask
from tui.desk.verification.kept import denied_in, proofs_in, tries_left
from tui.desk.verification.saying import ended_words, script
from tui.desk.verification.ways import ways_of
from tui.okta.errors import Refused
from tui.okta.policy import Capability, SwitchedOff

if TYPE_CHECKING:
    from tests.conftest import Desk, FakeClock, Wire
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.people.person import Person
    from tui.desk.session import Session
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
    begun, session, who = clock.now, desk.session(), user_id(org, ZACK)
    before = await session.events_of(who)
    await asked(session, org)
    assert clock.now - begun <= 8.5 + 2
    assert await session.events_of(who) != before  # the card does not show what was read before it
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


def answering(line: Line, status: int, body: dict[str, object], *, match: str = "/transactions/") -> None:
    """Let Okta answer something else, once, to what has this in its path."""

    async def answer(request: httpx.Request) -> httpx.Response | None:
        if match not in request.url.path:
            return None
        line.watch = None
        return httpx.Response(status, json=body, request=request)

    line.watch = answer


async def test_a_refusal_that_comes_as_an_error_is_a_denial_too(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    answering(line, 403, {"errorCode": "E0000073", "errorSummary": "rejected"})
    assert (await asked(session, org))[-1].stage is AskingStage.DENIED
    assert denied_in(session.ledger.entries(), user_id(org, ZACK))


async def test_an_end_that_nobody_knows_may_be_a_wrong_number_so_two_in_a_row_count_no_more(
    desk: Desk, org: Org, line: Line
) -> None:
    session = desk.session()
    answering(line, 200, {"factorResult": "FAILED"})
    assert (await asked(session, org))[-1].stage is AskingStage.UNKNOWN
    for _ in range(2):
        assert (await asked(session, org))[-1].stage is AskingStage.PASSED
    (proof,) = proofs_in(session.ledger.entries())
    assert strength_of(proof.steps, pairs=proof.pairs) is Strength.NUMBER
    code = await asked(session, org, Measured.CODE, code_of(org))
    assert code[-1].stage is AskingStage.PASSED
    (proof,) = proofs_in(session.ledger.entries())
    assert strength_of(proof.steps, pairs=proof.pairs) is Strength.TOP


async def test_a_push_that_could_not_be_watched_to_its_end_is_not_known(desk: Desk, org: Org, wire: Wire) -> None:
    teach(org, "deny", 30)
    session = desk.session()
    fault(org, "cut", match="/transactions/", times=200)
    states = await asked(session, org)
    assert (states[-1].stage, states[-1].trouble is not None) == (AskingStage.UNKNOWN, True)
    assert session.ledger.entries()[0].detail.startswith("not known")


async def test_what_each_refusal_says_to_the_agent(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session(principal="helpdesk")
    person = await caller(session, org)
    number = await way(session, person, Measured.NUMBER)
    fault(org, "403-role", match="/verify")
    told = ended_words((await asked(session, org))[-1], number)
    assert "It refuses Okta Verify on Zack's phone: keydesk's role may not ask this one" in told
    answering(line, 400, {"errorCode": "E0000001", "errorSummary": "Api validation failed"}, match="/verify")
    ended = (await asked(session, org))[-1]
    assert ended.plain
    assert "without one, which proves less" in ended_words(ended, number)
    said = []
    for _ in range(3):
        ended = (await asked(session, org, Measured.CODE, "000000"))[-1]
        said.append((ended.tries_left, ended_words(ended, number).rpartition("at most. ")[2]))
    assert said == [(2, "2 left."), (1, "1 left."), (0, "None is left: ask in another way.")]


def test_the_words_for_the_caller() -> None:
    waiting = Asked(AskingStage.WAITING)
    assert "is not known yet" in script(waiting)
    assert "Tap Yes." in script(replace(waiting, plain=True))
    told = script(replace(waiting, number=72), "Vienna\x1b[31m")
    assert "a sign-in from Vienna" in told
    assert "Tap 72. If you did not call us, tap No." in told
    assert "whether you are really the desk: this push is the proof" in told
    assert "\x1b" not in told


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
