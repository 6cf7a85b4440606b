"""The one table of keys: what a letter may do, wherever it is bound. A test holds every screen and dialog to it.

So a key that is pressed one screen too late does what the agent meant, or nothing, and never opens a dialog of another
kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.actions.catalogue import ON_THE_CARD

if TYPE_CHECKING:
    from collections.abc import Mapping

PERSON: Final[Mapping[str, str]] = {action.key: f"act('{action.id}')" for action in ON_THE_CARD} | {
    "g": "software",
    "n": "notice",
    "w": "why",
    "equals_sign": "prove",
    "D": "devices",
}
"""For each letter of a person its action, as Textual writes it; no other action anywhere has one of these letters."""
LISTS: Final[Mapping[str, frozenset[str]]] = {
    "slash": frozenset({"filter", "search"}),
    "o": frozenset({"sort"}),
    "x": frozenset({"export", "save"}),
    "b": frozenset({"several"}),
    "h": frozenset({"handle"}),
    "v": frozenset({"evidence", "verify", "reveal"}),
    "d": frozenset({"show", "only_open", "days", "topic", "what_allows"}),
}
"""The letters of lists, and the actions that they may run: `d` chooses which rows, days or texts are shown."""
EVERYWHERE: Final[Mapping[str, frozenset[str]]] = {
    "c": frozenset({"copy_note", "copy"}),
    "y": frozenset({"choose_note", "copy_all", "dismiss", "stop", "answer"}),
    "r": frozenset({"reload", "scan", "check", "again"}),
    "question_mark": frozenset({"show_keys"}),
    "f1": frozenset({"show_keys"}),
}
"""The keys of every screen, and the actions that they may run: `y` also says yes where a dialog asks."""
WANTS_SHIFT: Final[Mapping[str, str]] = {
    key.lower(): key for key in PERSON if key.isupper() and key.lower() not in {*PERSON, *LISTS, *EVERYWHERE}
}
"""For each small letter that has no action of its own the one with Shift: pressed alone it says what it wants."""


def may_run(key: str, action: str) -> bool:
    """Return whether a key may be bound to an action.

    Args:
        key: One key, as Textual names it.
        action: The action as Textual writes it, such as `act('unlock')`.
    """
    if key in PERSON:
        return action == PERSON[key]
    if key in WANTS_SHIFT:
        return action == f"want_shift('{WANTS_SHIFT[key]}')"
    allowed = LISTS.get(key) or EVERYWHERE.get(key)
    return allowed is None or action.partition("(")[0] in allowed
