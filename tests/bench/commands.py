"""What a command costs from its start to its last line, against a bare httpx script that does the same calls.

`python -m tests.bench.commands [TURNS]`. The script asks in the same steps, at the same time what the command asks at
the same time, and prints the same kind of JSON. It is measured twice: as anybody would write it, and as lean as httpx
can be had (without httpx's own command line, which is imported where click is installed).
"""

from __future__ import annotations

import json
import sys
import tempfile
import urllib.request
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from tests.bench.people import demo_org
from tests.bench.turns import Turns, run_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.turns import Took

TURNS: Final = 15
WHOM: Final = "ann.lee@acme.example"
PYTHON: Final = [sys.executable, "-P"]
BARE: Final = """
import sys
steps, lean = eval(sys.argv[3]), sys.argv[4]
if lean:
    sys.modules["httpx._main"] = None
import asyncio, json
import httpx
async def main():
    context = httpx.create_ssl_context(verify=False)
    headers = {"authorization": "SSWS " + sys.argv[2]}
    async with httpx.AsyncClient(base_url=sys.argv[1], headers=headers, trust_env=False, verify=context) as client:
        answers = []
        for paths in steps:
            answers += await asyncio.gather(*(client.get(path) for path in paths))
    for answer in answers:
        answer.raise_for_status()
    print(json.dumps([answer.json() for answer in answers[-6:]], indent=2)[:4000])
asyncio.run(main())
"""


def steps_of(user_id: str) -> dict[str, list[list[str]]]:
    """Return what each command asks, by its name: steps, of which each asks several things at once."""
    users = "/api/v1/users"
    search = (
        users
        + "?limit=50&search="
        + quote(
            " or ".join(
                f'profile.{name} {how} "{WHOM}"'
                for name, how in (
                    ("login", "eq"),
                    ("email", "eq"),
                    ("secondEmail", "eq"),
                    ("login", "sw"),
                    ("email", "sw"),
                )
            )
        )
    )
    who, me = [f"{users}/{WHOM}", search], f"{users}/{user_id}"
    about = quote(f'actor.id eq "{user_id}" or target.id eq "{user_id}"')
    since = f"{datetime.now(UTC) - timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}"
    logs = f"/api/v1/logs?since={since}&filter={about}&sortOrder=DESCENDING&limit="
    admins, block = "/api/v1/iam/assignees/users?limit=100", f"{me}/blocks"
    parts = [me, block, f"{me}/groups", f"{me}/factors"]
    return {
        "find": [[*who, admins], [block]],
        "show": [who, [*parts, f"{me}/appLinks", f"{logs}30", admins]],
        "why": [who, [me, block], [f"{logs}500", "/api/v1/policies?type=PASSWORD", *parts[2:]], [f"{logs}200"]],
    }


def main(arguments: list[str]) -> None:
    """Measure in turns, print the tables."""
    turns, measured = int(arguments[0]) if arguments else TURNS, Turns()
    programs: dict[str, Callable[[], Took]] = {
        "python -c pass": partial(run_once, [*PYTHON, "-c", "pass"]),
        "--version": partial(run_once, [*PYTHON, "-m", "tui", "--version"]),
    }
    base_of = {"--version": "python -c pass"}
    with tempfile.TemporaryDirectory() as home, demo_org("--lockouts-per-minute", "0", "--rate-limits", "off") as org:
        url, token = org
        asked = urllib.request.Request(f"{url}/api/v1/users/{WHOM}", headers={"authorization": f"SSWS {token}"})  # noqa: S310 - the demo org
        with urllib.request.urlopen(asked) as answer:  # noqa: S310 - as above
            user_id = json.load(answer)["id"]
        env = {"KEYDESK_HOME": home, "KEYDESK_ORG": url, "KEYDESK_API_TOKEN": token}
        for name, steps in steps_of(user_id).items():
            for kind in ("", "lean"):
                bare = [*PYTHON, "-c", BARE, url, token, repr(steps), kind]
                programs[f"  {kind or 'plain'} httpx, {name}"] = partial(run_once, bare)
            programs[f"{name} --json"] = partial(run_once, [*PYTHON, "-m", "tui", name, WHOM, "--json"], env)
            base_of[f"{name} --json"] = f"  lean httpx, {name}"
        measured.measure(turns, programs)
    print(f"Commands against bare httpx that asks the same, {turns} turns")
    print("\n".join(measured.lines(base_of)))


if __name__ == "__main__":
    main(sys.argv[1:])
