from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.demo.support import BASE, START, World, next_link, query_of, refusal
from tui.demo.base.times import iso
from tui.demo.log.events import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

LOCKS = 'eventType eq "user.account.lock"'


@pytest.fixture
def quiet() -> World:
    return World()


@pytest.fixture(scope="module")
def shared() -> World:
    return World(rate_limits="off")


@pytest.fixture
def living() -> World:
    return World(people=600, lockouts_per_minute=7.5, rate_limits="off")


async def events(world: World, **query: str) -> list[Any]:
    answer = await world.get("/api/v1/logs", params=query)
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()
    return found


async def everything(world: World, **query: str) -> list[Any]:
    """Read a bounded question to its end."""
    answer = await world.get("/api/v1/logs", params={"limit": "1000", **query})
    found: list[Any] = answer.json()
    while (following := next_link(answer)) is not None:
        answer = await world.get(following)
        found += answer.json()
    return found


async def test_polling_always_has_a_next_link_and_an_empty_page_keeps_it(quiet: World) -> None:
    answer = await quiet.get("/api/v1/logs", params={"since": iso(START), "filter": LOCKS})
    assert answer.json() == []
    following = next_link(answer)
    assert following is not None
    again = await quiet.get(following)
    assert again.json() == []
    assert next_link(again) == following == f"{BASE}{_path_of(again)}"


def _path_of(answer: httpx.Response) -> str:
    return str(answer.request.url).removeprefix(BASE)


async def test_polling_never_misses_and_repeats_rarely(living: World) -> None:
    answer = await living.get("/api/v1/logs", params={"since": iso(START), "limit": "40"})
    seen: list[Any] = answer.json()
    for _ in range(150):
        following = next_link(answer)
        assert following is not None
        answer = await living.get(following)
        seen += answer.json()
        living.clock.at += 2.0
    uuids = [event["uuid"] for event in seen]
    repeated = len(uuids) - len(set(uuids))
    assert 0 < repeated < len(uuids) / 30
    published = [event["published"] for event in seen]
    assert published != sorted(published), "late events arrive out of order"
    settled = iso(living.clock.at - 60)
    whole = await everything(living, since=iso(START), until=settled)
    assert {event["uuid"] for event in whole} - set(uuids) == set()


async def test_bounded_questions_end_and_are_ordered_by_publication(living: World) -> None:
    since, until = iso(START - 7200), iso(START)
    ascending = await everything(living, since=since, until=until, limit="50")
    assert len(ascending) > 100
    published = [event["published"] for event in ascending]
    assert published == sorted(published)
    assert since <= published[0]
    assert published[-1] < until
    assert len({event["uuid"] for event in ascending}) == len(ascending)
    descending = await everything(living, since=since, until=until, sortOrder="DESCENDING", limit="70")
    assert [event["uuid"] for event in descending] == [event["uuid"] for event in reversed(ascending)]
    last = await living.get(
        "/api/v1/logs", params={"since": since, "until": until, "limit": "1000", "filter": 'uuid eq "x"'}
    )
    assert next_link(last) is None


async def test_an_event_is_late_for_a_bounded_question_and_found_later(quiet: World) -> None:
    await quiet.call("POST", "/api/v1/users/ann.lee/lifecycle/unlock")
    query = {"since": iso(START - 1), "until": iso(START + 1)}
    assert await events(quiet, **query) == []
    quiet.clock.at += 30
    assert [event["eventType"] for event in await events(quiet, **query)] == ["user.account.unlock_by_admin"]


