"""Export the results of a job, as CSV or JSON, into a new file that only its owner can read."""

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
    """Return the results as CSV: a heading, then a row a person. No cell is a formula or holds a line end."""
    import csv  # noqa: PLC0415 - only an export needs it

    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    shared = _job_values(session, work)
    for line in work.lines:
        values = _line_values(line) | shared
        writer.writerow([csv_cell(values[column]) for column in COLUMNS])
    return buffer.getvalue()


def as_json(session: Session, work: Job) -> str:
    """Return the job and its people as JSON, in ASCII, so that no control character reaches a terminal."""
    exported: dict[str, Any] = _job_values(session, work)
    exported["halted"] = str(work.halted) if work.halted else ""
    exported["people"] = [_line_values(line) for line in work.lines]
    return json.dumps(exported, indent=2, ensure_ascii=True) + "\n"


FORMATS: Final[dict[str, Callable[[Session, Job], str]]] = {".csv": as_csv, ".json": as_json}


def save(session: Session, work: Job, typed: str) -> Path:
    """Write a job's results into a new file, mode 0600.

    Args:
        session: The session in which the job ran.
        work: The job.
        typed: The path as the agent typed it; the ending names the format, `~` is the home folder.

    Returns:
        The path of the file.

    Raises:
        BadPath: Nothing was written: the path is unusable, the folder is missing, or the file exists.
    """
    path = place(typed)
    text = FORMATS[path.suffix.lower()](session, work)
    write_export(path, text)
    return path


def place(typed: str) -> Path:
    """Return the path that an agent typed.

    Raises:
        BadPath: It is no path, its ending names no format, or its folder is missing.
    """
    path = typed_path(typed)
    if path.suffix.lower() not in FORMATS:
        raise BadPath("The name has to end in .csv or .json")
    if not path.parent.is_dir():
        raise BadPath("There is no such folder", detail=str(path.parent))
    return path


def suggested(session: Session, work: Job) -> str:
    """Return a path to suggest, made only of the action's id and the time."""
    return f"~/keydesk-{work.action.id}-{session.now().astimezone():%Y%m%d-%H%M%S}.csv"


def _job_values(session: Session, work: Job) -> dict[str, Any]:
    return {
        "action": work.action.id,
        "target": work.target.name if work.target else "",
        "target_id": work.target.id if work.target else "",
        "connector": session.connector.name,
        "org": session.connector.org.origin,
        "agent": session.agent.name,
        "exported_at": stamp(session.now()),
    }


def _line_values(line: JobLine) -> dict[str, Any]:
    user = line.person.user
    return {
        "name": user.name,
        "login": user.login,
        "person_id": user.id,
        "status_before": okta_terms.status_words(user.status),
        "status_after": okta_terms.status_words(line.after.user.status) if line.after else "",
        "result": str(line.state),
        "note": line.note,
        "ledger_entry": line.entry or None,
        "request_id": line.request_id,
        "reason": line.reason,
        "ticket": line.ticket,
    }
