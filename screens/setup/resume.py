"""The dialog that asks whether to resume an unfinished set-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.desk.text.plain import plain
from tui.setup_walk import StepName
from widgets.choice import Choice, Option
from widgets.dialog import Dialog

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.setup.form import Form


class ResumeScreen(Dialog[bool]):
    """Dismissed with whether to resume the draft."""

    DEFAULT_CSS = """
    ResumeScreen { align: center middle; }
    ResumeScreen #resume { width: 66; max-width: 100%; height: auto; padding: 1 2; background: $ground;
        border: round $focus; }
    ResumeScreen Static { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "Take it"),
        Binding("escape", "go_on", show=False),
    ]

    def __init__(self, draft: Form) -> None:
        super().__init__()
        self._draft = draft

    def compose(self) -> ComposeResult:
        """Yield the draft's name and step, and the choice."""
        name = plain(self._draft.name, limit=40) or "a connector without a name"
        with Vertical(id="resume"):
            yield Static(Content.styled("A set-up was left half-done", "bold"))
            yield Static(Content(f"{name}, step {self._draft.step} of {len(StepName)}\n"))
            yield Choice(
                "resume",
                (
                    Option("yes", "Continue where you left off", "Everything is there except secrets."),
                    Option("no", "Start afresh", "What was typed then is overwritten by what you type now."),
                ),
            )
            yield Static(Content.styled("\n↑↓ chooses · enter takes it", "$muted"))

    def on_mount(self) -> None:
        """Choose to resume by default, since that loses nothing."""
        self.query_one(Choice).value = "yes"

    def action_take(self) -> None:
        """Close with the chosen answer."""
        self.dismiss(self.query_one(Choice).value == "yes")

    def action_go_on(self) -> None:
        """Resume, since that loses nothing."""
        self.dismiss(True)
