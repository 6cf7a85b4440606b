"""One search over software: apps and groups together, what the person has, what is asked of Okta and how often."""

from __future__ import annotations

import asyncio
from email.utils import formatdate
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.desk.support import Gate, fault, service_session, until, user_id
from tests.each import each
from tests.okta.support import trouble
from tui.demo.apps.app import Given
from tui.desk.software.search import SoftwareSearch
from tui.okta.errors import BadToken, OktaError

if TYPE_CHECKING:
    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.session import Session
    from tui.desk.software.offers import Offer
    from tui.desk.software.search import SoftwareFound


async def found(search: SoftwareSearch, text: str = "") -> SoftwareFound:
    came = [one async for one in search.run(text)]
    assert came[-1].complete
    return came[-1]


def searching(session: Session, org: Org, name: str = "ann.lee") -> SoftwareSearch:
    return SoftwareSearch(session, user_id(org, name), dwell=0.0)


def named(came: SoftwareFound, name: str) -> Offer:
    return next(offer for offer in came.offers if offer.name == name)


def names(came: SoftwareFound) -> list[str]:
    return [offer.name for offer in came.offers]


async def test_an_app_and_the_groups_that_give_it_are_one_offer(desk: Desk, org: Org) -> None:
    came = await found(searching(desk.session(), org), "figma")
    assert names(came) == ["Figma"]
    figma = came.offers[0]
    assert [giver.name for giver in figma.givers] == ["Figma Editors", "Design"]  # the second is filled by a rule
    assert figma.givers[1].rule == "Design by department"
    assert figma.has is False
    assert figma.how == "by group Figma Editors +1"
    assert figma.groups_known


async def test_a_group_that_matches_brings_the_app_that_it_gives(desk: Desk, org: Org) -> None:
    came = await found(searching(desk.session(), org), "creative")
    assert names(came) == ["Adobe Creative Cloud"]
    assert came.offers[0].givers[0].name == "Creative Cloud"


async def test_what_was_given_meanwhile_is_not_undone_by_a_look_into_an_older_offer(desk: Desk, org: Org) -> None:
    search = searching(desk.session(), org, "bob.martin")
    before = named(await found(search, "notion"), "Notion")
    assert before.has is False
    org.groups.add(org.groups.named("Notion"), org.people.named("bob.martin"), desk.clock.time())
    search.forget()
    assert named(await found(search, "notion"), "Notion").has is True
    assert (await search.look_into(before)).has is True  # asked for before, answered after


async def test_a_group_that_gives_no_app_stands_for_itself(desk: Desk, org: Org) -> None:
    came = await found(searching(desk.session(), org), "notion")
    assert [(offer.name, offer.app) for offer in came.offers] == [("Notion", None)]
    assert came.offers[0].givers[0].apps == ()


async def test_without_a_text_it_is_what_the_person_has_and_through_what(desk: Desk, org: Org) -> None:
    came = await found(searching(desk.session(), org))
    assert all(offer.has for offer in came.offers)
    assert {offer.name: offer.how for offer in came.offers if offer.app} == {
        "Box": "directly",
        "Canteen Menu": "by group Everyone",
        "Confluence": "by group Confluence Editors",
        "Microsoft 365": "by group Everyone",
        "Okta Dashboard": "by group Everyone",
        "Salesforce": "by group Salesforce Users",
        "Slack": "by group Everyone",
        "VPN (RADIUS)": "by group VPN Users",
        "Workday": "by group Everyone",
    }
    assert [offer.name for offer in came.offers if not offer.app] == ["Remote Workers", "Sales", "Everyone"]
    assert named(came, "Sales").givers[0].rule == "Sales by department"


async def test_directly_and_by_a_group(desk: Desk, org: Org) -> None:
    person = org.people.named("ann.lee")
    org.groups.add(org.groups.named("Figma Editors"), person, org.clock())
    figma = next(app for app in org.apps.all if app.row.label == "Figma")
    figma.given[person.index] = Given(org.clock() - 1000, direct=True)
    offer = named(await found(searching(desk.session(), org), "figma"), "Figma")
    assert offer.how == "directly and by group Figma Editors"
    assert offer.direct
    assert [giver.name for giver in offer.through] == ["Figma Editors"]


