"""What the desk's tests share: a wire that can be watched, what happens behind the agent's back, bearer tokens."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import unicodedata
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from msgspec.structs import replace

from tests.conftest import ORIGIN, Wire, token_of
from tui import wiring
from tui.demo.admins.principals import GROUPS_ONLY
from tui.demo.base.faults import make_fault
from tui.demo.serve.control import answer_control
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import TargetKind
from tui.desk.connectors.connector import Connector, OrgAddress
from tui.desk.perform.perform import perform
from tui.okta.auth import ApiToken
from tui.okta.clock import Clock
from tui.okta.credentials import Unsigned
from tui.okta.policy import Capability, Mode, SoftwareBy

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from tests.conftest import Desk, FakeClock
    from tui.demo.org import Org
    from tui.desk.actions.grammar import Plan
    from tui.desk.session import Session

    Watch = Callable[[httpx.Request], Awaitable[httpx.Response | None]]

FINDING_AND_GIVING = frozenset({Capability.IDENTIFY, Capability.PROVISIONING})


@dataclass
class Line(Wire):
    """A wire that lets a test look on, or answer itself, just before a request reaches Okta.

    In process there is no connection to break: what the org raises becomes what httpx makes of a broken one.
    """

    watch: Watch | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        if self.watch is not None and (answer := await self.watch(request)) is not None:
            return answer
        try:
            return await self.inner.handle_async_request(request)
        except ConnectionError as error:
            raise httpx.ReadError(str(error), request=request) from error

    @property
    def story(self) -> list[str]:
        """All that was sent, as `GET /path`."""
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.sent]


class WrongClock(Clock):
    """A local clock that is off by some seconds; it goes as fast as the right one, which the org has."""

    def __init__(self, right: FakeClock, off: float) -> None:
        self.right = right
        self.off = off

    def time(self) -> float:
        return self.right.time() + self.off

    def monotonic(self) -> float:
        return self.right.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self.right.sleep(seconds)

    def jitter(self) -> float:
        return self.right.jitter()


HOUR = 3600.0
OFF = {"3 h behind": -3 * HOUR, "90 s ahead": 90.0, "5 h ahead": 5 * HOUR, "3 days ahead": 72 * HOUR}
"""What was tried: how far the local clock is ahead of Okta's, in seconds."""


def with_wrong_clock(desk: Desk, off: float, mode: Mode = Mode.READ_WRITE) -> Session:
    """A session on a machine whose clock is off."""
    credentials = ApiToken(token_of(desk.org, "super"))
    connector = Connector("demo", OrgAddress(ORIGIN), credentials, mode, frozenset(Capability), made_up=True)
    session = wiring.session(connector, clock=WrongClock(desk.clock, off), transport=desk.wire)
    session = replace(session, agent=replace(session.agent, name="tess", address=""))
    desk.made.append(session)
    return session


class Gate:
    """Holds requests back until it is opened; knows which wait and which were cancelled while they did."""

    def __init__(self, holds: Callable[[httpx.Request], bool] = lambda _: True) -> None:
        self.holds = holds
        self.held: list[str] = []
        self.cancelled: list[str] = []
        self.arrived = asyncio.Event()
        self.opened = asyncio.Event()

    async def __call__(self, request: httpx.Request) -> httpx.Response | None:
        if self.holds(request):
            self.held.append(request.url.raw_path.decode())
            self.arrived.set()
            try:
                await self.opened.wait()
            except asyncio.CancelledError:
                self.cancelled.append(request.url.raw_path.decode())
                raise
        return None


def writing(request: httpx.Request) -> bool:
    return request.method not in {"GET", "HEAD"}


class Bearer(Unsigned):
    """An OAuth access token, for the demo org's service apps."""

    def __init__(self, token: str) -> None:
        self.token = token

    async def sign(self, request: httpx.Request) -> None:
        request.headers["authorization"] = f"Bearer {self.token}"


def by_groups_session(desk: Desk, mode: Mode = Mode.READ_WRITE) -> Session:
    """A session of the service app with rights on people and group membership alone, which gives software by groups."""
    return service_session(desk, GROUPS_ONLY, mode, software_by=SoftwareBy.GROUPS, capabilities=FINDING_AND_GIVING)


def service_session(
    desk: Desk,
    principal: str,
    mode: Mode = Mode.READ_WRITE,
    *,
    software_by: SoftwareBy = SoftwareBy.GROUPS_AND_APPS,
    capabilities: frozenset[Capability] = frozenset(Capability),
) -> Session:
    """A session of a service app."""
    connector = Connector(
        "demo",
        OrgAddress(ORIGIN),
        Bearer(token_of(desk.org, principal)),
        mode,
        capabilities,
        made_up=True,
        software_by=software_by,
    )
    session = wiring.session(connector, clock=desk.clock, transport=desk.wire)
    session = replace(session, agent=replace(session.agent, name="tess", address=""))
    desk.made.append(session)
    return session


