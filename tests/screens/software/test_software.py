"""Giving software to a person: each way from the list to the wire and back, at both sizes."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from textual.widgets import Input

from screens.act.instructions import InstructionsScreen
from screens.software.software import SoftwareScreen
from screens.why.why import WhyScreen
from tests.desk.support import fault, service_session, user_id
from tests.screens.support import NARROW, WIDE, seated
from tests.screens.test_key_table import in_front
from tui.demo.apps.app import Given
from widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org
    from tui.desk.session import Session


@asynccontextmanager
async def at_software(
    session: Session, org: Org, size: tuple[int, int] = WIDE, who: str = "ann.lee"
) -> AsyncIterator[Seat]:
    """The app with the software of somebody open over the lookup screen."""
    person = await session.person_with_blocks(user_id(org, who))
    async with seated(session, size) as seat:
        seat.app.push_screen(SoftwareScreen(session, seat.app.person_changed, person, typing_pause=0.0))
        await seat.rest()
        yield seat


async def wish(seat: Seat, text: str) -> None:
    """Type what they need, in the place of what is there, and go to the list."""
    if seat.focused != "wish":
        await seat.press("slash")
    seat.one("#wish", Input).value = text
    await seat.rest()
    await seat.press("enter")


async def confirm(seat: Seat, reason: str = "", login: str = "") -> None:
    """Fill in what the confirmation asks for, and confirm."""
    if login:
        seat.one("#login", Input).value = login
    if reason:
        seat.one("#reason", Input).value = reason
    seat.one("#reason", Input).focus()
    await seat.rest()
    await seat.press("enter")


def path(org: Org, group: str = "", label: str = "") -> str:
    """A group or an app in a path."""
    if group:
        return f"/api/v1/groups/{org.groups.named(group).id}"
    return f"/api/v1/apps/{next(app for app in org.apps.all if app.row.label == label).id}"


async def test_each_way_to_give_and_to_take(desk: Desk, org: Org, wire: Line) -> None:
    async with at_software(desk.session(), org, NARROW) as seat:
        await has_and_gets(seat, org, wire)
        await loses(seat, org, wire)
        await wish(seat, "warehouse")
        await seat.press("1")
        assert "Warehouse Board will be assigned to Ann Lee directly." in seat.words
        await confirm(seat)
        assert wire.writes[3:] == [f"POST {path(org, label='Warehouse Board')}/users"]
        assert "✓ directly" in seat.line("▸ ")
        await wish(seat, "miro")
        await seat.press("2", "escape")
        assert isinstance(seat.app.screen, SoftwareScreen)
        assert seat.one("#wish", Input).value == "miro"
        assert seat.focused == "software"
        await seat.press("2")
        assert "Give Miro to one of the groups of Ann Lee" in seat.words
        assert "Remote Workers" in seat.text
        assert "Salesforce Users" not in seat.text
        seat.one("#wish", Input).value = "remote"
        await seat.rest()
        await seat.press("enter", "enter")
        assert "Miro will be given to everybody in the group Remote Workers, Ann Lee among them." in seat.words
        assert len(wire.writes) == 4
        await confirm(seat, "all of them draw", "ann.lee@acme.example")
        group = org.groups.named("Remote Workers").id
        assert wire.writes[4:] == [f"PUT {path(org, label='Miro')}/groups/{group}"]
        assert "✓ Miro: provisioned, the account in the app is there" in seat.words
        assert "✓ by group Remote Workers" in seat.line("▸ ")


async def has_and_gets(seat: Seat, org: Org, wire: Line) -> None:
    """First it lists what they have; then enter adds them to a group."""
    assert seat.focused == "wish"
    assert "Ann Lee · ann.lee@acme.example · Account Executive · Sales ● Locked out" in seat.words
    assert "has 12" in seat.text
    assert "✓ directly" in seat.line("› Box")
    names = [offer.name for offer in seat.one("#software", Rows).rows]
    assert names[:3] == ["Box", "Canteen Menu", "Confluence"]
    await seat.press("down", "down", "down")
    assert "They have it: through the group Confluence Editors." in seat.words
    await wish(seat, "figma")
    assert seat.focused == "software"
    assert "They do not have it." in seat.words
    assert "Add to the group Figma Editors enter" in seat.words
    await seat.press("enter")
    assert "Ann Lee will be added to the group Figma Editors." in seat.words
    await confirm(seat)
    assert wire.writes == [f"PUT {path(org, 'Figma Editors')}/users/{user_id(org, 'ann.lee')}"]
    assert "✓ Add to a group: done for Ann Lee (Figma Editors), ledger entry 1" in seat.words
    assert "✓ by group Figma Editors" in seat.line("▸ ")
    assert "They have it: through the group Figma Editors." in seat.words
    assert "✓ Figma: assigned, they can open it now" in seat.words
    await seat.press("enter")
    assert "Ann Lee: Figma, by group Figma Editors. The numbers beside it change that." in seat.words
    assert len(wire.writes) == 1


async def loses(seat: Seat, org: Org, wire: Line) -> None:
    """They are taken out of a group, and an app is taken away."""
    await wish(seat, "salesforce")
    assert "✓ by group Salesforce Users" in seat.line("▸ ")
    await seat.press("1")
    assert "Ann Lee will be removed from the group Salesforce Users." in seat.words
    assert "an app may delete their account in it" in seat.words
    await confirm(seat, "moved to finance")
    assert wire.writes[1:] == [f"DELETE {path(org, 'Salesforce Users')}/users/{user_id(org, 'ann.lee')}"]
    assert "✓ Salesforce: taken away" in seat.words
    assert "by group Salesforce Users" in seat.line("▸ ")
    assert "They do not have it." in seat.words
    await wish(seat, "box")
    await seat.press("1")
    assert "Box will be taken away from Ann Lee." in seat.words
    assert "The app may delete or deactivate their account" in seat.words
    await confirm(seat, "licence is needed", "ann.lee@acme.example")
    assert wire.writes[2:] == [f"DELETE {path(org, label='Box')}/users/{user_id(org, 'ann.lee')}?sendEmail=false"]
    assert "✓ Box: taken away" in seat.words
    assert "They do not have it." in seat.words


async def test_g_opens_it_and_escape_goes_back_to_exactly_where_the_agent_was(desk: Desk) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter")
        screen, before = seat.app.screen, seat.text
        await seat.press("g")
        assert isinstance(seat.app.screen, SoftwareScreen)
        await wish(seat, "figma")
        assert "They do not have it." in seat.words
        await seat.press("escape")
        assert (seat.app.screen is screen) is True  # mypy would take the wider type
        assert seat.text == before


async def test_already_had_both_ways(desk: Desk, org: Org) -> None:
    person = org.people.named("ann.lee")
    org.groups.add(org.groups.named("Figma Editors"), person, org.clock() - 1000)
    figma = next(app for app in org.apps.all if app.row.label == "Figma")
    figma.given[person.index] = Given(org.clock() - 1000, direct=True)
    async with at_software(desk.session(), org, NARROW) as seat:
        await wish(seat, "figma")
        assert "✓ They have it: directly, and through the group Figma Editors as well." in seat.words
        assert "the direct assignment stays" in seat.words
        await seat.press("2")
        await confirm(seat, "once is enough", "ann.lee@acme.example")
        assert "✗ Unassign an app: Okta refused it for Ann Lee" in seat.words  # as was said before


async def test_what_is_not_possible_or_has_consequences_is_told_before(desk: Desk, org: Org, wire: Line) -> None:
    async with at_software(desk.session(), org, NARROW) as seat:
        await wish(seat, "desk admins")
        assert "not possible: it gives admin rights" in seat.words
        await seat.press("enter")
        assert "! Add to the group Service Desk Admins is not possible: it gives admin rights." in seat.words
        assert "keydesk does not hand out admin rights." in seat.words
        await seat.press("1")
        assert isinstance(seat.app.screen, SoftwareScreen)
        await wish(seat, "dispatch")
        await seat.press("enter")
        assert "is not possible: its members come from a directory or an app." in seat.words
        await wish(seat, "basecamp")
        assert "app, not active" in seat.line("▸ ")
        await seat.press("enter")
        assert "Assign Basecamp (retired) directly is not possible: the app is not active." in seat.words
        await wish(seat, "vpn")
        assert "the rule VPN Users by department put them there: removing excludes them from it for good" in seat.words
        await seat.press("1")
        assert "Ann Lee will be removed from the group VPN Users." in seat.words
        await seat.press("escape")
        fault(org, "500", "/api/v1/groups", times=3)  # the whole search and its simpler forms
        await wish(seat, "figma")
        assert "Not known: groups are not searched (Okta has a fault of its own)." in seat.words
        await seat.press("r")
        assert "Not known" not in seat.text
        assert "Add to the group Figma Editors" in seat.text
        await wish(seat, "warehouse")
        screen = seat.app.screen
        assert isinstance(screen, SoftwareScreen)
        offered = [(command.title, command.action) for command in screen.palette_commands()]
        assert offered[:2] == [
            ("Assign Warehouse Board directly: Ann Lee", "way(1)"),
            ("Give Warehouse Board to a group: Ann Lee", "way(2)"),
        ]
        assert ("Unlock: Ann Lee", "act('unlock')") in offered
    assert wire.writes == []


async def test_read_only_shows_the_steps_by_hand(desk: Desk, org: Org, wire: Line) -> None:
    async with at_software(desk.session(read_only=True), org, NARROW) as seat:
        await wish(seat, "figma")
        assert "by hand: read-only" in seat.words
        await seat.press("enter")
        screen = seat.app.screen
        assert isinstance(screen, InstructionsScreen)
        assert "search for Figma Editors and open it" in screen.instructions.text
        assert "ann.lee@acme.example" in screen.instructions.text
        await seat.press("escape")
        assert isinstance(seat.app.screen, SoftwareScreen)
    assert wire.writes == []


async def test_without_the_apps_scope_groups_are_found_and_the_gap_is_told(desk: Desk, org: Org) -> None:
    async with at_software(service_session(desk, "service-helpdesk"), org, NARROW) as seat:
        assert "Not known: hidden apps, and whether an app was assigned directly" in seat.words
        await wish(seat, "figma")
        assert "by group Figma Editors" in seat.line("▸ ")
        assert "keydesk lacks the scope okta.apps.read" in seat.words


async def test_a_role_that_may_not_is_told_and_the_group_remembered(desk: Desk, org: Org, wire: Line) -> None:
    session = desk.session(principal="helpdesk")  # sees all groups, and changes none
    async with at_software(session, org) as seat:
        await wish(seat, "figma")
        await seat.press("enter")
        await confirm(seat)
        assert "✗ Add to a group: Okta refused it for Ann Lee" in seat.words
        assert "Okta refused it to keydesk's role" in seat.words
        assert org.groups.named("Figma Editors").id in session.out_of_reach
    assert len(wire.writes) == 1


async def test_a_limited_role_is_offered_its_groups_only(desk: Desk, org: Org) -> None:
    async with at_software(service_session(desk, "keydesk-custom"), org) as seat:
        await wish(seat, "figma")
        assert "Add to the group" not in seat.text
        assert "Assign Figma directly" in seat.text


async def test_the_persons_letters_work_in_the_list_and_are_text_in_the_box(
    desk: Desk, org: Org, wire: Line, tmp_path: Path
) -> None:
    async with at_software(desk.session(), org) as seat:
        screen = seat.app.screen
        assert isinstance(screen, SoftwareScreen)
        await seat.press("u")
        assert seat.one("#wish", Input).value == "u"
        await wish(seat, "figma")
        await seat.press("m")
        assert "Reset all factors: press M, with Shift" in seat.words
        await seat.press("space")
        assert "Nothing is marked here" in seat.words
        await seat.press("c")
        assert "Ann Lee (ann.lee@acme.example) does not have Figma." in seat.app.clipboard
        await seat.press("x")
        await seat.type(str(tmp_path / "software.csv"))
        await seat.press("enter")
        assert "Figma" in (tmp_path / "software.csv").read_text("utf-8")
        await seat.press("u", "enter")
        assert wire.writes == [f"POST /api/v1/users/{user_id(org, 'ann.lee')}/lifecycle/unlock"]
        assert "✓ Unlock: done for Ann Lee" in seat.words
        assert "n tells them" in seat.words
        assert "Ann Lee · ann.lee@acme.example · Account Executive · Sales ○ Active" in seat.words
        await seat.press("w")
        assert in_front(seat) is WhyScreen
        await seat.press("escape")
        assert seat.app.screen is screen
