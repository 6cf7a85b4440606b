"""What we send and what Textual would have sent look the same on terminals that we did not write, cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.each import each
from tests.terminal.judges import JUDGES, Avt, JoiningGhostty, xterm_is_there, xterm_shots
from tests.terminal.stories import BEGIN, FILLING, STYLES, Draw, Patch, Resize, Stage, stories
from tui.terminal.rules import CAREFUL, FULL, GNU_SCREEN, LINUX_CONSOLE

if TYPE_CHECKING:
    from tests.terminal.judges import Ghostty
    from tests.terminal.stories import Event
    from tui.terminal.rules import Rules

SURE: Final = ("a", "b", "Z", "0", "~", " ", "世", "界", "─", "│")
SINGLE: Final = ("é", "●", "…", "·", "①", "⚠", "©", "👍", "\ue0a0", "한", "✔", "\U0001fae8")
"""Of doubtful width, but all terminals that judge here take as many cells for them as Rich does."""
JOINED: Final = ("e\u0301", "❤\ufe0f", "👩\u200d👧", "👍🏽")
"""Of doubtful width, and more than one character."""
ODD: Final = (*JOINED, "🇩🇪", "1\ufe0f\u20e3", "क्षि", "ﾊﾟ")
"""What some of the terminals take more cells for than Rich, or fewer."""
RULES: Final = st.sampled_from((FULL, GNU_SCREEN, LINUX_CONSOLE, CAREFUL))
EXAMPLES: Final = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def play(judge: type[Ghostty | Avt], rules: Rules, story: tuple[Event, ...]) -> None:
    """Have both live through a story and compare after each event, but for what a terminal keeps at another size."""
    stage, drawn = Stage(rules), False
    textual, ours = judge(80, 24), judge(80, 24)
    textual.feed(BEGIN)
    ours.feed(BEGIN)
    for event in story:
        played = stage.play(event)
        if isinstance(event, Resize):
            textual.resize(event.width, event.height)
            ours.resize(event.width, event.height)
            drawn = False
            continue
        textual.feed(str(played[0]))
        ours.feed(str(played[1]))
        drawn = drawn or isinstance(event, Draw)
        if drawn:
            assert ours.shot() == textual.shot()


@each("judge", JUDGES)
def test_ours_looks_like_textuals(judge: type[Ghostty | Avt]) -> None:
    """avt gives the half of a wide glyph that is left over more of the pen than the others: there no such styles."""

    @EXAMPLES
    @given(stories((*SURE, *SINGLE), FILLING if judge is Avt else len(STYLES)), RULES)
    def compare(story: tuple[Event, ...], rules: Rules) -> None:
        play(judge, rules, story)

    compare()


@EXAMPLES
@given(stories((*SURE, *JOINED), margin=3), RULES)
def test_what_is_joined_looks_the_same_where_it_is_known(story: tuple[Event, ...], rules: Rules) -> None:
    """But at the end of a line, where Textual's own output has marks joined to what stood in the last column."""
    play(JoiningGhostty, rules, story)


@each("judge", JUDGES)
def test_what_is_taken_for_wider_or_narrower_moves_nothing_else(judge: type[Ghostty | Avt]) -> None:
    """Textual's own output is no measure there: the rest of a line is moved. Ours says anew where it goes on."""

    @EXAMPLES
    @given(st.lists(st.lists(st.sampled_from((*SURE, *ODD)), min_size=12, max_size=12), min_size=1, max_size=4), RULES)
    def compare(screens: list[list[str]], rules: Rules) -> None:
        width = 30
        stage, ours = Stage(rules), judge(width, 1)
        stage.play(Resize(width, 1))
        ours.feed(BEGIN)
        for glyphs in screens:
            ours.feed(str(stage.play(Draw(((("".join(glyphs), 3),),), (0, 0)))[1]))
            shown, x, doubt = ours.shot().lines[0], 0, False
            for glyph in glyphs:
                if not doubt and glyph in SURE:
                    assert shown[x].text == glyph, (x, glyphs)
                doubt = glyph not in SURE
                x += cell_len(glyph)

    compare()


@pytest.mark.skipif(not xterm_is_there(), reason="needs Node and @xterm/headless")
def test_ours_looks_like_textuals_on_xterm_js() -> None:
    told: list[list[object]] = []
    events: list[tuple[Event, ...]] = []

    @EXAMPLES
    @given(stories(SURE, FILLING), RULES)  # it leaves the half of a wide glyph as avt does
    def gather(story: tuple[Event, ...], rules: Rules) -> None:
        stage = Stage(rules)
        both: tuple[list[object], list[object]] = [BEGIN], [BEGIN]
        for event in story:
            played = stage.play(event)
            for which, steps in enumerate(both):
                steps.append(list(played) if isinstance(event, Resize) else played[which])
        told.extend(both)
        events.append(story)

    gather()
    shots = xterm_shots(told)
    for at in range(0, len(told), 2):
        drawn = False
        for event, textual, ours in zip(events[at // 2], shots[at][1:], shots[at + 1][1:], strict=True):
            drawn = isinstance(event, Draw) or (drawn and not isinstance(event, Resize))
            if drawn:
                assert ours == textual, told[at : at + 2]


def test_the_patches_of_the_stories_are_what_textual_would_write() -> None:
    stage = Stage(FULL)
    stage.play(Resize(6, 2))
    whole, _ = stage.play(Patch(((1, 2, 4),), ((("abcdef", 0),),), (0, 0)))
    assert whole == "\x1b[2;3Hcd\x1b[2;5H\x1b[1;1H"
