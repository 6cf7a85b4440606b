"""Software by groups only, from a shell: actions on apps are refused with the reason, group membership is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.commands.act.support import BOB
from tests.conftest import ORIGIN
from tests.desk.support import FINDING_AND_GIVING
from tui.commands.codes import Code
from tui.demo.admins.principals import GROUPS_ONLY
from tui.demo.base import client_keys
from tui.desk.connectors import profiles, secrets
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.connectors.profiles import Profile, SignIn
from tui.desk.connectors.secrets import Keep, Secret, SecretPlace
from tui.okta.policy import Mode, SoftwareBy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Shell
    from tui.demo.org import Org

REASON = "this connector gives software by groups only"
ON_APPS = (
    ("assign-app", "--app", "Figma", "--yes"),
    ("assign-app", "--app", "Figma", "--dry-run"),
    ("assign-app", "--app", "no such app"),
    ("unassign-app", "--app", "Figma", "--reason", "left"),
    ("give-app-to-group", "--app", "Figma", "--group", "Support", "--reason", "all of them"),
)


@pytest.fixture
def acme(keydesk: Shell, home: Path, org: Org) -> Shell:
    """Works with a connector that signs in with rights on people and group membership alone."""
    app = org.principal(GROUPS_ONLY)
    place = SecretPlace(Keep.FILE, str(home / "secrets" / "acme.key"))
    secrets.store(place, Secret(client_keys.private_pem(org.seed, GROUPS_ONLY, app.algorithm)))
    sign_in = SignIn(SignInKind.PRIVATE_KEY_JWT, place, app.identity, client_keys.key_id(org.seed, GROUPS_ONLY))
    profile = Profile("Acme", parse_address(ORIGIN), sign_in, mode=Mode.READ_WRITE, capabilities=FINDING_AND_GIVING)
    path = home / "connectors.toml"
    profiles.save(path, profile)
    text = path.read_text()
    assert 'software_by = "groups-and-apps"' in text
    path.write_text(text.replace('software_by = "groups-and-apps"', 'software_by = "groups"'))
    assert profiles.load(path).profiles[0].software_by is SoftwareBy.GROUPS
    keydesk.patch.delenv("KEYDESK_ORG")
    keydesk.patch.delenv("KEYDESK_API_TOKEN")
    return keydesk


def changes(shell: Shell) -> list[str]:
    """The methods of what was sent to change something; requests for an access token change nothing."""
    return [write.split()[0] for write in shell.line.writes if not write.endswith("/oauth2/v1/token")]


def test_check_is_green_with_group_rights_alone(acme: Shell) -> None:
    ran = acme("check")
    assert (ran.code, ran.err) == (Code.OK, "")
    assert "Looking people up                      works" in ran.out
    assert "FAIL" not in ran.out
    assert "lacks" not in ran.out
    assert "All that can be proved without writing works." in ran.out
    assert not any("/apps" in story for story in acme.line.story)


def test_an_action_on_apps_is_refused_with_the_reason_and_the_steps_by_hand(acme: Shell) -> None:
    for action, *more in ON_APPS:
        ran = acme(action, BOB, *more)
        assert ran.code == Code.NOT_POSSIBLE
        assert f"is not possible: {REASON}" in ran.err
        assert "Open Applications > Applications in the Admin Console" in ran.out
    told = acme("assign-app", BOB, "--app", "Figma", "--json")
    assert told.code == Code.NOT_POSSIBLE
    assert told.json["reason"] == REASON
    assert not any("/apps" in story for story in acme.line.story)
    assert changes(acme) == []


def test_group_membership_is_changed(acme: Shell) -> None:
    assert acme("add-to-group", BOB, "--group", "Figma Editors", "--yes").code == Code.OK
    ended = acme("remove-from-group", BOB, "--group", "Figma Editors", "--yes", "--reason", "moved")
    assert ended.code == Code.OK
    assert changes(acme) == ["PUT", "DELETE"]
    assert not any("/apps" in story for story in acme.line.story)


def test_nothing_can_be_followed_where_no_app_is_read(acme: Shell) -> None:
    ran = acme("add-to-group", BOB, "--group", "Figma Editors", "--yes", "--follow")
    assert ran.code == Code.USAGE
    assert "this connector reads no app" in ran.err
    assert changes(acme) == []


def test_whether_somebody_has_an_app_is_not_known_unless_it_is_on_their_dashboard(acme: Shell) -> None:
    ran = acme("why", BOB, "--app", "Warehouse Board")
    assert "Warehouse Board" in ran.out
    assert "They do not have" not in ran.out
    assert not any("/api/v1/apps" in story for story in acme.line.story)


def test_show_tells_the_choice(acme: Shell) -> None:
    told = acme("connectors", "show", "Acme").out.splitlines()
    assert "Software      by groups only; no app is read or changed" in told
    assert acme("connectors", "show", "Acme", "--json").json["software_by"] == "groups"
