"""Profiles on the disk: any legal one survives, and no crash, link or second keydesk loses one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import half_as_many
from tui.desk.connectors import profiles, secrets
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.connectors.portals import Portals
from tui.desk.connectors.profile import COLOURS, Profile, SignIn
from tui.desk.connectors.profiles_toml import RESERVED
from tui.desk.connectors.secrets import Keep, NoSecret, SecretPlace
from tui.desk.files.private import FileTrouble
from tui.okta.network import Network
from tui.okta.policy import Capability, Mode

WORD = st.text("abcÄß 01-_.", max_size=12)
NAME = st.from_regex(r"[A-Za-zÄß0-9][A-Za-zÄß0-9 ._-]{0,20}[A-Za-z0-9]", fullmatch=True).filter(
    lambda name: name.casefold() not in RESERVED
)
PLACE = st.builds(SecretPlace, st.sampled_from(Keep), WORD)
PROFILE = st.builds(
    lambda *given, **more: Profile(*given, **more),  # noqa: PLW0108 - hypothesis asks the class for types
    NAME,
    st.sampled_from(["https://acme.okta.com", "http://127.0.0.1:9/op/x", "https://id.acme.example"]).map(parse_address),
    st.builds(SignIn, st.sampled_from(SignInKind), PLACE, WORD, WORD, st.none() | PLACE),
    colour=st.sampled_from([colour for colour in COLOURS if colour != "red"]),
    mode=st.sampled_from(Mode),
    capabilities=st.frozensets(st.sampled_from(Capability)),
    portals=st.builds(Portals, WORD, WORD, st.booleans(), WORD),
    network=st.builds(Network, WORD, WORD),
    unknown=st.dictionaries(st.from_regex(r"later_[a-z]{1,6}", fullmatch=True), WORD | st.integers(0, 9), max_size=3),
)
ACME = Profile("Acme", parse_address("acme.okta.com"), SignIn(SignInKind.API_TOKEN, SecretPlace(Keep.KEYRING, "a")))
WRITER = """
import sys
from pathlib import Path
from tui.desk.connectors import profiles
from tui.desk.connectors.connector import SignInKind, parse_address
for number in range(8):
    sign_in = profiles.SignIn(SignInKind.API_TOKEN)
    made = profiles.Profile(f"{sys.argv[2]}{number}", parse_address("acme.okta.com"), sign_in)
    profiles.save(Path(sys.argv[1]), made)
"""


@half_as_many()
@given(PROFILE)
def test_any_legal_profile_survives(profile: Profile) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "connectors.toml"
        profiles.save(path, profile)
        assert profiles.load(path).profiles == (profile,)
        profiles.use(path, profile.name)  # written again
        assert profiles.load(path).profiles == (profile,)


def test_a_crash_in_the_middle_of_a_write_leaves_the_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "connectors.toml"
    profiles.save(path, ACME)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(FileTrouble, match="No space left"):
            profiles.rename(path, "Acme", "Other")
    assert path.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == [".connectors.lock", "connectors.toml"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    path, target = tmp_path / "connectors.toml", tmp_path / "elsewhere" / "kept.toml"
    target.parent.mkdir()
    path.symlink_to(target)
    profiles.save(path, ACME)
    assert path.is_symlink()
    assert profiles.load(target).profiles == (ACME,)


def test_two_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "connectors.toml"
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen([*command, "a"]) as first, subprocess.Popen([*command, "b"]) as second:
        assert (first.wait(timeout=60), second.wait(timeout=60)) == (0, 0)
    names = {one.name for one in profiles.load(path).profiles}
    assert names == {f"{letter}{number}" for letter in "ab" for number in range(8)}


def test_a_command_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_SECONDS", 0.05)
    with pytest.raises(NoSecret, match="did not end"):
        secrets.fetch(SecretPlace(Keep.COMMAND, f"{sys.executable} -c 'import signal; signal.pause()'"))
