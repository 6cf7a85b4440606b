"""What an action reveals goes to one place only, the one that was asked for; and to none unless there is one."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.commands.act.support import REVEALING, Screen, at_a_terminal, possible
from tests.desk.support import fault, harmful
from tui.commands.codes import Code
from tui.desk.actions.catalogue import ACTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Shell
    from tui.demo.org import Org

revealing = pytest.mark.parametrize("action", REVEALING)


class Tap(httpx.AsyncBaseTransport):
    """The wire, with what Okta gave away noted."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.secrets: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        if request.method == "POST":
            body = await answer.aread()
            value = json.loads(body) if body else {}
            self.secrets += [value[key] for key in ("tempPassword", "resetPasswordUrl") if key in value]
            self.secrets += [value["profile"]["tac"]] if "tac" in value.get("profile", {}) else []
        return answer


@pytest.fixture
def tap(keydesk: Shell) -> Tap:
    tap = Tap(keydesk.line.inner)
    keydesk.line.inner = tap
    return tap


def kept(home: Path, secret: str) -> list[str]:
    """The files below the home folder in which a secret stands."""
    files = [path for path in home.rglob("*") if path.is_file()]
    assert files
    return [path.name for path in files if secret.encode() in path.read_bytes()]


def words(org: Org, action: str) -> list[str]:
    return [*possible(org, action).words, "--reason", "called"]


@revealing
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_into_a_pipe_nothing_is_sent_unless_told_to(keydesk: Shell, org: Org, action: str, form: list[str]) -> None:
    ran = keydesk(*words(org, action), "--yes", *form)
    assert (ran.code, ran.out) == (Code.USAGE, "")
    assert f"The {ACTIONS[action].reveals.title.lower()} would go " in ran.err  # type: ignore[union-attr]
    assert "--print-secret" in ran.err
    assert keydesk.line.writes == []
    assert keydesk("ledger", "list", "--json").json == []


@revealing
def test_even_at_a_terminal_json_holds_it_only_when_told_to(keydesk: Shell, org: Org, action: str) -> None:
    screen = at_a_terminal(keydesk, "y\n")
    assert keydesk(*words(org, action), "--json").code == Code.USAGE
    assert (screen.getvalue(), keydesk.line.writes) == ("", [])


@revealing
def test_into_a_pipe_goes_the_secret_and_nothing_else(
    keydesk: Shell, org: Org, tap: Tap, home: Path, action: str
) -> None:
    ran = keydesk(*words(org, action), "--yes", "--print-secret")
    (secret,) = tap.secrets
    assert (ran.code, ran.out) == (Code.OK, f"{secret}\n")
    assert ran.err.startswith(f"{ACTIONS[action].title}: done for ")
    assert secret not in ran.err
    assert kept(home, secret) == []


@revealing
def test_a_terminal_shows_it_once_after_a_warning(keydesk: Shell, org: Org, tap: Tap, home: Path, action: str) -> None:
    screen = at_a_terminal(keydesk, "y\n")
    ran = keydesk(*words(org, action))
    (secret,) = tap.secrets
    assert ran.code == Code.OK
    assert screen.getvalue() == f"{secret}\n"
    reveals = ACTIONS[action].reveals
    assert reveals
    assert ran.err.endswith(f"{reveals.title}, shown only this once. {reveals.handing}\n")
    assert secret not in ran.err
    assert kept(home, secret) == []


@revealing
def test_json_holds_it_when_told_to(keydesk: Shell, org: Org, tap: Tap, home: Path, action: str) -> None:
    ran = keydesk(*words(org, action), "--yes", "--print-secret", "--json")
    (secret,) = tap.secrets
    assert (ran.code, ran.json["secret"], ran.err) == (Code.OK, secret, "")
    assert ran.out.count(secret) == 1
    assert kept(home, secret) == []
    assert secret not in keydesk("ledger", "list", "--json").out


