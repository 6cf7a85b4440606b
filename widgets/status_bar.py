"""The top line: which org, whether anything can be changed, who is at the desk, what Okta's limits leave."""

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
    """What the line tells.

    Attributes:
        connector: The connector's name.
        org: Host of the org.
        read_only: Whether nothing can be changed.
        agent: Who is at the desk.
        left: Share of the tightest rate-limit bucket that is left, 0 to 1.
        waiting: Seconds until a held-back request goes on; `None` when none is.
        colour: The connector's colour, a key of `CHIP`.
        production: Whether the line must look like production.
    """

    connector: str
    org: str
    read_only: bool
    agent: str
    left: float = 1.0
    waiting: int | None = None
    colour: str = "blue"
    production: bool = False


class StatusBar(Widget):
    """One line, from a `Status`."""

    DEFAULT_CSS = """
    StatusBar { height: 1; dock: top; background: $panel; color: $foreground; }
    StatusBar.-production { background: #5c1018; color: #ffffff; }
    """

    status: reactive[Status | None] = reactive(None)

    def watch_status(self, status: Status | None) -> None:
        """Production's line is red all along."""
        self.set_class(status is not None and status.production, "-production")

    def render(self) -> Content:
        """Lay the line out in the width there is; connector and mode are never dropped."""
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
        right.append((f"{status.agent} ", "" if status.production else "$foreground-muted"))
        width = self.size.width
        if _width(left) + _width(right) > width and len(right) > 1:
            right.pop()
        if _width(left) + _width(right) > width:
            left.pop()  # the org
        if _width(left) + _width(right) > width and status.waiting is None:
            right = []
        if (over := _width(left) + _width(right) - width) > 0:
            left[2] = (f"{set_cell_size(name, max(3, cell_len(name) - over - 1)).rstrip()}…", chip)
        gap = " " * max(1, width - _width(left) - _width(right))
        return Content.assemble(*left, gap, *right)


def _width(parts: list[tuple[str, str]]) -> int:
    return sum(cell_len(text) for text, _ in parts)
