"""The watcher behind `keydesk notify`: hears the lockouts, scans for expiries once a day, and sends what is due."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tui.desk import notice_due as due
from tui.desk.cases import Cases
from tui.desk.expiry_scan import expiry_scan
from tui.desk.feed import KEEP, open_feed
from tui.desk.notice_run import Line, Skip
from tui.desk.password_policies import applied_to
from tui.desk.plain import plain
from tui.desk.secrets_file import write_private
from tui.okta import endpoints as ep
from tui.okta.errors import NotFound, OktaError
from tui.okta.models import Group, User
from tui.okta.scim import eq
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from tui.desk.case import Case
    from tui.desk.expiry_scan import ExpiryScan
    from tui.desk.feed import Feed
    from tui.desk.notice_rules import NoticeRules
    from tui.desk.notice_run import Notifier
    from tui.desk.notices import Occasion
    from tui.desk.password_policies import Applied
    from tui.desk.session import Session
    from tui.okta.log_events import LogEvent

EVERY: Final = 60.0
"""Seconds between two rounds of the watcher."""
FRESH: Final = timedelta(minutes=10)
"""So long after the scan its people are taken as they were read."""
OPT_OUT_FOR: Final = 600.0
"""Seconds for which the members of the group that wants no notices are taken as read."""


class Watcher:
    """Everything that is due for one connector, round by round.

    Args:
        session: Whose org.
        rules: The rules.
        notifier: What sends.
    """

    def __init__(self, session: Session, rules: NoticeRules, notifier: Notifier) -> None:
        self.session = session
        self.rules = rules
        self.notifier = notifier
        self.troubles: dict[str, Trouble] = {}
        self.scan: ExpiryScan | None = None
        self._cases = Cases()
        self._feed: Feed | None = None
        self._opted_out: tuple[float, frozenset[str]] | None = None
        self._memory: dict[str, str] = {}
        self._final: dict[str, Skip] = {}

    async def once(self) -> list[Line]:
        """One round: what the log has now, the scan if it is due today, the digest if it is due.

        What cannot be read is kept in `troubles`, by what it is; the rest goes on.

        Raises:
            LedgerError: Nothing can be recorded, so nothing is sent.
            NoSecret: A way's secret is not where the rules say.
        """
        self.troubles.clear()
        await self.notifier.round(())  # what did not work in the round before is tried again
        opted_out = await self._members()
        if opted_out is None:  # better late than to somebody who wants none
            return []
        lines: list[Line] = []
        if self.rules.lockouts or self.rules.digest:
            lines += await self._lockouts(opted_out)
        if self.rules.expiries:
            lines += await self._expiries(opted_out)
        if self.rules.digest:
            lines += await self._digest()
        return lines

    async def watch(self, after: Callable[[list[Line]], None]) -> None:
        """Round after round until cancelled, which loses nothing between two messages.

        Args:
            after: Called with each round's lines.
        """
        while True:
            after(await self.once())
            await self.session.client.clock.sleep(EVERY)

    async def aclose(self) -> None:
        """Let go of everything."""
        await self.notifier.aclose()
        if self._feed is not None:
            self._feed.store.close()

    # -- lockouts

    async def _lockouts(self, opted_out: frozenset[str]) -> list[Line]:
        try:
            await self._hear()
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

    async def _hear(self) -> None:
        self._feed = self._feed or open_feed(self.session)
        await self._feed.follow(self._heard, once=True)
        self._cases.forget(self.session.now() - timedelta(seconds=KEEP))
        kept = {case.id for case in self._cases.all()}
        self._final = {case_id: skip for case_id, skip in self._final.items() if case_id in kept}

    def _heard(self, events: Sequence[LogEvent]) -> None:
        self._cases.add(events)

    async def _lockout(self, case: Case, opted_out: frozenset[str]) -> Line | None:
        """Tell one lockout; the person is read first, for the address and the policy."""
        probe = due.lockout(case, _stub(case), self.rules, case.began)
        held = await self.notifier.held(probe, opted_out) or self._final.get(case.id)
        if held is Skip.ALREADY:
            return None
        if held is not None:  # nobody is read for what is not sent
            line = Line(probe, self.rules.lockouts, skip=held)
            self.notifier.tell(line)
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
            case = next((one for one in self._cases.all() if one.id == case.id), case)
        occasion = due.lockout(case, user, self.rules, self.session.now())
        if policy is not None and policy.mails_lockouts and not self.rules.even_if_okta_mails:
            line = Line(occasion, self.rules.lockouts, skip=Skip.OKTA_MAILS)
            self.notifier.tell(line)
        else:
            (line,) = await self.notifier.round([occasion], opted_out=opted_out, fresh=False)
        if line.skip in {Skip.OKTA_MAILS, Skip.NO_ADDRESS}:
            self._final[case.id] = line.skip
        return line

    async def _user(self, user_id: str) -> User:
        return await self.session.client.user(user_id, background=True)

    async def _policy(self, user: User) -> Applied | None:
        """The policy that applies, for whether Okta mails lockouts itself; `None` where it cannot be read."""
        try:
            return await applied_to(self.session.client, user)
        except Trouble as trouble:
            self.troubles["policies"] = trouble
            return None

    # -- expiries

    async def _expiries(self, opted_out: frozenset[str]) -> list[Line]:
        now = self.session.now()
        if self._done("expiries", now) or now.astimezone().hour < self.rules.scan_hour:
            return []
        try:
            if self.scan is None or self.scan.started is None or self.scan.started.date() != now.date():
                self.scan = expiry_scan(self.session, max(self.rules.days, default=0))
            await self.scan.run(lambda _: None)
        except Trouble as trouble:
            self.troubles["expiries"] = trouble
            return []
        lines = []
        for occasion in due.expiries(self.scan.rows, self.rules, now):
            true = await self._still_true(occasion, opted_out)
            if true is not None:
                lines += await self.notifier.round([true], opted_out=opted_out, fresh=False)
        if "people" not in self.troubles and not any(line.held for line in lines) and not self.notifier.dry:
            self._note("expiries", now)
        return lines

    async def _still_true(self, occasion: Occasion, opted_out: frozenset[str]) -> Occasion | None:
        """An expiry as the scan saw it, read anew where that was a while ago; `None` where it is not so any more."""
        user, read_at = occasion.user, self.scan.started if self.scan else None
        if user is None or read_at is None or self.session.now() - read_at <= FRESH:
            return occasion
        if await self.notifier.held(occasion, opted_out) is not None:
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

    async def _digest(self) -> list[Line]:
        now = self.session.now()
        if now.astimezone().hour < self.rules.digest_hour:
            return []
        since = (now - timedelta(days=1)).timestamp()
        found = await asyncio.to_thread(self.session.ledger.notices, since=since)
        counts = Counter(entry.outcome.value if entry.outcome else "unknown" for entry in found)
        missing = [f"{trouble.title}." for trouble in self.troubles.values()]
        occasion = due.digest(now, self._cases.all(), self.scan, counts, missing)
        if await self.notifier.known(occasion) is Skip.ALREADY:
            return []
        return await self.notifier.round([occasion], fresh=False)

    # -- what is kept

    async def _members(self) -> frozenset[str] | None:
        """Who wants no notices; `None` where that cannot be read, and then nothing is sent."""
        wanted, now = self.rules.opt_out, self.session.client.clock.time()
        if not wanted:
            return frozenset()
        if self._opted_out is not None and 0 <= now - self._opted_out[0] < OPT_OUT_FOR:
            return self._opted_out[1]
        try:
            found = await self._read_members(wanted)
        except Trouble as trouble:
            self.troubles["opt_out"] = trouble
            return None
        self._opted_out = (now, found)
        return found

    async def _read_members(self, wanted: str) -> frozenset[str]:
        client = self.session.client
        by = eq("id", wanted) if wanted.startswith("00g") else eq("profile.name", wanted)
        groups = await client.all(ep.GROUPS, Group, None, {"search": by, "limit": "2"}, background=True)
        if len(groups) != 1:
            raise Trouble(
                f"The group {plain(wanted, limit=60)} for opting out was not found",
                advice="Correct opt_out in notices.toml; until then nothing is sent.",
            )
        members: set[str] = set()
        pages = client.pages(ep.GROUP_USERS, User, {"group": groups[0].id}, {"limit": "200"}, background=True)
        async for page in pages:
            members.update(user.id for user in page.items)
        return frozenset(members)

    @property
    def _file(self) -> Path | None:
        return self.session.folder / "notify.json" if self.session.folder else None

    def _days(self) -> dict[str, str]:
        if self._file is None:
            return self._memory
        try:
            data = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return data if isinstance(data, dict) else {}

    def _done(self, what: str, now: datetime) -> bool:
        """Whether it was done today, by the local calendar."""
        return self._days().get(self._slot(what)) == f"{now.astimezone():%Y-%m-%d}"

    def _note(self, what: str, now: datetime) -> None:
        """Note that it was done today. Losing this costs a scan, and tells nobody twice."""
        days = self._days() | {self._slot(what): f"{now.astimezone():%Y-%m-%d}"}
        self._memory = days
        if self._file is not None:
            with suppress(Trouble, OSError):
                write_private(self._file, json.dumps(days))

    def _slot(self, what: str) -> str:
        return f"{self.session.connector.org.host} {what}"


def _stub(case: Case) -> User:
    return User(id=case.user_id, profile={"login": case.login})
