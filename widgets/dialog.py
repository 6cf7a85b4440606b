"""A dialog: what lies behind it is drawn as it is, at a fraction of the work that Textual's own way takes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.visual import Visual

from widgets.once import take_size

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual import events
    from textual.await_remove import AwaitRemove
    from textual.css.styles import RulesMap
    from textual.screen import Screen
    from textual.style import Style
    from textual.visual import RenderOptions

    _Base = Screen[Any]
else:
    _Base = object

R = TypeVar("R")


class ScreenBehind(Visual):
    """The screen behind a dialog, with what the mouse could do there taken away.

    Textual makes text of the whole screen and takes it apart again, each time that a dialog is drawn.

    Args:
        screen: The screen.
    """

    def __init__(self, screen: Screen[Any]) -> None:
        self._screen = screen

    def render_strips(
        self,
        width: int,
        height: int | None,
        style: Style,  # noqa: ARG002 - the screen has its own
        options: RenderOptions,  # noqa: ARG002 - as above
    ) -> list[Strip]:
        """Return the lines of the screen.

        Args:
            width: The columns of the dialog's screen.
            height: Its lines.
            style: Not used.
            options: Not used.
        """
        strips = self._screen._compositor.render_strips()[:height]  # noqa: SLF001 - as `BackgroundScreen` does
        return [_still(strip).adjust_cell_length(width) for strip in strips]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:  # noqa: ARG002 - as Textual calls it
        """Return the columns: all that there are."""
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:  # noqa: ARG002 - as Textual calls it
        """Return the lines of the screen."""
        return self._screen.size.height


def _still(strip: Strip) -> Strip:
    return Strip(
        [Segment(text, _STILL if style is None else _without_links(style)) for text, style, _ in strip],
        strip.cell_length,
    )


_STILL = RichStyle()


@lru_cache(4096)
def _without_links(style: RichStyle) -> RichStyle:
    return style.clear_meta_and_links()


class SeeThrough(_Base):
    """A screen in front of another one, which shows through: the part that dialogs and the palette share.

    It is no screen by itself, since Textual takes the style sheets of the first base class that is one.
    """

    _is_known = False

    def on_compose(self) -> None:
        """Take on the classes of the terminal's size before the widgets are there to be styled by them."""
        take_size(self)

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        """Work out the styles of the screen alone, whose sheet was read after it was made; its widgets have theirs."""
        if not self._is_known:
            event.refresh_styles = False
            self.app.stylesheet.apply(self, animate=False)
        self._is_known = True

    def remove(self) -> AwaitRemove:
        """Go, without having the screen behind laid out and drawn twice more: coming to the front draws it."""
        return self.app._prune(self, parent=None)  # noqa: SLF001 - as `Widget.remove` does

    def render(self) -> RenderableType:
        """Return what lies behind; the dialog's own widgets are drawn over it."""
        drawn = super().render()
        if isinstance(drawn, BackgroundScreen) and not drawn.color.a:
            return ScreenBehind(drawn.screen)  # type: ignore[return-value] # Textual takes what it makes of it, too
        return drawn


class Dialog(SeeThrough, ModalScreen[R]):
    """A dialog in front of a screen; see the design for its looks."""
