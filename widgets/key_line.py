"""The line of keys at the bottom of a screen: one widget, drawn again only when what it shows has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import var
from textual.widget import Widget

from widgets.tones import KEY, OFF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual import events
    from textual.binding import ActiveBinding
    from textual.screen import Screen

FULL: Final = 72
"""Columns from which on the palette's key is shown with its name."""
MORE: Final = "…"
SHOWS_KEYS: Final = "show_keys"
"""The action of an app that shows all keys of the screen in front."""
_GAP: Final = "  "
"""What stands between two keys: a key and its description are nearer to each other than to the next."""
_DESCRIPTION: Final = "$text"


class ShownKey(NamedTuple):
    """One key as the line shows it; equal values look the same."""

    key: str
    display: str
    description: str
    action: str
    enabled: bool
    tooltip: str

    @property
    def width(self) -> int:
        """The columns that the key takes, without the space behind it."""
        return cell_len(f"{self.display} {self.description}".rstrip())


class Place(NamedTuple):
    """Where in the line a key stands: from one column up to, and without, another."""

    first: int
    end: int
    shown: ShownKey


class KeyLine(Widget):
    """The keys that work now, those that are off in grey; a click on a key presses it.

    Textual's own footer makes a widget for each key, all of them again whenever the focus moves, and keeps each old
    one in memory for good. This one keeps a line of text. Keys that do not fit are left out whole: those of the screen
    come first, in the order of its table, so the most used ones stay. At the end stand the key that shows all of them,
    in an app that has one (else `…` where some are left out), and the palette's.

    Args:
        show_command_palette: Whether the key of the command palette stands at the right end.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyLine {
        dock: bottom; height: 1; background: $panel; color: $text; text-wrap: nowrap;
        &.-over { pointer: pointer; }
    }
    """

    over: var[ShownKey | None] = var(None)
    """The key under the mouse."""

    def __init__(self, *, show_command_palette: bool = True) -> None:
        super().__init__()
        self._with_palette = show_command_palette
        self._keys: tuple[ShownKey, ...] = ()
        self._more: ShownKey | None = None
        self._palette: ShownKey | None = None
        self._due = False

    def on_mount(self) -> None:
        """Hear of changed keys."""
        self.screen.bindings_updated_signal.subscribe(self, self.bindings_changed)

    def on_unmount(self) -> None:
        """Hear of them no more."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def bindings_changed(self, screen: Screen[Any]) -> None:
        """Look at the keys once the screen has come to rest; news that follow each other are one."""
        if not self._due and self.app.app_focus and self.is_attached and screen is self.screen:
            self._due = True
            self.call_after_refresh(self._look)

    def _look(self) -> None:
        """Take over the keys that work now, and draw them if they differ from those shown."""
        self._due = False
        if not self.is_attached:
            return
        active = self.screen.active_bindings
        by_action: dict[str, ShownKey] = {}
        for each in active.values():
            if each.binding.show:
                by_action.setdefault(each.binding.action, self._shown(each))
        palette = None
        if self._with_palette and self.app.ENABLE_COMMAND_PALETTE:
            found = active.get(self.app.COMMAND_PALETTE_BINDING)
            palette = None if found is None else self._shown(found, found.binding.description)
        keys, more = tuple(by_action.values()), self._key_of_help()
        if (keys, more, palette) != (self._keys, self._more, self._palette):
            self._keys, self._more, self._palette = keys, more, palette
            self.refresh()

    def _key_of_help(self) -> ShownKey | None:
        """Return the key that shows all keys; where text is typed, `?` is a letter, and another key does it."""
        if not hasattr(self.app, f"action_{SHOWS_KEYS}"):
            return None
        focused = self.screen.focused
        types = focused is not None and focused.check_consume_key("question_mark", "?")
        key, display = ("f1", "f1") if types else ("question_mark", "?")
        return ShownKey(key, display, "more", SHOWS_KEYS, enabled=True, tooltip="All keys of this screen")

    def _shown(self, active: ActiveBinding, tooltip: str = "") -> ShownKey:
        _, binding, enabled, own = active
        display = self.app.get_key_display(binding)
        return ShownKey(binding.key, display, binding.description, binding.action, enabled, own or tooltip)

    def places(self) -> tuple[Place, ...]:
        """Return the keys that the line has room for, and where they stand."""
        width = self.size.width
        palette = self._palette if width >= FULL or self._more else None
        last = [shown for shown in (self._more, palette) if shown is not None]
        if width < FULL:
            last = [shown._replace(description="") if shown is self._palette else shown for shown in last]
        room = width - 1 - sum(shown.width + len(_GAP) for shown in last)
        places = list(_in_a_row(self._keys))
        if places and places[-1].end > room:
            more = 0 if self._more else len(_GAP) + len(MORE)
            while places and places[-1].end + more > room:
                places.pop()
        at = width - 1 - sum(shown.width for shown in last) - len(_GAP) * max(0, len(last) - 1)
        for shown in last:
            if at >= 0:
                places.append(Place(at, at + shown.width, shown))
            at += shown.width + len(_GAP)
        return tuple(places)

    def render(self) -> Content:
        """Return the line for the widget's width."""
        parts: list[tuple[str, str]] = [(" ", "")]
        at = 1
        places = self.places()
        left_out = not self._more and sum(place.shown in self._keys for place in places) < len(self._keys)
        for first, end, shown in places:
            if first > at:
                parts.append(((MORE if left_out else "").ljust(first - at), _DESCRIPTION))
                left_out = False
            parts += self._drawn(shown)
            parts.append((_GAP, ""))
            at = end + len(_GAP)
        return Content.assemble(*parts, (MORE if left_out else "", _DESCRIPTION))

    def _drawn(self, shown: ShownKey) -> Iterable[tuple[str, str]]:
        over = " underline" if shown is self.over else ""
        yield shown.display, (KEY if shown.enabled else OFF) + over
        if shown.description:
            yield f" {shown.description}", (_DESCRIPTION if shown.enabled else OFF) + over

    def _at(self, column: int) -> ShownKey | None:
        return next((shown for first, end, shown in self.places() if first <= column < end), None)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key under the mouse; a grey one only rings."""
        shown = self._at(event.x)
        if shown is None:
            return
        if shown.enabled:
            self.app.simulate_key(shown.key)
        else:
            self.app.bell()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show what a click would press."""
        self.over = self._at(event.x)

    def on_leave(self) -> None:
        """Show that no more."""
        self.over = None

    def watch_over(self, over: ShownKey | None) -> None:
        """Mark the key under the mouse, and say what it does where its name does not."""
        self.tooltip = over.tooltip or None if over is not None else None
        self.set_class(over is not None, "-over")
        self.refresh()


def _in_a_row(keys: Iterable[ShownKey]) -> Iterator[Place]:
    at = 1
    for shown in keys:
        yield Place(at, at + shown.width, shown)
        at += shown.width + len(_GAP)
