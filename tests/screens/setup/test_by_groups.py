"""A walk through the wizard for a connector that gives software by groups only, against the demo org."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.conftest import ORIGIN
from tests.screens.setup.test_tour import SEED, bench, tour  # noqa: F401 - fixtures
from tests.screens.support import WIDE
from tui.demo.admins.principals import GROUPS_ONLY, client_id
from tui.demo.base import client_keys
from tui.demo.base.ids import Ids
from tui.desk.connectors import profiles, settings
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.connectors.secrets import Keep, Secret, SecretPlace, store
from tui.desk.setup import form as setup
from tui.okta.policy import Capability, Mode, SoftwareBy
from tui.wiring import Tour
from widgets.choice import Choice
from widgets.tick_box import TickBox

if TYPE_CHECKING:
    from tests.conftest import Wire
    from tests.screens.setup.wizard import Admin, Bench

SMALL = frozenset({Capability.IDENTIFY, Capability.PROVISIONING})
# Step 3: all but looking people up and software off, software by groups only, read and write.
OFF = ("down", "space", "down", "space", "down", "down", "space", "down", "space", "down", "space", "down", "space")
CHOICES = (*OFF, "tab", "down", "tab", "down")


@pytest.fixture
def by_groups(tour: Tour) -> Tour:  # noqa: F811 - the fixture
    """The tour as the embedded org gives it, with the small service app."""
    key = Secret(client_keys.private_pem(SEED, GROUPS_ONLY, "ES256"))
    small = Tour(tour.org, client_id(Ids(SEED), GROUPS_ONLY), client_keys.key_id(SEED, GROUPS_ONLY), key)
    return replace(tour, by_groups=small)


async def at_choices(admin: Admin) -> None:
    """Steps 1 and 2 of a tour."""
    await admin.press("ctrl+t", "ctrl+n", "ctrl+t", "ctrl+n", "ctrl+n")
    assert admin.step == 3


async def test_the_walk_ends_green_with_group_rights_alone(
    bench: Bench,  # noqa: F811 - the fixture
    by_groups: Tour,
    wire: Wire,
) -> None:
    async with bench.admin(WIDE, tour=by_groups) as admin:
        await at_choices(admin)
        assert "How software is given" in admin.text
        await admin.press("down", "down", "down", "space")
        assert "How software is given" not in admin.text  # it is asked only where it is given
        assert "By groups only" not in admin.text
        await admin.press("space")
        assert "How software is given" in admin.text
        await admin.press("up", "up", "up", *CHOICES)
        assert "A small custom role is enough for it." in admin.words
        await admin.press("ctrl+n", "ctrl+t", "ctrl+n")
        assert admin.step == 5
        told = " ".join(tick._text for tick in admin.app.screen.query(TickBox))
        assert "Grant okta.groups.manage." in told
        assert "okta.apps" not in told
        assert "“Manage group membership”" in told
        await admin.press("ctrl+n")
        assert admin.step == 6
        assert "All that can be proved without writing works" in admin.words
        assert "missing" not in admin.words
        await admin.press("ctrl+n")
        assert "by groups only; no app is read or changed" in admin.words
        await admin.press("ctrl+n")
    made = admin.app.outcome
    assert made is not None
    assert (made.software_by, made.mode, made.capabilities) == (SoftwareBy.GROUPS, Mode.READ_WRITE, SMALL)
    assert by_groups.by_groups is not None
    assert made.sign_in.client_id == by_groups.by_groups.client_id
    assert by_groups.key_of(made.sign_in.client_id) is by_groups.by_groups.private_key
    assert not any("/apps" in str(request.url) for request in wire.sent)


async def test_with_more_switched_on_the_tour_signs_in_as_the_app_that_can_do_it(by_groups: Tour) -> None:
    chosen = setup.Form(software_by=SoftwareBy.GROUPS, capabilities=tuple(SMALL))
    assert by_groups.inputs(chosen) is by_groups.by_groups
    assert by_groups.inputs(replace(chosen, capabilities=tuple(Capability))) is by_groups
    assert by_groups.inputs(replace(chosen, software_by=SoftwareBy.GROUPS_AND_APPS)) is by_groups
    assert by_groups.key_of(by_groups.client_id) is by_groups.private_key


async def test_a_change_shows_the_choice_and_keeps_another_one(bench: Bench, by_groups: Tour) -> None:  # noqa: F811
    small, places = by_groups.by_groups, settings.places()
    assert small is not None
    place = SecretPlace(Keep.FILE, str(bench.home / "acme.key"))
    store(place, small.private_key)
    sign_in = profiles.SignIn(SignInKind.PRIVATE_KEY_JWT, place, small.client_id, small.key_id)
    profile = profiles.Profile(
        "Acme", parse_address(ORIGIN), sign_in, capabilities=SMALL, software_by=SoftwareBy.GROUPS
    )
    profiles.save(places.connectors, profile)
    async with bench.admin(WIDE, profile=profile) as admin:
        await admin.press("3")
        assert admin.step == 3
        choice = next(choice for choice in admin.app.screen.query(Choice) if choice.field == "software_by")
        assert choice.value == SoftwareBy.GROUPS
        choice.focus()
        await admin.press("up", "ctrl+s")
        assert admin.step == 6
        assert "Not all that is switched on works" in admin.words
        await admin.press("ctrl+s")  # as it is
    assert profiles.load(places.connectors).profiles[0].software_by is SoftwareBy.GROUPS_AND_APPS


def test_the_choice_is_in_the_draft_and_an_odd_one_is_left_out() -> None:
    form = setup.Form(name="Acme", software_by=SoftwareBy.GROUPS)
    kept = setup.to_draft(form)
    assert kept["software_by"] == "groups"
    assert setup.from_draft(kept) == form
    assert setup.from_draft({**kept, "software_by": "mail"}).software_by == SoftwareBy.GROUPS_AND_APPS
