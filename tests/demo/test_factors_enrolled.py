# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

from typing import Any

import pytest

from tests.demo.software import events, told
from tests.demo.support import World, complaints, needs_schema, refusal, schema
from tui.demo.people.cast import CAST

ENROLLMENTS = "/api/v1/users/{userId}/authenticator-enrollments"


@pytest.fixture
def world() -> World:
    return World(rate_limits="off")


async def factors(world: World, name: str) -> list[Any]:
    found: list[Any] = await world.json(f"/api/v1/users/{name}/factors")
    return found


async def enrolled(world: World, name: str, query: str = "") -> list[Any]:
    found: list[Any] = await world.json(f"/api/v1/users/{name}/authenticator-enrollments{query}")
    return found


async def remove(world: World, name: str, factor: Any, query: str = "", who: str = "helpdesk") -> None:
    path = f"/api/v1/users/{name}/factors/{factor['id']}{query}"
    answer = await world.call("DELETE", path, who=who)
    assert (answer.status_code, answer.content) == (204, b"")
    assert refusal(await world.get(path)) == (404, "E0000007")


def of_kind(found: list[Any], kind: str) -> Any:
    return next(factor for factor in found if factor["factorType"] == kind)


@needs_schema
async def test_the_cast_has_factors_of_every_kind_provider_and_status(world: World) -> None:
    found = [factor for member in CAST for factor in await factors(world, member.name)]
    schemas = schema()["components"]["schemas"]
    for name, key in (("factorType", "UserFactorType"), ("status", "UserFactorStatus")):
        assert {factor[name] for factor in found} == {value for value in schemas[key]["enum"] if value}
    assert {factor["provider"] for factor in found} == {
        value for value in schemas["UserFactorProvider"]["enum"] if value
    }
    assert len({factor["id"] for factor in found}) == len(found)


async def test_one_person_has_okta_verify_on_two_phones_and_another_two_keys(world: World) -> None:
    una = [factor for factor in await factors(world, "una.walsh") if factor["factorType"] == "push"]
    assert len({factor["profile"]["name"] for factor in una}) == 2
    vera = await factors(world, "vera.lind")
    assert len([factor for factor in vera if factor["factorType"] == "webauthn"]) == 2
    assert of_kind(vera, "sms")["profile"] == of_kind(vera, "call")["profile"]


@pytest.mark.parametrize("kind", ["push", "signed_nonce"])
@pytest.mark.parametrize("name", ["zack.moore", "una.walsh"])
async def test_either_of_two_entries_takes_all_of_okta_verify_along(world: World, name: str, kind: str) -> None:
    before = await factors(world, name)
    await remove(world, name, of_kind(before, kind))
    left = [factor["factorType"] for factor in await factors(world, name)]
    assert left == [factor["factorType"] for factor in before if factor["factorType"] in {"email", "question"}]
    found = await events(world, "user.mfa.factor.deactivate")
    assert len(found) == len(before) - len(left)


async def test_the_passcodes_of_okta_verify_and_of_others_go_alone(world: World) -> None:
    await remove(world, "zack.moore", of_kind(await factors(world, "zack.moore"), "token:software:totp"))
    left = {factor["factorType"] for factor in await factors(world, "zack.moore")}
    assert left == {"email", "push", "signed_nonce", "question"}
    before = await factors(world, "vera.lind")
    await remove(world, "vera.lind", of_kind(before, "webauthn"))
    assert len(await factors(world, "vera.lind")) == len(before) - 1


async def test_every_factor_of_the_cast_can_be_removed(world: World) -> None:
    for name in ("vera.lind", "will.adams", "yara.nasser"):
        for factor in await factors(world, name):
            await remove(world, name, factor)
        assert await factors(world, name) == []


async def test_a_number_stays_for_recovery_unless_asked_otherwise(world: World) -> None:
    phone = of_kind(await factors(world, "vera.lind"), "sms")
    await remove(world, "vera.lind", phone)
    await remove(world, "vera.lind", of_kind(await factors(world, "vera.lind"), "call"))
    kept = [
        entry for entry in await enrolled(world, "vera.lind", "?discloseIdentifiers=phone") if entry["type"] == "phone"
    ]
    assert [entry["profile"] for entry in kept] == [phone["profile"]]
    path = f"/api/v1/users/vera.lind/authenticator-enrollments/{kept[0]['id']}"
    assert (await world.call("DELETE", path)).status_code == 204
    assert "phone" not in {entry["type"] for entry in await enrolled(world, "vera.lind")}


async def test_a_number_goes_altogether_when_asked_to(world: World) -> None:
    for kind in ("sms", "call"):
        factor = of_kind(await factors(world, "vera.lind"), kind)
        await remove(world, "vera.lind", factor, "?removeRecoveryEnrollment=true")
    assert "phone" not in {entry["type"] for entry in await enrolled(world, "vera.lind")}


async def test_a_pending_number_recovers_nothing(world: World) -> None:
    await remove(world, "yara.nasser", of_kind(await factors(world, "yara.nasser"), "sms"))
    assert "phone" not in {entry["type"] for entry in await enrolled(world, "yara.nasser")}


