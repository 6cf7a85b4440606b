"""The table of the screens that have a key of their own: name, key, titles, and the module of the class."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from msgspec import Struct

from tui.desk.text.named_keys import key_said

if TYPE_CHECKING:
    from screens.base import DeskScreen


class ScreenEntry(Struct, frozen=True):
    """One screen of the table, which its key opens from every other screen.

    Attributes:
        name: The name of its mode in the app.
        key: The key that opens it.
        label: Its name in the footer.
        title: Its name in the command palette.
        module: The module of its class, which is imported when the screen is first opened.
        screen: The name of its class.
        about: What it shows, for the palette; may be empty.
        options: The app's options that its constructor takes, beside the session and the signal.
        early: Whether its module is imported soon after the start, since agents open the screen all the time.
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
        """The palette's line below the title: the key, and what the screen shows."""
        key = key_said(f"app.go.{self.name}")
        return f"{key}: {self.about}" if self.about else key

    def load(self) -> type[DeskScreen]:
        """Import the module and return the screen's class."""
        return cast("type[DeskScreen]", getattr(import_module(self.module), self.screen))


SCREENS: Final = (
    ScreenEntry(
        "lookup",
        "f2",
        "Look up",
        "Look a person up",
        "screens.people.lookup",
        "LookupScreen",
        options=("typing_pause", "dwell", "left_off", "seen"),
        early=True,
    ),
    ScreenEntry(
        "lockouts",
        "f3",
        "Lockouts",
        "Who is locked out",
        "screens.lockouts.lockouts",
        "LockoutsScreen",
        options=("every", "dwell"),
        early=True,
    ),
    ScreenEntry(
        "ledger",
        "f4",
        "Ledger",
        "Ledger",
        "screens.ledger.ledger",
        "LedgerScreen",
        about="what was done, by whom",
        early=True,
    ),
    ScreenEntry(
        "connectors",
        "f5",
        "Connectors",
        "Connectors",
        "screens.connectors.connectors",
        "ConnectorsScreen",
        about="switch, check, change, add",
        options=("switchboard",),
    ),
    ScreenEntry(
        "expiry",
        "f7",
        "Expiry",
        "Password expiry",
        "screens.expiry.expiry",
        "ExpiryScreen",
        about="whose password expires when",
    ),
    ScreenEntry(
        "notices",
        "f8",
        "Notices",
        "Notices",
        "screens.notices.notices",
        "NoticesScreen",
        about="what employees were told, and when",
    ),
    ScreenEntry(
        "calls",
        "f9",
        "Calls",
        "API calls",
        "screens.calls.calls",
        "CallsScreen",
        about="what was asked of Okta, how it ended, why it waited",
    ),
)
