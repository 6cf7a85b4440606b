"""The program that `table.py` measures: a table of so many people, and nothing else."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))


from widgets.columns import Column
from widgets.front import FrontApp
from widgets.rows import Rows

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


@dataclass(frozen=True, slots=True)
class Person:
    """What a row shows."""

    login: str
    name: str
    mail: str
    city: str
    seen: str
    status: str


_NAMES = ("Ann Lee", "Jörg Weiß", "山田 太郎", "Zoë Ødegård", "Mohammed Al-Sayed", "Bea Kowalczyk")
_STATES = ("ACTIVE", "ACTIVE", "ACTIVE", "LOCKED_OUT", "ACTIVE", "DEPROVISIONED")
_STYLES = {"LOCKED_OUT": "rows--danger", "DEPROVISIONED": "rows--dim"}

COLUMNS: list[Column[Person]] = [
    Column("Login", lambda p: p.login, 16, grow=1),
    Column("Name", lambda p: p.name, 18, grow=2),
    Column("Mail", lambda p: p.mail, 24, grow=2, drop=1),
    Column("City", lambda p: p.city, 8, drop=3),
    Column("Last sign-in", lambda p: p.seen, 12, drop=2, right=True),
    Column("Status", lambda p: p.status, 13, style=lambda p: _STYLES.get(p.status, "")),
]


def crowd(count: int) -> list[Person]:
    """People in every state that a table colours."""
    return [
        Person(
            f"person.{i:06}",
            f"{_NAMES[i % 6]} {i}",
            f"person.{i:06}@example.com",
            "Oslo",
            f"{i % 59} min ago",
            _STATES[i % 6],
        )
        for i in range(count)
    ]


class TableApp(FrontApp[None]):
    """Rows from the start; `s` swaps them for others, `t` gives equal ones again."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [("s", "swap"), ("t", "again"), ("ctrl+q", "quit")]

    def __init__(self, count: int) -> None:
        """Make the people.

        Args:
            count: How many.
        """
        super().__init__()
        self.people = crowd(count)
        self.table = Rows(COLUMNS, key=lambda person: person.login)

    def compose(self) -> ComposeResult:
        """The table alone."""
        self.table.rows = self.people
        yield self.table

    def action_swap(self) -> None:
        """Show everybody in the other order."""
        self.table.rows = self.table.rows[::-1]

    def action_again(self) -> None:
        """Show equal rows in a new list."""
        self.table.rows = list(self.table.rows)


if __name__ == "__main__":
    TableApp(int(sys.argv[1])).run()
