"""The demo org behind a wire that can be watched and broken; times in UTC."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx
import pytest
from textual.app import App

from tests.desk.support import Line
from tests.screens.looks import Looks
from tests.terminal.audience import Gallery
from tui.demo.serve.asgi import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from tui.demo.org import Org


@pytest.fixture
def wire(org: Org) -> Line:
    return Line(httpx.ASGITransport(app=create_app(org)))


@pytest.fixture
def looks(snapshot: SnapshotAssertion) -> Looks:
    """Compares what a seat shows with pictures kept beside the test."""
    return Looks(snapshot)


@pytest.fixture(autouse=True)
def utc(home: Path) -> None:
    """The home fixture says UTC; the C library has to be told."""
    time.tzset()


@pytest.fixture(autouse=True)
def own_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers of a parallel run say how wide their output is; a program in a terminal has to ask the terminal."""
    for name in ("COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test copies must not end in the clipboard of who runs it."""
    for name in ("TMUX", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session", autouse=True)
def pictures_on_terminals() -> Iterator[None]:
    """Each picture that is taken is sent to terminals, too, after the one before: as Textual would, and as we do."""
    gallery, export = Gallery(), App.export_screenshot
    with pytest.MonkeyPatch.context() as patch:

        def export_screenshot(app: App[object], *, title: str | None = None, simplify: bool = False) -> str:
            gallery.show(app)
            return export(app, title=title, simplify=simplify)

        patch.setattr(App, "export_screenshot", export_screenshot)
        yield
