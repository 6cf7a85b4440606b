"""Opens the lockout feed over 200,000 stored events, as F3 does, in a process of its own.

Run it from the repository: `python tests/bench/feed_open.py [--events 200000]`. Never a timed test. The goals: 700 ms
and 100 MB. It is opened twice: before anything is folded, as after a keydesk that was killed at once, and as usual.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

import msgspec

from tests.bench.repaint_app import Okta, event
from tui import wiring
from tui.desk.connectors.connector import Connector, OrgAddress
from tui.desk.lockouts.feed_store import FeedStore
from tui.desk.lockouts.monitor import LockoutMonitor
from tui.okta.auth import ApiToken
from tui.okta.log_events import LogEvent
from tui.okta.policy import Mode

ORIGIN = "http://127.0.0.1:9"
_PAGE = 1000
_SPAN = 46 * 3600.0


def fill(path: Path, events: int) -> None:
    """Store so many events of the last two days, every tenth of them a lock."""
    store, now = FeedStore(path, ORIGIN), time.time()
    for first in range(0, events, _PAGE):
        page: list[dict[str, Any]] = [
            event(number, now - _SPAN * (1 - number / events)) for number in range(first, first + _PAGE)
        ]
        store.add(msgspec.convert(page, list[LogEvent], strict=False), f"{ORIGIN}/api/v1/logs?after=0", at=now)
    store.close()


async def open_feed() -> None:
    """Open it and print what that took."""
    connector = Connector("demo", OrgAddress(ORIGIN), ApiToken("0" * 42), Mode.READ_ONLY)
    session = wiring.session(connector, transport=Okta(0.000001))
    pictures = list[int]()
    monitor = LockoutMonitor(session, lambda picture: pictures.append(len(picture.cases)))
    await session.client.http()
    wall, cpu = time.perf_counter(), time.process_time()
    await monitor.read_log()
    monitor.close()
    print(
        f"cases {len(monitor.picture.cases):,}, pictures {len(pictures)}, "
        f"{time.perf_counter() - wall:.2f} s, {time.process_time() - cpu:.2f} s of CPU, "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most"
    )


def main(argv: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--here", action="store_true", help="open the feed in this process")
    arguments = parser.parse_args(argv)
    if arguments.here:
        asyncio.run(open_feed())
        return
    with tempfile.TemporaryDirectory() as home:
        env = {"KEYDESK_HOME": home, "PYTHONPATH": str(Path(__file__).parents[2]), "LC_ALL": "C.UTF-8"}
        command = [sys.executable, __file__, "--here"]
        subprocess.run(command, check=True, env=env)  # makes the folder of the connector
        (path,) = Path(home).rglob("feed.sqlite3")
        fill(path, arguments.events)
        for state in ("nothing is folded yet", "folded"):
            print(f"{state:<22} ", end="", flush=True)
            subprocess.run(command, check=True, env=env)


if __name__ == "__main__":
    main()
