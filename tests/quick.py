"""The garbage collector is kept from walking what stays, again and again."""

from __future__ import annotations

import gc
from typing import Final

THRESHOLDS: Final = (50_000, 20, 100)
"""How many new objects it takes until the garbage collector walks the young, the middle-aged and the old."""


def leave_garbage_lie() -> None:
    """Let the collector pass over all that the imports made, which stays, and look at the rest less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
