"""A person's card, laid out for the widget's width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tui.desk.people.answer import READING
from tui.desk.text.named_keys import key_of
from tui.desk.text.tone import Tone
from widgets.bars import meter
from widgets.cell_text import truncate, wrap
from widgets.hanging_text import MARK
from widgets.people.tries import tries_line
from widgets.steady_text import SteadyText
from widgets.tones import KEY, STYLE, chip

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from tui.desk.people.answer import CardAnswer
    from tui.desk.people.card import Card, Fact, Listing

SPACED: Final = 30
"""Lines of a terminal from which groups are set apart by an empty line."""
LABEL: Final = 13
HEAD: Final = 2
"""Most lines of the headline."""
ANSWER: Final = 5
"""Lines that headline, step and what else to know take, so that nothing moves when the verdict comes."""
ROWS: Final = 4
"""Most lines of a list that has a line for each item."""
EVENTS: Final = 3
"""The newest events that the card shows; the verdict has the others."""
BAR: Final = 8
"""Cells of the bar of a password's age."""
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
    PersonCard > Static { height: auto; min-height: 100%; }
    """

    card: reactive[Card | None] = reactive(None)
    hint: reactive[str] = reactive("")

    def compose(self) -> ComposeResult:
        """Yield the text that scrolls."""
        yield SteadyText(id="card-text")

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
        text = (
            layout(self.card, width, spaced=self.app.size.height >= SPACED)
            if self.card
            else Content.styled(self.hint, "$muted")
        )
        static = self.query_one("#card-text", Static)
        if static.content != text:
            static.update(text)


def layout(card: Card, width: int, *, spaced: bool = False) -> Content:
    """Return a card as styled text that is `width` cells wide.

    Args:
        card: The card.
        width: The cells of a line.
        spaced: Whether there is room for an empty line between groups.
    """
    space = [Content("")] if spaced else []
    lines = [_head(card, width), Content.styled(truncate(card.line, width), "$muted")]
    lines += [*space, *_answer(card, width), *space, *_facts(card.facts, width), *space]
    for listing in card.lists:
        lines += _rows(listing, width) if listing.rows and listing.items else [_folded(listing, width)]
    lines += [*space, *tries_line(card, width)]
    for index, row in enumerate(wrap(card.events_note, width - LABEL) if card.events_note else ()):
        lines.append(Content.styled(f"{'' if index else 'Last events':<{LABEL}}{row}", "$muted"))
    lines += _events(card, width)
    lines.append(Content.styled(truncate(f"{'Okta id':<{LABEL}}{card.user_id}", width), "$muted"))
    return Content("\n").join(lines)


def _head(card: Card, width: int) -> Content:
    """Return the name, the badges for which there is room, and the state with how long it lasts."""
    status, style = chip(" ".join(filter(None, (card.status, card.since))), card.tone)
    if cell_len(status) + NAME >= width:
        status, style = chip(card.status, card.tone)
    status = truncate(status, max(NAME, width - NAME - 1))
    room = width - cell_len(status) - 1
    marks: list[str | tuple[str, str]] = []
    for badge in card.badges:
        left = room - 1 - cell_len(badge.text)
        if left >= min(cell_len(card.name), NAME if badge.weighs else width):
            marks += [" ", (badge.text, STYLE[badge.tone])]
            room = left
    name = truncate(card.name, room)
    gap = " " * max(1, room - cell_len(name) + 1)
    return Content.assemble((name, "bold"), *marks, gap, (status, style))


def _answer(card: Card, width: int) -> list[Content]:
    """Return what keeps the person out, how sure that is, and the next step: as many lines whatever is known yet."""
    answer = card.answer
    if answer is None:
        rows = [Content.styled(row, f"bold {STYLE[card.tone]}".strip()) for row in _cut(card.headline, width, HEAD)]
        rows.append(Content.styled(truncate(READING, width), "$muted"))
    else:
        style = f"bold {STYLE[answer.tone].removeprefix('bold ')}".strip()
        warning = "May be an attack: " if answer.attack else ""
        mark = MARK.get(answer.tone, "")
        said = _cut(f"{warning}{answer.said(card.now)}", width - cell_len(mark), HEAD)
        leads = (mark, *[" " * cell_len(mark)] * HEAD)
        rows = [Content.styled(f"{lead}{row}", style) for lead, row in zip(leads, said, strict=False)]
        rows.append(_sure(answer, width))
        rows += _step(answer, width, ANSWER - len(rows))
        for note in answer.notes[: ANSWER - len(rows)]:
            rows.append(Content.styled(truncate(f"! {note}", width), STYLE[Tone.WARN]))
    return [*rows, *[Content("")] * (ANSWER - len(rows))]


def _cut(text: str, width: int, most: int) -> list[str]:
    return wrap(text, width, max_lines=most) if text else []


def _sure(answer: CardAnswer, width: int) -> Content:
    """Return how sure the verdict is, and the key of its evidence."""
    words = answer.sure_words
    parts: list[str | tuple[str, str]] = [
        (words, "$muted"),
        "   " if words else "",
        (key_of("person.why"), KEY),
        " more",
    ]
    if answer.unread:  # stands first, since it says what the rest is worth
        parts = [(f"! {answer.unread}", STYLE[Tone.WARN]), "   ", *parts]
    line = Content.assemble(*parts)
    if line.cell_length <= width:
        return line
    return Content.styled(truncate(line.plain, width), STYLE[Tone.WARN] if answer.unread else "$muted")


def _step(answer: CardAnswer, width: int, most: int) -> list[Content]:
    """Return the next step, with its key in front."""
    if not answer.step:
        return []
    key = f"{answer.key} " if answer.key else ""
    rows = _cut(answer.step, max(1, width - 2 - cell_len(key)), most)
    style = f"bold {STYLE[Tone.BAD].removeprefix('bold ')}" if answer.attack else "bold"
    indent = " " * (2 + cell_len(key))
    first = Content.assemble(("→ ", "bold"), (key, KEY), (rows[0], style))
    return [first, *(Content.assemble(indent, (row, style)) for row in rows[1:])]


def _rows(listing: Listing, width: int) -> list[Content]:
    """Return a line for each item, with what stands beside it; what is more than a few is counted."""
    most = len(listing.items) if len(listing.items) <= ROWS else ROWS - 1
    beside = listing.beside or ("",) * len(listing.items)
    room = max(1, width - LABEL)
    share = max(room * 3 // 5, room - 2 - max(cell_len(note) for note in beside[:most]), 1)
    column = min(max(cell_len(item) for item in listing.items[:most]), share)
    lines = []
    for number, (item, note) in enumerate(list(zip(listing.items, beside, strict=True))[:most]):
        text = truncate(item, room if not note else column)
        left = room - column - 2
        shown = truncate(note, left) if left >= NAME else ""
        label = "" if number else listing.title
        lines.append(
            Content.assemble(
                (f"{label:<{LABEL}}", "$muted"),
                (set_cell_size(text, column) if shown else text, STYLE[listing.tone]),
                (f"  {shown}" if shown else "", "$muted"),
            )
        )
    if more := len(listing.items) - most:
        lines.append(Content.styled(truncate(f"{'':<{LABEL}}… {more} more", width), "$muted"))
    return lines


def _folded(listing: Listing, width: int) -> Content:
    """Return a list in one line: as many items as fit, how many more there are, and the key that shows them."""
    count = f" {len(listing.items)}" if len(listing.items) > 1 else ""
    label = f"{listing.title}{count}"
    key = f"  {listing.key}" if listing.key else ""
    room = max(1, width - LABEL - len(key))
    shown, more = listing.note, ""
    if listing.items and not shown:
        kept = 0
        while kept < len(listing.items) and cell_len(_joined(listing.items, kept + 1)) <= room:
            kept += 1
        shown = _joined(listing.items, kept) if kept else truncate(listing.items[0], max(1, room - 6))
        rest = len(listing.items) - max(1, kept)
        more = f"  +{rest}" if rest and kept == 0 else ""
    style = STYLE[listing.tone]
    return Content.assemble(
        (f"{label:<{LABEL}}", "$muted"), (truncate(shown, room - len(more)) + more, style), (key, KEY)
    )


def _joined(items: tuple[str, ...], count: int) -> str:
    more = len(items) - count
    return " · ".join(items[:count]) + (f"  +{more}" if more else "")


def _events(card: Card, width: int) -> list[Content]:
    """Return one line for each event: its time, its text, and its source if there is room beside the longest text."""
    room = width - WHEN
    wide = width >= EVENTS_WIDE
    shown = card.events[:EVENTS]
    texts = [event.what + (f" ×{event.times}" if event.times > 1 else "") for event in shown]
    column = min(max((cell_len(text) for text in texts), default=0), room * 5 // 9 if wide else room)
    lines = []
    for event, text in zip(shown, texts, strict=True):
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
    half = (width + 4) // 2
    lines = []
    rest = list(facts)
    while rest:
        first = rest.pop(0)
        if width >= TWO_COLUMNS and rest and _fits(first, half - 1) and _fits(rest[0], width - half):
            left = Content.assemble(*_fact(first, half))
            gap = " " * (half - left.cell_length)
            lines.append(Content.assemble(left, gap, *_fact(rest.pop(0), width - half)))
        else:
            lines.append(Content.assemble(*_fact(first, width)))
    return lines


def _fits(fact: Fact, width: int) -> bool:
    bar = BAR + 2 if fact.share is not None else 0
    return LABEL + cell_len(fact.text) + bar <= width


def _fact(fact: Fact, width: int) -> tuple[tuple[str, str], ...]:
    style = STYLE[fact.tone]
    room = max(1, width - LABEL)
    label = (f"{fact.label:<{LABEL}}", "$muted")
    if fact.share is None or cell_len(fact.text) + BAR + 2 > room:
        return label, (truncate(fact.text, room), style)
    age, comma, rest = fact.text.partition(", ")
    return label, (age, style), (f" {meter(fact.share, BAR)} ", style or "$muted"), (rest if comma else "", style)
