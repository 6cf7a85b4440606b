"""A part of a screen with its name in the frame; where the keys go is seen at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content

from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from textual.widget import Widget


class Pane(Vertical):
    """Holds the widgets of a part of a screen; framed where there is room, see docs/look.md.

    Its look is in `widgets/design.py`, since it follows the size of the screen.
    """

    def __init__(
        self,
        title: str,
        *children: Widget,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        """Hold widgets.

        Args:
            title: What is inside, in a word or two.
            children: The widgets.
            id: The widget's id.
            classes: The widget's CSS classes.
        """
        super().__init__(*children, id=id, classes=classes)
        self.border_title = Content(title)

    def tell(self, title: str = "", note: str = "") -> None:
        """Show another title, or a note in the lower edge; texts are made harmless here.

        Args:
            title: The new title; empty for the present one.
            note: A short fact about what is inside, such as how old it is.
        """
        if title and str(self.border_title) != title:
            self.border_title = Content(plain(title, limit=120))
        if str(self.border_subtitle or "") != note:
            self.border_subtitle = Content(plain(note, limit=120))
