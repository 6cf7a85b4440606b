"""Profiles survive a save and a load; a broken file is named and never replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tui.desk.connectors import profiles
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.connectors.profiles import BadProfiles, Profile, SignIn
from tui.desk.connectors.secrets import Keep, SecretPlace
from tui.okta.policy import Capability, SoftwareBy

if TYPE_CHECKING:
    from pathlib import Path

PLACE = SecretPlace(Keep.KEYRING, "a")
ACME = Profile("Acme é.1", parse_address("acme.okta.com"), SignIn(SignInKind.API_TOKEN, PLACE), unknown={"z": 1})


def test_a_profile_comes_back_with_its_unknown_keys_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "connectors.toml"
    assert profiles.save(path, ACME) == profiles.load(path)
    assert profiles.load(path).profiles == (ACME,)
    assert profiles.rename(path, "acme É.1", "B").default == "B"
    assert path.stat().st_mode & 0o777 == 0o600
    assert profiles.remove(path, "b").default == ""


@pytest.mark.parametrize("bad", ['colour = "pink"', "colour = 3", 'api_token = "00abc"', "x = ["])
def test_a_broken_file_is_named_by_line_and_left_alone(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "connectors.toml"
    profiles.save(path, ACME)
    path.write_text(path.read_text().replace('colour = "blue"', bad))
    before = path.read_bytes()
    with pytest.raises(BadProfiles, match=r"line \d+") as caught:
        profiles.save(path, ACME)
    assert "00abc" not in str(caught.value)
    assert path.read_bytes() == before


def test_how_software_is_given_is_kept_and_one_from_before_the_choice_gives_by_both(tmp_path: Path) -> None:
    path = tmp_path / "connectors.toml"
    by_groups = replace(ACME, software_by=SoftwareBy.GROUPS)
    profiles.save(path, by_groups)
    assert 'software_by = "groups"' in path.read_text()
    assert profiles.load(path).profiles == (by_groups,)
    path.write_text(path.read_text().replace('software_by = "groups"\n', ""))
    assert profiles.load(path).profiles == (ACME,)
    path.write_text(path.read_text().replace('colour = "blue"', 'software_by = "mail"'))
    with pytest.raises(BadProfiles, match=r"line \d+"):
        profiles.load(path)


def test_a_list_of_capabilities_stands_and_without_a_word_nobody_is_verified_or_suspended(tmp_path: Path) -> None:
    path = tmp_path / "connectors.toml"
    profiles.save(path, ACME)
    text = path.read_text("utf-8")
    listed = text[text.index("capabilities = [") : text.index("]", text.index("capabilities = [")) + 1]
    path.write_text(text.replace(listed, 'capabilities = ["identify", "mfa"]'), "utf-8")
    assert profiles.load(path).profiles[0].capabilities == {Capability.IDENTIFY, Capability.MFA}
    path.write_text(text.replace(listed + "\n", ""), "utf-8")
    assert profiles.load(path).profiles[0].capabilities == {
        *(Capability.IDENTIFY, Capability.LOCKOUTS, Capability.EXPIRY, Capability.PROVISIONING),
        *(Capability.PASSWORDS, Capability.UNLOCK, Capability.MFA),
    }


def test_an_unknown_name_gets_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "connectors.toml"
    profiles.save(path, ACME)
    with pytest.raises(profiles.UnknownConnector, match=r"Did you mean Acme é\.1"):
        profiles.use(path, "acme e.1")
