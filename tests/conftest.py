"""What all tests share: a home folder of their own, a clock that stands still, and the demo org as the wire."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import settings
from msgspec.structs import replace

from tests.quick import leave_garbage_lie, with_known_past
from tui import wiring
from tui.demo.serve.asgi import create_app
from tui.demo.story.begin import begin_org
from tui.desk.connectors.connector import Connector, OrgAddress
from tui.okta.auth import ApiToken
from tui.okta.clock import Clock
from tui.okta.policy import Capability, Mode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterator

    from tui.demo.org import Org
    from tui.desk.session import Session

# How long an example takes says more of the machine than of keydesk, so nothing has a deadline. The suite takes the
# same examples each time, so that it fails for a change and never by chance; `make search` looks for new ones.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile("same")


def half_as_many() -> settings:
    """Half as many examples as others take, for a property whose examples cost more than 20 ms each."""
    return settings(max_examples=settings().max_examples // 2)


START = 1_795_413_600.0  # 2026-11-23 06:00 UTC
ORIGIN = "http://127.0.0.1:9"
SHARED = Path(os.environ.get("KEYDESK_SHARED", Path(__file__).parents[2] / "shared"))
OURS = {"KEYDESK_SHARED", "KEYDESK_REQUIRE_SHARED"}
"""What the tests themselves are told by, not keydesk."""


def require_shared(folder: Path) -> None:
    """Refuse a run that would skip what it was told to test.

    Raises:
        pytest.UsageError: Something is missing.
    """
    for name in ("management.yaml", "recorded", "replay.py"):
        if not (folder / "okta" / name).exists():
            raise pytest.UsageError(f"{folder / 'okta' / name} is missing; KEYDESK_SHARED names the folder above okta")


def pytest_configure() -> None:
    """What CI must not skip."""
    if os.environ.get("KEYDESK_REQUIRE_SHARED"):
        require_shared(SHARED)


def pytest_collection_finish() -> None:
    """Everything is imported: from here on it is left alone."""
    leave_garbage_lie()
    if "textual" in sys.modules:
        from tests import quick_textual  # noqa: PLC0415 - a run of the desk's tests needs no Textual

        quick_textual.hold_long_timers()
        quick_textual.paint_on_demand()
        quick_textual.parse_styles_once()


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Numbered home folders beneath one folder: `mktemp` reads the whole folder for each new one."""
    where = tmp_path_factory.mktemp("homes")
    return (where / str(number) for number in count())


@pytest.fixture(autouse=True)
def home(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own; nothing of this machine's settings and keyring is seen."""
    for name in list(os.environ):
        if name.startswith(("KEYDESK_", "SSH_", "XDG_")) and name not in OURS:
            monkeypatch.delenv(name)
    where = next(homes)
    where.mkdir()
    monkeypatch.setenv("HOME", str(where))
    monkeypatch.setenv("KEYDESK_HOME", str(where / "keydesk"))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return where / "keydesk"


class FakeClock(Clock):
    """Time moves when somebody sleeps, or when a test says so."""

    def __init__(self, start: float = START) -> None:
        self.now = start
        self.slept: list[float] = []
        self.deadlines: list[float] = []
        self._running: list[tuple[float, asyncio.Timeout]] = []

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now - START + 1000.0

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    @asynccontextmanager
    async def deadline(self, seconds: float) -> AsyncIterator[object]:
        """Ends when `pass_by` has moved the time that far; a `sleep` of somebody else's does not end it."""
        async with asyncio.timeout(None) as timer:
            running = (self.now + seconds, timer)
            self.deadlines.append(seconds)
            self._running.append(running)
            try:
                yield timer
            finally:
                self._running.remove(running)

    async def pass_by(self, seconds: float) -> None:
        """Let time pass while somebody waits for the network."""
        self.now += seconds
        for due, timer in self._running:
            if due <= self.now:
                timer.reschedule(asyncio.get_running_loop().time())
        await asyncio.sleep(0)

    def jitter(self) -> float:
        return 0.5


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@dataclass
class Wire(httpx.AsyncBaseTransport):
    """The wire: passes on to an app, and remembers what was really sent."""

    inner: httpx.AsyncBaseTransport
    sent: list[httpx.Request] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return await self.inner.handle_async_request(request)

    @property
    def writes(self) -> list[str]:
        """The changes that went over the wire, as `POST /path`."""
        return [f"{r.method} {r.url.raw_path.decode()}" for r in self.sent if r.method not in {"GET", "HEAD"}]


@pytest.fixture
def org(clock: FakeClock) -> Org:
    """A quiet demo org: nobody locks themselves out unless the test says so."""
    return with_known_past(begin_org(seed=7, people=200, clock=clock.time, lockouts_per_minute=0.0))


@pytest.fixture
def wire(org: Org) -> Wire:
    return Wire(httpx.ASGITransport(app=create_app(org)))


def token_of(org: Org, name: str = "super") -> str:
    """The token of one of the demo org's principals."""
    return next(principal.token for principal in org.principals if principal.name == name)


class Desk:
    """Makes sessions against the demo org."""

    def __init__(self, org: Org, wire: Wire, clock: FakeClock) -> None:
        self.org = org
        self.wire = wire
        self.clock = clock
        self.made: list[Session] = []

    def session(
        self,
        *,
        principal: str = "super",
        mode: Mode = Mode.READ_WRITE,
        read_only: bool = False,
        capabilities: Collection[Capability] = tuple(Capability),
    ) -> Session:
        credentials = ApiToken(token_of(self.org, principal))
        connector = Connector("demo", OrgAddress(ORIGIN), credentials, mode, frozenset(capabilities), made_up=True)
        session = wiring.session(connector, read_only=read_only, clock=self.clock, transport=self.wire)
        session = replace(session, agent=replace(session.agent, name="tess", address=""))
        self.made.append(session)
        return session


@pytest.fixture
def desk(org: Org, wire: Wire, clock: FakeClock, home: Path) -> Iterator[Desk]:
    made = Desk(org, wire, clock)
    yield made
    for session in made.made:
        session.ledger.close()
