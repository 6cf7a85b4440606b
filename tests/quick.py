"""What costs much and is the same each time: walking what stays in memory, and the demo org's past."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tui.demo.log.journal import Journal
    from tui.demo.org import Org

THRESHOLDS: Final = (400_000, 20, 100)
"""How many new objects it takes until the garbage collector walks the young, the middle-aged and the old.

An app leaves some 60,000 behind, so the young are walked after a handful of apps, not while each is in use.
"""

_PASTS: Final[dict[tuple[object, ...], tuple[list[Any], list[Any], int]]] = {}


def leave_garbage_lie() -> None:
    """Let the collector pass over all that the imports made, which stays, and look at the rest less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


def with_known_past(org: Org) -> Org:
    """Return the org, whose log takes its eight days of past from the first org that was made as it was.

    To write them takes a quarter of a second, and nearly every test with a card or a feed reads the log. What is taken
    is exactly what would be written: `tests/test_quick.py` compares. Only the events of the past are shared, which
    nobody changes; each log has its own order of them and its own later events.
    """
    write = org.journal._past
    assert write is not None, "the log has been read already"
    key = (org.seed, len(org.people), org.origin, org.pipeline)

    def recall(journal: Journal) -> None:
        if key not in _PASTS:
            write(journal)
            _PASTS[key] = list(journal._arrivals), list(journal._published), journal._order
            return
        arrivals, published, journal._order = _PASTS[key]
        journal._arrivals.extend(arrivals)
        journal._published.extend(published)

    org.journal._past = recall
    return org
