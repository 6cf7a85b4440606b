"""What goes wrong around a notice: full hours, clocks set back, stops, busy ledgers, times and ways that change."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from tests.desk.lockouts import casework
from tests.desk.lockouts.casework import when
from tests.desk.notices.test_sender import RULES, Post, locked, notifier, person, session
from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.errors import LedgerBusy
from tui.desk.lockouts.cases import Cases
from tui.desk.notices import due
from tui.desk.notices.notice import Fate, Occasion, Topic
from tui.desk.notices.sender import Skip

if TYPE_CHECKING:
    from datetime import datetime

    from tests.conftest import FakeClock
    from tui.desk.notices.notice import Delivery, Message
    from tui.desk.session import Session

__all__ = ["session"]


async def test_the_cap_lifts_by_itself_and_nobody_is_forgotten(session: Session, clock: FakeClock) -> None:
    post, people = Post(), [locked(f"p{number}") for number in range(12)]
    made = notifier(session, post, replace(RULES, per_hour=5))
    for _ in range(3):
        await made.round(people)
        clock.now += 3601
    assert len(post.got) == 12


async def test_a_clock_that_is_set_back_does_not_lift_the_cap(session: Session, clock: FakeClock) -> None:
    post = Post()
    await notifier(session, post, replace(RULES, per_hour=5)).round([locked(f"p{number}") for number in range(5)])
    clock.now -= 7200
    await notifier(session, post, replace(RULES, per_hour=6)).round([locked("q")])
    clock.now += 7200
    await notifier(session, post, replace(RULES, per_hour=5)).round([locked("r")])
    assert len(post.got) == 6


async def test_a_fault_with_one_is_kept_as_unknown_and_the_next_is_told(session: Session) -> None:
    post = Post(answers=[UnicodeEncodeError("ascii", "é", 0, 1, "x")])
    lines = await notifier(session, post).round([locked("ann"), locked("bob")])
    assert [line.delivery and line.delivery.fate for line in lines] == [Fate.UNKNOWN, Fate.SENT]
    assert lines[0].words == "unknown: keydesk failed over it (UnicodeEncodeError)"


async def test_whoever_is_claimed_when_keydesk_is_stopped_is_told(
    session: Session, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, begun = Post(), asyncio.Event()

    async def no_time_passes(_: float) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(clock, "sleep", no_time_passes)
    real = post.send

    async def slow(message: Message, *, key: str = "", at: datetime | None = None) -> Delivery:
        begun.set()
        for _ in range(20):
            await asyncio.sleep(0)
        return await real(message, key=key, at=at)

    post.send = slow  # type: ignore[method-assign]
    going = asyncio.ensure_future(notifier(session, post).round([locked("ann"), locked("bob")]))
    await begun.wait()
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    assert [entry.outcome for entry in session.ledger.notices()] == [Outcome.DONE]
    assert [message.to for message in post.got] == ["ann@example.com"]


async def test_an_outcome_that_cannot_be_recorded_at_once_is_recorded_later(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, busy = session.ledger.outcome, [LedgerBusy(), LedgerBusy()]

    def outcome(*given: Any, **more: Any) -> None:  # noqa: ANN401 - the ledger's
        if busy:
            raise busy.pop()
        real(*given, **more)

    monkeypatch.setattr(session.ledger, "outcome", outcome)
    await notifier(session, Post()).round([locked()])
    assert [entry.outcome for entry in session.ledger.notices()] == [Outcome.DONE]


async def test_an_expiry_is_told_once_also_when_the_way_changes(session: Session) -> None:
    post = Post()
    occasion = Occasion(Topic.EXPIRY, "expiry/00uann/2026-09-01/2026-11-30/7", when(0), person("ann"))
    await notifier(session, post).round([occasion])
    again = await notifier(session, post, replace(RULES, expiries="chat")).round([occasion])
    assert (len(post.got), again[0].skip) == (1, Skip.ALREADY)


async def test_people_whose_ids_look_alike_are_told_each(session: Session) -> None:
    post = Post()
    for number in ("00u ann", "00u_ann", "00u%20ann"):
        occasion = Occasion(Topic.LOCKOUT, f"lockout/{number}@2026-11-23T10:00:00.000Z", when(0), person("ann"))
        await notifier(session, post).round([occasion])
    assert len(post.got) == 3


async def test_a_lock_whose_beginning_moves_far_is_told_once(session: Session) -> None:
    post, user = Post(), person("ann")
    locks = [casework.lock(at) for at in (0, 50, 100, 150)]
    for known in (locks[3:], locks):
        cases = Cases()
        cases.add(known)
        (case,) = cases.all()
        await notifier(session, post).round([due.lockout(case, user, RULES, when(200))])
    assert len(post.got) == 1
