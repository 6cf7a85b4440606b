"""Connectors in the app: switched live with nothing left of the one before, checked, made the default."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from textual.widgets import Input

from tests.conftest import token_of
from tests.screens.connectors.offices import FIRST, SECOND, Office
from tests.screens.support import NARROW, SIZES, SMALL, WIDE
from tui.desk.connectors import profiles, secrets
from tui.okta.policy import Capability, Mode
from tui.switchboard import Switchboard
from widgets.rows import Rows
from widgets.setup.findings import Findings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import FakeClock
    from tests.screens.support import Seat


@pytest.fixture
def office(clock: FakeClock, home: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    made = Office(clock, home)
    made.through(monkeypatch)
    return made


async def one_key_switches_live_and_nothing_of_the_org_before_is_left(seat: Seat, office: Office) -> None:
    await seat.look_up("ann.lee")
    await seat.press("enter")
    assert "127.0.0.1:9" in seat.lines[0]
    before = seat.app.session
    stacks = set(seat.app._screen_stacks) - {"_default"}
    await seat.press("f6", "f6")
    assert "READ-ONLY" in seat.lines[0]
    assert "Beta" in seat.lines[0]
    assert "127.0.0.1:10" in seat.lines[0]
    assert "Ann Lee" not in seat.text
    assert before.client._http is None or before.client._http.is_closed
    assert not stacks & set(seat.app._screen_stacks)
    sent = len(office.wires[FIRST].sent)
    await seat.look_up("bob.martin")
    assert "bob.martin" in seat.text
    assert len(office.wires[FIRST].sent) == sent
    await seat.press("escape", "f6", "f6")
    assert "127.0.0.1:9" in seat.lines[0]


async def behind_a_dialog_nothing_is_switched(seat: Seat) -> None:
    await seat.look_up("ann.lee")
    await seat.press("enter", "u", "f6")
    assert "Beta" not in seat.lines[0]
    assert len(seat.app.screen_stack) == 2


async def a_person_of_another_org_is_not_looked_for_here(seat: Seat, office: Office) -> None:
    await seat.press("enter", "f4", "f6", "f6")
    assert "127.0.0.1:10" in seat.lines[0]
    sent = len(office.wires[SECOND].sent)
    await seat.press("ctrl+l")
    assert "belongs to another org" in seat.words
    assert len(office.wires[SECOND].sent) == sent
    await seat.press("f2")


async def another_connector_is_checked_without_switching_and_copied_and_the_default_is_chosen(
    seat: Seat, office: Office
) -> None:
    office.wires[FIRST].sent.clear()
    await seat.press("f5", "home", "r")
    assert "Acme: all that can be proved without writing works" in seat.words
    assert "127.0.0.1:10" in seat.lines[0]
    assert office.wires[FIRST].sent
    await seat.press("c")
    assert "The connector" in seat.words
    assert "Signs in" in seat.app.clipboard
    assert token_of(office.orgs[FIRST], "super") not in seat.app.clipboard
    await seat.press("down", "ctrl+d")
    assert "keydesk starts with Beta" in seat.words
    assert profiles.load(office.home / "connectors.toml").default == "Beta"


async def the_screen_stays_and_the_text_of_the_box_is_sent_only_when_it_is_asked_for(
    seat: Seat, office: Office
) -> None:
    await seat.press("f2")
    await seat.look_up("bob.martin")
    await seat.press("f5", "slash", *"qqzz", "enter")
    assert "Nothing here is like that. esc clears the filter." in seat.words
    await seat.press("escape", "slash", *"acme", "enter")
    assert [row.name for row in seat.one("#connectors", Rows).rows] == ["Acme"]
    await seat.press("escape")
    assert len(seat.one("#connectors", Rows).rows) == 2
    wire = office.wires[FIRST]
    wire.sent.clear()
    await seat.press("f3", "f6", "slash", *"acme", "enter", "enter")
    assert "Acme" in seat.lines[0]
    assert "locked out" in seat.text
    await seat.press("f2")
    assert seat.one("#query", Input).value == "bob.martin"
    assert "Enter looks for this here." in seat.words
    assert not [request for request in wire.sent if "martin" in str(request.url)]
    await seat.press("enter")
    assert "Bob Martin" in seat.text
    assert [request for request in wire.sent if "martin" in str(request.url)]


async def a_secret_that_cannot_be_had_leaves_the_agent_where_they_are(seat: Seat, office: Office) -> None:
    (office.home / "secrets" / "Beta.token").unlink()
    await seat.look_up("ann.lee")
    await seat.press("escape", "f6", "f6")
    assert "cannot be read" in seat.words
    assert "ann.lee" in seat.text
    assert "127.0.0.1:9" in seat.lines[0]


async def a_file_broken_meanwhile_is_named_and_nothing_breaks(seat: Seat, office: Office) -> None:
    (office.home / "connectors.toml").write_text("x = [\n")
    for key in ("f5", "f6"):
        await seat.press("escape", key)
        assert "connectors.toml, line" in seat.words


async def test_between_two_connectors(office: Office) -> None:
    office.keep("Acme", FIRST)
    office.keep("Beta", SECOND, colour="teal", mode=Mode.READ_ONLY)
    async with office.seated() as seat:
        await one_key_switches_live_and_nothing_of_the_org_before_is_left(seat, office)
        await behind_a_dialog_nothing_is_switched(seat)
        await a_person_of_another_org_is_not_looked_for_here(seat, office)
        await another_connector_is_checked_without_switching_and_copied_and_the_default_is_chosen(seat, office)
        await the_screen_stays_and_the_text_of_the_box_is_sent_only_when_it_is_asked_for(seat, office)
        await a_secret_that_cannot_be_had_leaves_the_agent_where_they_are(seat, office)
        await a_file_broken_meanwhile_is_named_and_nothing_breaks(seat, office)


async def test_a_check_shows_each_step_and_greys_what_would_be_refused(office: Office) -> None:
    office.keep_app("Acme", FIRST, "service-readonly")
    async with office.seated() as seat:
        await seat.press("f5", "r")
        steps = [line.text for line in seat.app.screen.query_one(Findings).lines]
        assert "People: GET /api/v1/users?limit=1" in steps
        assert "not all that is switched on works" in seat.words
        assert "okta.users.manage" in seat.words
        assert set(office.wires[FIRST].writes) == {"POST /oauth2/v1/token"}
        await seat.press("f2")
        await seat.look_up("ann.lee")
        await seat.press("enter")
        assert "By hand (lacks the scope okta.users.manage)" in seat.words
        await seat.press("u")
        assert "by hand" in seat.words
        assert set(office.wires[FIRST].writes) == {"POST /oauth2/v1/token"}
    async with office.seated() as seat:  # and so it is at the next start
        assert "unlock" in seat.app.session.denied


async def test_a_proof_made_in_the_wizard_counts_for_a_connector_that_is_not_in_use(office: Office) -> None:
    office.keep("Acme", FIRST)
    office.keep("Beta", SECOND, mode=Mode.READ_ONLY)
    async with office.seated() as seat:
        await seat.press("f5", "down")
        assert "never" in seat.line("▸    Beta ")
        assert "not checked" in seat.text
        await seat.press("ctrl+e", "i", "ctrl+s")
        assert "Beta is set up" in seat.words
        assert "✓ just now" in seat.line("▸    Beta ")
    async with office.seated() as seat:
        await seat.press("f5")
        assert "never" in seat.line("▸ ●  Acme ")
        await seat.press("down")
        assert "✓ just now" in seat.line("▸    Beta ")
        await seat.press("ctrl+e", "1", "end", "2", "escape", "escape")
        assert "The change of Beta is not saved" in seat.words


async def test_menu_and_list_say_what_each_connector_is_and_one_key_chooses(office: Office) -> None:
    office.keep("Acme", FIRST)
    office.keep("Live", SECOND, colour="red", production=True)
    office.keep("Third", SECOND, mode=Mode.READ_ONLY)
    async with office.seated() as seat:
        for size in (*SIZES, SMALL):
            await seat.resize(*size)
            await seat.press("f6")
            assert "READ-WRITE" in seat.line("2     Live · PRODUCTION "), size
            assert "READ-ONLY" in seat.line("3     Third "), size
            await seat.press("escape")
            assert "Acme" in seat.lines[0], size
        await seat.press("f6", "3")
        assert "Third" in seat.lines[0]
        await seat.press("f6", "1", "f5", "home", "down")
        for size in SIZES:
            await seat.resize(*size)
            assert "▸    Live · PRODUCTION   READ-WRITE" in seat.text, size
            assert "PRODUCTION" not in seat.lines[0], size
        await seat.press("enter")
        for size in SIZES:
            await seat.resize(*size)
            assert "127.0.0.1:10" in seat.lines[0], size
            assert "PRODUCTION" in seat.lines[0], size


async def test_alone_there_is_nothing_to_switch_to_and_a_new_token_is_given_on_a_screen_and_shown_nowhere(
    office: Office, home: Path
) -> None:
    office.keep("Acme", FIRST)
    new = token_of(office.orgs[FIRST], "org")
    async with office.seated(NARROW) as seat:
        await seat.press("f6")
        assert "There is no other connector" in seat.text
        await seat.press("f5", "ctrl+r")
        assert "A new API token for Acme" in seat.text
        await seat.type("00wrong")
        await seat.press("enter")
        assert "does not accept" in seat.words
        await seat.press("ctrl+u")
        await seat.type(new)
        assert new not in seat.app.export_screenshot()
        await seat.press("enter")
        assert "Acme has a new token" in seat.words
        await seat.press("f2")
        await seat.look_up("ann.lee")  # with the new one: the connector was opened anew
        assert office.wires[FIRST].sent[-1].headers["authorization"] == f"SSWS {new}"
    place = profiles.load(home / "connectors.toml").profiles[0].sign_in.secret
    assert place is not None
    assert secrets.fetch(place).reveal() == new
    assert [path.name for path in (home / "secrets").iterdir()] == [place.where.rpartition("/")[2]]


async def test_what_is_switched_off_says_so_and_is_not_asked_for(office: Office) -> None:
    off = frozenset(Capability) - {Capability.LOCKOUTS, Capability.IDENTIFY}
    office.keep("Acme", FIRST, capabilities=off)
    async with office.seated(WIDE) as seat:
        await seat.look_up("ann.lee")
        assert "Looking people up is switched off" in seat.words
        await seat.press("escape", "f3")
        assert "The lockout list is switched off" in seat.words
        assert office.wires[FIRST].sent == []


def token_requests(office: Office) -> list[dict[str, list[str]]]:
    """The forms of all requests for a token so far."""
    return [parse_qs(r.content.decode()) for r in office.wires[FIRST].sent if r.url.path == "/oauth2/v1/token"]


async def look_up(office: Office, *, read_only: bool = False) -> None:
    """What the app does at a start and a search, without the app."""
    session = Switchboard(read_only=read_only).open()
    assert [found async for found in session.search("ann.lee").run()]
    await session.client.aclose()
    session.ledger.close()


async def test_a_read_only_connector_asks_for_read_scopes_only_and_a_flag_narrows_it_too(office: Office) -> None:
    office.keep_app("Acme", FIRST, "keydesk")
    await look_up(office, read_only=True)
    forms = token_requests(office)
    assert forms
    assert all(scope.endswith(".read") for form in forms for scope in form["scope"][0].split())


async def test_a_warm_start_signs_in_with_one_request(office: Office) -> None:
    office.keep_app("Acme", FIRST, "keydesk")
    counts = []
    for _ in range(2):
        before = len(token_requests(office))
        await look_up(office)
        counts.append(len(token_requests(office)) - before)
    assert counts == [3, 1]  # proof required, nonce wanted, token; then the nonce is known


async def test_a_start_in_production_is_told_and_a_switch_to_it_asked_about(office: Office) -> None:
    office.keep("A test", FIRST, mode=Mode.READ_ONLY)
    office.keep("Live", SECOND, colour="red", production=True)
    async with office.seated(last="Live") as seat:
        assert "Live is PRODUCTION, and changes are possible: you left keydesk there" in seat.words
        assert "F6 switches to A test, your default." in seat.words
        await seat.press(*"ann")  # no key answers it, and whoever works on reads it no more
        assert "PRODUCTION, and" not in seat.words
        assert "Live" in seat.lines[0]
        await seat.press("f6", "1")
        for answer, there in (("escape", "A test"), ("y", "Live")):
            await seat.press("escape", "f6")
            await seat.hit("f6")
            await seat.until(lambda: "Live is production (127.0.0.1:10)" in seat.words)
            await seat.hit("enter")  # a key typed ahead answers nothing
            assert "Until now you only read." in seat.words
            await seat.press(answer)
            assert there in seat.lines[0]
        await seat.press("f6", "1")
        assert "A test" in seat.lines[0]  # to reading nothing is asked
