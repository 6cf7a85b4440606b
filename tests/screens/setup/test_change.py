"""Changing a connector: it begins at what is set in each step, and is saved once what was changed is proved."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest
from msgspec.structs import replace
from textual import events

from tests.conftest import ORIGIN, token_of
from tests.screens.setup.wizard import Bench
from tests.screens.support import NARROW, SMALL, WIDE
from tui.desk.connectors import profiles, settings
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.connectors.profiles import Profile, SignIn
from tui.desk.connectors.secrets import Keep, Secret, SecretPlace, store
from tui.desk.proof import store as proofs
from tui.okta.policy import USUAL, Mode

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org


@pytest.fixture
def bench(wire: Line, clock: FakeClock, home: Path) -> Bench:
    return Bench(wire, clock, home)


@pytest.fixture
def profile(org: Org, home: Path) -> Profile:
    """A read-only connector with an API token in a file."""
    place = SecretPlace(Keep.FILE, str(home / "acme.token"))
    store(place, Secret(token_of(org)))
    made = Profile("Acme", parse_address(ORIGIN), SignIn(SignInKind.API_TOKEN, place), colour="teal")
    profiles.save(settings.places().connectors, made)
    return made


def stored() -> Profile:
    return profiles.load(settings.places().connectors).profiles[0]


async def test_it_opens_on_what_is_set_and_a_digit_opens_the_step(bench: Bench, profile: Profile, wire: Line) -> None:
    async with bench.admin(WIDE, profile=profile) as admin:
        for size in (WIDE, NARROW, SMALL):
            await admin.resize(*size)
            assert admin.step == 7, size
            assert "1 Name Acme · teal" in admin.words, size
            assert "3 Capabilities READ-ONLY i makes it read and write" in admin.words, size
            assert "4 Sign-in API token" in admin.words, size
        await admin.resize(*NARROW)
        for number in range(1, 6):
            await admin.press(str(number))
            assert admin.step == number
            assert "in seven steps" not in admin.words  # who changes one was greeted when it was made
            await admin.press("escape")
            assert admin.step == 7
            assert admin.focused == "summary"
        await admin.press("down", "enter")
        assert admin.step == 2
        await admin.press("escape", "escape")
        assert admin.app.outcome is None
    assert "draft-acme.json" not in bench.files()
    assert wire.sent == []


async def test_the_mode_is_one_key_with_its_proof_and_another_one_saves(
    bench: Bench, profile: Profile, wire: Line
) -> None:
    async with bench.admin(profile=profile) as admin:
        await admin.press("i")
        assert admin.step == 7
        assert "READ-WRITE" in admin.lines[0]
        assert "Read and write: all that can be proved without writing works" in admin.words
        assert "changed" in admin.line("READ AND WRITE")
        assert stored().mode is Mode.READ_ONLY
        asked = len(wire.sent)
        assert asked
        await admin.press("ctrl+s")
        assert len(wire.sent) == asked  # it was proved just now
    assert stored() == replace(profile, mode=Mode.READ_WRITE)
    proof = proofs.recall(settings.places().proofs, stored())
    assert proof is not None
    assert proof.works


async def test_tab_and_one_arrow_is_read_and_write_and_it_is_saved_so(bench: Bench, profile: Profile) -> None:
    async with bench.admin(profile=profile) as admin:
        await admin.press("3", "tab", "down")
        assert "● Read and write" in admin.text
        await admin.press("shift+tab", "ctrl+s")
    assert stored().mode is Mode.READ_WRITE


async def test_what_does_not_work_is_shown_before_it_is_saved_as_it_is(
    bench: Bench, profile: Profile, org: Org
) -> None:
    store(SecretPlace(Keep.FILE, str(bench.home / "acme.token")), Secret(token_of(org, "revoked")), replace=True)
    async with bench.admin(profile=profile) as admin:
        await admin.press("i")
        assert admin.step == 6
        assert "Not all that is switched on works" in admin.words
        assert "Copy it again, or make another one in Okta, and type it in its field." in admin.words
        assert "keydesk connectors" not in admin.words  # a command for somewhere else
        await admin.press("escape", "ctrl+s")  # proved already, if not as wished
    assert stored().mode is Mode.READ_WRITE


async def test_looks_and_words_need_no_proof_and_a_new_name_keeps_the_old_one(
    bench: Bench, profile: Profile, wire: Line
) -> None:
    async with bench.admin(profile=profile) as admin:
        await admin.press("i", "i", "1")
        assert admin.step == 1
        await admin.press("end", "space", "E", "U", "ctrl+n")
        assert "1 Name Acme EU · teal changed" in admin.words
        asked = len(wire.sent)
        await admin.press("ctrl+s")
        assert len(wire.sent) == asked
    assert stored().name == "Acme EU"
    assert stored().mode is Mode.READ_ONLY


async def test_what_is_missing_is_said_in_its_line_and_at_its_field(bench: Bench, profile: Profile, wire: Line) -> None:
    async with bench.admin(WIDE, profile=profile) as admin:
        await admin.press("4", "up", "escape")
        assert "The client id is missing" in admin.words
        await admin.press("ctrl+s")
        assert admin.step in {4, 5}
        assert "The client id is missing" in admin.words
    assert wire.sent == []
    assert stored() == profile


async def test_a_change_that_is_left_is_a_draft_and_goes_on_at_what_is_set(bench: Bench, profile: Profile) -> None:
    async with bench.admin(profile=profile) as admin:
        await admin.press("1", "end", "space", "2", "escape", "escape")
    assert stored() == profile
    async with bench.admin(profile=profile) as admin:
        assert "half-done" in admin.text
        await admin.press("enter")
        assert admin.step == 7
        assert "Acme 2 · teal" in admin.words


async def test_an_error_goes_when_its_cause_is_corrected_elsewhere(bench: Bench) -> None:
    async with bench.admin(WIDE) as admin:
        await admin.at_org()
        await admin.press(*["space", "down"] * len(USUAL), "ctrl+n")
        assert "Nothing is switched on" in admin.words
        await admin.press("down", "space")
        assert "Nothing is switched on" not in admin.words


async def test_an_answer_about_the_address_before_is_not_shown_under_the_new_one(bench: Bench, wire: Line) -> None:
    asked, answered = asyncio.Event(), asyncio.Event()

    async def watch(request: httpx.Request) -> httpx.Response | None:
        asked.set()
        await answered.wait()
        raise httpx.ConnectError("nobody there")

    async with bench.admin() as admin:
        await admin.named()
        await admin.paste(ORIGIN.replace(":9", ":7"))
        wire.watch = watch
        await admin.hit("enter")
        await admin.until(asked.is_set)
        await admin.hit("backspace")
        admin.app._driver.send_message(events.Paste("9"))  # type: ignore[union-attr]
        await admin.turn()
        answered.set()
        await admin.rest()
        assert f"{ORIGIN} " in admin.text
        assert "✗" not in admin.text
        assert "changed while it was asked about" in admin.words
        wire.watch = None
        await admin.press("enter")
        assert "This is an Okta org" in admin.words
