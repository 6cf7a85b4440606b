"""What `settings.toml` says of this desk and of its looks."""

from __future__ import annotations

from typing import Final, Literal, get_args

from msgspec import Struct

ThemeName = Literal["dark", "light", "colour-blind", "high-contrast", "terminal"]
THEMES: Final[tuple[ThemeName, ...]] = get_args(ThemeName)


class Desk(Struct, frozen=True):
    """The settings of this desk.

    Attributes:
        agent: The agent's name; empty for the operating system's user.
        region: The two-letter region whose phone numbers are meant where no country code is given.
        ticket_text: The template of the text that is copied for a ticket; empty for keydesk's own.
    """

    agent: str = ""
    region: str = "US"
    ticket_text: str = ""


class Look(Struct, frozen=True):
    """What the app looks like.

    Attributes:
        theme: The theme's name; `None` where none was chosen.
        cell_diff: Whether only the changed cells of a screen are sent to the terminal.
    """

    theme: ThemeName | None = None
    cell_diff: bool = True
