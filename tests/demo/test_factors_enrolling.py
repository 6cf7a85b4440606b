# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

from typing import Any

import pytest

from tests.demo.software import events, told
from tests.demo.support import World, complaints, needs_schema, refusal
from tui.demo.base import otp

IDA = "/api/v1/users/ida.holm/factors"
SCHEMA = "/api/v1/users/{userId}/factors"
PHONE = {"phoneNumber": "+1-415-555-1337"}
KEY = {"attestation": "o2NmbXQ=", "clientData": "eyJj"}
YUBI = "cccccceukngdfgkukfctkcvfidnetljjiknckkcjulji"
SECRET = "484f97be3213b117e3a20438e291540a"


@pytest.fixture
async def world() -> World:
    world = World(rate_limits="off")
    profile = {"login": "ida.holm@new.example", "email": "i@new.example", "firstName": "Ida", "lastName": "Holm"}
    assert (await world.call("POST", "/api/v1/users", json={"profile": profile})).status_code == 200
    return world


async def enrol(world: World, kind: str, provider: str = "OKTA", query: str = "", **more: Any) -> Any:
    answer = await world.call("POST", f"{IDA}{query}", json={"factorType": kind, "provider": provider, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def post(world: World, factor: Any, operation: str, body: Any = None) -> Any:
    return await world.call("POST", f"{IDA}/{factor['id']}/{operation}", json=body)


def passcode(factor: Any, now: float) -> str:
    secret = otp.read_secret(factor["_embedded"]["activation"]["sharedSecret"])
    assert secret is not None
    return otp.code(secret, int(now) // 30)


async def statuses(world: World) -> dict[str, str]:
    return {factor["factorType"]: factor["status"] for factor in await world.json(IDA)}


def test_passcodes_are_those_of_the_standard() -> None:
    # RFC 4226, appendix D.
    assert [otp.code(b"12345678901234567890", counter) for counter in range(3)] == ["755224", "287082", "359152"]


@needs_schema
@pytest.mark.parametrize(
    ("kind", "provider", "query", "more"),
    [
        ("question", "OKTA", "", {"profile": {"question": "disliked_food", "answer": "meatball"}}),
        ("sms", "OKTA", "?activate=true", {"profile": PHONE}),
        ("call", "OKTA", "?activate=true", {"profile": {**PHONE, "phoneExtension": "12"}}),
        ("email", "OKTA", "?activate=true", {"profile": {"email": "i@new.example"}}),
        ("token", "RSA", "", {"profile": {"credentialId": "ida"}, "verify": {"passCode": "5275875498"}}),
        ("token", "SYMANTEC", "", {"verify": {"passCode": "875498", "nextPassCode": "678195"}}),
        ("token:hardware", "YUBICO", "", {"verify": {"passCode": YUBI}}),
        (
            "token:hotp",
            "CUSTOM",
            "?activate=true",
            {"factorProfileId": "profile-1", "profile": {"sharedSecret": SECRET}},
        ),
    ],
)
async def test_some_factors_are_active_at_once(
    world: World, kind: str, provider: str, query: str, more: dict[str, Any]
) -> None:
    made = await enrol(world, kind, provider, query, **more)
    assert (made["status"], made["factorType"], made["provider"]) == ("ACTIVE", kind, provider)
    assert SECRET not in str(made)
    assert "meatball" not in str(made)
    answer = await world.get(IDA)
    assert complaints(SCHEMA, "GET", answer) == []
    assert answer.json() == [made]
    assert (await world.json(f"{IDA}/{made['id']}")) == made
    assert list(map(told, await events(world, "user.mfa.factor.activate"))) == [
        ("user.mfa.factor.activate", "User", ["Ida Holm"])
    ]
    again = await world.call("POST", f"{IDA}{query}", json={"factorType": kind, "provider": provider, **more})
    assert refusal(again) == (400, "E0000001")
    assert again.json()["errorCauses"] == [{"errorSummary": "A factor of this type is already set up."}]


async def test_a_phone_is_pending_until_the_passcode_comes_back(world: World) -> None:
    made = await enrol(world, "sms", profile=PHONE)
    # As recorded.
    assert made["profile"] == {"phoneNumber": "+14155551337"}
    assert set(made["_links"]) == {"resend", "activate", "self", "user"}
    assert made["_links"]["resend"][0]["name"] == "sms"
    assert made["_links"]["self"]["hints"] == {"allow": ["GET"]}
    assert refusal(await post(world, made, "verify", {"passCode": otp.SENT})) == (403, "E0000038")
    wrong = await post(world, made, "lifecycle/activate", {"passCode": "654321"})
    assert refusal(wrong) == (403, "E0000068")
    assert await events(world, "user.mfa.factor.activate") == []
    right = await post(world, made, "lifecycle/activate", {"passCode": otp.SENT})
    assert (right.status_code, right.json()["status"]) == (200, "ACTIVE")
    assert refusal(await post(world, made, "lifecycle/activate", {"passCode": otp.SENT})) == (403, "E0000038")
    assert len(await events(world, "user.mfa.factor.activate")) == 1


async def test_an_activation_does_not_wait_for_ever_but_can_be_begun_again(world: World) -> None:
    made = await enrol(world, "sms", profile=PHONE)
    world.clock.at += 301
    assert refusal(await post(world, made, "lifecycle/activate", {"passCode": otp.SENT})) == (403, "E0000068")
    again = await enrol(world, "sms", profile={"phoneNumber": "+442079460958"})
    assert again["id"] == made["id"]
    assert (await post(world, again, "lifecycle/activate", {"passCode": otp.SENT})).status_code == 200
    assert [factor["profile"] for factor in await world.json(IDA)] == [{"phoneNumber": "+442079460958"}]


async def test_a_text_message_is_not_sent_twice_within_half_a_minute(world: World) -> None:
    made = await enrol(world, "sms", profile=PHONE)
    body = {"factorType": "sms", "provider": "OKTA", "profile": PHONE}
    assert refusal(await post(world, made, "resend", body)) == (429, "E0000109")
    world.clock.at += 31
    answer = await post(world, made, "resend", body)
    assert (answer.status_code, answer.json()["id"]) == (200, made["id"])
    assert refusal(await post(world, made, "resend", {"factorType": "push"})) == (400, "E0000001")
    assert len(await events(world, "system.sms.send_factor_verify_message")) == 2


async def test_one_number_for_texts_and_calls(world: World) -> None:
    made = await enrol(world, "sms", query="?activate=true", profile=PHONE)
    other = {"factorType": "call", "provider": "OKTA", "profile": {"phoneNumber": "+442079460958"}}
    refused = await world.call("POST", IDA, json=other)
    assert refused.json()["errorCauses"] == [{"errorSummary": "There is an existing verified phone number."}]
    await enrol(world, "call", query="?activate=true", profile=PHONE)
    changed = await enrol(world, "sms", query="?activate=true&updatePhone=true", profile=other["profile"])
    assert changed["id"] != made["id"]
    assert (changed["status"], changed["profile"]) == ("ACTIVE", other["profile"])


@pytest.mark.parametrize("provider", ["OKTA", "GOOGLE"])
async def test_a_software_token_is_proved_with_its_secret_which_is_told_once(world: World, provider: str) -> None:
    made = await enrol(world, "token:software:totp", provider)
    activation = made["_embedded"]["activation"]
    assert (activation["timeStep"], activation["encoding"], len(activation["sharedSecret"])) == (30, "base32", 16)
    assert "_embedded" not in await world.json(f"{IDA}/{made['id']}")
    code = passcode(made, world.clock.at)
    assert refusal(await post(world, made, "lifecycle/activate", {"passCode": code[::-1] + "1"})) == (403, "E0000068")
    assert (await post(world, made, "lifecycle/activate", {"passCode": code})).json()["status"] == "ACTIVE"
    world.clock.at += 120
    assert refusal(await post(world, made, "verify", {"passCode": code})) == (403, "E0000083")
    answer = await post(world, made, "verify", {"passCode": passcode(made, world.clock.at)})
    assert answer.json() == {"factorResult": "SUCCESS"}
    found = await events(world, "user.authentication.auth_via_mfa")
    results = {event["outcome"]["result"] for event in found if told(event)[2] == ["Ida Holm"]}
    assert results == {"SUCCESS", "FAILURE"}


async def test_okta_verify_waits_for_a_phone_and_brings_its_other_entries(world: World) -> None:
    made = await enrol(world, "push")
    assert made["status"] == "PENDING_ACTIVATION"
    assert made["_embedded"]["activation"]["factorResult"] == "WAITING"
    poll = made["_links"]["poll"]["href"]
    assert made["_embedded"]["activation"]["_links"]["poll"]["href"] == poll
    waiting = (await world.call("POST", poll)).json()
    assert waiting["factorResult"] == "WAITING"
    assert waiting["expiresAt"] == "2026-09-21T14:18:20.000Z"
    world.clock.at += 9
    done = (await world.call("POST", poll)).json()
    assert (done["id"], done["status"]) == (made["id"], "ACTIVE")
    assert done["profile"]["name"].startswith("Ida's ")
    expected = dict.fromkeys(("push", "token:software:totp", "signed_nonce"), "ACTIVE")
    assert await statuses(world) == expected
    found = await events(world, "user.mfa.factor.activate")
    assert [(event["actor"]["displayName"], told(event)[2]) for event in found] == [("Ida Holm", ["Ida Holm"])]


async def test_a_classic_org_knows_no_fastpass() -> None:
    world = World(pipeline="v1")
    made = await world.call("POST", "/api/v1/users/henry.stone/factors", json={"factorType": "web", "provider": "DUO"})
    assert made.status_code == 200
    path = "/api/v1/users/jack.frost/factors"
    await world.call("POST", "/api/v1/users/jack.frost/lifecycle/reset_factors")
    await world.call("POST", path, json={"factorType": "push", "provider": "OKTA"})
    world.clock.at += 9
    assert {factor["factorType"] for factor in await world.json(path)} == {"push", "token:software:totp"}


@pytest.mark.parametrize(("kind", "proof"), [("webauthn", KEY), ("u2f", {"registrationData": "BQ", "clientData": "e"})])
async def test_security_keys_answer_a_challenge_and_somebody_may_have_several(
    world: World, kind: str, proof: dict[str, str]
) -> None:
    first, second = await enrol(world, kind, "FIDO"), await enrol(world, kind, "FIDO")
    activation = first["_embedded"]["activation"]
    assert activation.get("challenge") or activation.get("nonce")
    assert refusal(await post(world, first, "lifecycle/activate", {})) == (403, "E0000068")
    for factor in (first, second):
        assert (await post(world, factor, "lifecycle/activate", proof)).json()["status"] == "ACTIVE"
    assert len({factor["profile"]["credentialId"] for factor in await world.json(IDA)}) == 2
    challenge = (await post(world, first, "verify")).json()
    assert challenge["factorResult"] == "CHALLENGE"
    assert challenge["_embedded"]["challenge"]["challenge"]
    signed = {"clientData": "e", "signatureData": "s", "authenticatorData": "a"}
    assert (await post(world, first, "verify", signed)).json() == {"factorResult": "SUCCESS"}


async def test_messages_ask_for_a_passcode_and_questions_for_an_answer(world: World) -> None:
    phone = await enrol(world, "sms", query="?activate=true", profile=PHONE)
    challenge = (await post(world, phone, "verify")).json()
    assert (challenge["factorResult"], challenge["profile"]) == ("CHALLENGE", {"phoneNumber": "+14155551337"})
    assert refusal(await post(world, phone, "verify")) == (429, "E0000109")
    assert (await post(world, phone, "verify", {"passCode": otp.SENT})).json() == {"factorResult": "SUCCESS"}
    asked = await enrol(world, "question", profile={"question": "disliked_food", "answer": "Meatball"})
    assert refusal(await post(world, asked, "verify", {"answer": "fish"})) == (403, "E0000068")
    assert (await post(world, asked, "verify", {"answer": "meatball"})).json() == {"factorResult": "SUCCESS"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "E0000001"),
        ({"factorType": "sms"}, "E0000001"),
        ({"factorType": "signed_nonce", "provider": "OKTA"}, "E0000001"),
        ({"factorType": "sms", "provider": "GOOGLE"}, "E0000001"),
        ({"factorType": "sms", "provider": "OKTA", "profile": {"phoneNumber": "12"}}, "E0000098"),
        ({"factorType": "email", "provider": "OKTA", "profile": {"email": "other@new.example"}}, "E0000001"),
        ({"factorType": "question", "provider": "OKTA", "profile": {"question": "pet", "answer": "Rex!"}}, "E0000001"),
        ({"factorType": "question", "provider": "OKTA", "profile": {"question": "first_award"}}, "E0000001"),
        ({"factorType": "token", "provider": "RSA", "verify": {"passCode": "000000"}}, "E0000068"),
        ({"factorType": "token", "provider": "SYMANTEC", "verify": {"passCode": "875498"}}, "E0000068"),
        ({"factorType": "token:hardware", "provider": "YUBICO"}, "E0000068"),
        ({"factorType": "token:hotp", "provider": "CUSTOM", "factorProfileId": "profile-1"}, "E0000001"),
    ],
)
async def test_what_cannot_be_enrolled(world: World, body: dict[str, Any], code: str) -> None:
    answer = await world.call("POST", IDA, json=body)
    assert answer.json()["errorCode"] == code
    assert answer.status_code == (403 if code == "E0000068" else 400)
    assert await world.json(IDA) == []


async def test_the_questions_to_choose_from_are_those_that_can_be_enrolled(world: World) -> None:
    questions = await world.json(f"{IDA}/questions")
    assert {"question": "disliked_food", "questionText": "What is the food you least liked as a child?"} in questions
    for chosen in questions:
        made = await enrol(world, "question", profile={"question": chosen["question"], "answer": "Long enough"})
        assert made["profile"] == chosen
        assert (await world.call("DELETE", f"{IDA}/{made['id']}")).status_code == 204


async def test_who_may_not_enrol(world: World) -> None:
    body = {"factorType": "sms", "provider": "OKTA", "profile": PHONE}
    blank = await world.call("POST", IDA, who="service-readonly", json=body)
    assert (blank.status_code, blank.content) == (403, b"")
    for who in ("helpdesk", "readonly", "app", "service-helpdesk", "service-norole"):
        assert refusal(await world.call("POST", IDA, who=who, json=body)) == (403, "E0000006")
    assert refusal(await world.call("POST", "/api/v1/users/nobody/factors", json=body)) == (404, "E0000007")
    assert refusal(await world.call("POST", "/api/v1/users/george.wu/factors", json=body)) == (403, "E0000038")
    assert refusal(await world.call("POST", IDA, content=b"{")) == (400, "E0000003")
    for operation in ("verify", "lifecycle/activate", "resend"):
        assert refusal(await world.call("POST", f"{IDA}/mblNOPE/{operation}")) == (404, "E0000007")


async def test_a_service_app_enrols_as_itself(world: World) -> None:
    body = {"factorType": "sms", "provider": "OKTA", "profile": PHONE}
    answer = await world.call("POST", f"{IDA}?activate=true", who="service", json=body)
    assert answer.status_code == 200
    assert list(map(told, await events(world, "user.mfa.factor.activate"))) == [
        ("user.mfa.factor.activate", "PublicClientAppEntity", ["Ida Holm"])
    ]
