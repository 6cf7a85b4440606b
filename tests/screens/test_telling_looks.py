"""What the verdict, password expiry and the notices look like, kept as SVG; see test_lockouts_looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.screens.support import NARROW, WIDE, Seat
from tui.app import Keydesk
from tui.desk.ledger.entry import Intent, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from tests.conftest import Desk
    from tui.desk.session import Session

    Compare = Callable[..., bool]

SCENES: dict[str, tuple[tuple[int, int], str, tuple[str, ...]]] = {
    "why": (WIDE, "ann.lee", ("enter", "w")),
    "why-narrow": (NARROW, "carla.diaz", ("enter", "w")),
    "why-directory-narrow": (NARROW, "iris.blanc", ("enter", "w")),
    "notice": (WIDE, "ann.lee", ("enter", "n")),
    "expiry": (WIDE, "", ("f7", "r", "down", "down")),
    "expiry-narrow": (NARROW, "", ("f7", "r")),
    "notices": (WIDE, "", ("f8",)),
    "notices-narrow": (NARROW, "", ("f8", "down")),
}
RULES = """[notices]
lockouts = "mail"
expiries = "mail"
[way.mail]
kind = "mail"
host = "mail.acme.example"
sender = "it@acme.example"
"""


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


@pytest.mark.parametrize("scene", SCENES)
def test_looks(desk: Desk, home: Path, snap_compare: Compare, scene: str) -> None:
    size, person, keys = SCENES[scene]
    home.mkdir(parents=True, exist_ok=True)
    (home / "notices.toml").write_text(RULES, "utf-8")
    session = desk.session()
    if "f8" in keys:
        told(session)
    app = Keydesk(lambda: session, typing_pause=0.0, dwell=0.0, every=3600.0)

    async def play(pilot: Pilot[int]) -> None:
        seat = Seat(app, pilot)
        await seat.rest()
        if person:
            await seat.look_up(f"{person}@acme.example")
        for key in keys:
            await seat.press(key)

    assert snap_compare(app, terminal_size=size, run_before=play)
