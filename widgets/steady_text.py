"""Text that moves nothing else on the screen unless it takes another number of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Static

if TYPE_CHECKING:
    from textual.visual import VisualType


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
        if layout and self._needs_other_room():
            self.refresh(layout=True)

    def _needs_other_room(self) -> bool:
        styles = self.styles
        if not self.display:
            return False  # once it is shown, there is a layout anyway
        if not self.size or (styles.width is not None and styles.width.is_auto):
            return True
        if styles.height is None or not styles.height.is_auto:
            return False
        height = self.get_content_height(self.size, self.app.size, self.content_size.width) + styles.gutter.height
        if styles.max_height is not None:
            height = min(height, int(styles.max_height.resolve(self.container_size, self.app.size)))
        if styles.min_height is not None:
            height = max(height, int(styles.min_height.resolve(self.container_size, self.app.size)))
        return height != self.outer_size.height
