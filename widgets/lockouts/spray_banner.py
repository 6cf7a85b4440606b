"""A banner about a wave of failed sign-ins from one source; hidden while there is no wave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import var

from tui.desk.text.named_keys import key_of
from tui.desk.text.plain import plain
from widgets.steady_text import SteadyText
from widgets.tones import KEY

if TYPE_CHECKING:
    from tui.desk.lockouts.spray import Spray


def spray_line(spray: Spray) -> str:
    """Return one line about a wave: its source, how many people it tried, how many are locked, and since when."""
    where = ", ".join(filter(None, (spray.place, "" if spray.network else f"{spray.attempts} attempts")))
    source = f"{spray.source} ({len(spray.addresses)} addresses)" if spray.network else spray.source
    return plain(
        f"{len(spray.people)} people tried from {source}{f' ({where})' if where else ''}, "
        f"{spray.locked} locked, since {spray.first.astimezone():%H:%M}",
        limit=200,
    )


class SprayBanner(SteadyText):
    """Shows the largest wave, and how many more there are."""

    DEFAULT_CSS = """
    SprayBanner {
        height: 1; padding: 0 1; display: none; background: $panel; color: $bad;
        text-wrap: nowrap; text-overflow: ellipsis;
        &.-shown { display: block; }
        &.-internal { background: $panel; color: $warn; }
    }
    """

    sprays: var[tuple[Spray, ...]] = var[tuple["Spray", ...]]((), init=False)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False)

    def watch_sprays(self, sprays: tuple[Spray, ...]) -> None:
        """Show or hide the banner; a wave from outside takes precedence over one that may be a common fault."""
        self.set_class(bool(sprays), "-shown")
        if not sprays:
            self.update("")
            return
        first = min(sprays, key=lambda spray: spray.internal)
        self.set_class(first.internal, "-internal")
        kind = "Looks like an attack"
        if first.internal:
            kind = "Internal, may be a common fault"
        elif first.network:  # a provider's customers have little in common
            kind = "May be an attack"
        others = f" · {len(sprays) - 1} more" if len(sprays) > 1 else ""
        key = (key_of("lockouts.evidence"), KEY)
        self.update(Content.assemble((f"! {kind} ", "bold"), key, f" {spray_line(first)}{others}"))
