"""Secrets come from where the admin chose, and from nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.desk.connectors import secrets
from tui.desk.connectors.secrets import Keep, Secret, SecretPlace
from tui.desk.setup import drafts
from tui.trouble import Trouble

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_private_and_comes_back(tmp_path: Path) -> None:
    place = SecretPlace(Keep.FILE, str(tmp_path / "new" / "token"))
    secrets.store(place, Secret("00abc"))
    assert secrets.fetch(place).reveal() == "00abc"
    assert (tmp_path / "new" / "token").stat().st_mode & 0o777 == 0o600
    with pytest.raises(Trouble, match="exists already"):
        secrets.store(place, Secret("other"))
    secrets.forget(place)
    with pytest.raises(Trouble, match="cannot be read"):
        secrets.fetch(place)


def test_a_file_that_others_can_read_is_refused_with_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("00abc")
    path.chmod(0o644)
    with pytest.raises(Trouble, match="chmod 600"):
        secrets.fetch(SecretPlace(Keep.FILE, str(path)))


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(Trouble, match="OKTA_T is missing"):
        secrets.fetch(SecretPlace(Keep.ENVIRONMENT, "OKTA_T"), {})


@pytest.mark.parametrize("command", ["sh -c 'echo 00abc; exit 3'", "no-such-program-here", "", "'open"])
def test_a_failing_command_never_shows_its_output(command: str) -> None:
    with pytest.raises(Trouble) as caught:
        secrets.fetch(SecretPlace(Keep.COMMAND, command))
    assert "00abc" not in str(caught.value)


def test_a_command_gives_its_output() -> None:
    assert secrets.fetch(SecretPlace(Keep.COMMAND, "echo 'a b'")).reveal() == "a b"


def test_a_draft_refuses_secrets_and_survives_nonsense(tmp_path: Path) -> None:
    path = tmp_path / "draft.json"
    drafts.save(path, {"org": "acme", "ticks": ["a"]})
    assert drafts.load(path) == {"org": "acme", "ticks": ["a"]}
    with pytest.raises(ValueError, match="holds a secret"):
        drafts.save(path, {"api_token": "00abc"})
    path.write_text("[")
    assert drafts.load(path) == {}
