"""Top line, notice and field, alone: values in, text out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from textual import events

from tui.desk.text.tone import Tone
from widgets.field import Field
from widgets.front import FrontApp
from widgets.notice import Notice
from widgets.status_bar import Status, StatusBar

if TYPE_CHECKING:
    from textual.app import ComposeResult

STATUS = Status("production", "acme", read_only=False, agent="tess from 192.0.2.7")


class Bench(FrontApp[None]):
    """The widgets with nothing around them."""

    def compose(self) -> ComposeResult:
        yield StatusBar()
        yield Field(id="field", max_length=10)
        yield Notice()

    def lines(self) -> list[str]:
        return ["".join(segment.text for segment in strip) for strip in self.screen._compositor.render_strips()]


async def top_line(status: Status, width: int) -> str:
    app = Bench()
    async with app.run_test(size=(width, 12)) as pilot:
        app.query_one(StatusBar).status = status
        await pilot.pause()
        return app.lines()[0]


@pytest.mark.parametrize("width", [120, 80, 60, 40, 30])
async def test_the_mode_and_a_wait_are_never_dropped(width: int) -> None:
    line = await top_line(replace(STATUS, read_only=True, waiting=42), width)
    assert " READ-ONLY " in line
    if width >= 60:
        assert "waiting 42 s" in line
    assert cell_len(line) == width


@pytest.mark.parametrize("width", [120, 80, 60])
async def test_a_clock_that_is_off_is_never_dropped(width: int) -> None:
    line = await top_line(replace(STATUS, read_only=True, clock="5 h ahead of Okta's"), width)
    assert " READ-ONLY " in line
    assert "clock 5 h ahead of Okta's" in line
    assert cell_len(line) == width


async def test_the_top_line_tells_what_there_is_room_for() -> None:
    wide = await top_line(STATUS, 120)
    assert wide.startswith(" keydesk  production  acme  READ-WRITE ")
    assert wide.rstrip().endswith("tess from 192.0.2.7")
    assert "rate limit" not in wide
    assert "rate limit: 30% left" in await top_line(replace(STATUS, left=0.3), 120)
    narrow = await top_line(replace(STATUS, org="a-very-long-name-of-an-org.oktapreview.com"), 60)
    assert " production  READ-WRITE " in narrow
    hostile = await top_line(replace(STATUS, connector="[b]x[/b]", agent="[/]"), 120)
    assert "[b]x[/b]" in hostile
    assert "[/]" in hostile


def shown(notice: Notice) -> bool:
    """Whether it is on the screen now; a call as `said` is."""
    return bool(notice.display)


def said(notice: Notice) -> str:
    """The message now; a call, since it changes behind the type checker's back."""
    return notice.message


async def test_a_notice_has_a_mark_and_can_last() -> None:
    app = Bench()
    async with app.run_test(size=(60, 12)) as pilot:
        notice = app.query_one(Notice)
        assert not shown(notice)
        for tone, mark in ((Tone.GOOD, "✓"), (Tone.WARN, "!"), (Tone.BAD, "✗"), (Tone.PLAIN, "·")):
            notice.show("Title [b]", "Detail \x1b[31m[/]", tone)
            await pilot.pause()
            assert shown(notice)
            assert f" {mark} Title [b]. Detail ␛[31m[/]" in "\n".join(app.lines())
        notice.clear(passing_only=True)
        assert said(notice) == ""
        notice.show("Stays", lasting=True)
        notice.clear(passing_only=True)
        assert said(notice) == "· Stays"
        notice.show("Passes")
        notice.clear(passing_only=True)
        await pilot.pause()
        assert not shown(notice)


async def test_a_paste_is_its_first_line_that_says_something_as_far_as_there_is_room() -> None:
    app = Bench()
    async with app.run_test(size=(60, 12)) as pilot:
        field = app.query_one(Field)
        field.focus()
        await pilot.pause()
        for pasted, kept in (
            ("\n\n  ann\x1b[31m\nbob", "  ann[31m"),
            ("x" * 50, "x" * 10),
            ("\n", ""),
            ("", ""),
        ):
            field.value = ""
            field.post_message(events.Paste(pasted))
            await pilot.pause()
            assert field.value == kept
        assert [note.message for note in app._notifications] == [
            "Of 2 pasted lines only the first one is taken.",
            "What was pasted is too long here: 40 characters are left out.",
        ]
        field.value = "abcdef"
        field.cursor_position = 3
        field.post_message(events.Paste("12345678"))
        await pilot.pause()
        assert field.value == "abc1234def"
        assert field.cursor_position == 7
