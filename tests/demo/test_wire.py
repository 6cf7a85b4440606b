from __future__ import annotations

import re

import pytest

from tests.demo.support import BASE, START, World, next_link, refusal
from tui.demo.base.limits import RateLimits


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(autouse=True)
def _fresh_limits(world: World) -> None:
    world.org.limits = RateLimits("workforce")


async def test_every_metered_answer_carries_the_headers_of_the_real_one(world: World) -> None:
    answer = await world.get("/api/v1/users?limit=1")
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-okta-request-id"])
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-rate-limit-limit"] == "300"
    assert answer.headers["x-rate-limit-remaining"] == "299"
    assert int(answer.headers["x-rate-limit-reset"]) == START + 60
    assert answer.headers["date"] == "Mon, 21 Sep 2026 14:13:20 GMT"
    assert "retry-after" not in answer.headers
    assert all(name == name.lower() for name, _ in answer.headers.raw)


async def test_lists_have_two_link_lines_self_first(world: World) -> None:
    answer = await world.get("/api/v1/users")
    lines = answer.headers.get_list("link")
    assert lines[0] == f'<{BASE}/api/v1/users?limit=200>; rel="self"'
    assert re.fullmatch(rf'<{BASE}/api/v1/users\?after=200u\w{{17}}&limit=200>; rel="next"', lines[1])


async def test_following_next_links_reads_everybody_once_and_ends(world: World) -> None:
    people = await world.pages("/api/v1/users?limit=37")
    logins = [person["profile"]["login"] for person in people]
    expected = [p.login for p in world.org.people.from_index() if p.status != "DEPROVISIONED"]
    assert logins == expected
    assert len(set(logins)) == len(logins)


async def test_the_self_link_repeats_the_question_encoded(world: World) -> None:
    answer = await world.get(
        "/api/v1/users", params={"search": 'status eq "ACTIVE" and (profile.login sw "a")', "limit": "1"}
    )
    assert answer.headers.get_list("link")[0] == (
        f'<{BASE}/api/v1/users?limit=1&search=status+eq+%22ACTIVE%22+and+%28profile.login+sw+%22a%22%29>; rel="self"'
    )
    following = next_link(answer)
    assert following is not None
    assert (await world.json(following))[0]["profile"]["login"] != answer.json()[0]["profile"]["login"]


@pytest.mark.parametrize("path", ["/api/v1/users", "/api/v1/groups", "/api/v1/apps"])
@pytest.mark.parametrize(
    "cursor", ["nonsense", "200uAAAAAAAAAAAAAAAAA", "2", "200u" + "é" * 17, "00u12345678901234567"]
)
async def test_a_made_up_cursor_is_refused(world: World, path: str, cursor: str) -> None:
    assert refusal(await world.get(path, params={"after": cursor})) == (400, "E0000029")


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
async def test_a_bad_limit_is_refused_and_a_large_one_cut(world: World, limit: str) -> None:
    assert refusal(await world.get(f"/api/v1/users?limit={limit}")) == (400, "E0000001")
    assert len(await world.json("/api/v1/users?limit=100000")) == 200


async def test_an_error_body_is_shaped_like_okta_s(world: World) -> None:
    answer = await world.get("/api/v1/users/00uNOPE")
    body = answer.json()
    assert answer.status_code == 404
    assert list(body) == ["errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"]
    assert body["errorSummary"] == "Not found: Resource not found: 00uNOPE (User)"
    assert body["errorLink"] == body["errorCode"] == "E0000007"
    assert re.fullmatch(r"oae[\w-]{22}", body["errorId"])
    assert body["errorCauses"] == []


async def test_words_of_a_request_are_not_read_as_places_in_the_summary(world: World) -> None:
    answer = await world.get("/api/v1/users/%7B1%7D")
    assert answer.json()["errorSummary"] == "Not found: Resource not found: {1} (User)" or answer.status_code == 404


async def test_unknown_path_and_wrong_method(world: World) -> None:
    assert refusal(await world.get("/api/v1/nothing")) == (404, "E0000008")
    assert refusal(await world.call("PATCH", "/api/v1/users")) == (405, "E0000022")
    assert refusal(await world.call("DELETE", "/api/v1/org")) == (405, "E0000022")


async def test_well_known_pages_need_no_token_and_are_not_metered(world: World) -> None:
    for path in ("/.well-known/okta-organization", "/.well-known/oauth-authorization-server"):
        answer = await world.get(path, who=None)
        assert answer.status_code == 200
        assert "x-rate-limit-limit" not in answer.headers
    assert (await world.json("/.well-known/okta-organization"))["pipeline"] == "idx"
    assert (await World(pipeline="v1").json("/.well-known/okta-organization"))["pipeline"] == "v1"


async def test_links_are_built_from_the_host_that_the_client_used(world: World) -> None:
    answer = await world.get("/api/v1/users?limit=1", headers={"host": "demo.test:1234"})
    assert answer.json()[0]["_links"]["self"]["href"].startswith("http://demo.test:1234/api/v1/users/00u")
    assert "http://demo.test:1234/api/v1/users?after=" in answer.headers.get_list("link")[1]


