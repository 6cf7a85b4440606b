"""What is said of a copy is what is known of it: a real program took the text, or the terminal was sent it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from textual.selection import SELECT_ALL

from screens.act.instructions import Steps
from screens.clipboard import Arrival, ways
from tests.screens.setup.wizard import Bench
from tests.screens.support import seated

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk, FakeClock, Wire
    from tests.screens.support import Seat

LINUX = "linux"
XCLIP = ["xclip", "-selection", "clipboard"]
XSEL = ["xsel", "--clipboard", "--input"]
TMUX = (Arrival.TMUX, ["tmux", "load-buffer", "-w", "-"])
HOW_TO_QUIT = "ctrl+q quits. Ctrl+c copies what is selected."
ALL = ("tmux", "xclip", "xsel", "wl-copy", "pbcopy", "clip.exe")


def told(seat: Seat) -> list[str]:
    """What was said in a corner of the screen, the newest last; the test's app does not draw it."""
    return [note.message for note in seat.app._notifications]


def tool(folder: Path, name: str, script: str = "exit 0") -> None:
    """A program that does as the script says."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole search path."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("environ", "platform", "there", "expected"),
    [
        ({}, LINUX, ALL, []),
        ({"TMUX": "x"}, LINUX, ALL, [TMUX]),
        ({"TMUX": "x"}, LINUX, (), []),
        ({"TMUX": "x", "DISPLAY": ":0"}, LINUX, ALL, [TMUX, (Arrival.CLIPBOARD, XCLIP)]),
        ({"TMUX": "x", "DISPLAY": ":0", "SSH_TTY": "y"}, LINUX, ALL, [TMUX]),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "y"}, LINUX, ALL, []),
        ({"WAYLAND_DISPLAY": "w", "DISPLAY": ":0"}, LINUX, ALL, [(Arrival.CLIPBOARD, ["wl-copy"])]),
        (
            {"WAYLAND_DISPLAY": "w", "DISPLAY": ":0"},
            LINUX,
            ("xsel",),
            [(Arrival.CLIPBOARD, XSEL)],
        ),
        ({"WSL_DISTRO_NAME": "Ubuntu"}, LINUX, ALL, [(Arrival.CLIPBOARD, ["clip.exe"])]),
        ({}, "darwin", ALL, [(Arrival.CLIPBOARD, ["pbcopy"])]),
        ({}, "win32", ("clip.exe",), [(Arrival.CLIPBOARD, ["clip.exe"])]),
    ],
)
def test_which_programs_reach_the_agent(
    tools: Path,
    environ: dict[str, str],
    platform: str,
    there: tuple[str, ...],
    expected: list[tuple[Arrival, list[str]]],
) -> None:
    if sys.platform == "win32":
        pytest.skip("programs of a test are shell scripts")
    for name in there:
        tool(tools, name)
    assert ways(environ | {"PATH": str(tools)}, platform) == expected


async def test_copied_is_said_where_it_arrived(desk: Desk, tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", "socket,1,0")
    monkeypatch.setenv("KEEP", str(tools / "kept"))
    async with seated(desk.session(read_only=True)) as seat:
        await seat.look_up("ann.lee@acme.example")
        for script, patience, said in (
            ('/bin/cat > "$KEEP"', 10.0, "The text: copied to tmux, which sends it to your terminal"),
            ("exit 1", 10.0, "The text: sent to the terminal, which may not allow it (OSC 52)"),
            ("exec /bin/sleep 60", 0.2, "The text: sent to the terminal, which may not allow it (OSC 52)"),
        ):
            tool(tools, "tmux", script)
            monkeypatch.setattr("screens.clipboard._SECONDS", patience)
            await seat.press("enter", "u")
            assert "The text:" not in seat.words, script
            await seat.press("c")
            await seat.until(lambda: said in " ".join(seat.text.replace("╏", " ").split()))  # noqa: B023
            if "cat" in script:
                assert (tools / "kept").read_text() == seat.app.clipboard
            await seat.press("escape")


async def test_ctrl_c_copies_what_is_selected_as_it_says_and_says_where_it_arrived(
    desk: Desk, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool(tools, "tmux", '/bin/cat > "$KEEP"')
    monkeypatch.setenv("TMUX", "socket,1,0")
    monkeypatch.setenv("KEEP", str(tools / "kept"))
    async with seated(desk.session(read_only=True)) as seat:
        await seat.press("ctrl+c")
        assert told(seat) == [HOW_TO_QUIT]
        await seat.look_up("ann.lee@acme.example")
        await seat.press("shift+home", "ctrl+c")
        await seat.until(lambda: "What you selected: copied to tmux, which sends it to your terminal." in told(seat))
        assert (tools / "kept").read_text() == seat.app.clipboard == "ann.lee@acme.example"
        await seat.press("enter", "u")
        shown = seat.one("#steps", Steps)
        assert "Ann Lee" in str(shown.render())
        seat.app.screen.selections = {shown: SELECT_ALL}
        await seat.press("ctrl+c")
        await seat.until(lambda: "Ann Lee" in (tools / "kept").read_text())
        await seat.press("ctrl+q")
        assert seat.app._exit


async def test_ctrl_c_copies_no_secret(wire: Wire, clock: FakeClock, home: Path) -> None:
    async with Bench(wire, clock, home).admin() as admin:
        await admin.with_token_in_file()
        await admin.paste("00abc")
        await admin.press("shift+home", "ctrl+c")
        assert admin.app.clipboard == ""
        assert told(admin) == [HOW_TO_QUIT]
        await admin.press("escape", "escape", "escape", "shift+home", "ctrl+c")
        assert admin.app.clipboard == "Acme"
        sent = "What you selected: sent to the terminal, which may not allow it (OSC 52)."
        await admin.until(lambda: told(admin)[-1:] == [sent])
