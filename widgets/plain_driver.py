"""A driver for terminals that cannot show every character."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from tui.desk.text.charset import showable

if TYPE_CHECKING:
    from textual.driver import Driver


def plain_driver(driver: type[Driver], charset: str) -> type[Driver]:
    """Return a driver that writes plain characters in the place of those that are not in a terminal's charset.

    Args:
        driver: Textual's driver for the terminal.
        charset: The codec for what the terminal shows.
    """

    class PlainDriver(driver):  # type: ignore[valid-type,misc]
        """Writes only what the terminal can show."""

        def write(self, data: str) -> None:
            """Write text and the sequences in it."""
            super().write(showable(data, charset, cell_len))

    return PlainDriver
