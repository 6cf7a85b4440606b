"""A one-line input that stays quiet: its cursor does not blink, so an idle screen sends no bytes over SSH."""

from __future__ import annotations

from textual.widgets import Input


class Field(Input):
    """An `Input` in one line, without blinking and without selecting all when it gets the focus."""

    DEFAULT_CSS = """
    Field { height: 1; border: none; padding: 0; &:focus { border: none; } }
    """

    def __init__(
        self,
        *,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002 - Textual's name
        max_length: int = 0,
    ) -> None:
        super().__init__(placeholder=placeholder, id=id, max_length=max_length, compact=True, select_on_focus=False)
        self.cursor_blink = False
