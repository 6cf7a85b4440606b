"""A bug may show its traceback, but nothing of what is in variables: these hold tokens and people's data."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from textual.screen import Screen

from tests.screens.support import seated
from tui.app import Keydesk
from tui.desk.connectors import settings
from tui.palette import Palette
from tui.setup_app import SetupApp
from tui.welcome_app import WelcomeApp
from widgets.front import FrontApp

if TYPE_CHECKING:
    from textual.app import App

    from tests.conftest import Desk

ROOT = Path(__file__).parents[2]
COMMAND = """
import argparse, os, sys
from tui.cli import main

def broken(*given, **more):
    token = os.environ["TOKEN_OF_THE_TEST"]
    raise KeyError(len(token))

argparse.ArgumentParser.parse_args = broken
main(["find", "ann"])
"""


def apps(desk: Desk) -> dict[type[App[Any]], App[Any]]:
    session = desk.session()
    return {Keydesk: Keydesk(lambda: session), SetupApp: SetupApp(settings.places()), WelcomeApp: WelcomeApp()}


def kinds_of(kind: type[App[Any]]) -> set[type[App[Any]]]:
    """All that derive from an app, however far away."""
    return {found for near in kind.__subclasses__() for found in {near, *kinds_of(near)}}


def test_every_app_of_keydesk_is_tried(desk: Desk) -> None:
    for path in (ROOT / "tui").glob("*app*.py"):
        importlib.import_module(f"tui.{path.stem}")
    assert {kind for kind in kinds_of(FrontApp) if kind.__module__.startswith("tui.")} == set(apps(desk))


@pytest.mark.parametrize("kind", [Keydesk, SetupApp, WelcomeApp])
async def test_no_traceback_shows_what_is_in_variables(
    desk: Desk, kind: type[App[Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    secret = uuid4().hex

    def crash() -> None:
        token = secret
        raise KeyError(len(token))

    app = apps(desk)[kind]
    with suppress(KeyError):  # the test's way to run an app raises it, too
        async with app.run_test() as pilot:
            app.call_later(crash)
            await pilot.pause()
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert "KeyError: 32" in shown
    assert secret not in shown


def test_no_traceback_of_a_command_shows_what_is_in_variables() -> None:
    secret = uuid4().hex
    environ = os.environ | {"TOKEN_OF_THE_TEST": secret, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", COMMAND], capture_output=True, text=True, env=environ, cwd=ROOT, check=False
    )
    assert done.returncode == 1
    assert "KeyError: 32" in done.stderr
    assert secret not in done.stderr + done.stdout


async def test_the_palette_may_be_closed_while_it_searches_and_opened_below_another_screen(desk: Desk) -> None:
    """Textual's own crashes both ways, which fast fingers meet."""
    async with seated(desk.session()) as seat:
        await seat.press("ctrl+p")
        palette = seat.app.screen
        assert isinstance(palette, Palette)
        closing = palette.dismiss()
        await palette.query("*").remove()
        palette._list_visible = not palette._list_visible  # the search ends only now
        palette._start_no_matches_countdown("x")
        await closing
        await seat.rest()
        await seat.press("ctrl+p", "ctrl+p")
        assert [isinstance(screen, Palette) for screen in seat.app.screen_stack].count(True) == 1
        await seat.app.push_screen(Screen())
        await seat.press("ctrl+p")
        assert isinstance(seat.app.screen, Palette)
        assert seat.app.is_running
