"""What confirmations, secrets, choices and the steps by hand look like; see tests/screens/looks.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from screens.act.instructions import InstructionsScreen
from screens.act.secret import SecretScreen
from tests.desk.support import aim, choose, user_id
from tests.screens.support import SIZES, seated
from tui.desk.connectors.connector import OrgAddress
from tui.desk.connectors.portals import Portals
from tui.desk.connectors.secrets import Secret
from tui.desk.connectors.ticket import TicketRule

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.screens.looks import Looks
    from tests.screens.support import Seat
    from tui.demo.org import Org

PORTAL = "https://reset.acme.example/start?for={login}&by=keydesk&with=a-parameter-so-long-that-it-has-to-be-wrapped"


async def at(seat: Seat, name: str) -> None:
    """Go to a person's card."""
    await seat.look_up(f"{name}@acme.example")
    await seat.press("enter")


@pytest.mark.parametrize("size", SIZES)
async def test_looks(desk: Desk, org: Org, looks: Looks, size: tuple[int, int]) -> None:
    session = desk.session()
    async with seated(session, size) as seat:
        await at(seat, "ann.lee")
        await seat.press("u")
        await looks.take(seat, "routine")
        await seat.press("escape", "M")
        await looks.take(seat, "destructive")
        await seat.press("escape", "f")
        await looks.take(seat, "factors")
        await seat.press("end", "enter")
        await looks.take(seat, "factor")
        await seat.press("escape")
        await at(seat, "adam.brooks")
        await seat.press("u")
        await looks.take(seat, "attack")
        await seat.press("escape")
        await at(seat, "bob.martin")
        await seat.press("p")
        await looks.take(seat, "mail")
        await seat.press("escape", "s", "shift+tab", "space")
        await looks.take(seat, "option")
        await seat.press("escape", "l", "enter")
        await looks.take(seat, "needs-a-reason")
        await seat.press("escape")
        plan = await aim(session, "temp-password", user_id(org, "bob.martin"))
        seat.app.push_screen(SecretScreen(plan, Secret("x4HpS7TE-hush")))
        await seat.rest()
        await looks.take(seat, "secret")
        await seat.press("c")
        await looks.take(seat, "secret-copied")
        await seat.press("escape")
        await at(seat, "mark.up")
        await seat.press("u")
        await looks.take(seat, "hostile")


@pytest.mark.parametrize("size", SIZES)
async def test_looks_in_production(desk: Desk, looks: Looks, size: tuple[int, int]) -> None:
    session = desk.session()
    rule = TicketRule("INC[0-9]{7}", needed=True)
    session = replace(session, connector=replace(session.connector, production=True, colour="red", ticket=rule))
    async with seated(session, size) as seat:
        await at(seat, "ann.lee")
        await looks.take(seat, "production-card")
        await seat.press("u")
        await looks.take(seat, "production")
        await seat.press("enter")
        await looks.take(seat, "ticket")
        await seat.press("escape", "M", "enter")
        await looks.take(seat, "production-destructive")


@pytest.mark.parametrize("size", SIZES)
async def test_looks_by_hand(desk: Desk, org: Org, looks: Looks, size: tuple[int, int]) -> None:
    session = desk.session(read_only=True)
    connector = replace(session.connector, org=OrgAddress("https://acme.okta.com"))
    async with seated(session, size) as seat:
        await at(seat, "ann.lee")
        await looks.take(seat, "read-only-card")
        for name, action, who in (
            ("by-hand", "unlock", "ann.lee"),
            ("instead", "reset-password", "fatima.khan"),
            ("provider", "reset-password", "ivan.petrov"),
            ("portal", "reset-password", "bob.martin"),
        ):
            portals = Portals(password_reset=PORTAL) if name == "portal" else Portals()
            user = user_id(org, who)
            plan = await aim(session, action, user, choose(org, action, user))
            public = replace(session, connector=replace(connector, portals=portals))
            seat.app.push_screen(InstructionsScreen(public, plan.action, plan.person, plan.targets))
            await seat.rest()
            await looks.take(seat, name)
            await seat.press("escape")
