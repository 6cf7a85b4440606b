"""After an action the person is told what was done, and in the demo org the outbox shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.notices.notice import NoticeScreen
from screens.notices.outbox import OutboxScreen, mail_text
from tests.screens.support import NARROW, WIDE, seated
from tests.screens.test_key_table import in_front

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.screens.support import Seat


async def unlock(seat: Seat) -> None:
    await seat.press("enter", "u")
    await seat.press("enter")


async def test_whoever_was_unlocked_is_told_so_once_and_the_outbox_has_it(desk: Desk) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await seat.type("ann.lee@")
        await unlock(seat)
        await seat.press("n")
        assert isinstance(seat.app.screen, NoticeScreen)
        assert "Your account was unlocked" in seat.words
        assert "ann.lee@acme.example by outbox" in seat.words
        await seat.press("enter")
        assert "sent: in the outbox. Ledger entry 3" in seat.words
        await seat.press("enter")
        assert not seat.app.screen.is_modal  # the call goes on
        await seat.press("f8")
        await seat.until(lambda: "ann.lee@acme.example" in seat.text)
        await seat.press("enter")
        assert isinstance(seat.app.screen, OutboxScreen)
        assert "nothing left this machine" in seat.words
        assert "Hello Ann," in seat.text
        await seat.press("escape")
        assert in_front(seat) is not OutboxScreen
        await seat.press("f2", "n", "enter")
        assert "told already" in seat.words


async def test_nobody_is_told_of_what_was_not_done(desk: Desk) -> None:
    async with seated(desk.session(), WIDE) as seat:
        await seat.type("ann.lee@")
        await seat.press("enter", "n", "d", "d")
        assert "unlocked by the desk" in seat.text
        assert "this desk did nothing of that kind for them" in seat.words
        await seat.press("enter", "escape", "f8")
        assert "Nothing was sent yet" in seat.words


def test_a_hostile_mail_is_shown_harmless() -> None:
    shown = mail_text("Subject: a\x1b[31mb\nTo: x\n\nhello\x1b]52;c;YQ==\x07\n\x9b2J")
    assert not [character for character in shown if (ord(character) < 32 and character != "\n") or character == "\x9b"]
