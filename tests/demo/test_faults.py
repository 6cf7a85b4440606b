from __future__ import annotations

import msgspec
import pytest

from tests.demo.support import CONTROL_TOKEN, START, World, next_link, refusal
from tests.each import each
from tui.demo.base.faults import KINDS, make_fault, parse_fault
from tui.demo.serve.asgi import AnswerLostError, create_app


@pytest.fixture
def world() -> World:
    return World()


UNLOCK = "/api/v1/users/ann.lee/lifecycle/unlock"


LOGS = "/api/v1/logs?limit=5"


async def test_a_page_without_its_next_link_and_a_cursor_that_is_forgotten(world: World) -> None:
    after = next_link(await world.get(LOGS))
    assert after
    await world.fault(fault="no-next")
    assert not next_link(await world.get(LOGS))
    assert next_link(await world.get(LOGS))
    await world.fault(fault="lost-cursor")
    assert refusal(await world.get(after)) == (400, "E0000029")
    assert (await world.get(after)).status_code == 200


async def test_a_window_of_sixty_seconds_for_each_principal_and_bucket() -> None:
    world = World(rate_limits="integrator")
    for left in range(9, -1, -1):
        answer = await world.get("/api/v1/apps?limit=1")
        assert (answer.status_code, answer.headers["x-rate-limit-remaining"]) == (200, str(left))
        world.clock.at += 1
    refused = await world.get("/api/v1/apps?limit=1")
    assert refusal(refused) == (429, "E0000047")
    assert refused.headers["x-rate-limit-limit"] == "10"
    assert refused.headers["x-rate-limit-remaining"] == "0"
    assert refused.headers["x-rate-limit-reset"] == str(int(START) + 60)
    assert "retry-after" not in refused.headers
    assert (await world.get("/api/v1/apps?limit=1", who="readonly")).status_code == 200
    assert (await world.get("/api/v1/groups?limit=1")).status_code == 200
    world.clock.at = START + 60
    assert (await world.get("/api/v1/apps?limit=1")).status_code == 200


async def test_without_limits_nothing_is_refused() -> None:
    world = World(rate_limits="off")
    for _ in range(120):
        assert (await world.get("/api/v1/apps?limit=1")).status_code == 200


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("401", (401, "E0000011")),
        ("403-role", (403, "E0000006")),
        ("500", (500, "E0000009")),
        ("503", (503, "E0000010")),
        ("429", (429, "E0000047")),
        ("429-concurrency", (429, "E0000047")),
    ],
)
async def test_a_refusing_fault_acts_once_and_changes_nothing(
    world: World, name: str, expected: tuple[int, str]
) -> None:
    await world.fault(fault=name, match="/lifecycle/")
    assert (await world.get("/api/v1/users/ann.lee")).status_code == 200
    assert refusal(await world.call("POST", UNLOCK)) == expected
    assert (await world.json("/api/v1/users/ann.lee"))["status"] == "LOCKED_OUT"
    assert (await world.call("POST", UNLOCK)).status_code == 200


async def test_the_429_resets_48_seconds_ahead_and_the_concurrency_form_shows_zeros(world: World) -> None:
    await world.fault(fault="429")
    answer = await world.get("/api/v1/org")
    assert int(answer.headers["x-rate-limit-reset"]) == START + 48
    assert answer.headers["x-rate-limit-remaining"] == "0"
    await world.fault(fault="429-concurrency")
    answer = await world.get("/api/v1/org")
    assert (answer.headers["x-rate-limit-limit"], answer.headers["x-rate-limit-remaining"]) == ("0", "0")


async def test_the_missing_feature_is_about_blocks_unless_told_otherwise(world: World) -> None:
    await world.fault(fault="401-feature", times=-1)
    assert (await world.get("/api/v1/users/ann.lee")).status_code == 200
    for _ in range(2):
        answer = await world.get("/api/v1/users/ann.lee/blocks")
        assert refusal(answer) == (401, "E0000015")
        assert answer.headers["x-rate-limit-limit"] == "1000"
    await world.call("DELETE", "/__demo/faults", who=None)
    assert (await world.get("/api/v1/users/ann.lee/blocks")).status_code == 200


