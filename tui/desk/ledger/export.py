"""Export the ledger: records as JSON Lines, which anybody can verify, and entries as CSV for a spreadsheet.

To verify JSON Lines without keydesk: for every line, `hash` is the SHA-256, in hex, of the JSON array
`[seq,at,kind,ref,body,prev]` without spaces and in ASCII (`body` is a string in it), and `prev` is the `hash` of the
line before; the first `prev` is 64 zeros.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, Final

from tui.desk.files.listing import ExportTable
from tui.desk.ledger.chain import COLUMNS, ChainReader
from tui.desk.ledger.entry import canonical, stamp
from tui.desk.text.plain import csv_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from tui.desk.ledger.chain import ChainReport
    from tui.desk.ledger.entry import Entry

CSV_COLUMNS: Final = (
    "entry", "at", "action", "title", "connector", "org", "person_id", "person_login", "person_name", "status", "calls",
    "reason", "ticket", "agent", "origin", "outcome", "outcome_at", "detail", "request_id", "settled", "settled_at",
    "rules",
)  # fmt: skip


def json_line(row: Sequence[Any]) -> str:
    """Return one record as a line of JSON."""
    return canonical(dict(zip(COLUMNS, row, strict=True))) + "\n"


def verify_lines(lines: Iterable[str], *, expect: str | None = None) -> ChainReport:
    """Verify exported lines as `Ledger.verify` does a file; only `expect` shows a removed end, without an anchor."""
    reader = ChainReader(expect=expect)
    for number, line in enumerate(lines, 1):
        try:
            data = json.loads(line)
        except (ValueError, RecursionError):
            data = None
        if isinstance(data, dict) and data.keys() == set(COLUMNS):
            reader.step([data[column] for column in COLUMNS])
        else:
            reader.note(None, f"Line {number} is not a record.")
    return reader.verdict()


def csv_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Return entries as CSV, a line at a time, the columns' names first."""
    import csv  # noqa: PLC0415 - only an export needs it

    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow(CSV_COLUMNS)
    for entry in entries:
        yield _taken(buffer)
        writer.writerow([csv_cell(value, exact=True) for value in _values(entry)])
    yield _taken(buffer)


def as_json(entries: Iterable[Entry]) -> str:
    """Return entries as a JSON list, in ASCII, with the names of the CSV's columns."""
    return ExportTable(CSV_COLUMNS, [_values(entry) for entry in entries]).as_json()


def _values(entry: Entry) -> tuple[str, ...]:
    intent = entry.intent
    return (
        str(entry.seq), _when(entry.at), intent.action, intent.title, intent.connector, intent.org, intent.person_id,
        intent.person_login, intent.person_name, intent.status, "; ".join(str(call) for call in intent.calls),
        intent.reason, intent.ticket, intent.agent, intent.origin, entry.outcome or "", _when(entry.outcome_at),
        entry.detail, entry.request_id, entry.settled, _when(entry.settled_at), intent.rules,
    )  # fmt: skip


def _when(moment: datetime | None) -> str:
    return "" if moment is None else stamp(moment.timestamp())


def _taken(buffer: io.StringIO) -> str:
    """Return what was written since the last call, and empty the buffer."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
