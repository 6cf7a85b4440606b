"""An assignment is followed until the app has made the account, has not, or keydesk stops looking."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.desk.support import Gate, aim, fault, service_session, until, user_id
from tui.desk.actions import Kind
from tui.desk.follow import LONGEST, Stage, follow

if TYPE_CHECKING:
    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tui.demo.apps.app import App
    from tui.demo.org import Org
    from tui.desk.follow import Followed
    from tui.desk.session import Session


def app(org: Org, label: str) -> App:
    return next(app for app in org.apps.all if app.row.label == label)


async def do(session: Session, org: Org, action: str, *, group: str = "", label: str = "") -> None:
    """Carry an action out for Ann Lee."""
    ids = {Kind.GROUP: org.groups.named(group).id} if group else {Kind.APP: app(org, label).id}
    await session.perform(await aim(session, action, user_id(org, "ann.lee"), ids), reason="test")


async def followed(session: Session, org: Org, label: str, *, wanted: bool = True) -> list[Followed]:
    line = follow(session, app(org, label).id, label, user_id(org, "ann.lee"), wanted=wanted)
    return [seen async for seen in line]


async def test_until_the_account_is_there(desk: Desk, org: Org, clock: FakeClock) -> None:
    session = desk.session()
    await do(session, org, "assign-app", label="Miro")
    clock.slept.clear()
    seen = await followed(session, org, "Miro")
    assert {one.stage for one in seen[:-1]} == {Stage.WAITING}
    assert str(seen[0]) == "Miro: assigned, waiting for the app to make the account"
    assert (seen[-1].stage, str(seen[-1])) == (Stage.DONE, "Miro: provisioned, the account in the app is there")
    assert seen[-1].over
    assert 5 <= seen[-1].seconds <= 30
    assert clock.slept == sorted(clock.slept)  # ever less often
    assert clock.slept[0] == 2


async def test_an_app_without_accounts_of_its_own_is_there_at_once(desk: Desk, org: Org, clock: FakeClock) -> None:
    session = desk.session()
    await do(session, org, "assign-app", label="Figma")
    clock.slept.clear()
    (seen,) = await followed(session, org, "Figma")
    assert str(seen) == "Figma: assigned, they can open it now"
    assert clock.slept == []


async def test_through_a_group_the_assignment_comes_a_moment_later(desk: Desk, org: Org, clock: FakeClock) -> None:
    session = desk.session()
    await do(session, org, "add-to-group", group="Concur Travellers")
    seen = await followed(session, org, "SAP Concur")
    assert str(seen[-1]) == "SAP Concur: provisioned, the account in the app is there"
    assert 60 < seen[-1].seconds < 180  # it is a slow one
    assert max(clock.slept) == 15


async def test_a_failure_is_told_with_the_reason_from_the_system_log(desk: Desk, org: Org) -> None:
    session = desk.session()
    await do(session, org, "add-to-group", group="Lucidchart Editors")
    last = (await followed(session, org, "Lucidchart"))[-1]
    assert last.stage is Stage.FAILED
    assert last.over
    assert last.text.startswith("Lucidchart: the app did not make the account: Automatic provisioning of user Ann Lee")
    assert "No licenses left" in last.text
    assert "Dashboard > Tasks" in last.advice


@pytest.mark.parametrize("principal", ["service-nologs"])
async def test_without_the_log_a_failure_is_told_without_its_reason(
    desk: Desk, org: Org, wire: Line, principal: str
) -> None:
    session = service_session(desk, principal)
    await do(session, org, "assign-app", label="Lucidchart")
    last = (await followed(session, org, "Lucidchart"))[-1]
    assert last.text == "Lucidchart: the app did not make the account"
    assert "Dashboard > Tasks" in last.advice
    assert sum("/logs" in line for line in wire.story) == 1


async def test_a_log_that_never_tells_is_not_waited_for_for_ever(desk: Desk, org: Org, wire: Line) -> None:
    session = desk.session()
    await do(session, org, "assign-app", label="Lucidchart")
    org.journal.write = lambda *_, **__: None  # type: ignore[method-assign]
    seen = await followed(session, org, "Lucidchart")
    failed = [one for one in seen if one.stage is Stage.FAILED]
    assert len(failed) == 4
    assert [one.over for one in failed] == [False, False, False, True]


async def test_after_some_minutes_keydesk_says_that_it_looks_no_more(desk: Desk, org: Org, clock: FakeClock) -> None:
    session = desk.session()
    person = org.people.named("ann.lee")
    assert org.apps.scope(app(org, "Miro"), person) is None  # nobody assigned it
    seen = await followed(session, org, "Miro")
    assert str(seen[0]) == "Miro: Okta does not show the assignment yet"
    assert seen[-1].stage is Stage.OPEN
    assert "has not made the account within 5 min" in seen[-1].text
    assert LONGEST <= seen[-1].seconds < LONGEST + 16
    assert len(seen) < 30


async def test_what_was_taken_away_is_followed_until_it_is_gone(desk: Desk, org: Org) -> None:
    session = desk.session()
    await do(session, org, "remove-from-group", group="Salesforce Users")
    seen = await followed(session, org, "Salesforce", wanted=False)
    assert [one.stage for one in seen] == [*[Stage.WAITING] * (len(seen) - 1), Stage.GONE]
    assert str(seen[-1]) == "Salesforce: taken away"


async def test_what_another_group_still_gives_stays(desk: Desk, org: Org) -> None:
    seen = await followed(desk.session(), org, "Slack", wanted=False)
    assert seen[-1].stage is Stage.OPEN
    assert seen[-1].seconds < 60
    assert "another group may give it" in seen[-1].text


async def test_without_rights_over_apps_the_dashboard_tells(desk: Desk, org: Org, wire: Line) -> None:
    session = desk.session(principal="group-membership")
    await do(session, org, "add-to-group", group="Figma Editors")
    wire.sent.clear()
    last = (await followed(session, org, "Figma"))[-1]
    assert last.stage is Stage.DONE
    assert last.text == "Figma: it is on their dashboard; whether the app has made the account cannot be read"
    assert sum("/api/v1/apps/" in line for line in wire.story) == 1  # refused once, and not asked again


async def test_a_passing_fault_does_not_end_it(desk: Desk, org: Org) -> None:
    session = desk.session()
    await do(session, org, "assign-app", label="Figma")
    fault(org, "500", "/apps/", times=1)
    seen = await followed(session, org, "Figma")
    assert str(seen[0]) == "Figma: Okta has a fault of its own; keydesk looks again"
    assert seen[-1].stage is Stage.DONE


async def test_bad_credentials_end_it_and_say_so(desk: Desk, org: Org) -> None:
    session = desk.session()
    await do(session, org, "assign-app", label="Figma")
    fault(org, "401", "/apps/", times=5)
    seen = await followed(session, org, "Figma")
    assert [one.stage for one in seen] == [Stage.OPEN]
    assert "does not accept keydesk's credentials" in seen[0].text


async def test_nothing_is_asked_any_more_once_nobody_wants_to_know(desk: Desk, org: Org, wire: Line) -> None:
    session = desk.session()
    gate = Gate()
    wire.watch = gate
    task = asyncio.create_task(followed(session, org, "Miro"))
    await until(lambda: bool(gate.held))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(gate.cancelled) == 1
    assert len(wire.sent) == 1


async def test_names_from_an_org_are_made_harmless(desk: Desk, org: Org) -> None:
    line = follow(desk.session(), app(org, "Figma").id, "\x1b[31mRed\x1b[0m", user_id(org, "ann.lee"), longest=0.0)
    seen = [one async for one in line]
    assert "\x1b" not in str(seen[-1])
