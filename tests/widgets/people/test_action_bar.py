"""The bar of actions: what is possible stands out, what is not says why, and it is never higher than it must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from widgets.front import FrontApp
from widgets.people.action_bar import ActionBar, ActionChoice, Availability, layout

if TYPE_CHECKING:
    from textual.app import ComposeResult

POSSIBLE = tuple(
    ActionChoice(key, title)
    for key, title in (
        ("u", "Unlock"),
        ("p", "Mail a password reset"),
        ("l", "Make a reset link"),
        ("s", "Sign out everywhere"),
        ("f", "Remove a factor"),
        ("M", "Reset all factors"),
        ("g", "Software …"),
    )
)
HAND = (
    ActionChoice("t", "Temporary password", Availability.BY_HAND, "read-only"),
    ActionChoice("e", "Expire the password", Availability.BY_HAND, "read-only"),
)
NEVER = (
    ActionChoice("a", "Resend the activation", Availability.NOT, "locked out"),
    ActionChoice(
        "x", "What has a very long title", Availability.NOT, "for a reason [b] that takes more than one line to tell"
    ),
)
ALL = (*POSSIBLE, *HAND, *NEVER)


class Bench(FrontApp[None]):
    """The bar with nothing around it."""

    def compose(self) -> ComposeResult:
        yield ActionBar()

    def __init__(self) -> None:
        super().__init__()
        self.pressed: list[str] = []

    def on_action_bar_pressed(self, event: ActionBar.Pressed) -> None:
        self.pressed.append(event.key)

    def lines(self) -> list[str]:
        return ["".join(segment.text for segment in strip) for strip in self.screen._compositor.render_strips()]


def clicked(choices: tuple[ActionChoice, ...], width: int) -> dict[str, str]:
    """For each key that can be clicked, the text that is under the mouse."""
    return {
        key: line.text.plain[first:last]
        for line in layout(choices, "read just now", width)
        for first, last, key in line.targets
    }


def drawn(
    choices: tuple[ActionChoice, ...], width: int, *, most: int = 2, footnote: str = "", unfolded: bool = True
) -> list[str]:
    return [line.text.plain for line in layout(choices, footnote, width, most=most, unfolded=unfolded)]


@pytest.mark.parametrize("width", [20, 30, 41, 58, 66, 80, 118, 240])
def test_no_line_is_wider_than_there_is_room_and_no_key_is_lost(width: int) -> None:
    lines = drawn(ALL, width, footnote="read 2 min ago")
    assert max(cell_len(line) for line in lines) <= width
    for choice in (*POSSIBLE, *HAND):
        assert any(f" {choice.key}  {choice.title[:10]}" in line for line in lines)


def test_ten_actions_leave_most_of_a_small_terminal_to_the_card() -> None:
    assert len(drawn(POSSIBLE, 78)) <= 4
    assert len(drawn(ALL, 78, footnote="read just now", unfolded=False)) <= 7


def test_what_is_not_possible_is_counted_until_it_is_asked_for() -> None:
    folded = drawn(ALL, 78, unfolded=False)
    assert " . … 2 not now" in folded[-1].replace("  …", " …")
    assert not any("locked out" in line for line in folded)
    assert any("locked out: a Resend the activation" in line for line in drawn(ALL, 78))


@pytest.mark.parametrize("width", [20, 41, 58, 78, 118])
def test_every_key_can_be_clicked_where_it_stands(width: int) -> None:
    found = clicked(ALL, width)
    for choice in (*POSSIBLE, *HAND):
        text = found[choice.key]
        assert text.startswith(f" {choice.key}  {choice.title[:10]}"), (width, text)
    for key, text in found.items():
        assert text.startswith(f" {key} ")


def test_the_keys_stand_beneath_each_other() -> None:
    first, second, *_ = drawn(POSSIBLE, 66)
    assert first.index("p  Mail") == second.index("s  Sign out")


def test_by_hand_with_one_reason_says_it_once() -> None:
    lines = drawn(HAND, 66)
    assert lines[0] == "By hand (read-only):"
    assert sum("read-only" in line for line in lines) == 1


def test_by_hand_with_several_reasons_leaves_them_to_the_key() -> None:
    other = ActionChoice("u", "Unlock", Availability.BY_HAND, "handled in Active Directory")
    assert drawn((*HAND, other), 66)[0] == "By hand:"


def test_what_is_not_possible_says_why_and_is_cut_where_there_is_no_room() -> None:
    wide = " ".join(drawn(NEVER, 200))
    assert "Not now · locked out: a Resend the activation · " in wide
    assert "[b]" in wide
    line, _ = drawn(NEVER, 40, most=1)
    assert line.startswith("Not now · locked out: a Resend the")
    assert line.endswith("…")


@pytest.mark.parametrize("width", [20, 58, 118])
def test_a_small_terminal_shows_keys_alone_where_titles_would_take_the_verdicts_room(width: int) -> None:
    lines = layout(ALL, "read just now", width, tight=True)
    titled = layout(ALL, "read just now", width)
    assert len(lines) <= min(len(titled), 8)
    assert len(lines) < len(titled) or len(titled) <= 6
    targets = {key: line.text.plain[first:last] for line in lines for first, last, key in line.targets}
    assert {choice.key for choice in (*POSSIBLE, *HAND)} <= set(targets)
    assert all(text.startswith(f" {key} ") for key, text in targets.items())
    assert max(cell_len(line.text.plain) for line in lines) <= width
    few = layout(POSSIBLE[:2], "", 58, tight=True)
    assert POSSIBLE[0].title in few[0].text.plain  # a few keep their titles


def test_reasons_take_the_lines_that_there_are_before_any_is_cut() -> None:
    many = tuple(ActionChoice(key, f"Do what {key} stands for", Availability.NOT, f"reason {key}") for key in "ptesfa")
    rows = drawn(many, 40, most=6)
    assert len(rows) == 6 + 1  # and the line of the footnote
    assert "reason a" in " ".join(rows)
    assert "…" not in " ".join(rows[:-1])


def test_a_reason_that_several_share_is_said_once() -> None:
    gone = tuple(ActionChoice(key, f"Do {key}", Availability.NOT, "deactivated") for key in "ptesf")
    lines = " ".join(drawn(gone, 60))
    assert lines.count("deactivated") == 1
    assert "f Do f" in lines


def test_nothing_at_all_takes_no_line() -> None:
    assert drawn((), 80) == []


async def test_its_height_follows_the_terminal_down_and_up_again() -> None:
    app = Bench()
    async with app.run_test(size=(120, 40)) as pilot:
        bar = app.query_one(ActionBar)
        bar.choices, bar.footnote = ALL, "read just now"
        await pilot.pause()
        before = app.lines()
        for size in ((80, 24), (40, 20), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert bar.content_size.height == len(drawn(ALL, size[0] - 2, footnote="read just now", unfolded=False))
            assert "read just now" in app.lines()[bar.region.bottom - 1]
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert app.lines() == before


async def test_fewer_choices_make_it_lower_at_once() -> None:
    app = Bench()
    async with app.run_test(size=(60, 20)) as pilot:
        bar = app.query_one(ActionBar)
        bar.choices = ALL
        await pilot.pause()
        high = bar.region.height
        bar.choices = POSSIBLE[:1]
        await pilot.pause()
        assert bar.region.height < high
        assert " u  Unlock" in app.lines()[bar.region.bottom - 2]


async def test_a_click_says_which_key_it_hit_and_beside_the_keys_it_says_nothing() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        bar = app.query_one(ActionBar)
        bar.choices = ALL
        await pilot.pause()
        for key in ("u", "s", "t", "n", "."):
            at = next(
                (line.targets[number][0], y)
                for y, line in enumerate(bar._lines(bar.content_size.width, 24))
                for number, target in enumerate(line.targets)
                if target[2] == key
            )
            await pilot.click(bar, offset=(at[0] + 4, at[1] + 1))  # one cell of padding, one line of border
            assert app.pressed.pop() == key
        await pilot.click(bar, offset=(79, 1))
        assert app.pressed == []
