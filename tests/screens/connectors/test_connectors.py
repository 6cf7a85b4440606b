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
from widgets.rows import Rows
from widgets.setup.findings import Findings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import FakeClock


@pytest.fixture
def office(clock: FakeClock, home: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    made = Office(clock, home)
    made.through(monkeypatch)
    return made


async def test_one_key_switches_live_and_nothing_of_the_org_before_is_left(office: Office) -> None:
    office.keep("Acme", FIRST)
    office.keep("Acme test", SECOND, colour="teal", mode=Mode.READ_ONLY)
    async with office.seated() as seat:
        await seat.look_up("ann.lee")
        await seat.press("enter")
        assert "127.0.0.1:9" in seat.lines[0]
        before = seat.app.session
        stacks = set(seat.app._screen_stacks) - {"_default"}
        await seat.press("f6", "f6")
        assert "READ-ONLY" in seat.lines[0]
        assert "Acme test" in seat.lines[0]
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


async def test_the_screen_stays_the_same_one(office: Office) -> None:
    office.keep("Acme", FIRST)
    office.keep("Acme test", SECOND)
    async with office.seated() as seat:
        await seat.press("f5", "slash", *"qqzz", "enter")
        assert "Nothing here is like that. esc clears the filter." in seat.words
        await seat.press("escape", "slash", *"test", "enter")
        assert [row.name for row in seat.one("#connectors", Rows).rows] == ["Acme test"]
        await seat.press("escape")
        assert len(seat.one("#connectors", Rows).rows) == 2
        await seat.press("f3", "f6", "slash", *"test", "enter", "enter")
        assert "Acme test" in seat.lines[0]
        assert "locked out" in seat.text


async def test_alone_there_is_nothing_to_switch_to(office: Office) -> None:
    office.keep("Acme", FIRST)
    async with office.seated() as seat:
        await seat.press("f6")
        assert "There is no other connector" in seat.text


async def test_behind_a_dialog_nothing_is_switched(office: Office) -> None:
    office.keep("Acme", FIRST)
    office.keep("Acme test", SECOND)
    async with office.seated() as seat:
        await seat.look_up("ann.lee")
        await seat.press("enter", "u", "f6")
        assert "Acme test" not in seat.lines[0]
        assert len(seat.app.screen_stack) == 2


async def test_a_secret_that_cannot_be_had_leaves_the_agent_where_they_are(office: Office, home: Path) -> None:
    office.keep("Acme", FIRST)
    office.keep("Acme test", SECOND)
    (home / "secrets" / "Acme test.token").unlink()
    async with office.seated() as seat:
        await seat.look_up("ann.lee")
        await seat.press("escape", "f6", "f6")
        assert "cannot be read" in seat.words
        assert "ann.lee" in seat.text
        assert "127.0.0.1:9" in seat.lines[0]


@pytest.mark.parametrize("size", SIZES)
async def test_the_list_shows_all_and_switches(office: Office, size: tuple[int, int]) -> None:
    office.keep("Acme", FIRST, colour="red", production=True)
    office.keep("Acme test", SECOND)
    async with office.seated(size) as seat:
        await seat.press("f5")
        assert "▸ ●  Acme · PRODUCTION   READ-WRITE" in seat.text
        assert "PRODUCTION" in seat.lines[0]
        await seat.press("down", "enter")
        assert "127.0.0.1:10" in seat.lines[0]
        assert "PRODUCTION" not in seat.lines[0]


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


async def test_another_connector_is_checked_without_switching(office: Office) -> None:
    office.keep("Acme", FIRST)
    office.keep("Acme test", SECOND)
    async with office.seated() as seat:
        await seat.press("f5", "down", "r")
        assert "Acme test: all that can be proved without writing works" in seat.words
        assert "127.0.0.1:9" in seat.lines[0]
        assert office.wires[SECOND].sent


async def test_the_default_is_chosen_here_too(office: Office, home: Path) -> None:
    office.keep("Acme", FIRST)
    office.keep("Acme test", SECOND)
    async with office.seated() as seat:
        await seat.press("f5", "down", "ctrl+d")
        assert "keydesk starts with Acme test" in seat.words
    assert profiles.load(home / "connectors.toml").default == "Acme test"


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


async def test_the_menu_says_what_each_connector_is_and_one_key_chooses(office: Office) -> None:
    office.keep("Acme", FIRST)
    office.keep("Live", SECOND, colour="red", production=True)
    office.keep("Third", SECOND, mode=Mode.READ_ONLY)
    for size in (*SIZES, SMALL):
        async with office.seated(size) as seat:
            await seat.press("f6")
            assert "READ-WRITE" in seat.line("2     Live · PRODUCTION ")
            assert "READ-ONLY" in seat.line("3     Third ")
            await seat.press("escape")
            assert "Acme" in seat.lines[0]
            await seat.press("f6", "3")
            assert "Third" in seat.lines[0]


async def test_the_text_of_the_box_goes_along_and_is_sent_only_when_it_is_asked_for(office: Office) -> None:
    office.keep("Acme", FIRST)
    office.keep("Beta", SECOND)
    async with office.seated() as seat:
        await seat.look_up("bob.martin")
        await seat.press("f3", "f6", "f6")
        assert "Beta" in seat.lines[0]
        sent = [str(request.url) for request in office.wires[SECOND].sent]
        await seat.press("f2")
        assert seat.one("#query", Input).value == "bob.martin"
        assert "Enter looks for this here." in seat.words
        assert not [url for url in sent if "martin" in url]
        await seat.press("enter")
        assert "Bob Martin" in seat.text
        assert [request for request in office.wires[SECOND].sent if "martin" in str(request.url)]


async def test_a_file_broken_meanwhile_is_named_and_nothing_breaks(office: Office, home: Path) -> None:
    office.keep("Acme", FIRST)
    async with office.seated() as seat:
        (home / "connectors.toml").write_text("x = [\n")
        await seat.press("f5")
        assert "connectors.toml, line" in seat.words
        await seat.press("f6")
        assert "connectors.toml, line" in seat.words


async def test_a_new_token_is_given_on_a_screen_and_shown_nowhere(office: Office, home: Path) -> None:
    office.keep("Acme", FIRST)
    new = token_of(office.orgs[FIRST], "org")
    async with office.seated(NARROW) as seat:
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


async def test_a_read_only_connector_asks_for_read_scopes_only_and_a_flag_narrows_it_too(office: Office) -> None:
    office.keep_app("Acme", FIRST, "keydesk")
    async with office.seated(read_only=True) as seat:
        await seat.look_up("ann.lee")
        await seat.press("enter")
    forms = [parse_qs(r.content.decode()) for r in office.wires[FIRST].sent if r.url.path == "/oauth2/v1/token"]
    assert forms
    assert all(scope.endswith(".read") for form in forms for scope in form["scope"][0].split())


async def test_a_warm_start_signs_in_with_one_request(office: Office) -> None:
    office.keep_app("Acme", FIRST, "keydesk")
    counts = []
    for _ in range(2):
        sent = office.wires[FIRST].sent
        before = len(sent)
        async with office.seated() as seat:
            await seat.look_up("ann.lee")
        counts.append(sum(r.url.path == "/oauth2/v1/token" for r in sent[before:]))
    assert counts == [3, 1]  # proof required, nonce wanted, token; then the nonce is known


async def test_a_person_of_another_org_is_not_looked_for_here(office: Office) -> None:
    office.keep("Acme", FIRST)
    office.keep("Acme test", SECOND)
    async with office.seated() as seat:
        await seat.look_up("ann.lee")
        await seat.press("enter", "u")
        await seat.press("enter")
        await seat.press("f4", "f6", "f6")
        assert "127.0.0.1:10" in seat.lines[0]
        sent = len(office.wires[SECOND].sent)
        await seat.press("ctrl+l")
        assert "belongs to another org" in seat.words
        assert len(office.wires[SECOND].sent) == sent


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


async def test_a_connector_can_be_copied_and_holds_no_secret(office: Office) -> None:
    office.keep("Acme", FIRST)
    async with office.seated() as seat:
        await seat.press("f5", "c")
        assert "The connector" in seat.words
        assert "Signs in" in seat.app.clipboard
        assert token_of(office.orgs[FIRST], "org") not in seat.app.clipboard
