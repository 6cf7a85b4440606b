"""A whole walk as a service app against the demo org: the tour, which keeps nothing; and a change of a connector."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import ORIGIN
from tests.screens.setup.wizard import Bench
from tests.screens.support import ONE_SIZE_WIDE, WIDE
from tui.demo.admins.principals import MAIN, client_id
from tui.demo.base import client_keys
from tui.demo.base.ids import Ids
from tui.desk.connectors import profiles, settings
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.connectors.secrets import Keep, Secret, SecretPlace, store
from tui.okta.policy import Capability, Mode
from tui.wiring import Tour

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import FakeClock, Wire

SEED = 7


@pytest.fixture
def bench(wire: Wire, clock: FakeClock, home: Path) -> Bench:
    return Bench(wire, clock, home)


@pytest.fixture
def tour() -> Tour:
    pem = client_keys.private_pem(SEED, MAIN, "ES256")
    return Tour(parse_address(ORIGIN), client_id(Ids(SEED), MAIN), client_keys.key_id(SEED, MAIN), Secret(pem))


@pytest.mark.parametrize("size", ONE_SIZE_WIDE)
async def test_the_tour_fills_itself_in_proves_all_and_writes_nothing(
    bench: Bench, tour: Tour, size: tuple[int, int]
) -> None:
    inner = tour.private_key.reveal().splitlines()[1]
    async with bench.admin(size, tour=tour) as admin:
        await admin.press("ctrl+t", "ctrl+n", "ctrl+t", "ctrl+n", "ctrl+n", "ctrl+n", "ctrl+t", "ctrl+n", "ctrl+n")
        assert admin.step == 6
        assert "All that is switched on works" in admin.words
        assert inner not in admin.app.export_screenshot()
        await admin.press("ctrl+n")
        assert "nothing is written to disk" in admin.words
        await admin.press("ctrl+n")
    made = admin.app.outcome
    assert made is not None
    assert made.sign_in.client_id == tour.client_id
    assert bench.files() == {}


async def test_after_a_fault_f_leads_to_the_field_and_r_asks_again(bench: Bench, tour: Tour) -> None:
    async with bench.admin(tour=tour) as admin:
        await admin.press("ctrl+t", "ctrl+n", "ctrl+t", "ctrl+n", "ctrl+n", "ctrl+n", "ctrl+t", "ctrl+n")
        assert admin.step == 5
        await admin.press("shift+tab")
        await admin.clear()
        await admin.paste("no-such-kid")
        await admin.press("ctrl+n")
        assert admin.step == 6
        assert "Not all that is switched on works" in admin.words
        await admin.press("i")
        assert admin.step in {4, 5}
        assert tour.client_id in admin.app._wizard.walk.form.client_id


async def test_a_change_keeps_the_secret_where_it_is(bench: Bench, tour: Tour) -> None:
    places = settings.places()
    place = SecretPlace(Keep.FILE, str(bench.home / "acme.key"))
    store(place, tour.private_key)
    profile = profiles.Profile(
        "Acme",
        parse_address(ORIGIN),
        profiles.SignIn(SignInKind.PRIVATE_KEY_JWT, place, tour.client_id, tour.key_id),
        colour="teal",
        capabilities=frozenset({Capability.IDENTIFY, Capability.LOCKOUTS}),
    )
    profiles.save(places.connectors, profile)
    before = (bench.home / "acme.key").read_text()
    async with bench.admin(WIDE, profile=profile) as admin:
        await admin.press("1")
        await admin.clear()
        await admin.type("Acme EU")
        await admin.press("ctrl+n")
        assert "nothing was changed that needs one" in admin.words  # but its name
        await admin.press("ctrl+s")
    kept = profiles.load(places.connectors)
    assert [one.name for one in kept.profiles] == ["Acme EU"]
    assert kept.profiles[0].sign_in == profile.sign_in
    assert kept.profiles[0].capabilities == profile.capabilities
    assert kept.profiles[0].mode is Mode.READ_ONLY
    assert (bench.home / "acme.key").read_text() == before
