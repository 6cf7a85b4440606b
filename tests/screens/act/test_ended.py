"""The app is ended by a signal while a change is under way: the ledger says unknown, whatever the terminal does."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.desk.support import Gate, writing
from tests.screens.act.test_confirm import on_the_card
from tests.screens.support import seated
from tui.desk.ledger.entry import Outcome

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_during_a_write_records_unknown(desk: Desk, wire: Line, number: signal.Signals) -> None:
    wire.watch = gate = Gate(writing)
    session = desk.session()
    async with seated(session) as seat:
        await on_the_card(seat)
        await seat.press("u")
        await seat.hit("enter")
        await seat.until(lambda: gate.held)
        os.kill(os.getpid(), number)
        await seat.until(lambda: gate.cancelled)
        await seat.until(lambda: session.ledger.entry(1).outcome is Outcome.UNKNOWN)  # a thread records it
        (entry,) = session.ledger.entries()
        assert entry.open
        assert entry.detail == "keydesk was closed before the answer came"
    assert seat.app.return_code == 128 + number
