"""The columns of a list of software, and of a list of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.columns import Column

if TYPE_CHECKING:
    from tui.desk.software.offers import Offer


def _style(offer: Offer) -> str:
    if offer.has:
        return "rows--good"
    return "rows--muted" if offer.active else "rows--warning"


def _how(offer: Offer) -> str:
    return f"✓ {offer.how}" if offer.has else offer.how


def _members(offer: Offer) -> str:
    members = offer.givers[0].group.members
    return "" if members is None else str(members)


SOFTWARE_COLUMNS: tuple[Column[Offer], ...] = (
    Column("Software", lambda offer: offer.name, 18, grow=1),
    Column("Access", _how, 24, grow=2, style=_style),
)
GROUP_COLUMNS: tuple[Column[Offer], ...] = (
    Column("Group", lambda offer: offer.name, 20, grow=2),
    Column("In it", lambda offer: "✓ is in it" if offer.has else "", 10, style="rows--good", drop=1),
    Column("Members", _members, 7, style="rows--muted", right=True, drop=2),
)