@needs_schema
async def test_enrolments_are_an_array_of_what_people_have(world: World) -> None:
    found = await enrolled(world, "vera.lind")
    assert [entry["key"] for entry in found] == [
        "okta_password",
        "okta_email",
        "phone_number",
        "phone_number",
        "google_otp",
        "duo",
        "webauthn",
        "webauthn",
        "security_question",
    ]
    assert [entry["key"] for entry in await enrolled(world, "una.walsh")].count("okta_verify") == 2
    for entry in found:
        assert set(entry) - {"profile"} == {
            "type",
            "id",
            "key",
            "status",
            "name",
            "nickname",
            "created",
            "lastUpdated",
            "_links",
        }
        answer = await world.get(entry["_links"]["self"]["href"])
        assert answer.json() == entry
        wrong = complaints(f"{ENROLLMENTS}/{{enrollmentId}}", "GET", answer)
        # The schema demands a phone number of every profile, against its own example of an e-mail address.
        assert [text for text in wrong if "'phoneNumber' is a required property" not in text] == []
    masked = next(entry["profile"]["phoneNumber"] for entry in found if entry["type"] == "phone")
    assert masked.startswith("+1 XXX-XXX-")
    told_whole = await enrolled(world, "vera.lind", "?discloseIdentifiers=phone")
    whole = next(entry["profile"]["phoneNumber"] for entry in told_whole if entry["type"] == "phone")
    assert whole == of_kind(await factors(world, "vera.lind"), "sms")["profile"]["phoneNumber"]


@pytest.mark.parametrize(("who", "kind"), [("helpdesk", "User"), ("service", "PublicClientAppEntity")])
async def test_an_enrolment_s_removal_takes_its_factors_along(world: World, who: str, kind: str) -> None:
    verify = next(entry for entry in await enrolled(world, "zack.moore") if entry["key"] == "okta_verify")
    path = f"/api/v1/users/zack.moore/authenticator-enrollments/{verify['id']}"
    answer = await world.call("DELETE", path, who=who)
    assert (answer.status_code, answer.content) == (204, b"")
    assert refusal(await world.get(path)) == (404, "E0000007")
    assert {factor["factorType"] for factor in await factors(world, "zack.moore")} == {"email", "question"}
    found = await events(world, "user.mfa.factor.deactivate")
    assert [told(event) for event in found] == [("user.mfa.factor.deactivate", kind, ["Zack Moore"])] * 3


async def test_a_password_is_no_enrolment_that_can_be_removed(world: World) -> None:
    password = (await enrolled(world, "zack.moore"))[0]
    assert password["type"] == "password"
    path = f"/api/v1/users/zack.moore/authenticator-enrollments/{password['id']}"
    assert refusal(await world.call("DELETE", path)) == (403, "E0000038")
    for name in ("ivan.petrov", "erik.larsen", "liam.obrien"):
        assert "password" not in {entry["type"] for entry in await enrolled(world, name)}


async def test_who_may_not_see_or_remove_enrolments(world: World) -> None:
    path = "/api/v1/users/zack.moore/authenticator-enrollments"
    verify = f"{path}/{(await enrolled(world, 'zack.moore'))[-1]['id']}"
    for who in ("app", "report", "service-norole"):
        assert refusal(await world.get(path, who=who)) == (403, "E0000006")
        assert refusal(await world.get(verify, who=who)) == (403, "E0000006")
    assert refusal(await world.call("DELETE", verify, who="readonly")) == (403, "E0000006")
    blank = await world.call("DELETE", verify, who="service-readonly")
    assert (blank.status_code, blank.content) == (403, b"")
    assert refusal(await world.get("/api/v1/users/nobody/authenticator-enrollments")) == (404, "E0000007")
    assert refusal(await world.get(f"{path}/eaeNOPE")) == (404, "E0000007")


async def test_classic_knows_no_authenticator_enrolments() -> None:
    world = World(pipeline="v1")
    for method, path in (("GET", ""), ("GET", "/eae1"), ("DELETE", "/eae1")):
        answer = await world.call(method, f"/api/v1/users/zack.moore/authenticator-enrollments{path}")
        assert refusal(answer) == (401, "E0000015")


async def test_a_reset_takes_everything(world: World) -> None:
    for name in ("una.walsh", "will.adams", "yara.nasser"):
        answer = await world.call("POST", f"/api/v1/users/{name}/lifecycle/reset_factors", who="helpdesk")
        assert (answer.status_code, answer.content) == (200, b"{}")
        assert await factors(world, name) == []
        assert [entry["type"] for entry in await enrolled(world, name)] == ["password"]
    assert len(await events(world, "user.mfa.factor.reset_all")) == 3


async def test_the_catalogue_says_what_each_person_has(world: World) -> None:
    path = "/api/v1/users/yara.nasser/factors/catalog"
    found = {(entry["factorType"], entry["provider"]): entry["status"] for entry in await world.json(path)}
    assert found["sms", "OKTA"] == "PENDING_ACTIVATION"
    assert found["token:software:totp", "GOOGLE"] == "EXPIRED"
    assert found["webauthn", "FIDO"] == "NOT_SETUP"


async def test_every_provider_has_people_in_the_states_that_trouble_a_help_desk() -> None:
    found = {(member.provider, member.status) for member in CAST}
    for provider in ("ACTIVE_DIRECTORY", "LDAP"):
        for status in ("ACTIVE", "LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY"):
            assert (provider, status) in found
    for provider in ("FEDERATION", "SOCIAL"):
        assert {(provider, "ACTIVE"), (provider, "LOCKED_OUT")} <= found
