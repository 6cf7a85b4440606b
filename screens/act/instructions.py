"""What to do without keydesk, in the place of a confirmation that is not possible: to be read, copied, opened."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.style import Style
from textual.widgets import Static

from screens.open_link import no_browser
from tui.desk.actions.grammar import UNFIT
from tui.desk.by_hand.instructions import LOOKS_AT, by_hand
from tui.desk.by_hand.self_service import self_service
from tui.desk.text.links import web_link
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.notice import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.actions.grammar import Action, Target
    from tui.desk.by_hand.instructions import Instructions, InstructionSection
    from tui.desk.people.person import Person
    from tui.desk.session import Session


class InstructionsScreen(ModalScreen[None]):
    """Shows the steps at once; what the policy lets the person do is read behind it. Nothing on it sends a change."""

    CSS_PATH = "instructions.tcss"
    AUTO_FOCUS = "#scroll"  # so that the arrows and the page keys move it
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012 - Textual declares it as an instance's
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss", "Back", key_display="esc"),
        Binding("c", "copy", "Copy"),
        Binding("p", "copy_for_person", "Copy for the person"),
        Binding("o", "open", "Open the link"),
        Binding("y", "copy_link", "Copy the link"),
        Binding("space", "page", show=False),
    ]

    def __init__(self, session: Session, action: Action, person: Person, targets: tuple[Target, ...] = ()) -> None:
        super().__init__()
        self._session = session
        self._action = action
        self._person = person
        self._targets = targets
        self._instructions = by_hand(session, action, person, targets)

    @property
    def instructions(self) -> Instructions:
        """What is shown."""
        return self._instructions

    def compose(self) -> ComposeResult:
        """The text, and beneath it, always in sight, what came of a key and which keys there are."""
        connector = self._session.connector
        with Vertical(id="box") as box:
            box.border_subtitle = Content(plain(connector.org.host, limit=60))
            with VerticalScroll(id="scroll"):
                yield Static(id="steps")
            yield Notice()
            yield Static(id="keys")

    def on_mount(self) -> None:
        """Show what is known, and ask what the person may do without help."""
        self._draw()
        if any(section.spoken for section in self._instructions.sections):
            self.ask()

    @work(exclusive=True, group="ask")
    async def ask(self) -> None:
        """The policy that applies to them; what cannot be read is said to be not known."""
        helping = await self_service(self._session, self._person)
        self._instructions = by_hand(self._session, self._action, self._person, self._targets, helping)
        self._draw()

    def _draw(self) -> None:
        told, production = self._instructions, self._session.connector.production
        head = LOOKS_AT[told.cause] if told.cause else "Dry run"
        way = "Instead" if told.cause in UNFIT else "By hand"
        title = f"{'PRODUCTION · ' if production else ''}{way} · {head} · keydesk sends nothing"
        self.query_one("#box", Vertical).border_title = Content(title)
        self.query_one("#steps", Static).update(Content("\n").join(_lines(told)))
        self.query_one("#keys", Static).update(self._keys())

    def _keys(self) -> Content:
        told = self._instructions
        keys = [("c", "copy")]
        if told.for_the_person is not None:
            keys.append(("p", "copy their part"))
        if told.link:
            keys += [("o", "open link"), ("y", "copy link")]
        keys.append(("esc", "back"))
        return Content("  ").join(Content.assemble((f" {key} ", "bold reverse"), f" {what}") for key, what in keys)

    # -- keys

    def action_copy(self) -> None:
        """Copy all of it."""
        self._copy(self._instructions.text, "The text")

    def action_copy_for_person(self) -> None:
        """Copy what the person can do, for a chat with them."""
        part = self._instructions.for_the_person
        if part is None:
            self._tell("There is nothing that they can do themselves", "c copies the text.", Tone.WARN)
        else:
            self._copy("\n".join(f"{number}. {step}" for number, step in enumerate(part.steps, 1)), "The person's part")

    def action_copy_link(self) -> None:
        """Copy the link alone."""
        if link := self._instructions.link:
            self._copy(link, "The link")
        else:
            self._tell("There is no link", "c copies the text.", Tone.WARN)

    def _copy(self, text: str, what: str) -> None:
        """By the terminal's own clipboard (OSC 52), which also works over SSH."""
        self.app.copy_to_clipboard(text)
        self._tell(f"{what}: copied, if your terminal allows it (OSC 52)")

    def action_open(self) -> None:
        """Open the link in a browser, where there is one in front of the agent."""
        if self._instructions.link:
            self.open(self._instructions.link)
        else:
            self._tell("There is no link", "c copies the text.", Tone.WARN)

    @work(exclusive=True, group="open")
    async def open(self, link: str) -> None:
        """Look for a browser, which may take a moment, and give it the link."""
        missing = await asyncio.to_thread(no_browser, dict(os.environ))
        if missing:
            self._tell(f"It cannot be opened from here: {missing}", "y copies the link for your browser.", Tone.WARN)
        else:
            self.app.open_url(link)
            self._tell("The link was given to your browser", "If nothing opens, y copies it.")

    def action_page(self) -> None:
        """One page on."""
        self.query_one("#scroll", VerticalScroll).scroll_page_down(animate=False)

    def _tell(self, title: str, detail: str = "", tone: Tone = Tone.GOOD) -> None:
        self.query_one(Notice).show(title, detail, tone)


def _lines(told: Instructions) -> Iterator[Content]:
    """All of it; links can be clicked where the terminal knows how, and are plain text everywhere."""
    yield Content.styled(told.title, "bold")
    if told.why:
        yield Content.styled(told.why, "$text-warning")
    for section in told.sections:
        yield Content("")
        yield Content.styled(section.title, "bold $text-secondary")
        for number, step in enumerate(section.steps, 1):
            yield _linked(f" {number}. {step}", section)
    yield Content("")
    yield Content.styled(told.allows, "$foreground-muted")


def _linked(text: str, section: InstructionSection) -> Content:
    """A step, with the section's link as one; only a link that is harmless by itself becomes one."""
    content, link = Content(text), section.link
    at = text.find(link) if link and web_link(link) == link else -1
    return content if at < 0 else content.stylize(Style(underline=True, link=link), at, at + len(link))
