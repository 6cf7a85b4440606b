"""The desk's own settings, the folders, who sits at the desk, and the connector that the environment makes."""

from __future__ import annotations

import pwd
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.desk.support import harmful
from tui import wiring
from tui.desk.connectors.agent import Agent, find_agent
from tui.desk.connectors.connector import BadAddress, OrgAddress, SignInKind
from tui.desk.connectors.desk_settings import Desk
from tui.desk.connectors.profiles import Profile, SignIn
from tui.desk.connectors.secrets import Secret
from tui.desk.connectors.settings import BadSettings, load, places
from tui.okta.errors import BadToken
from tui.okta.policy import Mode

SIGN_IN = SignIn(SignInKind.API_TOKEN, None)
ENVIRONMENT = {"KEYDESK_ORG": "https://acme.okta.com", "KEYDESK_API_TOKEN": "00secret"}


def write(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "settings.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path / "settings.toml") == Desk(agent="", region="US")
    assert not list(tmp_path.glob("settings*"))


@pytest.mark.parametrize(
    ("content", "desk"),
    [
        ("", Desk()),
        ("[desk]\n", Desk()),
        ('[desk]\nagent = "Ann"\nregion = "ch"\n', Desk("Ann", "CH")),
        ('[desk]\r\nagent = "Zoë"\r\n', Desk("Zoë")),
        ('[desk]\nagent = "Ann"\nlater = 1\n[profile.acme]\norg = "x"\n', Desk("Ann")),
    ],
)
def test_the_desk_is_read_and_what_is_unknown_is_left_alone(tmp_path: Path, content: str, desk: Desk) -> None:
    assert load(write(tmp_path, content)) == desk


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('[desk]\nagent = "Ann"\nregion = US\n', "line 3"),
        ('[desk]\nagent = "Ann\n', "line 2"),
        ("[desk\n", "line 1"),
        ("desk = 7\n", "desk must be a table, not the number 7"),
        ("[desk]\nagent = 7\n", "agent must be text in quotes"),
        ("[desk]\nregion = true\n", "region must be text in quotes"),
        ('[desk]\nregion = "USA"\n', "region must be two letters"),
        ('[desk]\nregion = "1!"\n', "region must be two letters"),
        (b'[desk]\nagent = "\xff"\n', "cannot be read"),
    ],
)
def test_a_mistake_is_told_with_file_and_line_and_the_file_is_left_as_it_is(
    tmp_path: Path, content: str | bytes, told: str
) -> None:
    path = write(tmp_path, content)
    before = path.read_bytes()
    with pytest.raises(BadSettings) as raised:
        load(path)
    assert told in str(raised.value)
    assert str(path) in str(raised.value)
    assert path.read_bytes() == before
    assert list(tmp_path.glob("settings*")) == [path]


def test_a_folder_in_the_place_of_the_settings_is_told(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").mkdir()
    with pytest.raises(BadSettings, match="it is a folder"):
        load(tmp_path / "settings.toml")


def test_one_variable_moves_every_folder(home: Path) -> None:
    found = places()
    assert (found.config, found.state) == (home, home)
    assert found.ledger == home / "ledger.sqlite3"
    assert places({"KEYDESK_HOME": "~/desk"}).settings == Path("~/desk/settings.toml").expanduser()
    assert not home.exists()


def test_without_it_the_platform_says_where(home: Path) -> None:
    found = places({})
    assert found.config.name == found.state.name == "keydesk"
    assert found.config.is_relative_to(home.parent)


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({}, ""),
        ({"SSH_CONNECTION": "192.0.2.7 50022 10.0.0.1 22"}, "192.0.2.7"),
        ({"SSH_CONNECTION": "2001:db8::7 50022 ::1 22"}, "2001:db8::7"),
        ({"SSH_CONNECTION": "fe80::7%eth0 50022 ::1 22"}, "fe80::7"),
        ({"SSH_CLIENT": "192.0.2.8 50022 22"}, "192.0.2.8"),
        ({"SSH_CONNECTION": "", "SSH_CLIENT": "192.0.2.8 50022 22"}, "192.0.2.8"),
        ({"SSH_CONNECTION": "\x1b[31m evil"}, "an unreadable SSH address"),
        ({"SSH_CONNECTION": "   "}, ""),
    ],
)
def test_over_ssh_the_agents_address_is_known(environ: dict[str, str], address: str) -> None:
    found = find_agent("Ann", environ)
    assert found == Agent("Ann", address)
    assert str(found) == (f"Ann from {address}" if address else "Ann")


