"""`keydesk check`: what it prints, what it remembers, and its exit code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.conftest import ORIGIN, token_of
from tests.desk.support import harmful
from tui.demo.base import client_keys
from tui.desk.connectors import profiles, secrets, settings
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.connectors.profile import Profile, SignIn
from tui.okta.policy import Capability, Mode

if TYPE_CHECKING:
    from tests.commands.conftest import Shell
    from tui.demo.org import Org

OK, FAILED, USAGE, NOT_POSSIBLE = 0, 1, 2, 3


def as_token(keydesk: Shell, org: Org, name: str, *, read_only: bool = False) -> None:
    keydesk.patch.setenv("KEYDESK_API_TOKEN", token_of(org, name))
    keydesk.patch.setenv("KEYDESK_READ_ONLY", "1" if read_only else "0")


def as_app(keydesk: Shell, org: Org, name: str) -> str:
    """Sign in as one of the demo org's service apps; returns its private key."""
    app = next(principal for principal in org.principals if principal.name == name)
    key = client_keys.private_pem(org.seed, name, app.algorithm)
    keydesk.patch.delenv("KEYDESK_API_TOKEN")
    keydesk.patch.setenv("KEYDESK_CLIENT_ID", app.identity)
    keydesk.patch.setenv("KEYDESK_KEY_ID", client_keys.key_id(org.seed, name))
    keydesk.patch.setenv("KEYDESK_PRIVATE_KEY", key)
    return key


def test_all_that_works_is_code_0(keydesk: Shell, org: Org) -> None:
    as_token(keydesk, org, "readonly", read_only=True)
    ran = keydesk("check")
    assert ran.code == OK
    assert ran.err == ""
    assert "Reads only; nothing is changed." in ran.out
    assert "ok   System Log: GET /api/v1/logs?limit=1  Works." in ran.out
    assert "Password expiry                        works" in ran.out
    assert "All that is switched on works." in ran.out
    assert keydesk.line.writes == []


def test_what_is_missing_is_code_1_with_its_cure(keydesk: Shell, org: Org) -> None:
    as_token(keydesk, org, "helpdesk")
    ran = keydesk("check")
    assert ran.code == FAILED
    assert "FAIL System Log: GET /api/v1/logs?limit=1" in ran.out
    assert "The lockout list                       missing role" in ran.out
    assert "A super admin assigns Report Administrator" in ran.out
    assert "Not all that is switched on works." in ran.out


def test_a_token_that_is_wrong_is_code_1(keydesk: Shell, org: Org) -> None:
    as_token(keydesk, org, "revoked")
    ran = keydesk("check")
    assert ran.code == FAILED
    assert "FAIL Sign-in: GET /api/v1/users/me  Okta does not accept keydesk's credentials" in ran.out
    assert "could not be asked" in ran.out


def test_too_much_power_is_a_warning(keydesk: Shell, org: Org) -> None:
    as_token(keydesk, org, "super")
    ran = keydesk("check", "--read-only")
    assert ran.code == OK
    assert "Warning: The token's account is a super admin, which is more than keydesk needs." in ran.out
    assert "Warning: This connector is read-only, and its token could write: Super Administrator." in ran.out


def test_json_is_one_document(keydesk: Shell, org: Org) -> None:
    as_app(keydesk, org, "keydesk-few-scopes")
    ran = keydesk("check", "--json")
    assert ran.code == FAILED
    found = ran.json
    unlock = next(finding for finding in found["findings"] if finding["capability"] == "unlock")
    assert unlock["verdict"] == "missing scope"
    assert unlock["missing_scopes"] == ["okta.users.manage"]
    assert found["works"] is False
    assert found["dpop"] is False
    assert found["mode"] == "read-write"
    assert found["granted"] == sorted(found["granted"])
    assert found["steps"][0]["step"] == "Org: GET /.well-known/okta-organization"


def test_a_service_app_with_bound_tokens_works(ruled: Shell, org: Org) -> None:
    as_app(ruled, org, "keydesk")  # it was granted what is switched on to begin with, and no more
    ran = ruled("check")
    assert ran.code == OK, ran.out
    assert "Sign-in: POST /oauth2/v1/token  All 9 scopes granted, bound by DPoP." in ran.out
    assert {write.partition("?")[0] for write in ruled.line.writes} == {"POST /oauth2/v1/token"}


def test_what_it_found_refused_is_not_tried_afterwards(keydesk: Shell, org: Org) -> None:
    as_app(keydesk, org, "keydesk-few-scopes")
    assert keydesk("check").code == FAILED
    world = org.people.named("bob.martin")
    keydesk.line.sent.clear()
    ran = keydesk("clear-sessions", world.login, "--yes", "--reason", "left the phone on a train")
    assert ran.code == NOT_POSSIBLE
    assert "lacks the scope okta.users.manage" in ran.out + ran.err
    assert {write for write in keydesk.line.writes if "token" not in write} == set()


