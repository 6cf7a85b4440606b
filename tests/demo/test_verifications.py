"""A factor is verified through the Management API, and somebody's phone answers."""

# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

from typing import Any

import pytest

from tests.demo.software import events
from tests.demo.support import World, refusal
from tui.demo.base import otp
from tui.demo.factors.challenges import Challenges
from tui.demo.people.callers import CALLERS, told
from tui.demo.story.begin import begin_org
from tui.desk.rules.tiers import TIERS, Tier

ZACK = "/api/v1/users/zack.moore/factors"
MFA, DENIED = "user.authentication.auth_via_mfa", "user.mfa.okta_verify.deny_push"
NUMBERED = {"useNumberMatchingChallenge": True}


async def factor(world: World, kind: str, provider: str = "OKTA", where: str = ZACK) -> str:
    """Return the path of somebody's factor."""
    found = [f for f in await world.json(where) if (f["factorType"], f["provider"]) == (kind, provider)]
    return f"{where}/{found[0]['id']}"


async def push(world: World, body: Any = None, who: str = "helpdesk", query: str = "") -> Any:
    answer = await world.call("POST", f"{await factor(world, 'push')}/verify{query}", who=who, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def poll(world: World, sent: Any, who: str = "helpdesk") -> Any:
    return await world.json(sent["_links"]["poll"]["href"], who=who)


async def teach(world: World, answers: str, after: float = 5, login: str = "zack.moore") -> None:
    body = {"phone": {"login": login, "answers": answers, "after": after}}
    assert (await world.call("POST", "/__demo/world", json=body)).status_code == 200


async def phone(world: World) -> Any:
    return await world.json("/__demo/phones/zack.moore")


async def tried(world: World, kind: str = MFA) -> list[Any]:
    """Return what the log says of what this test did: everything after the org's start."""
    world.clock.at += 20  # an event arrives a little later than it happens
    return [event for event in await events(world, kind) if event["published"] >= "2026-09-21T14:13:20"]


async def test_a_push_shows_its_number_until_the_phone_has_answered() -> None:
    world = World(rate_limits="off")
    sent = await push(world, NUMBERED)
    number = sent["_embedded"]["challenge"]["correctAnswer"]
    assert (sent["factorResult"], sent["expiresAt"]) == ("WAITING", "2026-09-21T14:18:20.000Z")
    assert [
        (one["result"], number in one["numbers"], len(set(one["numbers"]))) for one in (await phone(world))["pushes"]
    ] == [("WAITING", True, 3)]
    waiting = await poll(world, sent)
    assert (waiting["factorResult"], waiting["_embedded"]["challenge"]["correctAnswer"]) == ("WAITING", number)
    assert waiting["_links"]["poll"]["href"] != sent["_links"]["poll"]["href"]  # a link is followed as given
    world.clock.at += 5
    assert await poll(world, waiting) == {"factorResult": "SUCCESS"} == await poll(world, sent)
    (event,) = await tried(world)
    assert (event["actor"]["alternateId"], event["outcome"]["result"]) == ("zack.moore@acme.example", "SUCCESS")
    assert event["client"]["userAgent"]["rawUserAgent"].startswith("B7F62B65BN.com.okta.mobile")
    assert (await world.call("DELETE", sent["_links"]["cancel"]["href"], who="helpdesk")).status_code == 204
    assert refusal(await world.get(sent["_links"]["poll"]["href"])) == (404, "E0000007")


@pytest.mark.parametrize("pipeline", ["idx", "v1"])
async def test_a_denied_push_is_told_by_the_poll_and_in_the_log_of_each_engine(pipeline: str) -> None:
    world = World(rate_limits="off", pipeline=pipeline)
    await teach(world, "deny", 2)
    sent = await push(world, NUMBERED)
    world.clock.at += 1
    assert (await poll(world, sent))["factorResult"] == "WAITING"
    world.clock.at += 1
    assert await poll(world, sent) == {"factorResult": "REJECTED"}
    if pipeline == "v1":
        (event,) = await tried(world, DENIED)
        assert event["outcome"]["result"] == "FAILURE"
        assert await tried(world) == []
    else:
        (event,) = await tried(world)
        assert event["outcome"] == {"result": "FAILURE", "reason": "INVALID_CREDENTIALS"}
        assert event["debugContext"]["debugData"]["pushOnlyResponseType"] == "OV_RESPONSE_DENY"


async def test_a_phone_that_nobody_looks_at_and_one_on_which_the_wrong_number_is_tapped() -> None:
    world = World(rate_limits="off")
    await teach(world, "ignore")
    sent = await push(world, query="?tokenLifetimeSeconds=60")
    world.clock.at += 59
    assert (await poll(world, sent))["factorResult"] == "WAITING"
    world.clock.at += 1
    assert await poll(world, sent) == {"factorResult": "TIMEOUT"}
    await teach(world, "wrong", 0)
    sent = await push(world, NUMBERED)
    assert await poll(world, sent) == {"factorResult": "REJECTED"}
    (event,) = await tried(world)
    told = event["debugContext"]["debugData"]
    assert told["pushWithNumberChallengeResponseType"] == "OV_WITH_CHALLENGE_RESPONSE_INVALID"
    assert told["pushOnlyResponseType"] == "OV_RESPONSE_APPROVE"
    await teach(world, "approve", 61)
    late, soon = await push(world, query="?tokenLifetimeSeconds=60"), await push(world)
    world.clock.at += 61
    assert [(await poll(world, one))["factorResult"] for one in (late, soon)] == ["TIMEOUT", "SUCCESS"]


async def test_without_number_matching_the_wish_is_passed_over() -> None:
    world = World(rate_limits="off", number_matching=False)
    sent = await push(world, NUMBERED)
    assert "_embedded" not in sent
    assert "_embedded" not in await poll(world, sent)


def test_a_blind_tap_passes_one_time_in_three() -> None:
    world = World()
    zack = world.org.people.find("zack.moore")
    assert zack is not None
    known = Challenges(7, numbers=True)
    known.teach(zack, "blind")
    results = [known.tap(zack, known.push(0.0, 300, numbered=True)) for _ in range(3000)]
    assert 900 < results.count("approve") < 1100
    assert set(results) == {"approve", "wrong"}
    plain = [known.tap(zack, known.push(0.0, 300, numbered=False)) for _ in range(10)]
    assert set(plain) == {"approve"}


async def test_a_help_desk_checks_okta_verify_and_texts_and_others_more() -> None:
    world = World(rate_limits="off")
    google = await factor(world, "token:software:totp", "GOOGLE", "/api/v1/users/vera.lind/factors")
    refused = await world.call("POST", f"{google}/verify", who="helpdesk", json={"passCode": "123456"})
    assert refusal(refused) == (403, "E0000006")
    refused = await world.call("POST", f"{google}/verify", who="group", json={"passCode": "123456"})
    assert refusal(refused) == (403, "E0000068")
    verify = await factor(world, "token:software:totp")
    assert refusal(await world.call("POST", f"{verify}/verify", who="readonly")) == (403, "E0000006")


async def code(world: World) -> str:
    return str(next(one["code"] for one in (await phone(world))["codes"] if one["provider"] == "OKTA"))


async def test_a_code_is_good_once_and_only_now() -> None:
    world = World(rate_limits="off")
    verify = f"{await factor(world, 'token:software:totp')}/verify"

    async def check(passcode: str) -> Any:
        return await world.call("POST", verify, who="helpdesk", json={"passCode": passcode})

    first = await code(world)
    assert (await check(first)).json() == {"factorResult": "SUCCESS"}
    assert refusal(await check(first)) == (403, "E0000082")
    world.clock.at += 30
    missed = await code(world)
    world.clock.at += 90
    assert refusal(await check(missed)) == (403, "E0000083")
    assert refusal(await check("000000")) == (403, "E0000068")
    assert (await check(await code(world))).json() == {"factorResult": "SUCCESS"}
    results = [event["outcome"]["result"] for event in await tried(world)]
    assert sorted(results) == ["FAILURE"] * 3 + ["SUCCESS"] * 2


@pytest.mark.parametrize("pipeline", ["idx", "v1"])
async def test_five_wrong_codes_are_too_many(pipeline: str) -> None:
    world = World(rate_limits="off", pipeline=pipeline)
    verify = f"{await factor(world, 'token:software:totp')}/verify"
    for _ in range(5):
        assert refusal(await world.call("POST", verify, json={"passCode": "000000"})) == (403, "E0000068")
    sixth = refusal(await world.call("POST", verify, json={"passCode": await code(world)}))
    status = (await world.json("/api/v1/users/zack.moore"))["status"]
    assert (sixth, status) == (
        ((429, "E0000047"), "ACTIVE") if pipeline == "idx" else ((403, "E0000069"), "LOCKED_OUT")
    )
    world.clock.at += 301
    if pipeline == "idx":
        assert (await world.call("POST", verify, json={"passCode": await code(world)})).status_code == 200


async def test_a_code_that_is_sent_holds_for_a_while() -> None:
    world = World(rate_limits="off")
    verify = f"{await factor(world, 'sms', where='/api/v1/users/vera.lind/factors')}/verify"
    assert refusal(await world.call("POST", verify, json={"passCode": otp.SENT})) == (403, "E0000068")
    challenge = await world.call("POST", f"{verify}?tokenLifetimeSeconds=60", who="helpdesk")
    assert challenge.json()["expiresAt"] == "2026-09-21T14:14:20.000Z"
    world.clock.at += 60
    assert refusal(await world.call("POST", verify, json={"passCode": otp.SENT})) == (403, "E0000068")
    await world.call("POST", verify)
    assert (await world.call("POST", verify, json={"passCode": otp.SENT})).json() == {"factorResult": "SUCCESS"}
    assert refusal(await world.call("POST", f"{verify}?tokenLifetimeSeconds=0")) == (400, "E0000001")


async def test_a_phone_is_taught_only_what_a_phone_can_do() -> None:
    world = World()
    for body in (
        {"login": "zack.moore", "answers": "explode"},
        {"login": "zack.moore", "answers": "deny", "after": -1},
    ):
        answer = await world.call("POST", "/__demo/world", json={"phone": body})
        assert answer.status_code == 400, answer.text
    assert (await phone(world))["answers"] == "approve"


@pytest.mark.parametrize("pipeline", ["idx", "v1"])
def test_whoever_is_on_the_line_has_a_phone_that_answers_as_told(pipeline: str) -> None:
    now = 1_790_000_000.0
    org = begin_org(people=60, clock=lambda: now, lockouts_per_minute=0, callers=True, pipeline=pipeline)
    assert {caller.honest for caller in CALLERS} == {True, False}
    for caller in CALLERS:
        person = org.people.named(caller.person)
        assert org.challenges.habit(person) == (caller.answers, caller.after)
        assert "push" in {f["factorType"] for f in org.enrolments.of(person) if f["status"] == "ACTIVE"}
        assert TIERS[caller.wants] >= Tier.PROOF
        assert person.login == caller.login
        assert caller.says in told(caller)
    denying = [caller for caller in CALLERS if caller.answers in {"deny", "wrong"}]
    assert len(denying) >= 3
    for caller in denying:
        pushed = org.challenges.push(org.clock(), 60, numbered=True)
        assert org.challenges.tap(org.people.named(caller.person), pushed) in {"deny", "wrong"}
        assert pushed.result(org.clock()) == "REJECTED"
