"""Copying for the agent, and what can be said of it: whether the text arrived, or was only sent to the terminal.

A terminal is asked by OSC 52, which also works over SSH, and does not answer; many ignore it, and so does tmux unless
its `set-clipboard` is `on`. So tmux is given the text by its own command, and a desktop by its own program.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from textual.app import App

from tui.terminal.line import is_over_ssh

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from textual.screen import Screen

_SECONDS: Final = 2.0
"""How long a program may take: one that waits for a display that is gone must not keep the agent waiting."""


class Arrival(Enum):
    """Where a copied text has arrived, as half a sentence."""

    CLIPBOARD = "copied"
    TMUX = "copied to tmux, which sends it to your terminal"
    TERMINAL = "sent to the terminal, which may not allow it (OSC 52)"

    @property
    def sentence(self) -> str:
        """Return the words as the beginning of a sentence."""
        return self.value[0].upper() + self.value[1:]


def copy(screen: Screen[Any], text: str, told: Callable[[Arrival], None]) -> None:
    """Copy a text by all ways that there are, without keeping the screen waiting.

    Args:
        screen: The screen that copies.
        text: The text; it goes to programs by their standard input, where no other user sees it.
        told: Called when it is known where the text arrived.
    """
    App.copy_to_clipboard(screen.app, text)  # Textual's own, by OSC 52: those of keydesk's apps come here
    programs = ways(os.environ, sys.platform)
    if not programs:
        told(Arrival.TERMINAL)
        return

    async def hand_over() -> None:
        arrived = [arrival for arrival, words in programs if await _run(words, text)]
        told(Arrival.CLIPBOARD if Arrival.CLIPBOARD in arrived else arrived[0] if arrived else Arrival.TERMINAL)

    work: Callable[[], Awaitable[None]] = hand_over
    screen.run_worker(work, group="copy", exclusive=True)


def copy_selected(app: App[Any], text: str) -> None:
    """Copy what was selected, which Textual itself would send to the terminal alone, and say where it arrived."""
    copy(app.screen, text, lambda arrival: app.notify(f"What you selected: {arrival.value}."))


def ways(environ: Mapping[str, str], platform: str) -> list[tuple[Arrival, list[str]]]:
    """Return the programs that take a text from their standard input to a clipboard of the agent's.

    Args:
        environ: The environment variables.
        platform: The operating system, as `sys.platform` names it.
    """
    found = []
    path = environ.get("PATH")
    if environ.get("TMUX") and shutil.which("tmux", path=path):
        found.append((Arrival.TMUX, ["tmux", "load-buffer", "-w", "-"]))
    if is_over_ssh(environ):
        return found  # a clipboard of this machine is not the agent's
    candidates = {"darwin": [["pbcopy"]], "win32": [["clip.exe"]]}.get(platform, [])
    if environ.get("WSL_DISTRO_NAME"):
        candidates.append(["clip.exe"])
    if environ.get("WAYLAND_DISPLAY"):
        candidates.append(["wl-copy"])
    if environ.get("DISPLAY"):
        candidates += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    words = next((words for words in candidates if shutil.which(words[0], path=path)), None)
    return [*found, (Arrival.CLIPBOARD, words)] if words else found


async def _run(words: list[str], text: str) -> bool:
    """Give a program the text, and return whether it took it."""
    encoding = "utf-16" if words[0] == "clip.exe" else "utf-8"  # clip.exe would read anything else as a code page
    try:
        program = await asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,  # some stay in the background, and would hold a pipe open
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    try:
        await asyncio.wait_for(program.communicate(text.encode(encoding, "replace")), _SECONDS)
    except TimeoutError:
        program.kill()
        await program.wait()
        return False
    return program.returncode == 0
