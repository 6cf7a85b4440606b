"""The watcher behind `keydesk notify`: follows the lockouts, scans for expiries once a day, sends what is due."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from tui.desk.expiry.scan import expiry_scan
from tui.desk.files.private import write_private
from tui.desk.lockouts.cases import Cases
from tui.desk.lockouts.feed import KEEP, open_feed
from tui.desk.lockouts.folding import QUIET, Folding
from tui.desk.notices import due
from tui.desk.notices.opt_out import opted_out
from tui.desk.notices.sender import NoticeLine, Skip
from tui.desk.people.password_policies import policy_for
from tui.local_file import read_limited
from tui.okta.errors import NotFound, OktaError
from tui.okta.models import User
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from tui.desk.expiry.scan import ExpiryScan
    from tui.desk.lockouts.case import Case
    from tui.desk.lockouts.feed import Feed
    from tui.desk.notices.notice import Occasion
    from tui.desk.notices.rules import NoticeRules
    from tui.desk.notices.sender import Notifier
    from tui.desk.people.password_policies import Applied
    from tui.desk.session import Session
    from tui.okta.log_events import LogEvent

EVERY: Final = 60.0
"""Seconds between two rounds."""
FRESH: Final = timedelta(minutes=10)
"""How long after a scan its people are taken as it read them; later each one is read again."""
OPT_OUT_FOR: Final = 600.0
"""Seconds for which the members of the opt-out group are taken as read."""


class Watcher:
    """Sends everything that is due for one connector, round by round.

    Args:
        session: The org, the ledger and the clock.
        rules: The rules.
        notifier: The sender.
    """

    def __init__(self, session: Session, rules: NoticeRules, notifier: Notifier) -> None:
        self.session = session
        self.rules = rules
        self.notifier = notifier
        self.troubles: dict[str, Trouble] = {}
        self.scan: ExpiryScan | None = None
        self._cases = Cases()
        self._feed: Feed | None = None
        self._folding: Folding | None = None
        self._opted_out: tuple[float, frozenset[str]] | None = None
        self._memory: dict[str, str] = {}
        self._final: dict[str, Skip] = {}

    async def once(self) -> list[NoticeLine]:
        """Send one round: the new lockouts, the expiries if today's scan is due, the digest if it is due.

        What cannot be read stands in `troubles` by its kind; the rest of the round goes on.

        Raises:
            LedgerError: Nothing can be recorded, so nothing is sent.
            NoSecret: The secret of a way is not where the rules say.
        """
        self.troubles.clear()
        await self._learn_time()
        await self.notifier.round(())  # ways that did not work in the round before are tried again
        opted_out = await self._opted_out_ids()
        if opted_out is None:  # a late notice is better than one to a person who wants none
            return []
        lines: list[NoticeLine] = []
        if self.rules.lockouts or self.rules.digest:
            lines += await self._lockouts(opted_out)
        if self.rules.expiries:
            lines += await self._expiries(opted_out)
        if self.rules.digest:
            lines += await self._digest()
        return lines

    async def watch(self, after: Callable[[list[NoticeLine]], None]) -> None:
        """Send round after round until cancelled; a message under way is finished first.

        Args:
            after: Called with the lines of each round.
        """
        while True:
            after(await self.once())
            await self.session.client.clock.sleep(EVERY)

    async def aclose(self) -> None:
        """Close the connections and the store of the feed."""
        await self.notifier.aclose()
        if self._feed is not None:
            self._feed.store.close()

    async def _learn_time(self) -> None:
        """Ask Okta for a public page before the first round: its clock decides what is due, not this machine's."""
        client = self.session.client
        if client.clock.answered_at is None:
            with suppress(OktaError):  # what follows says why Okta cannot be asked
                await client.well_known()

    # -- lockouts

    async def _lockouts(self, opted_out: frozenset[str]) -> list[NoticeLine]:
        try:
            await self._read_log()
        except Trouble as trouble:
            self.troubles["lockouts"] = trouble
            if not self._cases.all():
                return []
        now = self.session.now()
        lines = []
        for case in due.lockouts(self._cases.all(), self.rules, now) if self.rules.lockouts else ():
            line = await self._lockout(case, opted_out)
            if line is not None:
                lines.append(line)
        return lines

    async def _read_log(self) -> None:
        if self._feed is None or self._folding is None:
            self._feed = open_feed(self.session)
            self._folding = Folding(self._feed.store, self._cases, self.session.now)
            self._feed.begin = self._folding.open
        await self._feed.follow(self._add_events, once=True)
        await self._folding.fold(self.session.now() - QUIET)
        self._cases.forget(self.session.now() - timedelta(seconds=KEEP))
        kept = {case.id for case in self._cases.all()}
        self._final = {case_id: skip for case_id, skip in self._final.items() if case_id in kept}

    def _add_events(self, events: Sequence[LogEvent]) -> None:
        self._cases.add(events)

    async def _lockout(self, case: Case, opted_out: frozenset[str]) -> NoticeLine | None:
        """Send the notice of one lockout. The person is read first, for the address and the policy."""
        probe = due.lockout(case, _user_with_login(case), self.rules, case.began)
        reason = await self.notifier.reason_to_hold(probe, opted_out) or self._final.get(case.id)
        if reason is Skip.ALREADY:
            return None
        if reason is not None:  # nobody is read for a notice that is not sent
            line = NoticeLine(probe, self.rules.lockouts, skip=reason)
            self.notifier.report(line)
            return line
        try:
            user = await self._user(case.user_id)
            policy = await self._policy(user)
        except NotFound:
            return None
        except OktaError as error:
            self.troubles["people"] = error
            return None
        if policy is not None:
            self._cases.policies({user.id: policy})
            case = next((newer for newer in self._cases.all() if newer.id == case.id), case)
        occasion = due.lockout(case, user, self.rules, self.session.now())
        if policy is not None and policy.mails_lockouts and not self.rules.even_if_okta_mails:
            line = NoticeLine(occasion, self.rules.lockouts, skip=Skip.OKTA_MAILS)
            self.notifier.report(line)
        else:
            (line,) = await self.notifier.round([occasion], opted_out=opted_out, fresh=False)
        if line.skip in {Skip.OKTA_MAILS, Skip.NO_ADDRESS}:
            self._final[case.id] = line.skip
        return line

    async def _user(self, user_id: str) -> User:
        return await self.session.client.user(user_id, background=True)

    async def _policy(self, user: User) -> Applied | None:
        """The person's password policy, by which Okta may mail lockouts itself; `None` where it cannot be read."""
        try:
            return await policy_for(self.session.client, user)
        except Trouble as trouble:
            self.troubles["policies"] = trouble
            return None

    # -- expiries

    async def _expiries(self, opted_out: frozenset[str]) -> list[NoticeLine]:
        now = self.session.now()
        if self._done_today("expiries", now) or now.astimezone().hour < self.rules.scan_hour:
            return []
        try:
            if self.scan is None or self.scan.started is None or self.scan.started.date() != now.date():
                self.scan = expiry_scan(self.session, max(self.rules.days, default=0))
            await self.scan.run(lambda _: None)
        except Trouble as trouble:
            self.troubles["expiries"] = trouble
            return []
        now = self.session.now()
        lines = []
        for occasion in due.expiries(self.scan.rows, self.rules, now):
            current = await self._as_of_now(occasion, opted_out)
            if current is not None:
                lines += await self.notifier.round([current], opted_out=opted_out, fresh=False)
        if "people" not in self.troubles and not any(line.held for line in lines) and not self.notifier.dry:
            self._note_done("expiries", now)
        return lines

    async def _as_of_now(self, occasion: Occasion, opted_out: frozenset[str]) -> Occasion | None:
        """An expiry of the scan, with the person read again if the scan is old; `None` if their password changed."""
        user, read_at = occasion.user, self.scan.started if self.scan else None
        if user is None or read_at is None or self.session.now() - read_at <= FRESH:
            return occasion
        if await self.notifier.reason_to_hold(occasion, opted_out) is not None:
            return occasion  # the round says why it is not sent
        try:
            now = await self._user(user.id)
        except NotFound:
            return None
        except OktaError as error:
            self.troubles["people"] = error
            return None
        same = (now.password_changed, now.status) == (user.password_changed, user.status)
        return replace(occasion, user=now) if same else None

    # -- the digest

    async def _digest(self) -> list[NoticeLine]:
        now = self.session.now()
        if now.astimezone().hour < self.rules.digest_hour:
            return []
        since = (now - timedelta(days=1)).timestamp()
        entries = await asyncio.to_thread(self.session.ledger.notices, since=since)
        counts = Counter(entry.outcome.value if entry.outcome else "unknown" for entry in entries)
        missing = [f"{trouble.title}." for trouble in self.troubles.values()]
        occasion = due.digest(now, self._cases.all(), self.scan, counts, missing)
        if await self.notifier.already_sent(occasion) is Skip.ALREADY:
            return []
        return await self.notifier.round([occasion], fresh=False)

    # -- the opt-out group, and what is remembered from day to day

    async def _opted_out_ids(self) -> frozenset[str] | None:
        """The ids of people who want no notices; `None` where they cannot be read, and then nothing is sent."""
        wanted, now = self.rules.opt_out, self.session.client.clock.time()
        if not wanted:
            return frozenset()
        if self._opted_out is not None and 0 <= now - self._opted_out[0] < OPT_OUT_FOR:
            return self._opted_out[1]
        try:
            members = await opted_out(self.session, wanted)
        except Trouble as trouble:
            self.troubles["opt_out"] = trouble
            return None
        self._opted_out = (now, members)
        return members

    @property
    def _file(self) -> Path | None:
        return self.session.folder / "notify.json" if self.session.folder else None

    def _days(self) -> dict[str, str]:
        if self._file is None:
            return self._memory
        try:
            return msgspec.json.decode(read_limited(self._file), type=dict[str, str])
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return {}

    def _done_today(self, what: str, now: datetime) -> bool:
        """Whether a daily task was done today, by the local calendar."""
        return self._days().get(self._slot(what)) == f"{now.astimezone():%Y-%m-%d}"

    def _note_done(self, what: str, now: datetime) -> None:
        """Remember that a daily task was done today. If that is lost, the org is scanned again, nothing more."""
        days = self._days() | {self._slot(what): f"{now.astimezone():%Y-%m-%d}"}
        self._memory = days
        if self._file is not None:
            with suppress(Trouble, OSError):
                write_private(self._file, msgspec.json.encode(days).decode())

    def _slot(self, what: str) -> str:
        return f"{self.session.connector.org.host} {what}"


def _user_with_login(case: Case) -> User:
    return User(id=case.user_id, profile={"login": case.login})
