"""A field of a dialog behind its label, which stays when something is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from widgets.field import Field


class AskedLine(Horizontal):
    """One line: what is asked for, and the field for it. A placeholder alone would be gone with the first letter.

    Args:
        label: What is asked for, in one word of at most seven letters.
        field: The field; its placeholder says whether it is needed.
        id: The widget's id.
    """

    DEFAULT_CSS = """
    AskedLine { height: 1; }
    AskedLine .label { width: 8; color: $muted; }
    AskedLine Field { width: 1fr; }
    AskedLine:focus-within .label { color: $accent; text-style: bold; }
    """

    def __init__(self, label: str, field: Field, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._label = label
        self._field = field

    def compose(self) -> ComposeResult:
        """Yield the label and the field."""
        yield Static(Content(self._label), classes="label")
        yield self._field
