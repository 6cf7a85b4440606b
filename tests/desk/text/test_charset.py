"""Terminals that show less than Unicode: which they are, and what they get in as many cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.desk.text.charset import showable, terminal_charset

if TYPE_CHECKING:
    from pathlib import Path

XTERM = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("environ", "charset"),
    [
        ({}, "ascii"),
        ({"LANG": "C"}, "ascii"),
        ({"LC_ALL": "C", "LANG": "de_CH.UTF-8"}, "ascii"),
        ({"LC_ALL": "POSIX"}, "ascii"),
        ({"LANG": "en_US.UTF-8"}, "utf-8"),
        ({"LANG": "C.utf8"}, "utf-8"),
        ({"LANG": "de_DE.ISO-8859-1@euro"}, "ISO-8859-1"),
        ({"LANG": "de_DE.no-such"}, "ascii"),
        ({"LANG": "en_US.UTF-8", "TERM": "linux"}, "cp437"),
        ({"LANG": "en_US.UTF-8", "TERM": "vt100"}, "ascii"),
        ({"LC_CTYPE": "UTF-8", "LANG": "de_CH.UTF-8"}, "utf-8"),
    ],
)
def test_what_a_terminal_shows(environ: dict[str, str], charset: str) -> None:
    assert terminal_charset(XTERM | environ, "linux") == charset
    assert terminal_charset(XTERM | environ, "win32") == "utf-8"


@pytest.mark.parametrize(
    ("begun", "charset"),
    [(b"LANG=C\0", "ascii"), (b"LC_CTYPE=\0LANG=\0", "ascii"), (b"A=b\0LC_CTYPE=C.UTF-8\0", "utf-8")],
)
def test_the_locale_that_python_made_of_none_counts_as_none(tmp_path: Path, begun: bytes, charset: str) -> None:
    (tmp_path / "environ").write_bytes(begun)
    assert terminal_charset(XTERM | {"LC_CTYPE": "C.UTF-8"}, "linux", tmp_path / "environ") == charset


def test_lines_dots_and_names_are_plain() -> None:
    assert showable("╭─┬━╮│┃▸✓ ✗ · …", "ascii", cell_len) == "+-+-+||>v x . ."
    assert showable("\x1b[1mZoë Müller · 李安\x1b[0m", "ascii", cell_len) == "\x1b[1mZoe Muller . ????\x1b[0m"
    assert showable("Müller ✓ │", "latin-1", cell_len) == "Müller v |"
    assert showable("Müller ✓ │ ·", "cp437", cell_len) == "Müller v │ ·"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.sampled_from(["ascii", "latin-1", "cp437"]))
def test_columns_stay_where_they_are(text: str, charset: str) -> None:
    shown = showable(text, charset, cell_len)
    shown.encode(charset)
    runs = [run for run in text.split(" ") if not any(character.isascii() for character in run)]
    assert all(cell_len(showable(run, charset, cell_len)) == cell_len(run) for run in runs)
