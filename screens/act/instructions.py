"""The dialog with the steps by hand, for an action that keydesk cannot confirm: to be read, copied and opened."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from screens.clipboard import copy
from screens.note_choice import NoteChoiceScreen
from screens.open_link import why_no_browser
from tui.desk.actions.grammar import UNFIT
from tui.desk.by_hand.instructions import LOOKS_AT, by_hand
from tui.desk.by_hand.self_service import self_service
from tui.desk.notes.notes import Note
from tui.desk.text.links import web_link
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.dialog import Dialog
from widgets.hanging_text import HangingText, Paragraph
from widgets.notice import Notice
from widgets.steady_text import SteadyText
from widgets.tones import KEY, keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.actions.grammar import Action, Target
    from tui.desk.by_hand.instructions import Instructions, InstructionSection
    from tui.desk.people.person import Person
    from tui.desk.session import Session


class InstructionsScreen(Dialog[None]):
    """Shows the steps at once, and reads in the background what the policy lets the person do. It sends no change."""

    CSS_PATH = "instructions.tcss"
    AUTO_FOCUS = "#scroll"  # so that the arrows and the page keys move it
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012 - Textual declares it as an instance's
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss", "Back", key_display="esc"),
        Binding("c", "copy", "Copy"),
        Binding("y", "choose_note", "Copy a part"),
        Binding("ctrl+o", "open", "Open the link"),
        Binding("d", "what_allows", "What would allow it"),
        Binding("space", "page", show=False),
    ]

    def __init__(self, session: Session, action: Action, person: Person, targets: tuple[Target, ...] = ()) -> None:
        super().__init__()
        self._session = session
        self._action = action
        self._person = person
        self._targets = targets
        self._instructions = by_hand(session, action, person, targets)
        self._unfolded = False

    @property
    def instructions(self) -> Instructions:
        """Return the instructions that are shown."""
        return self._instructions

    @property
    def _has_remedy(self) -> bool:
        """Whether an admin could let keydesk do it; what lies in the person no role changes."""
        return bool(self._instructions.allows) and self._instructions.cause not in UNFIT

    def compose(self) -> ComposeResult:
        """Yield the text, which scrolls, and beneath it the notice line and the keys."""
        connector = self._session.connector
        with Vertical(id="box") as box:
            box.border_subtitle = Content(plain(connector.org.host, limit=60))
            box.set_class(connector.production, "-production")
            with VerticalScroll(id="scroll"):
                yield Steps(id="steps")
            yield Notice()
            yield SteadyText(id="keys")

    def on_mount(self) -> None:
        """Show the steps, and read what the person may do without help."""
        self._draw()
        if any(section.spoken for section in self._instructions.sections) or self._action.needs_policy(self._person):
            self.ask()

    @work(exclusive=True, group="ask")
    async def ask(self) -> None:
        """Read the policy that applies to the person, what it says of a directory too, and draw the steps with it."""
        self._person = await self._session.with_policy(self._action, self._person)
        own_means = await self_service(self._session, self._person)
        self._instructions = by_hand(self._session, self._action, self._person, self._targets, own_means)
        self._draw()

    def _draw(self) -> None:
        instructions, production = self._instructions, self._session.connector.production
        head = LOOKS_AT[instructions.cause] if instructions.cause else "Dry run"
        way = "Instead" if instructions.cause in UNFIT else "By hand"
        title = f"{'PRODUCTION · ' if production else ''}{way} · {head} · keydesk sends nothing"
        self.query_one("#box", Vertical).border_title = Content(title)
        unfolded = self._unfolded if self._has_remedy else None
        self.query_one(Steps).show(_paragraphs(instructions, unfolded=unfolded))
        self.query_one("#keys", Static).update(self._keys())

    def _keys(self) -> Content:
        instructions = self._instructions
        shown = [("c", "copy")]
        if len(self._notes()) > 1:
            shown.append(("y", "copy a part"))
        if instructions.link:
            shown.append(("ctrl+o", "open link"))
        if self._has_remedy:
            shown.append(("d", "fold" if self._unfolded else "for admins"))
        shown.append(("esc", "back"))
        return Content.assemble(*keys(*shown))

    # -- keys

    def _notes(self) -> tuple[Note, ...]:
        """Return what can be copied: all of it, the steps that the person can do themselves, and the link."""
        part, link = self._instructions.for_the_person, self._instructions.link
        notes = [Note("The text", self._instructions.text)]
        if part is not None:
            steps = "\n".join(f"{number}. {step}" for number, step in enumerate(part.steps, 1))
            notes.append(Note("The person's part", steps))
        if link:
            notes.append(Note("The link", link))
        return tuple(notes)

    def action_copy(self) -> None:
        """Copy the whole text."""
        self._copy(self._notes()[0])

    def action_choose_note(self) -> None:
        """Ask which part is to be copied."""
        self.app.push_screen(NoteChoiceScreen(self._notes()), lambda note: self._copy(note) if note else None)

    def _copy(self, note: Note) -> None:
        """Copy, and say where it arrived."""
        copy(self, note.text, lambda arrival: self._show_notice(f"{note.title}: {arrival.value}"))

    def action_open(self) -> None:
        """Open the link in a browser on the agent's own desktop, if there is one."""
        if self._instructions.link:
            self.open(self._instructions.link)
        else:
            self._show_notice("There is no link", "c copies the text.", Tone.WARN)

    @work(exclusive=True, group="open")
    async def open(self, link: str) -> None:
        """Find a browser, which may take a moment, and open the link in it."""
        reason = await asyncio.to_thread(why_no_browser, dict(os.environ))
        if reason:
            self._show_notice(
                f"It cannot be opened from here: {reason}", "y copies the link for your browser.", Tone.WARN
            )
        else:
            self.app.open_url(link)
            self._show_notice("The link was given to your browser", "If nothing opens, y copies it.")

    def action_what_allows(self) -> None:
        """Show or fold what would let keydesk do it, which is for admins."""
        self._unfolded = self._has_remedy and not self._unfolded
        self._draw()
        if self._unfolded:
            self.call_after_refresh(self.query_one("#scroll", VerticalScroll).scroll_end, animate=False)

    def action_page(self) -> None:
        """Scroll one page down."""
        self.query_one("#scroll", VerticalScroll).scroll_page_down(animate=False)

    def _show_notice(self, title: str, detail: str = "", tone: Tone = Tone.GOOD) -> None:
        self.query_one(Notice).show(title, detail, tone)


