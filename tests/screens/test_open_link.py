"""Whether a link can be opened from this terminal: not over SSH, not without a desktop, not inside the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.open_link import why_no_browser

if TYPE_CHECKING:
    import pytest


def test_over_ssh_and_without_a_desktop_nothing_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"):
        assert "another machine" in why_no_browser({name: "x", "DISPLAY": ":0"})
    assert why_no_browser({}) == "there is no desktop here"


def test_a_browser_that_would_take_over_the_terminal_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    import webbrowser  # noqa: PLC0415 - as the code does

    for made, opens in (
        (webbrowser.GenericBrowser("w3m"), False),
        (webbrowser.BackgroundBrowser("xdg-open"), True),
    ):
        monkeypatch.setattr(webbrowser, "get", lambda made=made: made)
        assert (why_no_browser({"DISPLAY": ":0"}) == "") is opens

    def none() -> None:
        raise webbrowser.Error

    monkeypatch.setattr(webbrowser, "get", none)
    assert why_no_browser({"WAYLAND_DISPLAY": "w"}) == "there is no browser here"
