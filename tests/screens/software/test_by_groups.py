"""Software by groups only, on the screen: groups are found, held, given and taken; no app is shown or asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.software.software import SoftwareScreen
from tests.desk.support import by_groups_session, user_id
from tests.screens.software.test_software import at_software, confirm, path, wish
from tests.screens.support import NARROW, WIDE

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org

BY_GROUPS = "This connector gives software by groups only; no app is read or changed."


async def test_groups_are_found_given_and_taken_and_no_app_is_asked_for(desk: Desk, org: Org, wire: Line) -> None:
    org.groups.add(org.groups.named("Jira Users"), org.people.named("bob.martin"), desk.clock.time())
    session = by_groups_session(desk)
    async with at_software(session, org, NARROW, "bob.martin") as seat:
        assert "group that gives it" in seat.text
        assert "Jira Users" in seat.text
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
        await seat.resize(*WIDE)
        assert "Gives 1 app; which is not asked: this connector gives software by groups only." in seat.words
        assert "directly" not in seat.text
        await seat.press("enter")
        await confirm(seat)
        assert "✓ They are in it." in seat.words
        assert "✓ is in it" in seat.text
        assert wire.writes == [f"PUT {path(org, 'Figma Editors')}/users/{user_id(org, 'bob.martin')}"]
        await wish(seat, "no such thing")
        assert "No group matches. Try another part of the name." in seat.words
        assert BY_GROUPS in seat.words
        await seat.resize(*NARROW)
        await wish(seat, "jira users")
        assert "✓ is in it" in seat.text
        await seat.press("1")
        await confirm(seat, reason="moved")
        assert "They are not in it." in seat.words
    assert [write.split()[0] for write in wire.writes] == ["PUT", "DELETE"]
    asked = [story for story in wire.story if "/apps" in story]
    assert asked == []
