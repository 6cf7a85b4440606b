"""A connection that waits so long for each answer and no longer; imported with psycopg, which only a team needs.

TCP finds a dead line by probing it, but a server, a pooler or a firewall that takes everything and answers nothing
keeps a line alive for ever.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg

if TYPE_CHECKING:
    from psycopg.abc import PQGen

_T = TypeVar("_T")
_LOOK = 0.1
# What psycopg says to a log would be written over the screen; each error reaches whoever asked.
logging.getLogger("psycopg").addHandler(logging.NullHandler())
logging.getLogger("psycopg").propagate = False


class BoundedConnection(psycopg.Connection[tuple[Any, ...]]):
    """A connection with a bound for each answer.

    Attributes:
        answer: Seconds to wait for one.
    """

    answer: float = 30.0

    def wait(self, gen: PQGen[_T], interval: float = _LOOK, timeout: float | None = None) -> _T:
        """Wait for an answer, as psycopg does; where it gives a time itself, for so long.

        Raises:
            psycopg.OperationalError: There was none in time.
        """
        return super().wait(self._bounded(gen) if timeout is None else gen, min(interval, _LOOK), timeout)

    def _bounded(self, gen: PQGen[_T]) -> PQGen[_T]:
        """Pass a conversation on; psycopg comes by each tenth of a second, also where nothing has arrived."""
        ends = time.monotonic() + self.answer
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if time.monotonic() > ends:
                    raise psycopg.OperationalError(f"no answer within {self.answer:g} s")
                wanted = gen.send(ready)
        except StopIteration as end:
            result: _T = end.value
            return result
