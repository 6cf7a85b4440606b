"""A glance at the lockouts by the stored events alone: no request is sent, and nothing is waited for."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from tui.desk.lockouts.case import Shut
from tui.desk.lockouts.cases import Cases
from tui.desk.lockouts.feed_store import FeedStore, FeedStoreTrouble
from tui.desk.lockouts.folding import Folding
from tui.desk.lockouts.spray import HOME_WINDOW, WINDOW, sprays
from tui.okta.policy import Capability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.desk.lockouts.case import Case
    from tui.desk.lockouts.feed_store import Handled
    from tui.desk.lockouts.picture import Picture
    from tui.desk.lockouts.spray import Spray
    from tui.desk.session import Session


class Glance(Struct, frozen=True):
    """What the stored events tell. They do not tell of a lock that ended without an event.

    Attributes:
        read_at: When the log was read last.
        locked: People whose lockout lasts.
        blocked: People who are blocked by device.
        mine: Names of the people whose case this agent has taken and who are still locked or blocked; untrusted.
        wave: The largest wave of the last hour; `None` without one.
    """

    read_at: datetime
    locked: int
    blocked: int
    mine: tuple[str, ...] = ()
    wave: Spray | None = None


async def glance(session: Session) -> Glance | None:
    """Return what is known of the lockouts; `None` where the log was never read, or is not kept on this machine."""
    path = session.folder / "feed.sqlite3" if session.folder else None
    if path is None or not path.exists() or Capability.LOCKOUTS not in session.client.policy.capabilities:
        return None
    store = FeedStore(path, session.client.policy.origin)
    try:
        return await _glance(session, store)
    except FeedStoreTrouble:  # the lockouts say so, once they are opened
        return None
    finally:
        store.close()


async def _glance(session: Session, store: FeedStore) -> Glance | None:
    read_at = await asyncio.to_thread(store.read_at)
    if read_at is None:
        return None
    now, cases = session.now(), Cases()
    await Folding(store, cases, session.now).open()
    handled = await asyncio.to_thread(store.handled)
    attempts = cases.attempts(now - HOME_WINDOW)
    locked_lately = {case.user_id for case in cases.all() if case.began >= now - WINDOW}
    waves = await asyncio.to_thread(sprays, attempts, locked_lately, now=now)
    lasting = [case for case in cases.open() if case.heals_at is None or case.heals_at > now]
    return _of(lasting, handled, waves, str(session.agent), datetime.fromtimestamp(read_at, UTC))


def glance_at(picture: Picture, agent: str) -> Glance | None:
    """Return what a picture of the lockouts tells; `None` before the first reading.

    Args:
        picture: The picture.
        agent: The agent's name, for the cases that the agent has taken.
    """
    if picture.read_at is None:
        return None
    return _of(picture.open, picture.handled, picture.sprays, agent, datetime.fromtimestamp(picture.read_at, UTC))


def _of(
    lasting: Sequence[Case], handled: Mapping[str, Handled], waves: Sequence[Spray], agent: str, read_at: datetime
) -> Glance:
    taken = {note.case_id for note in handled.values() if note.agent == agent}
    mine = {case.user_id: case.name or case.login for case in lasting if taken & {case.id, *case.also}}
    blocked = {case.user_id for case in lasting if case.shut is Shut.BLOCKED}
    locked = {case.user_id for case in lasting if case.shut is not Shut.BLOCKED}
    return Glance(read_at, len(locked), len(blocked), tuple(mine.values()), waves[0] if waves else None)
