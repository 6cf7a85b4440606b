"""The list of the screens that have a key: each can be loaded and made, and keys and names are told apart."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.binding import Binding

from screens.base import DeskScreen
from tui.app import Keydesk
from tui.places import PLACES

if TYPE_CHECKING:
    from tui.places import Place

EVERY = pytest.mark.parametrize("place", PLACES, ids=[place.name for place in PLACES])
README = Path(__file__).parents[2] / "README.md"


@EVERY
def test_a_place_has_a_screen_that_takes_its_options(place: Place) -> None:
    screen = place.load()
    assert issubclass(screen, DeskScreen)
    inspect.signature(screen).bind("session", "changed", **dict.fromkeys(place.options, 0))


@EVERY
def test_the_readme_tells_the_key_of_a_place(place: Place) -> None:
    rows = [line for line in README.read_text("utf-8").splitlines() if line.startswith("| <kbd>")]
    assert f"<kbd>{place.key.upper()}</kbd>" in "".join(rows)


def test_no_key_and_no_name_stands_for_two_places() -> None:
    assert len({place.name for place in PLACES}) == len({place.key for place in PLACES}) == len(PLACES)


def test_the_footer_shows_the_function_keys_in_their_order() -> None:
    bindings = [binding for binding in Keydesk.BINDINGS if isinstance(binding, Binding)]
    keys = [binding.key for binding in bindings if re.fullmatch(r"f\d", binding.key)]
    assert keys == ["f2", "f3", "f4", "f5", "f6", "f7", "f8"]
