"""A caller is proven by keys: what the agent sees and says, and that an attack is stopped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from screens.verification.caller import CallerScreen
from tests.desk.support import user_id
from tests.screens.support import NARROW, seated
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.rules.rules import DEFAULT_RULES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk, Wire
    from tests.screens.support import Seat
    from tui.demo.org import Org
    from tui.desk.session import Session

ZACK = "zack.moore"


def ruled(desk: Desk) -> Session:
    session = desk.session()
    return replace(session, connector=replace(session.connector, rules=DEFAULT_RULES))


async def opened(seat: Seat, session: Session, org: Org, action: str = "temp-password") -> list[bool | None]:
    results: list[bool | None] = []
    person = await session.person(user_id(org, ZACK))
    found = ACTIONS[action]
    targets = await session.read_targets(found, person, {})
    seat.app.push_screen(CallerScreen(session, person, found, targets), results.append)
    await seat.rest()
    return results


async def test_a_caller_is_proven_by_a_number_or_stopped_by_a_denial(desk: Desk, org: Org, wire: Wire) -> None:
    session = ruled(desk)
    async with seated(session, NARROW) as seat:
        results = await opened(seat, session, org)
        assert "a push with a number" in seat.words
        assert "Push with a number · Okta Verify on Zack's phone" in seat.words
        assert "FastPass" in seat.words
        await seat.press("enter")
        assert "PROVEN, well enough for this" in seat.words
        await seat.press("enter")
        assert results == [True]
        org.challenges.teach(org.people.named(ZACK), "deny")
        results = await opened(seat, session, org, "reset-link")
        await seat.press("enter")
        assert "DENIED" in seat.words
        assert "treat this call as an attack" in seat.words
        await seat.press("escape")
        assert results == [False]
        writes = len(wire.writes)
        await opened(seat, session, org, "reset-link")
        assert "A push was denied" in seat.words
        await seat.press("enter")
        assert "not asked again now" in seat.words
        assert len(wire.writes) == writes


def mails(home: Path) -> list[str]:
    return [path.read_text() for path in home.rglob("*.eml")]


async def test_the_desk_is_told_of_a_denial(desk: Desk, org: Org, home: Path) -> None:
    session = ruled(desk)
    org.challenges.teach(org.people.named(ZACK), "deny")
    async with seated(session, NARROW) as seat:
        await opened(seat, session, org)
        await seat.press("enter")
        assert "The desk's channel: sent" in seat.words
    (mail,) = mails(home)
    assert "zack.moore@acme.example" in mail
    assert "security@desk.example" in mail
    assert "Ledger entry: 1" in mail
