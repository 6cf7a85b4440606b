"""`keydesk connect` without a terminal: the checklist, and what it says where the wizard cannot run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.commands import run as program
from tui.commands.codes import Code

if TYPE_CHECKING:
    from pathlib import Path


def test_the_checklist_is_markdown_made_from_the_choices(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    given = ["connect", "--print-checklist", "--capabilities", "identify,expiry", "--org", "acme.okta.com"]
    assert program.run(given) == Code.OK
    told = capsys.readouterr().out
    assert "- [ ]" in told
    assert "okta.policies.read" in told
    assert "okta.users.manage" not in told
    assert "https://acme-admin.okta.com" in told
    assert not home.exists()


def test_a_connector_that_writes_needs_more(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run(["connect", "--print-checklist", "--read-write"]) == Code.OK
    assert "okta.users.manage" in capsys.readouterr().out


def test_an_api_token_has_a_list_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run(["connect", "--print-checklist", "--api-token"]) == Code.OK
    told = capsys.readouterr().out
    assert "token" in told
    assert "okta.users.read" not in told


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--capabilities", "flying"], "flying is no capability"),
        (["--org", "http://acme.okta.com"], "by https only"),
        (["--software-by", "mail"], "mail is no way to give software"),
    ],
)
def test_a_choice_that_cannot_be_is_wrong_usage(
    capsys: pytest.CaptureFixture[str], given: list[str], said: str
) -> None:
    assert program.run(["connect", "--print-checklist", *given]) == Code.USAGE
    assert said in capsys.readouterr().err


def test_the_wizard_needs_a_terminal_and_says_what_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run(["connect"]) == Code.FAILED
    told = capsys.readouterr().err
    assert "needs a terminal" in told
    assert "--print-checklist" in told


def test_software_by_groups_only_asks_for_nothing_on_apps(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["connect", "--print-checklist", "--capabilities", "identify,provisioning", "--read-write"]
    assert program.run([*given, "--software-by", "groups"]) == Code.OK
    told = capsys.readouterr().out
    assert "okta.groups.members.manage" in told
    assert "Grant okta.apps" not in told
    assert "Application Administrator" not in told
    assert program.run(given) == Code.OK
    assert "Grant okta.apps.manage" in capsys.readouterr().out
