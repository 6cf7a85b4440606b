"""Keep this process's memory, which holds tokens and keys, out of files and away from other programs of the user."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Final

_PR_SET_DUMPABLE: Final = 4


def keep_memory_private() -> None:
    """Forbid core dumps; on Linux also that other processes of the same user look into this one.

    Linux hands a core dump to a program such as systemd-coredump whatever the limit says, so there the process is made
    not dumpable as well, which also keeps debuggers out (prctl(2), core(5)). A program started from here is dumpable
    again and keeps the limit. Windows has no such switch for its crash reports, and nothing is done there.
    """
    if sys.platform == "win32":
        return
    import resource

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):  # a C library without it
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
