"""What every app of keydesk does with keys: none reaches a screen before all of its widgets are there."""

from __future__ import annotations

from typing import TypeVar

from textual import events
from textual.app import App

R = TypeVar("R")


class FrontApp(App[R]):
    """An app whose keys wait for the screen in front.

    Textual puts a new screen in front at once and composes it afterwards. A key that comes in between would run an
    action of that screen, which then looks for widgets that are not there yet.
    """

    async def on_event(self, event: events.Event) -> None:
        """Handle an event; a key waits in the queue of the screen in front until that is composed and mounted."""
        if isinstance(event, events.Key) and not event.is_forwarded and not self.screen.is_mounted:
            self.screen.call_later(self.post_message, event)
            return
        await super().on_event(event)

    def key_ctrl_c(self) -> None:
        """Say how to quit where nothing else takes the key, as in a dialog, which lets no key of the app through."""
        self.action_help_quit()

    def action_help_quit(self) -> None:
        """Say how to quit: ctrl+c alone would be too easily pressed, by whoever wants to copy something."""
        self.notify("ctrl+q quits. Ctrl+c copies what is selected.", title="Do you want to quit?")

    def on_key(self, event: events.Key) -> None:
        """Send a key on that came through a screen which meanwhile has a new one in front of it."""
        if not self.screen.is_mounted:
            event.prevent_default()  # else Textual would run an action of the new screen
            again = events.Key(event.key, event.character)
            again.time = event.time  # it counts from when it was pressed
            self.post_message(again)