async def test_a_cut_after_the_write_loses_the_answer_only(world: World) -> None:
    await world.fault(fault="cut", match="/unlock", method="post")
    with pytest.raises(AnswerLostError):
        await world.call("POST", UNLOCK)
    assert (await world.json("/api/v1/users/ann.lee"))["status"] == "ACTIVE"


async def test_a_cut_before_the_write_prevents_it(world: World) -> None:
    await world.fault(fault="cut-before", match="/unlock")
    with pytest.raises(AnswerLostError):
        await world.call("POST", UNLOCK)
    assert (await world.json("/api/v1/users/ann.lee"))["status"] == "LOCKED_OUT"


async def test_a_timeout_of_the_gateway_hides_a_write_that_took_effect(world: World) -> None:
    await world.fault(fault="504", match="/unlock")
    assert refusal(await world.call("POST", UNLOCK)) == (504, "E0000067")
    assert (await world.json("/api/v1/users/ann.lee"))["status"] == "ACTIVE"


async def test_bodies_that_are_not_what_they_should_be(world: World) -> None:
    await world.fault(fault="wrong-json")
    assert isinstance((await world.get("/api/v1/users")).json(), dict)
    await world.fault(fault="not-json")
    answer = await world.get("/api/v1/users")
    assert answer.headers["content-type"] == "application/json"
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(answer.content)
    await world.fault(fault="html")
    answer = await world.get("/api/v1/users")
    assert answer.headers["content-type"].startswith("text/html")
    assert "<h1>" in answer.text
    await world.fault(fault="truncated")
    with pytest.raises(AnswerLostError):
        await world.get("/api/v1/users")


async def test_a_wrong_clock_shows_in_the_date(world: World) -> None:
    await world.fault(fault="wrong-clock", value=3600)
    assert (await world.get("/api/v1/org")).headers["date"] == "Mon, 21 Sep 2026 15:13:20 GMT"
    assert (await world.get("/api/v1/org")).headers["date"] == "Mon, 21 Sep 2026 14:13:20 GMT"


async def test_slow_still_answers(world: World) -> None:
    await world.fault(fault="slow", value=0.01)
    assert (await world.get("/api/v1/org")).status_code == 200


async def test_a_lagging_index_finds_people_as_they_were_a_second_ago(world: World) -> None:
    search = {"search": 'id eq "' + world.id_of("ann.lee") + '" and status eq "LOCKED_OUT"'}
    await world.fault(fault="search-lag")
    await world.call("POST", UNLOCK)
    assert len(await world.json("/api/v1/users", params=search)) == 1
    assert (await world.json("/api/v1/users/ann.lee"))["status"] == "ACTIVE"
    world.clock.at += 1.1
    assert await world.json("/api/v1/users", params=search) == []


