"""Choosing among the cases: filter, cause, order, and a box that finds a person among them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.reactive import var
from textual.widgets import Input

from screens.lockouts_watching import WatchingScreen

if TYPE_CHECKING:
    from tui.desk.lockouts_view import View


class Choosing(WatchingScreen):
    """A screen with `#find`, and a list that follows `view`."""

    view: var[View | None] = var(None)

    def draw(self) -> None:
        """Show the picture by the view; for subclasses."""

    def to_list(self) -> None:
        """Give the list the focus; for subclasses."""

    def on_mount(self) -> None:
        """The box is there while it is needed."""
        self.query_one("#find", Input).display = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Inside the box `/` is a letter."""
        if action == "search":
            return not isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    def watch_view(self) -> None:
        """Show another choice of the same."""
        self.draw()

    def action_show(self) -> None:
        """Open ones, all, mine, nobody's."""
        if self.view is not None:
            kinds = list(type(self.view.show))
            self.view = replace(self.view, show=kinds[(kinds.index(self.view.show) + 1) % len(kinds)])

    def action_sort(self) -> None:
        """Another order."""
        if self.view is not None:
            orders = list(type(self.view.order))
            self.view = replace(self.view, order=orders[(orders.index(self.view.order) + 1) % len(orders)])

    def action_cause(self) -> None:
        """Only those of one cause, the commonest first; after the last all again."""
        from tui.desk.lockouts_view import causes  # noqa: PLC0415 - loaded by now

        if self.view is None or self.picture is None:
            return
        there = [None, *causes(self.picture)]
        place = there.index(self.view.cause) if self.view.cause in there else -1
        self.view = replace(self.view, cause=there[(place + 1) % len(there)])

    def action_search(self) -> None:
        """To the box, which is there while it is needed."""
        box = self.query_one("#find", Input)
        box.display = True
        self.set_focus(box)

    @on(Input.Changed, "#find")
    def searched(self, event: Input.Changed) -> None:
        """Show who fits what is typed."""
        if self.view is not None:
            self.view = replace(self.view, text=event.value.strip())

    @on(Input.Submitted, "#find")
    def found(self) -> None:
        """Enter goes to the list, with what was found."""
        self.to_list()

    def action_back(self) -> None:
        """From the box to the list, all of it; another time back to the ordinary choice."""
        self.notice.clear()
        box = self.query_one("#find", Input)
        if box.display:
            box.value = ""
            self.to_list()
            box.display = False
        elif self.view is not None:
            self.view = type(self.view)()
        self.to_list()
