"""One person loaded part by part, and laid out as a card in the words of Okta's console."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest
from msgspec.structs import replace
from msgspec.structs import replace as changed

from tests.conftest import START, Desk, Wire
from tests.desk.support import Gate, fault, harmful, service_session, until, user_id, world
from tests.each import each
from tui.demo.people.cast import CAST, HOSTILE
from tui.demo.serve.asgi import create_app
from tui.demo.story.begin import begin_org
from tui.desk.people.card import card, card_lines
from tui.desk.people.person import Part, Person
from tui.desk.text.tone import Tone
from tui.okta.decode import decode
from tui.okta.errors import FeatureOff, MissingRole, MissingScope, NotFound, OktaDown
from tui.okta.models import User

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.people.card import Card
    from tui.desk.session import Session

NOW = datetime.fromtimestamp(START, UTC)
PARTS = ("blocks", "groups", "apps", "factors", "events")


async def loaded(session: Session, person_id: str) -> Person:
    return [person async for person in session.load(person_id)][-1]


def facts(laid: Card) -> dict[str, str]:
    return {fact.label: fact.text for fact in laid.facts}


def notes(laid: Card) -> dict[str, str]:
    return {listing.title: listing.note or ", ".join(listing.items) for listing in laid.lists}


def pending(person: Person) -> set[str]:
    return {name for name in PARTS if getattr(person, name).pending}


async def test_the_person_shows_first_and_each_part_as_it_comes(desk: Desk, org: Org, line: Line) -> None:
    line.watch = gate = Gate(lambda request: request.url.path.count("/") > 4 or "logs" in request.url.path)
    running = desk.session().load(user_id(org, "ann.lee"))
    first = await anext(running)
    assert first.user.name == "Ann Lee"
    assert pending(first) == set(PARTS)
    assert set(notes(card(first, NOW)).values()) == {"reading …"}
    gate.opened.set()
    left = [pending(person) async for person in running]
    assert left[-1] == set()
    for before, after in itertools.pairwise(left):
        assert after < before


async def test_one_slow_part_holds_up_no_other(desk: Desk, org: Org, line: Line) -> None:
    line.watch = gate = Gate(lambda request: request.url.path.endswith("/groups"))
    running = desk.session().load(user_id(org, "ann.lee"))
    async for person in running:
        if pending(person) == {"groups"}:
            break
    assert notes(card(person, NOW))["Groups"] == "reading …"
    assert "Blocks" not in notes(card(person, NOW))  # nobody is blocked, and what is empty takes no line
    gate.opened.set()
    assert "Sales" in notes(card([person async for person in running][-1], NOW))["Groups"]


async def test_leaving_halfway_takes_the_requests_along(desk: Desk, org: Org, line: Line) -> None:
    line.watch = gate = Gate(lambda request: request.url.path.endswith("/groups"))
    running = desk.session().load(user_id(org, "ann.lee"))
    async for person in running:
        if pending(person) == {"groups"}:
            break
    await running.aclose()  # type: ignore[attr-defined]  # an async generator
    await until(lambda: len(gate.cancelled) == 1)
    assert gate.cancelled == gate.held == [f"/api/v1/users/{user_id(org, 'ann.lee')}/groups"]


async def test_without_the_log_scope_the_card_says_so_in_place_and_shows_the_rest(desk: Desk, org: Org) -> None:
    person = await loaded(service_session(desk, "service-nologs"), user_id(org, "ann.lee"))
    assert isinstance(person.events.trouble, MissingScope)
    laid = card(person, NOW)
    assert laid.events == ()
    assert laid.events_note == "not readable: keydesk lacks the scope okta.logs.read"
    assert "Sales" in notes(laid)["Groups"]
    assert "Okta Verify on Ann's phone" in notes(laid)["Factors"]


async def test_an_org_without_device_blocks_is_no_dead_token(desk: Desk, org: Org) -> None:
    fault(org, "401-feature", "/blocks")
    person = await loaded(desk.session(), user_id(org, "ann.lee"))
    assert isinstance(person.blocks.trouble, FeatureOff)
    laid = card(person, NOW)
    assert notes(laid)["Blocks"] == "not readable: This org does not have that feature"
    assert notes(laid)["Apps"].startswith("Microsoft 365")
    assert laid.events


@pytest.mark.parametrize(
    ("part", "path"), [("groups", "/groups"), ("apps", "/appLinks"), ("factors", "/factors"), ("events", "/logs")]
)
async def test_a_part_that_fails_says_so_and_the_others_show(desk: Desk, org: Org, part: str, path: str) -> None:
    fault(org, "500", path)
    person = await loaded(desk.session(), user_id(org, "bob.martin"))
    assert isinstance(getattr(person, part).trouble, OktaDown)
    assert all(getattr(person, other).value is not None for other in PARTS if other != part)
    assert (
        "not readable: Okta has a fault of its own"
        in dict([*notes(card(person, NOW)).items(), ("Events", card(person, NOW).events_note)]).values()
    )


async def test_an_app_admin_sees_the_person_but_no_factors(desk: Desk, org: Org) -> None:
    person = await loaded(desk.session(principal="app"), user_id(org, "bob.martin"))
    assert isinstance(person.factors.trouble, MissingRole)
    assert person.groups.value


async def test_nobody_of_that_id_is_an_error_not_an_empty_card(desk: Desk, org: Org) -> None:
    world(org, delete="bob.martin")
    with pytest.raises(NotFound):
        await loaded(desk.session(), user_id(org, "bob.martin"))


# Name, status, headline, whose password, password, last sign-in.
STORIES = [
    (
        "ann.lee",
        "Locked out",
        "Locked out: too many failed sign-ins, for 100 min",
        "Okta",
        "120 days old, 2026-07-25",
    ),
    ("bob.martin", "Active", "Active: can sign in", "Okta", "74 days old, 2026-09-09"),
    (
        "carla.diaz",
        "Blocked",
        "Active by status, but blocked from devices that Okta does not know, after failed sign-ins from there",
        "Okta",
        "129 days old, 2026-07-16",
    ),
    (
        "dev.patel",
        "Password expired",
        "Password expired: must change the password at the next sign-in, for 12 days",
        "Okta",
        "108 days old, 2026-08-06",
    ),
    (
        "erik.larsen",
        "Locked out",
        "Locked out: too many failed sign-ins, for 3 h",
        "Active Directory (corp.acme.example)",
        "66 days old, 2026-09-17",
    ),
    (
        "fatima.khan",
        "Suspended",
        "Suspended: access is paused by an admin, assignments are kept, for 16 days",
        "Okta",
        "52 days old, 2026-10-01",
    ),
    (
        "george.wu",
        "Deactivated",
        "Deactivated: the account is switched off, assignments are gone, for 5 days",
        "Okta",
        "none set in Okta",
    ),
    (
        "hana.sato",
        "Password reset",
        "Password reset: a password reset was started and not finished; cannot sign in until then, for 13 days",
        "Okta",
        "122 days old, 2026-07-23",
    ),
    ("ivan.petrov", "Active", "Active: can sign in", "another identity provider", "none set in Okta"),
    ("julia.novak", "Active", "Active: can sign in", "LDAP directory (ldap.acme.example)", "111 days old, 2026-08-03"),
    (
        "kim.park",
        "Pending user action",
        "Pending user action: activated, has not chosen a password yet, for 2 years",
        "Okta",
        "none set in Okta",
    ),
    ("liam.obrien", "Staged", "Staged: created, never activated", "Okta", "none set in Okta"),
    (
        "wade.cooper",
        "Staged",
        "Staged: created, never activated. Okta is changing it to Pending user action",
        "Okta",
        "none set in Okta",
    ),
    ("xenia.popov", "Active", "Active: can sign in", "a social sign-in", "none set in Okta"),
    ("yusuf.demir", "Active", "Active: can sign in", "Okta (imported password)", None),
    ("zoe.martin", "Active", "Active: can sign in", "Okta", "set, Okta does not say when"),
]


@pytest.mark.parametrize("story", STORIES, ids=[row[0] for row in STORIES])
async def test_the_cards_of_the_cast(desk: Desk, org: Org, story: tuple[str, str, str, str, str | None]) -> None:
    name, status, headline, owner, password = story
    laid = card(await loaded(desk.session(), user_id(org, name)), NOW)
    assert (laid.status, laid.headline) == (status, headline)
    assert facts(laid).get("Password of", "Okta") == owner  # Okta's own is what nobody asks about
    assert password is None or facts(laid)["Password"] == password
    assert laid.line.startswith(f"{name}@acme.example")
    assert "Email" not in facts(laid)  # it is the login
    assert laid.user_id == user_id(org, name)


async def test_whoever_never_signed_in_has_no_last_sign_in(desk: Desk, org: Org) -> None:
    session = desk.session()
    for name in ("kim.park", "liam.obrien", "zoe.martin"):
        assert facts(card(await loaded(session, user_id(org, name)), NOW))["Last sign-in"] == "never"
    assert facts(card(await loaded(session, user_id(org, "ann.lee")), NOW))["Last sign-in"] == "21 h ago"


async def test_whoever_never_changed_state_has_no_date_for_it(desk: Desk, org: Org) -> None:
    staged = await loaded(desk.session(), user_id(org, "liam.obrien"))
    assert card(staged, NOW).since == ""
    odd = Person(changed(staged.user, status="SUSPENDED", status_changed="last Tuesday"), 0.0)
    assert card(odd, NOW).headline == "Suspended: access is paused by an admin, assignments are kept"


async def test_a_block_is_told_with_every_status_and_no_word_gets_lost(desk: Desk, org: Org) -> None:
    world(org, block="ann.lee")
    org.people.named("ann.lee").transitioning = "DEPROVISIONED"
    person = await loaded(desk.session(), user_id(org, "ann.lee"))
    assert person.headline(NOW) == (
        "Locked out: too many failed sign-ins, for 100 min; also blocked from devices that Okta does not know, "
        "after failed sign-ins from there. Okta is changing it to Deactivated"
    )
    active = replace(person, user=changed(person.user, status="ACTIVE"))
    assert active.headline(NOW).endswith("from there. Okta is changing it to Deactivated")
    assert card(active, NOW).tone is Tone.WARN


async def test_a_run_of_equal_events_is_one_line(desk: Desk, org: Org) -> None:
    laid = card(await loaded(desk.session(), user_id(org, "ann.lee")), NOW)
    assert [(event.what, event.times) for event in laid.events] == [
        ("Mail client: while locked", 4),
        ("Locked out", 1),
        ("Mail client: wrong password", 10),
    ]
    assert laid.events[1].source == "Apple-iPhone14C2 · 198.51.100.77 · San Francisco · iOS (iPhone)"
    assert laid.events[1].tone is Tone.BAD


async def test_card_lines_tell_what_the_card_tells(desk: Desk, org: Org) -> None:
    for member in CAST:
        person = await loaded(desk.session(), user_id(org, member.name))
        laid = card(person, NOW)
        told = "\n".join(f"{label} {text}" for label, text in card_lines(person, NOW))
        listed = [item for listing in laid.lists for item in (*listing.items, *listing.beside)]
        for wanted in (laid.name, laid.headline, laid.line, laid.user_id, *facts(laid).values(), *listed):
            assert wanted in told
        assert all(event.what in told for event in laid.events)


async def test_a_service_account_without_a_name_is_called_by_its_login(desk: Desk, org: Org) -> None:
    laid = card(await loaded(desk.session(), user_id(org, "sync.agent")), NOW)
    assert laid.name == "sync.agent@acme.example"
    assert "Manager" not in facts(laid)


def test_a_user_of_whom_okta_says_nothing_but_the_id_has_a_card() -> None:
    laid = card(Person(User(id="00u1"), 0.0), NOW)
    assert (laid.name, laid.status, laid.tone) == ("00u1", "unknown", Tone.PLAIN)
    for label in ("Last sign-in", "Password", "Password of"):
        assert facts(laid)[label] == "not known"


@each(
    ("sent", "label", "shown"),
    [
        ({"lastLogin": None}, "Last sign-in", "never"),
        ({"lastLogin": 7}, "Last sign-in", "not known"),
        ({"lastLogin": "some day"}, "Last sign-in", "not known"),
        ({"passwordChanged": None, "credentials": {"password": {}}}, "Password", "set, Okta does not say when"),
        ({"credentials": {"password": {}}}, "Password", "set, Okta does not say when"),
        ({"passwordChanged": None, "credentials": {}}, "Password", "none set in Okta"),
        ({"passwordChanged": None}, "Password", "not known"),
        ({"credentials": {"provider": {"type": None}}}, "Password of", "not known"),
    ],
)
def test_null_is_never_and_what_is_not_in_the_answer_is_not_known(
    sent: dict[str, object], label: str, shown: str
) -> None:
    for more in ({}, {"status": 7}):  # the second answer is read leniently, since it is not as documented
        user = decode(json.dumps({"id": "00u1"} | sent | more).encode(), User)
        assert facts(card(Person(user, 0.0), NOW))[label] == shown


def test_an_empty_list_is_not_told_as_the_whole_truth() -> None:
    person = Person(User(id="00u1"), 0.0, factors=Part(()), apps=Part(()))
    assert notes(card(person, NOW))["Factors"] == "none that Okta shows keydesk"
    assert "Apps" not in notes(card(person, NOW))


async def test_nothing_on_any_card_can_do_anything_to_a_terminal(clock: FakeClock, home: Path) -> None:
    org = begin_org(seed=7, people=2000, clock=clock.time, lockouts_per_minute=0.0)
    desk = Desk(org, Wire(httpx.ASGITransport(app=create_app(org))), clock)
    session = desk.session()
    users = [user async for page in session.client.users() for user in page.items]
    users += [user async for page in session.client.users('status eq "DEPROVISIONED"') for user in page.items]
    assert len(users) == 2000
    for user in users:
        for label, text in card_lines(Person(user, 0.0), NOW):
            assert harmful(text) == [], (user.id, label, text)
    for member in HOSTILE:
        for label, text in card_lines(await loaded(session, user_id(org, member.name)), NOW):
            assert harmful(text) == [], (member.name, label, text)
    hostile = "\x1b]52;c;cm0gLXJm\x07\u202e\x9b31m"
    odd = User(
        id=hostile, status=hostile, transitioning_to_status=hostile, profile={"login": hostile, "email": hostile}
    )
    for _, text in card_lines(Person(odd, 0.0, blocks=Part(trouble=NotFound(hostile))), NOW):
        assert harmful(text) == []