@revealing
def test_what_reveals_nothing_wants_no_terminal(keydesk: Shell, org: Org, action: str) -> None:
    for extra, code in ((["--dry-run"], Code.OK), (["--read-only"], Code.NOT_POSSIBLE)):
        assert keydesk(*words(org, action), "--yes", *extra).code == code


@revealing
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_secret_that_was_lost_is_told_with_what_to_do(
    keydesk: Shell, org: Org, home: Path, action: str, form: list[str]
) -> None:
    typed = words(org, action)
    call = keydesk(*typed, "--dry-run", "--json").json["calls"][0]
    fault(org, "cut", call["target"].partition("?")[0])
    org.faults.on[-1].method = call["method"]  # a code is made where the codes are read, too
    ran = keydesk(*typed, "--yes", "--print-secret", *form)
    assert ran.code == Code.UNKNOWN
    assert "did not arrive. Do it once more: a new one takes its place." in ran.err
    if form:
        assert "secret" not in ran.json
        assert ran.json["hint"].startswith(f"The {ACTIONS[action].reveals.title.lower()} did not")  # type: ignore[union-attr]
    else:
        assert ran.out == ""
    assert len(keydesk.line.writes) == 1


@revealing
@pytest.mark.parametrize("body", [{}, {"tempPassword": 7, "resetPasswordUrl": None, "profile": {"tac": 7}}, ["x"]])
def test_an_answer_without_it_is_done_in_part(keydesk: Shell, org: Org, action: str, body: object) -> None:
    typed = words(org, action)

    async def empty(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(200, json=body, headers={"x-okta-request-id": "r1"}) if request.method == "POST" else None

    keydesk.line.watch = empty
    ran = keydesk(*typed, "--yes", "--print-secret")
    assert (ran.code, ran.out) == (Code.PARTLY, "")
    assert "Okta's answer held no " in ran.err


def test_what_acts_on_a_terminal_is_not_shown_as_it_is(keydesk: Shell, org: Org) -> None:
    typed = words(org, "temp-password")

    async def hostile(request: httpx.Request) -> httpx.Response | None:
        answer = {"tempPassword": "\x1b]0;evil\x07Secret1"}
        fits = request.method == "POST"
        return httpx.Response(200, json=answer, headers={"x-okta-request-id": "r1"}) if fits else None

    keydesk.line.watch = hostile
    screen = at_a_terminal(keydesk, "y\n")
    ran = keydesk(*typed)
    assert ran.code == Code.PARTLY
    assert harmful(screen.getvalue().replace("\n", "")) == []
    assert "what stands there is wrong" in ran.err
    assert "Secret1" not in ran.err


def test_a_secret_that_nobody_takes_is_told(keydesk: Shell, org: Org, tap: Tap) -> None:
    typed = words(org, "temp-password")

    class Closed(Screen):
        def write(self, text: str, /) -> int:
            raise BrokenPipeError(text)

    keydesk.answers("y\n")
    keydesk.patch.setattr(sys, "stdout", Closed())
    ran = keydesk(*typed)
    assert ran.code == Code.PARTLY
    assert "The temporary password could not be printed" in ran.err
    assert tap.secrets
    assert tap.secrets[0] not in ran.err


def test_a_secret_that_the_encoding_lacks_is_not_passed_off_as_it(keydesk: Shell, org: Org) -> None:
    typed = words(org, "temp-password")

    class Narrow(Screen):
        encoding = "ascii"

    async def accented(request: httpx.Request) -> httpx.Response | None:
        fits = request.method == "POST"
        answer = {"tempPassword": "pässword"}
        return httpx.Response(200, json=answer, headers={"x-okta-request-id": "r1"}) if fits else None

    keydesk.line.watch = accented
    keydesk.answers("y\n")
    keydesk.patch.setattr(sys, "stdout", screen := Narrow())
    ran = keydesk(*typed)
    assert (ran.code, screen.getvalue()) == (Code.PARTLY, "p?ssword\n")
    assert "--json --print-secret" in ran.err
