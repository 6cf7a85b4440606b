"""What came of a job, as CSV for a spreadsheet or JSON for a program, into a new file that only its owner reads."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, Final

from tui.desk.files.export import BadPath, typed_path, write_export
from tui.desk.text import okta_terms
from tui.desk.text.plain import csv_cell
from tui.okta.clock import stamp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tui.desk.bulk.job import Job, JobLine
    from tui.desk.session import Session

COLUMNS: Final = (
    "name", "login", "person_id", "status_before", "status_after", "result", "note", "ledger_entry", "request_id",
    "reason", "ticket", "action", "target", "target_id", "connector", "org", "agent", "exported_at",
)  # fmt: skip


def as_csv(session: Session, work: Job) -> str:
    """A line for each person, the columns' names first; no cell is a formula, none holds a line end."""
    import csv  # noqa: PLC0415 - only an export needs it

    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    about = _about(session, work)
    for line in work.lines:
        values = _of(line) | about
        writer.writerow([csv_cell(values[column]) for column in COLUMNS])
    return buffer.getvalue()


def as_json(session: Session, work: Job) -> str:
    """The job, and a list of its people; ASCII, so that nothing in it reaches a terminal raw."""
    whole: dict[str, Any] = _about(session, work)
    whole["halted"] = str(work.halted) if work.halted else ""
    whole["people"] = [_of(line) for line in work.lines]
    return json.dumps(whole, indent=2, ensure_ascii=True) + "\n"


FORMATS: Final[dict[str, Callable[[Session, Job], str]]] = {".csv": as_csv, ".json": as_json}


def save(session: Session, work: Job, typed: str) -> Path:
    """Write a job's results into a new file, mode 0600.

    Args:
        session: Where it was done.
        work: The job.
        typed: The path as the agent typed it; its ending says the format, `~` is the home folder.

    Returns:
        Where it is.

    Raises:
        BadPath: Nothing was written: no usable path, no such folder, or something is there already.
    """
    path = place(typed)
    text = FORMATS[path.suffix.lower()](session, work)
    write_export(path, text)
    return path


def place(typed: str) -> Path:
    """Where a typed path leads.

    Raises:
        BadPath: It cannot be one, or its ending names no format.
    """
    path = typed_path(typed)
    if path.suffix.lower() not in FORMATS:
        raise BadPath("The name has to end in .csv or .json")
    if not path.parent.is_dir():
        raise BadPath("There is no such folder", detail=str(path.parent))
    return path


def suggested(session: Session, work: Job) -> str:
    """A path to begin with: only of keydesk's own words and the time."""
    return f"~/keydesk-{work.action.id}-{session.now().astimezone():%Y%m%d-%H%M%S}.csv"


def _about(session: Session, work: Job) -> dict[str, Any]:
    return {
        "action": work.action.id,
        "target": work.target.name if work.target else "",
        "target_id": work.target.id if work.target else "",
        "connector": session.connector.name,
        "org": session.connector.org.origin,
        "agent": session.agent.name,
        "exported_at": stamp(session.now()),
    }


def _of(line: JobLine) -> dict[str, Any]:
    user = line.person.user
    return {
        "name": user.name,
        "login": user.login,
        "person_id": user.id,
        "status_before": okta_terms.status_words(user.status),
        "status_after": okta_terms.status_words(line.after.user.status) if line.after else "",
        "result": str(line.came),
        "note": line.note,
        "ledger_entry": line.entry or None,
        "request_id": line.request_id,
        "reason": line.reason,
        "ticket": line.ticket,
    }
