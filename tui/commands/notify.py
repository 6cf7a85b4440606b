"""`keydesk notify`: send employees notices of lockouts and expiring passwords; for cron, as a service, and by hand."""

from __future__ import annotations

import signal
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tui.commands.codes import Code
from tui.commands.output import (
    add_wide,
    print_clock,
    print_json,
    print_line,
    print_table,
    print_to_stderr,
    print_trouble,
    when_words,
)

if TYPE_CHECKING:
    import argparse

    from tui.desk.ledger.entry import Entry
    from tui.desk.notices.rules import NoticeRules
    from tui.desk.notices.sender import NoticeLine
    from tui.desk.session import Session

ABOUT = """\
Tells employees that they were locked out, and in time that their password expires, by the rules in notices.toml.
It changes nothing in Okta and works with read-only connectors. What was told to whom stands in the ledger: nobody is
told twice, also by two watchers, and what perhaps went out is shown and not sent again by itself.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    import argparse

    sub = commands.add_parser(
        "notify",
        parents=[common],
        help="tell employees of lockouts and expiring passwords",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = sub.add_mutually_exclusive_group(required=True)
    what.add_argument("--once", action="store_true", help="one round, for cron")
    what.add_argument("--watch", action="store_true", help="round after round, for a service; SIGTERM ends it")
    what.add_argument("--history", nargs="?", const="", metavar="TEXT", help="what was sent to whom and when")
    what.add_argument("--unknown", action="store_true", help="what perhaps went out, and perhaps did not")
    what.add_argument("--settle", type=int, metavar="N", help="say what came of entry N")
    what.add_argument("--preview", metavar="LOGIN", help="the texts with this person's data; sends nothing")
    what.add_argument("--test", metavar="ADDRESS", help="send a test to this address, by every way that writes to one")
    what.add_argument("--check", action="store_true", help="read the rules and try the ways, without sending")
    what.add_argument("--init", action="store_true", help="write an example of notices.toml, if there is none")
    sub.add_argument("--dry-run", action="store_true", help="with --once: show what would go; sends nothing")
    sub.add_argument("--arrived", action="store_true", help="with --settle: it arrived")
    sub.add_argument("--lost", action="store_true", help="with --settle: it did not arrive")
    add_wide(sub)
    sub.add_argument("--json", action="store_true", help="with --once and --history: print JSON")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Do what the one required flag asks for."""
    if arguments.init:
        return _write_example()
    if arguments.history is not None or arguments.unknown:
        return _print_history(arguments)
    if arguments.settle is not None:
        return _settle_entry(arguments)
    if arguments.check:
        return _check_ways(arguments)
    if arguments.preview:
        return _print_preview(arguments)
    if arguments.test:
        return _send_test(arguments)
    return _watch(arguments) if arguments.watch else _run_once(arguments)


def _write_example() -> int:
    """Write an example of notices.toml, if there is no such file."""
    from tui.desk.connectors import settings
    from tui.desk.files.private import create_private
    from tui.desk.notices import rules as notice_rules
    from tui.trouble import BadInput

    path = settings.places().notices
    try:
        create_private(path, notice_rules.example())
    except FileExistsError:
        raise BadInput(f"{path} is there already", advice="It was left as it is.") from None
    print_line(f"Wrote {path}. Fill in the server and the texts' names, then: keydesk notify --check")
    return Code.OK


def _rules(session: Session) -> NoticeRules:
    """Read the rules for a session's connector.

    Raises:
        BadSettings: The rules cannot be used, or there are none.
    """
    from tui.desk.connectors import settings
    from tui.desk.notices import rules as notice_rules

    connector = session.connector
    return notice_rules.load_for(settings.places().notices, connector.name, made_up=connector.made_up)


