"""The demo org as a child process: its address is known at once, and it ends when this process does."""

from __future__ import annotations

import importlib.util
import os
import secrets
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from tui.demo.admins.principals import MAIN, client_id
from tui.demo.base import client_keys
from tui.demo.base.ids import Ids
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

SEED: Final = 7
PEOPLE: Final = 2000
MOST_PEOPLE: Final = 200_000
CONTROL_TOKEN: Final = "KEYDESK_DEMO_CONTROL_TOKEN"  # noqa: S105 - a variable's name
# What Python needs to find its packages, its libraries and its words. Nothing else goes to the child: no proxy, no
# token of the company's org, no variable that makes a program talk.
PASSED_ON: Final = frozenset({
    "HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONNOUSERSITE",
    "PYTHONPATH", "PYTHONPYCACHEPREFIX", "PYTHONUSERBASE", "TMPDIR", "TZ",
})  # fmt: skip


class DemoMissing(Trouble):
    """The packages of the demo org are not installed."""

    title = "The demo org is not installed"
    advice = "Install it with the extra: pipx install 'keydesk[demo]' or uv tool install 'keydesk[demo]'."


class EmbeddedOrg:
    """One demo org on a free port of the loopback.

    The listening socket is opened here and handed to the child, so that the first request simply waits in the
    socket's queue until the child serves: the app need not wait for it.

    Attributes:
        url: The org's address.
        token: An API token of a super admin there.
        control_token: What the org's control endpoint asks for; another one for each child.
    """

    def __init__(self, *, people: int = PEOPLE, seed: int = SEED, callers: bool = False) -> None:
        if importlib.util.find_spec("starlette") is None or importlib.util.find_spec("uvicorn") is None:
            raise DemoMissing
        self._seed = seed
        self.control_token = secrets.token_urlsafe(32)
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(128)
            self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            self.token = f"00{Ids(seed).secret('super')}"
            command = [sys.executable, "-P", "-m", "tui", "demo-org", "--fd", str(listener.fileno())]
            command += ["--people", str(people), "--seed", str(seed), "--until-stdin-closes"]
            command += ["--callers"] if callers else []
            self._child = subprocess.Popen(  # noqa: S603 - our own program, our own arguments
                command,
                pass_fds=(listener.fileno(),),
                env=_environment(os.environ) | {CONTROL_TOKEN: self.control_token},
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    @property
    def client_id(self) -> str:
        """The client id of the demo's service app."""
        return client_id(Ids(self._seed), MAIN)

    @property
    def key_id(self) -> str:
        """The key id of the app's key."""
        return client_keys.key_id(self._seed, MAIN)

    @property
    def private_key(self) -> str:
        """The app's private key, PEM: made when asked for, the same as in the child."""
        return client_keys.private_pem(self._seed, MAIN, "ES256")

    def stop(self) -> None:
        """End it; it also ends by itself when this process is gone, since its standard input closes."""
        if self._child.stdin is not None:
            self._child.stdin.close()
        self._child.terminate()
        try:
            self._child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what the child gets of the environment."""
    return {name: value for name, value in environ.items() if name in PASSED_ON or name.startswith("LC_")}
