"""On a machine whose clock is wrong, every command says by how much, and goes by Okta's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.desk.support import OFF, WrongClock
from tui import wiring

if TYPE_CHECKING:
    from tests.commands.conftest import Shell
    from tests.conftest import FakeClock

TOLD = {
    "3 h behind": "clock is 3 h behind Okta's",
    "90 s ahead": "",
    "5 h ahead": "clock is 5 h ahead of Okta's",
    "3 days ahead": "clock is 3 days ahead of Okta's",
}


def set_clock(keydesk: Shell, clock: FakeClock, off: float) -> None:
    connected = wiring.session

    def session(*arguments: Any, **more: Any) -> Any:  # noqa: ANN401 - passes on what it gets
        made = connected(*arguments, **more)
        made.client.clock.local = WrongClock(clock, off)
        return made

    keydesk.patch.setattr(wiring, "session", session)


@pytest.mark.parametrize("name", OFF)
def test_each_command_says_by_how_much(keydesk: Shell, clock: FakeClock, name: str) -> None:
    set_clock(keydesk, clock, OFF[name])
    told = TOLD[name]
    for arguments in (("show", "ann.lee"), ("find", "ann", "--json"), ("check",)):
        err = keydesk(*arguments).err
        assert (told in err) if told else (err == ""), arguments
    seconds = keydesk("check", "--json").json["clockAheadSeconds"]
    assert (abs(seconds - OFF[name]) <= 1.0) if told else (seconds is None)


def test_a_change_is_recorded_and_told_with_okta_s_time(keydesk: Shell, clock: FakeClock) -> None:
    set_clock(keydesk, clock, OFF["5 h ahead"])
    done = keydesk("unlock", "ann.lee@acme.example", "--yes", "--json")
    assert abs(done.json["clockAheadSeconds"] - OFF["5 h ahead"]) <= 1.0
    (entry,) = keydesk("ledger", "list", "--json").json
    assert entry["at"].startswith("2026-11-23T06:00:0")


@pytest.mark.parametrize("name", ["3 h behind", "3 days ahead"])
def test_notify_says_it_too(keydesk: Shell, clock: FakeClock, name: str) -> None:
    set_clock(keydesk, clock, OFF[name])
    keydesk("notify", "--init")
    assert TOLD[name] in keydesk("notify", "--once", "--dry-run", "--json").err
