"""A one-line input that stays quiet: its cursor does not blink, so an idle screen sends no bytes over SSH."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from textual.actions import SkipAction
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input, Static

if TYPE_CHECKING:
    from textual import events

_BIDIRECTIONAL: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Field(Input):
    """An `Input` of one line that neither blinks nor selects its text when it gets the focus.

    Textual shows a value unchanged, and text pasted from a ticket could control the terminal. So each value is cleaned.

    Args:
        placeholder: The text that is shown while the field is empty.
        id: The widget's id.
        max_length: The most characters; 0 for any number.
        masked: Whether the field holds a secret. It shows dots and copies nothing to the clipboard. White space inside
            a pasted secret stays, so that a broken token can be noticed.
        slash: Whether `/` leads to the field from elsewhere. Then one where its text begins means that once more:
            whoever presses it out of habit would look for "/bob martin".
    """

    DEFAULT_CSS = """
    Field { height: 1; border: none; padding: 0; &:focus { border: none; } }
    """

    # A field is as wide as its place, so what is typed moves nothing: Textual would lay the screen out at each key.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)

    def __init__(
        self,
        *,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002 - Textual's name
        max_length: int = 0,
        masked: bool = False,
        slash: bool = False,
    ) -> None:
        super().__init__(placeholder=placeholder, id=id, max_length=max_length, compact=True, select_on_focus=False)
        self.cursor_blink = False
        self.password = masked
        self._slash = slash

    def validate_value(self, value: str) -> str:
        """Remove characters that control a terminal or reverse a line, whatever set the value."""
        return clean(value)

    def on_key(self, event: events.Key) -> None:
        """Take a `/` for the way here if the field is empty or all of its text is selected."""
        start, end = sorted(self.selection)
        if self._slash and event.character == "/" and start == 0 and end == len(self.value):
            event.prevent_default()
            event.stop()

    def on_paste(self, event: events.Paste) -> None:
        """Insert the first line that is not empty, cut to the room that is left, and say what is left out."""
        event.prevent_default()
        event.stop()
        start, end = sorted(self.selection)
        if self.password:
            self.replace(clean(" ".join(event.text.split())), start, end)
            return
        lines = [line for line in event.text.splitlines() if line.strip()]
        line = whole = clean(lines[0]) if lines else ""
        if self.max_length:
            line = line[: max(0, self.max_length - len(self.value) + end - start)]
        if len(lines) > 1:
            self.notify(f"Of {len(lines)} pasted lines only the first one is taken.", severity="warning")
        elif line != whole:
            self.notify(f"What was pasted is too long here: {len(whole) - len(line)} characters are left out.")
        if line:
            self.replace(line, start, end)

    def action_copy(self) -> None:
        """Copy the selection, unless the field holds a secret."""
        if self.password:
            raise SkipAction  # so that ctrl+c says how to quit
        super().action_copy()

    def action_cut(self) -> None:
        """Cut the selection, unless the field holds a secret."""
        if not self.password:
            super().action_cut()


class LabelledLine(Horizontal):
    """A field with its name in front of it, which stays when something is typed.

    Args:
        label: The name, a word.
        field: The field.
        id: The widget's id.
    """

    DEFAULT_CSS = """
    LabelledLine { height: 1; }
    LabelledLine > .label { width: 8; color: $muted; }
    LabelledLine > Field { width: 1fr; }
    LabelledLine.-here > .label { color: $accent; text-style: bold; }
    """

    def __init__(self, label: str, field: Field, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(Static(Content(label), classes="label"), field, id=id)

    def on_descendant_focus(self) -> None:
        """Mark the name; `:focus-within` would not reach it, since Textual styles only the parents anew."""
        self.add_class("-here")

    def on_descendant_blur(self) -> None:
        """Mark it no more."""
        self.remove_class("-here")


def clean(text: str) -> str:
    """Remove controls, lone surrogates and bidirectional marks; each white space character becomes a space."""
    if text.isascii() and text.isprintable():
        return text
    kept = (" " if character.isspace() else character for character in text)
    return "".join(c for c in kept if c not in _BIDIRECTIONAL and unicodedata.category(c) not in {"Cc", "Cs"})
