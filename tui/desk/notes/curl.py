"""A call to Okta in words, and as a command for `curl` in which no secret and nothing of anybody else's can act."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from tui.desk.files.listing import ExportTable
from tui.desk.notes.notes import Note, labelled
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.okta.clock import stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.desk.connectors.connector import OrgAddress
    from tui.okta.call_log import CallRecord

VARIABLE: Final = "OKTA_API_TOKEN"
"""The variable of the shell that stands for the token, which is never copied."""
_LONG: Final = 4000


def curl(record: CallRecord, org: OrgAddress, *, scheme: str = "SSWS") -> str:
    """Return a call as one line for a POSIX shell; it asks the org itself, whatever host the call was for.

    The token is `$OKTA_API_TOKEN`, and a body is read from `body.json`, since neither is kept.

    Args:
        record: The call.
        org: The org's address.
        scheme: How the token is sent: `SSWS` for an API token, `Bearer` for an access token (Okta: "Create an API
            token", "Implement OAuth for Okta").
    """
    method = plain(record.method)
    how = {"GET": [], "HEAD": ["--head"]}.get(method, ["--request", method])
    # Without --globoff curl reads brackets and braces of a query as a pattern for many addresses.
    words = ["curl", "--globoff", *how, "--header", "Accept: application/json"]
    if record.length:
        words += ["--header", "Content-Type: application/json", "--data-binary", "@body.json"]
    url = f"{org.origin}{org.prefix}{plain(record.target, limit=_LONG)}"
    return f'{shlex.join(words)} --header "Authorization: {scheme} ${VARIABLE}" --url {shlex.quote(url)}'


def call_notes(record: CallRecord, org: OrgAddress, *, scheme: str = "SSWS") -> tuple[Note, ...]:
    """Return what can be copied of a call, the command first; arguments as for `curl`."""
    parts = (
        Note("The call for curl", curl(record, org, scheme=scheme)),
        Note("The path", plain(record.target, limit=_LONG)),
        Note("Okta's request id", plain(record.request_id)),
        Note("The whole call", labelled(call_lines(record))),
    )
    return tuple(note for note in parts if note.text)


def listing(records: Sequence[CallRecord]) -> ExportTable:
    """Return calls as values; the time in UTC as Okta writes it, numbers empty where they are not known."""
    head = ("at", "method", "target", "outcome", "milliseconds", "tries", "requestId", "waited", "refused", "trouble")
    return ExportTable(
        head,
        [
            (
                stamp(datetime.fromtimestamp(record.at, UTC)),
                record.method,
                record.target,
                outcome(record),
                record.milliseconds,
                record.tries,
                record.request_id,
                waits(record),
                record.refused,
                record.trouble,
            )
            for record in records
        ],
    )


def outcome(record: CallRecord) -> str:
    """Return how a call ended, in a word or two."""
    if record.refused:
        return "refused here"
    if record.status:
        return str(record.status)
    return "no answer" if record.trouble else "given up" if record.given_up else "under way"


def outcome_tone(record: CallRecord) -> Tone:
    """Return the tone of how a call ended."""
    if record.refused or record.trouble or record.status >= 500:  # noqa: PLR2004 - HTTP
        return Tone.BAD
    if record.status >= 400:  # noqa: PLR2004 - HTTP
        return Tone.WARN
    return Tone.GOOD if record.status else Tone.MUTED


def waits(record: CallRecord) -> str:
    """Return why a call waited, and for how long; empty where it did not."""
    return "; ".join(f"{plain(why)}, {_seconds(seconds)}" for why, seconds in record.waits)


def why(record: CallRecord) -> str:
    """Return what is to be said of a call beside its status: the refusal, what went wrong, the waits."""
    return " · ".join(filter(None, (plain(record.refused), plain(record.trouble), waits(record))))


def call_lines(record: CallRecord) -> list[tuple[str, str]]:
    """Return all that is known of a call, as label and text; what is empty has no line."""
    query = record.target.partition("?")[2]
    when = datetime.fromtimestamp(record.at, UTC).astimezone()
    lines = [
        ("When", f"{when:%Y-%m-%d %H:%M:%S %Z}"),
        ("Method", plain(record.method)),
        ("Path", plain(record.path, limit=_LONG)),
        *(("Query", plain(unquote(part.replace("+", " ")), limit=_LONG)) for part in query.split("&") if part),
        ("Host", f"{plain(record.elsewhere)}: not the org's" if record.elsewhere else ""),
        ("Body", f"{record.length:,} bytes, not kept" if record.length else ""),
        ("Outcome", outcome(record)),
        ("Refused", f"{plain(record.refused)}. Nothing was sent." if record.refused else ""),
        ("Trouble", plain(record.trouble)),
        ("Given up", "nobody waited for it any more" if record.given_up else ""),
        ("Took", f"{record.milliseconds:,} ms" if record.milliseconds is not None else ""),
        ("Sent", f"{record.tries} times" if record.tries > 1 else ""),
        *(("Waited", f"{_seconds(seconds)}: {plain(reason)}") for reason, seconds in record.waits),
        ("Request id", plain(record.request_id)),
    ]
    return [(label, text) for label, text in lines if text]


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004 - tenths matter below that
