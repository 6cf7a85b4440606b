"""What is written, and what never: the faults that other programs with a cell diff had, and what terminals cannot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tests.terminal.judges import Avt, Ghostty, JoiningGhostty
from tests.terminal.stories import BEGIN
from tui.terminal.cells import MOST
from tui.terminal.glyphs import Unshowable, glyphs, is_doubtful
from tui.terminal.pens import Pens
from tui.terminal.rules import CAREFUL, FULL, GNU_SCREEN, LINUX_CONSOLE, rules_for
from tui.terminal.screen import ShownScreen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.terminal.judges import Judge
    from tui.terminal.rules import Rules

CSI: Final = re.compile(r"\x1b\[([0-9;?]*)([@-~])")
GREY: Final = "#e0e0e0 on #101010"


class Desk:
    """A screen of ours on a terminal of others."""

    def __init__(self, width: int, height: int, rules: Rules = FULL) -> None:
        self.shown = ShownScreen(width, height, rules, ColorSystem.TRUECOLOR)
        self.judge: Judge = JoiningGhostty(width, height)
        self.judge.feed(BEGIN)
        self.size = width, height

    def draw(self, *lines: str | Sequence[tuple[str, str]], cursor: tuple[int, int] = (0, 0)) -> str:
        """Draw lines, each a text or texts with styles; the rest is empty. Return what was sent."""
        width, height = self.size
        strips: list[Iterable[Strip]] = []
        for line in (*lines, *[""] * (height - len(lines))):
            parts = [(line, GREY)] if isinstance(line, str) else line
            strip = Strip([Segment(text, Style.parse(style)) for text, style in parts])
            strips.append([strip.adjust_cell_length(width, Style.parse(GREY))])
        return self._send(LayoutUpdate(strips, Region(0, 0, width, height)), cursor)

    def patch(self, x: int, y: int, text: str, style: str = GREY) -> str:
        """Draw a text somewhere. Return what was sent."""
        strip = Strip([Segment(text, Style.parse(style))])
        end = x + strip.cell_length
        chops: list[dict[int, Strip | None]] = [{} for _ in range(self.size[1])]
        chops[y] = {x: strip}
        return self._send(ChopsUpdate(chops, [(y, x, end)], [[end]] * self.size[1]), (0, 0))

    def _send(self, update: LayoutUpdate | ChopsUpdate, cursor: tuple[int, int]) -> str:
        sent = self.shown.changes(update, cursor)
        self.judge.feed(sent)
        return sent

    def line(self, y: int = 0) -> str:
        """Return the text of a line as the terminal shows it."""
        return "".join(cell.text for cell in self.judge.shot().lines[y])


def test_what_is_shown_already_is_not_sent_and_the_cursor_only_where_it_moves() -> None:
    desk = Desk(20, 3)
    assert "hello" in desk.draw("hello")
    assert desk.draw("hello") == ""
    assert desk.draw("hello", cursor=(5, 0)) == "\x1b[6G"
    assert desk.draw("hellO", cursor=(5, 0)) == f"\x1b[D\x1b[{'38;2;224;224;224;48;2;16;16;16'}mO\x1b[m"
    desk.shown.forget()
    assert "hellO" in desk.draw("hellO", cursor=(5, 0))


def test_the_ink_of_blanks_is_not_sent_unless_it_shows() -> None:
    desk = Desk(20, 1)
    desk.draw([("a    b", GREY)])
    assert desk.draw([("a", GREY), ("    ", "bold #ff0000 on #101010"), ("b", GREY)]) == ""
    for style in ("underline #ff0000 on #101010", "reverse", "strike", "link http://a.example"):
        desk.draw([("a    b", GREY)])
        assert desk.draw([("a", GREY), ("    ", style), ("b", GREY)]) != "", style


def test_the_two_halves_of_a_wide_glyph_change_together() -> None:
    """As in ratatui's issues 2738 and 2527: a half that keeps its old ink, and one that is written as a space."""
    desk = Desk(10, 1)
    desk.draw([("世x", GREY)])
    assert "世" in desk.draw([("世x", "#ff0000 on #202020")])
    (left, right, *_), *_ = desk.judge.shot().lines
    assert (left.paper, right.paper, right.width) == ((32, 32, 32), (32, 32, 32), 0)
    assert desk.draw([("世x", "#ff0000 on #202020")]) == ""
    desk.draw([("a世", GREY)])
    assert desk.line() == "a世       "
    desk.draw([("世x", GREY)])
    assert desk.line() == "世x       "


@pytest.mark.parametrize("x", [1, 2])
def test_where_one_half_is_written_over_the_other_one_is_blank(x: int) -> None:
    for judge in (Ghostty, Avt):
        desk = Desk(6, 1)
        desk.judge = judge(6, 1)
        desk.draw("a世b")
        desk.patch(x, 0, "X", "on #202020")
        assert desk.line() == ("aX b  " if x == 1 else "a Xb  ")
        assert desk.judge.shot().lines[0][3 - x].paper == (32, 32, 32), "as Textual's own output leaves it"
        assert desk.patch(3 - x, 0, " ", "on #202020") == ""


