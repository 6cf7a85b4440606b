"""docs/keys-per-job.md: each row is played, its keys are counted, and what it promises stands at the end."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.screens.support import WIDE, seated

if TYPE_CHECKING:
    import pytest

    from tests.conftest import Desk
    from tests.screens.support import Seat

PAGE = Path(__file__).parents[2] / "docs" / "keys-per-job.md"
NAMES = {"⏎": "enter", "⇥": "tab", "esc": "escape", "/": "slash", "?": "question_mark"}
MOST = 7
"""The most keys of any job beside the text that is typed."""


class Job(NamedTuple):
    """One row of the page."""

    title: str
    steps: tuple[str, ...]
    presses: int
    end: str


def jobs() -> list[Job]:
    """The rows of the page's table."""
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| ")][1:]
    return [Job(title, tuple(re.findall(r"“.*?”|\S+", keys)), int(count), end) for title, keys, count, end, _ in rows]


async def play(seat: Seat, job: Job) -> None:
    """Press the keys of a job, as somebody does who sees what each of them led to."""
    for step in job.steps:
        if step.startswith("“"):
            await seat.type(step.strip("“”"))
        else:
            await seat.press(NAMES.get(step, step.lower() if len(step) > 1 else step))


async def test_every_job_takes_the_keys_that_the_page_says(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # an export goes to the home folder
    async with seated(desk.session(), WIDE) as seat:
        for job in jobs():
            assert sum(not step.startswith("“") for step in job.steps) == job.presses <= MOST, job.title
            await play(seat, job)
            kind, _, promised = job.end.partition(": ")
            shown = {"copied": seat.app.clipboard, "shown": seat.words}[kind]
            assert promised in shown, f"{job.title}\n{shown}\n{seat.text}"
