"""The first start: nothing says which org to use, and one key leads on."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.commands.act.killing import ROOT
from tests.screens.support import SIZES, SMALL
from tui.commands.codes import Code
from tui.welcome_app import WelcomeApp

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("key", "choice"),
    [
        ("1", "demo"),
        ("2", "connect"),
        ("3", "quit"),
        ("d", "demo"),
        ("c", "connect"),
        ("q", "quit"),
        ("escape", "quit"),
    ],
)
async def test_one_key_chooses(key: str, choice: str) -> None:
    app = WelcomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        await pilot.pause()
    assert app.return_value == choice


@pytest.mark.parametrize("choice", ["demo", "connect", "quit"])
async def test_so_does_a_click(choice: str) -> None:
    app = WelcomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.click(f"#choose-{choice}")
        await pilot.pause()
    assert app.return_value == choice


async def test_all_three_are_seen_at_any_size() -> None:
    app = WelcomeApp()
    async with app.run_test(size=SIZES[0]) as pilot:
        for size in (*SIZES, SMALL):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            lines = ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]
            assert len(lines) == size[1]
            for title in ("Try the demo", "Connect your org", "Quit"):
                assert any(title in line for line in lines), (title, size)
            assert "3 Quit" in lines[-1], size


def start(home: Path, **environ: str) -> tuple[list[str], dict[str, str]]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KEYDESK_")}
    env = kept | {"KEYDESK_HOME": str(home), "TERM": "xterm-256color", **environ}
    return [sys.executable, "-m", "tui"], env


def test_without_a_terminal_it_says_what_to_set(home: Path) -> None:
    command, env = start(home)
    done = subprocess.run(command, cwd=ROOT, env=env, stdin=-3, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (Code.USAGE, "")
    assert done.stderr.startswith("keydesk: keydesk does not know an Okta org yet\n")


def test_what_is_left_out_of_the_environment_is_named(home: Path) -> None:
    command, env = start(home, KEYDESK_ORG="https://acme.example")
    done = subprocess.run(command, cwd=ROOT, env=env, stdin=-3, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == Code.USAGE
    assert "KEYDESK_API_TOKEN is missing" in done.stderr