async def test_the_world_can_be_changed_behind_the_caller_s_back(world: World) -> None:
    await world.world(lock="bob.martin", unlock="ann.lee@acme.example", block="dev.patel")
    assert (await world.json("/api/v1/users/bob.martin"))["status"] == "LOCKED_OUT"
    assert (await world.json("/api/v1/users/ann.lee"))["status"] == "ACTIVE"
    assert await world.json("/api/v1/users/dev.patel/blocks")
    await world.world(set_status={"login": "bob.martin", "status": "SUSPENDED"})
    assert (await world.json("/api/v1/users/bob.martin"))["status"] == "SUSPENDED"
    await world.world(delete="bob.martin")
    assert refusal(await world.get("/api/v1/users/bob.martin")) == (404, "E0000007")
    assert refusal(await world.call("POST", "/api/v1/users/bob.martin/lifecycle/unlock")) == (404, "E0000007")
    world.clock.at += 40
    answer = await world.get(
        "/api/v1/logs", params={"filter": 'eventType eq "user.account.lock"', "since": "2026-09-21T14:13:00Z"}
    )
    assert [event["actor"]["alternateId"] for event in answer.json()] == ["bob.martin@acme.example"]
    assert next_link(answer)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/faults", b"{"),
        ("POST", "/faults", b'{"fault":"nonsense"}'),
        ("POST", "/faults", b'{"fault":"429","tmies":1}'),
        ("POST", "/world", b"{}"),
        ("POST", "/world", b'{"lock":"nobody.here"}'),
        ("POST", "/world", b'{"set_status":{"login":"ann.lee","status":"HAPPY"}}'),
    ],
)
async def test_mistakes_at_the_control_endpoint_are_told(world: World, method: str, path: str, body: bytes) -> None:
    answer = await world.call(method, f"/__demo{path}", who=None, content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert (await world.call("PUT", f"/__demo{path}", who=None)).status_code == 404


async def test_the_org_describes_itself(world: World) -> None:
    about = await world.json("/__demo", who=None)
    apps = {"service_apps"}
    assert (
        set(about)
        == {"org", "statuses", "events", "principals", "faults", "known_faults", "phones", "cast", "usage"} | apps
    )
    assert about["principals"]["helpdesk"]["token"] == world.org.principal("helpdesk").token
    assert about["cast"][0]["login"] == "ann.lee@acme.example"
    assert set(about["known_faults"]) == set(KINDS)
    assert sum(about["statuses"].values()) == about["org"]["people"] == 300


def test_a_fault_can_be_written_in_one_word() -> None:
    assert parse_fault("429") == make_fault("429")
    spec = parse_fault("slow:times=-1,match=/lifecycle/,method=post,value=0.5")
    assert (spec.fault, spec.times, spec.match, spec.method, spec.value) == ("slow", -1, "/lifecycle/", "POST", 0.5)
    for bad in ("nonsense", "429:times", "429:tmies=1", "429:times=x", "slow:value=x", ""):
        with pytest.raises(ValueError, match=r"."):
            parse_fault(bad)


@each(
    ("host", "headers", "status"),
    [
        ("127.0.0.1:8765", {}, 200),
        ("localhost:8765", {}, 200),
        ("[::1]:8765", {}, 200),
        ("127.0.0.1:8765", {"sec-fetch-site": "none"}, 200),  # typed into a browser
        ("127.0.0.1:8765", {"x-demo-token": ""}, 403),
        ("127.0.0.1:8765", {"x-demo-token": CONTROL_TOKEN[:-1]}, 403),
        ("127.0.0.1:8765", {"x-demo-token": f"{CONTROL_TOKEN}x"}, 403),
        ("127.0.0.1:8765", {"x-demo-token": "\u00fc"}, 403),
        ("rebound.example:8765", {}, 403),
        ("127.0.0.1.rebound.example", {}, 403),
        ("127.0.0.1@rebound.example", {}, 403),
        ("[::1", {}, 403),
        ("127.0.0.1:8765", {"origin": "https://evil.example"}, 403),
        ("127.0.0.1:8765", {"origin": "null"}, 403),
        ("127.0.0.1:8765", {"origin": "http://127.0.0.1:8765"}, 403),
        ("127.0.0.1:8765", {"sec-fetch-site": "cross-site"}, 403),
    ],
)
@each(("method", "path"), [("GET", ""), ("POST", "/faults"), ("POST", "/world"), ("DELETE", "/faults")])
async def test_only_who_started_the_org_may_use_the_control_endpoint(
    world: World, host: str, headers: dict[str, str], status: int, method: str, path: str
) -> None:
    body = {"/faults": {"fault": "429"}, "/world": {"lock": "bob.martin"}}.get(path) if method == "POST" else None
    world.org.faults.clear()
    raw = {name: value.encode("utf-8") for name, value in headers.items()}
    answer = await world.call(method, f"/__demo{path}", who=None, json=body, headers={"host": host, **raw})
    assert answer.status_code == status, answer.text
    if status == 403:
        assert set(answer.json()) == {"error"}
        assert not world.org.faults.on
        assert CONTROL_TOKEN not in answer.text


async def test_without_a_given_token_nobody_has_one(world: World) -> None:
    world.app = create_app(world.org)
    assert (await world.call("GET", "/__demo", who=None)).status_code == 403
    assert (await world.call("GET", "/__demo", who=None, headers={"x-demo-token": ""})).status_code == 403
