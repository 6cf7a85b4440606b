"""What a connector asks of an action: its ticket numbers, its capabilities, and that production looks different."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.commands.act.support import ANN, BOB, HENRY, at_a_terminal
from tests.conftest import ORIGIN, token_of
from tui.commands.codes import Code
from tui.desk.connectors import profiles, secrets
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.connectors.profiles import Profile, SignIn
from tui.desk.connectors.secrets import Keep, Secret, SecretPlace
from tui.desk.connectors.ticket import TicketRule
from tui.okta.policy import Capability, Mode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.commands.conftest import Shell
    from tui.demo.org import Org

RULE = TicketRule(r"INC-\d+", needed=True)


@pytest.fixture
def connector(keydesk: Shell, home: Path, org: Org) -> Callable[..., Shell]:
    """Works with a connector called Acme from now on, as the admin has set it up."""

    def set_up(**more: Any) -> Shell:  # noqa: ANN401 - whatever a profile takes
        place = SecretPlace(Keep.FILE, str(home / "secrets" / "acme"))
        secrets.store(place, Secret(token_of(org)))
        sign_in = SignIn(SignInKind.API_TOKEN, place)
        profile = Profile("Acme", parse_address(ORIGIN), sign_in, mode=Mode.READ_WRITE, **more)
        profiles.save(home / "connectors.toml", profile)
        keydesk.patch.delenv("KEYDESK_ORG")
        keydesk.patch.delenv("KEYDESK_API_TOKEN")
        return keydesk

    return set_up


@pytest.mark.parametrize("people", [[ANN], [ANN, HENRY]])
@pytest.mark.parametrize("ticket", [[], ["--ticket", " "], ["--ticket", "7"], ["--ticket", "INC-7x"]])
def test_a_ticket_that_is_not_taken_sends_nothing(
    connector: Callable[..., Shell], people: list[str], ticket: list[str]
) -> None:
    keydesk = connector(ticket=RULE)
    ran = keydesk("unlock", *people, "--yes", *ticket)
    assert (ran.code, ran.out) == (Code.USAGE, "")
    assert r"For this connector it looks like INC-\d+" in ran.err
    assert keydesk.line.writes == []
    assert keydesk("ledger", "list", "--json").json == []


@pytest.mark.parametrize("people", [[ANN], [ANN, HENRY]])
def test_a_ticket_is_recorded_without_the_space_around_it(connector: Callable[..., Shell], people: list[str]) -> None:
    keydesk = connector(ticket=RULE)
    assert keydesk("unlock", *people, "--yes", "--ticket", " INC-7 ").code == Code.OK
    assert {one["ticket"] for one in keydesk("ledger", "list", "--json").json} == {"INC-7"}


def test_instructions_and_dry_runs_want_no_ticket(connector: Callable[..., Shell]) -> None:
    keydesk = connector(ticket=RULE)
    assert keydesk("unlock", ANN, "--dry-run").code == Code.OK
    assert keydesk("unlock", ANN, "--read-only").code == Code.NOT_POSSIBLE


@pytest.mark.parametrize("production", [False, True])
@pytest.mark.parametrize("people", [[ANN], [ANN, HENRY]])
def test_production_says_so_before_it_asks(
    connector: Callable[..., Shell], people: list[str], *, production: bool
) -> None:
    keydesk = connector(production=production, colour="red" if production else "blue")
    at_a_terminal(keydesk, "\n")
    ran = keydesk("unlock", *people)
    assert ran.code == Code.FAILED
    assert ran.err.startswith("PRODUCTION: Acme\n") is production


@pytest.mark.parametrize("people", [[BOB], [BOB, ANN]])
def test_what_an_admin_has_switched_off_is_told_with_what_to_do(
    connector: Callable[..., Shell], people: list[str]
) -> None:
    keydesk = connector(capabilities=frozenset(Capability) - {Capability.PROVISIONING})
    ran = keydesk("add-to-group", *people, "--group", "Notion", "--yes")
    assert ran.code == Code.NOT_POSSIBLE
    assert "switched off" in ran.err
    assert all(f"({login})" in ran.out for login in people)
    assert keydesk.line.writes == []
