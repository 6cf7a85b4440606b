"""Open the session that a command works with, and close it afterwards."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from tui import wiring
from tui.commands.output import print_clock
from tui.signals import SIGNALLED, ended_by_signals
from tui.switchboard import Switchboard

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tui.desk.session import Session

T = TypeVar("T")


def switchboard(arguments: argparse.Namespace) -> Switchboard:
    """Return the connectors that the flags and the environment allow.

    Raises:
        NoConnector: Two flags contradict each other.
    """
    demo, name = getattr(arguments, "demo", False), getattr(arguments, "connector", "")
    if demo and name:
        raise wiring.NoConnector("--demo and --connector cannot be used together", advice="Leave one of them out.")
    return Switchboard(
        name=name,
        demo=demo,
        people=getattr(arguments, "people", None),
        read_only=getattr(arguments, "read_only", False),
        verify_only=getattr(arguments, "verify_only", False),
    )


def connect(arguments: argparse.Namespace) -> Session:
    """Return the session that the flags and the environment ask for; nothing is sent yet.

    Raises:
        Trouble: No connector is set up, or its secret cannot be read.
    """
    return switchboard(arguments).open()


def with_session(arguments: argparse.Namespace, work: Callable[[Session], Awaitable[T]]) -> T:
    """Run one piece of asynchronous work with a session, and close it afterwards."""
    session = connect(arguments)

    async def work_and_close() -> T:
        task = asyncio.current_task()

        def end(number: int) -> None:
            ended_by.append(number)
            if task is not None:
                task.cancel()

        try:
            with ended_by_signals(end):
                return await work(session)
        finally:
            print_clock(session)
            await session.client.aclose()

    ended_by: list[int] = []
    try:
        return asyncio.run(work_and_close())
    except asyncio.CancelledError:
        if not ended_by:
            raise
        raise SystemExit(SIGNALLED + ended_by[0]) from None
    finally:
        session.ledger.close()


async def last_value(values: AsyncIterator[T]) -> T:
    """Return the last value of an iterator whose values grow more complete.

    Raises:
        StopAsyncIteration: The iterator is empty.
    """
    value = await anext(values)
    async for newer in values:
        value = newer
    return value