@each(
    ("text", "first"),
    [
        ("slack", "Slack"),
        ("SLA", "Slack"),
        ("service manage", "Jira Service Management"),
        ("365", "Microsoft 365"),
        ("zurich", "Zürich Parking"),
        ("github_enter", "GitHub"),
        ("jira", "Jira"),
        ("vpn", "VPN (RADIUS)"),
    ],
)
async def test_the_closest_name_comes_first(desk: Desk, org: Org, text: str, first: str) -> None:
    assert names(await found(searching(desk.session(), org), text))[0] == first


async def test_what_was_typed_is_quoted_and_each_word_is_looked_for(desk: Desk, org: Org, wire: Line) -> None:
    await found(searching(desk.session(), org), 'a" or id pr  b\\')
    (asked,) = [r.url.params["search"] for r in wire.sent if r.url.path == "/api/v1/groups" and "co" in str(r.url)]
    assert asked == " and ".join(
        f'(profile.name co "{word}" or profile.description co "{word}")' for word in ('a\\"', "or", "id", "pr")
    )


@pytest.mark.parametrize("text", ["\x1b[31m", "\u202e", "\ud800", "💥" * 80, '"""', "%2e%2e", "a" * 500])
async def test_whatever_is_typed_is_a_question_and_no_crash(desk: Desk, org: Org, text: str) -> None:
    assert (await found(searching(desk.session(), org), text)).gaps == ()


async def test_what_an_org_writes_reaches_nobody_as_anything_but_text(desk: Desk, org: Org) -> None:
    came = await found(searching(desk.session(), org), "red")
    assert any("Red" in name for name in names(came))
    assert not [name for name in names(came) if "\x1b" in name or "\x07" in name]


async def test_few_questions_and_none_twice(desk: Desk, org: Org, wire: Line) -> None:
    search = searching(desk.session(), org)
    await found(search)
    wire.sent.clear()
    await found(search, "figma")
    lists = [line for line in wire.story if line.startswith("GET /api/v1/apps")]
    assert len(lists) == 2  # all apps, and the groups of one
    assert len(wire.sent) <= 6
    wire.sent.clear()
    await found(search, "figma")
    assert len(wire.sent) == 1  # which groups match is the only thing that is not kept
    wire.sent.clear()
    await found(search, "miro")
    assert sum("/apps" in line for line in wire.story) == 1


async def test_a_first_search_costs_little_too(desk: Desk, org: Org, wire: Line) -> None:
    came = await found(searching(desk.session(), org), "confluence")
    assert named(came, "Confluence").how == "by group Confluence Editors"
    assert len(wire.sent) <= 11
    assert len([path for path in wire.story if path.startswith("GET /api/v1/apps")]) == 3  # the smallest rate bucket


async def test_what_is_kept_is_read_anew_after_some_minutes_or_on_request(
    desk: Desk, org: Org, wire: Line, clock: FakeClock
) -> None:
    def lists() -> int:
        return sum(line == "GET /api/v1/apps?limit=200" for line in wire.story)

    search = searching(desk.session(), org)
    await found(search, "figma")
    clock.now += 200
    await found(search, "figma")
    assert lists() == 1
    clock.now += 200
    await found(search, "figma")
    assert lists() == 2
    search.forget(everything=True)
    await found(search, "figma")
    assert lists() == 3


async def test_a_large_org_is_asked_for_the_beginning_of_the_name(desk: Desk, org: Org, wire: Line) -> None:
    async def many(request: httpx.Request) -> httpx.Response | None:
        if request.url.path == "/api/v1/apps" and "filter" not in request.url.params and "q" not in request.url.params:
            after = int(request.url.params.get("after", "0"))
            apps = [{"id": f"0oa{after + n:017}", "label": f"App {after + n}", "status": "ACTIVE"} for n in range(200)]
            link = f'<{request.url.copy_with(params={"limit": "200", "after": str(after + 200)})}>; rel="next"'
            return response(request, apps, link)
        return None

    wire.watch = many
    search = searching(desk.session(), org)
    came = await found(search, "sla")
    assert named(came, "Slack").has
    pages = [line for line in wire.story if line.startswith("GET /api/v1/apps?limit=200")]
    assert len(pages) == 2  # and not all of them
    assert "GET /api/v1/apps?q=sla&limit=20" in wire.story
    await found(search, "slack")
    assert len([line for line in wire.story if line.startswith("GET /api/v1/apps?limit=200")]) == 2


