"""A session at one org: what every feature of the desk goes through, and the people whom it reads."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tui.desk.actions.obstacles import Standing, obstacle
from tui.desk.actions.targets import aim
from tui.desk.attack_signs import AttackSigns
from tui.desk.connectors.capabilities import require_capability
from tui.desk.people.person import Person, read_part
from tui.desk.people.search import Search
from tui.okta.clock import stamp
from tui.okta.policy import Capability, Mode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Mapping
    from pathlib import Path

    from tui.desk.actions.grammar import Action, Obstacle, Target, TargetKind
    from tui.desk.connectors.agent import Agent
    from tui.desk.connectors.connector import Connector
    from tui.desk.ledger.protocol import LedgerStore
    from tui.okta.client import OktaClient
    from tui.okta.log_events import LogEvent
    from tui.trouble import Trouble

EVENTS_SINCE: Final = timedelta(days=30)
EVENTS_MOST: Final = 30


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
        attack_signs: What looks like an attack.
    """

    connector: Connector
    client: OktaClient
    ledger: LedgerStore
    agent: Agent
    region: str = "US"
    denied: dict[str, Trouble] = field(default_factory=dict)
    out_of_reach: dict[str, Trouble] = field(default_factory=dict)
    folder: Path | None = None
    attack_signs: AttackSigns = field(default_factory=AttackSigns)

    def learn(self, denied: Mapping[str, Trouble]) -> None:
        """Take over what a proof of this connector found refused, per endpoint, in the place of what was known."""
        self.denied.clear()
        self.denied.update(denied)

    def require(self, capability: Capability) -> None:
        """Stop where a capability is switched off.

        Raises:
            SwitchedOff: It is.
        """
        require_capability(self.client, capability)

    def search(self, text: str) -> Search:
        """A search for what an agent typed; nothing is asked before it is run.

        Raises:
            SwitchedOff: Looking people up is switched off.
        """
        self.require(Capability.IDENTIFY)
        return Search(self.client, text, region=self.region)

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
        query = {
            "since": stamp(self.now() - EVENTS_SINCE),
            "filter": f'actor.id eq "{user_id}" or target.id eq "{user_id}"',
            "sortOrder": "DESCENDING",
            "limit": str(EVENTS_MOST),
        }
        return await self.client.log_page(query, background=True)

    def standing(self) -> Standing:
        """What the session knows about its own ability to act; looks whether the ledger can be written."""
        mode = self.client.policy.mode
        return Standing(
            self.client.policy,
            self.ledger.writable(),
            self.denied,
            directory_elsewhere=self.connector.portals.directory,
            started_read_only=self.connector.mode is Mode.READ_WRITE and mode is Mode.READ_ONLY,
        )

    def obstacle(self, action: Action, person: Person, targets: tuple[Target, ...] = ()) -> Obstacle | None:
        """What stands in the way of an action on a person and its targets; `None` when nothing does."""
        return obstacle(action, person, self.standing(), targets)

    async def aim(self, action: Action, person: Person, ids: Mapping[TargetKind, str]) -> tuple[Target, ...]:
        """Read what an action is aimed at beside the person.

        Raises:
            OktaError: Something that decides could not be read.
        """
        return await aim(self.client, action, person, ids)

    async def look(self, user_id: str) -> Person:
        """One person with their blocks: enough to say what is possible. As fresh as Okta is."""
        person = await self.person(user_id)
        return replace(person, blocks=await read_part(self.client.blocks_of(user_id)))
