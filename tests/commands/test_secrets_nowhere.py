"""No secret in any message, log, traceback, file or process list: all of them are searched for it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.conftest import ORIGIN, Wire, token_of
from tests.demo.support import CONTROL_TOKEN
from tui import wiring
from tui.demo.base import client_keys
from tui.demo.serve.asgi import create_app
from tui.desk.connectors import profiles, secrets
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.connectors.profiles import Profile, SignIn
from tui.desk.connectors.secrets import Keep, Secret, SecretPlace
from tui.okta.errors import OktaError
from tui.okta.policy import Mode
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.commands.conftest import Shell
    from tests.conftest import FakeClock
    from tui.demo.org import Org


def pem_of(org: Org, name: str = "keydesk") -> str:
    return client_keys.private_pem(org.seed, name, org.principal(name).algorithm)


def kept(home: Path, kind: SignInKind, secret: str, client_id: str = "", key_id: str = "") -> Profile:
    place = SecretPlace(Keep.FILE, str(home / "secrets" / "acme"))
    secrets.store(place, Secret(secret))
    profile = Profile("Acme", parse_address(ORIGIN), SignIn(kind, place, client_id, key_id), mode=Mode.READ_WRITE)
    profiles.save(home / "connectors.toml", profile)
    return profile


def pieces(secret: str) -> list[str]:
    """What would give it away: the token, or any line of the key."""
    return [line for line in secret.splitlines() if len(line) > 20 and not line.startswith("-----")]


def found_in(texts: Iterator[str] | list[str], secret: str) -> list[str]:
    return [text[:200] for text in texts if any(piece in text for piece in pieces(secret)) or "eyJ" in text]


def unlike(home: Path, name: str) -> Iterator[str]:
    """What stands in all files but the one that was chosen for the secret."""
    for path in home.rglob("*"):
        if path.is_file() and path.name != name:
            yield path.read_bytes().decode("utf-8", "replace")


@pytest.mark.parametrize("kind", SignInKind)
@pytest.mark.parametrize("fault", ["", "401", "500", "html", "cut", "429", "not-json", "wrong-json"])
async def test_whatever_okta_answers_no_secret_is_told_logged_or_written(
    org: Org,
    home: Path,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
    kind: SignInKind,
    fault: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    app = org.principal("keydesk")
    jwt = kind is SignInKind.PRIVATE_KEY_JWT
    secret = pem_of(org) if jwt else token_of(org)
    ids = {"client_id": app.identity, "key_id": client_keys.key_id(org.seed, "keydesk")} if jwt else {}
    profile = kept(home, kind, secret, **ids)
    wire = Wire(httpx.ASGITransport(app=create_app(org, CONTROL_TOKEN)))
    connector = wiring.from_profile(profile)
    client = wiring.client(connector, clock=clock, transport=wire)
    told = [repr(connector), repr(client), str(connector.credentials), repr(profile)]
    if fault:
        await (await client.http()).aclose()
        client = wiring.client(connector, clock=clock, transport=wire)
        async with httpx.AsyncClient(transport=wire.inner, base_url=ORIGIN) as control:
            await control.post(
                "/__demo/faults",
                json={"fault": fault, "times": 50, "value": 1},
                headers={"x-demo-token": CONTROL_TOKEN},
            )
    try:
        user = await client.user("ann.lee@acme.example")
        told.append(repr(user))
    except (OktaError, ConnectionError) as error:
        told += [str(error), repr(error), "".join(traceback.format_exception(error))]
    await client.aclose()
    told += [record.getMessage() for record in caplog.records if not record.name.startswith("asyncio")]
    assert found_in([*told, *unlike(home, "acme")], secret) == []
    assert wire.sent  # it was really used


@pytest.mark.parametrize(
    "text", ["00abcdefghijklmnopqrstuvwxyz secret", "-----BEGIN PRIVATE KEY-----\nTUlJRXZRSUJBREFOQmdrcWhr\n"]
)
@pytest.mark.parametrize("kind", SignInKind)
def test_a_secret_that_is_none_is_not_quoted(home: Path, kind: SignInKind, text: str) -> None:
    ids = {"client_id": "0oa1b2c3d4e5f6g7h8i9", "key_id": "k"} if kind is SignInKind.PRIVATE_KEY_JWT else {}
    profile = kept(home, kind, text, **ids)
    with pytest.raises(Trouble) as caught:
        wiring.from_profile(profile)
    told = [str(caught.value), repr(caught.value), "".join(traceback.format_exception(caught.value))]
    assert found_in(told, text) == []


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="this system has no /proc")
def test_no_secret_is_in_the_list_of_processes(org: Org, home: Path) -> None:
    token = token_of(org)
    kept(home, SignInKind.API_TOKEN, token)
    command = [sys.executable, "-m", "tui", "find", "ann"]  # nobody listens there: it signs, fails and tries again
    environ = {**os.environ, "KEYDESK_HOME": str(home)}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as ran:
        seen = ""
        while ran.poll() is None:
            for process in Path("/proc").glob("[0-9]*/cmdline"):
                with suppress(OSError):
                    seen += process.read_bytes().decode("utf-8", "replace")
        assert ran.stdout
        out = ran.stdout.read()
    assert "keydesk: " in out
    assert "find\0ann" in seen
    assert token not in seen + out


@pytest.mark.parametrize("arguments", [("show", "{}"), ("{}",), ("why", "{}"), ("--connector", "{}", "find", "ann")])
def test_a_token_typed_where_a_name_belongs_is_not_repeated(keydesk: Shell, arguments: tuple[str, ...]) -> None:
    token = "00" + "aB3-_x7Q" * 5
    ran = keydesk(*(argument.format(token) for argument in arguments))
    assert ran.code != 0
    assert ran.err
    assert token not in ran.err + ran.out
