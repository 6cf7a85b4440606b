"""The command line against the demo org in this process, through the environment connector."""

from __future__ import annotations

import json
import pwd
import sys
import time
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from msgspec.structs import replace

from tests.conftest import ORIGIN, token_of
from tests.desk.support import Line
from tui import wiring
from tui.cli import main
from tui.demo.serve.asgi import create_app
from tui.okta.policy import Capability

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import FakeClock
    from tui.demo.org import Org
    from tui.desk.connectors.connector import Connector
    from tui.desk.connectors.profile import Profile


@dataclass(frozen=True)
class Ran:
    """What came of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command prints
        return json.loads(self.out)


@dataclass(frozen=True)
class Shell:
    """Runs `keydesk` in this process, as its agent would type it."""

    line: Line
    capsys: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch

    def __call__(self, *arguments: str) -> Ran:
        self.capsys.readouterr()
        try:
            code = main(list(arguments))
        except SystemExit as end:  # argparse
            code = end.code if isinstance(end.code, int) else 1
        out, err = self.capsys.readouterr()
        assert "Traceback" not in out + err
        return Ran(int(code), out, err)

    def answers(self, text: str) -> None:
        """Sit at a terminal and type this at the next question."""

        class Terminal:
            def isatty(self) -> bool:
                return True

            def readline(self) -> str:
                return text

        self.patch.setattr(sys, "stdin", Terminal())


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


@pytest.fixture
def shell(line: Line, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(line, capsys, monkeypatch)


@pytest.fixture
def keydesk(shell: Shell, home: Path, org: Org, clock: FakeClock) -> Shell:
    """A shell connected to the demo org as its super admin, without a terminal, at a desk without rules.

    The connector of the environment has everything switched on; one that a test sets up has what the test says.
    """
    return _connected(shell, org, clock, ruled=False)


@pytest.fixture
def ruled(shell: Shell, home: Path, org: Org, clock: FakeClock) -> Shell:
    """The same at a desk with the rules that every connector has."""
    return _connected(shell, org, clock, ruled=True)


def _connected(shell: Shell, org: Org, clock: FakeClock, *, ruled: bool) -> Shell:
    real, assemble = wiring.session, wiring.assemble

    def assembled(profile: Profile, *arguments: Any, **more: Any) -> Connector:  # noqa: ANN401 - passes on what it gets
        # Before it is assembled, so that a service app is asked for the scopes of what is switched on.
        if not ruled and profile.name == wiring.ENVIRONMENT:
            profile = replace(profile, capabilities=frozenset(Capability))
        return assemble(profile, *arguments, **more)

    def session(connector: Connector, *arguments: Any, **more: Any) -> Any:  # noqa: ANN401 - passes on what it gets
        found = connector if ruled else replace(connector, rules=None)
        return real(found, *arguments, **more, clock=clock, transport=shell.line)

    class Pipe:
        def isatty(self) -> bool:
            return False

    shell.patch.setattr(wiring, "assemble", assembled)
    shell.patch.setattr(wiring, "session", session)
    shell.patch.setattr(sys, "stdin", Pipe())
    shell.patch.setenv("KEYDESK_ORG", ORIGIN)
    shell.patch.setenv("KEYDESK_API_TOKEN", token_of(org))
    shell.patch.setattr(pwd, "getpwuid", lambda _: SimpleNamespace(pw_name="tess"))
    return shell
