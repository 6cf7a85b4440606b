"""What a screen asks of the app: a person, a screen about one, another connector; and what it offers in the palette."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

from msgspec import Struct
from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from tui.desk.people.person import Person
    from widgets.rows import Rows

T = TypeVar("T")


class Visit(Struct, frozen=True):
    """A row of a list, and the person whom it is about.

    Attributes:
        key: The row's key in its list.
        user_id: The person's Okta id.
        login: The person's login as far as the list knows it; untrusted, may be empty.
    """

    key: str
    user_id: str
    login: str


@dataclass
class OpenPerson(Message):
    """Ask the app to show a person on the lookup screen, from which escape leads back to the row.

    Attributes:
        visits: The rows of the list that are about a person, in its order; the lookup screen goes through them.
        at: The place of the person in them.
    """

    visits: tuple[Visit, ...]
    at: int

    @classmethod
    def of(cls, table: Rows[T], visit_of: Callable[[T], Visit | None]) -> OpenPerson | None:
        """Return the message for the row under a table's cursor; `None` where that row is about nobody.

        Args:
            table: The list.
            visit_of: Returns what a row is about; `None` for a row that is about nobody who could be opened.
        """
        here = None if table.current is None else visit_of(table.current)
        if here is None:
            return None
        visits = tuple(visit for row in table.rows if (visit := visit_of(row)) is not None)
        return cls(visits, visits.index(here))


@dataclass
class LeavePerson(Message):
    """Ask the app to go back to the screen from which a person was opened, to the row with this key."""

    key: str


@runtime_checkable
class CanComeBack(Protocol):
    """A screen from which a person can be opened."""

    def came_back(self, key: str) -> None:
        """Put the cursor on the row with this key."""


class PersonScreen(Enum):
    """A screen about one person, which the app opens in front of another."""

    WHY = "why"
    NOTICE = "notice"
    SOFTWARE = "software"


@dataclass
class OpenAbout(Message):
    """Ask the app to open a screen about a person in front of this one.

    Attributes:
        screen: Which screen.
        user_id: Okta's id of the person.
        person: The person as just read; the verdict reads them itself.
        topic: What a notice is about first, as `Topic` names it.
        several: Okta's ids of all people whom a notice goes to, where it is for those who are marked.
        told: Called with the ids of those who were told then, or perhaps.
    """

    screen: PersonScreen
    user_id: str
    person: Person | None = None
    topic: str = "lockout"
    several: tuple[str, ...] = ()
    told: Callable[[Collection[str]], None] = lambda _: None


@dataclass
class SwitchConnector(Message):
    """Ask the app to open another connector, or the present one again after a change.

    Attributes:
        name: The connector's name.
        notice: What was changed about the connector, shown once it is open; empty for a mere switch.
    """

    name: str
    notice: str = ""


class Command(Struct, frozen=True):
    """An entry of the command palette.

    Attributes:
        title: What it does.
        help: The line beneath: its key, what it shows, or why it is not possible now.
        action: The action as Textual writes it, which runs on the screen.
        off: Whether it is not possible now; then it is grey, and running it explains why.
    """

    title: str
    help: str
    action: str
    off: bool = False
