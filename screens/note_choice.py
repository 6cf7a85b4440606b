"""The dialog that asks which part of what is shown is to be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.list_dialog import ListDialog
from widgets.columns import Column
from widgets.filter_box import FilterBox
from widgets.rows import Rows
from widgets.tones import keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.notes.notes import Note

COLUMNS: tuple[Column[Note], ...] = (
    Column("Part", lambda note: note.title, 16, grow=1, fit=True),
    Column("Text", lambda note: " ".join(note.text.split()), 24, grow=3),
)


class NoteChoiceScreen(ListDialog["Note | None"]):
    """Dismissed with the chosen note, or `None` when the agent went back; a digit chooses at once."""

    CSS_PATH = "note_choice.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,y", "dismiss", "Back", key_display="esc"),
        *(Binding(str(number), f"choose({number})", show=False) for number in range(1, 10)),
    ]

    def __init__(self, notes: Sequence[Note]) -> None:
        super().__init__()
        self._notes = tuple(notes)

    def compose(self) -> ComposeResult:
        """Yield the parts and the keys."""
        with Vertical(id="box") as box:
            box.border_title = Content("Copy which part?")
            yield FilterBox("notes", folded=True)
            yield Rows(
                (Column("", self._number, 1, style="rows--mark"), *COLUMNS), key=lambda note: note.title, id="notes"
            )
            yield Static(
                Content.assemble(
                    *keys(("enter", "copies"), ("1-9", "copies at once"), ("/", "filter"), ("esc", "back"))
                )
            )

    def _number(self, note: Note) -> str:
        number = self._notes.index(note) + 1
        return str(number) if number <= 9 else ""  # noqa: PLR2004 - the digits of a keyboard

    def on_mount(self) -> None:
        """Show the parts."""
        table: Rows[Note] = self.query_one(Rows)
        table.rows = self._notes
        table.focus()

    @on(Rows.Selected)
    def selected(self, event: Rows.Selected[Note]) -> None:
        """Close with the chosen part."""
        self.dismiss(event.row)

    def action_choose(self, number: int) -> None:
        """Close with the part of a number, counted from the top."""
        if number <= len(self._notes):
            self.dismiss(self._notes[number - 1])