def test_it_asks_again_after_a_change_in_okta(keydesk: Shell, org: Org) -> None:
    as_token(keydesk, org, "helpdesk", read_only=True)
    assert keydesk("check").code == FAILED
    as_token(keydesk, org, "readonly", read_only=True)
    assert keydesk("check").code == OK
    kept = json.loads(settings.places().proofs.read_text("utf-8"))
    assert kept["proofs"]["environment"]["read-only"]["works"] is True


def test_no_secret_is_printed_or_kept(keydesk: Shell, org: Org) -> None:
    pem = as_app(keydesk, org, "keydesk")
    ran = keydesk("check", "--json")
    text = ran.out + ran.err + settings.places().proofs.read_text("utf-8")
    sent = {request.headers.get("authorization", "").partition(" ")[2] for request in keydesk.line.sent} - {""}
    assert sent
    assert not any(token in text for token in sent)
    assert "".join(pem.splitlines()[1:3]) not in "".join(text.split())


def test_a_proof_that_cannot_be_kept_is_complained_about(keydesk: Shell, org: Org) -> None:
    as_token(keydesk, org, "readonly", read_only=True)
    settings.places().proofs.mkdir(parents=True)
    ran = keydesk("check")
    assert ran.code == OK
    assert "cannot be written" in ran.err


def test_only_what_a_profile_has_switched_on_counts(keydesk: Shell, org: Org) -> None:
    place = secrets.SecretPlace(secrets.Keep.ENVIRONMENT, "ACME_TOKEN")
    sign_in = SignIn(SignInKind.API_TOKEN, place)
    profile = Profile(
        "acme", parse_address("http://127.0.0.1:9"), sign_in, capabilities=frozenset({Capability.IDENTIFY})
    )
    profiles.save(settings.places().connectors, profile)
    keydesk.patch.setenv("ACME_TOKEN", token_of(org, "helpdesk"))
    ran = keydesk("check", "--connector", "acme")
    assert ran.code == OK, ran.err
    assert "The lockout list                       switched off" in ran.out


@pytest.mark.parametrize("name", ["keydesk", "keydesk-bearer"])
def test_the_apps_of_the_wizards_guide_lack_nothing_whatever_is_switched_on(
    name: str, keydesk: Shell, org: Org
) -> None:
    app = next(principal for principal in org.principals if principal.name == name)
    place = secrets.SecretPlace(secrets.Keep.ENVIRONMENT, "ACME_KEY")
    sign_in = SignIn(SignInKind.PRIVATE_KEY_JWT, place, app.identity, client_keys.key_id(org.seed, name))
    profile = Profile("acme", parse_address(ORIGIN), sign_in, mode=Mode.READ_WRITE, capabilities=frozenset(Capability))
    profiles.save(settings.places().connectors, profile)
    keydesk.patch.setenv("ACME_KEY", client_keys.private_pem(org.seed, name, app.algorithm))
    ran = keydesk("check", "--connector", "acme", "--json")
    assert ran.code == OK, ran.out
    assert {"okta.authenticators.read", "okta.userRisk.read"} <= set(ran.json["granted"])
    assert {finding["verdict"] for finding in ran.json["findings"]} == {"works", "not provable without writing"}
    assert [step["step"] for step in ran.json["steps"] if step["ok"] is False] == []


def test_without_a_connector_it_says_what_to_do(keydesk: Shell) -> None:
    keydesk.patch.delenv("KEYDESK_ORG")
    keydesk.patch.delenv("KEYDESK_API_TOKEN")
    ran = keydesk("check")
    assert ran.code == USAGE
    assert "keydesk connect" in ran.err


@pytest.mark.parametrize("flag", ["--json", None])
def test_text_of_an_org_cannot_reach_the_terminal(flag: str | None, keydesk: Shell, org: Org) -> None:
    as_token(keydesk, org, "readonly", read_only=True)

    async def watch(request: httpx.Request) -> httpx.Response | None:
        if request.url.path != "/api/v1/users/me":
            return None
        user = {"id": "00u1", "profile": {"login": "quinn\x1b[2J\u202e@acme.example"}}
        return httpx.Response(200, json=user, headers={"x-okta-request-id": "r"})

    keydesk.line.watch = watch
    ran = keydesk("check", *filter(None, [flag]))
    assert "The token belongs to quinn" in ran.out
    assert not harmful((ran.out + ran.err).replace("\n", ""))
