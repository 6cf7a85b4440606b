"""The line of keys at the bottom, made anew only when other keys work than it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textual.widgets import Footer

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.screen import Screen


class Shown(NamedTuple):
    """What the line says of one key."""

    key: str
    display: str
    description: str
    action: str
    enabled: bool
    tooltip: str


class KeyLine(Footer):
    """Textual's footer, without needless work.

    Textual makes all keys of its footer anew whenever the focus moves or a screen asks for it, and keeps those that
    it replaced in memory. Most times the same keys work as before.
    """

    def __init__(self, *, show_command_palette: bool = True) -> None:
        super().__init__(show_command_palette=show_command_palette, compact=True)
        self._shown: tuple[Shown, ...] | None = None
        self._due = False

    def compose(self) -> ComposeResult:
        """Remember what is shown."""
        if self._bindings_ready:
            self._shown = self._keys()
        self._due = False
        yield from super().compose()

    def bindings_changed(self, screen: Screen[Any]) -> None:
        """Make the keys anew if others work now."""
        self._bindings_ready = True
        if self._due or not self.app.app_focus or not self.is_attached or screen is not self.screen:
            return
        if self._shown != self._keys():
            self._due = True
            self.call_after_refresh(self.recompose)

    def _keys(self) -> tuple[Shown, ...]:
        """All that the line is made of."""
        return tuple(
            Shown(binding.key, self.app.get_key_display(binding), binding.description, binding.action, enabled, tooltip)
            for key, (_, binding, enabled, tooltip) in self.screen.active_bindings.items()
            if binding.show or key == self.app.COMMAND_PALETTE_BINDING
        )
