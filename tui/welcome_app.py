"""A small app that asks, at a first start, whether to try the demo, to connect an org, or to quit."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from screens.help_app import HelpApp
from screens.welcome import WelcomeScreen

if TYPE_CHECKING:
    from textual.binding import BindingType


class WelcomeApp(HelpApp[str]):
    """The app of a first start; `run` returns `demo`, `connect` or `quit`, or `None` where it was left otherwise."""

    TITLE = "keydesk"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="app.quit")
    ]

    def on_mount(self) -> None:
        """Ask."""
        self.push_screen(WelcomeScreen(), self.exit)
