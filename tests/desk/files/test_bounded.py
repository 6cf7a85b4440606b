"""Local files that somebody else made: pipes, files without end, nests, and files that others can change."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tui.desk.connectors import nonces, profiles, settings
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.connectors.profile import Profile, SignIn
from tui.desk.connectors.rotation import read_secret_file
from tui.desk.connectors.secrets import Keep, SecretPlace, fetch
from tui.desk.files.private import read_private, write_private
from tui.desk.notices import rules
from tui.desk.notices.texts import templates
from tui.desk.proof import store as proofs
from tui.desk.setup import drafts
from tui.desk.setup.form import Form
from tui.desk.setup.parse import parse_network
from tui.local_file import LARGEST, UnfitFile, read_limited
from tui.okta.trust import trusting_context
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

EMPTY = 'default = ""\n'


def pipe(path: Path) -> None:
    os.mkfifo(path)


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a hole: it takes no room on the disk


def nested(path: Path) -> None:
    path.write_text("a = " + "[" * 200_000)


def folder(path: Path) -> None:
    path.mkdir()


UNFIT = pytest.mark.parametrize("made", [pipe, huge, nested, folder])


@UNFIT
@pytest.mark.parametrize(
    "read",
    [
        profiles.load,
        settings.load,
        rules.load,
        lambda path: read_private(path, 1000),
        lambda path: fetch(SecretPlace(Keep.FILE, str(path))),
        lambda path: parse_network(replace(Form(), ca_bundle=str(path))),
        lambda path: trusting_context(str(path)),
    ],
)
def test_what_an_admin_wrote_is_refused_at_once(
    tmp_path: Path, made: Callable[[Path], None], read: Callable[[Path], object]
) -> None:
    path = tmp_path / "file"
    made(path)
    path.chmod(0o700)
    with pytest.raises(Trouble):
        read(path)


@UNFIT
def test_what_keydesk_keeps_for_itself_counts_as_not_there(tmp_path: Path, made: Callable[[Path], None]) -> None:
    path = tmp_path / "file"
    made(path)
    assert drafts.load(path) == {}
    assert nonces.recall(path, "https://acme.okta.com", "id") == ""
    assert proofs._read(path) == {}


@UNFIT
def test_a_text_of_a_notice_is_refused(tmp_path: Path, made: Callable[[Path], None]) -> None:
    made(tmp_path / "lockout.en.txt")
    with pytest.raises(Trouble):
        templates(tmp_path)


@pytest.mark.parametrize("made", [pipe, huge, folder])
def test_a_file_of_a_key_is_refused(tmp_path: Path, made: Callable[[Path], None]) -> None:
    made(tmp_path / "key")
    with pytest.raises(Trouble, match="cannot be read"):
        read_secret_file(str(tmp_path / "key"))


@pytest.fixture
def ends() -> Iterator[tuple[str, int]]:
    """A pipe as of `<(command)`: the name of its reading end, and the end that the command writes to."""
    reading, writing = os.pipe()
    yield f"/dev/fd/{reading}", writing
    os.close(reading)
    with suppress(OSError):
        os.close(writing)


def test_what_a_command_prints_is_read_to_its_end(ends: tuple[str, int]) -> None:
    name, writing = ends
    os.write(writing, b"00abc\n")
    os.close(writing)
    assert read_secret_file(name) == "00abc\n"


def test_a_command_that_does_not_end_or_prints_too_much_is_refused(ends: tuple[str, int]) -> None:
    name, writing = ends
    os.write(writing, b"00abc\n")
    with pytest.raises(Trouble, match="has not ended"):
        read_secret_file(name, patience=0.0)
    os.write(writing, b"a" * 65_000)
    os.close(writing)
    with pytest.raises(Trouble, match="more than 64,000 bytes"):
        read_secret_file(name)


def test_a_pipe_with_a_name_that_nobody_may_ever_write_to_is_refused_with_what_to_do(tmp_path: Path) -> None:
    pipe(tmp_path / "key")
    with pytest.raises(Trouble, match="not a regular file") as caught:
        read_secret_file(str(tmp_path / "key"))
    assert "<(command)" in caught.value.advice


def test_as_much_as_is_allowed_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"a" * 100)
    assert read_limited(path, 100) == b"a" * 100
    with pytest.raises(UnfitFile, match="more than 99 bytes"):
        read_limited(path, 99)
    assert path.stat().st_size < LARGEST


# -- files that others can change


def connectors(path: Path) -> None:
    """A file of a connector whose token comes from a command."""
    sign_in = SignIn(SignInKind.API_TOKEN, SecretPlace(Keep.COMMAND, "pass okta"))
    profiles.save(path, Profile("Acme", parse_address("https://acme.okta.com"), sign_in))


@pytest.mark.parametrize("mode", [0o622, 0o620, 0o602, 0o666])
def test_connectors_that_others_can_change_are_refused_with_the_cure(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "connectors.toml"
    connectors(path)
    path.chmod(mode)
    with pytest.raises(Trouble, match="chmod go-w") as caught:
        profiles.load(path)
    assert str(path) in str(caught.value)
    with pytest.raises(Trouble, match="chmod go-w"):
        profiles.use(path, "Acme")
    path.chmod(0o644)
    assert profiles.load(path).default == "Acme"


def test_so_are_connectors_in_a_folder_where_everybody_replaces_files(tmp_path: Path) -> None:
    path = tmp_path / "keydesk" / "connectors.toml"
    connectors(path)
    path.parent.chmod(0o777)
    with pytest.raises(Trouble, match="chmod o-w"):
        profiles.load(path)
    path.parent.chmod(0o1777)
    assert profiles.load(path).default == "Acme"


def test_behind_a_link_the_file_itself_is_looked_at(tmp_path: Path) -> None:
    path, link = tmp_path / "dotfiles", tmp_path / "connectors.toml"
    connectors(path)
    link.symlink_to(path)
    assert profiles.load(link).default == "Acme"
    path.chmod(0o666)
    with pytest.raises(Trouble, match="Others can change"):
        profiles.load(link)


@pytest.mark.parametrize("read", [settings.load, rules.load])
def test_so_are_the_files_of_settings_and_notices(tmp_path: Path, read: Callable[[Path], object]) -> None:
    path = tmp_path / "file.toml"
    path.write_text("")
    path.chmod(0o666)
    with pytest.raises(Trouble, match="chmod go-w"):
        read(path)


def test_another_users_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, path = tmp_path / "token", tmp_path / "connectors.toml"
    write_private(secret, "00abc")
    connectors(path)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1 if os.getuid() else 0)
    if not os.getuid():  # a test that runs as root can give files away
        os.chown(secret, 12345, -1)
        os.chown(path, 12345, -1)
    with pytest.raises(Trouble, match="belongs to somebody else"):
        fetch(SecretPlace(Keep.FILE, str(secret)))
    with pytest.raises(Trouble, match="belongs to somebody else"):
        profiles.load(path)