def _run_once(arguments: argparse.Namespace) -> int:
    """Send the notices that are due, once."""
    from tui.commands.sessions import with_session
    from tui.desk.notices.sender import Notifier, any_failed, any_unknown, summary
    from tui.desk.notices.watcher import Watcher

    async def work(session: Session) -> tuple[list[NoticeLine], Watcher]:
        rules = _rules(session)
        notifier = Notifier(session, rules, dry=arguments.dry_run, on_line=_ignore if arguments.json else _print_notice)
        watcher = Watcher(session, rules, notifier)
        try:
            return await watcher.once(), watcher
        finally:
            await watcher.aclose()

    lines, watcher = with_session(arguments, work)
    for trouble in watcher.troubles.values():
        print_trouble(trouble)
    if arguments.json:
        print_json([_notice_json(notice) for notice in lines])
    else:
        counts = summary(lines)
        print_to_stderr(", ".join(f"{count} {words}" for words, count in counts.items()) or "Nothing is due.")
    if any_unknown(lines):
        return Code.UNKNOWN
    return Code.FAILED if watcher.troubles or any_failed(lines) else Code.OK


def _watch(arguments: argparse.Namespace) -> int:
    """Send notices round after round, until SIGTERM or Ctrl+C."""
    import asyncio

    from tui.commands.sessions import connect
    from tui.desk.notices.sender import Notifier, summary
    from tui.desk.notices.watcher import Watcher
    from tui.signals import ended_by_signals

    session = connect(arguments)

    async def watch() -> None:
        rules = _rules(session)
        watcher = Watcher(session, rules, Notifier(session, rules, dry=arguments.dry_run, on_line=_print_notice))

        def report_round(lines: list[NoticeLine]) -> None:
            for trouble in watcher.troubles.values():
                print_trouble(trouble)
            print_clock(session)
            if lines:
                print_to_stderr(", ".join(f"{count} {words}" for words, count in summary(lines).items()))

        task = asyncio.ensure_future(watcher.watch(report_round))
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(signal.SIGINT, task.cancel)
        try:
            with ended_by_signals(lambda _: task.cancel()), suppress(asyncio.CancelledError):
                await task
        finally:
            await watcher.aclose()
            await session.client.aclose()

    try:
        asyncio.run(watch())
    finally:
        session.ledger.close()
    return Code.OK


def _print_history(arguments: argparse.Namespace) -> int:
    """Print which notices were sent, to whom and when."""
    from tui.commands.colour import Toned
    from tui.commands.records import open_ledger
    from tui.desk.notices import history
    from tui.desk.text.plain import plain

    ledger = open_ledger(arguments)
    try:
        entries = history.history(ledger, text=arguments.history or "", only_open=arguments.unknown)
    finally:
        ledger.close()
    if arguments.json:
        print_json([_entry_json(entry) for entry in entries])
        return Code.OK
    if not entries:
        print_line("Every outcome is known." if arguments.unknown else "Nothing was sent yet.")
        return Code.OK
    rows, now = [], datetime.now(UTC)
    for entry in entries:
        way, address = history.way_and_address(entry)
        when = when_words(entry.at, now, wide=arguments.wide, form="%Y-%m-%d %H:%M:%S")
        about = plain(entry.intent.title.removeprefix("Notice: "))
        outcome = Toned(history.outcome_words(entry), history.outcome_tone(entry))
        rows.append(
            (str(entry.seq), when, about, plain(entry.intent.person_login), way, address, outcome, plain(entry.detail))
        )
    print_table(
        ("NO.", "WHEN", "ABOUT", "PERSON", "WAY", "TO", "OUTCOME", "DETAIL"),
        rows,
        wide=arguments.wide,
        spare=("DETAIL", "TO"),
    )
    return Code.OK


def _settle_entry(arguments: argparse.Namespace) -> int:
    """Settle the ledger entry of a notice whose outcome is unknown."""
    from tui.commands.records import open_ledger
    from tui.desk.notices import history
    from tui.trouble import BadInput

    if arguments.arrived == arguments.lost:
        raise BadInput("Say what came of it", advice="Add --arrived or --lost.")
    ledger = open_ledger(arguments)
    try:
        entry = ledger.entry(arguments.settle)
        history.settle(ledger, entry, arrived=arguments.arrived)
    finally:
        ledger.close()
    print_line(f"Entry {arguments.settle} is settled.")
    return Code.OK


