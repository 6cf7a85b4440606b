# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

from typing import Any

import pytest

from tests.demo.software import events, told
from tests.demo.support import World, refusal

FIRST, SECOND = "Tr0mbone-quartet", "Gl0ckenspiel-solo"
IDA = "/api/v1/users/ida.holm"


@pytest.fixture
async def world() -> World:
    world = World()
    profile = {"login": "ida.holm@new.example", "email": "i@new.example", "firstName": "Ida", "lastName": "Holm"}
    question = {"question": "Which tree?", "answer": "The old Linden"}
    body = {"profile": profile, "credentials": {"password": {"value": FIRST}, "recovery_question": question}}
    answer = await world.call("POST", "/api/v1/users", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["credentials"]["recovery_question"] == {"question": "Which tree?"}
    return world


def change(old: str, new: str, **more: Any) -> dict[str, Any]:
    return {"oldPassword": {"value": old}, "newPassword": {"value": new}, **more}


async def post(world: World, operation: str, body: Any = None, who: str = "super", name: str = IDA) -> Any:
    return await world.call("POST", f"{name}/credentials/{operation}", who=who, json=body)


async def test_a_password_is_changed_by_who_knows_it(world: World) -> None:
    world.clock.at += 60
    answer = await post(world, "change_password", change(FIRST, SECOND, revokeSessions=True))
    assert answer.status_code == 200
    assert answer.json() == {
        "password": {},
        "recovery_question": {"question": "Which tree?"},
        "provider": {"type": "OKTA", "name": "OKTA"},
    }
    assert (await world.json(IDA))["passwordChanged"] == "2026-09-21T14:14:20.000Z"
    assert refusal(await post(world, "change_password", change(FIRST, SECOND))) == (403, "E0000014")
    assert refusal(await post(world, "change_password", change(SECOND, FIRST))) == (403, "E0000014")
    assert refusal(await post(world, "change_password", change(SECOND, "weak"))) == (400, "E0000001")
    assert refusal(await post(world, "change_password", {})) == (400, "E0000001")
    found = await events(world, "user.account.update_password", "user.session.clear")
    assert sorted(map(told, found)) == [
        ("user.account.update_password", "User", ["Ida Holm"]),
        ("user.session.clear", "User", ["Ida Holm"]),
    ]


async def test_a_temporary_password_is_the_old_one_of_the_next_change(world: World) -> None:
    path = f"{IDA}/lifecycle/expire_password_with_temp_password?revokeSessions=true"
    temporary = (await world.call("POST", path)).json()["tempPassword"]
    assert 8 <= len(temporary) <= 12
    assert (await world.json(IDA))["status"] == "PASSWORD_EXPIRED"
    assert (await post(world, "change_password", change(temporary, SECOND))).status_code == 200
    assert (await world.json(IDA))["status"] == "ACTIVE"
    found = await events(world, "user.session.clear", "user.account.expire_password")
    assert len(found) == 2
    assert temporary not in str(found)


async def test_the_recovery_question_is_changed_with_the_password(world: World) -> None:
    question = {"question": "Which river?", "answer": "Amstel"}
    wrong = {"password": {"value": SECOND}, "recovery_question": question}
    assert refusal(await post(world, "change_recovery_question", wrong)) == (403, "E0000014")
    short = {"password": {"value": FIRST}, "recovery_question": {"question": "Which river?", "answer": "Po"}}
    assert refusal(await post(world, "change_recovery_question", short)) == (400, "E0000001")
    answer = await post(
        world, "change_recovery_question", {"password": {"value": FIRST}, "recovery_question": question}
    )
    assert answer.json()["recovery_question"] == {"question": "Which river?"}


async def test_the_right_answer_replaces_a_forgotten_password(world: World) -> None:
    body = {"password": {"value": SECOND}, "recovery_question": {"answer": "a young oak"}}
    assert refusal(await post(world, "forgot_password_recovery_question", body)) == (403, "E0000087")
    body["recovery_question"] = {"answer": "the old LINDEN"}
    answer = await post(world, "forgot_password_recovery_question", body)
    assert (answer.status_code, answer.json()["password"]) == (200, {})
    assert (await post(world, "change_password", change(SECOND, "Another-0ne-still"))).status_code == 200


async def test_whose_status_or_provider_does_not_allow_it(world: World) -> None:
    for name in ("kim.park", "fatima.khan", "ann.lee", "george.wu", "ivan.petrov", "erik.larsen"):
        answer = await post(world, "change_password", change(FIRST, SECOND), name=f"/api/v1/users/{name}")
        assert refusal(answer) == (403, "E0000014"), name
    for name in ("ann.lee", "ivan.petrov", "hana.sato"):
        answer = await post(world, "forgot_password_recovery_question", {}, name=f"/api/v1/users/{name}")
        assert refusal(answer) == (403, "E0000034"), name


@pytest.mark.parametrize("operation", ["change_password", "change_recovery_question"])
async def test_who_may_not_change_credentials(world: World, operation: str) -> None:
    blank = await post(world, operation, change(FIRST, SECOND), who="service-readonly")
    assert (blank.status_code, blank.content) == (403, b"")
    for who in ("helpdesk", "readonly", "service-norole"):
        assert refusal(await post(world, operation, change(FIRST, SECOND), who=who)) == (403, "E0000006")
    answer = await post(world, operation, change(FIRST, SECOND), name="/api/v1/users/nobody")
    assert refusal(answer) == (404, "E0000007")


async def test_a_reset_with_another_provider_makes_a_federated_person(world: World) -> None:
    path = f"{IDA}/lifecycle/reset_password?provider=FEDERATION"
    assert refusal(await world.call("POST", f"{path}&sendEmail=true")) == (400, "E0000001")
    answer = await world.call("POST", f"{path}&sendEmail=false")
    assert (answer.status_code, answer.json()) == (200, {})
    after = await world.json(IDA)
    assert (after["status"], after["credentials"]["provider"]["type"]) == ("ACTIVE", "FEDERATION")
    assert "password" not in after["credentials"]


@pytest.mark.parametrize("operation", ["reset_password", "expire_password", "expire_password_with_temp_password"])
async def test_sessions_end_with_a_password_only_where_asked(world: World, operation: str) -> None:
    path = f"{IDA}/lifecycle/{operation}?sendEmail=true"
    await world.call("POST", path)
    assert [event for event in await events(world, "user.session.clear") if told(event)[2] == ["Ida Holm"]] == []
    await world.world(set_status={"login": "ida.holm@new.example", "status": "ACTIVE"})
    await world.call("POST", f"{path}&revokeSessions=true", who="service")
    assert ("user.session.clear", "PublicClientAppEntity", ["Ida Holm"]) in map(
        told, await events(world, "user.session.clear")
    )


async def test_no_secret_is_in_a_person_s_repr(world: World) -> None:
    person = world.org.people.find("ida.holm")
    assert person is not None
    assert person.passwords
    assert person.answer is not None
    assert all(secret.hex() not in repr(person) and repr(secret) not in repr(person) for secret in person.passwords)
    assert repr(person.answer) not in repr(person)
