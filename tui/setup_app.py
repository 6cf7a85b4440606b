"""A small app that shows just the wizard, for `keydesk connect`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from screens.help_app import HelpApp
from screens.setup.wizard import SetupScreen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.binding import BindingType

    from tui.desk.connectors.desk_settings import ThemeName
    from tui.desk.connectors.profiles import Profile
    from tui.desk.connectors.settings import Places
    from tui.okta.client import Transport
    from tui.okta.clock import Clock
    from tui.wiring import Tour


class SetupApp(HelpApp[None]):
    """The app that shows the wizard alone.

    Attributes:
        outcome: The profile that the wizard saved; `None` until then, and where it was left.
    """

    TITLE = "keydesk"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="app.quit")
    ]

    def __init__(
        self,
        places: Places,
        *,
        profile: Profile | None = None,
        tour: Tour | None = None,
        transport: Transport | None = None,
        clock: Clock | None = None,
        theme: ThemeName | None = None,
        cell_diff: bool = True,
        keymap: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(theme=theme, cell_diff=cell_diff, keymap=keymap)
        self.outcome: Profile | None = None
        self._wizard = SetupScreen(places, profile=profile, tour=tour, transport=transport, clock=clock)

    def on_mount(self) -> None:
        """Show the wizard."""
        self.push_screen(self._wizard, self._on_finished)

    def _on_finished(self, profile: Profile | None) -> None:
        self.outcome = profile
        self.exit()
