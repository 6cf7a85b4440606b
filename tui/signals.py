"""The signals that end keydesk in good order: a change under way is cancelled, and so recorded as unknown."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAMES: Final = ("SIGTERM", "SIGHUP")
SIGNALLED: Final = 128
"""A process that a signal has ended has this and the signal's number as its exit code, as a shell counts."""


@contextmanager
def ended_by_signals(end: Callable[[int], object]) -> Iterator[None]:
    """Have SIGTERM and SIGHUP call a function of the running event loop, as long as the context lasts.

    A signal that is ignored, as SIGHUP is by `nohup`, stays ignored.

    Args:
        end: Called with the signal's number, between two steps of the event loop.
    """
    loop, taken = asyncio.get_running_loop(), []
    for number in (getattr(signal, name) for name in NAMES if hasattr(signal, name)):
        with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, end, number)
                taken.append(number)
    try:
        yield
    finally:
        for number in taken:
            loop.remove_signal_handler(number)
