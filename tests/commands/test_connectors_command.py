"""`keydesk connectors`: list, show, use, rename, remove, rotate; and `--connector`, from a shell."""

from __future__ import annotations

import getpass
import json
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ORIGIN, token_of
from tui import wiring
from tui.commands.codes import Code
from tui.demo.base import client_keys
from tui.desk.connectors import profiles, secrets
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.connectors.profiles import Profile, SignIn
from tui.desk.connectors.secrets import Keep, NoSecret, Secret, SecretPlace
from tui.okta.errors import BadToken
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Shell
    from tests.conftest import FakeClock
    from tui.demo.org import Org


@pytest.fixture
def desk(keydesk: Shell, home: Path, org: Org, clock: FakeClock) -> Shell:
    """Two connectors: Acme with a super admin's token, Acme Test with a help desk's, read-only."""
    for name, principal, mode in (("Acme", "super", Mode.READ_WRITE), ("Acme Test", "helpdesk", Mode.READ_ONLY)):
        place = SecretPlace(Keep.FILE, str(home / "secrets" / f"{name}.token"))
        secrets.store(place, Secret(token_of(org, principal)))
        sign_in = SignIn(SignInKind.API_TOKEN, place)
        profiles.save(home / "connectors.toml", Profile(name, parse_address(ORIGIN), sign_in, mode=mode))
    client = wiring.client

    def connected(*arguments: object, **more: object) -> object:
        return client(*arguments, **{**more, "clock": clock, "transport": keydesk.line})  # type: ignore[arg-type]

    keydesk.patch.setattr(wiring, "client", connected)
    keydesk.patch.delenv("KEYDESK_ORG")
    keydesk.patch.delenv("KEYDESK_API_TOKEN")
    return keydesk


def tokens(home: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (home / "secrets").iterdir()}


def test_all_are_listed_and_shown_without_a_secret(desk: Shell, org: Org) -> None:
    assert [one["name"] for one in desk("connectors", "list", "--json").json] == ["Acme", "Acme Test"]
    told = desk("connectors", "list").out + desk("connectors", "show").out + desk("connectors", "show", "acme test").out
    assert "read-only" in told
    for principal in ("super", "helpdesk"):
        assert token_of(org, principal) not in told
    assert desk("connectors", "show", "Acme Test", "--json").json["secret_trouble"] == ""


def test_one_is_shown_in_plain_words(desk: Shell, home: Path) -> None:
    ran = desk("connectors", "show", "Acme Test")
    told = dict(line.split("  ", 1) for line in ran.out.splitlines() if "  " in line)
    told = {label: text.strip() for label, text in told.items()}
    assert told["Name"] == "Acme Test"
    assert told["May change"] == "nothing: read-only"
    assert told["Production"] == "no"
    assert told["Secret"] == f"in the file {home}/secrets/Acme Test.token"
    assert told["Ticket"] == "not needed, any number"
    assert told["Readable now"] == "yes"
    assert told["Allows"].startswith("Looking people up, ")
    assert "(the default)" in desk("connectors", "show").out
    for python in ("['", "False", "True", "None", "{'"):
        assert python not in ran.out


def test_the_default_is_used_unless_another_is_named(desk: Shell) -> None:
    assert desk("find", "ann.lee", "--json").code == Code.OK
    assert desk("unlock", "ann.lee@acme.example", "--dry-run").code == Code.OK
    assert desk("--connector", "acme test", "unlock", "ann.lee@acme.example", "--yes").code == Code.NOT_POSSIBLE
    assert desk("connectors", "use", "acme test").code == Code.OK
    assert desk("unlock", "ann.lee@acme.example", "--yes").code == Code.NOT_POSSIBLE
    desk.patch.setenv("KEYDESK_CONNECTOR", "Acme")
    assert desk("unlock", "ann.lee@acme.example", "--yes").code == Code.OK
    assert desk("--read-only", "unlock", "erik.larsen@acme.example", "--yes").code == Code.NOT_POSSIBLE


def test_an_unknown_name_gets_the_likely_one(desk: Shell) -> None:
    ran = desk("connectors", "use", "Akme")
    assert (ran.code, ran.out) == (Code.NOT_FOUND, "")
    assert "Did you mean Acme?" in ran.err
    assert "no connector called nobody" in desk("--connector", "nobody", "find", "ann").err


def test_it_is_renamed_and_removed_with_its_secret(desk: Shell, home: Path) -> None:
    assert desk("connectors", "rename", "Acme", "Acme Two").code == Code.OK
    assert desk("connectors", "remove", "Acme Two").code == Code.USAGE
    assert desk("connectors", "remove", "Acme Two", "--yes").code == Code.OK
    assert set(tokens(home)) == {"Acme Test.token"}
    assert desk("connectors", "list", "--json").json[0]["default"] is True


