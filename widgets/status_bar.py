"""The top line: which org, whether anything can be changed, who is at the desk, what Okta's limits leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

LOW: Final = 0.5


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
    """

    connector: str
    org: str
    read_only: bool
    agent: str
    left: float = 1.0
    waiting: int | None = None


class StatusBar(Widget):
    """One line, from a `Status`."""

    DEFAULT_CSS = """
    StatusBar { height: 1; dock: top; background: $panel; color: $foreground; }
    """

    status: reactive[Status | None] = reactive(None)

    def render(self) -> Content:
        """Lay the line out in the width there is; the mode is never dropped."""
        status = self.status
        if status is None:
            return Content("keydesk")
        mode = (" READ-ONLY ", "bold $background on $text-warning") if status.read_only else (" READ-WRITE ", "bold")
        left = [(" keydesk ", "bold $text-primary"), mode, (f" {status.connector}", "bold"), (f"  {status.org}", "")]
        right = []
        if status.waiting is not None:
            right.append((f" Okta's rate limit: waiting {status.waiting} s ", "bold $text-warning"))
        elif status.left < LOW:
            right.append((f" rate limit: {status.left:.0%} left ", "$text-warning"))
        right.append((f"{status.agent} ", "$foreground-muted"))
        width = self.size.width
        while len(left) > 2 and _width(left) + _width(right) > width:  # noqa: PLR2004 - name and mode stay
            if len(right) > 1 or len(left) == 3:  # noqa: PLR2004
                right = right[:1] if status.waiting is not None else []
                if _width(left) + _width(right) <= width:
                    break
            left.pop()
        gap = " " * max(1, width - _width(left) - _width(right))
        return Content.assemble(*left, gap, *right)


def _width(parts: list[tuple[str, str]]) -> int:
    return sum(cell_len(text) for text, _ in parts)