class Steps(HangingText):
    """The text of the instructions; a step that does not fit in one line goes on beneath its first word."""

    _shown: tuple[Paragraph, ...] = ()

    def show(self, shown: Iterable[Paragraph]) -> None:
        """Show these paragraphs."""
        self._shown = tuple(shown)
        self.redraw()

    def paragraphs(self) -> Iterable[Paragraph]:
        """Return what is shown."""
        return self._shown


def _paragraphs(instructions: Instructions, *, unfolded: bool | None) -> Iterator[Paragraph]:
    """Yield the paragraphs of the instructions; their links can be clicked in terminals that support it.

    Args:
        instructions: The instructions.
        unfolded: Whether to show what would let keydesk do it; `None` where nothing would.
    """
    none = Content("")
    yield Paragraph(none, Content.styled(instructions.title, "bold"))
    if instructions.why:
        yield Paragraph(none, Content.styled(instructions.why, "$warn"))
    for section in instructions.sections:
        yield Paragraph(none, none)
        yield Paragraph(none, Content.styled(section.title, "bold $accent"))
        for number, step in enumerate(section.steps, 1):
            yield Paragraph(Content(f" {number}. "), _linked(step, section))
    if instructions.allows and unfolded is not None:
        yield Paragraph(none, none)
        if unfolded:
            yield Paragraph(none, Content.styled("What would let keydesk do it, for admins", "bold $accent"))
            yield Paragraph(Content("    "), Content(instructions.allows))
        else:
            yield Paragraph(none, Content.assemble(("d", KEY), (" shows what would let keydesk do it", "$muted")))


def _linked(text: str, section: InstructionSection) -> Content:
    """Return a step in which the section's link can be clicked, provided that the link is harmless."""
    content, link = Content(text), section.link
    at = text.find(link) if link and web_link(link) == link else -1
    return content if at < 0 else content.stylize(Style(underline=True, link=link), at, at + len(link))
