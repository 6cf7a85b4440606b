"""The steps by hand, in the place of a confirmation that is not possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from widgets.notice import Notice

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.actions import Action, Target
    from tui.desk.person import Person
    from tui.desk.session import Session


class InstructionsScreen(ModalScreen[None]):
    """Shows and copies the steps."""

    CSS_PATH = "instructions.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss", "Back", key_display="esc"),
        Binding("c", "copy", "Copy"),
    ]

    def __init__(self, session: Session, action: Action, person: Person, targets: tuple[Target, ...] = ()) -> None:
        super().__init__()
        self._instructions = session.by_hand(action, person, targets)

    def compose(self) -> ComposeResult:
        """The text, and which keys there are."""
        told = self._instructions
        parts: list[str | tuple[str, str]] = [(told.title, "bold")]
        if told.why:
            parts += ["\n\n", (told.why, "$text-warning")]
        parts.append("\n")
        parts += [f"\n {number}. {step}" for number, step in enumerate(told.steps, 1)]
        parts += ["\n\n", (told.allows, "$foreground-muted"), "\n\n", ("c", "bold reverse"), " copies this · "]
        parts += [("esc", "bold reverse"), " goes back"]
        with VerticalScroll(id="box") as box:
            box.border_title = "By hand"
            yield Static(Content.assemble(*parts))
            yield Notice()

    def action_copy(self) -> None:
        """Copy it by the terminal's own clipboard (OSC 52), which also works over SSH."""
        self.app.copy_to_clipboard(self._instructions.text)
        self.query_one(Notice).show("Copied, if your terminal allows it (OSC 52)")
