"""Jobs for several of the demo org's people, as the tests of them need them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.desk.support import user_id, world
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import TargetKind
from tui.desk.bulk.job import job
from tui.desk.bulk.run import JobRun

if TYPE_CHECKING:
    from tui.demo.org import Org
    from tui.desk.bulk.job import Job, LineState
    from tui.desk.people.person import Person
    from tui.desk.session import Session

UNLOCK: Final = ACTIONS["unlock"]
ADD: Final = ACTIONS["add-to-group"]
CREW: Final = ("bob.martin", "sven.olsen", "uma.rao", "nina.rossi")
GROUP: Final = "Figma Editors"


def locked(org: Org, *names: str) -> list[str]:
    """Lock some of the cast; their ids."""
    for name in names or CREW:
        world(org, lock=name)
    return [user_id(org, name) for name in names or CREW]


async def people(session: Session, ids: list[str]) -> list[Person]:
    """These people, as a list shows them."""
    return [await session.person(one) for one in ids]


async def unlocking(session: Session, ids: list[str]) -> JobRun:
    """A job that has been looked at."""
    several = JobRun(session, job(UNLOCK, await people(session, ids)))
    await several.preview()
    return several


async def adding(session: Session, org: Org, ids: list[str], group: str = GROUP) -> JobRun:
    """The same for a group."""
    chosen = [(TargetKind.GROUP, org.groups.named(group).id)]
    several = JobRun(session, job(ADD, await people(session, ids), chosen))
    await several.preview()
    return several


def came(work: Job) -> list[LineState]:
    """How far each is."""
    return [line.state for line in work.lines]