def test_an_agent_without_a_configured_name_is_the_systems_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "the.boss")  # anybody can set it
    monkeypatch.setattr(pwd, "getpwuid", lambda _: SimpleNamespace(pw_name="ann"))
    assert find_agent("", {}).name == "ann"
    assert find_agent(" \t", {}).name == "ann"


def test_a_container_without_users_has_an_agent_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(uid: int) -> None:
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert find_agent("", {}).name.startswith("uid ")


@given(st.text(), st.text())
def test_no_name_and_no_address_of_an_agent_is_harmful(name: str, address: str) -> None:
    found = find_agent(name, {"SSH_CONNECTION": address})
    assert harmful(str(found)) == []
    assert 0 < len(found.name) <= 120


def test_the_environment_makes_a_connector() -> None:
    connector = wiring.from_environment(ENVIRONMENT)
    assert connector.name == "environment"
    assert connector.org.origin == "https://acme.okta.com"
    assert connector.mode is Mode.READ_WRITE
    assert "00secret" not in repr(connector)


@pytest.mark.parametrize(
    ("value", "mode"), [("1", "read-only"), ("yes", "read-only"), ("0", "read-write"), ("No", "read-write")]
)
def test_the_environment_can_ask_for_reading_only(value: str, mode: str) -> None:
    assert wiring.from_environment(ENVIRONMENT | {"KEYDESK_READ_ONLY": value}).mode.value == mode


@pytest.mark.parametrize(
    ("environ", "trouble", "told"),
    [
        ({}, wiring.NoConnector, "does not know an Okta org"),
        ({"KEYDESK_ORG": "https://acme.okta.com"}, wiring.NoConnector, "KEYDESK_API_TOKEN is missing"),
        ({"KEYDESK_API_TOKEN": "00secret"}, wiring.NoConnector, "KEYDESK_ORG is missing"),
        (ENVIRONMENT | {"KEYDESK_ORG": "http://acme.okta.com"}, BadAddress, "https only"),
        (ENVIRONMENT | {"KEYDESK_API_TOKEN": "00sec ret"}, BadToken, "not an API token"),
    ],
)
def test_half_an_environment_is_told_without_the_token(
    environ: dict[str, str], trouble: type[Exception], told: str
) -> None:
    with pytest.raises(trouble, match=told) as raised:
        wiring.from_environment(environ)
    assert "00sec" not in str(raised.value)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_flag_tightens_and_never_loosens(mode: Mode) -> None:
    flags = {
        "KEYDESK_READ_ONLY": "1" if mode is Mode.READ_ONLY else "",
        "KEYDESK_VERIFY_ONLY": "1" if mode is Mode.VERIFY_ONLY else "",
    }
    connector = wiring.from_environment(ENVIRONMENT | flags)
    assert connector.mode is mode
    assert wiring.session(connector, read_only=True).connector.mode is Mode.READ_ONLY
    expected = Mode.VERIFY_ONLY if mode is Mode.READ_WRITE else mode
    assert wiring.session(connector, verify_only=True).connector.mode is expected
    assert wiring.session(connector).client.policy.mode is mode


def test_broken_settings_stop_the_start(home: Path) -> None:
    home.mkdir()
    write(home, "[desk")
    with pytest.raises(BadSettings):
        wiring.session(wiring.from_environment(ENVIRONMENT))


def test_the_settings_name_the_agent_and_the_region(home: Path) -> None:
    home.mkdir()
    write(home, '[desk]\nagent = "Ann"\nregion = "CH"\n')
    session = wiring.session(wiring.from_environment(ENVIRONMENT))
    assert (session.agent.name, session.region) == ("Ann", "CH")


@pytest.mark.parametrize("made_up", [True, False])
def test_state_is_kept_of_each_org_but_the_made_up_one_whatever_the_connectors_name(home: Path, made_up: bool) -> None:
    connector = replace(wiring.from_environment(ENVIRONMENT), name="demo", made_up=made_up)
    session = wiring.session(connector)
    assert session.folder == (None if made_up else places().state)
    assert session.ledger.path == (home / "demo" if made_up else home) / "ledger.sqlite3"  # type: ignore[attr-defined]


def test_no_connector_is_made_up_but_the_embedded_ones(home: Path) -> None:
    assert not wiring.from_environment(ENVIRONMENT).made_up
    assert not wiring.assemble(
        Profile("acme", OrgAddress("https://acme.okta.com"), SIGN_IN), Secret("00secret")
    ).made_up
