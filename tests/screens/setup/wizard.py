"""An admin in front of the wizard, by keyboard alone, with the demo org at the other end of the wire."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events

from tests.conftest import ORIGIN
from tests.screens.support import CHARACTERS, NARROW, Seat
from tui.desk.connectors import settings
from tui.setup_app import SetupApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import httpx

    from tests.conftest import FakeClock
    from tui.desk.connectors.profiles import Profile
    from tui.wiring import Tour


class Admin(Seat):
    """Somebody who sets a connector up."""

    app: SetupApp  # type: ignore[assignment]

    def __init__(self, app: SetupApp, pilot: object) -> None:
        super().__init__(app, pilot)  # type: ignore[arg-type]

    @property
    def step(self) -> int:
        """The step shown."""
        return self.app._wizard.shown

    async def press(self, *keys: str) -> None:
        """One key after the other, each when what came of the one before is done: a step may ask the org."""
        for key in keys:
            await super().press(key)

    async def type(self, text: str) -> None:
        """Type text, as fast as one types."""
        names = {character: name for name, character in CHARACTERS.items()}
        await self.hit(*(names.get(character, character) for character in text))
        await self.rest()

    async def paste(self, text: str) -> None:
        """Paste as a terminal with bracketed paste does."""
        self.app._driver.send_message(events.Paste(text))  # type: ignore[union-attr]
        await self.rest()

    async def clear(self) -> None:
        """Empty the field with the cursor."""
        await self.press("end", "ctrl+u")

    async def named(self, name: str = "Acme") -> None:
        """Step 1."""
        await self.type(name)
        await self.press("ctrl+n")

    async def at_org(self, org: str = ORIGIN) -> None:
        """Steps 1 and 2."""
        await self.named()
        await self.paste(org)
        await self.press("enter", "enter")

    async def at_sign_in(self) -> None:
        """Steps 1 to 3."""
        await self.at_org()
        await self.press("ctrl+n")

    async def with_token_in_file(self) -> None:
        """Step 4: an API token in a file; the cursor is in the token's field."""
        await self.at_sign_in()
        await self.press("down", "tab", "down", "tab", "tab")


@dataclass
class Bench:
    """Starts wizards, one after the other, in the same home folder."""

    wire: httpx.AsyncBaseTransport
    clock: FakeClock
    home: Path

    @asynccontextmanager
    async def admin(
        self, size: tuple[int, int] = NARROW, *, profile: Profile | None = None, tour: Tour | None = None
    ) -> AsyncIterator[Admin]:
        """One sitting."""
        app = SetupApp(settings.places(), profile=profile, tour=tour, transport=self.wire, clock=self.clock)
        async with app.run_test(size=size) as pilot:
            admin = Admin(app, pilot)
            await admin.rest()
            yield admin

    def files(self) -> dict[str, str]:
        """Everything that was written, by its path below the home folder."""
        return {str(p.relative_to(self.home)): p.read_text() for p in self.home.rglob("*") if p.is_file()}
