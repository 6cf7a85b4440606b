"""A session at one org: search, load, and perform what was confirmed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tui.desk import lockouts as lockout_list
from tui.desk.aim import aim
from tui.desk.instructions import by_hand
from tui.desk.obstacles import Cause, Standing, obstacle
from tui.desk.performing import Performing, settle
from tui.desk.person import Person, read_part
from tui.desk.search import Search
from tui.desk.self_service import UNKNOWN, self_service
from tui.desk.suspicion import Suspicion
from tui.desk.switched import require
from tui.okta.clock import stamp
from tui.okta.policy import Capability, Mode
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from pathlib import Path

    from tui.desk.actions import Action, Kind, Plan, Target
    from tui.desk.agent import Agent
    from tui.desk.connector import Connector
    from tui.desk.expiry_scan import ExpiryScan
    from tui.desk.feed import Feed
    from tui.desk.instructions import Instructions
    from tui.desk.ledger import Entry, LedgerStore
    from tui.desk.obstacles import Obstacle
    from tui.desk.performed import Performed, Progress
    from tui.desk.proof import Proof
    from tui.desk.self_service import SelfService
    from tui.okta.client import OktaClient
    from tui.okta.log_events import LogEvent

EVENTS_SINCE: Final = timedelta(days=30)
EVENTS_MOST: Final = 30


class IsNotice(Trouble):
    """An entry is a notice to an employee: no look at Okta tells whether it arrived."""

    title = "This entry is a notice"
    advice = "F8 lists the notices: y says there that it arrived, n that it did not."


class OtherOrg(Trouble):
    """An entry cannot be settled from here: the same id in another org would be somebody else, or nobody."""

    title = "This entry belongs to another org"


def _no_progress(_: Progress) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Session:
    """Everything that an agent's work at one org goes through.

    Attributes:
        connector: Which org, and as what.
        client: The connection.
        ledger: What was intended and what came of it.
        agent: Who is at the desk.
        region: How phone numbers without a country code are read.
        denied: Per endpoint, what the last proof found refused or Okta has refused since; it is grey from then on.
        out_of_reach: Groups and apps for which Okta has refused a change for want of a role, by id; shown, no obstacle.
        folder: Where what was heard of the System Log and unfinished scans are kept; `None` keeps them in memory.
        suspicion: What looks like an attack.
    """

    connector: Connector
    client: OktaClient
    ledger: LedgerStore
    agent: Agent
    region: str = "US"
    denied: dict[str, Trouble] = field(default_factory=dict)
    out_of_reach: dict[str, Trouble] = field(default_factory=dict)
    folder: Path | None = None
    suspicion: Suspicion = field(default_factory=Suspicion)

    def learn(self, proof: Proof) -> None:
        """Take over what a proof of this connector found: what it found refused is grey, what it did not is not."""
        self.denied.clear()
        when = datetime.fromtimestamp(proof.at, UTC).astimezone().strftime("%d %b %H:%M")
        for endpoint, title, advice in proof.denied:
            self.denied[endpoint] = Trouble(title, advice=f"{advice} Found on {when}; `keydesk check` asks again.")

    def require(self, capability: Capability) -> None:
        """Stop where a capability is switched off.

        Raises:
            SwitchedOff: It is.
        """
        require(self.client, capability)

    def search(self, text: str) -> Search:
        """A search for what an agent typed; nothing is asked before it is run.

        Raises:
            SwitchedOff: Looking people up is switched off.
        """
        self.require(Capability.IDENTIFY)
        return Search(self.client, text, region=self.region)

    def lockouts(self, *, background: bool = False) -> AsyncIterator[lockout_list.Lockouts]:
        """Who is locked or blocked now.

        Raises:
            SwitchedOff: The lockouts are switched off.
        """
        self.require(Capability.LOCKOUTS)
        return lockout_list.lockouts(self.client, background=background)

    def feed(self, *, every: float = 15.0) -> Feed:
        """The lockout events of this org, to be followed; whoever takes it closes its store.

        Raises:
            SwitchedOff: The lockouts are switched off.
        """
        from tui.desk.feed import Feed  # noqa: PLC0415 - brings SQLite
        from tui.desk.feed_store import FeedStore  # noqa: PLC0415 - as above

        self.require(Capability.LOCKOUTS)
        path = self.folder / "feed.sqlite3" if self.folder else None
        return Feed(self.client, FeedStore(path, self.client.policy.origin), every=every)

    def expiry_scan(self, days: int = 14) -> ExpiryScan:
        """A scan of the whole org's password expiry; nothing is asked before it is run.

        Raises:
            SwitchedOff: Password expiry is switched off.
        """
        from tui.desk.expiry_scan import ExpiryScan  # noqa: PLC0415 - rarely needed

        self.require(Capability.EXPIRY)
        return ExpiryScan(self.client, days)

    def now(self) -> datetime:
        """The local time, aware."""
        return datetime.fromtimestamp(self.client.clock.time(), UTC)

    async def person(self, key: str) -> Person:
        """One person by id or login, fresh, without the parts.

        Raises:
            OktaError: As the read.
        """
        return Person(await self.client.user(key), self.client.clock.time())

    async def load(self, key: str) -> AsyncIterator[Person]:
        """One person with all parts; yields a newer value as each part arrives. A part that fails says so in place.

        Raises:
            OktaError: The person itself could not be read.
        """
        person = await self.person(key)
        yield person
        client, user_id = self.client, person.user.id
        parts: dict[str, Awaitable[Any]] = {
            "blocks": client.blocks_of(user_id),
            "groups": client.groups_of(user_id),
            "apps": client.app_links_of(user_id),
            "factors": client.factors_of(user_id),
            "events": self._events(user_id),
        }
        names = {asyncio.ensure_future(read_part(part)): name for name, part in parts.items()}
        waiting = set(names)
        try:
            while waiting:
                ready, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in ready:
                    person = person.having(names[task], task.result())
                yield person
        finally:
            for task in waiting:
                task.cancel()

    async def _events(self, user_id: str) -> tuple[LogEvent, ...]:
        self.require(Capability.LOCKOUTS)  # its scope is not asked for either
        query = {
            "since": stamp(self.now() - EVENTS_SINCE),
            "filter": f'actor.id eq "{user_id}" or target.id eq "{user_id}"',
            "sortOrder": "DESCENDING",
            "limit": str(EVENTS_MOST),
        }
        return await self.client.log_page(query, background=True)

    def obstacle(self, action: Action, person: Person, targets: tuple[Target, ...] = ()) -> Obstacle | None:
        """What stands in the way of an action on a person and its targets; `None` when nothing does."""
        elsewhere = self.connector.portals.directory
        standing = Standing(self.client.policy, self.ledger.writable(), self.denied, directory_elsewhere=elsewhere)
        return obstacle(action, person, standing, targets)

    async def aim(self, action: Action, person: Person, ids: Mapping[Kind, str]) -> tuple[Target, ...]:
        """Read what an action is aimed at beside the person.

        Raises:
            OktaError: Something that decides could not be read.
        """
        return await aim(self.client, action, person, ids)

    def by_hand(
        self,
        action: Action,
        person: Person,
        targets: tuple[Target, ...] = (),
        helping: SelfService = UNKNOWN,
    ) -> Instructions:
        """What the agent does instead, for that very person."""
        connector = self.connector
        found = self.obstacle(action, person, targets)
        return by_hand(
            action,
            person,
            connector.org,
            found,
            portals=connector.portals,
            targets=targets,
            denied=self.denied.get(action.endpoint.id) if found and found.cause is Cause.PERMISSION else None,
            flag=connector.mode is Mode.READ_WRITE and self.client.policy.mode is Mode.READ_ONLY,
            helping=helping,
        )

    async def self_service(self, person: Person) -> SelfService:
        """Whether a person may reset or unlock without the help desk; what cannot be read is not known."""
        return await self_service(self.client, person)

    async def perform(
        self,
        plan: Plan,
        *,
        reason: str = "",
        ticket: str = "",
        progress: Callable[[Progress], None] = _no_progress,
    ) -> Performed:
        """Carry out what was confirmed: read, ask again, record, send, record the outcome, read.

        Cancelling it after the record does not take back what was sent: the outcome is then recorded as unknown.

        Raises:
            Obstructed: It is not possible any more; nothing was recorded or sent.
            OktaError: The person could not be read beforehand; nothing was recorded or sent.
            LedgerError: The intent could not be recorded; nothing was sent.
        """
        return await Performing(self, plan, progress).run(reason, ticket)

    def is_of_this_org(self, entry: Entry) -> bool:
        """Whether a ledger entry is about somebody here; the same id in another org would be somebody else."""
        return self.connector.leads_to(entry.intent.org, entry.intent.connector)

    async def settle(self, entry: Entry) -> str:
        """Look at the person of an entry without a known outcome, and record what was seen.

        Returns:
            What was seen, in words.

        Raises:
            BlocksUnread: Only the blocks could tell, and they cannot be read; the entry stays open.
            IsNotice: The entry is a notice; it stays open.
            OtherOrg: The entry is about somebody in another org; it stays open.
            OktaError: The person could not be read; the entry stays open.
            LedgerError: It could not be recorded.
        """
        if entry.intent.notice:
            raise IsNotice
        if not self.is_of_this_org(entry):
            raise OtherOrg(advice=f"Connect to {entry.intent.org} to settle it.")
        return await settle(self, entry)

    async def look(self, user_id: str) -> Person:
        """One person with their blocks: enough to say what is possible. As fresh as Okta is."""
        person = await self.person(user_id)
        return replace(person, blocks=await read_part(self.client.blocks_of(user_id)))
