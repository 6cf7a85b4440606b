"""The desk's tests can watch their wire."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.desk.support import Line
from tui.demo.serve.asgi import create_app

if TYPE_CHECKING:
    from pathlib import Path

    from tui.demo.org import Org


@pytest.fixture
def line(org: Org) -> Line:
    return Line(httpx.ASGITransport(app=create_app(org)))


@pytest.fixture
def wire(line: Line) -> Line:
    return line


@pytest.fixture(autouse=True)
def utc(home: Path) -> None:
    """The home fixture says UTC; the C library has to be told."""
    time.tzset()
