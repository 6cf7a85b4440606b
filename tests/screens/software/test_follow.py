"""What comes of an assignment is shown until it is known, and leaving ends the looking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.software.software import SoftwareScreen
from tests.desk.support import Gate, fault, user_id, world
from tests.screens.software.test_software import at_software, confirm, wish
from tests.screens.support import NARROW, WIDE

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org


def looks(wire: Line, org: Org) -> int:
    """How often the assignment was looked at."""
    return sum(f"/users/{user_id(org, 'ann.lee')}" in path and "/apps/" in path for path in wire.story)


def following(seat: Seat) -> bool:
    """Whether the first look at an assignment was shown."""
    return any(screen._followed for screen in seat.app.screen_stack if isinstance(screen, SoftwareScreen))


async def confirm_and_go_on(seat: Seat, gate: Gate) -> None:
    """Confirm, and wait until the first look is answered and the second is on its way."""
    await seat.hit("enter")
    await seat.until(lambda: gate.held)


async def test_a_slow_app_is_followed_until_the_account_is_there_or_the_failure_is_told_with_its_reason(
    desk: Desk, org: Org, wire: Line
) -> None:
    async with at_software(desk.session(), org, NARROW) as seat:
        await wish(seat, "concur")
        await seat.press("enter")
        await confirm(seat)
        assert "✓ SAP Concur: provisioned, the account in the app is there" in seat.words
        assert "✓ by group Concur Travellers" in seat.line("▸ ")
        assert 5 < looks(wire, org) < 25
        await wish(seat, "lucid")
        await seat.press("enter")
        await confirm(seat)
        assert "✗ Lucidchart: the app did not make the account: Automatic provisioning of user Ann Lee" in seat.words
        assert "No licenses left" in seat.words
        assert "! The app did not make or change the account: see Dashboard > Tasks" in seat.words


async def test_while_it_is_waited_for_the_seconds_are_shown_and_the_agent_can_go_on(
    desk: Desk, org: Org, wire: Line
) -> None:
    assignment = f"/users/{user_id(org, 'ann.lee')}"
    session = desk.session()
    async with at_software(session, org, WIDE) as seat:
        await wish(seat, "miro")
        await seat.press("1")
        gate = Gate(lambda request: request.url.path.endswith(assignment) and following(seat))
        wire.watch = gate
        await confirm_and_go_on(seat, gate)
        assert "… Miro: assigned, waiting for the app to make the account … 0 s" in seat.words
        await seat.hit("slash", "f", "i", "g")
        await seat.until(lambda: "Figma" in seat.line("› "))
        gate.opened.set()
        await seat.rest()
        assert "✓ Miro: provisioned" in seat.words
        assert "Figma" in seat.line("› ")


async def test_leaving_the_screen_ends_the_looking(desk: Desk, org: Org, wire: Line) -> None:
    assignment = f"/users/{user_id(org, 'ann.lee')}"
    async with at_software(desk.session(), org, NARROW) as seat:
        await wish(seat, "miro")
        await seat.press("1")
        gate = Gate(lambda request: request.url.path.endswith(assignment) and following(seat))
        wire.watch = gate
        await confirm_and_go_on(seat, gate)
        await seat.hit("escape")
        await seat.until(lambda: gate.cancelled)
        assert not isinstance(seat.app.screen, SoftwareScreen)
        before = len(wire.sent)
        await seat.rest()
        assert looks(wire, org) <= before


async def test_an_old_answer_does_not_overwrite_the_newer_text(desk: Desk, org: Org, wire: Line) -> None:
    async def slow(request: httpx.Request) -> httpx.Response | None:
        return await gate(request)

    session = desk.session()
    async with at_software(session, org, WIDE) as seat:
        gate = Gate(lambda request: "jira" in str(request.url))
        wire.watch = slow
        await seat.hit("j", "i", "r", "a")
        await seat.until(lambda: any("jira" in path for path in gate.held))
        await seat.hit("backspace", "backspace", "backspace", "backspace", "m", "i", "r", "o")
        await seat.until(lambda: "1 found" in seat.text)
        assert "Miro" in seat.line("› ")
        gate.opened.set()
        await seat.rest()
        assert "Miro" in seat.line("› ")
        assert len(gate.cancelled) == len(gate.held)

        wire.watch = None
        await wish(seat, "figma")
        before = len(wire.sent)
        for _ in range(5):
            await seat.rest()
        assert len(wire.sent) == before  # nothing is asked while nobody does anything

        assert "Locked out" in seat.line("Ann Lee ·")
        world(org, unlock="ann.lee@acme.example")
        seat.app.person_changed.publish(await session.person_with_blocks(user_id(org, "ann.lee")))
        await seat.rest()
        assert "Active" in seat.line("Ann Lee ·")  # another screen that changed the person is noticed


async def test_a_lost_answer_and_what_changed_meanwhile_are_told_by_a_look(desk: Desk, org: Org, wire: Line) -> None:
    fault(org, "cut", f"/groups/{org.groups.named('Figma Editors').id}/users")
    org.faults.on[-1].method = "PUT"
    async with at_software(desk.session(), org, WIDE) as seat:
        await wish(seat, "figma")
        await seat.press("enter")
        await confirm(seat)
        assert "Okta's answer was lost, but a look at Ann Lee shows that it worked" in seat.words
        assert "✓ Figma: assigned, they can open it now" in seat.words
        assert len(wire.writes) == 1  # it is not sent again
        await wish(seat, "concur")
        await seat.press("enter")
        org.groups.add(org.groups.named("Concur Travellers"), org.people.named("ann.lee"), org.clock() - 60)
        await confirm(seat)
        assert "is in the group already" in seat.words
        await seat.press("escape")
        assert "✓ by group Concur Travellers" in seat.line("▸ ")
    assert len(wire.writes) == 1
