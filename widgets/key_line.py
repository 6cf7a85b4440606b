"""The line of keys at the bottom of a screen, composed again only when the keys have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textual.widgets import Footer

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.screen import Screen


class ShownKey(NamedTuple):
    """One key as the line shows it; equal values look the same."""

    key: str
    display: str
    description: str
    action: str
    enabled: bool
    tooltip: str


class KeyLine(Footer):
    """Textual's footer without needless work.

    Textual composes all keys of its footer again whenever the focus moves or a screen asks for it, and keeps the
    replaced widgets in memory. Mostly the keys are the same as before.
    """

    def __init__(self, *, show_command_palette: bool = True) -> None:
        super().__init__(show_command_palette=show_command_palette, compact=True)
        self._shown: tuple[ShownKey, ...] | None = None
        self._recompose_due = False

    def compose(self) -> ComposeResult:
        """Compose the keys, and remember which they are."""
        if self._bindings_ready:
            self._shown = self._keys()
        self._recompose_due = False
        yield from super().compose()

    def bindings_changed(self, screen: Screen[Any]) -> None:
        """Compose again if the keys differ from those shown."""
        self._bindings_ready = True
        if self._recompose_due or not self.app.app_focus or not self.is_attached or screen is not self.screen:
            return
        if self._shown != self._keys():
            self._recompose_due = True
            self.call_after_refresh(self.recompose)

    def _keys(self) -> tuple[ShownKey, ...]:
        """Return the keys that the line has to show now."""
        return tuple(
            ShownKey(
                binding.key, self.app.get_key_display(binding), binding.description, binding.action, enabled, tooltip
            )
            for key, (_, binding, enabled, tooltip) in self.screen.active_bindings.items()
            if binding.show or key == self.app.COMMAND_PALETTE_BINDING
        )