async def test_the_default_is_the_last_seven_days_and_a_hundred_events(quiet: World) -> None:
    found = await events(quiet)
    assert len(found) == 100
    first = (await events(quiet, limit="1"))[0]
    assert iso(START - 7 * 86_400) <= first["published"] < iso(START - 6.9 * 86_400)
    assert await events(quiet, limit="0") == []
    assert (await everything(quiet, since=iso(START - 9 * 86_400), until=iso(START)))[0]["published"] < iso(
        START - 7.5 * 86_400
    )


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"filter": 'eventType eq "x'}, 400, "E0000053"),
        ({"filter": 'published gt "2026-01-01T00:00:00.000Z"'}, 400, "E0000053"),
        ({"filter": 'event_type eq "user.account.lock"'}, 400, "E0000053"),
        ({"filter": 'debugContext.debugData.requestUri co "authn"'}, 400, "E0000031"),
        ({"since": "yesterday"}, 400, "E0000001"),
        ({"until": "tomorrow"}, 400, "E0000001"),
        ({"since": "2020-01-01T00:00:00Z"}, 400, "E0000053"),
        ({"limit": "1001"}, 400, "E0000001"),
        ({"limit": "ten"}, 400, "E0000001"),
        ({"sortOrder": "UP"}, 400, "E0000001"),
        ({"after": "2a992f80-d1ad-4f62-900e-8c68bb72a21b"}, 400, "E0000001"),
        ({"q": "a " * 11}, 400, "E0000001"),
        ({"q": "x" * 41}, 400, "E0000001"),
    ],
)
async def test_what_okta_refuses_is_refused(shared: World, query: dict[str, str], status: int, code: str) -> None:
    assert refusal(await shared.get("/api/v1/logs", params=query)) == (status, code)


async def test_a_bad_date_names_its_parameter(quiet: World) -> None:
    answer = await quiet.get("/api/v1/logs", params={"until": "x"})
    assert answer.json()["errorCauses"] == [{"errorSummary": "until: must be a valid date-time or empty."}]


async def test_filters_on_the_fields_that_a_desk_needs(living: World) -> None:
    everyone = await everything(living, since=iso(START - 86_400), until=iso(START))

    async def count(text: str) -> int:
        return len(await everything(living, since=iso(START - 86_400), until=iso(START), filter=text))

    lock = next(event for event in everyone if event["eventType"] == "user.account.lock")
    questions: tuple[tuple[str, Callable[[Any], bool]], ...] = (
        (LOCKS, lambda e: e["eventType"] == "user.account.lock"),
        ('eventType sw "user.account.unlock"', lambda e: e["eventType"].startswith("user.account.unlock")),
        (
            'eventType co "mfa" or outcome.result eq "FAILURE"',
            lambda e: "mfa" in e["eventType"] or (e["outcome"] or {}).get("result") == "FAILURE",
        ),
        (
            'eventType eq "user.account.lock" or severity eq "DEBUG" or eventType eq "user.mfa.factor.activate"',
            lambda e: e["severity"] == "DEBUG" or e["eventType"] in {"user.account.lock", "user.mfa.factor.activate"},
        ),
        (
            'target.type eq "User" and (outcome.reason eq "LOCKED_OUT" or (severity eq "INFO" and outcome.reason pr))',
            lambda e: (
                any(t["type"] == "User" for t in e["target"] or [])
                and bool(reason := (e["outcome"] or {}).get("reason"))
                and (reason == "LOCKED_OUT" or e["severity"] == "INFO")
            ),
        ),
        (f'actor.id eq "{lock["actor"]["id"]}"', lambda e: e["actor"]["id"] == lock["actor"]["id"]),
        (
            f'actor.id eq "{lock["actor"]["id"]}" or target.id eq "{lock["actor"]["id"]}"',
            lambda e: lock["actor"]["id"] in {e["actor"]["id"], *(t["id"] for t in e["target"] or [])},
        ),
        (
            f'actor.id eq "{lock["actor"]["id"]}" or severity eq "WARN" or target.id eq "{lock["actor"]["id"]}"',
            lambda e: (
                e["severity"] == "WARN"
                or lock["actor"]["id"] in {e["actor"]["id"], *(t["id"] for t in e["target"] or [])}
            ),
        ),
        (
            f'actor.id eq "{lock["actor"]["id"]}" or target.id eq "{SYSTEM.id}"',
            lambda e: e["actor"]["id"] == lock["actor"]["id"] or any(t["id"] == SYSTEM.id for t in e["target"] or []),
        ),
        ('target.type eq "User"', lambda e: any(t["type"] == "User" for t in e["target"] or [])),
        ('severity eq "DEBUG"', lambda e: e["severity"] == "DEBUG"),
        ('not (severity eq "DEBUG")', lambda e: e["severity"] != "DEBUG"),
        ('outcome.result ne "SUCCESS"', lambda e: (e["outcome"] or {}).get("result") != "SUCCESS"),
        (
            f'client.ipAddress eq "{lock["client"]["ipAddress"]}"',
            lambda e: e["client"]["ipAddress"] == lock["client"]["ipAddress"],
        ),
        (
            f'transaction.id eq "{lock["transaction"]["id"]}"',
            lambda e: e["transaction"]["id"] == lock["transaction"]["id"],
        ),
        ("securityContext.isProxy eq true", lambda e: e["securityContext"]["isProxy"] is True),
        (
            'client.geographicalContext.country eq "Japan"',
            lambda e: (e["client"]["geographicalContext"] or {}).get("country") == "Japan",
        ),
        (
            'debugContext.debugData.loginResult eq "INVALID_CREDENTIALS"',
            lambda e: e["debugContext"].get("debugData", {}).get("loginResult") == "INVALID_CREDENTIALS",
        ),
    )
    for text, holds in questions:
        expected = sum(1 for event in everyone if holds(event))
        assert await count(text) == expected, text
        assert expected, text


