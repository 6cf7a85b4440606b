"""`keydesk notify`: tell employees of lockouts and expiring passwords; for cron, as a service, and by hand."""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tui.commands.codes import Code
from tui.commands.output import aside, columns, complain, document, line

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
    sub.add_argument("--json", action="store_true", help="with --once and --history: print JSON")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Do the one thing that was asked for."""
    if arguments.init:
        return _init()
    if arguments.history is not None or arguments.unknown:
        return _history(arguments)
    if arguments.settle is not None:
        return _settle(arguments)
    if arguments.check:
        return _check(arguments)
    if arguments.preview:
        return _preview(arguments)
    if arguments.test:
        return _test(arguments)
    return _watch(arguments) if arguments.watch else _once(arguments)


def _init() -> int:
    """Write the example."""
    from tui.desk.connectors import settings
    from tui.desk.files.private import create_private
    from tui.desk.notices import rules as notice_rules
    from tui.trouble import BadInput

    path = settings.places().notices
    try:
        create_private(path, notice_rules.example())
    except FileExistsError:
        raise BadInput(f"{path} is there already", advice="It was left as it is.") from None
    line(f"Wrote {path}. Fill in the server and the texts' names, then: keydesk notify --check")
    return Code.OK


def _rules(session: Session) -> NoticeRules:
    """The rules for a session's connector.

    Raises:
        BadSettings: They cannot be used, or there are none.
    """
    from tui.desk.connectors import settings
    from tui.desk.notices import rules as notice_rules

    return notice_rules.load(settings.places().notices, session.connector.name)


def _once(arguments: argparse.Namespace) -> int:
    """One round."""
    from tui.commands.sessions import with_session
    from tui.desk.notices.sender import Notifier, any_failed, any_unknown, summary
    from tui.desk.notices.watcher import Watcher

    async def work(session: Session) -> tuple[list[NoticeLine], Watcher]:
        rules = _rules(session)
        notifier = Notifier(session, rules, dry=arguments.dry_run, on_line=_say if not arguments.json else _quiet)
        watcher = Watcher(session, rules, notifier)
        try:
            return await watcher.once(), watcher
        finally:
            await watcher.aclose()

    lines, watcher = with_session(arguments, work)
    for trouble in watcher.troubles.values():
        complain(trouble)
    if arguments.json:
        document([_json(one) for one in lines])
    else:
        counts = summary(lines)
        aside(", ".join(f"{count} {words}" for words, count in counts.items()) or "Nothing is due.")
    if any_unknown(lines):
        return Code.UNKNOWN
    return Code.FAILED if watcher.troubles or any_failed(lines) else Code.OK


def _watch(arguments: argparse.Namespace) -> int:
    """Round after round, until a signal."""
    import asyncio

    from tui.commands.sessions import connect
    from tui.desk.notices.sender import Notifier, summary
    from tui.desk.notices.watcher import Watcher

    session = connect(arguments)

    async def go() -> None:
        rules = _rules(session)
        watcher = Watcher(session, rules, Notifier(session, rules, dry=arguments.dry_run, on_line=_say))

        def after(lines: list[NoticeLine]) -> None:
            for trouble in watcher.troubles.values():
                complain(trouble)
            if lines:
                aside(", ".join(f"{count} {words}" for words, count in summary(lines).items()))

        watching = asyncio.ensure_future(watcher.watch(after))
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            with suppress(NotImplementedError):  # Windows
                loop.add_signal_handler(name, watching.cancel)
        try:
            with suppress(asyncio.CancelledError):
                await watching
        finally:
            await watcher.aclose()
            await session.client.aclose()

    try:
        asyncio.run(go())
    finally:
        session.ledger.close()
    return Code.OK


def _history(arguments: argparse.Namespace) -> int:
    """What was sent to whom and when."""
    from tui.desk.connectors import settings
    from tui.desk.ledger.ledger import Ledger
    from tui.desk.notices import history
    from tui.desk.text.plain import plain

    ledger = Ledger(settings.places().ledger)
    try:
        found = history.history(ledger, text=arguments.history or "", only_open=arguments.unknown)
    finally:
        ledger.close()
    if arguments.json:
        document([_entry_json(entry) for entry in found])
        return Code.OK
    if not found:
        line("Every outcome is known." if arguments.unknown else "Nothing was sent yet.")
        return Code.OK
    rows = []
    for entry in found:
        way, to = history.way_and_address(entry)
        when = f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}"
        about = plain(entry.intent.title.removeprefix("Notice: "))
        outcome = history.outcome_words(entry)
        rows.append(
            (str(entry.seq), when, about, plain(entry.intent.person_login), way, to, outcome, plain(entry.detail))
        )
    columns(("NO.", "WHEN", "ABOUT", "PERSON", "WAY", "TO", "OUTCOME", "DETAIL"), rows)
    return Code.OK


def _settle(arguments: argparse.Namespace) -> int:
    """Say what came of a notice that perhaps went out."""
    from tui.desk.connectors import settings
    from tui.desk.ledger.ledger import Ledger
    from tui.desk.notices import history
    from tui.trouble import BadInput

    if arguments.arrived == arguments.lost:
        raise BadInput("Say what came of it", advice="Add --arrived or --lost.")
    ledger = Ledger(settings.places().ledger)
    try:
        entry = ledger.entry(arguments.settle)
        history.settle(ledger, entry, arrived=arguments.arrived)
    finally:
        ledger.close()
    line(f"Entry {arguments.settle} is settled.")
    return Code.OK


def _check(arguments: argparse.Namespace) -> int:
    """Read the rules and try the ways."""
    from tui.commands.sessions import with_session
    from tui.desk.notices import channels
    from tui.desk.notices.notice import Fate
    from tui.desk.text.plain import plain

    async def work(session: Session) -> bool:
        rules, good = _rules(session), True
        for way in rules.ways.values():
            delivery = await channels.check(way)
            good = good and delivery.fate is Fate.SENT
            line(f"{'✓' if delivery.fate is Fate.SENT else '✗'} {plain(way.name)} ({way.kind}): {delivery.detail}")
        told = {"Lockouts": rules.lockouts, "Expiring passwords": rules.expiries, "The digest": rules.digest}
        for what, name in told.items():
            line(f"  {what}: {f'by {name}' if name else 'not told'}")
        return good

    return Code.OK if with_session(arguments, work) else Code.FAILED


def _preview(arguments: argparse.Namespace) -> int:
    """The texts with a real person's data."""
    from tui.commands.people import the_user
    from tui.commands.sessions import with_session
    from tui.desk.notices.preview import examples
    from tui.desk.notices.sender import Notifier
    from tui.desk.text.plain import plain

    async def work(session: Session) -> list[str]:
        rules = _rules(session)
        user = await the_user(session, arguments.preview)
        notifier = Notifier(session, rules, dry=True)
        texts = await examples(session, rules, user)
        to = notifier.address(user) or "nobody: there is no address that can be written to"
        return [
            f"To: {plain(to)}",
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
        line(text)
    return Code.OK


def _test(arguments: argparse.Namespace) -> int:
    """Send a test by every way that writes to an address, and by the others to wherever they go."""
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
    for one in lines:
        line(f"{one.way}: {one.words}")
    return Code.OK if lines and all(one.delivery and one.delivery.fate is Fate.SENT for one in lines) else Code.FAILED


def _say(one: NoticeLine) -> None:
    """One line per message, without addresses beyond the login."""
    from tui.desk.text.plain import plain

    who = plain(one.occasion.user.login) if one.occasion.user else "the help desk"
    number = f" (entry {one.entry})" if one.entry else ""
    aside(f"{one.occasion.topic.value} {who}{f' by {one.way}' if one.way else ''}: {one.words}{number}")


def _quiet(_: NoticeLine) -> None:
    """Say nothing."""


def _json(one: NoticeLine) -> dict[str, Any]:
    user = one.occasion.user
    return {
        "topic": one.occasion.topic.value,
        "person": user.id if user else None,
        "login": user.login if user else None,
        "way": one.way,
        "to": one.to or None,
        "result": one.delivery.fate.value if one.delivery else None,
        "skipped": one.skip.value if one.skip else None,
        "detail": one.delivery.detail if one.delivery else "",
        "entry": one.entry or None,
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
