"""Tables in colour, with ages, and whole with --wide."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest

from tests.commands.act.support import Screen, at_a_terminal
from tests.each import each
from tui.commands.codes import Code
from tui.commands.colour import wants_colour
from tui.commands.fitting import fit

if TYPE_CHECKING:
    from tests.commands.conftest import Shell

ANN = "ann.lee@acme.example"


@each(
    ("environ", "terminal", "wanted"),
    [
        ({"TERM": "xterm"}, True, True),
        ({"TERM": "xterm"}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({}, True, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"CLICOLOR_FORCE": "1", "TERM": "dumb"}, False, True),
        ({"CLICOLOR_FORCE": "0"}, False, False),
        ({"TERM": "xterm", "FORCE_COLOR": "0"}, True, False),
        ({"TERM": "xterm", "CLICOLOR": "0"}, True, False),
    ],
)
def test_who_asks_for_no_colour_gets_none(environ: dict[str, str], terminal: bool, wanted: bool) -> None:
    assert wants_colour(Screen() if terminal else io.StringIO(), environ) is wanted


@pytest.fixture
def terminal(keydesk: Shell) -> Shell:
    """A terminal of 80 columns with colours."""
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"):
        keydesk.patch.delenv(name, raising=False)
    keydesk.patch.setenv("TERM", "xterm-256color")
    keydesk.patch.setenv("COLUMNS", "80")
    keydesk.patch.setenv("LC_ALL", "C.UTF-8")
    return keydesk


def without_colour(text: str) -> list[str]:
    return re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()


def test_a_status_has_its_colour_at_a_terminal_and_columns_stay_aligned(terminal: Shell) -> None:
    screen = at_a_terminal(terminal)
    assert terminal("find", "ann", "lee").code == Code.OK
    told = screen.getvalue()
    assert "\x1b[1;31mLocked out\x1b[0m" in told
    assert "\x1b[32mActive\x1b[0m" in told
    head, first, second, *_ = without_colour(told)
    assert {line.index("@acme.example") - len(name) for line, name in ((first, "ann.lee"), (second, "ann.lee2"))} == {
        head.index("LOGIN")
    }


def test_no_colour_leaves_the_words(terminal: Shell) -> None:
    terminal.patch.setenv("NO_COLOR", "1")
    screen = at_a_terminal(terminal)
    terminal("find", "ann", "lee")
    assert "\x1b" not in screen.getvalue()
    assert "Locked out" in screen.getvalue()


def test_a_pipe_is_coloured_only_by_force_and_json_never(terminal: Shell) -> None:
    assert "\x1b" not in terminal("lockouts").out
    terminal.patch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1;31m" in terminal("lockouts").out
    assert "\x1b" not in terminal("lockouts", "--json").out


def test_ages_at_a_terminal_and_times_with_wide_and_in_a_pipe(terminal: Shell) -> None:
    screen = at_a_terminal(terminal)
    terminal("lockouts")
    (ann,) = [line for line in without_colour(screen.getvalue()) if ANN in line]
    assert re.match(r"(99|100) min ago  ", ann)
    assert max(map(len, without_colour(screen.getvalue()))) <= 80
    screen = at_a_terminal(terminal)
    ran = terminal("lockouts", "--wide")
    (ann,) = [line for line in without_colour(screen.getvalue()) if ANN in line]
    assert ann.startswith("2026-11-23 04:20")
    assert "Left out" not in ran.err
    head = without_colour(screen.getvalue())[0]
    titles = ["SINCE", "STATE", "NAME", "LOGIN", "MARKS", "CAUSE", "HEALS", "DEPARTMENT", "PASSWORD", "OF"]
    assert head.split() == titles


def test_what_a_narrow_terminal_leaves_out_is_named_with_the_way_to_see_it(terminal: Shell) -> None:
    at_a_terminal(terminal)
    assert "Left out, since the terminal is narrow: NAME, " in (told := terminal("lockouts").err)
    assert "(--wide shows all)" in told


def test_a_time_is_left_out_whole_rather_than_cut() -> None:
    titles = ("SINCE", "STATE", "NAME", "LOGIN", "CAUSE", "HEALS")
    row = (
        "100 min ago",
        "Locked out",
        "Marion Wagner-Delacroix",
        "marion.wagner@acme.example",
        "x" * 30,
        "heals in 12 min",
    )
    for width in range(40, 160, 5):
        table, left_out = fit([titles, row], width, widest=44, spare=("NAME", "HEALS"))
        assert ("heals in 12 min" in table[1]) is ("HEALS" not in left_out)
        assert "100 min ago" in table[1] or "SINCE" in left_out


def test_the_ledger_says_how_long_ago_and_how_it_ended(terminal: Shell) -> None:
    assert terminal("unlock", ANN, "--yes").code == Code.OK
    screen = at_a_terminal(terminal)
    terminal("ledger", "list")
    assert "\x1b[32mdone\x1b[0m" in screen.getvalue()
    screen = at_a_terminal(terminal)
    terminal("ledger", "list", "--wide")
    assert "2026-11-23 06:0" in screen.getvalue()


def test_sentences_go_on_beneath_themselves_and_no_word_of_them_is_cut(terminal: Shell) -> None:
    piped = {command: terminal(*command).out for command in (("show", ANN), ("why", ANN), ("check",))}
    for command, whole in piped.items():
        screen = at_a_terminal(terminal)
        assert terminal(*command).code == Code.OK
        lines = without_colour(screen.getvalue())
        assert max(map(len, lines)) <= 80, command
        assert max(map(len, whole.splitlines())) > 80, command
        assert {word for word in whole.split() if "@" in word or "/" in word} <= set(" ".join(lines).split())
        if command[0] == "why":
            assert [line for line in lines if line.startswith(" " * 11)]
            assert " min ago" in next(line for line in lines if line.startswith("Since"))