def _check_ways(arguments: argparse.Namespace) -> int:
    """Read the rules, and try each way of sending without sending anything."""
    from tui.commands.sessions import with_session
    from tui.desk.notices import channels
    from tui.desk.notices.notice import Fate
    from tui.desk.text.plain import plain

    async def work(session: Session) -> bool:
        rules, all_work = _rules(session), True
        for way in rules.ways.values():
            delivery = await channels.check(way)
            all_work = all_work and delivery.fate is Fate.SENT
            print_line(
                f"{'✓' if delivery.fate is Fate.SENT else '✗'} {plain(way.name)} ({way.kind}): {delivery.detail}"
            )
        ways_by_topic = {
            "Lockouts": rules.lockouts,
            "Expiring passwords": rules.expiries,
            "The digest": rules.digest,
            "Denied pushes of callers": rules.alarm,
        }
        for topic, name in ways_by_topic.items():
            print_line(f"  {topic}: {f'by {name}' if name else 'not told'}")
        return all_work

    return Code.OK if with_session(arguments, work) else Code.FAILED


def _print_preview(arguments: argparse.Namespace) -> int:
    """Print the texts with a real person's data."""
    from tui.commands.people import find_one
    from tui.commands.sessions import with_session
    from tui.desk.notices.preview import examples
    from tui.desk.notices.sender import Notifier
    from tui.desk.text.plain import plain

    async def work(session: Session) -> list[str]:
        rules = _rules(session)
        user = await find_one(session, arguments.preview)
        notifier = Notifier(session, rules, dry=True)
        texts = await examples(session, rules, user)
        address = notifier.address(user) or "nobody: there is no address that can be written to"
        return [
            f"To: {plain(address)}",
            *(
                part
                for text, untrue in texts
                for part in (
                    "",
                    *([f"An example, made up: {untrue}. It would not be sent."] if untrue else []),
                    f"Subject: {text.subject}",
                    "",
                    text.body,
                )
            ),
        ]

    for text in with_session(arguments, work):
        print_line(text)
    return Code.OK


def _send_test(arguments: argparse.Namespace) -> int:
    """Send a test to the address by every way that takes one, and by the other ways to their own recipients."""
    from tui.commands.sessions import with_session
    from tui.desk.notices.notice import Fate
    from tui.desk.notices.sender import Notifier

    async def work(session: Session) -> list[NoticeLine]:
        notifier = Notifier(session, _rules(session))
        try:
            return await notifier.send_test(arguments.test)
        finally:
            await notifier.aclose()

    lines = with_session(arguments, work)
    for notice in lines:
        print_line(f"{notice.way}: {notice.words}")
    all_sent = all(notice.delivery and notice.delivery.fate is Fate.SENT for notice in lines)
    return Code.OK if lines and all_sent else Code.FAILED


def _print_notice(notice: NoticeLine) -> None:
    """Print one notice to standard error, without any address beyond the login."""
    from tui.desk.text.plain import plain

    person = plain(notice.occasion.user.login) if notice.occasion.user else "the help desk"
    number = f" (entry {notice.entry})" if notice.entry else ""
    print_to_stderr(
        f"{notice.occasion.topic.value} {person}{f' by {notice.way}' if notice.way else ''}: {notice.words}{number}"
    )


def _ignore(_: NoticeLine) -> None:
    """Print nothing: with `--json`, all notices are printed at the end."""


def _notice_json(notice: NoticeLine) -> dict[str, Any]:
    user = notice.occasion.user
    return {
        "topic": notice.occasion.topic.value,
        "person": user.id if user else None,
        "login": user.login if user else None,
        "way": notice.way,
        "to": notice.to or None,
        "result": notice.delivery.fate.value if notice.delivery else None,
        "skipped": notice.skip.value if notice.skip else None,
        "detail": notice.delivery.detail if notice.delivery else "",
        "entry": notice.entry or None,
    }


def _entry_json(entry: Entry) -> dict[str, Any]:
    from tui.desk.notices import history

    way, to = history.way_and_address(entry)
    return {
        "entry": entry.seq,
        "at": entry.at.isoformat(timespec="seconds"),
        "about": entry.intent.title,
        "login": entry.intent.person_login,
        "way": way,
        "to": to or None,
        "outcome": history.outcome_words(entry),
        "detail": entry.detail,
        "settled": entry.settled or None,
    }
