"""What a new lockout writes to the terminal: nothing when off, and never what a name holds of control characters."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from tests.desk.support import harmful
from widgets.lockouts.bell import LONGEST, Bell, harmless, notice, ring

if TYPE_CHECKING:
    from textual.app import App

XTERM = {"TERM": "xterm-256color"}
NASTY = "Ann\x1b]0;evil\x07\x9b31m\u202e;\u2028\x00Lee\x1b\\"


class Driver:
    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, data: str) -> None:
        self.written.append(data)


class Terminal:
    """As much of an app as a bell needs."""

    def __init__(self) -> None:
        self._driver = Driver()

    def bell(self) -> None:
        self._driver.write("\a")


def rung(kind: Bell, text: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    for name in ("TMUX", "TERM_PROGRAM", "VTE_VERSION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    terminal = Terminal()
    ring(cast("App[object]", terminal), kind, text)
    return terminal._driver.written


def test_off_bell_and_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rung(Bell.OFF, "locked out: Ann Lee", monkeypatch) == []
    assert rung(Bell.BELL, "locked out: Ann Lee", monkeypatch) == ["\a"]
    assert rung(Bell.DESKTOP, "locked out: Ann Lee", monkeypatch) == [
        "\a",
        "\x1b]9;keydesk: locked out: Ann Lee\x1b\\",
    ]


def test_the_key_goes_round() -> None:
    assert [Bell.OFF.next, Bell.BELL.next, Bell.DESKTOP.next] == [Bell.BELL, Bell.DESKTOP, Bell.OFF]


@pytest.mark.parametrize(
    "environ",
    [XTERM | {"TERM_PROGRAM": "WezTerm"}, XTERM | {"VTE_VERSION": "7600"}, {"TERM": "foot"}, {"TERM": "rxvt-unicode"}],
)
def test_terminals_that_know_titles_get_one_notice_with_a_title(environ: dict[str, str]) -> None:
    assert notice("Ann", environ) == "\x1b]777;notify;keydesk;Ann\x1b\\"


@pytest.mark.parametrize("term", ["", "dumb", "linux"])
def test_a_terminal_that_would_print_it_gets_none(term: str) -> None:
    assert notice("Ann", {"TERM": term}) == ""


def test_tmux_is_asked_to_pass_it_on() -> None:
    told = notice("Ann", XTERM | {"TMUX": "default,1,0"})
    assert told == "\x1bPtmux;\x1b\x1b]9;keydesk: Ann\x1b\x1b\\\x1b\\"


@pytest.mark.parametrize("environ", [XTERM, {"TERM": "foot"}])
def test_nothing_in_a_text_ends_or_divides_the_sequence(environ: dict[str, str]) -> None:
    told = notice(NASTY, environ)
    body = told.removeprefix("\x1b]9;keydesk: ").removeprefix("\x1b]777;notify;keydesk;").removesuffix("\x1b\\")
    assert harmful(body) == []
    assert ";" not in body
    assert "Lee" in body


def test_a_text_is_short() -> None:
    assert len(harmless("x" * 5000)) == LONGEST
    assert harmless("a\nb\tc") == "a b c"