def test_a_glyph_that_a_terminal_thinks_wider_swallows_nothing() -> None:
    """As in ratatui's issues 2685 and 2697."""
    for judge in (Ghostty, JoiningGhostty, Avt):
        desk = Desk(12, 1)
        desk.judge = judge(12, 1)
        for text in (
            "xxxxxxxxxxxx",
            "🇩🇪 rest",
            "1\ufe0f\u20e3 rest",
            "❤\ufe0f rest",
            "👩\u200d👧 rest",
            "e\u0301  rest",
        ):
            desk.draw(text)
            assert desk.line()[-20:].rstrip().endswith("rest") or text[0] == "x", (judge, text)
            assert [cell.text for cell in desk.judge.shot().lines[0]][3:7] == list("rest"[:4]) or text[0] == "x"


def test_after_a_glyph_of_doubtful_width_the_place_is_named() -> None:
    desk = Desk(20, 1)
    assert "é\x1b[2Gb" in desk.draw("éb")
    assert all(map(is_doubtful, ("é", "…", "⚠", "👍", "❤\ufe0f", "👩\u200d👧", "e\u0301", "\ue0a0", "ﾊﾟ")))
    assert not any(map(is_doubtful, ("a", "~", "─", "│", "█", "世", "한", "ő")))


def test_what_nobody_knows_beside_a_doubtful_glyph_is_not_taken_for_written() -> None:
    desk = Desk(8, 2)
    desk.draw("aaaaaaaa", "bbbbbbbb")
    desk.shown.forget()
    strips: list[dict[int, Strip | None]] = [{1: Strip([Segment("⚠")])}, {3: Strip([Segment("X")])}]
    desk._send(ChopsUpdate(strips, [(0, 1, 2), (1, 3, 4)], [[2], [4]]), (0, 0))
    assert desk.line(1) == "bbbXbbbb"


def test_blanks_are_erased_where_the_terminal_erases_with_its_background() -> None:
    blanks = [("a", GREY), (" " * 30, GREY), ("b", GREY), (" " * 8, GREY)]
    assert re.search(r"a\x1b\[30X\x1b\[3\dGb\x1b\[K", Desk(40, 1).draw(blanks))
    sent = Desk(40, 1, GNU_SCREEN).draw(blanks)
    assert " " * 30 in sent
    assert not {"X", "K"} & {final for _, final in CSI.findall(sent)}
    own = [("a", "default"), (" " * 30, "default"), ("b", "default"), (" " * 8, "default")]
    assert "\x1b[30X" in Desk(40, 1, GNU_SCREEN).draw(own), "its own background it can erase with"


LIST: Final = [
    f"{number:03} {'abcdefghijklmnopqrstuvwxyz'[number % 26] * (number % 7 + 9)} of {number * 97}"
    for number in range(40)
]


@pytest.mark.parametrize(("rules", "scrolls"), [(FULL, True), (GNU_SCREEN, True), (LINUX_CONSOLE, False)])
def test_lines_that_move_are_scrolled_by_the_terminal_and_what_stands_around_them_stays(
    rules: Rules, scrolls: bool
) -> None:
    """As in ratatui's issue 1341: within a region, and only within one frame."""
    desk = Desk(60, 14, rules)

    def page(first: int) -> list[str]:
        return ["a head", *(f"{line:48}│ card {y}" for y, line in enumerate(LIST[first : first + 12])), "a foot"]

    desk.draw(*page(3))
    for first, way in ((4, "S"), (6, "S"), (5, "T"), (2, "T")):
        sent = desk.draw(*page(first))
        assert (way in {final for _, final in CSI.findall(sent)}) == scrolls
        assert [desk.line(y).rstrip() for y in range(14)] == page(first)
        if scrolls:
            assert sent.count("\x1b[r") == 1, "the region is the whole screen again"
            assert len(sent) < 700
    assert len(desk.draw(*page(2))) == 0


def test_a_line_that_comes_in_has_no_line_beneath_it_written_anew() -> None:
    desk = Desk(60, 12)
    foot = [(f"{number} key  ", "bold #ff0000 on #202020") for number in range(7)]
    edge = f"╰{'─' * 58}╯"
    desk.draw(*LIST[:10], edge, foot)
    sent = desk.draw(*LIST[:9], edge, [("✗ a line of status", "on #202020"), (" " * 42, "on #202020")], foot)
    assert {"S", "r"} <= {final for _, final in CSI.findall(sent)}
    assert "key" not in sent
    assert "─" not in sent
    assert desk.line(11).startswith("0 key  1 key")
    desk.draw(*LIST[:10], edge, foot)
    assert [desk.line(y).rstrip() for y in (8, 9, 10)] == [*LIST[8:10], edge]


KEYS: Final = [(text, style) for key in "abcdef" for text, style in ((key, "bold #ff0000"), (f" does {key} ", GREY))]


