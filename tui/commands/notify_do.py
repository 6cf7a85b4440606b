"""What `keydesk notify` does: a round, the watch, the history, a preview, a test."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tui.commands.codes import Code
from tui.commands.output import aside, columns, complain, document, line
from tui.commands.sessions import connect, with_session
from tui.desk import notice_history, notice_rules, settings
from tui.desk.ledger import Ledger
from tui.desk.notice_run import Notifier, summary
from tui.desk.notice_watch import Watcher
from tui.desk.notices import Fate, Occasion, Topic
from tui.desk.plain import plain
from tui.trouble import BadInput

if TYPE_CHECKING:
    import argparse

    from tui.desk.ledger_entry import Entry
    from tui.desk.notice_rules import NoticeRules
    from tui.desk.notice_run import Line
    from tui.desk.session import Session


def init() -> int:
    """Write the example."""
    path = settings.places().notices
    if path.exists():
        raise BadInput(f"{path} is there already", advice="It was left as it is.")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(notice_rules.example(), "utf-8")
    line(f"Wrote {path}. Fill in the server and the texts' names, then: keydesk notify --check")
    return Code.OK


def rules_of(session: Session) -> NoticeRules:
    """The rules for a session's connector.

    Raises:
        BadSettings: They cannot be used, or there are none.
    """
    return notice_rules.load(settings.places().notices, session.connector.name)


def once(arguments: argparse.Namespace) -> int:
    """One round."""

    async def work(session: Session) -> tuple[list[Line], Watcher]:
        rules = rules_of(session)
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
    unclear = any(one.delivery is not None and one.delivery.fate is Fate.UNKNOWN for one in lines)
    if unclear:
        return Code.UNKNOWN
    return Code.FAILED if watcher.troubles or any(one.held and one.delivery for one in lines) else Code.OK


def watch(arguments: argparse.Namespace) -> int:
    """Round after round, until a signal."""
    session = connect(arguments)

    async def go() -> None:
        rules = rules_of(session)
        watcher = Watcher(session, rules, Notifier(session, rules, dry=arguments.dry_run, on_line=_say))

        def after(lines: list[Line]) -> None:
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


def history(arguments: argparse.Namespace) -> int:
    """What was sent to whom and when."""
    ledger = Ledger(settings.places().ledger)
    try:
        found = notice_history.history(ledger, text=arguments.history or "", only_open=arguments.unknown)
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
        way, to = notice_history.way_and_address(entry)
        when = f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}"
        about = plain(entry.intent.title.removeprefix("Notice: "))
        outcome = notice_history.outcome_words(entry)
        rows.append(
            (str(entry.seq), when, about, plain(entry.intent.person_login), way, to, outcome, plain(entry.detail))
        )
    columns(("NO.", "WHEN", "ABOUT", "PERSON", "WAY", "TO", "OUTCOME", "DETAIL"), rows)
    return Code.OK


def settle(arguments: argparse.Namespace) -> int:
    """Say what came of a notice that perhaps went out."""
    if arguments.arrived == arguments.lost:
        raise BadInput("Say what came of it", advice="Add --arrived or --lost.")
    ledger = Ledger(settings.places().ledger)
    try:
        entry = ledger.entry(arguments.settle)
        if not entry.intent.notice:
            raise BadInput(f"Entry {entry.seq} is no notice", advice="`keydesk notify --unknown` lists them.")
        notice_history.settle(ledger, entry, arrived=arguments.arrived)
    finally:
        ledger.close()
    line(f"Entry {arguments.settle} is settled.")
    return Code.OK


def check(arguments: argparse.Namespace) -> int:
    """Read the rules and try the ways."""

    async def work(session: Session) -> bool:
        from tui.desk.notice_channels import open_channel  # noqa: PLC0415 - only here

        rules, good = rules_of(session), True
        for way in rules.ways.values():
            channel = await open_channel(way)
            try:
                delivery = await channel.check()
            finally:
                await channel.aclose()
            good = good and delivery.fate is Fate.SENT
            line(f"{'✓' if delivery.fate is Fate.SENT else '✗'} {plain(way.name)} ({way.kind}): {delivery.detail}")
        told = {"Lockouts": rules.lockouts, "Expiring passwords": rules.expiries, "The digest": rules.digest}
        for what, name in told.items():
            line(f"  {what}: {f'by {name}' if name else 'not told'}")
        return good

    return Code.OK if with_session(arguments, work) else Code.FAILED


def preview(arguments: argparse.Namespace) -> int:
    """The texts with a real person's data."""
    from tui.commands.people import the_user  # noqa: PLC0415 - brings the search
    from tui.desk.notice_preview import examples  # noqa: PLC0415

    async def work(session: Session) -> list[str]:
        rules = rules_of(session)
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


def test(arguments: argparse.Namespace) -> int:
    """Send a test by every way that writes to an address, and by the others to wherever they go."""

    async def work(session: Session) -> list[Line]:
        rules = rules_of(session)
        notifier = Notifier(session, rules)
        at = session.now()
        occasion = Occasion(Topic.TEST, f"test/{at.timestamp():.0f}", at)
        try:
            return [await notifier.send(occasion, name, arguments.test) for name in rules.ways]
        finally:
            await notifier.aclose()

    lines = with_session(arguments, work)
    for one in lines:
        line(f"{one.way}: {one.words}")
    return Code.OK if lines and all(one.delivery and one.delivery.fate is Fate.SENT for one in lines) else Code.FAILED


def _say(one: Line) -> None:
    """One line per message, without addresses beyond the login."""
    who = plain(one.occasion.user.login) if one.occasion.user else "the help desk"
    number = f" (entry {one.entry})" if one.entry else ""
    aside(f"{one.occasion.topic.value} {who}{f' by {one.way}' if one.way else ''}: {one.words}{number}")


def _quiet(_: Line) -> None:
    """Say nothing."""


def _json(one: Line) -> dict[str, Any]:
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
    way, to = notice_history.way_and_address(entry)
    return {
        "entry": entry.seq,
        "at": entry.at.isoformat(timespec="seconds"),
        "about": entry.intent.title,
        "login": entry.intent.person_login,
        "way": way,
        "to": to or None,
        "outcome": notice_history.outcome_words(entry),
        "detail": entry.detail,
        "settled": entry.settled or None,
    }
