"""A table of connectors, each with its colour as everywhere else; for the list of connectors and for the menu."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from tui.desk.connectors.profile import COLOURS
from tui.desk.text.plain import plain
from widgets.columns import Column, Tail
from widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.switchboard import ConnectorChoice

_NAME: Final = 24
"""Characters of a name that the chip shows; a profile's name may have 40."""


class ConnectorRows(Rows["ConnectorChoice"]):
    """A table whose rows are connectors."""

    CELL_STYLES: ClassVar[Mapping[str, str]] = {
        **Rows.CELL_STYLES,
        "rows--production": "bold reverse $production",
        **{f"rows--connector-{colour}": f"bold reverse $connector-{colour}" for colour in COLOURS},
    }


def chip_style(choice: ConnectorChoice) -> str:
    """Return the style of a connector's chip in a text."""
    return f"bold reverse ${'production' if choice.production else f'connector-{choice.colour}'}"


def chip_words(choice: ConnectorChoice) -> str:
    """Return the words of a connector's chip: its name, and `PRODUCTION`."""
    return f" {plain(choice.name, limit=_NAME)}{' · PRODUCTION' if choice.production else ''} "


def mode_words(choice: ConnectorChoice) -> str:
    """Return the words of a connector's mode."""
    return "READ-ONLY" if choice.read_only else "READ-WRITE"


def connector_columns(here: str) -> tuple[Column[ConnectorChoice], ...]:
    """Return the columns that both tables begin with: which one is in use, the chip, the mode, the org.

    Args:
        here: The name of the connector in use.
    """

    def chip(choice: ConnectorChoice) -> Sequence[Tail]:
        look = "rows--production" if choice.production else f"rows--connector-{choice.colour}"
        return (Tail(chip_words(choice), look, weighs=True),)

    return (
        Column(
            "  Connector",
            lambda row: "●" if row.name == here else " ",
            14,
            fit=True,
            style=lambda _: "rows--good",
            tails=chip,
            order=lambda row: row.name.casefold(),
        ),
        Column("Mode", mode_words, 10, style=lambda row: "rows--warning" if row.read_only else ""),
        Column("Org", lambda row: plain(row.org_name), 12, grow=1, fit=True, drop=2),
    )