def response(request: httpx.Request, body: object, link: str = "") -> httpx.Response:
    headers = {"x-okta-request-id": "r", **({"link": link} if link else {})}
    return httpx.Response(200, json=body, headers=headers, request=request)


async def test_the_answers_come_as_they_arrive(desk: Desk, org: Org, wire: Line) -> None:
    gate = Gate(lambda request: request.url.path == "/api/v1/apps" and "filter" not in request.url.params)
    wire.watch = gate
    came: list[SoftwareFound] = []

    async def run() -> None:
        async for one in searching(desk.session(), org).run("jira"):
            came.append(one)  # noqa: PERF401 - looked at while it grows

    task = asyncio.create_task(run())
    await until(lambda: any(offer.app is None for one in came for offer in one.offers))
    assert not came[-1].done
    gate.opened.set()
    await task
    assert came[-1].complete
    assert names(came[-1])[0] == "Jira"


async def test_another_text_cancels_the_questions_of_the_old_one_but_not_what_the_person_has(
    desk: Desk, org: Org, wire: Line
) -> None:
    gate = Gate()
    wire.watch = gate
    search = searching(desk.session(), org)
    first = asyncio.create_task(found(search, "jira"))
    await until(lambda: len(gate.held) == 4)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert [path for path in gate.cancelled if "groups?search" in path]
    assert not [path for path in gate.cancelled if "/users/" in path or path == "/api/v1/apps?limit=200"]
    gate.opened.set()
    came = await found(search, "figma")
    assert names(came) == ["Figma"]
    assert sum("/users/" in path and "groups" in path for path in wire.story) == 1
    assert sum(path == "GET /api/v1/apps?limit=200" for path in wire.story) == 1


async def test_leaving_cancels_everything(desk: Desk, org: Org, wire: Line) -> None:
    gate = Gate()
    wire.watch = gate
    search = searching(desk.session(), org)
    task = asyncio.create_task(found(search, "jira"))
    await until(lambda: len(gate.held) == 4)
    task.cancel()
    search.close()
    await asyncio.gather(task, return_exceptions=True)
    await until(lambda: len(gate.cancelled) == 4)


async def test_without_rights_over_apps_the_groups_still_answer_and_the_gap_is_told(desk: Desk, org: Org) -> None:
    search = searching(desk.session(principal="group-membership"), org)
    came = await found(search, "figma")
    assert named(came, "Figma").givers[0].name == "Figma Editors"  # the group says what it gives
    assert came.gaps == (
        "hidden apps, and whether an app was assigned directly (keydesk's admin role does not allow this)",
        "apps are not searched, but for those that they have (keydesk's admin role does not allow this)",
    )
    held = await found(search)
    assert named(held, "Salesforce").how == "by group Salesforce Users"
    assert named(held, "Box").how == "has it"
    assert named(held, "Box").direct is None


async def test_a_missing_scope_is_named(desk: Desk, org: Org) -> None:
    came = await found(searching(service_session(desk, "service-helpdesk"), org), "figma")
    assert "keydesk lacks the scope okta.apps.read" in " ".join(came.gaps)
    assert "Figma" in names(came)


async def test_a_refusal_is_asked_for_once(desk: Desk, org: Org, wire: Line) -> None:
    search = searching(desk.session(principal="group-membership"), org)
    await found(search, "figma")
    wire.sent.clear()
    await found(search, "miro")
    assert not [line for line in wire.story if "/api/v1/apps" in line or "/roles" in line]