async def test_a_user_is_found_by_id_login_short_name_and_me(world: World) -> None:
    ann = await world.json("/api/v1/users/ann.lee@acme.example")
    assert ann == await world.json(f"/api/v1/users/{ann['id']}") == await world.json("/api/v1/users/ANN.LEE")
    assert (await world.json("/api/v1/users/me"))["profile"]["login"] == "maria.silva@acme.example"
    assert (await world.json("/api/v1/users/me", who="helpdesk"))["profile"]["login"] == "nina.rossi@acme.example"
    assert refusal(await world.get("/api/v1/users/me", who="service")) == (404, "E0000007")


async def test_an_encoded_slash_does_not_split_a_segment(world: World) -> None:
    answer = await world.get("/api/v1/users/ann%2Flee")
    assert refusal(answer) == (404, "E0000007")
    assert "ann/lee (User)" in answer.json()["errorSummary"]


async def test_the_etag_changes_with_the_user() -> None:
    world = World()
    before = (await world.get("/api/v1/users/ann.lee")).headers["etag"]
    assert before == (await world.get("/api/v1/users/ann.lee")).headers["etag"]
    await world.call("POST", "/api/v1/users/ann.lee/lifecycle/unlock")
    after = (await world.get("/api/v1/users/ann.lee")).headers["etag"]
    assert re.fullmatch(r'W/"[0-9a-f]{64}"', after)
    assert after != before


@pytest.mark.parametrize(
    ("name", "links"),
    [
        ("liam.obrien", {"activate"}),
        ("kim.park", {"suspend", "resetPassword", "reactivate", "deactivate"}),
        ("fatima.khan", {"unsuspend", "deactivate"}),
        ("george.wu", {"activate", "delete"}),
        ("ann.lee", {"unlock", "resetPassword", "resetFactors", "deactivate"}),
    ],
)
async def test_a_single_user_offers_the_links_of_its_status_and_a_list_item_only_itself(
    world: World, name: str, links: set[str]
) -> None:
    user = await world.json(f"/api/v1/users/{name}")
    assert set(user["_links"]) == links | {"self", "schema", "type"}
    listed = await world.json("/api/v1/users", params={"search": f'id eq "{user["id"]}"'})
    assert set(listed[0]["_links"]) == {"self"}
    assert {**listed[0], "_links": None} == {**user, "_links": None}


async def test_groups_of_a_user_begin_with_everyone(world: World) -> None:
    groups = await world.json("/api/v1/users/erik.larsen/groups")
    assert groups[0]["profile"]["name"] == "Everyone"
    assert {"APP_GROUP", "BUILT_IN", "OKTA_GROUP"} == {group["type"] for group in groups}
    assert next(group for group in groups if group["type"] == "APP_GROUP")["source"]["id"].startswith("0oa")


async def test_a_blocked_user_is_active_and_blocked(world: World) -> None:
    assert (await world.json("/api/v1/users/carla.diaz"))["status"] == "ACTIVE"
    block = [{"type": "DEVICE_BASED", "appliesTo": "UNKNOWN_DEVICES"}]
    assert await world.json("/api/v1/users/carla.diaz/blocks") == block
    expanded = await world.json("/api/v1/users/carla.diaz?expand=blocks")
    assert expanded["_embedded"] == {"blocks": block}
    assert await world.json("/api/v1/users/bob.martin/blocks") == []


async def test_apps_of_a_user_come_with_the_assignment(world: World) -> None:
    bob = world.id_of("bob.martin")
    apps = await world.json(
        "/api/v1/apps", params={"filter": f'user.id eq "{bob}"', "expand": f"user/{bob}", "limit": "200"}
    )
    tiles = await world.json(f"/api/v1/users/{bob}/appLinks")
    assert {app["_embedded"]["user"]["id"] for app in apps} == {bob}
    assert {app["_embedded"]["user"]["scope"] for app in apps} <= {"USER", "GROUP"}
    assert {tile["appInstanceId"] for tile in tiles} < {app["id"] for app in apps}


async def test_members_of_a_group_page_by_page(world: World) -> None:
    sales = world.org.groups.named("Sales").id
    members = await world.pages(f"/api/v1/groups/{sales}/users?limit=7")
    assert {member["profile"]["department"] for member in members} == {"Sales"}
    assert {member["id"] for member in members} == {
        user["id"]
        for user in await world.pages('/api/v1/users?search=profile.department eq "Sales" and status pr')
        if user["status"] != "DEPROVISIONED"
    }


async def test_groups_are_found_by_name_type_and_beginning(world: World) -> None:
    found = await world.json("/api/v1/groups", params={"search": 'profile.name co "vpn"'})
    assert [group["profile"]["name"] for group in found] == ["VPN Users"]
    built_in = await world.json("/api/v1/groups", params={"filter": 'type eq "BUILT_IN"'})
    assert [group["profile"]["name"] for group in built_in] == ["Everyone", "Okta Administrators"]
    assert [g["profile"]["name"] for g in await world.json("/api/v1/groups?q=every")] == ["Everyone"]
    assert refusal(await world.get("/api/v1/groups", params={"search": 'type ne "x"'})) == (400, "E0000031")


async def test_policies_need_a_type(world: World) -> None:
    assert refusal(await world.get("/api/v1/policies")) == (400, "E0000028")
    names = [policy["name"] for policy in await world.json("/api/v1/policies?type=PASSWORD")]
    assert names[-1] == "Default Policy"
    for kind in ("MADE_UP", "OAUTH_AUTHORIZATION_POLICY"):
        refused = await world.get(f"/api/v1/policies?type={kind}")
        assert refusal(refused) == (400, "E0000002")
        assert refused.json()["errorSummary"] == "The request was not valid: Invalid policy type specified."
