"""The real program in a real pseudo-terminal, at each size: which bytes reach it, and how it leaves it."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest

from tests.bench.people import demo_org
from tests.bench.table_pty import KEYS, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
KEYDESK = [sys.executable, "-P", "-m", "tui"]
READY = "employee number or id"


@pytest.fixture(scope="module")
def org() -> Iterator[dict[str, str]]:
    """The environment of a keydesk that is connected to a demo org of its own."""
    with demo_org("--people", "60", "--lockouts-per-minute", "0") as (url, token):
        yield {"KEYDESK_ORG": url, "KEYDESK_API_TOKEN": token}


def leave(terminal: Terminal) -> int:
    """Quit as an agent does, and give the exit code."""
    os.write(terminal._master, KEYS["ctrl+q"].encode())
    while terminal._process.poll() is None:
        terminal._read(0.05)
    while terminal._read(0.0):
        pass
    return int(terminal._process.returncode)


def look_at(terminal: Terminal, login: str) -> None:
    """Search for a person and open the confirmation of clearing their sessions, then come back to the box."""
    for keys, shows in (
        (login, f"{login}@acme.example"),  # the card of the person under the cursor
        ("\r", "Refresh"),  # the focus is on the card, so the footer has its keys
        ("s", "exactly this"),
        (KEYS["escape"], "Groups"),
        ("/", ""),
    ):
        before = len(terminal.output)
        os.write(terminal._master, keys.encode())
        if keys != "/":
            terminal.wait_for(shows, since=before)


def as_it_was(text: str) -> None:
    """The terminal is left as it was found."""
    for mode in ("1049", "1000", "2004"):  # the other screen, the mouse, bracketed paste
        if f"\x1b[?{mode}h" in text:
            assert text.rindex(f"\x1b[?{mode}l") > text.rindex(f"\x1b[?{mode}h"), mode
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l"), "the cursor is hidden"


@pytest.mark.parametrize(
    ("size", "more", "logins"),
    [
        ((80, 24), {}, ("osc.clip", "c1.control", "mark.up", "ansi.colour", "rtl.override", "new.line")),
        ((120, 40), {"NO_COLOR": "1", "TERM": "xterm", "COLORTERM": ""}, ("mark.up", "ansi.colour")),
    ],
    ids=["colours", "no colours"],
)
def test_whatever_a_person_is_called_only_text_reaches_the_terminal(
    org: dict[str, str], home: Path, size: tuple[int, int], more: dict[str, str], logins: tuple[str, ...]
) -> None:
    env = {**org, **more, "KEYDESK_HOME": str(home)}
    with Terminal(KEYDESK, size=size, env=env) as terminal:
        terminal.wait_for(READY)
        for login in logins:
            look_at(terminal, login)
        os.write(terminal._master, b"\x1bOR")  # F3: some of them are locked
        terminal.wait_for("locked out,")
        assert leave(terminal) == 0
        raw = bytes(terminal.output)
    as_it_was(raw.decode())
    text = re.sub(r"\x1b\]22;\w*(\x07|\x1b\\)", "", raw.decode())  # the shape of the mouse pointer, Textual's own
    assert "[bold red]Mark" in text
    assert "\x1b]" not in text, "an OSC sequence: a title, a link or the clipboard"
    assert "\x07" not in text
    assert "\x1b[31m" not in text
    rest = CSI.sub("", text).replace("\r", "").replace("\n", "").replace("\x1b7", "").replace("\x1b8", "")
    odd = {c for c in rest if unicodedata.category(c) == "Cc" or c in BIDI}
    assert not odd
    if more:
        assert not re.search(r"\x1b\[[0-9;]*38;2;(?!(\d+);\1;\1)", text), "a colour that is no grey"
        assert "▸" in text


def test_without_an_org_one_key_leads_on_and_another_leaves_the_terminal_as_it_was(home: Path) -> None:
    with Terminal(KEYDESK, env={"KEYDESK_HOME": str(home)}) as terminal:
        terminal.wait_for("Try the demo")
        os.write(terminal._master, b"3")
        while terminal._process.poll() is None:
            terminal._read(0.05)
        assert terminal._process.returncode == 0
        text = terminal.output.decode()
        assert text.rindex("\x1b[?1049l") > text.rindex("\x1b[?1049h")


@pytest.mark.parametrize(
    ("size", "poor"),
    [
        ((80, 24), {"LC_ALL": "C", "TERM": "vt100"}),
        ((60, 15), {"LC_ALL": "", "LC_CTYPE": "", "LANG": "", "TERM": "screen-256color"}),
    ],
    ids=["C", "none"],
)
def test_a_poor_terminal_in_a_c_locale_gets_everything_in_ascii(
    org: dict[str, str], home: Path, size: tuple[int, int], poor: dict[str, str]
) -> None:
    env = {**org, **poor, "COLORTERM": "", "NO_COLOR": "1", "KEYDESK_HOME": str(home)}
    with Terminal(KEYDESK, size=size, env=env) as terminal:
        terminal.wait_for(READY)
        os.write(terminal._master, b"mark.up@acme.example")
        terminal.wait_for("Locked out")
        os.write(terminal._master, b"\rs")  # the card, and the confirmation of clearing the sessions
        terminal.wait_for("Sign out everywhere: [bold red]Mark")
        assert leave(terminal) == 0
        assert not re.findall(rb".{0,40}[^\x00-\x7f]+", terminal.output)
        assert b"---" in terminal.output
        as_it_was(terminal.output.decode())
