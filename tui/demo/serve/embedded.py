"""The demo org as a child process: its address is known at once, and it ends when this process does."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
from typing import Final

from tui.demo.admins.principals import MAIN, client_id
from tui.demo.base import client_keys
from tui.demo.base.ids import Ids
from tui.trouble import Trouble

SEED: Final = 7
PEOPLE: Final = 2000
MOST_PEOPLE: Final = 200_000


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
    """

    def __init__(self, *, people: int = PEOPLE, seed: int = SEED) -> None:
        if importlib.util.find_spec("starlette") is None or importlib.util.find_spec("uvicorn") is None:
            raise DemoMissing
        self._seed = seed
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(128)
            self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            self.token = f"00{Ids(seed).secret('super')}"
            command = [sys.executable, "-P", "-m", "tui", "demo-org", "--fd", str(listener.fileno())]
            command += ["--people", str(people), "--seed", str(seed), "--until-stdin-closes"]
            self._child = subprocess.Popen(  # noqa: S603 - our own program, our own arguments
                command,
                pass_fds=(listener.fileno(),),
                env={name: value for name, value in os.environ.items() if not name.startswith("KEYDESK_")},
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
