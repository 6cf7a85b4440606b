"""What we send and what Textual would have sent look the same on terminals that we did not write, cell by cell."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings

from tests.terminal.judges import JUDGES, Avt, Ghostty
from tests.terminal.stories import BEGIN, Draw, Resize, Stage, feed_both, story_strategy, Event
from tui.terminal.rules import CAREFUL, FULL, GNU_SCREEN, LINUX_CONSOLE

SURE = ["a", "b", "Z", "0", "~", " ", "ß"[:0] + "x", "世", "界", "─", "│"]


def play(judge: type[Ghostty] | type[Avt], rules: object, story: tuple[Event, ...]) -> None:
    stage = Stage(rules)  # type: ignore[arg-type]
    textual, ours = judge(80, 24), judge(80, 24)
    textual.feed(BEGIN)
    ours.feed(BEGIN)
    drawn = False
    for event in story:
        feed_both(stage, event, textual, ours)
        drawn = isinstance(event, Draw) or (drawn and not isinstance(event, Resize))
        if drawn:  # how much of its content a terminal keeps at another size is its own affair
            assert ours.shot() == textual.shot()


@pytest.mark.parametrize("rules", [FULL, GNU_SCREEN, LINUX_CONSOLE, CAREFUL], ids=["full", "screen", "linux", "careful"])
@pytest.mark.parametrize("judge", JUDGES)
def test_same(judge, rules) -> None:
    @settings(max_examples=400, phases=[Phase.generate], deadline=None, database=None)
    @given(story=story_strategy(SURE))
    def run(story):
        play(judge, rules, story)
    run()
