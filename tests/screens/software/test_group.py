"""Choosing one group, for whatever it is wanted."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from textual.widgets import Input

from screens.people.lookup import LookupScreen
from screens.software.group import GroupScreen
from tests.screens.support import NARROW, seated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org
    from tui.okta.models import Group


@asynccontextmanager
async def choosing(desk: Desk, chosen: list[Group], size: tuple[int, int] = NARROW) -> AsyncIterator[Seat]:
    """The app with the choice of a group open."""
    session = desk.session()
    async with seated(session, size) as seat:
        screen = GroupScreen(
            session, seat.app.person_changed, chosen.append, purpose="Add 12 people to a group", typing_pause=0.0
        )
        seat.app.push_screen(screen)
        await seat.rest()
        yield seat


async def look_for(seat: Seat, text: str) -> None:
    seat.one("#wish", Input).value = text
    await seat.rest()


async def test_a_group_is_handed_over_none_is_and_one_that_nobody_may_be_put_into_is_not_chosen(
    desk: Desk, org: Org, wire: Line
) -> None:
    chosen: list[Group] = []
    async with choosing(desk, chosen) as seat:
        assert "Add 12 people to a group" in seat.words
        assert "Type a part of its name." in seat.words
        for text, why in (
            ("dispatch", "its members come from a directory or an app"),
            ("desk admins", "it gives admin rights"),
        ):
            if seat.focused != "wish":
                await seat.press("slash")
            await look_for(seat, text)
            assert f"Cannot be chosen: {why}." in seat.words
            await seat.press("enter", "enter")
            assert isinstance(seat.app.screen, GroupScreen)
            assert f": {why}." in seat.words
            assert chosen == []
        await seat.press("slash")
        await look_for(seat, "jira")
        assert "Jira Users" in seat.text
        assert "Jira Agents" in seat.text
        assert not [path for path in wire.story if path.startswith("GET /api/v1/apps")]  # no app is asked for
        await look_for(seat, "group")
        assert "[bold red]Loud[/] Group" in seat.text  # a name that would steer a terminal is text
        assert "\x1b" not in seat.text
        await look_for(seat, "figma")
        assert "Gives: Figma" in seat.words
        assert "Members: 17" in seat.words
        await seat.press("enter", "enter")
        assert isinstance(seat.app.screen, LookupScreen)
    assert [group.id for group in chosen] == [org.groups.named("Figma Editors").id]
    assert wire.writes == []


async def test_escape_chooses_none(desk: Desk, org: Org) -> None:
    chosen: list[Group] = []
    async with choosing(desk, chosen) as seat:
        await look_for(seat, "figma")
        await seat.press("enter", "escape")
        assert isinstance(seat.app.screen, LookupScreen)
    assert chosen == []
