"""A confirmation under the desk's rules: enter leads through the proof to the change, and a ban ends it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.color import Color
from textual.widgets import Button

from screens.act.confirm import ConfirmScreen
from screens.act.secret import SecretScreen
from screens.verification.caller import CallerScreen
from tests.screens.support import NARROW, seated
from tui.desk.rules.rules import DEFAULT_RULES

if TYPE_CHECKING:
    from tests.conftest import Desk, Wire
    from tests.screens.support import Seat
    from tui.demo.org import Org

ZACK = "zack.moore@acme.example"


def in_front(seat: Seat) -> type[object]:
    return type(seat.app.screen)


async def test_a_temporary_password_in_one_sitting(desk: Desk, org: Org, wire: Wire) -> None:
    session = desk.session()
    session = replace(session, connector=replace(session.connector, rules=DEFAULT_RULES))
    async with seated(session, NARROW) as seat:
        await seat.look_up(ZACK)
        await seat.press("enter", "t")
        assert in_front(seat) is ConfirmScreen
        assert "The caller is to be proven first: a push with a number" in seat.words
        assert "Prove the caller" in seat.words
        await seat.press("enter")
        assert in_front(seat) is CallerScreen
        await seat.press("enter")
        assert "PROVEN" in seat.words
        await seat.press("enter")
        assert in_front(seat) is ConfirmScreen
        assert "The caller is proven." in seat.words
        await seat.press("enter")
        assert "Give a reason" in seat.words
        await seat.type("forgot it")
        await seat.press("enter")
        assert "The reason says too little" in seat.words
        await seat.type(" on holiday")
        await seat.press("enter")
        assert in_front(seat) is SecretScreen
        assert [write.partition("?")[0].rpartition("/")[2] for write in wire.writes] == [
            "verify",
            "expire_password_with_temp_password",
        ]
        await seat.press("v", "escape")
        await seat.press("M")
        assert "password and factors together give it away" in seat.words
        await seat.press("enter")
        assert in_front(seat) is CallerScreen
        assert "It is what you are about to reset." in seat.words
        assert "two pushes with a number in a row" in seat.words
        await seat.press("escape", "escape")
        org.challenges.teach(org.people.named("una.walsh"), "deny")
        await seat.look_up("una.walsh@acme.example")
        await seat.press("enter", "t", "tab", "enter", "enter")
        assert "DENIED" in seat.words
        await seat.press("escape")
        assert "a push was denied" in seat.words
        go = seat.app.screen.query_one("#go", Button)
        assert (str(go.label), go.disabled) == ("Temporary password", True)  # no key, since none does it
        assert go.styles.color == Color.parse(seat.app.theme_variables["muted"])
        writes = len(wire.writes)
        await seat.press("enter")
        assert len(wire.writes) == writes
