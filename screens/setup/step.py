"""What all steps of the wizard share: controls filled from the form and kept in it, and what is wrong at them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.desk.setup.form import Form
from tui.desk.text.tone import Tone
from widgets.choice import Choice
from widgets.labelled_field import LabelledField
from widgets.secret_box import SecretBox
from widgets.tick_box import TickBox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from tui.setup_walk import SetupWalk
    from tui.trouble import Trouble

FIELDS = frozenset(field.name for field in fields(Form))


class Control(Protocol):
    """What the controls of a form have in common."""

    field: str
    display: bool

    @property
    def value(self) -> object:
        """What was typed, chosen or ticked."""

    def show_note(self, text: str, tone: Tone = Tone.MUTED) -> None:
        """Put a note beneath it."""

    def reset_note(self) -> None:
        """Take the note away."""

    def scroll_visible(self, *, animate: bool) -> None:
        """Bring it into sight."""

    def take_focus(self) -> None:
        """Put the cursor there."""


class WizardStep(VerticalScroll, inherit_bindings=False, can_focus=False):
    """One page of the wizard; its controls scroll, the keys stay with the screen."""

    submit_fields: ClassVar[frozenset[str]] = frozenset()
    """The fields whose enter is the step's."""

    class Touched(Message):
        """Something was typed, chosen or ticked."""

    def __init__(self, walk: SetupWalk, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.walk = walk

    @property
    def controls(self) -> Iterable[Control]:
        """The controls, in their order."""
        return cast("Iterable[Control]", list(self.query(".control")))

    def submits_from(self, focused: Widget | None) -> bool:
        """Whether enter in the control with the cursor is the step's own, and does not go to the next field."""
        around: list[object] = [*focused.ancestors_with_self] if focused else []
        return any(control.field in self.submit_fields and control in around for control in self.controls)

    def control(self, field: str) -> Control | None:
        """The control of a field, if it is on this page and shown."""
        return next((one for one in self.controls if one.field == field and one.display), None)

    def entry(self, field: str) -> LabelledField:
        """The line on this page into which a field is typed."""
        return next(entry for entry in self.query(LabelledField) if entry.field == field)

    def has_field(self, field: str) -> bool:
        """Whether a field is on this page, shown or not."""
        return any(one.field == field for one in self.controls)

    def fill_from_form(self) -> None:
        """Show what is in the form."""
        for control in self.controls:
            if control.field in FIELDS and not isinstance(control, SecretBox):
                cast("Any", control).value = getattr(self.walk.form, control.field)

    def save_to_form(self) -> None:
        """Keep what is shown in the form."""
        typed = {
            control.field: control.value
            for control in self.controls
            if control.field in FIELDS and not isinstance(control, SecretBox)
        }
        if any(getattr(self.walk.form, name) != value for name, value in typed.items()):
            self.walk.form = replace(self.walk.form, **cast("dict[str, Any]", typed))

    def update_controls(self) -> None:
        """Show and hide what depends on the rest."""

    def enter(self) -> None:
        """The page comes to the front."""
        self.fill_from_form()
        self.update_controls()

    async def check(self) -> bool:
        """Whether the walk may go on; may ask the org.

        Raises:
            Trouble: It may not; `BadInput` names the field.
        """
        return True

    def show_error(self, field: str, trouble: Trouble) -> bool:
        """Show what is wrong at its field; false when the field is not here."""
        control = self.control(field)
        if control is None:
            return False
        control.take_focus()
        control.show_note(f"{trouble.title}. {trouble.advice}" if trouble.advice else trouble.title, Tone.BAD)
        # Once it is laid out: the note is higher than the hint was.
        self.call_after_refresh(cast("Widget", control).scroll_visible, animate=False)
        return True

    @on(LabelledField.Changed)
    @on(Choice.Changed)
    @on(TickBox.Changed)
    @on(SecretBox.Changed)
    def touched(self, event: LabelledField.Changed | Choice.Changed | TickBox.Changed | SecretBox.Changed) -> None:
        """Keep it, and take away what was said about it."""
        event.stop()
        self.save_to_form()
        event.control.reset_note()
        self.update_controls()
        self.post_message(self.Touched())


def heading(text: str) -> Static:
    """A line above a group of controls."""
    return Static(Content.styled(text, "bold"), classes="heading")


def words(text: str, *, id: str | None = None) -> Static:  # noqa: A002 - Textual's name
    """A paragraph that explains."""
    return Static(Content.styled(text, "$foreground-muted"), classes="words", id=id)