async def test_keywords_must_all_occur_in_any_case(living: World) -> None:
    found = await events(living, q="MAX attempts exceeded")
    assert found
    assert {event["eventType"] for event in found} == {"user.account.lock"}


async def test_locks_at_the_page_name_the_person_as_target_too_and_others_as_actor_only(living: World) -> None:
    locks = await everything(living, since=iso(START - 8 * 86_400), until=iso(START), filter=LOCKS)
    assert {event["outcome"]["reason"] for event in locks} == {"LOCKED_OUT"}
    assert {event["outcome"]["result"] for event in locks} == {"FAILURE"}
    assert {event["severity"] for event in locks} == {"DEBUG"}
    assert all(event["actor"]["type"] == "User" for event in locks)
    elsewhere = [event for event in locks if event["target"] is None]
    at_the_page = [event for event in locks if event["target"] is not None]
    assert elsewhere
    assert at_the_page
    for event in at_the_page:
        assert event["target"] == [event["actor"]]
        assert event["debugContext"]["debugData"]["requestUri"] == "/idp/idx/challenge/answer"


async def test_the_last_events_of_every_locked_person_explain_the_lock(living: World) -> None:
    # A lock's own event may be late by up to 25 seconds: who fell just now is not explained yet.
    settled = iso(living.clock.at - 60)
    everyone = await living.pages('/api/v1/users?search=status eq "LOCKED_OUT"')
    week_ago = iso(living.clock.at - 7 * 86_400)
    locked = [person for person in everyone if week_ago < person["statusChanged"] < settled]
    assert len(locked) > 10
    for person in locked:
        text = f'actor.id eq "{person["id"]}"'
        found = await events(living, since=iso(START - 86_400), sortOrder="DESCENDING", filter=text, limit="20")
        locks = {"user.account.lock", "user.account.lock.limit"}
        lock = next(number for number, event in enumerate(found) if event["eventType"] in locks)
        assert abs(_seconds(found[lock]["published"]) - _seconds(person["statusChanged"])) < 1.5
        before = [event for event in found[lock + 1 :] if event["outcome"]["reason"] == "INVALID_CREDENTIALS"]
        assert len(before) >= 3
        assert before[0]["client"]["userAgent"]["rawUserAgent"]


def _seconds(text: str) -> float:
    from tui.demo.base.times import parse_iso  # noqa: PLC0415 - one use

    return parse_iso(text) or 0.0


