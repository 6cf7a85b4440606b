"""What goes wrong is told on standard error, in words, with the right exit code and never with a traceback."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.desk.support import fault, harmful
from tui import __version__
from tui.cli import main
from tui.commands.codes import Code
from tui.commands.run import parser

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Shell
    from tui.demo.org import Org

COMMANDS = [
    ["find", "ann"],
    ["show", "ann.lee@acme.example"],
    ["lockouts"],
    ["unlock", "ann.lee@acme.example", "--yes"],
]
EVERY = pytest.mark.parametrize("command", COMMANDS, ids=[row[0] for row in COMMANDS])


@EVERY
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_wrong_token_is_told_in_one_message(
    keydesk: Shell, command: list[str], form: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    keydesk.patch.setenv("KEYDESK_API_TOKEN", "00wrongwrongwrong")
    ran = keydesk(*command, *form)
    gc.collect()
    assert (ran.code, ran.out) == (Code.FAILED, "")
    assert ran.err.startswith("keydesk: Okta does not accept keydesk's credentials\n")
    assert "00wrong" not in ran.err
    assert "E0000011" in ran.err
    assert ran.err.count("keydesk:") == 1
    assert caplog.records == []


def test_a_revoked_token_is_told(keydesk: Shell, org: Org) -> None:
    keydesk.patch.setenv("KEYDESK_API_TOKEN", org.principal("revoked").token)
    ran = keydesk("find", "ann")
    assert ran.code == Code.FAILED
    assert "revoked" in ran.err


@EVERY
def test_a_web_page_in_the_place_of_an_org_is_told(keydesk: Shell, command: list[str]) -> None:
    async def portal(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, html="<!doctype html><title>Sign in</title>")

    keydesk.line.watch = portal
    ran = keydesk(*command)
    assert (ran.code, ran.out) == (Code.FAILED, "")
    assert ran.err.startswith("keydesk: Something between keydesk and Okta answered, or this is not an Okta org\n")


@EVERY
def test_no_network_is_told(keydesk: Shell, command: list[str]) -> None:
    async def unplugged(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[Errno -2] Name or service not known", request=request)

    keydesk.line.watch = unplugged
    ran = keydesk(*command)
    assert (ran.code, ran.out) == (Code.FAILED, "")
    assert ran.err.startswith("keydesk: Okta cannot be reached\n")
    assert "Nothing was sent" in ran.err


@EVERY
def test_hostile_words_from_okta_are_harmless(keydesk: Shell, command: list[str]) -> None:
    async def hostile(_: httpx.Request) -> httpx.Response:
        evil = "\x1b]0;evil\x07\u202e"
        body = {"errorCode": evil, "errorSummary": evil, "errorCauses": [{"errorSummary": evil}]}
        return httpx.Response(400, json=body, headers={"x-okta-request-id": "evil"})

    keydesk.line.watch = hostile
    ran = keydesk(*command)
    assert ran.code == Code.FAILED
    assert "␛]0;evil" in ran.err
    assert harmful((ran.out + ran.err).replace("\n", "")) == []


@EVERY
def test_without_a_connector_it_is_told_how_to_make_one(keydesk: Shell, command: list[str]) -> None:
    keydesk.patch.delenv("KEYDESK_ORG")
    keydesk.patch.delenv("KEYDESK_API_TOKEN")
    ran = keydesk(*command)
    assert (ran.code, ran.out) == (Code.USAGE, "")
    assert "keydesk --demo" in ran.err


@pytest.mark.parametrize(
    "address", ["http://acme.okta.com", "https://{yourOktaDomain}", "acme", "https://a:b@acme.okta.com"]
)
def test_an_address_that_cannot_be_used_is_told(keydesk: Shell, address: str) -> None:
    keydesk.patch.setenv("KEYDESK_ORG", address)
    ran = keydesk("find", "ann")
    assert (ran.code, ran.out) == (Code.USAGE, "")
    assert ran.err.startswith("keydesk: ")


def test_broken_settings_are_told(keydesk: Shell, home: Path) -> None:
    home.mkdir()
    (home / "settings.toml").write_text("[desk\n")
    ran = keydesk("find", "ann")
    assert ran.code == Code.FAILED
    assert f"{home}/settings.toml is not valid TOML" in ran.err
    assert "line 1" in ran.err


def test_the_app_wants_a_terminal(keydesk: Shell) -> None:
    ran = keydesk()
    assert ran.code == Code.FAILED
    assert ran.err.startswith("keydesk: The app needs a terminal\n")
    assert keydesk.line.sent == []


@pytest.mark.parametrize(
    "arguments",
    [["frobnicate"], ["find"], ["unlock"], ["ledger"], ["ledger", "show", "one"], ["find", "x", "--limit", "many"]],
)
def test_wrong_usage_is_told_by_the_parser(keydesk: Shell, arguments: list[str]) -> None:
    ran = keydesk(*arguments)
    assert ran.code == Code.USAGE
    first, second = ran.err.splitlines()
    assert first.startswith("keydesk")
    assert second.endswith(" --help` says what there is.")


@pytest.mark.parametrize("people", ["0", "-5", "200001", "many", "1.5", "²"])
def test_an_org_that_the_demo_cannot_have_is_told_before_it_starts(keydesk: Shell, people: str) -> None:
    ran = keydesk("--demo", f"--people={people}", "find", "ann")
    assert ran.code == Code.USAGE
    assert "must be a number from 1 to 200000" in ran.err


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_printed(keydesk: Shell, flag: str) -> None:
    assert keydesk(flag).out == f"keydesk {__version__}\n"
    assert keydesk("find", "x", flag).code == Code.USAGE


def test_ctrl_c_during_a_search_has_its_own_exit_code(keydesk: Shell) -> None:
    async def interrupted(_: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    keydesk.line.watch = interrupted
    ran = keydesk("find", "ann")
    assert (ran.code, ran.out) == (Code.INTERRUPTED, "")


def test_a_broken_pipe_keeps_the_exit_code_of_the_change(keydesk: Shell, org: Org) -> None:
    class Closed:
        """Standard output into `head`, which has seen enough."""

        encoding = "utf-8"

        def write(self, text: str) -> int:
            return len(text)

        def flush(self) -> None:
            raise BrokenPipeError

        def fileno(self) -> int:
            return silent.fileno()

        def isatty(self) -> bool:
            return False

    fault(org, "cut-before")
    with keydesk.patch.context() as patch, open("/dev/null", "w") as silent:  # noqa: PTH123
        patch.setattr(sys, "stdout", Closed())
        assert main(["unlock", "ann.lee@acme.example", "--yes"]) == Code.UNKNOWN


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_cannot_show_a_name_shows_question_marks(keydesk: Shell, encoding: str) -> None:
    class Narrow:
        def __init__(self) -> None:
            self.encoding = encoding
            self.text = ""

        def write(self, text: str) -> int:
            self.text += text.encode(encoding).decode(encoding)
            return len(text)

        def flush(self) -> None:
            pass

        def isatty(self) -> bool:
            return False

    with keydesk.patch.context() as patch:
        patch.setattr(sys, "stdout", out := Narrow())
        assert main(["find", "@acme.example", "--limit", "200"]) == Code.OK
    assert "Mendez" in out.text
    assert "?" in out.text


def test_every_command_has_help_that_fits_a_terminal(keydesk: Shell) -> None:
    keydesk.patch.setenv("COLUMNS", "80")
    for command in ([], ["find"], ["show"], ["lockouts"], ["unlock"], ["clear-sessions"], ["ledger"], ["demo-org"]):
        ran = keydesk(*command, "--help")
        assert ran.code == Code.OK
        assert ran.out.startswith("usage: keydesk")
        if command:
            assert command[0] in parser().format_help()


def test_completion_knows_every_command(keydesk: Shell) -> None:
    for shell in ("bash", "zsh"):
        ran = keydesk("completion", shell)
        assert ran.code == Code.OK
        for command in ("find", "show", "lockouts", "unlock", "clear-sessions", "ledger", "demo-org"):
            assert command in ran.out
