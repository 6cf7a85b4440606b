"""What a list shows, as a table of values that can be exported: as CSV for a spreadsheet, or as JSON for a program."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from msgspec import Struct

from tui.desk.text.plain import csv_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    Value = str | int | float | bool | None


class ExportTable(Struct, frozen=True):
    """Rows of values under the names of their columns.

    Attributes:
        head: The columns' names, as a program reads them.
        rows: The rows, each with a value for each column.
    """

    head: tuple[str, ...]
    rows: Sequence[Sequence[Value]]

    def as_csv(self) -> str:
        """Return the rows as CSV, the names first; no cell is a formula or holds a line end."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(self.head)
        writer.writerows([csv_cell(value) for value in row] for row in self.rows)
        return out.getvalue()

    def as_json(self) -> str:
        """Return the rows as a JSON list of objects, in ASCII, so that no control character reaches a terminal."""
        objects = [dict(zip(self.head, row, strict=True)) for row in self.rows]
        return json.dumps(objects, indent=2, ensure_ascii=True) + "\n"
