"""What the command palette offers on the screen of the lockouts: the case under the cursor, the marks, each filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.asks import Command
from tui.desk.actions.catalogue import UNLOCK
from tui.desk.lockouts.view import causes
from tui.desk.lockouts.words import CAUSE
from tui.desk.text.named_keys import also, key_of
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.desk.lockouts.picture import Picture
    from tui.desk.lockouts.view import LockoutRow, View
    from widgets.marks import MarkRows


def lockout_commands(table: MarkRows[LockoutRow], picture: Picture | None, view: View | None) -> Iterator[Command]:
    """Yield the commands.

    Args:
        table: The list.
        picture: What was read; `None` as long as nothing is.
        view: The filters and the order; `None` as long as there is no list.
    """
    if table.current is not None:
        name = plain(table.current.case.name or table.current.case.login)
        yield Command(f"Unlock {name}", UNLOCK.effect, f"act('{UNLOCK.id}')")
        yield Command(f"Why can't {name} sign in?", also("person.why"), "why")
        yield Command(f"Take care of {name}", f"Or leave it again; {also('lockouts.handle')}", "handle")
    if table.marked:
        yield Command("Unlock all who are marked", also("lockouts.several"), "several")
    if picture is not None and picture.sprays:
        yield Command("Evidence of the wave", also("lockouts.evidence"), "evidence")
    if picture is not None and view is not None:
        yield from _filters(picture, view)
    yield Command("Lockouts: another order", "Newest, what lasts longest, by cause, by name", "order")


def _filters(picture: Picture, view: View) -> Iterator[Command]:
    """Yield each filter by its name: which cases, and of which cause."""
    takes_next = f"Which are shown; {key_of('lockouts.show')} takes the next"
    for show in type(view.show):
        yield Command(f"Lockouts: {show.value}", takes_next, f"show_only('{show.name}')")
    for cause in causes(picture):
        yield Command(f"Lockouts: only {CAUSE[cause]}", "Once more: all again", f"only_cause('{cause.name}')")
