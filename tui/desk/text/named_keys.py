"""The keys that sentences name, such as "F4 opens the ledger": each by the id of its binding, as it is bound now."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMED: Final[Mapping[str, str]] = MappingProxyType({
    "app.choose_connector": "f6",
    "app.go.calls": "f9",
    "app.go.connectors": "f5",
    "app.go.expiry": "f7",
    "app.go.ledger": "f4",
    "app.go.lockouts": "f3",
    "app.go.lookup": "f2",
    "app.go.notices": "f8",
    "app.quit": "ctrl+q",
    "checklist-step.copy": "c",
    "checklist-step.copy_all": "y",
    "connectors.add": "+",
    "connectors.change": "ctrl+e",
    "connectors.check": "r",
    "connectors.default": "ctrl+d",
    "connectors.rotate": "ctrl+r",
    "desk.copy_note": "c",
    "desk.open_console": "ctrl+o",
    "desk.several": "b",
    "expiry.days": "d",
    "expiry.filter": "/",
    "expiry.scan": "r",
    "ledger.filter": "/",
    "ledger.only_open": "d",
    "ledger.settle": "i",
    "lockouts.bell": "ctrl+b",
    "lockouts.evidence": "v",
    "lockouts.handle": "h",
    "lockouts.pause": "z",
    "lockouts.several": "b",
    "lockouts.show": "d",
    "lookup.put_advice_away": "del",
    "lookup.search": "/",
    "lookup.unfold": ".",
    "notices.filter": "/",
    "notices.settle.False": "-",
    "notices.settle.True": "+",
    "person.devices": "D",
    "person.notice": "n",
    "person.prove": "=",
    "person.software": "g",
    "person.why": "w",
    "proof-step.again": "r",
    "proof-step.fault": "i",
    "setup.save": "ctrl+s",
    "setup.switch_mode": "i",
    "software-list.reload": "r",
    "why.ask_app": "i",
})  # fmt: skip
"""For each binding that a sentence names, by its id, its key where the settings change none; a test compares them."""
_FUNCTION_KEY: Final = re.compile(r"f\d+")
_changed: dict[str, str] = {}


def change(keys: Mapping[str, str]) -> None:
    """Have sentences name other keys from now on; an app says so when it starts, for the whole process.

    Args:
        keys: For each changed binding, by its id, its keys as they are written for people. All others have those of
            `NAMED` again.
    """
    _changed.clear()
    _changed.update(keys)


def key_of(binding_id: str) -> str:
    """Return the key of a binding as the line of keys shows it: `f4`, `ctrl+e`, `/`.

    Args:
        binding_id: One of the ids of `NAMED`.
    """
    return _changed.get(binding_id) or NAMED[binding_id]


def also(binding_id: str) -> str:
    """Return the line beneath a command that has a key too: `w does the same`.

    Args:
        binding_id: One of the ids of `NAMED`.
    """
    return f"{key_of(binding_id)} does the same"


def key_said(binding_id: str) -> str:
    """Return the key of a binding as a sentence names it: `F4`, else as the line of keys shows it.

    Args:
        binding_id: One of the ids of `NAMED`.
    """
    key = key_of(binding_id)
    return key.upper() if _FUNCTION_KEY.fullmatch(key) else key
