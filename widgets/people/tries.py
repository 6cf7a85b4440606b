"""A person's attempts to sign in as one line: where blocks stand many failed, and each kind has a sign of its own."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from textual.content import Content

from tui.desk.people.answer import READING
from tui.desk.text.tone import Tone
from widgets.cell_text import truncate
from widgets.tones import STYLE

if TYPE_CHECKING:
    from datetime import datetime

    from tui.desk.people.answer import Try
    from tui.desk.people.card import Card

LABEL: Final = 13
LEAST: Final = 12
"""Fewest cells of a line that tells anything."""
KINDS: Final = (
    ("wrong", "wrong", "▂▄▆█", Tone.BAD),
    ("locked", "while locked", "▒", Tone.WARN),
    ("other", "refused", "✗", Tone.BAD),
    ("ok", "in", "✓", Tone.GOOD),
)
"""Each kind with its word, its signs for few and many, and its tone; the first that occurs in a cell is shown."""
SPANS: Final = (
    (timedelta(hours=1), "1 h"),
    (timedelta(hours=6), "6 h"),
    (timedelta(hours=24), "24 h"),
    (timedelta(days=7), "7 days"),
    (timedelta(days=30), "30 days"),
)


def tries_line(card: Card, width: int) -> list[Content]:
    """Return the picture of the attempts with its legend, of the shortest time that holds all failures.

    Args:
        card: The card, whose answer has the attempts; without any there is no line.
        width: The cells of the card; a narrow one has the legend alone.
    """
    if card.answer is None and card.events:
        return [Content.styled(truncate(f"{'Attempts':<{LABEL}}{READING}", width), "$muted")]
    tries, now = (card.answer.tries if card.answer else ()), card.now
    if not tries or now is None:
        return []
    failed = [one.at for one in tries if one.kind != "ok"]
    oldest = now - min(failed or [one.at for one in tries])
    span, words = next((pair for pair in SPANS if oldest <= pair[0]), SPANS[-1])
    counts = Counter(one.kind for one in tries if one.at >= now - span)
    head = f"{f'Last {words}':<{LABEL}}"
    for named in (True, False):  # rather without the words than without the picture
        legend = _legend(counts, named=named)
        room = width - LABEL - legend.cell_length - cell_len(" now")
        if room >= LEAST:
            break
    else:
        text = Content.assemble((head, "$muted"), _legend(counts, named=True))
        return [text if text.cell_length <= width else Content(truncate(text.plain, width))]
    cells = _cells(tries, now, span, min(room, 60))
    return [Content.assemble((head, "$muted"), *cells, (" now", "$muted"), legend)]


def _legend(counts: Counter[str], *, named: bool) -> Content:
    return Content.assemble(
        *(
            (f"  {signs[-1]} {counts[kind]}{f' {word}' if named else ''}", STYLE[tone])
            for kind, word, signs, tone in KINDS
            if counts[kind]
        )
    )


def _cells(tries: tuple[Try, ...], now: datetime, span: timedelta, room: int) -> list[tuple[str, str]]:
    places: list[Counter[str]] = [Counter() for _ in range(room)]
    for one in tries:
        if one.at >= now - span:
            places[max(0, min(room - 1, int((one.at - (now - span)) / span * room)))][one.kind] += 1
    return [_cell(counted) for counted in places]


def _cell(counted: Counter[str]) -> tuple[str, str]:
    for kind, _, signs, tone in KINDS:
        if number := counted[kind]:
            return signs[min(len(signs), (number + 1) // 2) - 1], STYLE[tone]
    return "·", "$muted"
