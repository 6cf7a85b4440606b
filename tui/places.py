"""The one list of the screens that have a key of their own: name, key, titles, and where the class is."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from screens.base import DeskScreen


@dataclass(frozen=True, slots=True)
class Place:
    """A screen that the agent can go to from every other one.

    Attributes:
        name: The name of its mode in the app.
        key: The key that opens it.
        label: What the footer calls it.
        title: What the command palette calls it.
        module: The module with its class, which is imported when the screen is first needed.
        screen: The name of its class.
        about: What the palette says beside the key.
        options: The app's options that its constructor takes, beside the session and the signal.
        early: Whether its module is imported while the session is opened, since agents go there all the time.
    """

    name: str
    key: str
    label: str
    title: str
    module: str
    screen: str
    about: str = ""
    options: tuple[str, ...] = ()
    early: bool = False

    @property
    def help(self) -> str:
        """What the palette says beneath the title: the key, and what the screen shows."""
        key = self.key.upper()
        return f"{key}: {self.about}" if self.about else key

    def load(self) -> type[DeskScreen]:
        """Import the screen's class."""
        return cast("type[DeskScreen]", getattr(import_module(self.module), self.screen))


PLACES: Final = (
    Place(
        "lookup",
        "f2",
        "Look up",
        "Look a person up",
        "screens.people.lookup",
        "LookupScreen",
        options=("typing_pause", "dwell"),
        early=True,
    ),
    Place(
        "lockouts",
        "f3",
        "Lockouts",
        "Who is locked out",
        "screens.lockouts.lockouts",
        "LockoutsScreen",
        options=("every",),
        early=True,
    ),
    Place(
        "ledger",
        "f4",
        "Ledger",
        "Ledger",
        "screens.ledger.ledger",
        "LedgerScreen",
        about="what was done, by whom",
        early=True,
    ),
    Place(
        "connectors",
        "f5",
        "Connectors",
        "Connectors",
        "screens.connectors.connectors",
        "ConnectorsScreen",
        about="switch, check, change, add",
        options=("switchboard",),
    ),
    Place(
        "expiry",
        "f7",
        "Expiry",
        "Password expiry",
        "screens.expiry.expiry",
        "ExpiryScreen",
        about="whose password expires when",
    ),
    Place(
        "notices",
        "f8",
        "Notices",
        "Notices",
        "screens.notices.notices",
        "NoticesScreen",
        about="what employees were told, and when",
    ),
)
