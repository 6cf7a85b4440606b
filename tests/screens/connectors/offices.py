"""Two connectors kept in a home folder, each to a demo org of its own, and the app in front of them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx
from msgspec.structs import replace

from tests.conftest import Wire, token_of
from tests.quick import with_known_past
from tests.screens.support import WIDE, Seat
from tui import wiring
from tui.app import Keydesk
from tui.demo.base import client_keys
from tui.demo.serve.asgi import create_app
from tui.demo.story.begin import begin_org
from tui.desk.connectors import profiles, secrets
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.connectors.profiles import Profile, SignIn
from tui.desk.connectors.secrets import Keep, Secret, SecretPlace
from tui.okta.policy import Mode
from tui.switchboard import Switchboard

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    import pytest

    from tests.conftest import FakeClock
    from tui.demo.org import Org
    from tui.desk.session import Session

FIRST, SECOND = "http://127.0.0.1:9", "http://127.0.0.1:10"


@dataclass
class Office(httpx.AsyncBaseTransport):
    """The wire to two orgs, told apart by their port."""

    clock: FakeClock
    home: Path
    orgs: Mapping[str, Org] = field(init=False)
    wires: Mapping[str, Wire] = field(init=False)
    sessions: list[Session] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.orgs = {
            origin: with_known_past(begin_org(seed=seed, people=200, clock=self.clock.time, lockouts_per_minute=0.0))
            for origin, seed in ((FIRST, 7), (SECOND, 8))
        }
        self.wires = {origin: Wire(httpx.ASGITransport(app=create_app(org))) for origin, org in self.orgs.items()}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self.wires[f"http://127.0.0.1:{request.url.port}"].handle_async_request(request)

    def keep(self, name: str, origin: str, principal: str = "super", **changed: object) -> Profile:
        """Set a connector up, its token in a file."""
        place = SecretPlace(Keep.FILE, str(self.home / "secrets" / f"{name}.token"))
        secrets.store(place, Secret(token_of(self.orgs[origin], principal)))
        profile = Profile(name, parse_address(origin), SignIn(SignInKind.API_TOKEN, place), mode=Mode.READ_WRITE)
        profile = replace(profile, **changed)
        profiles.save(self.home / "connectors.toml", profile)
        return profile

    def keep_app(self, name: str, origin: str, principal: str, mode: Mode = Mode.READ_WRITE) -> Profile:
        """Set a connector up that signs in as a service app, its key in a file."""
        org = self.orgs[origin]
        app = org.principal(principal)
        place = SecretPlace(Keep.FILE, str(self.home / "secrets" / f"{name}.key"))
        secrets.store(place, Secret(client_keys.private_pem(org.seed, principal, app.algorithm)))
        kid = client_keys.key_id(org.seed, principal)
        sign_in = SignIn(SignInKind.PRIVATE_KEY_JWT, place, app.identity, kid)
        profile = Profile(name, parse_address(origin), sign_in, mode=mode)
        profiles.save(self.home / "connectors.toml", profile)
        return profile

    def through(self, patch: pytest.MonkeyPatch) -> None:
        """Put this in the place of the network."""
        session, client = wiring.session, wiring.client

        def opened(*arguments: object, **more: object) -> Session:
            made = session(*arguments, **{**more, "clock": self.clock, "transport": self})  # type: ignore[arg-type]
            made = replace(made, agent=replace(made.agent, name="tess", address=""))
            self.sessions.append(made)
            return made

        def connected(*arguments: object, **more: object) -> object:
            return client(*arguments, **{**more, "clock": self.clock, "transport": self})  # type: ignore[arg-type]

        patch.setattr(wiring, "session", opened)
        patch.setattr(wiring, "client", connected)

    @asynccontextmanager
    async def seated(
        self, size: tuple[int, int] = WIDE, *, read_only: bool = False, name: str = "", last: str = ""
    ) -> AsyncIterator[Seat]:
        """Start the app with the default connector, or the one that was open last."""
        board = Switchboard(read_only=read_only, name=name, last=last)
        app = Keydesk(board.open, switchboard=lambda: board, typing_pause=0.0, dwell=0.0, every=3600.0)
        async with app.run_test(size=size) as pilot:
            seat = Seat(app, pilot)
            await seat.rest()
            yield seat
        for made in self.sessions:
            made.ledger.close()
