"""The detail of one piece of software for one person: how they have it, and the ways to change that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.desk.text.plain import plain
from widgets.cell_text import truncate, wrap
from widgets.steady_text import SteadyText
from widgets.tones import KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from tui.desk.software.offers import Giver, Offer
    from tui.desk.software.ways import SoftwareWay

MOST: int = 9
"""Most ways that have a key."""
INDENT: int = 4
"""Indent of a way's notes, in cells."""


class SoftwareDetail(VerticalScroll, can_focus=False):
    """Shows text that is painted for the widget's width, and scrolls where the text is longer than the widget."""

    DEFAULT_CSS = """
    SoftwareDetail { padding: 0 1; scrollbar-size-vertical: 1; scrollbar-gutter: stable; background: $ground; }
    SoftwareDetail > Static { height: auto; }
    """

    def compose(self) -> ComposeResult:
        """Yield the text that scrolls."""
        yield SteadyText(id="software-text")

    def on_mount(self) -> None:
        """Start with nothing to show."""
        self._paint: Callable[[int], Content] | None = None
        self._key = ""

    def show(self, paint: Callable[[int], Content] | None, key: str = "") -> None:
        """Show a text; a text with another key is shown from its top.

        Args:
            paint: Returns the text for a width in cells; `None` shows nothing.
            key: The id of the offer that the text describes.
        """
        if key != self._key:
            self.scroll_home(animate=False)
        self._paint, self._key = paint, key
        self._draw()

    def on_resize(self) -> None:
        """Paint again for the new width."""
        self._draw()

    def _draw(self) -> None:
        width = max(20, self.scrollable_content_region.width - self.styles.padding.width)
        text = self._paint(width) if self._paint else Content("")
        static = self.query_one("#software-text", Static)
        if static.content != text:
            static.update(text)


def layout(offer: Offer, ways: tuple[SoftwareWay, ...], width: int) -> Content:
    """Return the text about an offer, with the ways to change it, in `width` cells."""
    lines: list[Content] = [Content.assemble((offer.name, "bold"), (f"  {_kind(offer)}", "$muted"))]
    lines.append(_how_they_have_it(offer))
    lines += [Content.styled(note, "$muted") for note in _notes(offer)]
    lines.append(Content(""))
    for number, way in enumerate(ways[:MOST], 1):
        lines += _way(number, way, width)
    if len(ways) > MOST:
        lines.append(Content.styled(f"   and {len(ways) - MOST} more groups", "$muted"))
    return Content("\n").join(lines)


def about_group(giver: Giver, width: int, *, joining: bool = True) -> Content:
    """Return the text about a group; with `joining`, also why it cannot get members."""
    group = giver.group
    lines = [Content.styled(truncate(giver.name, width), "bold")]
    if group.profile and group.profile.description:
        lines.append(Content.styled(plain(group.profile.description, limit=200), "$muted"))
    if group.members is not None:
        lines.append(Content(f"Members: {group.members}"))
    if giver.apps:
        lines.append(Content(f"Gives: {_apps(giver)}"))
    elif giver.apps_unread:
        lines.append(Content.styled(_unread_apps(giver), "$muted"))
    if giver.rule:
        lines.append(Content.styled(f"Filled by the rule {plain(giver.rule, limit=80)}.", "$warn"))
    if giver.obstacle is not None and joining:
        reason = f"Cannot be chosen: {giver.obstacle.reason}. {giver.obstacle.advice}"
        lines.append(Content.styled(reason, "$warn"))
    return Content("\n").join(lines)


def _kind(offer: Offer) -> str:
    if offer.app is None:
        return "group"
    words = ["app"]
    if not offer.active:
        words.append("not active")
    if offer.hidden:
        words.append("hidden from dashboards")
    if offer.app.provisions:
        words.append("with accounts made by Okta")
    return ", ".join(words)


def _how_they_have_it(offer: Offer) -> Content:
    if offer.has is None:
        return Content.styled("Whether they have it is not known.", "$warn")
    if not offer.has:
        return Content("They do not have it." if offer.app else "They are not in it.")
    if offer.app is None:
        return Content.styled("✓ They are in it.", "$good")
    through = " and ".join(f"the group {giver.name}" for giver in offer.through)
    if offer.direct:
        how = f"directly, and through {through} as well" if through else "directly"
    elif through:
        how = f"through {through}"
    else:
        how = "through a group that keydesk cannot see" if offer.direct is False else "how is not known"
    return Content.styled(f"✓ They have it: {how}.", "$good")


def _notes(offer: Offer) -> list[str]:
    notes = []
    assignment = offer.assignment
    if assignment is not None and assignment.sync_state == "ERROR":
        notes.append("! The app did not make or change the account: see Dashboard > Tasks in the Admin Console.")
    elif assignment is not None and assignment.sync_state in {"SYNCING", "OUT_OF_SYNC"}:
        notes.append("The app is still making the account.")
    if offer.app is None:
        giver = offer.givers[0]
        description = giver.group.profile.description if giver.group.profile else None
        if description:
            notes.append(plain(description, limit=160))
        if giver.apps is not None:
            notes.append(f"Gives {_apps(giver)}." if giver.apps else "Gives no app.")
        elif giver.apps_unread:
            notes.append(_unread_apps(giver))
        if giver.rule:
            notes.append(f"Filled by the rule {plain(giver.rule, limit=60)}.")
    elif not offer.groups_known:
        notes.append("Other groups may give it too.")
    return notes


def _unread_apps(giver: Giver) -> str:
    """Return what is told of a group's apps where the connector gives software by groups only: their number at most."""
    count = giver.group.apps_given
    if count == 0:
        return "Gives no app."
    what = "What it gives" if count is None else f"Gives {count} app{'' if count == 1 else 's'}; which"
    return f"{what} is not asked: this connector gives software by groups only."


def _apps(giver: Giver) -> str:
    names = [plain(app.title, limit=40) for app in giver.apps or ()]
    shown = ", ".join(names[:6])
    return f"{shown} and {len(names) - 6} more" if len(names) > 6 else shown  # noqa: PLR2004 - the names that are listed


def _way(number: int, way: SoftwareWay, width: int) -> list[Content]:
    """Return the lines of one way: its key, its title, and its notes or obstacle, which colour alone never shows."""
    key = (f" {number} ", KEY if way.obstacle is None else "$muted")
    title = truncate(way.title, width - INDENT - (7 if way.best else 0))
    style, note, tone = "", "; ".join(way.notes), "$muted"
    if way.obstacle is not None:
        style = "$muted"
        note = f"{'by hand' if way.by_hand else 'not possible'}: {plain(way.obstacle.reason)}"
        tone = tone if way.by_hand else "$warn"
    best = (("  enter", "$accent"),) if way.best else ()
    first = Content.assemble(key, " ", (title, "bold" if way.best else style), *best)
    note_lines = wrap(note, width - INDENT) if note else []
    return [first, *(Content.styled(f"{' ' * INDENT}{line}", tone) for line in note_lines)]
