"""What came of a job, as CSV for a spreadsheet or JSON for a program, into a new file that only its owner reads."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tui.desk import words
from tui.desk.plain import csv_cell
from tui.okta.clock import stamp
from tui.trouble import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.desk.session import Session
    from tui.desk.several import Job, Line

COLUMNS: Final = (
    "name", "login", "person_id", "status_before", "status_after", "result", "note", "ledger_entry", "request_id",
    "reason", "ticket", "action", "target", "target_id", "connector", "org", "agent", "exported_at",
)  # fmt: skip
_LONGEST: Final = 1000


class BadPath(BadInput):
    """A file cannot be written there."""

    title = "The file cannot be written there"
    advice = "Type another name, such as ~/unlocked.csv."
    field = "path"


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
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        handle = os.open(path, flags, 0o600)
    except FileExistsError:
        raise BadPath("There is a file of that name already", detail=str(path)) from None
    except OSError as error:
        raise BadPath(detail=f"{path}: {error.strerror}") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)  # it is new and ours; half a report would be taken for a whole one
        raise BadPath(detail=f"{path}: {error.strerror}") from None
    return path


def place(typed: str) -> Path:
    """Where a typed path leads.

    Raises:
        BadPath: It cannot be one, or its ending names no format.
    """
    text = typed.strip()
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise BadPath("Type where to put the file")
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        raise BadPath("There is no such home folder", detail=text) from None
    if path.suffix.lower() not in FORMATS:
        raise BadPath("The name has to end in .csv or .json")
    if not path.parent.is_dir():
        raise BadPath("There is no such folder", detail=str(path.parent))
    return path.absolute()


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


def _of(line: Line) -> dict[str, Any]:
    user = line.person.user
    return {
        "name": user.name,
        "login": user.login,
        "person_id": user.id,
        "status_before": words.status_words(user.status),
        "status_after": words.status_words(line.after.user.status) if line.after else "",
        "result": str(line.came),
        "note": line.note,
        "ledger_entry": line.entry or None,
        "request_id": line.request_id,
        "reason": line.reason,
        "ticket": line.ticket,
    }
