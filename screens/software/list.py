"""A box and the software or the groups that match, beside what there is to know of the one under the cursor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from screens.base import DeskScreen
from tui.desk.software.offers import folded
from tui.desk.software.search import SoftwareFound, SoftwareSearch
from widgets.cell_text import truncate
from widgets.field import Field
from widgets.rows import Rows
from widgets.software.columns import GROUP_COLUMNS, SOFTWARE_COLUMNS
from widgets.software.detail import SoftwareDetail

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.desk.software.offers import Offer

FEWEST: int = 2
"""Letters before Okta is asked."""


class SoftwareList(DeskScreen):
    """What is done with a row is its subclass's.

    Args:
        person: Whom it is for; `None` for nobody in particular.
        groups_only: Whether groups are chosen from.
        typing_pause: Seconds without a key before Okta is asked; twice that before what hangs on the answers.
    """

    CSS_PATH = "list.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", key_display="/", priority=True),
        Binding("down", "take", "List", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("r", "reload", "Refresh"),
        Binding("escape", "back", "Back"),
        Binding("f2", "back", "Look up"),
    ]

    asks: ClassVar[str] = "Give"
    hint: ClassVar[str] = "app or group, a part of its name"

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
        self.groups_only = groups_only
        self.found = SoftwareFound("")
        self._typing_pause = typing_pause
        self.software = SoftwareSearch(
            session, person.user.id if person else "", dwell=2 * typing_pause, groups_only=groups_only
        )
        self._answered: str | None = None
        self._taking: str | None = None
        self._shown: Offer | None = None

    def body(self) -> Iterable[Widget]:
        """Whom it is for, the box, the list, the detail, what is not known."""
        yield Static(self.title_line(), id="who")
        with Horizontal(id="ask"):
            yield Static(self.asks, id="find")
            yield Field(placeholder=self.hint, id="wish", max_length=60)
            yield Static(id="understood", markup=False)
        with Container(id="found"):
            columns = GROUP_COLUMNS if self.groups_only else SOFTWARE_COLUMNS
            yield Rows(columns, key=lambda offer: offer.key, empty="Reading …", id="software")
            yield SoftwareDetail(id="detail")
        yield Static(id="gaps", markup=False)

    def title_line(self) -> Content:
        """The line on top."""
        return Content("")

    def describe(self, offer: Offer, width: int) -> Content:
        """What is shown of the offer under the cursor, in so many cells."""
        return Content.styled(truncate(offer.name, width), "bold")

    def choose(self, offer: Offer) -> None:
        """A row was chosen by enter."""

    @property
    def box(self) -> Input:
        """The box."""
        return self.query_one("#wish", Input)

    @property
    def rows(self) -> Rows[Offer]:
        """The list."""
        return self.query_one("#software", Rows)

    def on_mount(self) -> None:
        """Ready for typing; below is what the person has."""
        self.set_focus(self.box)
        self.look_for("")

    def on_unmount(self) -> None:
        """Nobody waits for it any more."""
        self.software.close()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Inside the box letters are letters; outside of it down is the list's own."""
        if action in {"search", "take"}:
            return isinstance(self.focused, Input) is (action == "take")
        return super().check_action(action, parameters)

    # -- searching

    @on(Input.Changed, "#wish")
    def typed(self, event: Input.Changed) -> None:
        """A keystroke: the old questions are cancelled, new ones start after a short pause."""
        self._answered = None
        self.notice.clear(passing_only=True)
        self.look_for(event.value)

    @work(exclusive=True, group="software")
    async def look_for(self, typed: str) -> None:
        """Search; without a text, list what the person has."""
        await asyncio.sleep(self._typing_pause if typed else 0)
        text = folded(typed) and typed.strip()
        few = 0 < len(folded(typed)) < FEWEST
        if few:
            text = ""
        told = False
        with self.guarded():
            async for found in self.software.run(text):
                told = told or bool(found.offers) or found.done
                if found.done:
                    self._answered = typed
                self.take(found, few=few)
                if found.done and self._taking == typed:
                    self._taking = None
                    self.action_take()
        if not told:
            self.rows.rows = ()
            self.rows.empty = "This was not answered. r tries again."
            self._understood("")

    def take(self, found: SoftwareFound, *, few: bool = False) -> None:
        """Show what is found so far."""
        self.found = found
        self.rows.rows = found.offers
        if self.focused is not self.rows:
            self.rows.cursor = 0  # nobody chose a row: the best match, and not what was the best before
        if not found.offers:
            self.rows.empty = self._nothing(found) if found.done else "Reading …"
            self.show(None)
        count = f"{len(found.offers)}{'+' if found.more else ''}"
        self._understood("type on" if few else self._counted(found, count) if found.done else "searching …")
        self.query_one("#gaps", Static).update(f"Not known: {'; '.join(found.gaps)}." if found.gaps else "")
        self.query_one("#gaps", Static).display = bool(found.gaps)

    def _counted(self, found: SoftwareFound, count: str) -> str:
        if found.text:
            return f"{count} found" if found.offers else "nothing"
        return f"has {count}" if self.person else ""

    def _nothing(self, found: SoftwareFound) -> str:
        if found.text:
            return "Nothing matches. Try another part of the name."
        return "They have nothing that keydesk can see." if self.person else "Type a part of its name."

    def _understood(self, text: str) -> None:
        self.query_one("#understood", Static).update(text)

    # -- one row

    @on(Rows.Highlighted, "#software")
    def highlighted(self, event: Rows.Highlighted[Offer]) -> None:
        """Show what is known, and ask for what hangs on it if the cursor stays."""
        self.show(event.row)
        if event.row is not None:
            self.look_into(event.row)

    def show(self, offer: Offer | None) -> None:
        """Show one offer."""
        self._shown = offer
        self.query_one(SoftwareDetail).show(
            (lambda width: self.describe(offer, width)) if offer else None, offer.key if offer else ""
        )
        self.refresh_bindings()

    @work(exclusive=True, group="detail")
    async def look_into(self, offer: Offer) -> None:
        """Ask which groups give an app, or what a group gives, and show that."""
        await asyncio.sleep(2 * self._typing_pause)
        with self.guarded():
            renewed = await self.software.look_into(offer)
            current = self.rows.current
            if current is not None and current.key == offer.key and renewed != current:
                self.rows.rows = [renewed if one.key == offer.key else one for one in self.rows.rows]

    @on(Rows.Selected, "#software")
    def selected(self, event: Rows.Selected[Offer]) -> None:
        """Enter in the list."""
        if event.row is not None:
            self.choose(event.row)

    # -- keys

    @on(Input.Submitted, "#wish")
    def action_take(self) -> None:
        """From the box to the list; never to what an older text had found."""
        if self._answered != self.box.value:
            self._taking = self.box.value
        elif self.rows.rows:
            self.set_focus(self.rows)

    def action_search(self) -> None:
        """Back to the box, with its text selected so that typing replaces it."""
        self.set_focus(self.box)
        self.box.select_all()

    def action_page(self, pages: int) -> None:
        """Scroll the detail, from the box too."""
        detail = self.query_one(SoftwareDetail)
        detail.scroll_relative(y=pages * max(1, detail.size.height - 1), animate=False)

    def action_reload(self) -> None:
        """Read everything anew, the org's apps and groups included."""
        self.notice.clear()
        self.software.forget(everything=True)
        self.look_for(self.box.value)

    def action_back(self) -> None:
        """Back to where the agent was."""
        self.dismiss(None)
