"""The file of the settings: read whole, written a value at a time, and never lost."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from tui.desk.connectors.desk_settings import Desk, Look
from tui.desk.connectors.settings import BadSettings
from tui.desk.connectors.settings_toml import HEADER, Settings, cell_diff_of, read, remember, theme_of
from tui.trouble import BadInput

if TYPE_CHECKING:
    from pathlib import Path


def test_a_new_file_explains_itself_and_is_for_one_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.toml"
    assert read(path) == Settings()
    remember(path, "look", "theme", "light")
    assert path.read_text("utf-8").startswith(HEADER)
    assert read(path) == Settings(look=Look("light"))
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[desk]\nagent = "Ann"  # at the desk\n', '[desk]\nagent = "Ann"  # at the desk\n\n[look]\ntheme = "dark"\n'),
        ('[look]\ntheme = "light"\n', '[look]\ntheme = "dark"\n'),
        ('# mine\n[look]\n[desk]\nregion = "CH"\n', '# mine\n[look]\ntheme = "dark"\n[desk]\nregion = "CH"\n'),
        ("[look] # here\nlater = 1\n", '[look] # here\ntheme = "dark"\nlater = 1\n'),
        ('[keys]\ntheme = "x"\n', '[keys]\ntheme = "x"\n\n[look]\ntheme = "dark"\n'),
        ('[desk]\r\nagent = "Zoë"\r\n', '[desk]\nagent = "Zoë"\n\n[look]\ntheme = "dark"\n'),
    ],
)
def test_what_somebody_else_wrote_stays(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(before.encode())
    remember(path, "look", "theme", "dark")
    assert path.read_text("utf-8") == after
    assert read(path).look.theme == "dark"


@pytest.mark.parametrize("value", ['a "quoted" \\ text', "two\nlines", "tab\t and \x7f", "é 人"])
def test_any_text_is_read_as_it_was_written(tmp_path: Path, value: str) -> None:
    path = tmp_path / "settings.toml"
    remember(path, "ticket", "text", value)
    assert tomllib.loads(path.read_text("utf-8"))["ticket"]["text"] == value


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('[desk]\nagent = "Ann"\n\n[look]\ntheme = "pink"\n', "line 5"),
        ("[look]\ntheme = 7\n", "line 2"),
        ("look = 7\n", "line 1"),
        ("[look]\ntheme = dark\n", "line 2"),
        ("[desk]\nregion = true\n", "line 2"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_line_and_never_written_over(
    tmp_path: Path, content: str, told: str
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(content, "utf-8")
    for attempt in (lambda: read(path), lambda: remember(path, "look", "theme", "dark")):
        with pytest.raises(BadSettings) as raised:
            attempt()
        assert told in str(raised.value)
    assert path.read_text("utf-8") == content


@pytest.mark.parametrize("content", ['look = { theme = "light" }\n', 'look.theme = "light"\n', '["look"]\n'])
def test_a_way_of_writing_that_is_not_understood_is_left_to_its_author(tmp_path: Path, content: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(BadSettings, match="by hand"):
        remember(path, "look", "theme", "dark")
    assert path.read_text("utf-8") == content


def test_a_theme_asked_for_comes_first_then_the_environment_then_the_settings(home: Path) -> None:
    def chosen(asked: str, theme: str = "") -> str | None:
        return theme_of(asked, {"KEYDESK_HOME": str(home)} | ({"KEYDESK_THEME": theme} if theme else {}))

    assert chosen("") is None
    remember(home / "settings.toml", "look", "theme", "light")
    assert chosen("") == "light"
    assert chosen("", "Terminal") == "terminal"
    assert chosen("dark", "terminal") == "dark"
    with pytest.raises(BadInput, match="nord"):
        chosen("", "nord")


def test_only_changed_cells_are_sent_unless_the_environment_or_else_the_settings_say_no(home: Path) -> None:
    def chosen(said: str = "") -> bool:
        return cell_diff_of({"KEYDESK_HOME": str(home), "KEYDESK_CELL_DIFF": said})

    assert chosen()
    assert not chosen("0")
    assert not chosen("Off")
    home.mkdir()
    (home / "settings.toml").write_text("[look]\ncell_diff = false\n", "utf-8")
    assert not chosen()
    assert chosen("1")
    (home / "settings.toml").write_text('[look]\ncell_diff = "no"\n', "utf-8")
    with pytest.raises(BadSettings, match=r"look\.cell_diff"):
        chosen()


def test_the_desk_is_read_along(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('[desk]\nagent = "Ann"\nregion = "ch"\n', "utf-8")
    assert read(path).desk == Desk("Ann", "CH")
