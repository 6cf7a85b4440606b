"""What was read of people in this session, part by part, so that card, verdict and confirmation ask Okta once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

T = TypeVar("T")

SHARED_FOR: Final = 10.0
"""Seconds for which screens share what one of them has read: an agent opens one after the other."""
UNCHANGED: Final = 300.0
"""Seconds for which parts that a change did not touch are shown on without another read."""
MOST: Final = 80
"""The most parts that are kept, of some ten people."""


class _Kept(Struct, frozen=True):
    value: object
    read_at: float


class _Reading(Struct):
    """A read on its way.

    Attributes:
        task: What reads.
        began: When it began, in seconds of the monotonic clock.
        waiting: How many wait for it; the last one that leaves ends it.
    """

    task: asyncio.Task[Any]
    began: float
    waiting: int = 0


class PersonParts:
    """Parts of people, each with the time of its read; a part that is being read is not asked for again.

    A refusal is not kept: the next one who asks reads again.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._reading: dict[tuple[str, str], _Reading] = {}

    async def read(self, user_id: str, part: str, read: Callable[[], Awaitable[T]], *, now: float, younger: float) -> T:
        """Return a part of a person: what is young enough, what is on its way, or else what is read now.

        Args:
            user_id: Okta's id of the person.
            part: The part's name.
            read: What reads it from Okta.
            now: The time in seconds of the monotonic clock.
            younger: The most seconds that have passed since the read; 0 reads in any case, and joins no read that is
                on its way, since that may have been answered before something was changed.

        Raises:
            Trouble: What `read` raises.
        """
        key = user_id, part
        kept = self._kept.get(key)
        if kept is not None and now - kept.read_at < younger:
            return cast("T", kept.value)
        reading = self._reading.get(key)
        if reading is None or now - reading.began >= younger:
            reading = _Reading(asyncio.ensure_future(self._run(key, read, now)), now)
            self._reading[key] = reading
        reading.waiting += 1
        try:
            return cast("T", await asyncio.shield(reading.task))
        finally:
            reading.waiting -= 1
            if not reading.waiting:
                reading.task.cancel()  # does nothing where it has ended
                if self._reading.get(key) is reading:
                    del self._reading[key]

    def has(self, user_id: str, part: str, *, now: float, younger: float) -> bool:
        """Return whether a part is known, or is being read, so that `read` with the same arguments asks nothing.

        Args:
            user_id: Okta's id of the person.
            part: The part's name.
            now: The time in seconds of the monotonic clock.
            younger: The most seconds that have passed since the read.
        """
        key = user_id, part
        kept, reading = self._kept.get(key), self._reading.get(key)
        times = [kept.read_at if kept else None, reading.began if reading else None]
        return any(now - at < younger for at in times if at is not None)

    async def _run(self, key: tuple[str, str], read: Callable[[], Awaitable[T]], began: float) -> T:
        try:
            value = await read()
        except Exception:
            self._kept.pop(key, None)  # what was read before does not hold any more
            raise
        reading = self._reading.get(key)
        if reading is not None and reading.task is asyncio.current_task():  # else it was forgotten meanwhile
            self._keep(key, value, began)
        return value

    def put(self, user_id: str, part: str, value: object, *, began: float) -> None:
        """Keep a part that something else has read, unless a newer read of it is kept.

        Args:
            user_id: Okta's id of the person.
            part: The part's name.
            value: What was read.
            began: When that read began, in seconds of the monotonic clock.
        """
        kept = self._kept.get((user_id, part))
        if kept is None or kept.read_at <= began:
            self._keep((user_id, part), value, began)

    def _keep(self, key: tuple[str, str], value: object, began: float) -> None:
        self._kept[key] = _Kept(value, began)
        self._kept.move_to_end(key)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def forget(self, user_id: str, parts: Iterable[str]) -> None:
        """Forget parts of a person since they are changed; what is being read now is not kept either.

        Args:
            user_id: Okta's id of the person.
            parts: The names of the parts.
        """
        for part in parts:
            self._kept.pop((user_id, part), None)
            self._reading.pop((user_id, part), None)
