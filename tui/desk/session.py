"""A session at one org: the connector, the client, the ledger and the agent that every feature of the desk uses."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from tui.desk.actions.obstacles import Standing, obstacle
from tui.desk.actions.targets import read_targets
from tui.desk.attack_signs import AttackSigns
from tui.desk.people.admins import Admins
from tui.desk.people.badges import Badges
from tui.desk.people.blocked import Blocked
from tui.desk.people.own_changes import OwnChanges
from tui.desk.people.password_policies import policy_for
from tui.desk.people.person import Person, read_part
from tui.desk.people.search import Search
from tui.okta.clock import stamp
from tui.okta.policy import Capability, Mode, SoftwareBy, SwitchedOff

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from pathlib import Path

    from tui.desk.actions.grammar import Action, Obstacle, Target, TargetKind
    from tui.desk.connectors.agent import Agent
    from tui.desk.connectors.connector import Connector
    from tui.desk.ledger.protocol import LedgerStore
    from tui.desk.people.password_policies import Applied
    from tui.okta.client import OktaClient
    from tui.okta.log_events import LogEvent
    from tui.okta.models import User
    from tui.trouble import Trouble

EVENTS_SINCE: Final = timedelta(days=30)
EVENTS_MOST: Final = 30


@dataclass(frozen=True)
class Session:
    """Everything that an agent needs for the work at one org.

    Attributes:
        connector: The org, how keydesk signs in to it, and what it may do there.
        client: The client that sends the requests.
        ledger: The store of all intents and their outcomes.
        agent: The agent at the desk.
        region: The two-letter region whose phone numbers are meant where no country code is given.
        ticket_text: The template of the text that is copied for a ticket; empty for keydesk's own.
        denied: Okta's refusals by endpoint id, from the last proof and from this session; they obstruct actions.
        out_of_reach: Okta's refusals by the id of the group or app, where keydesk's role does not reach it. The screen
            shows them; they obstruct nothing.
        refused: Okta's refusals for want of a role by endpoint id and person's id, where a change was refused for one
            person: only a super admin may act on a super admin, and a role may cover some people only.
        folder: The folder for events of the System Log and for unfinished scans; `None` keeps both in memory.
        admins: Who has an admin role of Okta's.
        blocked: Who is blocked by device, as far as anything in this session has read it.
        own_changes: What was changed in this session, for the cards until the System Log shows it.
        seen: The people whose cards were read in this session by their id, the newest last.
        attack_signs: The addresses and people that look like an attack now.
    """

    connector: Connector
    client: OktaClient
    ledger: LedgerStore
    agent: Agent
    region: str = "US"
    ticket_text: str = ""
    denied: dict[str, Trouble] = field(default_factory=dict)
    out_of_reach: dict[str, Trouble] = field(default_factory=dict)
    refused: dict[tuple[str, str], Trouble] = field(default_factory=dict)
    folder: Path | None = None
    admins: Admins = field(default_factory=Admins)
    blocked: Blocked = field(default_factory=Blocked)
    own_changes: OwnChanges = field(default_factory=OwnChanges)
    seen: dict[str, User] = field(default_factory=dict)
    attack_signs: AttackSigns = field(default_factory=AttackSigns)

    def replace_denied(self, denied: Mapping[str, Trouble]) -> None:
        """Replace the known refusals by those that a proof of this connector found, by endpoint id."""
        self.denied.clear()
        self.refused.clear()
        self.admins.forget()
        self.denied.update(denied)

    @property
    def remembered_as(self) -> tuple[str, str]:
        """Under which names things of this session are remembered: the connector's, and the org's origin.

        The demo org has another address each time, and so none here.
        """
        return self.connector.name, "" if self.connector.made_up else self.connector.org.origin

    @property
    def writes(self) -> bool:
        """Whether changes are possible in this session."""
        return self.client.policy.mode is Mode.READ_WRITE

    def require(self, capability: Capability) -> None:
        """Check that a capability is switched on, before any request for it is sent.

        The guard refuses the requests in any case, but it can only name all the capabilities that allow a call, and
        looking people up takes a call that all seven allow. A feature knows which one it is.

        Raises:
            SwitchedOff: The capability is switched off for this connector.
        """
        if capability not in self.client.policy.capabilities:
            raise SwitchedOff(capability)

    @property
    def by_groups_only(self) -> bool:
        """Whether this connector gives software by groups only, so that nothing about apps may be asked."""
        return self.client.policy.software_by is SoftwareBy.GROUPS

    @property
    def badges(self) -> Badges:
        """What stands beside the names in every list, by what is known now."""
        return Badges(self.admins, self.blocked)

    def search(self, text: str) -> Search:
        """Return a search for what an agent typed; it sends nothing before it is run.

        Raises:
            SwitchedOff: Looking people up is switched off.
        """
        self.require(Capability.IDENTIFY)
        return Search(self.client, text, region=self.region)

    def now(self) -> datetime:
        """Return the time in UTC by Okta's clock, as far as an answer has told it, else by the local one."""
        return datetime.fromtimestamp(self.client.clock.time(), UTC)

    async def person(self, key: str) -> Person:
        """Read one person by id or login, fresh from Okta, without the parts of the card.

        Raises:
            OktaError: The person could not be read.
        """
        return Person(await self.client.user(key), self.client.clock.time())

    async def load(self, key: str) -> AsyncIterator[Person]:
        """Read one person and all parts of the card; yield a newer value as each part arrives.

        A part that cannot be read carries its trouble and stops nothing.

        Raises:
            OktaError: The person could not be read.
        """
        person = await self.person(key)
        self.seen.pop(person.user.id, None)
        self.seen[person.user.id] = person.user
        yield person
        client, user_id = self.client, person.user.id
        parts: dict[str, Callable[[str], Awaitable[Any]]] = {
            "blocks": client.blocks_of,
            "groups": client.groups_of,
            "apps": client.app_links_of,
            "factors": client.factors_of,
            "events": self._events,
            "admin": partial(self.admins.role_of, client),
        }
        names = {asyncio.ensure_future(read_part(part, user_id)): name for name, part in parts.items()}
        waiting = set(names)
        try:
            while waiting:
                ready, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in ready:
                    person = person.with_part(names[task], task.result())
                    self.blocked.note_person(person)
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
        """Return what decides whether the session can act; this checks whether the ledger can be written."""
        mode = self.client.policy.mode
        return Standing(
            self.client.policy,
            self.ledger.writable(),
            self.denied,
            directory_elsewhere=self.connector.portals.directory,
            started_read_only=self.connector.mode is Mode.READ_WRITE and mode is Mode.READ_ONLY,
        )

    def obstacle(self, action: Action, person: Person, targets: tuple[Target, ...] = ()) -> Obstacle | None:
        """Return what stands in the way of an action on a person and its targets; `None` when nothing does."""
        standing = self.standing()
        if refusal := self.refused.get((action.endpoint.id, person.user.id)):
            standing = replace(standing, denied={action.endpoint.id: refusal, **self.denied})
        return obstacle(action, person, standing, targets)

    async def read_targets(self, action: Action, person: Person, ids: Mapping[TargetKind, str]) -> tuple[Target, ...]:
        """Read what an action is aimed at beside the person, by Okta's ids.

        Raises:
            OktaError: Something that decides on the action could not be read.
        """
        return await read_targets(self.client, action, person, ids)

    async def with_policy(self, action: Action, person: Person) -> Person:
        """Return the person with their password policy read, where a note on the action needs it; raises nothing."""
        if not action.needs_policy(person):
            return person

        async def read() -> tuple[Applied, ...]:
            policy = await policy_for(self.client, person.user)
            return () if policy is None else (policy,)

        return person.with_part("policy", await read_part(read))

    async def person_with_blocks(self, user_id: str) -> Person:
        """Read one person and their device blocks, fresh from Okta: enough to decide which actions are possible.

        Raises:
            OktaError: The person could not be read.
        """
        person = await self.person(user_id)
        person = replace(person, blocks=await read_part(self.client.blocks_of, user_id))
        self.blocked.note_person(person)
        return person
