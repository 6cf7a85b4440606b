"""The top line of a screen: the org, the mode, the agent, and what is left of Okta's rate limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.desk.text.plain import plain

LOW: Final = 0.5
# White on these is readable in every theme (4.5:1 or more), so that a connector looks the same everywhere.
CHIP: Final = {
    "blue": "#1f5fbf",
    "green": "#1d7a35",
    "teal": "#0b7285",
    "purple": "#7a44c9",
    "grey": "#5f6670",
    "orange": "#b04a00",
    "red": "#c01f2c",
}


@dataclass(frozen=True, slots=True)
class Status:
    """The facts that the top line shows.

    Attributes:
        connector: The connector's name.
        org: The org's host name.
        read_only: Whether the connector may change nothing.
        agent: The agent's name.
        left: What is left of the tightest rate-limit bucket, as a share from 0 to 1.
        waiting: Seconds until a held-back request is sent; `None` when no request is held back.
        colour: The connector's colour, a key of `CHIP`.
        production: Whether this is a production org, whose line is red.
        clock: By how much this machine's clock is off, such as `5 h ahead of Okta's`; empty up to two minutes.
    """

    connector: str
    org: str
    read_only: bool
    agent: str
    left: float = 1.0
    waiting: int | None = None
    colour: str = "blue"
    production: bool = False
    clock: str = ""


class StatusBar(Widget):
    """Draws a `Status` in one line."""

    DEFAULT_CSS = """
    StatusBar { height: 1; dock: top; background: $panel; color: $foreground; }
    StatusBar.-production { background: #5c1018; color: #ffffff; }
    """

    status: reactive[Status | None] = reactive(None)

    def watch_status(self, status: Status | None) -> None:
        """Make the whole line red for production."""
        self.set_class(status is not None and status.production, "-production")

    def render(self) -> Content:
        """Return the line for the widget's width; the connector and the mode are never dropped."""
        status = self.status
        if status is None:
            return Content("keydesk")
        mode = (" READ-ONLY ", "bold $background on $text-warning") if status.read_only else (" READ-WRITE ", "bold")
        chip = f"bold #ffffff on {CHIP.get(status.colour, CHIP['blue'])}"
        name = f" {plain(status.connector)}{' · PRODUCTION' if status.production else ''} "
        brand = (" keydesk ", "bold" if status.production else "bold $text-primary")
        left = [brand, mode, (name, chip), (f" {plain(status.org)}", "")]
        right = []
        if status.waiting is not None:
            right.append((f" Okta's rate limit: waiting {status.waiting} s ", "bold $text-warning"))
        elif status.left < LOW:
            right.append((f" rate limit: {status.left:.0%} left ", "$text-warning"))
        if status.clock:
            right.append((f" clock {status.clock} ", "bold $text-warning"))
        right.append((f"{status.agent} ", "" if status.production else "$foreground-muted"))
        width = self.size.width
        if _width(left) + _width(right) > width and len(right) > 1:
            right.pop()
        if _width(left) + _width(right) > width:
            left.pop()  # the org
        if _width(left) + _width(right) > width and status.waiting is None and not status.clock:
            right = []
        if (over := _width(left) + _width(right) - width) > 0:
            left[2] = (f"{set_cell_size(name, max(3, cell_len(name) - over - 1)).rstrip()}…", chip)
        gap = " " * max(1, width - _width(left) - _width(right))
        return Content.assemble(*left, gap, *right)


def _width(parts: list[tuple[str, str]]) -> int:
    return sum(cell_len(text) for text, _ in parts)
