"""The table of keys: no letter does one thing here and another there, and a person's letters work wherever one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.act.confirm import ConfirmScreen
from screens.act.person_keys import PersonKeys
from screens.key_table import EVERYWHERE, LISTS, PERSON, WANTS_SHIFT, may_run
from screens.notices.notice import NoticeScreen
from screens.why.why import WhyScreen
from tests.screens.support import NARROW, seated
from tui.commands.keys import key_tables
from tui.desk.actions.catalogue import ON_THE_CARD, UNLOCK
from tui.desk.actions.grammar import Danger
from tui.desk.ledger.entry import Intent, Outcome

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.screens.support import Seat
    from tui.demo.org import Org
    from tui.desk.session import Session

NAMES = {"/": "slash", "?": "question_mark", "=": "equals_sign"}


def test_no_letter_of_the_table_does_anything_else_on_any_screen_dialog_or_part() -> None:
    tables = key_tables()
    assert len(tables) > 30
    for table in tables:
        for bound in table.bindings if table.name != "Welcome" else ():  # there is no desk yet
            for key in bound.keys:
                assert may_run(NAMES.get(key, key), bound.action), (table.name, key, bound.action)


def test_the_table_is_that_of_the_catalogue_and_what_has_no_way_back_wants_shift() -> None:
    letters = {"u", "p", "l", "t", "e", "a", "M", "f", "s", "S", "U", "T", "C", "D", "g", "n", "w", "equals_sign"}
    assert letters == set(PERSON)
    assert {"slash", "o", "x", "b", "h", "v"} <= set(LISTS)
    assert {"c", "y", "r", "question_mark"} <= set(EVERYWHERE)
    for action in ON_THE_CARD:
        assert action.key.isupper() or action.danger is not Danger.DESTRUCTIVE
    assert WANTS_SHIFT == {"m": "M"}  # a letter of its own never says that it wants Shift
    assert not may_run("s", "sort")
    assert not may_run("m", "act('reset-mfa')")
    assert may_run("z", "pause")


def noted(session: Session, org: Org, login: str) -> None:
    person = org.people.named(login)
    intent = Intent(
        UNLOCK.id, UNLOCK.title, "demo", session.connector.org.origin, person.id, person.login, "", "LOCKED_OUT", (),
        "", "", "tess", "",
    )  # fmt: skip
    session.ledger.outcome(session.ledger.intend(intent).entry, Outcome.DONE)


def in_front(seat: Seat) -> type[object]:
    return type(seat.app.screen)


async def every_screen_with_people_has_all_letters_of_a_person(seat: Seat) -> None:
    for opens in (("f2",), ("f3",), ("f4",), ("f7",), ("f8",), ("f3", "w")):
        await seat.press(*opens)
        screen = seat.app.screen
        assert isinstance(screen, PersonKeys), opens
        bound = screen._bindings.key_to_bindings
        for key, action in PERSON.items():
            assert action in [binding.action for binding in bound[key]], (opens, key)


async def the_small_letter_says_what_to_press_and_opens_nothing(seat: Seat) -> None:
    await seat.press("m")
    assert "press M, with Shift" in seat.words
    await seat.press("M")
    assert isinstance(seat.app.screen, ConfirmScreen)
    await seat.press("escape")


async def the_ledgers_person_has_their_letters(seat: Seat) -> None:
    await seat.press("f4", "w")
    assert in_front(seat) is WhyScreen
    assert "Ann Lee" in seat.text
    await seat.press("escape", "n")
    assert in_front(seat) is NoticeScreen
    await seat.press("escape", "u")
    assert in_front(seat) is ConfirmScreen
    assert "ann.lee@acme.example" in seat.words
    await seat.press("escape")


async def after_an_unlock_from_the_list_c_copies_the_ticket_text_then_the_lockout(seat: Seat) -> None:
    await seat.press("f3", "slash", *"milo", "enter")
    await seat.press("c")
    assert "The lockout" in seat.words
    assert "Milo" in seat.app.clipboard
    await seat.press("u", *"storm", "enter")
    assert "Unlock: done" in seat.words
    await seat.press("c")
    assert "storm" in seat.app.clipboard


async def test_a_persons_letters_wherever_one_is(desk: Desk, org: Org) -> None:
    session = desk.session()
    noted(session, org, "ann.lee")
    async with seated(session, NARROW) as seat:
        await every_screen_with_people_has_all_letters_of_a_person(seat)
        await seat.press("escape")
        await the_small_letter_says_what_to_press_and_opens_nothing(seat)
        await the_ledgers_person_has_their_letters(seat)
        await seat.press("f2")
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter")
        await the_small_letter_says_what_to_press_and_opens_nothing(seat)
        await after_an_unlock_from_the_list_c_copies_the_ticket_text_then_the_lockout(seat)
        await seat.press("f7", "r", "c")
        assert "expires" in seat.app.clipboard
