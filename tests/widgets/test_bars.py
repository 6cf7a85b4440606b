"""Bars are as high as what they stand for, to an eighth of a line, and whatever is not nothing shows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from widgets.bars import BLOCKS, EIGHTHS, Segment, blocks, meter, stacked

BARS = st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=1, max_size=20)


def drawn(counts: list[list[int]], height: int, *, mixed: bool = True) -> tuple[list[str], int]:
    most = max(1, *(sum(bar) for bar in counts))
    bars = [[Segment(count, f"${name}") for count, name in zip(bar, "abc", strict=True)] for bar in counts]
    return [line.plain for line in stacked(bars, most, height, mixed=mixed)], most


def test_whatever_is_not_nothing_shows() -> None:
    assert blocks([0, 1, 100], 100) == f"{BLOCKS[0]}{BLOCKS[1]}{BLOCKS[-1]}"
    assert blocks([0, 0], 1) == "  "


def test_a_meter_is_full_at_one_and_empty_at_nothing() -> None:
    assert [meter(share, 4) for share in (-1, 0, 0.5, 1, 7)] == ["░░░░", "░░░░", "▓▓░░", "▓▓▓▓", "▓▓▓▓"]


@given(BARS, st.integers(1, 6))
def test_a_bar_of_one_colour_a_cell_is_as_high_as_its_whole(counts: list[list[int]], height: int) -> None:
    lines, most = drawn(counts, height, mixed=False)
    assert len(lines) == height
    for place, bar in enumerate(counts):
        column = [BLOCKS.index(line[place]) for line in reversed(lines)]
        assert sum(column) == (max(1, round(height * EIGHTHS * sum(bar) / most)) if sum(bar) else 0)
        assert sorted(column, reverse=True) == column


@given(BARS, st.integers(1, 6))
def test_where_two_parts_meet_the_cell_has_both_colours_and_stays_filled(counts: list[list[int]], height: int) -> None:
    most = max(1, *(sum(bar) for bar in counts))
    bars = [[Segment(count, f"${name}") for count, name in zip(bar, "abc", strict=True)] for bar in counts]
    for line in stacked(bars, most, height):
        assert line.cell_length == len(counts)
        for span in line.spans:
            style = str(span.style)
            below, _, above = style.partition(" on ")
            assert below != above
            assert above == "" or line.plain[span.start] not in " █"


def test_nothing_at_all_is_blank() -> None:
    assert drawn([[0, 0, 0]], 2)[0] == [" ", " "]
