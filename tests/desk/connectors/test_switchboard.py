"""From flags, environment and profiles to one connector; nothing loosens it, and a demonstration stays one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import ORIGIN
from tui import wiring
from tui.desk.connectors import profiles, secrets
from tui.desk.connectors.connector import Connector, SignInKind, parse_address
from tui.desk.connectors.profiles import Profile, SignIn
from tui.desk.connectors.secrets import Keep, Secret, SecretPlace
from tui.okta.auth import ApiToken
from tui.okta.policy import Mode
from tui.switchboard import Switchboard

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def environ(home: Path) -> dict[str, str]:
    """Two connectors, the first of them the default."""
    for name, mode in (("Acme", Mode.READ_WRITE), ("Test", Mode.READ_ONLY)):
        place = SecretPlace(Keep.FILE, str(home / "secrets" / name))
        secrets.store(place, Secret(f"00{name}"))
        sign_in = SignIn(SignInKind.API_TOKEN, place)
        profiles.save(home / "connectors.toml", Profile(name, parse_address(ORIGIN), sign_in, mode=mode))
    return {"KEYDESK_HOME": str(home)}


OWN = {"KEYDESK_ORG": "https://own.okta.com", "KEYDESK_API_TOKEN": "00own"}


@pytest.mark.parametrize(
    ("name", "more", "opened"),
    [
        ("", {}, "Acme"),
        ("test", {}, "Test"),
        ("", {"KEYDESK_CONNECTOR": "Test"}, "Test"),
        ("Acme", {"KEYDESK_CONNECTOR": "Test"}, "Acme"),
        ("", OWN, "environment"),
        ("Acme", OWN, "Acme"),
        ("", {**OWN, "KEYDESK_CONNECTOR": "Test"}, "Test"),
    ],
)
def test_the_nearer_word_counts(environ: dict[str, str], name: str, more: dict[str, str], opened: str) -> None:
    session = Switchboard(name=name, environ=environ | more).open()
    assert session.connector.name == opened
    session.ledger.close()


@pytest.mark.parametrize("name", ["Acme", "Test", "environment"])
def test_a_flag_tightens_whatever_is_opened(environ: dict[str, str], name: str) -> None:
    for read_only in (True, False):
        session = Switchboard(name=name, read_only=read_only, environ=environ | OWN).open()
        tight = read_only or name == "Test"
        assert session.client.policy.mode is (Mode.READ_ONLY if tight else Mode.READ_WRITE)
        assert session.connector.mode is session.client.policy.mode
        session.ledger.close()


@pytest.mark.parametrize("word", ["1", "yes", " TRUE "])
@pytest.mark.parametrize("name", ["Acme", "Test", "environment", "Toured", "demo"])
def test_the_environment_tightens_whatever_is_opened(environ: dict[str, str], name: str, word: str) -> None:
    demo = name in {"Toured", "demo"}
    board = Switchboard(name=name, demo=demo, environ=environ | OWN | {"KEYDESK_READ_ONLY": word})
    board._org = Connector("demo", parse_address(ORIGIN), ApiToken("00demo"), Mode.READ_WRITE, made_up=True)
    board.adopt(Profile("Toured", parse_address(ORIGIN), SignIn(SignInKind.API_TOKEN)), Secret("00toured"))
    session = board.open(name)
    assert session.client.policy.mode is Mode.READ_ONLY
    session.ledger.close()


@pytest.mark.parametrize("word", ["", "0", "no", "False"])
def test_it_does_not_where_it_says_no(environ: dict[str, str], word: str) -> None:
    session = Switchboard(name="Acme", environ=environ | {"KEYDESK_READ_ONLY": word}).open()
    assert session.client.policy.mode is Mode.READ_WRITE
    session.ledger.close()


def test_all_are_listed_and_half_a_one_in_the_environment_is_not(environ: dict[str, str]) -> None:
    assert [one.name for one in Switchboard(environ=environ | OWN).choices()] == ["environment", "Acme", "Test"]
    half = environ | {"KEYDESK_API_TOKEN": "00left-over"}
    assert [one.name for one in Switchboard(environ=half).choices()] == ["Acme", "Test"]
    with pytest.raises(wiring.NoConnector, match="KEYDESK_ORG is missing"):
        Switchboard(environ=half).open()


def test_nothing_at_all_says_how_to_begin(home: Path) -> None:
    with pytest.raises(wiring.NoConnector, match="keydesk connect"):
        Switchboard(environ={"KEYDESK_HOME": str(home)}).open()
    with pytest.raises(wiring.NoConnector, match="no connector called x"):
        Switchboard(name="x", environ={"KEYDESK_HOME": str(home)}).open()


def test_what_a_tour_made_leads_to_made_up_people(environ: dict[str, str]) -> None:
    board = Switchboard(demo=True, environ=environ)
    board.adopt(Profile("Toured", parse_address(ORIGIN), SignIn(SignInKind.API_TOKEN)), Secret("00toured"))
    for name, made_up in (("Toured", True), ("Acme", False)):
        session = (board if made_up else Switchboard(environ=environ)).open(name)
        assert session.connector.made_up is made_up
        assert (session.folder is None) is made_up
        session.ledger.close()
