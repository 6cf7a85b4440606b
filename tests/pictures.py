"""The pictures of README and docs, made from the demo org: `python -m tests.pictures` makes them, `--check` compares.

The org, the clock and the agent are those of the tests, so that the same code makes the same bytes on every machine.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

if TYPE_CHECKING:
    from textual.app import App

    from tests.screens.support import Seat
    from tui.demo.org import Org
    from tui.desk.session import Session

FOLDER: Final = Path(__file__).parents[1] / "docs" / "pictures"
SEED: Final = 7
PEOPLE: Final = 600
NOON: Final = 1_795_435_200.0  # Monday, 2026-11-23, 12:00 UTC: a morning's lockouts lie behind
WIDE: Final = (120, 36)
NARROW: Final = (80, 24)
THEMES: Final = ("dark", "light")
HOME: Final = "home"
"""The home folder, below a folder that goes again; relative, since the wizard shows where it writes."""

Pictures = dict[str, str]


def own_world() -> None:
    """Have this process see nothing of the machine: its settings, terminal, time zone and keyring."""
    for name in list(os.environ):
        if name.startswith(("KEYDESK_", "SSH_", "XDG_")) or name in {"NO_COLOR", "TMUX", "DISPLAY", "WAYLAND_DISPLAY"}:
            del os.environ[name]
    os.environ |= {
        "KEYDESK_HOME": HOME,
        "HOME": HOME,
        "TZ": "UTC",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    time.tzset()


def office() -> tuple[Org, Any, Any]:
    """A demo org, the wire to it, and the clock that both go by."""
    import httpx  # noqa: PLC0415 - after the environment is set

    from tests.conftest import FakeClock  # noqa: PLC0415
    from tests.desk.support import Line  # noqa: PLC0415
    from tui.demo.serve.asgi import create_app  # noqa: PLC0415
    from tui.demo.story.begin import begin_org  # noqa: PLC0415

    clock = FakeClock(NOON)
    org = begin_org(seed=SEED, people=PEOPLE, clock=clock.time, lockouts_per_minute=0.0)
    return org, Line(httpx.ASGITransport(app=create_app(org))), clock


async def shoot(seat: Seat, into: Pictures, name: str) -> None:
    """Keep what is shown, in each theme; the last one stays, since every change of it styles all widgets anew."""
    app: App[Any] = seat.app
    for theme in sorted(THEMES, key=lambda theme: theme != app.theme):
        if app.theme != theme:
            app.theme = theme
            await seat.rest()
        into[f"{name}-{theme}.svg"] = app.export_screenshot(title="keydesk")


async def desk_pictures(session: Session, into: Pictures) -> None:
    """The agent's screens, in one sitting; nothing is changed in the org."""
    from tests.screens.support import Seat  # noqa: PLC0415
    from tui.app import Keydesk  # noqa: PLC0415

    app = Keydesk(lambda: session, typing_pause=0.0, dwell=0.0, every=3600.0, theme="dark")
    async with app.run_test(size=WIDE) as pilot:
        seat = Seat(app, pilot)
        await seat.rest()
        await seat.look_up("ann l")
        await seat.press("enter")
        await shoot(seat, into, "lookup")
        await seat.press("M")
        await shoot(seat, into, "confirm")
        await seat.press("escape", "w")
        await shoot(seat, into, "why")
        await seat.press("escape", "g")
        await seat.type("figma")
        await seat.press("enter")
        await shoot(seat, into, "software")
        await seat.press("escape", "escape", "f3")
        await shoot(seat, into, "lockouts")


async def wizard_pictures(wire: Any, clock: Any, into: Pictures) -> None:  # noqa: ANN401 - httpx comes late
    """The seven steps of the wizard, as its tour fills them in."""
    from tests.conftest import ORIGIN  # noqa: PLC0415
    from tests.screens.setup.wizard import Admin  # noqa: PLC0415
    from tui.demo.admins.principals import MAIN, client_id  # noqa: PLC0415
    from tui.demo.base import client_keys  # noqa: PLC0415
    from tui.demo.base.ids import Ids  # noqa: PLC0415
    from tui.desk.connectors import settings  # noqa: PLC0415
    from tui.desk.connectors.connector import parse_address  # noqa: PLC0415
    from tui.desk.connectors.secrets import Secret  # noqa: PLC0415
    from tui.setup_app import SetupApp  # noqa: PLC0415
    from tui.wiring import Tour  # noqa: PLC0415

    pem = client_keys.private_pem(SEED, MAIN, "ES256")
    key_id = client_keys.key_id(SEED, MAIN)
    tour = Tour(parse_address(ORIGIN), client_id(Ids(SEED), MAIN), key_id, Secret(pem))
    app = SetupApp(settings.places(), tour=tour, transport=wire, clock=clock)
    steps = {
        "name": ("ctrl+t",),
        "org": ("ctrl+n", "ctrl+t", "ctrl+n"),
        "capabilities": ("ctrl+n",),
        "sign-in": ("ctrl+n", "ctrl+t"),
        "checklist": ("ctrl+n", "space"),
        "proof": ("ctrl+n",),
        "save": ("ctrl+n",),
    }
    async with app.run_test(size=NARROW) as pilot:
        admin = Admin(app, pilot)
        await admin.rest()
        for name, keys in steps.items():
            await admin.press(*keys)
            await shoot(admin, into, f"wizard-{name}")


def draw() -> Pictures:
    """All pictures, by the names of their files; changes this process's environment and folder."""
    own_world()
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Path(HOME).mkdir()
        try:
            return asyncio.run(_all())
        finally:
            os.chdir(before)


async def _all() -> Pictures:
    from tests import quick_textual  # noqa: PLC0415
    from tests.conftest import Desk  # noqa: PLC0415

    quick_textual.parse_styles_once()
    org, wire, clock = office()
    desk = Desk(org, wire, clock)
    made = desk.session()
    pictures: Pictures = {}
    await desk_pictures(replace(made, agent=replace(made.agent, name="tess")), pictures)
    await wizard_pictures(wire, clock, pictures)
    return pictures


def stale(pictures: Pictures, folder: Path = FOLDER) -> list[str]:
    """The files that are missing, that differ, or that nothing makes any more."""
    kept = {path.name: path.read_text("utf-8") for path in folder.glob("*")} if folder.exists() else {}
    return sorted(name for name in kept.keys() | pictures.keys() if kept.get(name) != pictures.get(name))


def main(words: list[str]) -> int:
    """Make the pictures, or with `--check` say which are out of date."""
    pictures = draw()
    old = stale(pictures)
    if words == ["--check"]:
        for name in old:
            sys.stdout.write(f"docs/pictures/{name} is out of date: make pictures\n")
        return 1 if old else 0
    FOLDER.mkdir(exist_ok=True)
    for name in old:
        if name in pictures:
            (FOLDER / name).write_text(pictures[name], "utf-8")
        else:
            (FOLDER / name).unlink()
    sys.stdout.write(f"{len(pictures)} pictures, {len(old)} changed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
