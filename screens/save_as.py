"""The dialog that writes what a list shows into a new file, CSV or JSON, by the ending of its name."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from msgspec import Struct
from textual import on, work
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.desk.files.export import BadPath, typed_path, write_export
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.trouble import Trouble
from widgets.dialog import Dialog
from widgets.field import Field
from widgets.notice import Notice
from widgets.tones import keys

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from textual.app import App, ComposeResult
    from textual.binding import BindingType

    from tui.desk.files.listing import ExportTable
    from widgets.rows import Rows

T = TypeVar("T")


class ExportOffer(Struct, frozen=True):
    """What a list can export: all that it shows, as filtered and sorted.

    Attributes:
        name: The beginning of the file's name: `lockouts`.
        noun: What the rows are, in the plural: `people`.
        rows: Returns the rows; called in a thread, since a ledger reads them from the disk.
        csv: Returns rows as CSV.
        json: Returns rows as JSON.
        filtered: Whether the list shows less than there is.
        marked: How many rows are marked, which are exported then, and no others; 0 for all that the list shows.
    """

    name: str
    noun: str
    rows: Callable[[], Sequence[Any]]
    csv: Callable[[Sequence[Any]], str]
    json: Callable[[Sequence[Any]], str]
    filtered: bool = False
    marked: int = 0

    @classmethod
    def of(
        cls, noun: str, table: Rows[T], listing: Callable[[Sequence[T]], ExportTable], *, filtered: bool = False
    ) -> ExportOffer | None:
        """Return the offer of a list whose rows are values; `None` for an empty list.

        Args:
            noun: What the rows are, in the plural, which is in the file's name too.
            table: The list.
            listing: Returns rows as values.
            filtered: Whether the list shows less than there is, beside what its own filter hides.
        """
        kept = tuple(table.marked or table.rows)  # the list may change while the agent types a name
        if not kept:
            return None
        return cls(
            noun.replace(" ", "-"),
            noun,
            lambda: kept,
            lambda given: listing(given).as_csv(),
            lambda given: listing(given).as_json(),
            filtered or bool(table.wanted),
            len(table.marked),
        )


class Exported(Struct, frozen=True):
    """What was written: the number of rows in words, and the file."""

    words: str
    path: Path


def default_name(name: str, now: datetime, ending: str = "csv") -> str:
    """Return a file's path to suggest, in the home folder, with the local time so that it is a new one."""
    return f"~/keydesk-{name}-{now.astimezone():%Y%m%d-%H%M%S}.{ending}"


class SaveAsScreen(Dialog["Exported | None"]):
    """Asks for the file's name and writes it; dismissed with what was written, or `None`.

    Args:
        offer: What is exported.
        now: The time, for the name that is suggested.
    """

    CSS_PATH = "save_as.tcss"
    AUTO_FOCUS = "#out"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", key_display="esc"),
        Binding("up,down", "turn", "CSV or JSON", show=False),
    ]

    def __init__(self, offer: ExportOffer, now: datetime) -> None:
        super().__init__()
        self._offer = offer
        self._suggested = default_name(offer.name, now)

    def compose(self) -> ComposeResult:
        """Yield the name, the folder, and the keys."""
        with Vertical(id="box") as box:
            offer = self._offer
            shown = (
                f"the {offer.marked:,} marked" if offer.marked else "as filtered" if offer.filtered else "all of them"
            )
            box.border_title = Content(f"Export the {offer.noun}, {shown}")
            yield Field(placeholder="people.csv or people.json", id="out", max_length=1024)
            yield Static(id="folder", markup=False)
            yield Static(Content.assemble(*keys(("enter", "writes"), ("↑↓", "CSV or JSON"), ("esc", "back"))))
            yield Notice()

    def on_mount(self) -> None:
        """Suggest a name, which typing replaces."""
        box = self.query_one("#out", Input)
        box.value = self._suggested
        box.select_all()

    @on(Input.Changed, "#out")
    def typed(self, event: Input.Changed) -> None:
        """Show into which folder the file goes."""
        try:
            folder = plain(str(typed_path(event.value).parent), limit=200)
        except Trouble:
            folder = ""
        self.query_one("#folder", Static).update(f"Folder  {folder}" if folder else "")

    def action_turn(self) -> None:
        """Change the name's ending from CSV to JSON, or back."""
        box = self.query_one("#out", Input)
        stem, dot, ending = box.value.rpartition(".")
        box.value = f"{stem if dot else box.value}.{'csv' if ending == 'json' else 'json'}"
        box.cursor_position = len(box.value)

    @on(Input.Submitted, "#out")
    def named(self, event: Input.Submitted) -> None:
        """Write the file; the name stays where that cannot be."""
        if event.value.strip():
            self.write(event.value.strip())

    @work(exclusive=True, group="export")
    async def write(self, name: str) -> None:
        """Write the rows to a new file, in a thread."""
        try:
            exported = await asyncio.to_thread(write_rows, self._offer, name)
        except Trouble as trouble:
            self.query_one(Notice).show(trouble.title, f"{trouble.advice} {trouble.detail or ''}", Tone.BAD)
        else:
            self.dismiss(exported)


def write_rows(offer: ExportOffer, name: str) -> Exported:
    """Write what a list shows into a new file that only its owner can read.

    Args:
        offer: The list.
        name: The path as the agent typed it; its ending names the format.

    Raises:
        BadPath: Nothing was written: the ending names no format, there is no such folder, or the file exists.
    """
    path = typed_path(name)
    makers = {".csv": offer.csv, ".json": offer.json}
    if path.suffix.lower() not in makers:
        raise BadPath("The name has to end in .csv or .json")
    rows = offer.rows()
    write_export(path, makers[path.suffix.lower()](rows))
    return Exported(f"{len(rows):,} row{'' if len(rows) == 1 else 's'} written", path)


async def write_picture(app: App[Any], now: datetime) -> None:
    """Write what an app shows into a new SVG file, unless it is a secret, and say where the file is."""
    if any(getattr(screen, "shows_secret", False) for screen in app.screen_stack):
        app.notify("A secret is shown: no picture is made of it.", severity="warning")
        return
    svg, path = app.export_screenshot(), typed_path(default_name("picture", now, "svg"))
    try:
        await asyncio.to_thread(write_export, path, svg)
    except Trouble as trouble:
        app.notify(f"{trouble}", severity="warning", markup=False)
    else:
        app.notify(f"The picture is in {path}", markup=False)
