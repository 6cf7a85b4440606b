"""Software by groups only, on the screen: groups are found, held, given and taken; no app is shown or asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from screens.software.software import SoftwareScreen
from tests.desk.support import by_groups_session, user_id
from tests.screens.software.test_software import at_software, confirm, path, wish
from tests.screens.support import SIZES
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org

BY_GROUPS = "This connector gives software by groups only; no app is read or changed."


@pytest.mark.parametrize("size", SIZES)
async def test_groups_are_found_and_given_and_no_app_is_asked_for(
    desk: Desk, org: Org, wire: Line, size: tuple[int, int]
) -> None:
    session = by_groups_session(desk)
    async with at_software(session, org, size, "bob.martin") as seat:
        assert "group that gives it" in seat.text
        assert BY_GROUPS in seat.words
        assert "Not known" not in seat.text
        await wish(seat, "figma")
        assert "Figma Editors" in seat.line("▸ ")
        assert "Gives 1 app; which is not asked: this connector gives software by groups only." in seat.words
        assert "directly" not in seat.text
        screen = seat.app.screen
        assert isinstance(screen, SoftwareScreen)
        commands = [command.title for command in screen.palette_commands()]
        assert [title for title in commands if "Figma" in title] == ["Add to the group Figma Editors: Bob Martin"]
        await seat.press("enter")
        await confirm(seat)
        assert "✓ They are in it." in seat.words
        assert "✓ is in it" in seat.text
    assert wire.writes == [f"PUT {path(org, 'Figma Editors')}/users/{user_id(org, 'bob.martin')}"]
    asked = [story for story in wire.story if "/apps" in story]
    assert asked == []


@pytest.mark.parametrize("size", SIZES)
async def test_a_person_has_groups_and_leaves_one(desk: Desk, org: Org, wire: Line, size: tuple[int, int]) -> None:
    org.groups.add(org.groups.named("Figma Editors"), org.people.named("bob.martin"), desk.clock.time())
    async with at_software(by_groups_session(desk), org, size, "bob.martin") as seat:
        assert "Figma Editors" in seat.text
        assert "✓ is in it" in seat.text
        await wish(seat, "figma editors")
        await seat.press("1")
        await confirm(seat, reason="moved")
        assert "They are not in it." in seat.words
    assert [write.split()[0] for write in wire.writes] == ["DELETE"]
    assert not any("/apps" in story for story in wire.story)


async def test_what_matches_no_group_is_said_to_be_no_group(desk: Desk, org: Org, wire: Line) -> None:
    async with at_software(by_groups_session(desk, Mode.READ_ONLY), org) as seat:
        await wish(seat, "no such thing")
        assert "No group matches. Try another part of the name." in seat.words
        assert BY_GROUPS in seat.words
    assert not any("/apps" in story for story in wire.story)
