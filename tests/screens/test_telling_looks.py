"""What the verdict, password expiry, the notices and the connectors look like; see tests/screens/looks.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.screens.support import SIZES, seated
from tui.desk.ledger.entry import Intent, Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk
    from tests.screens.looks import Looks
    from tui.desk.session import Session

RULES = """[notices]
lockouts = "mail"
expiries = "mail"
[way.mail]
kind = "mail"
host = "mail.acme.example"
sender = "it@acme.example"
"""


def with_rules(home: Path) -> None:
    """A mail server that notices go to."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "notices.toml").write_text(RULES, "utf-8")


def told(session: Session) -> None:
    """Three notices of the past: one that went out, one refused, one of which nobody knows."""
    for number, outcome in enumerate((Outcome.DONE, Outcome.REFUSED, None)):
        name = ("ann.lee", "dev.patel", "[bold]mark.up[/]")[number]
        intent = Intent(
            "notice", "Notice: locked out", session.connector.name, session.connector.org.origin, f"00u{number}", name,
            name, "ACTIVE", (), "", "", "tess", "", target=f"mail: {name}@acme.example",
        )  # fmt: skip
        entry = session.ledger.claim(intent, f"acme/lockout/00u{number}@2026-11-23T05:00:00.000Z/mail")
        assert entry is not None
        if outcome is not None:
            session.ledger.outcome(entry, outcome, detail="250 queued" if outcome is Outcome.DONE else "550 no mailbox")


@pytest.mark.parametrize("size", SIZES)
async def test_looks(desk: Desk, home: Path, looks: Looks, size: tuple[int, int]) -> None:
    with_rules(home)
    session = desk.session()
    told(session)
    async with seated(session, size) as seat:
        for name in ("ann.lee", "carla.diaz", "iris.blanc"):
            await seat.look_up(f"{name}@acme.example")
            await seat.press("enter", "w")
            await looks.take(seat, f"why-{name.partition('.')[0]}")
            await seat.press("escape")
        await seat.press("n")
        await looks.take(seat, "notice")
        await seat.press("escape", "f7")
        await looks.take(seat, "expiry-not-read")
        await seat.press("r", "down", "down")
        await looks.take(seat, "expiry")
        await seat.press("f8")
        await seat.press("down")
        await looks.take(seat, "notices")
        await seat.press("f5")
        await looks.take(seat, "connectors-none")
