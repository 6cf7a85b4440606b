"""Columns and cells: every line has exactly its width, whatever people are called."""

from __future__ import annotations

from functools import partial

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from tests.each import each
from widgets.columns import CURSOR, Column, Painter, cell, natural_width, place

ANY = st.text(st.characters(codec=None, exclude_categories=()))
NASTY = st.text(
    st.sampled_from(
        "aé 1#\u0301\u0308\u0e47\u094d\u0915\u0dca\u0dbb\u0645\u200c\u200d\ufe0f\u20e3👩💻❤🏽♂🏳🌈日本語한\u3000"
        "\u202e\u2066\u00ad\u2028\x1b\x9b\t\r\n\x85\x00\x7f\ud800\ue000שלום…"
    )
)
TEXTS = st.one_of(ANY, NASTY)
HOSTILE = frozenset(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F)]))


@given(text=TEXTS, width=st.integers(0, 30), right=st.booleans())
@example(text="a\u200d", width=5, right=False)
@example(text="\u200da", width=5, right=True)
@example(text="日本語", width=2, right=False)
@example(text="日本語", width=1, right=False)
@example(text="\ufe0f❤\ufe0f", width=4, right=True)
def test_a_cell_has_its_width_and_nothing_hostile(text: str, width: int, right: bool) -> None:
    shown = cell(text, width, right=right)
    assert cell_len(shown) == width
    assert not HOSTILE.intersection(shown)
    shown.encode()  # no lone surrogate


@each(
    ("text", "width", "shown"),
    [
        ("Ann Lee", 7, "Ann Lee"),
        ("Ann Lee", 9, "Ann Lee  "),
        ("Ann Lee", 6, "Ann L…"),
        ("Ann Lee", 5, "Ann… "),  # no space in front of the ellipsis
        ("Ann Lee", 1, "…"),
        ("Ann Lee", 0, ""),
        ("", 3, "   "),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日… "),  # never half a character
        ("日本語", 2, "… "),
        ("e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301"),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),  # the mark stays on its letter
        ("👩\u200d💻 Ann", 6, "👩\u200d💻 Ann"),
        ("👩\u200d💻 Ann", 2, "… "),
        ("שלום", 5, "שלום "),
        ("\u0dc1\u0dca\u200d\u0dbb\u0dd3", 3, "\u0dc1\u0dca\u0dbb\u0dd3 "),  # Rich would count the letter as nothing
        ("[bold red]x[/]", 14, "[bold red]x[/]"),
        ("a\x1b[31mb", 7, "a\ufffd[31mb"),
        ("a\x9b31m", 5, "a\ufffd31m"),
        ("a\nb", 3, "a\ufffdb"),
    ],
)
def test_cells(text: str, width: int, shown: str) -> None:
    assert cell(text, width) == shown


def test_numbers_stand_right() -> None:
    assert cell("7", 3, right=True) == "  7"
    assert cell("日", 3, right=True) == " 日"


def test_a_pile_of_marks_costs_no_more_than_its_cell() -> None:
    shown = cell("e" + "\u0301" * 1_000_000, 4)
    assert cell_len(shown) == 4
    assert len(shown) < 100


def column(title: str, width: int, *, grow: int = 0, drop: int = 0) -> Column[str]:
    return Column(title, str, width, grow=grow, drop=drop)


LOGIN, NAME, STATUS, CITY = (
    column("login", 10),
    column("name", 10, grow=2),
    column("status", 8, grow=1, drop=1),
    column("city", 6, drop=2),
)
ALL = [LOGIN, NAME, STATUS, CITY]


@each(
    ("width", "titles", "widths"),
    [
        (40, ["login", "name", "status", "city"], [10, 10, 8, 6]),
        (43, ["login", "name", "status", "city"], [10, 12, 9, 6]),
        (44, ["login", "name", "status", "city"], [10, 12, 10, 6]),
        (39, ["login", "name", "status"], [10, 14, 11]),
        (32, ["login", "name", "status"], [10, 10, 8]),
        (31, ["login", "name"], [10, 19]),
        (22, ["login", "name"], [10, 10]),
        (17, ["login", "name"], [10, 5]),  # nothing left to drop: cut from the right
        (12, ["login"], [10]),
        (4, ["login"], [4]),
        (0, [], []),
        (-2, [], []),
    ],
)
def test_columns_grow_and_drop_by_width(width: int, titles: list[str], widths: list[int]) -> None:
    placed = place(ALL, width)
    assert [shown.title for shown, _ in placed] == titles
    assert [cells for _, cells in placed] == widths


def test_of_equals_the_rightmost_drops() -> None:
    placed = place([column("a", 5, drop=1), column("b", 5, drop=1)], 6)
    assert [shown.title for shown, _ in placed] == ["a"]


@given(
    columns=st.lists(
        st.builds(column, st.just("t"), st.integers(1, 12), grow=st.integers(0, 3), drop=st.integers(0, 3))
    ),
    width=st.integers(0, 120),
)
def test_columns_never_overflow_and_growing_ones_fill_the_line(columns: list[Column[str]], width: int) -> None:
    placed = place(columns, width)
    used = sum(cells for _, cells in placed) + 2 * max(0, len(placed) - 1)
    assert used <= width
    assert all(cells > 0 for _, cells in placed)
    squeezed = natural_width([each for each in columns if not each.drop]) > width
    if any(shown.grow for shown, _ in placed) and not squeezed:
        assert used == width


def _fixed(text: str, _: str) -> str:
    return text


@given(texts=st.lists(TEXTS, max_size=5), width=st.integers(0, 60), cursor=st.booleans())
def test_a_line_is_as_wide_as_its_table(texts: list[str], width: int, cursor: bool) -> None:
    painter: Painter[str] = Painter(lambda name: Style(bold=name == CURSOR))
    styles = ["", "rows--danger", ""]
    columns = [Column(text, partial(_fixed, text), 6, grow=1, style=styles[i % 3]) for i, text in enumerate(texts)]
    painter.lay_out(columns, width)
    for strip in (painter.row("", CURSOR if cursor else ""), painter.header(), painter.note("".join(texts), 0, 1)):
        assert sum(cell_len(segment.text) for segment in strip) == width
        assert cell_len(strip.text) == width  # also where segments meet
        assert not HOSTILE.intersection(strip.text)


def test_equal_styles_share_a_segment() -> None:
    looks = {"": Style(), "rows--danger": Style(bold=True)}
    painter: Painter[str] = Painter(looks.__getitem__)
    plain = column("a", 4)
    loud: Column[str] = Column("b", str, 4, style=lambda row: "rows--danger" if row == "x" else "")
    painter.lay_out([plain, plain, loud, loud, plain], 40)
    assert [segment.text for segment in painter.row("o", "")] == ["  " + "o     " * 4 + "o   ", " " * 10]
    texts = [(segment.text, segment.style) for segment in painter.row("x", "")]
    assert texts == [
        ("  x     x     ", looks[""]),
        ("x     x   ", looks["rows--danger"]),
        ("  x   ", looks[""]),
        ("          ", looks[""]),
    ]
