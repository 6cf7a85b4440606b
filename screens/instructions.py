"""The steps by hand, in the place of a confirmation that is not possible."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.desk.card import Tone
from widgets.notice import Notice

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.actions import Action, Target
    from tui.desk.instructions import Instructions
    from tui.desk.person import Person
    from tui.desk.session import Session


class InstructionsScreen(ModalScreen[None]):
    """Shows and copies the steps; what the person may do themselves is read behind it."""

    CSS_PATH = "instructions.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss", "Back", key_display="esc"),
        Binding("c", "copy", "Copy"),
        Binding("y", "copy_link", "Copy the link"),
        Binding("o", "open", "Open the link"),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
        Binding("pagedown,space", "scroll(10)", show=False),
    ]

    def __init__(self, session: Session, action: Action, person: Person, targets: tuple[Target, ...] = ()) -> None:
        super().__init__()
        self._session = session
        self._action = action
        self._person = person
        self._targets = targets
        self._instructions = session.by_hand(action, person, targets)

    @property
    def instructions(self) -> Instructions:
        """What is shown."""
        return self._instructions

    def compose(self) -> ComposeResult:
        """The text, and which keys there are."""
        with VerticalScroll(id="box") as box:
            box.can_focus = False
            box.border_title = "By hand"
            yield Static(id="steps")
            yield Notice()

    def on_mount(self) -> None:
        """Show what is known, and ask what the person may do without help."""
        self._draw()
        if len(self._instructions.sections) > 1:
            self.ask()

    @work(exclusive=True)
    async def ask(self) -> None:
        """The policy that applies to them; what cannot be read is said to be not known."""
        helping = await self._session.self_service(self._person)
        self._instructions = self._session.by_hand(self._action, self._person, self._targets, helping)
        self._draw()

    def _draw(self) -> None:
        told = self._instructions
        parts: list[str | tuple[str, str]] = [(told.title, "bold")]
        if told.why:
            parts += ["\n\n", (told.why, "$text-warning")]
        for section in told.sections:
            parts += ["\n\n", (section.title, "bold")]
            parts += [f"\n {number}. {step}" for number, step in enumerate(section.steps, 1)]
        if told.allows:
            parts += ["\n\n", (told.allows, "$foreground-muted")]
        parts += ["\n\n", ("c", "bold reverse"), " copies this · "]
        if told.link:
            parts += [("o", "bold reverse"), " opens the link · ", ("y", "bold reverse"), " copies it · "]
        parts += [("esc", "bold reverse"), " goes back"]
        self.query_one("#steps", Static).update(Content.assemble(*parts))

    def action_copy(self) -> None:
        """Copy it by the terminal's own clipboard (OSC 52), which also works over SSH."""
        self._copied(self._instructions.text)

    def action_copy_link(self) -> None:
        """Copy only the link."""
        if self._instructions.link:
            self._copied(self._instructions.link)
        else:
            self.query_one(Notice).show("There is no link", "c copies the steps.", Tone.WARN)

    def _copied(self, text: str) -> None:
        self.app.copy_to_clipboard(text)
        self.query_one(Notice).show("Copied, if your terminal allows it (OSC 52)")

    def action_open(self) -> None:
        """Open the link in a browser, where one is on this machine."""
        notice = self.query_one(Notice)
        if not self._instructions.link:
            notice.show("There is no link", "c copies the steps.", Tone.WARN)
        elif os.environ.get("SSH_CONNECTION"):
            notice.show("This keydesk runs on another machine", "y copies the link, for a browser on yours.", Tone.WARN)
        else:
            self.app.open_url(self._instructions.link)
            notice.show("The link was given to your browser", "Nothing there? y copies the link.")

    def action_scroll(self, lines: int) -> None:
        """Move what does not fit a small terminal."""
        self.query_one("#box", VerticalScroll).scroll_relative(y=lines, animate=False)
