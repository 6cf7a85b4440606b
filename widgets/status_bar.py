"""The top line of a screen: the connector, the org, the mode, the agent, and what is left of Okta's rate limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.desk.text.okta_terms import clock_off
from tui.desk.text.plain import plain
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from tui.desk.session import Session

LOW: Final = 0.5


class Status(Struct, frozen=True):
    """The facts that the top line shows.

    Attributes:
        connector: The connector's name.
        org: The org's name.
        read_only: Whether the connector may change nothing.
        agent: The agent's name.
        left: What is left of the tightest rate-limit bucket, as a share from 0 to 1.
        waiting: Seconds until a held-back request is sent; `None` when no request is held back.
        colour: The connector's colour, as in its profile.
        production: Whether this is a production org, whose line has production's own colour.
        clock: By how much this machine's clock is off, such as `5 h ahead of Okta's`; empty up to two minutes.
        marks: What of the screen is not as usual, such as a filter, or that it is paused; a word or two each.
        shut: Why no agent of a team can change anything now, in capitals; empty where they can.
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
    marks: tuple[str, ...] = ()
    verifies: bool = False
    shut: str = ""

    @classmethod
    def of(cls, session: Session, marks: tuple[str, ...]) -> Status:
        """Return what the line shows of a session now, with what is not as usual on the screen."""
        client, connector = session.client, session.connector
        waiting, tightest = client.budget.waiting, client.budget.tightest()
        return cls(
            connector=connector.name,
            org="made-up org" if connector.made_up else connector.org.name,
            read_only=client.policy.mode is not Mode.READ_WRITE,
            verifies=session.verifies,
            agent=str(session.agent),
            colour=connector.colour,
            production=connector.production,
            # In steps of ten percent, so that the line is not drawn again for each request.
            left=round(tightest.share, 1) if tightest else 1.0,
            waiting=max(0, round(waiting.until - client.clock.monotonic())) if waiting else None,
            clock=clock_off(client.clock.off),
            marks=marks,
            shut=_shut(session),
        )


def _shut(session: Session) -> str:
    """Return why no agent of a team can change anything now; empty where they can."""
    if session.connector.store is None:
        return ""
    if session.ledger.writable() is not None:
        return "RECORD AWAY"
    return "RULES UNREADABLE" if session.team_rules.trouble is not None else ""


class StatusBar(Widget):
    """Draws a `Status` in one line; in production the line is filled with that colour, but for the connector."""

    DEFAULT_CSS = """
    StatusBar { height: 1; dock: top; background: $panel; color: $text; }
    StatusBar.-production { color: $production; background: $ground; }
    """

    status: reactive[Status | None] = reactive(None)

    def watch_status(self, status: Status | None) -> None:
        """Give the whole line production's colour."""
        self.set_class(status is not None and status.production, "-production")

    def render(self) -> Content:
        """Return the line for the widget's width; the connector and the mode are never dropped."""
        status = self.status
        if status is None:
            return Content.styled(" keydesk", "bold $accent")
        line = _Line(status)
        left = [
            line.part(" keydesk ", "bold $accent"),
            (f" {line.connector} ", line.chip),
            line.part(f" {line.org} ", ""),
            line.mode,
        ]
        right = line.right()
        width = self.size.width
        for parts, place in ((right, -1), (left, 2), (left, 0)):  # the agent, the org, keydesk's name
            if _width(left) + _width(right) > width:
                del parts[place]
        while (
            _width(left) + _width(right) > width
            and right
            and status.waiting is None
            and not (status.clock or status.shut)
        ):
            right.pop()
        if (over := _width(left) + _width(right) - width) > 0:
            at = next(number for number, part in enumerate(left) if part[1] == line.chip)
            name = left[at][0]
            left[at] = (f"{set_cell_size(name, max(3, cell_len(name) - over - 1)).rstrip()}…", line.chip)
        gap = line.part(" " * max(1, width - _width(left) - _width(right)), "")
        return Content.assemble(*left, gap, *right)


class _Line:
    """The parts of the line, with production's fill where it belongs."""

    def __init__(self, status: Status) -> None:
        self._status = status
        self.connector = plain(status.connector) + (" · PRODUCTION" if status.production else "")
        self.org = "" if plain(status.org).casefold() == plain(status.connector).casefold() else plain(status.org)
        self.chip = "bold $production" if status.production else f"bold reverse $connector-{status.colour}"

    @property
    def mode(self) -> tuple[str, str]:
        """The mode, which is never dropped."""
        if not self._status.read_only:
            return self.part(" READ-WRITE ", "bold")
        return (" VERIFY-ONLY " if self._status.verifies else " READ-ONLY ", "bold reverse $warn")

    def part(self, text: str, style: str) -> tuple[str, str]:
        return (text, "bold reverse $production" if self._status.production else style)

    def right(self) -> list[tuple[str, str]]:
        status, parts = self._status, []
        for mark in self._status.marks:
            parts += [(f" {plain(mark, limit=30)} ", "bold reverse $accent"), self.part(" ", "")]
        if status.shut:
            parts.append((f" {status.shut}: no changes ", "bold reverse $bad"))
        if status.waiting is not None:
            parts.append((f" Okta's rate limit: waiting {status.waiting} s ", "bold reverse $warn"))
        elif status.left < LOW:
            parts.append((f" rate limit: {status.left:.0%} left ", "bold reverse $warn"))
        if status.clock:
            parts.append((f" clock {status.clock} ", "bold reverse $warn"))
        parts.append(self.part(f" {status.agent} ", "$muted"))
        return parts


def _width(parts: list[tuple[str, str]]) -> int:
    return sum(cell_len(text) for text, _ in parts)
