"""The base of the screens with a search box, the software or groups that match, and the detail of one of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from screens.base import DeskScreen
from screens.typed_ahead import TypedAhead
from tui.desk.software.offers import folded
from tui.desk.software.search import SoftwareFound, SoftwareSearch
from tui.desk.text.named_keys import key_of
from widgets.cell_text import truncate
from widgets.field import Field
from widgets.pane import Pane
from widgets.rows import Rows
from widgets.software.columns import GROUP_COLUMNS, SOFTWARE_COLUMNS
from widgets.software.detail import SoftwareDetail
from widgets.steady_text import SteadyText

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from screens.save_as import ExportOffer
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.desk.software.offers import Offer
    from widgets.key_queue import Taking, Typed

FEWEST: int = 2
"""Least letters of a text before it is searched for."""
BY_GROUPS: str = "This connector gives software by groups only; no app is read or changed."


class SoftwareList(DeskScreen):
    """Searches for software or groups; subclasses decide what a chosen row does.

    Args:
        person: The person whom the software is for; `None` when it is for nobody in particular.
        groups_only: Whether only groups are listed.
        typing_pause: Seconds without a key before a search is sent; details of a row are read after twice that.
    """

    CSS_PATH = "list.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", key_display="/", priority=True),
        Binding("down", "take", "List", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("r", "reload", "Refresh"),
        Binding("escape", "back", "Back"),
        Binding("f2", "back", "Look up", id="app.go.lookup"),
    ]

    box_label: ClassVar[str] = "Find"
    box_hint: ClassVar[str] = "app or group, a part of its name"
    by_groups_hint: ClassVar[str] = "group that gives it, a part of its name"

    def __init__(
        self,
        session: Session,
        changed: Signal[Person],
        person: Person | None,
        *,
        groups_only: bool = False,
        typing_pause: float = 0.12,
    ) -> None:
        super().__init__(session, changed)
        self.person = person
        self.remembered = ""
        """The text of the last time: enter searches for it, and whatever is typed replaces it."""
        self.groups_only = groups_only or session.by_groups_only
        self.result = SoftwareFound("")
        self._typing_pause = typing_pause
        self.software = SoftwareSearch(
            session, person.user.id if person else "", dwell=2 * typing_pause, groups_only=groups_only
        )
        self._answered: str | None = None
        self._enter_pressed_on: str | None = None
        self._shown: Offer | None = None
        self._looked_into = ""
        self.ahead = TypedAhead(self, on_turned_back=self._forget_enter)

    def body(self) -> Iterable[Widget]:
        """Yield the title line, the search box, the list, the detail, and what is not known."""
        yield Static(self.title_line(), id="who")
        with Horizontal(id="ask"):
            yield Static(self.box_label, id="find")
            hint = self.by_groups_hint if self.session.by_groups_only else self.box_hint
            yield Field(placeholder=hint, id="wish", max_length=60, slash=True)
            yield SteadyText(id="understood", markup=False)
        with Container(id="found"):
            columns = GROUP_COLUMNS if self.groups_only else SOFTWARE_COLUMNS
            with Pane("Software", id="list"):
                yield Rows(columns, key=lambda offer: offer.key, empty="Reading …", id="software")
            with Pane("Ways", id="ways"):
                yield SoftwareDetail(id="detail")
        yield SteadyText(id="gaps", markup=False)

    def title_line(self) -> Content:
        """Return the title line."""
        return Content("")

    def describe(self, offer: Offer, width: int) -> Content:
        """Return the detail of the offer under the cursor, for a width in cells."""
        return Content.styled(truncate(offer.name, width), "bold")

    def choose(self, offer: Offer) -> None:
        """React to a row that was chosen by enter; subclasses replace this."""

    @property
    def box(self) -> Input:
        """Return the search box."""
        return self.query_one("#wish", Input)

    @property
    def rows(self) -> Rows[Offer]:
        """Return the table of offers."""
        return self.query_one("#software", Rows)

    def on_mount(self) -> None:
        """Move the focus to the search box, and list what the person has."""
        self.set_focus(self.box)
        self.search_for("")

    def on_unmount(self) -> None:
        """Stop the searches."""
        self.software.close()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether the key works: in the box `/` is a letter, and outside of it the list handles down."""
        if action in {"search", "take"}:
            return isinstance(self.focused, Input) is (action == "take")
        return super().check_action(action, parameters)

    # -- searching

    def taking(self, typed: Typed) -> Taking:
        """Have keys behind enter in the box wait for the only match, and for what is known about it."""
        return self.ahead.taking(typed, self.box.value if self.focused is self.box else "")

    def _forget_enter(self) -> None:
        self._enter_pressed_on = None

    @on(Input.Changed, "#wish")
    def typed(self, event: Input.Changed) -> None:
        """Search for the typed text after a short pause; the search before is cancelled."""
        self._answered, self.remembered = None, ""
        self.notice.clear(passing_only=True)
        self.search_for(event.value)
        self.ahead.typed(self.box.value)  # this message may be late

    @work(exclusive=True, group="software")
    async def search_for(self, typed: str) -> None:
        """Search for a text; for an empty text, list what the person has."""
        await asyncio.sleep(self._typing_pause if typed else 0)
        text = folded(typed) and typed.strip()
        too_short = 0 < len(folded(typed)) < FEWEST
        if too_short:
            text = ""
        shown = False
        with self.guarded():
            async for result in self.software.run(text):
                shown = shown or bool(result.offers) or result.done
                if result.done:
                    self._answered = typed
                self.show_result(result, too_short=too_short)
                if result.done and self._enter_pressed_on == typed:
                    self._enter_pressed_on = None
                    self.action_take()
        if not shown:
            self.rows.rows = ()
            self.rows.empty = f"This was not answered. {key_of('software-list.reload')} tries again."
            self._show_understood("")
            self._forget_enter()
            self.ahead.drop("the search was not answered")

    def show_result(self, result: SoftwareFound, *, too_short: bool = False) -> None:
        """Show the result so far; `too_short` tells the agent to type more."""
        self.result = result
        self.rows.rows = result.offers
        if self.focused is not self.rows:
            self.rows.cursor = 0  # no row is chosen yet, so the cursor is on the best match
        if not result.offers:
            self.rows.empty = self._nothing_words(result) if result.done else "Reading …"
            self.show(None)
        count = f"{len(result.offers)}{'+' if result.more else ''}"
        self._show_understood(
            "type on" if too_short else self._count_words(result, count) if result.done else "searching …"
        )
        gaps = f"Not known: {'; '.join(result.gaps)}." if result.gaps else ""
        text = " ".join(filter(None, (gaps, BY_GROUPS if self.session.by_groups_only else "")))
        self.query_one("#gaps", Static).update(text)
        self.query_one("#gaps", Static).display = bool(text)

    def _count_words(self, result: SoftwareFound, count: str) -> str:
        if result.text:
            return f"{count} found" if result.offers else "nothing"
        return f"has {count}" if self.person else ""

    def _nothing_words(self, result: SoftwareFound) -> str:
        if result.text:
            what = "No group" if self.session.by_groups_only else "Nothing"
            return f"{what} matches. Try another part of the name."
        return "They have nothing that keydesk can see." if self.person else "Type a part of its name."

    def _show_understood(self, text: str) -> None:
        self.query_one("#understood", Static).update(text)

    # -- one row

    @on(Rows.Highlighted, "#software")
    def highlighted(self, event: Rows.Highlighted[Offer]) -> None:
        """Show the offer under the cursor, and read more about it if the cursor stays."""
        self.show(event.row)
        if event.row is not None:
            self.look_into(event.row)

    def show(self, offer: Offer | None) -> None:
        """Show the detail of an offer."""
        self._shown = offer
        self.query_one(SoftwareDetail).show(
            (lambda width: self.describe(offer, width)) if offer else None, offer.key if offer else ""
        )
        self.refresh_bindings()

    @work(exclusive=True, group="detail")
    async def look_into(self, offer: Offer) -> None:
        """Read which groups give an app, or which apps a group gives, and show that."""
        await asyncio.sleep(2 * self._typing_pause)
        with self.guarded():
            renewed = await self.software.look_into(offer)
            current = self.rows.current
            if current is not None and current.key == offer.key and renewed != current:
                self.rows.rows = [renewed if row.key == offer.key else row for row in self.rows.rows]
        self._looked_into = offer.key
        if self.focused is self.rows:
            self.ahead.hand_on()

    @on(Rows.Selected, "#software")
    def selected(self, event: Rows.Selected[Offer]) -> None:
        """Choose the row."""
        if event.row is not None:
            self.choose(event.row)

    # -- keys

    @on(Input.Submitted, "#wish")
    def action_take(self) -> None:
        """Move from the search box to the list, once the list is the answer to the box's text."""
        if self._answered != self.box.value:
            self._enter_pressed_on = self.box.value
            if self.remembered:  # nobody has searched for it yet
                self.remembered = ""
                self.search_for(self.box.value)
        elif not self.rows.rows:
            self.ahead.drop("nothing matches")
        else:
            self.set_focus(self.rows)
            if len(self.rows.rows) > 1:
                self.ahead.drop("several match: choose one first")
            elif self.rows.rows[0].key == self._looked_into:
                self.ahead.hand_on()

    def remember(self, text: str) -> None:
        """Put a text into the box that is searched for by enter, and replaced by whatever is typed."""
        self.remembered = text
        with self.box.prevent(Input.Changed):
            self.box.value = text
        self.box.select_all()

    def export_offer(self) -> ExportOffer | None:
        """Return what is listed, as far as it is read."""
        from screens.save_as import ExportOffer
        from tui.desk.software.offers import listing

        noun = "groups" if self.groups_only else "software"
        return ExportOffer.of(noun, self.rows, listing, filtered=bool(self.result.text))

    def action_search(self) -> None:
        """Return to the search box, with its text selected so that typing replaces it."""
        self.set_focus(self.box)
        self.box.select_all()

    def action_page(self, pages: int) -> None:
        """Scroll the detail; this works in the search box too."""
        detail = self.query_one(SoftwareDetail)
        detail.scroll_relative(y=pages * max(1, detail.size.height - 1), animate=False)

    def action_reload(self) -> None:
        """Read everything again, including the org's apps and groups."""
        self.notice.clear()
        self.software.forget(everything=True)
        self.search_for(self.box.value)

    def action_back(self) -> None:
        """Return to the screen before."""
        self.dismiss(None)
