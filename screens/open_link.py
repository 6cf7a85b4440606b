"""The check whether a browser can be opened from this terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tui.terminal.line import is_over_ssh

if TYPE_CHECKING:
    from collections.abc import Mapping


def why_no_browser(environ: Mapping[str, str]) -> str:
    """Return why no browser can be opened from this terminal, as half a sentence; empty if one can.

    This may take a moment, since it asks the desktop for its browser.
    """
    if is_over_ssh(environ):
        return "keydesk runs on another machine, over SSH"
    desktop = ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")
    if sys.platform not in {"darwin", "win32"} and not any(environ.get(name) for name in desktop):
        return "there is no desktop here"
    import webbrowser

    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return "there is no browser here"
    # Exactly this class, and not one of its subclasses, is for browsers that would take over the terminal.
    return "the only browser here is one for the terminal" if type(browser) is webbrowser.GenericBrowser else ""
