"""What an admin is handed for the demo org signs in for real: printed by the command, and held by the embedded org."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import uuid
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.demo.test_command import ROOT, start
from tui.demo.admins.principals import MAIN
from tui.demo.base import client_keys
from tui.demo.serve.embedded import EmbeddedOrg

FORM = {
    "grant_type": "client_credentials",
    "scope": "okta.users.read okta.policies.read",
    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
}


def sign_in(url: str, given: dict[str, str], *, dpop: bool) -> httpx.Response:
    """Sign in as an outside client does, with a proof after the nonce when asked to."""
    endpoint, own = f"{url}/oauth2/v1/token", ec.generate_private_key(ec.SECP256R1())
    nonce: dict[str, str] = {}
    key = serialization.load_pem_private_key(given["private_key"].encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    algorithm = "ES256" if isinstance(key, ec.EllipticCurvePrivateKey) else "RS256"
    head = {"typ": "dpop+jwt", "jwk": jwt.algorithms.ECAlgorithm.to_jwk(own.public_key(), as_dict=True)}
    while True:
        now = int(time.time())
        claims = {"iss": given["client_id"], "sub": given["client_id"], "aud": endpoint, "exp": now + 300}
        assertion = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": given["key_id"]})
        proof: dict[str, Any] = {"htm": "POST", "htu": endpoint, "iat": now, "jti": uuid.uuid4().hex, **nonce}
        headers = {"dpop": jwt.encode(proof, own, algorithm="ES256", headers=head)} if dpop else {}
        with httpx.Client(trust_env=False, timeout=30) as client:
            answer = client.post(endpoint, data={**FORM, "client_assertion": assertion}, headers=headers)
        if nonce or answer.json().get("error") != "use_dpop_nonce":
            return answer
        nonce = {"nonce": answer.headers["dpop-nonce"]}


@pytest.mark.parametrize(
    ("options", "kind"), [((), rsa.RSAPrivateKey), (("--key-type", "ec"), ec.EllipticCurvePrivateKey)]
)
def test_the_printed_apps_sign_in_with_and_without_proof_of_possession(options: tuple[str, ...], kind: type) -> None:
    process = start("--json", "--admin", *options, "--until-stdin-closes", "--lockouts-per-minute", "0")
    assert process.stdout is not None
    line = json.loads(process.stdout.readline())
    for name in ("private_key", "bearer_private_key"):
        assert isinstance(serialization.load_pem_private_key(line[name].encode(), None), kind)
    try:
        bearer = {name: line[f"bearer_{name}"] for name in ("client_id", "key_id", "private_key")}
        assert sign_in(line["url"], line, dpop=False).json()["error"] == "invalid_dpop_proof"
        for given, dpop, scheme in ((line, True, "DPoP"), (bearer, False, "Bearer")):
            answer = sign_in(line["url"], given, dpop=dpop).json()
            assert (answer["token_type"], answer["scope"]) == (scheme, FORM["scope"])
    finally:
        process.communicate(timeout=10)


def test_the_text_for_people_shows_the_apps_and_their_keys() -> None:
    process = start("--admin", "--until-stdin-closes", "--lockouts-per-minute", "0")
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    assert output.count("BEGIN PRIVATE KEY") == output.count("client id") == output.count("key id") == 3


@pytest.mark.parametrize("seed", [7, 8])
def test_the_embedded_org_holds_the_key_that_its_child_knows(seed: int) -> None:
    org = EmbeddedOrg(people=60, seed=seed)
    try:
        given = {"client_id": org.client_id, "key_id": org.key_id, "private_key": org.private_key}
        assert sign_in(org.url, given, dpop=True).json()["token_type"] == "DPoP"
    finally:
        org.stop()


def test_the_keys_follow_from_the_seed_whatever_their_kind() -> None:
    """What another process prints is what this one makes of the same seed, and of no other."""
    process = start("--json", "--admin", "--seed", "8", "--until-stdin-closes", "--lockouts-per-minute", "0")
    output, _ = process.communicate(timeout=30)
    for algorithm in ("RS256", "ES256"):
        same, other = (client_keys.private_pem(seed, MAIN, algorithm) for seed in (8, 7))
        assert same != other
        assert (json.loads(output)["private_key"] == same) is (algorithm == "RS256")


def test_an_org_starts_without_reading_keys() -> None:
    program = (
        "import sys\n"
        "import tui.demo.serve.embedded, tui.demo.serve.command\n"
        "from tui.demo.serve.asgi import create_app\n"
        "from tui.demo.story.begin import begin_org\n"
        "create_app(begin_org(people=50))\n"
        "print(*{'jwt', 'cryptography'} & set(sys.modules))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.strip() == ""
