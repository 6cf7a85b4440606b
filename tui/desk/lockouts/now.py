"""Who is locked or blocked now: the status search, and for blocks the System Log's candidates."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.lockouts.marks import locks_new_devices
from tui.okta.clock import stamp
from tui.okta.errors import NotFound, OktaError
from tui.okta.policy import Capability

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.desk.session import Session
    from tui.okta.models import User

LOCKED: Final = 'status eq "LOCKED_OUT"'
CLUES: Final = (
    'eventType eq "user.account.lock" or eventType eq "user.account.lock.limit" '
    'or (eventType eq "user.session.start" and outcome.result eq "FAILURE")'
)
FAILURES: Final = 3
MOST: Final = 1000
CANDIDATES: Final = 25
LOOK_BACK: Final = timedelta(hours=24)


class Lockout(Struct, frozen=True):
    """One person who is shut out now.

    Attributes:
        user: The person.
        since: When it began; `None` where Okta does not say.
        blocked: An ACTIVE person whom Okta blocks by device, rather than the status LOCKED_OUT.
    """

    user: User
    since: datetime | None
    blocked: bool = False


class Lockouts(Struct, frozen=True):
    """The list of lockouts, as far as it was read.

    Attributes:
        rows: Newest first.
        read_at: When it was read, by Okta's clock, seconds since the epoch.
        more: Whether there are more than were read.
        trouble: Why blocked people could not be looked for, or not all of them.
        done: Whether blocked people were looked for.
    """

    rows: tuple[Lockout, ...]
    read_at: float
    more: bool = False
    trouble: OktaError | None = None
    done: bool = False


def lockouts(session: Session, *, background: bool = False, blocks: bool = True) -> AsyncIterator[Lockouts]:
    """Read the list; yield after each page, last with the blocked people and `done`.

    Blocks are no search attribute, and no event type names them, only the message of a lock. So those who are not
    LOCKED_OUT but had a lock event or at least three failed sign-ins among the last 1,000 clues of 24 hours are asked
    one by one, up to 25 of them.

    Args:
        session: The session of the org.
        background: Whether the requests yield to the agents' own ones.
        blocks: Whether blocked people are looked for at all; without it, the last value is `done` all the same.

    Raises:
        SwitchedOff: The lockouts are switched off.
        OktaError: The status search failed.
    """
    session.require(Capability.LOCKOUTS)
    return _lockouts(session, background=background, blocks=blocks)


async def _lockouts(session: Session, *, background: bool, blocks: bool) -> AsyncIterator[Lockouts]:
    client = session.client
    rows: dict[str, Lockout] = {}
    more = False
    began, read_at = client.clock.monotonic(), client.clock.time()
    async for page in client.users(LOCKED, sort="statusChanged", descending=True, background=background):
        for user in page.items:
            rows[user.id] = Lockout(user, user.when("status_changed"))
        read_at = client.clock.time() - (client.clock.monotonic() - began)  # the first answer tells Okta's time
        more = page.next_url is not None and len(rows) >= MOST
        yield Lockouts(_sorted(rows), read_at, more)
        if more:
            break
    trouble: OktaError | None = None
    if not blocks:
        yield Lockouts(_sorted(rows), read_at, more, done=True)
        return
    try:
        blocked, trouble = await _blocked(session, set(rows))
        rows |= {lockout.user.id: lockout for lockout in blocked}
    except OktaError as error:
        trouble = error
    yield Lockouts(_sorted(rows), read_at, more, trouble, done=True)


async def _blocked(session: Session, known: set[str]) -> tuple[list[Lockout], OktaError | None]:
    client = session.client
    since = datetime.fromtimestamp(client.clock.time(), UTC) - LOOK_BACK
    query = {"since": stamp(since), "filter": CLUES, "sortOrder": "DESCENDING", "limit": "1000"}
    last: dict[str, datetime | None] = {}
    clues: Counter[str] = Counter()
    locked: set[str] = set()
    named: set[str] = set()
    for event in await client.log_page(query, background=True):
        person = event.person
        if person and person.id and person.id not in known:
            last.setdefault(person.id, event.at)
            if locks_new_devices(event):
                clues[person.id] += FAILURES
                named.add(person.id)
            elif event.event_type == "user.session.start":
                clues[person.id] += 1
            else:
                clues[person.id] += FAILURES
                locked.add(person.id)
    suspects = [user_id for user_id in last if clues[user_id] >= FAILURES]
    # A lock of new devices names a block. Another lock event means that the status was LOCKED_OUT and has healed;
    # failures without one point to a block.
    ids = sorted(suspects, key=lambda user_id: (user_id not in named, user_id in locked))[:CANDIDATES]
    answers = await asyncio.gather(*(_block(session, user_id) for user_id in ids))
    troubles = [answer for answer in answers if isinstance(answer, OktaError)]
    lockouts_read = [
        Lockout(answer, last[user_id], blocked=True)
        for user_id, answer in zip(ids, answers, strict=True)
        if answer is not None and not isinstance(answer, OktaError)
    ]
    return lockouts_read, troubles[0] if troubles else None


async def _block(session: Session, user_id: str) -> User | OktaError | None:
    """Return the person if they are blocked, or the error: a person out of reach must not hide the others."""
    client = session.client
    try:
        blocks = await client.blocks_of(user_id, background=True)
        session.blocked.note(user_id, client.clock.time(), blocked=bool(blocks))
        return await client.user(user_id, background=True) if blocks else None
    except NotFound:
        return None
    except OktaError as error:
        return error


def _sorted(rows: dict[str, Lockout]) -> tuple[Lockout, ...]:
    never = datetime.min.replace(tzinfo=UTC)
    return tuple(sorted(rows.values(), key=lambda row: (row.since or never, row.user.id), reverse=True))
