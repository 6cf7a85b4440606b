"""The table of the screens that have a key: each can be loaded and made, and keys and names are told apart."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.binding import Binding

from screens.base import DeskScreen
from tui.app import Keydesk
from tui.screen_table import SCREENS

if TYPE_CHECKING:
    from tui.screen_table import ScreenEntry

EVERY = pytest.mark.parametrize("entry", SCREENS, ids=[entry.name for entry in SCREENS])
README = Path(__file__).parents[2] / "README.md"


@EVERY
def test_an_entry_has_a_screen_that_takes_its_options(entry: ScreenEntry) -> None:
    screen = entry.load()
    assert issubclass(screen, DeskScreen)
    inspect.signature(screen).bind("session", "changed", **dict.fromkeys(entry.options, 0))


@EVERY
def test_the_readme_tells_the_key_of_an_entry(entry: ScreenEntry) -> None:
    rows = [line for line in README.read_text("utf-8").splitlines() if line.startswith("| <kbd>")]
    assert f"<kbd>{entry.key.upper()}</kbd>" in "".join(rows)


def test_no_key_and_no_name_stands_for_two_screens() -> None:
    assert len({entry.name for entry in SCREENS}) == len({entry.key for entry in SCREENS}) == len(SCREENS)


def test_the_footer_shows_the_function_keys_in_their_order() -> None:
    bindings = [binding for binding in Keydesk.BINDINGS if isinstance(binding, Binding)]
    keys = [binding.key for binding in bindings if re.fullmatch(r"f\d", binding.key)]
    assert keys == ["f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9"]
