"""Export a scan as CSV, safe to open in a spreadsheet, and as JSON; word a date for a table."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from tui.desk.expiry.expiry import Age
from tui.desk.text.plain import csv_cell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tui.desk.expiry.expiry import Expiry
    from tui.desk.expiry.scan import ExpiryScan

HEAD = (
    "login", "name", "email", "department", "status", "kind", "expires (estimated)", "days left", "password changed",
    "policy", "id",
)  # fmt: skip


def as_csv(scan: ExpiryScan, rows: Sequence[Expiry] | None = None) -> str:
    """Return the people whom a scan lists, or some of them, as CSV, a row each; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEAD)
    for row in scan.rows if rows is None else rows:
        user = row.user
        writer.writerow(
            csv_cell(value)
            for value in (
                user.login,
                user.name,
                user.email,
                user.text("department"),
                user.status or "",
                row.age.value,
                row.expires.isoformat(timespec="minutes") if row.expires else "",
                "" if scan.started is None or row.expires is None else row.days(scan.started),
                user.password_changed or "",
                row.policy,
                user.id,
            )
        )
    return out.getvalue()


def as_json(scan: ExpiryScan, rows: Sequence[Expiry] | None = None) -> str:
    """Return the people whom a scan lists, or some of them, and the number of each kind, as JSON in ASCII."""
    people = [
        {
            "id": row.user.id,
            "login": row.user.login,
            "name": row.user.name,
            "email": row.user.email or None,
            "department": row.user.text("department") or None,
            "status": row.user.status,
            "kind": row.age.value,
            "expires": row.expires.isoformat(timespec="seconds") if row.expires else None,
            "estimated": row.expires is not None,
            "daysLeft": None if scan.started is None else row.days(scan.started),
            "passwordChanged": row.user.password_changed or None,
            "policy": row.policy or None,
        }
        for row in (scan.rows if rows is None else rows)
    ]
    counts = {age.value: scan.counts[age] for age in Age if scan.counts[age]}
    value = {"days": scan.days, "people": people, "counts": counts, "missing": list(scan.missing)}
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"


def date_words(row: Expiry) -> str:
    """Return the date of the expiry, as a table shows it."""
    if row.expires is not None:
        return f"{row.expires.astimezone():%Y-%m-%d}"
    return "expired" if row.age is Age.EXPIRED else ""


def left_words(row: Expiry, now: datetime | None) -> str:
    """Return the time left until the expiry, as a table shows it."""
    if row.age is Age.EXPIRED:
        return "now"
    if now is None or row.expires is None:
        return ""
    days = (row.expires.astimezone().date() - now.astimezone().date()).days  # as people count: tomorrow is in 1 day
    if days == 0:
        return "today"
    words = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    return words if days > 0 else f"{words} over"