def user_id(org: Org, name: str) -> str:
    return org.people.named(name).id


def world(org: Org, **change: object) -> None:
    """Change a person behind the agent's back: `lock`, `unlock`, `delete`, `block` or `set_status`."""
    reply = answer_control(org, "POST", "/world", json.dumps(change).encode())
    assert reply.status == 200, reply.body


def fault(org: Org, name: str, match: str = "/lifecycle/", times: int = 1, value: float | None = None) -> None:
    org.faults.set(make_fault(name, times, match, None, value))


async def aim(session: Session, action: str, person_id: str, ids: dict[TargetKind, str] | None = None) -> Plan:
    """The plan that an agent would confirm."""
    found = ACTIONS[action]
    person = await session.person_with_blocks(person_id)
    return found.plan(person, await session.read_targets(found, person, ids or {}))


def someone_for(org: Org, action: str) -> str:
    """A person in whose state the action is possible, with something to aim it at."""
    # Okta's reference promises a suspension for active people alone; nobody attacks the last ones.
    suspends = action in {"suspend", "contain"}
    states = {"ACTIVE"} if suspends else ACTIONS[action].states
    everybody = list(org.people.from_index())
    for person in reversed(everybody) if suspends else everybody:
        if person.status in states and not person.transitioning and not org.roles_of(person):
            with suppress(LookupError):
                choose(org, action, person.id)
                if action == "withdraw-code":
                    org.access_codes.make(person, org.clock(), 1440, several=False)
                return person.id
    raise AssertionError(f"nobody for {action}")


def choose(org: Org, action: str, person_id: str) -> dict[TargetKind, str]:
    """Ids of targets with which an action is possible for a person, as an agent would choose them."""
    person = org.people.find(person_id)
    assert person
    wants = ACTIONS[action].wants
    chosen: dict[TargetKind, str] = {}
    for kind in ACTIONS[action].chosen:
        if kind is TargetKind.FACTOR:
            chosen[kind] = first(str(factor["id"]) for factor in org.enrolments.of(person))
        elif kind is TargetKind.DEVICE:
            chosen[kind] = first(device.id for device in org.devices.of(person))
            if device := org.devices.find(chosen[kind]):
                org.devices.move(device, "suspend" if action == "unsuspend-device" else "unsuspend", org.clock())
        elif kind is TargetKind.APP:
            scope = None if wants else "USER"
            plain = (app for app in org.apps.all if app.row.status == "ACTIVE" and not app.row.hidden)
            chosen[kind] = first(app.id for app in plain if org.apps.scope(app, person) == scope)
        elif kind is TargetKind.GROUP:
            editable = (g for g in org.groups.all if g.kind == "OKTA_GROUP" and not org.group_grants(g))
            chosen[kind] = first(g.id for g in editable if org.groups.is_member(g, person) is not wants)
    return chosen


def first(found: Iterator[str]) -> str:
    """The first of them.

    Raises:
        LookupError: There is none.
    """
    for one in found:
        return one
    raise LookupError


async def left_open(
    session: Session, org: Org, name: str = "ann.lee", action: str = "unlock", how: str = "cut-before"
) -> int:
    """An entry without a known outcome: the connection was cut before Okta acted, or with `cut` after it."""
    plan = await aim(session, action, user_id(org, name), choose(org, action, user_id(org, name)))
    fault(org, how, plan.calls[0].target.partition("?")[0])
    org.faults.on[-1].method = plan.calls[0].method
    return (await perform(session, plan, reason="test")).entry


def records(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """The ledger's records as another program sees them on the disk now."""
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return [(kind, json.loads(body)) for kind, body in db.execute("SELECT kind, body FROM record ORDER BY seq")]


async def targets_of(session: Session, event: str) -> list[str]:
    """Whom the org's own log names as targets of an event, newest first."""
    session.client.clock.local.now += 60.0  # type: ignore[attr-defined]  # the log is behind by some seconds
    found = await session.client.log_page({"filter": f'eventType eq "{event}"', "sortOrder": "DESCENDING"})
    return [target.id or "" for entry in found for target in entry.target or ()]


BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def harmful(text: str) -> list[str]:
    """The characters of a text that could do something to a terminal: controls, bidi controls, lone surrogates."""
    return [char for char in text if char in BIDI or unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}]


async def until(come: Callable[[], bool]) -> None:
    """Let the other tasks run until something has come about."""
    for _ in range(1000):
        if come():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came about")
