"""A caller is proven by keys: what the agent sees and says, and that an attack is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from screens.verification.caller import CallerScreen
from screens.verification.callers import CallersScreen
from tests.desk.support import fault, user_id
from tests.screens.support import NARROW, seated
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.rules.rules import DEFAULT_RULES
from tui.desk.rules.strength import Measured

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


async def on_the_line(seat: Seat) -> None:
    """The demo's callers, of whom one is looked up."""
    taken: list[str | None] = []
    seat.app.push_screen(CallersScreen(), taken.append)
    await seat.rest()
    assert "I am back from leave" in seat.words
    await seat.press("down")
    assert "The real Jack sees a sign-in that he did not start and taps No" in seat.words
    await seat.press("enter")
    assert taken == ["jack.frost@acme.example"]


async def each_way_says_what_it_takes(seat: Seat, session: Session, org: Org) -> None:
    """A wrong code, a role that may not ask a factor, whom to call before vouching, and half of the highest proof."""
    await opened(seat, session, org, "reset-link")
    await seat.press("down")
    assert "3 tries left" in seat.words
    await seat.press("tab", *"000000", "enter")
    assert "The code was wrong" in seat.words
    assert "2 left." in seat.words
    await seat.press("shift+tab", "down")
    assert "Call them yourself, on a number that you know." in seat.words
    assert "enter keeps what you saw esc goes back" in seat.words
    await seat.press("up", "up")
    assert "enter asks esc goes back" in seat.words
    fault(org, "403-role", match="/verify")
    await seat.press("enter")
    assert "keydesk's role may not ask this one. Others may work" in seat.words
    assert isinstance(seat.app.screen, CallerScreen)
    assert seat.app.screen.way is not None
    assert seat.app.screen.way.kind is Measured.CODE
    await seat.press("escape")
    await opened(seat, session, org, "reset-mfa")
    await seat.press("escape")


async def raised_and_ended(seat: Seat) -> None:
    """The alert by the palette, on two screens."""
    await seat.press("ctrl+p", *"raise the alert", "enter")
    assert "It is not raised now." in seat.words
    await seat.press("enter")
    assert "Say why" in seat.words
    await seat.type("a wave of callers")
    await seat.press("tab", "backspace", "backspace", *"2d", "enter")
    assert "2d is no span" in seat.words
    await seat.press("backspace", "h", "enter")
    assert "The alert is raised" in seat.words
    assert "ALERT until" in seat.text.splitlines()[0]
    await seat.press("f4")
    assert "ALERT until" in seat.text.splitlines()[0]
    assert "✗ denied" in seat.words
    await seat.press("ctrl+p", *"end the alert", "enter")
    assert "Raised by tess until" in seat.words
    await seat.press("enter")
    assert "The alert is ended" in seat.words
    assert "ALERT until" not in seat.text.splitlines()[0]


async def what_the_rules_refuse_is_grey(seat: Seat) -> None:
    await seat.press("full_stop")
    assert "a push was denied until" in seat.words  # beside the keys that the rules refuse for a day
    assert "l Make a reset link" not in seat.words.partition("Not now")[0]
    assert "p Mail a password reset" in seat.words.partition("Not now")[0]  # for which nobody has to be proven
    await seat.press("full_stop")


async def test_a_caller_is_proven_by_a_number_or_stopped_by_a_denial(desk: Desk, org: Org, wire: Wire) -> None:
    session = ruled(desk)
    async with seated(session, NARROW) as seat:
        results = await opened(seat, session, org)
        assert "a push with a number" in seat.words
        assert "Push with a number · Okta Verify on Zack's phone" in seat.words
        assert "FastPass" in seat.words
        await seat.press("enter")
        assert "PROVEN, well enough for this" in seat.words
        assert "enter goes on esc goes back" in seat.words
        await seat.press("enter")
        assert results == [True]
        await seat.look_up(f"{ZACK}@acme.example")
        await seat.press("enter")
        await seat.until(lambda: "caller proven" in seat.words)
        await seat.press("equals_sign")
        assert "They want" in seat.words
        assert "Reset all factors 4 of 4 two numbers in a row, or number and code" in seat.words
        await seat.press("slash", *"link", "down")
        assert "Reset all factors" not in seat.words
        await seat.press("enter")
        assert isinstance(seat.app.screen, CallerScreen)
        assert "a push with a number, or what you vouch for" in seat.words
        await seat.press("escape")
        await each_way_says_what_it_takes(seat, session, org)
        org.challenges.teach(org.people.named(ZACK), "deny")
        results = await opened(seat, session, org, "reset-link")
        await seat.press("enter")
        assert "DENIED" in seat.words
        assert "treat this call as an attack" in seat.words
        assert "Push with a number" not in seat.words  # nobody is asked again in this call
        await seat.press("escape")
        assert results == [False]
        await seat.press("r")
        await seat.until(lambda: "PUSH DENIED" in seat.words)
        await what_the_rules_refuse_is_grey(seat)
        writes = len(wire.writes)
        await opened(seat, session, org, "reset-link")
        assert "A push was denied" in seat.words
        await seat.press("enter")
        assert "not asked again now" in seat.words
        assert len(wire.writes) == writes
        await seat.press("escape")
        await raised_and_ended(seat)
        await seat.press("ctrl+p", *"the desk's rules", "enter")
        assert "Tier 3 The caller is proven: a push with a number" in seat.words
        await seat.until(lambda: "Callers could prove at most: a push, with a number" in seat.words)
        assert "esc back" in seat.words
        await seat.press("escape")
        await on_the_line(seat)


def mails(home: Path) -> list[str]:
    return [path.read_text() for path in home.rglob("*.eml")]


async def test_the_desk_is_told_of_a_denial(desk: Desk, org: Org, home: Path) -> None:
    session = ruled(desk)
    org.challenges.teach(org.people.named(ZACK), "deny")
    async with seated(session, NARROW) as seat:
        await opened(seat, session, org)
        await seat.press("enter")
        assert "The desk's channel: sent, in the outbox" in seat.words
    (mail,) = mails(home)
    assert "zack.moore@acme.example" in mail
    assert "security@desk.example" in mail
    assert "Ledger entry: 1" in mail
