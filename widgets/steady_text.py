"""Text that moves nothing else on the screen unless it takes another number of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.visual import VisualType


def draw_again(widget: Widget, *, moves: bool) -> None:
    """Draw a widget again.

    Args:
        widget: The widget.
        moves: Whether it needs more or less room than it has, so that the screen is laid out anew. If not, what was
            worked out for it at other sizes is forgotten all the same, since it is of the content before.
    """
    widget.refresh(layout=moves)
    if moves:
        return
    widget._layout_updates += 1  # noqa: SLF001 - as Textual does where it lays out; so below
    for ancestor in widget.ancestors:
        if not isinstance(ancestor, Widget):
            break
        ancestor._clear_arrangement_cache()  # noqa: SLF001
        ancestor._layout_updates += 1  # noqa: SLF001
        if not ancestor.styles.auto_dimensions:
            break


class SteadyText(Static):
    """A `Static` whose new text has the screen laid out again only where it needs more or less room.

    Textual's own asks for a layout at each change, which costs more than all the drawing of one line.
    """

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show another text.

        Args:
            content: The text.
            layout: Whether it may take another number of lines than the present one.
        """
        super().update(content, layout=False)
        if layout:
            draw_again(self, moves=not self.fits)

    @property
    def fits(self) -> bool:
        """Whether the text takes as many lines as the last layout gave it, or is not shown."""
        styles = self.styles
        if not self.display:
            return True  # once it is shown, there is a layout anyway
        if not self.size or (styles.width is not None and styles.width.is_auto):
            return False
        if styles.height is None or not styles.height.is_auto:
            return True
        height = self.get_content_height(self.size, self.app.size, self.content_size.width) + styles.gutter.height
        # What scrolls gives its children shares of what is seen of it, not of all that there is to scroll.
        parent = self.parent
        room = parent.scrollable_content_region.size if isinstance(parent, Widget) else self.container_size
        if styles.max_height is not None:
            height = min(height, int(styles.max_height.resolve(room, self.app.size)))
        if styles.min_height is not None:
            height = max(height, int(styles.min_height.resolve(room, self.app.size)))
        return height == self.outer_size.height
