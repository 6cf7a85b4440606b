"""A session at one org: the connector, the client, the ledger and the agent that every feature of the desk uses."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from tui.desk.attack_signs import AttackSigns
from tui.desk.ledger.team_rules import TeamRules
from tui.desk.people.admins import Admins
from tui.desk.people.badges import Badges
from tui.desk.people.blocked import Blocked
from tui.desk.people.own_changes import OwnChanges
from tui.desk.people.parts import SHARED_FOR, PersonParts
from tui.desk.people.person import Part, Person, read_part
from tui.desk.people.search import Search
from tui.okta import endpoints as ep
from tui.okta.clock import stamp
from tui.okta.errors import FeatureOff, MissingRole, MissingScope
from tui.okta.policy import USUAL, Capability, Mode, SoftwareBy, SwitchedOff
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
    from pathlib import Path

    from tui.desk.actions.grammar import Action, Obstacle, Target, TargetKind
    from tui.desk.actions.obstacles import Standing
    from tui.desk.connectors.agent import Agent
    from tui.desk.connectors.connector import Connector
    from tui.desk.ledger.protocol import LedgerStore
    from tui.desk.people.password_policies import Applied
    from tui.desk.rules.rules import DeskRules
    from tui.okta.client import OktaClient
    from tui.okta.log_events import LogEvent
    from tui.okta.models import AppLink, Block, Device, Factor, Group, User, UserRisk

T = TypeVar("T")
EVENTS_SINCE: Final = timedelta(days=30)
EVENTS_MOST: Final = 30
WEEK_PART: Final = "week"
"""The name of the part that holds a week of the person's events, which a verdict reads where the card's are too few."""
TOGETHER: Final = 0.03
"""Seconds in which the parts of a card that arrive are shown together: each drawing of it costs time and bytes."""
_CHANGES: Final = {
    Capability.MFA: ("factors",),
    Capability.PROVISIONING: ("groups", "apps"),
    Capability.DEVICES: ("devices", "factors"),
}
"""The parts that a capability's actions change, beside the person's state and the log."""


class Session(Struct, frozen=True, dict=True):
    """Everything that an agent needs for the work at one org.

    Attributes:
        connector: The org, how keydesk signs in to it, and what it may do there.
        client: The client that sends the requests.
        ledger: The store of all intents and their outcomes.
        agent: The agent at the desk.
        region: The two-letter region whose phone numbers are meant where no country code is given.
        ticket_text: The template of the text that is copied for a ticket; empty for keydesk's own.
        denied: Okta's refusals by endpoint id, from the last proof and from this session; they obstruct actions.
        out_of_reach: Okta's refusals by the id of a group or app that keydesk's role does not reach; no obstacles.
        refused: Okta's refusals for want of a role by endpoint id and person's id, where a change was refused for one
            person: only a super admin may act on a super admin, and a role may cover some people only.
        folder: The folder for events of the System Log and for unfinished scans; `None` keeps both in memory.
        admins: Who has an admin role of Okta's.
        blocked: Who is blocked by device, as far as anything in this session has read it.
        own_changes: What was changed in this session, for the cards until the System Log shows it.
        seen: The people whose cards were read in this session by their id, the newest last.
        attack_signs: The addresses and people that look like an attack now.
        team_rules: The rules that the team's record holds, as they were read last.
        parts: What was read of people a moment ago, for all screens.
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
    team_rules: TeamRules = field(default_factory=TeamRules)
    parts: PersonParts = field(default_factory=PersonParts)

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

    @property
    def ruled(self) -> bool:
        """Whether the desk has rules about what may be done for whom."""
        return self.connector.rules is not None

    @property
    def rules(self) -> DeskRules | None:
        """The desk's rules as last read, for what is shown: its team's, else the connector's; `None` for none."""
        return self.connector.rules and self.team_rules.in_force(self.connector.rules)

    @property
    def verifies(self) -> bool:
        """Whether this session may ask a caller's phone or app."""
        policy = self.client.policy
        return policy.mode is not Mode.READ_ONLY and Capability.VERIFICATION in policy.capabilities

    def require(self, capability: Capability) -> None:
        """Check that a capability is switched on, before any request for it is sent.

        The guard refuses the requests in any case, but it can only name all the capabilities that allow a call, and
        looking people up takes a call that each of them allows. A feature knows which one it is.

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
        return Search(self.client, text, region=self.region, on_read=self._note_read)

    def _note_read(self, user: User, began: float) -> None:
        """Keep a person whom a search has read by their login, so that their card need not ask for them again."""
        self.parts.put(user.id, "user", Person(user, self.client.clock.time()), began=began)

    def now(self) -> datetime:
        """Return the time in UTC by Okta's clock, as far as an answer has told it, else by the local one."""
        return datetime.fromtimestamp(self.client.clock.time(), UTC)

    async def read_shared(
        self, part: str, user_id: str, read: Callable[[], Awaitable[T]], *, younger: float = SHARED_FOR
    ) -> T:
        """Return a part of a person, which another screen may have read a moment ago.

        Args:
            part: The part's name.
            user_id: Okta's id of the person.
            read: What reads it from Okta.
            younger: The most seconds since that read; 0 reads in any case.

        Raises:
            Trouble: What `read` raises.
        """
        return await self.parts.read(user_id, part, read, now=self.client.clock.monotonic(), younger=younger)

    async def groups_of(self, user_id: str, *, younger: float = SHARED_FOR) -> tuple[Group, ...]:
        """Return a person's groups, read at most so many seconds ago.

        Raises:
            OktaError: They could not be read.
        """
        return await self.read_shared("groups", user_id, partial(self.client.groups_of, user_id), younger=younger)

    async def factors_of(self, user_id: str, *, younger: float = SHARED_FOR) -> tuple[Factor, ...]:
        """Return a person's factors, read at most so many seconds ago.

        Raises:
            OktaError: They could not be read.
        """
        return await self.read_shared("factors", user_id, partial(self.client.factors_of, user_id), younger=younger)

    async def devices_of(self, user_id: str, *, younger: float = SHARED_FOR) -> tuple[Device, ...]:
        """Return a person's devices, read at most so many seconds ago.

        Raises:
            OktaError: They could not be read.
        """
        return await self.read_shared("devices", user_id, partial(self.client.devices_of, user_id), younger=younger)

    async def risk_of(self, user_id: str, *, younger: float = SHARED_FOR) -> UserRisk:
        """Return how risky Okta holds a person, read at most so many seconds ago. A refusal is not asked for twice.

        Raises:
            OktaError: It could not be read.
        """
        if known := self.denied.get(ep.USER_RISK.id):
            raise known
        try:
            return await self.read_shared("risk", user_id, partial(self.client.risk_of, user_id), younger=younger)
        except (FeatureOff, MissingScope, MissingRole) as refusal:
            self.denied[ep.USER_RISK.id] = refusal
            raise

    async def app_links_of(self, user_id: str, *, younger: float = SHARED_FOR) -> tuple[AppLink, ...]:
        """Return the apps of a person's dashboard, read at most so many seconds ago.

        Raises:
            OktaError: They could not be read.
        """
        return await self.read_shared("apps", user_id, partial(self.client.app_links_of, user_id), younger=younger)

    async def events_of(self, user_id: str, *, younger: float = SHARED_FOR) -> tuple[LogEvent, ...]:
        """Return the newest `EVENTS_MOST` events about a person of the last 30 days, read at most so many seconds ago.

        Raises:
            OktaError: The System Log could not be read.
        """
        return await self.read_shared("events", user_id, partial(self._events, user_id), younger=younger)

    async def person(self, key: str, *, younger: float = 0.0) -> Person:
        """Read one person by id or login, without the parts of the card.

        Args:
            key: Okta's id, or a login.
            younger: The most seconds since a screen has read the person by their id; 0 reads fresh from Okta.

        Raises:
            OktaError: The person could not be read.
        """

        async def read() -> Person:
            return Person(await self.client.user(key), self.client.clock.time())

        return await self.read_shared("user", key, read, younger=younger)

    async def load(self, user_id: str, *, younger: float = 0.0) -> AsyncIterator[Person]:
        """Read one person and the parts of the card; yield a newer value as parts arrive.

        A part that cannot be read carries its trouble and stops nothing. All is asked at once, with what a verdict and
        a change need that is asked once a session; the apps, which nothing waits for, once something else has arrived.
        What arrives in one moment is yielded together, but for the device blocks, for which the keys wait.

        Args:
            user_id: Okta's id of the person.
            younger: The most seconds since a part was read in this session; 0 reads all fresh from Okta.

        Raises:
            OktaError: The person could not be read.
        """
        waits = self._card(user_id, younger)
        reading = {asyncio.ensure_future(part): name for name, part in waits.items()}
        reading[asyncio.ensure_future(read_part(self.admins.role_of, self.client, user_id))] = "admin"
        beside = [asyncio.ensure_future(read_part(read)) for read in self._asked_once()]
        apps_asked = False
        try:
            person = await self.person(user_id, younger=younger)
            self.seen.pop(user_id, None)
            self.seen[user_id] = person.user
            yield person
            while reading:
                for task in await _next_done(reading, alone="blocks"):
                    person = person.with_part(reading.pop(task), task.result())
                    self.blocked.note_person(person)
                yield person
                if not apps_asked and set(waits) - set(reading.values()):
                    apps_asked = True
                    reading[asyncio.ensure_future(read_part(self.app_links_of, user_id, younger=younger))] = "apps"
            await asyncio.gather(*beside)
        finally:
            for task in (*reading, *beside):
                task.cancel()

    def _card(self, user_id: str, younger: float) -> dict[str, Coroutine[Any, Any, Part[Any]]]:
        """Return what reads the parts of a card that something waits for, by their names."""
        parts: dict[str, Coroutine[Any, Any, Part[Any]]] = {
            "blocks": self._blocks(user_id, younger),
            "groups": read_part(self.groups_of, user_id, younger=younger),
            "factors": read_part(self.factors_of, user_id, younger=younger),
            "events": read_part(self.events_of, user_id, younger=younger),
        }
        if Capability.DEVICES in self.client.policy.capabilities:
            parts["devices"] = read_part(self.devices_of, user_id, younger=younger)
        if Capability.RISK in self.client.policy.capabilities and ep.USER_RISK.id not in self.denied:
            parts["risk"] = read_part(self.risk_of, user_id, younger=younger)
        return parts

    def _asked_once(self) -> tuple[Callable[[], Awaitable[object]], ...]:
        """Return what reads the things of the org that a verdict and a change need and that are kept once read."""
        from tui.desk.people.password_policies import password_policies  # noqa: PLC0415 - as above

        reads: list[Callable[[], Awaitable[object]]] = []
        if Capability.EXPIRY in self.client.policy.capabilities:  # else the guard would refuse it each time
            reads.append(partial(password_policies, self.client))
        if self.writes:
            reads.append(self.client.principal)
        return tuple(reads)

    async def _blocks(self, user_id: str, younger: float) -> Part[tuple[Block, ...]]:
        """Read the device blocks as a part, and keep that an org has none of that feature."""

        async def read() -> Part[tuple[Block, ...]]:
            part = await read_part(self.client.blocks_of, user_id)
            if part.trouble is not None and not isinstance(part.trouble, FeatureOff):
                raise part.trouble
            return part

        try:
            return await self.read_shared("blocks", user_id, read, younger=younger)
        except Trouble as trouble:
            return Part(trouble=trouble)

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
        from tui.desk.actions.obstacles import Standing  # noqa: PLC0415 - a search acts on nobody

        mode = self.client.policy.mode
        return Standing(
            self.client.policy,
            self.ledger.writable() or self.team_rules.trouble,
            self._denied_now(),
            directory_elsewhere=self.connector.portals.directory,
            started_read_only=self.connector.mode is Mode.READ_WRITE and mode is not Mode.READ_WRITE,
        )

    def obstacle(self, action: Action, person: Person, targets: tuple[Target, ...] = ()) -> Obstacle | None:
        """Return what stands in the way of an action on a person and its targets; `None` when nothing does."""
        from tui.desk.actions.obstacles import obstacle  # noqa: PLC0415 - as above

        standing = self.standing()
        if refusal := self.refused.get((action.endpoint.id, person.user.id)):
            standing = replace(standing, denied={action.endpoint.id: refusal, **self._denied_now()})
        return obstacle(action, person, standing, targets)

    async def read_targets(
        self, action: Action, person: Person, ids: Mapping[TargetKind, str], *, younger: float = 0.0
    ) -> tuple[Target, ...]:
        """Read what an action is aimed at beside the person, by Okta's ids.

        Args:
            action: The action.
            person: The person.
            ids: Okta's ids of the chosen targets, by kind.
            younger: The most seconds since a screen has read the person's groups and factors; 0 reads them afresh.

        Raises:
            OktaError: Something that decides on the action could not be read.
        """
        from tui.desk.actions.targets import read_targets  # noqa: PLC0415 - as above

        targets = await read_targets(
            self.client, action, person, ids, reader=_Reader(self, younger), access_code=self.connector.access_code
        )
        missing = next((target.obstacle for target in targets if target.obstacle), None)
        if action.found_by is not None and missing is not None:
            self.denied[action.found_by.id] = FeatureOff(missing.reason, advice=missing.advice)
        return targets

    def lacks(self, action: Action) -> bool:
        """Whether nothing need be said of an action: the org has not what it takes, or no admin has switched it on.

        What every connector used to be for is told when it is off; what came later is wanted by some desks alone.
        """
        if action.capability not in {*USUAL, *self.client.policy.capabilities}:
            return True
        if action.found_by is None or (found_by := self._denied_now().get(action.found_by.id)) is None:
            return False
        return isinstance(found_by, FeatureOff) or "feature" in found_by.title  # a proof keeps the title alone

    def _denied_now(self) -> dict[str, Trouble]:
        """Return the known refusals, without that of a list of which the connector names what is looked for in it."""
        named = {ep.AUTHENTICATORS.id} if self.connector.access_code else set()
        return {name: trouble for name, trouble in self.denied.items() if name not in named}

    async def read_back(self, action: Action, person: Person, targets: tuple[Target, ...]) -> tuple[Target, ...]:
        """Read whether the person has the targets of an action now that it was sent.

        Raises:
            OktaError: It could not be read.
        """
        from tui.desk.actions.targets import read_back  # noqa: PLC0415 - as above

        return await read_back(self.client, action, person, targets, reader=_Reader(self, 0.0))

    async def with_policy(self, action: Action, person: Person) -> Person:
        """Return the person with their password policy read, where a note on the action needs it; raises nothing."""
        if not action.needs_policy(person):
            return person
        from tui.desk.people.password_policies import policy_for  # noqa: PLC0415 - as above

        async def read() -> tuple[Applied, ...]:
            policy = await policy_for(self.client, person.user, self.groups_of)
            return () if policy is None else (policy,)

        return person.with_part("policy", await read_part(read))

    async def person_with_blocks(self, user_id: str, *, younger: float = 0.0) -> Person:
        """Read one person and their device blocks at the same time: enough to decide which actions are possible.

        Args:
            user_id: Okta's id of the person.
            younger: The most seconds since a screen has read them; 0 reads them fresh from Okta.

        Raises:
            OktaError: The person could not be read.
        """
        reading = asyncio.ensure_future(self._blocks(user_id, younger))
        try:
            person = await self.person(user_id, younger=younger)
            person = replace(person, blocks=await reading)
        finally:
            reading.cancel()  # does nothing where it has ended
        self.blocked.note_person(person)
        return person

    async def person_read_back(self, before: Person) -> Person:
        """Read a person after a change, with the device blocks only where there were some: no change makes a new one.

        Args:
            before: The person as read right before the change.

        Raises:
            OktaError: The person could not be read.
        """
        if not before.blocks_known or before.blocked:
            return await self.person_with_blocks(before.user.id)
        return replace(await self.person(before.user.id), blocks=before.blocks)

    def forget_changed(self, action: Action, person: Person) -> None:
        """Forget what an action changes of a person, so that it is read again; the rest may be shown on.

        Args:
            action: The action.
            person: The person as read before it.
        """
        blocks = () if person.blocks_known and not person.blocked else ("blocks",)
        parts = ("user", "events", WEEK_PART, *blocks, *_CHANGES.get(action.capability, ()))
        self.parts.forget(person.user.id, parts)


class _Reader(Struct, frozen=True):
    """Reads what a person has, as far as no screen has read it so many seconds ago."""

    session: Session
    younger: float

    async def groups_of(self, user_id: str) -> tuple[Group, ...]:
        """Return the person's groups."""
        return await self.session.groups_of(user_id, younger=self.younger)

    async def factors_of(self, user_id: str) -> tuple[Factor, ...]:
        """Return the person's factors."""
        return await self.session.factors_of(user_id, younger=self.younger)


async def _next_done(reading: Mapping[asyncio.Task[Any], str], *, alone: str) -> set[asyncio.Task[Any]]:
    """Wait for the next parts of a card; a part that something waits for is told alone, others with what comes along.

    Args:
        reading: The tasks that read, each with the name of its part.
        alone: The name of the part that is told at once.
    """
    done, waiting = await asyncio.wait(reading, return_when=asyncio.FIRST_COMPLETED)
    if waiting and not any(reading[task] == alone for task in done):
        along, _ = await asyncio.wait(waiting, timeout=TOGETHER)
        done |= along
    return done