def test_what_has_one_pen_is_written_together_where_pens_change_often() -> None:
    desk = Desk(60, 8)
    sent = desk.draw(*[KEYS] * 8)
    inks = [codes for codes, final in CSI.findall(sent) if final == "m" and "38;2" in codes]
    assert len(inks) == 2, sent
    assert all(desk.line(y).rstrip() == "".join(text for text, _ in KEYS).rstrip() for y in range(8))
    careful = Desk(60, 8, CAREFUL).draw(*[KEYS] * 8)
    assert len(sent) < len(careful) / 2
    assert careful.count("38;2;255;0;0") == 6 * 8, "whoever is asked for nothing gets it from left to right"


def test_what_a_doubtful_glyph_may_cover_is_written_behind_it() -> None:
    for judge in (Ghostty, JoiningGhostty, Avt):
        for sign in ("●", "❤\ufe0f", "🇩🇪", "1\ufe0f\u20e3", "世"):
            desk = Desk(60, 3)
            desk.judge = judge(60, 3)
            line = [(sign, "#ff0000"), ("ab", GREY), (sign, "#00ff00"), (sign, "#ff0000"), ("cd  ", GREY), *KEYS[:6]]
            sent = desk.draw(line, line, line)
            assert sent.index(sign) < sent.index("ab"), sign
            for y in range(3):
                at = 0
                for text, _ in line:
                    if text != sign:
                        cells = desk.judge.shot().lines[y][at : at + len(text)]
                        assert "".join(cell.text for cell in cells) == text, (judge, sign)
                    at += cell_len(text)


def test_no_terminal_is_asked_for_what_it_may_not_know() -> None:
    wanted = {FULL: set("HGCDABmKXSTr"), GNU_SCREEN: set("HGCDABmKXSTr"), CAREFUL: {"H", "m"}}
    for rules, finals in wanted.items():
        desk = Desk(60, 14, rules)
        sent = desk.draw(*LIST[:14]) + desk.draw(*LIST[2:16]) + desk.draw([("=" * 40, "bold")]) + desk.draw()
        used = {final for _, final in CSI.findall(sent)}
        assert used <= finals, "REP (b) above all: GNU screen ignores it"
        assert "\x08" not in sent


def test_the_shortest_way_from_one_pen_to_another() -> None:
    pens = Pens(FULL)
    grey, bold = pens.get("38;2;224;224;224;48;2;16;16;16"), pens.get("1;38;2;224;224;224;48;2;16;16;16")
    assert pens.way(grey, bold) == "\x1b[1m"
    assert pens.way(bold, grey) == "\x1b[22m"
    assert pens.way(bold, pens.default) == "\x1b[m"
    assert pens.way(pens.default, grey) == "\x1b[38;2;224;224;224;48;2;16;16;16m"
    assert pens.way(grey, pens.get("38;2;224;224;224")) == "\x1b[49m"
    assert pens.way(pens.get("1"), pens.get("1;2")) == "\x1b[0;1;2m", "to some, bold and faint are two states of one"
    assert pens.way(pens.get(""), pens.get("", "id=1;http://a.example")) == "\x1b]8;id=1;http://a.example\x1b\\"
    assert Pens(CAREFUL).way(bold, grey) == "\x1b[0;38;2;224;224;224;48;2;16;16;16m"
    with pytest.raises(Unshowable):
        pens.get("1;77")


def test_what_steers_the_terminal_is_no_text() -> None:
    for text in ("a\x1b[31mb", "\x07", "\u0085", "a\nb"):
        with pytest.raises(Unshowable):
            glyphs(text)
    assert [glyph.text for glyph in glyphs("e\u0301世")] == ["e\u0301", "世"]


def test_a_long_day_of_colours_does_not_fill_the_memory() -> None:
    desk = Desk(20, 1)
    for number in range(0, MOST + 200, 10):
        desk.draw(*[[(f"{number:05}", f"#{number:06x}")]])
        desk.shown._cells._runs.update({(f"{number} {more}", desk.shown._cells.pens.default): () for more in range(9)})
    assert len(desk.shown._cells._runs) < MOST / 2
    assert desk.line().startswith("20190")


@pytest.mark.parametrize(
    ("term", "more", "rules"),
    [
        ("xterm-256color", {}, FULL),
        ("xterm-kitty", {}, FULL),
        ("tmux-256color", {}, FULL),
        ("screen-256color", {"TMUX": "/run/tmux,1,0"}, FULL),
        ("screen-256color", {}, GNU_SCREEN),
        ("screen.xterm-256color", {}, GNU_SCREEN),
        ("linux", {}, LINUX_CONSOLE),
        ("xterm-256color", {"TERM_PROGRAM": "Apple_Terminal"}, CAREFUL),
        ("vt220", {}, CAREFUL),
        ("nobody-knows", {}, CAREFUL),
        ("dumb", {}, None),
        ("", {}, None),
    ],
)
def test_what_a_terminal_is_asked_follows_from_its_name(term: str, more: dict[str, str], rules: Rules | None) -> None:
    assert rules_for({"TERM": term, **more}, "linux") == rules
    assert rules_for({"TERM": term, **more}, "win32") is None
