"""A person's card, laid out for the widget's width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from widgets.cell_text import truncate, wrap
from widgets.tones import STYLE, chip

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from tui.desk.people.card import Card, Fact

LABEL: Final = 13
NAME: Final = 8
"""Cells of a name that are left where something stands beside it."""
TWO_COLUMNS: Final = 60
EVENTS_WIDE: Final = 56
WHEN: Final = 13


class PersonCard(VerticalScroll, can_focus=True):
    """Shows a `Card`, and scrolls when the card is longer than the screen."""

    DEFAULT_CSS = """
    PersonCard { padding: 0 1; scrollbar-size-vertical: 1; scrollbar-gutter: stable; background: $ground; }
    PersonCard:focus { }
    PersonCard > Static { height: auto; }
    """

    card: reactive[Card | None] = reactive(None)
    hint: reactive[str] = reactive("")

    def compose(self) -> ComposeResult:
        """Yield the text that scrolls."""
        yield Static(id="card-text")

    def watch_card(self, old: Card | None, new: Card | None) -> None:
        """Draw the new card; another person's card is shown from its top."""
        if old and new and old.line != new.line:
            self.scroll_home(animate=False)
        self._draw()

    def watch_hint(self) -> None:
        """Draw the hint, which is shown while there is no card."""
        self._draw()

    def on_resize(self, _: events.Resize) -> None:
        """Lay the card out again for the new width."""
        self._draw()

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        width = max(20, self.scrollable_content_region.width - self.styles.padding.width)
        text = layout(self.card, width) if self.card else Content.styled(self.hint, "$muted")
        static = self.query_one("#card-text", Static)
        if static.content != text:
            static.update(text)


def layout(card: Card, width: int) -> Content:
    """Return a card as styled text that is `width` cells wide."""
    status, status_style = chip(card.status, card.tone)
    room = width - cell_len(status) - 1
    marks: list[str | tuple[str, str]] = []
    for badge in card.badges:
        left = room - 1 - cell_len(badge.text)
        if left >= min(cell_len(card.name), NAME if badge.weighs else width):
            marks += [" ", (badge.text, STYLE[badge.tone])]
            room = left
    name = truncate(card.name, max(NAME, room))
    gap = " " * max(1, room - cell_len(name) + 1)
    lines = [
        Content.assemble((name, "bold"), *marks, gap, (status, status_style)),
        Content.styled(truncate(card.line, width), "$muted"),
    ]
    lines += [Content.styled(row, STYLE[card.tone]) for row in wrap(card.headline, width)]
    lines.append(Content(""))
    lines += _facts(card.facts, width)
    lines.append(Content(""))
    for listing in card.lists:
        count = f" {len(listing.items)}" if len(listing.items) > 1 else ""
        style = STYLE[listing.tone]
        text = listing.note or " · ".join(listing.items)
        rows = wrap(text, width - LABEL)
        for index, row in enumerate(rows):
            label = f"{listing.title}{count}" if index == 0 else ""
            lines.append(Content.assemble((f"{label:<{LABEL}}", "$muted"), (row, style)))
    lines.append(Content(""))
    for index, row in enumerate(wrap(card.events_note, width - LABEL)):
        label = "Last events" if index == 0 else ""
        lines.append(Content.styled(f"{label:<{LABEL}}{row}", "$muted"))
    lines += _events(card, width)
    return Content("\n").join(lines)


def _events(card: Card, width: int) -> list[Content]:
    """Return one line for each event: its time, its text, and its source if there is room beside the longest text."""
    room = width - WHEN
    wide = width >= EVENTS_WIDE
    texts = [event.what + (f" ×{event.times}" if event.times > 1 else "") for event in card.events]
    column = min(max((cell_len(text) for text in texts), default=0), room * 5 // 9 if wide else room)
    lines = []
    for event, text in zip(card.events, texts, strict=True):
        times = f" ×{event.times}" if event.times > 1 else ""
        if cell_len(text) > column:
            text = truncate(event.what, column - cell_len(times)) + times  # noqa: PLW2901 - the count is never cut off
        source = truncate(event.source, room - column - 2) if wide else ""
        lines.append(
            Content.assemble(
                (f"{event.when:>{WHEN - 2}}  ", "$muted"),
                (set_cell_size(text, column), STYLE[event.tone]),
                (f"  {source}" if source else "", "$muted"),
            )
        )
    return lines


def _facts(facts: tuple[Fact, ...], width: int) -> list[Content]:
    """Return the facts: two in a line where both fit uncut, else one."""
    half = width // 2
    lines = []
    rest = list(facts)
    while rest:
        first = rest.pop(0)
        if width >= TWO_COLUMNS and rest and _fits(first, half - 1) and _fits(rest[0], width - half):
            gap = " " * (half - LABEL - cell_len(first.text))
            lines.append(Content.assemble(*_fact(first, half), gap, *_fact(rest.pop(0), width - half)))
        else:
            lines.append(Content.assemble(*_fact(first, width)))
    return lines


def _fits(fact: Fact, width: int) -> bool:
    return LABEL + cell_len(fact.text) <= width


def _fact(fact: Fact, width: int) -> tuple[tuple[str, str], tuple[str, str]]:
    return (f"{fact.label:<{LABEL}}", "$muted"), (truncate(fact.text, width - LABEL), STYLE[fact.tone])
