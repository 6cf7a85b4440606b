"""Every action of the card, its whole way: key, confirmation, what is really sent, what the agent is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.widgets import Input, Static

from screens.act.confirm import ConfirmScreen
from screens.act.factor_choice import FactorChoiceScreen
from screens.act.instructions import InstructionsScreen
from screens.act.secret import SecretScreen
from tests.desk.support import someone_for, user_id
from tests.screens.support import NARROW, seated
from tui.desk.actions.catalogue import ACTIONS, ON_THE_CARD
from tui.desk.actions.grammar import Danger, TargetKind
from tui.desk.connectors.ticket import TicketRule
from tui.desk.people.parts import SHARED_FOR

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org


def login_for(org: Org, action: str) -> str:
    person = org.people.find(someone_for(org, action))
    assert person
    return person.login


async def to_confirmation(seat: Seat, org: Org, action: str) -> str:
    """From the box to the confirmation; the person's login."""
    login = login_for(org, action)
    await seat.look_up(login)
    await seat.press("enter", ACTIONS[action].key)
    if TargetKind.FACTOR in ACTIONS[action].aims:
        assert isinstance(seat.app.screen, FactorChoiceScreen)
        await seat.press("enter")
    assert isinstance(seat.app.screen, ConfirmScreen), seat.text
    return login


def shows_exactly_what_is_sent(screen: ConfirmScreen) -> None:
    """What is confirmed is on the screen, call by call."""
    plan = screen._plan
    assert plan
    told = "".join(str(screen.query_one(name, Static).content) for name in ("#what", "#calls"))
    for call in plan.calls:
        assert "".join(str(call).split()) in "".join(told.split())
    assert plan.sentence in told
    assert plan.effect in told


async def try_each_option(seat: Seat, screen: ConfirmScreen) -> None:
    """Each option changes what is done and what is sent, and can be taken back."""
    assert screen._plan
    for option in screen._plan.action.offers(screen._plan.targets):
        before, chosen = screen._plan.calls, option.id in screen._plan.options
        tick = next(tick for tick in seat.app.screen.query("TickBox") if getattr(tick, "field", "") == option.id)
        tick.focus()
        await seat.press("space")
        assert screen._plan.calls != before
        assert (option.id in screen._plan.options) is not chosen
        shows_exactly_what_is_sent(screen)
        await seat.press("space")
        assert screen._plan.calls == before


async def test_the_whole_way_of_every_action(desk: Desk, org: Org, wire: Line) -> None:
    session = desk.session()
    async with seated(session, NARROW) as seat:
        for action in ON_THE_CARD:
            sent = len(wire.writes)
            login = await to_confirmation(seat, org, action.id)
            assert action.title in seat.words
            assert login in seat.words
            assert seat.focused in {"login", "reason"}  # never what sends it
            screen = seat.app.screen
            assert isinstance(screen, ConfirmScreen)
            shows_exactly_what_is_sent(screen)
            await try_each_option(seat, screen)
            assert len(wire.writes) == sent
            await confirm_typed(seat, login if action.danger >= Danger.DESTRUCTIVE else "")
            assert f"✓ {action.title}: done for" in seat.words.replace("╰", "")
            if action.reveals:
                assert isinstance(seat.app.screen, SecretScreen)
                await seat.press("v", "escape")
            assert not seat.app.screen.is_modal
            entry = session.ledger.entries()[0]
            assert wire.writes[sent:] == [f"{call.method} {call.target}" for call in entry.intent.calls]
            assert entry.intent.action == action.id
            assert entry.intent.person_login == login
            assert entry.intent.reason == "called the desk"
        await to_confirmation(seat, org, "access-code")
        await confirm_typed(seat, "")
        await seat.press("delete")
        await seat.until(lambda: "Withdraw the access code: done" in seat.words)
        assert "It is forgotten." in seat.words
        assert wire.writes[-1].startswith("DELETE ")
    assert len(session.ledger.entries()) == len(ON_THE_CARD) + 2


async def confirm_typed(seat: Seat, login: str) -> None:
    """Give a reason, and the login where it is asked for, and confirm."""
    if login:
        seat.one("#login", Input).value = login
    seat.one("#reason", Input).focus()
    seat.one("#reason", Input).value = "called the desk"
    await seat.rest()
    await seat.press("enter")


async def test_what_is_told_before_it_is_confirmed_and_what_must_be_typed(desk: Desk, org: Org, wire: Line) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await seat.look_up("bob.martin@acme.example")
        await seat.press("enter", "p")
        told = " ".join(str(seat.one("#what", Static).content).split())
        assert "Okta mails it to bob.martin@acme.example." in told
        assert "cannot sign in until they have finished" in told
        await seat.press("escape")
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter", "M")
        assert seat.focused == "login"
        await seat.type("ann.lee")
        await seat.press("tab")
        await seat.type("lost phone")
        await seat.press("enter")
        assert "That names nobody here" in seat.words
        assert seat.focused == "login"
        assert wire.writes == []
        await seat.type("@acme.example")  # nothing typed is lost
        await seat.press("enter")
        assert wire.writes == [f"POST /api/v1/users/{user_id(org, 'ann.lee')}/lifecycle/reset_factors"]


async def test_a_ticket_must_look_as_the_connector_wants_it(desk: Desk, org: Org, wire: Line) -> None:
    session = desk.session()
    rule = TicketRule("INC[0-9]{4}", needed=True)
    session = replace(session, connector=replace(session.connector, ticket=rule, production=True, colour="red"))
    async with seated(session) as seat:
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter", "u")
        assert "PRODUCTION · Unlock: Ann Lee" in seat.words  # it looks different here too
        assert seat.app.screen.has_class("-production")
        assert "needed, such as INC[0-9]{4}" in seat.line(" Ticket ")
        await seat.type("called")
        await seat.press("enter")
        assert "A ticket number is needed" in seat.words
        assert seat.focused == "ticket"
        await seat.type("inc12")
        await seat.press("enter")
        assert "This is not a ticket number" in seat.words
        await seat.press("ctrl+u")
        await seat.type("INC1042")
        await seat.press("enter")
        assert len(wire.writes) == 1
    (entry,) = session.ledger.entries()
    assert (entry.intent.reason, entry.intent.ticket) == ("called", "INC1042")


async def test_a_factor_that_went_away_meanwhile_is_told_in_place(desk: Desk, org: Org, wire: Line) -> None:
    async with seated(desk.session()) as seat:
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter", "f")
        org.people.named("ann.lee").factors = []
        desk.clock.now += SHARED_FOR  # what the card has just read is shown, and the read before the change tells it
        await seat.press("enter")
        assert "the factor is not there any more" in seat.words
        await seat.type("why")
        await seat.press("enter")
        assert isinstance(seat.app.screen, ConfirmScreen)
        assert wire.writes == []
        await seat.press("escape", "f")
        assert "Okta shows keydesk no factor of this person" in seat.words
        await seat.press("enter", "escape")
        assert not seat.app.screen.is_modal


async def test_read_only_shows_the_steps_in_the_place_of_every_confirmation(desk: Desk, org: Org, wire: Line) -> None:
    async with seated(desk.session(read_only=True)) as seat:
        for action in ON_THE_CARD:
            await seat.look_up(login_for(org, action.id))
            await seat.press("enter", action.key)
            assert isinstance(seat.app.screen, InstructionsScreen)
            assert f"{action.title} by hand" in seat.words
            await seat.press("escape")
    assert wire.writes == []
