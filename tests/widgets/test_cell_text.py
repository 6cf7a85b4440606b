"""Text by cells: nothing is wider than asked for, and what is cut says so."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from widgets.cell_text import truncate, wrap
from widgets.field import clean

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Mn")), max_size=60)


@given(TEXT, st.integers(0, 40))
def test_fit_is_never_wider_and_keeps_what_fits(text: str, width: int) -> None:
    cut = truncate(text, width)
    assert cell_len(cut) <= width
    if cell_len(text) <= width:
        assert cut == text
    elif width:
        assert cut.endswith("…")


@given(TEXT, st.integers(1, 40), st.integers(1, 5))
def test_wrap_is_never_wider_nor_longer(text: str, width: int, most: int) -> None:
    lines = wrap(text, width, max_lines=most)
    assert 1 <= len(lines) <= most
    assert all(cell_len(line) <= width for line in lines)


def test_wrap_breaks_at_spaces_and_says_where_it_stopped() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("one two three four five", 5, max_lines=2) == ["one", "two …"]
    assert wrap("abcdefghij k", 5) == ["abcd…", "k"]
    assert wrap("", 5) == [""]


@given(st.text(max_size=60))
def test_a_field_keeps_ordinary_text_and_nothing_that_steers(text: str) -> None:
    kept = clean(text)
    assert clean(kept) == kept
    assert not set(kept) & set("\x00\x07\x1b\x7f\x9b\x9d\n\r\t\u202e\u2066\u200f\u2028")


def test_a_field_keeps_every_script_and_the_joiners_that_spell() -> None:
    for text in ("Ann Lee", "Zoë", "می‌خواهم", "佐藤", "👨‍👩‍👧", "O'Brien; --"):
        assert clean(text) == text
    assert clean("a\tb\nc") == "a b c"
