"""What every app of keydesk has: its themes, and keys that reach a screen one by one, once its widgets are there."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final, TypeVar

from textual import events, on
from textual.app import App

from tui.desk.text import named_keys
from tui.desk.text.named_keys import key_of
from tui.terminal.line import animation_level
from tui.terminal.output import ScreenOutput
from tui.terminal.rules import rules_for
from widgets.design import SHEET
from widgets.escape_first import with_escape_first
from widgets.kept_sheet import KeptSheet
from widgets.key_queue import KeyQueue, KeysWanted, Travelled
from widgets.key_words import NAMED, said
from widgets.once import lay_out_once
from widgets.palettes import LOOKS, Depth
from widgets.themes import depth_of, themes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import RenderableType
    from textual.binding import Binding
    from textual.dom import DOMNode
    from textual.driver import Driver
    from textual.message_pump import MessagePump
    from textual.screen import Screen
    from textual.theme import Theme
    from textual.widget import AwaitMount

    from tui.desk.connectors.desk_settings import ThemeName

R = TypeVar("R")
_AT_ONCE: Final = 0.001
"""Seconds in which a screen that is open takes note of being in front, so that it is drawn once."""
lay_out_once()


class FrontApp(App[R]):
    """An app with keydesk's themes alone, whose keys go through a `KeyQueue`; ctrl+c says how to quit."""

    CSS = SHEET

    def __init__(
        self, *, theme: ThemeName | None = None, cell_diff: bool = True, keymap: Mapping[str, str] | None = None
    ) -> None:
        """Take on a theme, and the agent's own keys.

        Args:
            theme: The theme's name; `None` for the first of all.
            cell_diff: Whether only changed cells are sent to terminals that are known to take them well.
            keymap: The keys that the settings change, by the ids of their bindings, as `tui.keymap` checked them.
        """
        self._output = ScreenOutput(rules_for(os.environ, sys.platform) if cell_diff else None)
        self._pointer = "default"
        self.depth = depth_of(os.environ)
        self._looks = themes(self.depth)
        self._first: str = theme or next(iter(LOOKS))
        # Without colours, all of them are taken out on their way to the terminal; else Textual would send greys.
        super().__init__(ansi_color=True if self.depth is Depth.NONE else None)
        self.stylesheet = KeptSheet(self.get_css_variables())
        self.theme = self._first
        self.animation_level = animation_level(os.environ)
        self.keys = KeyQueue(self, super().on_event)
        self._changed_keys = dict(keymap or {})
        self._is_open = False

    def on_mount(self) -> None:
        """Take on the keys that the settings change; texts name them too."""
        self.set_keymap(self._changed_keys)
        named_keys.change({name: said(keys) for name, keys in self._changed_keys.items()})

    async def on_unmount(self) -> None:
        """Have texts name keydesk's own keys again."""
        named_keys.change({})

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's driver: escape is a key of its own, and the output hears when the terminal has changed."""
        return self._output.watched(with_escape_first(super().get_driver_class()))

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Send a frame to the terminal: what changed, or all that Textual itself would send."""
        if not self._output.display(self, renderable):
            super()._display(screen, renderable)

    def update_styles(self, node: DOMNode, animate: bool = True) -> None:  # noqa: FBT001, FBT002 - Textual's own
        """Style what is part of a screen; a widget that is still being made is styled when it becomes part of one."""
        root: MessagePump | None = node
        while root is not None and root is not self:
            root = root._parent  # noqa: SLF001 - as `is_attached` does, which says no while the app ends
        if root is self:
            super().update_styles(node, animate=animate)

    def switch_mode(self, mode: str) -> AwaitMount:
        """Show another screen: at once where it is open already, else when Textual has had a moment to make it."""
        self._is_open = bool(self._screen_stacks.get(mode))
        return super().switch_mode(mode)

    def delay_update(self, delay: float = 0.05) -> None:
        """Draw nothing for a moment, in which a new screen gets its widgets."""
        super().delay_update(_AT_ONCE if self._is_open else delay)

    def _load_screen_css(self, screen: Screen[Any]) -> None:
        """Read a new screen's sheet: its rules are for that screen alone, so no other one need be styled anew."""
        sheet = self.stylesheet
        missing = [path for path in screen.css_path if not sheet.has_source(str(path), "")]
        if screen.CSS or self.css_monitor is not None:
            super()._load_screen_css(screen)
            return
        if missing:
            sheet.read_all(missing)
            sheet.parse()
            sheet.update(screen)
        screen._css_update_count = self._css_update_count  # noqa: SLF001 - else Textual would style all that is open

    def _set_pointer_shape(self, shape: str) -> None:
        """Ask the terminal for a shape of the mouse's pointer, unless it has that already; each dialog would ask."""
        if shape != self._pointer:
            self._pointer = shape
            super()._set_pointer_shape(shape)

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Return keydesk's themes; Textual's own are not designed for it."""
        return self._looks

    def get_key_display(self, binding: Binding) -> str:
        """Return a key as every text of keydesk writes it."""
        shown = super().get_key_display(binding)
        return NAMED.get(shown, shown)

    def get_theme(self, theme_name: str) -> Theme:
        """Return a theme by its name; before the first is set, the one to come."""
        return self._looks.get(theme_name) or self._looks[self._first]

    async def on_event(self, event: events.Event) -> None:
        """Have what is typed wait until the key before is done with; anything else is handled at once."""
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded:
            await self.keys.put(event)
        else:
            await super().on_event(event)

    @on(Travelled)
    async def key_travelled(self, message: Travelled) -> None:
        """Count how far a key's consequences have come."""
        await self.keys.travelled(message)

    @on(KeysWanted)
    async def keys_wanted(self, message: KeysWanted) -> None:
        """Hand on the keys that waited for a screen."""
        await self.keys.wanted(message)

    async def on_key(self, event: events.Key) -> None:
        """Take a key back that came through a screen which meanwhile has a new one in front of it."""
        if not self.screen_stack or not self.screen.is_mounted:
            event.prevent_default()  # else Textual would run an action of the new screen
            again = events.Key(event.key, event.character)
            again.time = event.time  # it counts from when it was pressed
            await self.keys.put_back(again)

    def key_ctrl_c(self) -> None:
        """Say how to quit where nothing else takes the key, as in a dialog, which lets no key of the app through."""
        self.action_help_quit()

    def action_help_quit(self) -> None:
        """Say how to quit: ctrl+c alone would be too easily pressed, by whoever wants to copy something."""
        quits = f"{key_of('app.quit')} quits. Ctrl+c copies what is selected."
        self.notify(quits, title="Do you want to quit?")

    def _fatal_error(self) -> None:
        """Show a crash without local variables, which Textual would print and which can hold secrets."""
        from rich.segment import Segments  # noqa: PLC0415 - for a bug only
        from rich.traceback import Traceback  # noqa: PLC0415 - for a bug only

        self.bell()
        traceback = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(traceback, self.console.options)))
        self._close_messages_no_wait()