@pytest.mark.parametrize(
    ("who", "kind", "token"), [("helpdesk", "User", True), ("service-helpdesk", "PublicClientAppEntity", False)]
)
async def test_every_write_leaves_its_event_with_its_actor(quiet: World, who: str, kind: str, token: bool) -> None:
    answer = await quiet.call(
        "POST", "/api/v1/users/ann.lee/lifecycle/unlock", who=who, headers={"user-agent": "keydesk/1"}
    )
    await quiet.call("DELETE", "/api/v1/users/ann.lee/sessions", who=who)
    quiet.clock.at += 40
    found = await events(quiet, since=iso(START), filter=f'target.id eq "{quiet.id_of("ann.lee")}"')
    kinds = {event["eventType"]: event for event in found}
    assert set(kinds) == {"user.account.unlock_by_admin", "user.session.clear"}
    event = kinds["user.account.unlock_by_admin"]
    assert event["actor"]["type"] == kind
    assert event["client"]["userAgent"]["rawUserAgent"] == "keydesk/1"
    assert event["transaction"]["id"] == answer.headers["x-okta-request-id"]
    identity = quiet.org.principal(who).identity
    if token:
        assert event["transaction"]["detail"] == {"requestApiTokenId": identity, "rootApiTokenId": identity}
        assert event["actor"]["alternateId"] == "nina.rossi@acme.example"
    else:
        assert event["actor"]["id"] == identity
        assert event["actor"]["alternateId"] == "unknown"
        detail = event["transaction"]["detail"]
        assert detail["requestApiTokenClientId"] == identity
        assert detail["requestApiTokenId"] == detail["rootApiTokenId"]
        assert detail["rootApiTokenId"].startswith("00T")


async def test_a_refused_write_leaves_no_event(quiet: World) -> None:
    before = len(quiet.org.journal)
    await quiet.call("POST", "/api/v1/users/bob.martin/lifecycle/unlock")
    await quiet.call("POST", "/api/v1/users/ann.lee/lifecycle/unlock", who="readonly")
    assert len(quiet.org.journal) == before


async def test_the_next_link_holds_the_question(quiet: World) -> None:
    answer = await quiet.get("/api/v1/logs", params={"since": iso(START - 3600), "filter": LOCKS, "limit": "3"})
    query = query_of(next_link(answer) or "")
    assert set(query) == {"since", "filter", "limit", "after"}
    assert query["filter"] == [LOCKS]


async def test_the_past_is_the_same_whenever_the_log_is_first_read_and_whatever_has_happened_by_then() -> None:
    """It is written when somebody first asks, and tells of the org as it was at the start."""

    async def live(world: World) -> None:
        for person in world.org.people.from_index():
            if person.index % 3 == 0:
                body = {"profile": {"firstName": "New", "lastName": "Name"}}
                await world.call("POST", f"/api/v1/users/{person.id}", json=body)
        for policy in world.org.policies.all:
            policy.set({"password": {"lockout": {"maxAttempts": 2, "autoUnlockMinutes": 1}}})

    async def whole(world: World) -> list[Any]:
        until = "2026-09-21T14:13:20.000Z"  # where the clock begins
        return await world.pages(f"/api/v1/logs?since=2026-09-01T00:00:00.000Z&until={until}&limit=1000")

    early, late = (World(own_past=True, rate_limits="off") for _ in range(2))
    told = await whole(early)
    assert len(told) > 2000
    await live(early)
    await live(late)
    assert await whole(late) == told
    assert len(late.org.journal) == len(early.org.journal) > len(told)


async def test_what_is_written_before_the_first_read_has_the_identifiers_that_it_has_afterwards() -> None:
    async def unlock(*, read_first: bool) -> str:
        world = World(own_past=True)
        if read_first:
            await world.json("/api/v1/logs")
        await world.call("POST", f"/api/v1/users/{world.id_of('ann.lee')}/lifecycle/unlock")
        world.clock.at += 60
        (event,) = await world.json(
            '/api/v1/logs?filter=eventType eq "user.account.unlock_by_admin"&since=2026-09-21T14:13:20.000Z'
        )
        return str(event["uuid"])

    assert await unlock(read_first=True) == await unlock(read_first=False)
