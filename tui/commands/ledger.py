"""`keydesk ledger`: browse, check and export what was done."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tui.commands.codes import Code
from tui.commands.output import (
    add_wide,
    print_hanging,
    print_json,
    print_line,
    print_table,
    when_words,
)
from tui.commands.records import open_ledger
from tui.desk.ledger import words
from tui.desk.ledger.verified import kept_in
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    import argparse

    from tui.desk.ledger.entry import Entry


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command and its four verbs."""
    del common  # one ledger serves all orgs but the demo, and those that a team shares
    ledger = commands.add_parser(
        "ledger",
        help="what was done, by whom, with what outcome",
        description="The ledger on this machine: every change that was confirmed, and what came of it. "
        "The demo org has a ledger of its own: keydesk --demo ledger. "
        "A connector whose ledger a team shares shows the team's: keydesk --connector NAME ledger.",
    )
    verbs = ledger.add_subparsers(title="verbs", metavar="VERB", required=True)
    sub = verbs.add_parser("list", help="entries, newest first")
    sub.add_argument("--limit", type=int, default=50, help="at most so many (default 50)")
    sub.add_argument("--open", action="store_true", help="only those without a known outcome")
    sub.add_argument(
        "--find",
        default="",
        metavar="TEXT",
        help="only those that mention this: a login, a reason, denied, verify-caller, alert",
    )
    add_wide(sub)
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=_list)
    sub = verbs.add_parser("show", help="one entry whole")
    sub.add_argument("number", type=int, help="the entry's number")
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=_show)
    sub = verbs.add_parser("verify", help="check that nothing was changed, removed or added later")
    sub.add_argument("--expect", metavar="HASH", help="a head hash noted earlier, which must still be in the chain")
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=_verify)
    sub = verbs.add_parser("export", help="print all records, for a file or another program")
    sub.add_argument("--format", choices=("jsonl", "csv"), default="jsonl", help="jsonl can be verified (default)")
    sub.set_defaults(run=_export)


def _list(arguments: argparse.Namespace) -> int:
    with closing(open_ledger(arguments)) as ledger:
        entries = ledger.entries(limit=max(1, arguments.limit), only_open=arguments.open, text=arguments.find)
    if arguments.json:
        print_json([_entry_json(entry) for entry in entries])
    elif entries:
        from tui.commands.colour import Toned

        now = datetime.now(UTC)
        rows = [
            (
                str(entry.seq),
                when_words(entry.at, now, wide=arguments.wide),
                plain(entry.intent.title),
                plain(entry.intent.person_login),
                plain(entry.intent.agent),
                Toned(words.outcome_words(entry), words.outcome_tone(entry)),
                plain(entry.intent.reason),
            )
            for entry in entries
        ]
        print_table(
            ("NO.", "WHEN", "ACTION", "PERSON", "BY", "OUTCOME", "REASON"),
            rows,
            wide=arguments.wide,
            spare=("REASON", "BY"),
        )
    else:
        print_line("The ledger has no such entries." if arguments.open or arguments.find else "The ledger is empty.")
    return Code.OK


def _show(arguments: argparse.Namespace) -> int:
    with closing(open_ledger(arguments)) as ledger:
        entry = ledger.entry(arguments.number)
    if arguments.json:
        print_json(_entry_json(entry))
    else:
        for label, text in words.entry_lines(entry):
            print_hanging(f"{label:<12}", text)
    return Code.OK


def _verify(arguments: argparse.Namespace) -> int:
    with closing(open_ledger(arguments)) as ledger:
        verdict = ledger.verify(expect=arguments.expect)
    if arguments.json:
        print_json(
            {
                "ok": verdict.ok,
                "count": verdict.count,
                "head": verdict.head,
                "anchored": verdict.anchored,
                "expected": verdict.expected,
                "problems": [{"entry": problem.seq, "what": problem.what} for problem in verdict.problems],
            }
        )
    elif verdict.ok:
        print_line(f"{verdict.count} records, nothing wrong found. Head: {verdict.head}")
        print_line(verdict.claim)
    else:
        print_line(f"The ledger was changed. {len(verdict.problems)} findings in {verdict.count} records:")
        for problem in verdict.problems:
            print_line(f"  {f'record {problem.seq}' if problem.seq else 'ledger'}: {plain(problem.what)}")
    return Code.OK if verdict.ok else Code.TAMPERED


def _export(arguments: argparse.Namespace) -> int:
    with closing(open_ledger(arguments)) as ledger:
        for text in ledger.export_csv() if arguments.format == "csv" else ledger.export():
            sys.stdout.write(text)
    return Code.OK


def _entry_json(entry: Entry) -> dict[str, Any]:
    intent = entry.intent
    return {
        "entry": entry.seq,
        "at": entry.at.isoformat(timespec="milliseconds"),
        "action": intent.action,
        "person": {"id": intent.person_id, "login": intent.person_login, "name": intent.person_name},
        "status": intent.status,
        "connector": intent.connector,
        "org": intent.org,
        "agent": intent.agent,
        "origin": intent.origin or None,
        "reason": intent.reason,
        "ticket": intent.ticket,
        "cameOf": words.outcome_words(entry),
        "proof": kept_in(entry) or None,
        "calls": [{"method": call.method, "target": call.target} for call in intent.calls],
        "outcome": entry.outcome.value if entry.outcome else None,
        "outcomeAt": entry.outcome_at.isoformat(timespec="milliseconds") if entry.outcome_at else None,
        "detail": entry.detail,
        "requestId": entry.request_id,
        "settled": entry.settled or None,
        "open": entry.open,
    }
