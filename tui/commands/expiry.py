"""`keydesk expiry`: whose password expires when, over the whole org."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tui.commands.codes import Code
from tui.commands.output import add_wide, print_line, print_table, print_to_stderr

if TYPE_CHECKING:
    import argparse

    from tui.desk.expiry.expiry import Expiry
    from tui.desk.expiry.scan import ExpiryScan, ScanProgress
    from tui.desk.session import Session


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    sub = commands.add_parser(
        "expiry",
        parents=[common],
        help="whose password expires when",
        description=(
            "Reads the whole org, 200 people a call, and lists whose password has expired, is past its age or expires "
            "soon. Dates are estimates by the password policy that applies; Okta tells none. Ctrl+C keeps the place: "
            "--resume goes on from there within an hour."
        ),
    )
    sub.add_argument("--days", type=int, default=14, metavar="N", help="who expires within N days (14)")
    sub.add_argument("--resume", action="store_true", help="go on where the last scan was stopped")
    sub.add_argument("--out", metavar="FILE", help="write to this new file, not to the screen")
    add_wide(sub)
    how = sub.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="JSON")
    how.add_argument("--csv", action="store_true", help="CSV, safe to open in a spreadsheet")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Scan the org and print, or write, whose password expires."""
    from tui.commands.sessions import with_session
    from tui.desk.expiry.export import as_csv, as_json
    from tui.desk.expiry.scan import expiry_scan
    from tui.desk.expiry.store import forget_scan, load_scan, save_scan
    from tui.desk.files.export import refuse_existing, typed_path, write_export
    from tui.trouble import BadInput

    if not 0 <= arguments.days <= 3650:  # noqa: PLR2004 - ten years
        raise BadInput("--days has to be a number from 0 to 3650")
    out = typed_path(arguments.out) if arguments.out else None
    if out is not None:
        refuse_existing(out)

    async def work(session: Session) -> ExpiryScan:
        scan = expiry_scan(session, arguments.days)
        if arguments.resume:
            scan = load_scan(session, arguments.days) or scan
        try:
            await scan.run(_show_progress)
        except BaseException:
            save_scan(session, scan)
            raise
        finally:
            _clear_progress()
        forget_scan(session)
        return scan

    scan = with_session(arguments, work)
    if arguments.json or arguments.csv:
        text = as_csv(scan) if arguments.csv else as_json(scan)
        if out is not None:
            write_export(out, text)
            print_to_stderr(f"Wrote {len(scan.rows)} people to {arguments.out}.")
        else:
            print_line(text.rstrip("\n"))
    else:
        _print_scan(scan, wide=arguments.wide)
    return Code.OK


def _print_scan(scan: ExpiryScan, *, wide: bool) -> None:
    from tui.desk.expiry.expiry import WORDS

    if scan.rows:
        titles = ("EXPIRES", "IN", "NAME", "LOGIN", "POLICY", "DEPARTMENT")
        print_table(titles, [_row(row, scan) for row in scan.rows], wide=wide, spare=("POLICY", "DEPARTMENT"))
    else:
        print_line(f"Nobody's password expires within {scan.days} days.")
    print_line()
    for age, count in scan.counts.most_common():
        print_line(f"{count:>7}  {WORDS[age]}")
    print_line("Dates are estimates: Okta tells none, and rules that depend on the network are left out.")
    for text in scan.missing:
        print_line(text)


def _row(row: Expiry, scan: ExpiryScan) -> tuple[str, ...]:
    from tui.desk.expiry.export import date_words, left_words
    from tui.desk.text.plain import plain

    user = row.user
    return (
        date_words(row),
        left_words(row, scan.started),
        plain(user.name),
        plain(user.login),
        plain(row.policy),
        plain(user.text("department")),
    )


def _show_progress(progress: ScanProgress) -> None:
    if sys.stderr.isatty():
        of = f" of about {progress.of:,}" if progress.of else ""
        left = f", about {progress.left:.0f} s left" if progress.left else ""
        sys.stderr.write(f"\r\x1b[K{progress.note}: {progress.people:,}{of}{left}")
        sys.stderr.flush()


def _clear_progress() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