def test_a_secret_that_cannot_be_removed_leaves_the_connector(desk: Shell, home: Path) -> None:
    def refuse(_: SecretPlace) -> None:
        raise NoSecret("The system keyring refused", advice="Unlock it.")

    desk.patch.setattr(secrets, "forget", refuse)
    assert desk("connectors", "remove", "Acme", "--yes").code != Code.OK
    assert profiles.load(home / "connectors.toml").get("Acme") is not None


def test_a_token_is_rotated_without_being_shown(desk: Shell, home: Path, org: Org) -> None:
    new = token_of(org, "org")
    desk.answers("")
    desk.patch.setattr(getpass, "getpass", lambda _: new)
    ran = desk("connectors", "rotate", "Acme")
    assert ran.code == Code.OK
    assert "It signs in" in ran.out
    assert new not in ran.out + ran.err
    assert sorted(tokens(home).values()) == sorted([new, token_of(org, "helpdesk")])
    assert desk("find", "ann.lee").code == Code.OK
    again = desk("connectors", "rotate", "Acme", "--no-check")
    assert again.code == Code.OK
    assert len(tokens(home)) == 2


def test_one_that_does_not_sign_in_leaves_the_old(desk: Shell, home: Path, tmp_path: Path) -> None:
    before = tokens(home)
    given = tmp_path / "token"
    given.write_text("00wrong\n")
    ran = desk("connectors", "rotate", "Acme", "--from-file", str(given))
    assert ran.code != Code.OK
    assert "does not accept" in ran.err
    assert tokens(home) == before


def test_a_profile_that_cannot_be_written_leaves_the_old(desk: Shell, home: Path) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BadToken

    before = tokens(home)
    desk.patch.setattr(profiles, "save", refuse)
    desk.answers("")
    desk.patch.setattr(getpass, "getpass", lambda _: "00another")
    assert desk("connectors", "rotate", "Acme", "--no-check").code != Code.OK
    assert tokens(home) == before


def test_a_key_is_made_here_and_proved_before_it_counts(desk: Shell, home: Path, org: Org) -> None:
    app, kid = org.principal("keydesk"), client_keys.key_id(org.seed, "keydesk")
    place = SecretPlace(Keep.FILE, str(home / "secrets" / "app.key"))
    secrets.store(place, Secret(client_keys.private_pem(org.seed, "keydesk", "ES256")))
    sign_in = SignIn(SignInKind.PRIVATE_KEY_JWT, place, app.identity, kid)
    profiles.save(home / "connectors.toml", Profile("App", parse_address(ORIGIN), sign_in))
    before = tokens(home)
    ran = desk("connectors", "rotate", "App", "--make-key", "EC")
    assert ran.code != Code.OK  # Okta does not have it
    assert "does not know this key id" in ran.err
    shown = json.loads(ran.out[ran.out.index("{") : ran.out.rindex("}") + 1])
    assert "d" not in shown
    assert tokens(home) == before
    given = home / "given.pem"
    given.write_text(before["app.key"])
    token = org.principal("super").token
    ran = desk("connectors", "rotate", "App", "--from-file", str(given), "--key-id", token)
    assert (ran.code, "looks like an API token" in ran.err, token in ran.err) == (Code.USAGE, True, False)
    assert token not in (home / "connectors.toml").read_text()
    assert desk("connectors", "rotate", "App", "--from-file", str(given), "--key-id", kid).code == Code.OK
    assert desk("--connector", "App", "find", "ann.lee").code == Code.OK
    assert desk("connectors", "rotate", "App").code == Code.USAGE


def test_what_is_only_read_is_changed_at_its_source(desk: Shell, home: Path) -> None:
    place = SecretPlace(Keep.COMMAND, "op read x")
    profiles.save(home / "connectors.toml", Profile("Op", parse_address(ORIGIN), SignIn(SignInKind.API_TOKEN, place)))
    desk.answers("")
    desk.patch.setattr(getpass, "getpass", lambda _: "00another")
    ran = desk("connectors", "rotate", "Op")
    assert ran.code == Code.USAGE
    assert "Change it there" in ran.err


def test_a_service_app_from_the_environment(desk: Shell, org: Org) -> None:
    desk.patch.setenv("KEYDESK_ORG", ORIGIN)
    desk.patch.setenv("KEYDESK_CLIENT_ID", org.principal("keydesk").identity)
    desk.patch.setenv("KEYDESK_KEY_ID", client_keys.key_id(org.seed, "keydesk"))
    assert "KEYDESK_PRIVATE_KEY is missing" in desk("find", "ann.lee").err
    desk.patch.setenv("KEYDESK_PRIVATE_KEY", client_keys.private_pem(org.seed, "keydesk", "ES256").replace("\n", "\\n"))
    assert desk("find", "ann.lee").code == Code.OK