async def test_a_fault_is_asked_again(desk: Desk, org: Org) -> None:
    fault(org, "500", "/api/v1/groups", times=3)  # the whole search and its simpler forms
    search = searching(desk.session(), org)
    came = await found(search, "figma")
    assert came.gaps == ("groups are not searched (Okta has a fault of its own)",)
    assert names(came) == ["Figma"]
    assert (await found(search, "figma")).gaps == ()


async def test_when_nothing_can_be_read_it_is_an_error(desk: Desk, org: Org) -> None:
    fault(org, "500", "/api/v1/", times=20)
    with pytest.raises(OktaError):
        await found(searching(desk.session(), org), "figma")


async def test_bad_credentials_end_it(desk: Desk, org: Org) -> None:
    with pytest.raises(BadToken):
        await found(searching(desk.session(principal="revoked"), org), "figma")


async def test_a_role_that_sees_some_groups_is_offered_those(desk: Desk, org: Org) -> None:
    session = service_session(desk, "keydesk-custom")
    search = SoftwareSearch(session, user_id(org, "ann.lee"), dwell=0.0, groups_only=True)
    came = await found(search, "s")
    assert [offer.name for offer in came.offers if not offer.has] == ["Support"]
    assert named(came, "Sales").has  # what they are in is shown, whoever may change it


async def test_a_role_whose_targets_can_be_read_is_offered_those(desk: Desk, org: Org, wire: Line) -> None:
    editors = org.groups.named("Figma Editors")

    async def limited(request: httpx.Request) -> httpx.Response | None:
        path = request.url.path
        if path.endswith("/roles"):
            role = {"id": "KVJUKUS7IFCE2SKO", "type": "USER_ADMIN", "status": "ACTIVE", "label": "Group Administrator"}
            return response(request, [role])
        if path.endswith("/targets/groups"):
            return response(request, [{"id": editors.id, "type": "OKTA_GROUP", "profile": {"name": "Figma Editors"}}])
        return None

    wire.watch = limited
    search = searching(desk.session(), org)
    came = await found(search, "figma")
    assert [giver.name for giver in came.offers[0].givers] == ["Figma Editors"]  # and Design is not offered
    assert "Lucidchart" not in names(await found(search, "editors"))  # only that group matched
    assert named(await found(search), "Remote Workers").givers[0].reached is False  # they are in it: it is shown


async def test_rate_limits_hold_back_what_hangs_on_the_answers_and_not_the_answers(
    desk: Desk, org: Org, clock: FakeClock
) -> None:
    session = desk.session()
    search = searching(session, org)
    reset = str(int(clock.now) + 30)
    bucket = {"x-rate-limit-limit": "100", "x-rate-limit-remaining": "10", "x-rate-limit-reset": reset}
    for name in ("apps", "groups", "group"):
        session.client.budget.note(name, bucket | {"date": formatdate(clock.now, usegmt=True)})
    first: list[float] = []
    began = clock.now
    async for one in search.run("figma"):
        if one.done and not first:
            first.append(clock.now - began)
    assert first == [0.0]
    assert clock.now - began >= 30


@pytest.mark.parametrize(
    ("status", "code", "summary"),
    [
        (400, "E0000031", "Invalid search criteria."),
        (400, "E0000001", "Too complex."),
        (500, "E0000009", "Internal Server Error"),
    ],
)
async def test_a_search_that_is_too_much_for_okta_is_asked_in_simpler_forms(
    desk: Desk, org: Org, line: Line, status: int, code: str, summary: str
) -> None:
    asked: list[str] = []

    async def watch(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/api/v1/groups"):
            return None
        if search := request.url.params.get("search"):
            asked.append(search)
            return trouble(status, code, summary) if "profile" in search else None
        asked.append(f"q {request.url.params.get('q')}")
        return None

    line.watch = watch
    came = await found(searching(desk.session(), org), "figma ed")
    assert [giver.name for giver in came.offers[0].givers][:1] == ["Figma Editors"]
    assert [gap for gap in came.gaps if "only the whole search finds" in gap]
    first = asked[:4]
    assert "profile.description" in first[0]
    assert "profile.description" not in first[1]
    assert first[2] == 'profile.name co "figma"'
    assert first[3] == "q figma ed"
