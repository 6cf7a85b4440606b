"""The base of the wizard's steps: its controls show the form's values, store them there, and show errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, cast

from msgspec.structs import replace
from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.desk.setup.form import Form
from tui.desk.setup.parse import refuse_misplaced
from tui.desk.text.tone import Tone
from tui.okta.tokens import kind_of_token
from tui.trouble import BadInput
from widgets.binding_ids import with_ids
from widgets.choice import Choice
from widgets.labelled_field import LabelledField
from widgets.secret_box import SecretBox
from widgets.tick_box import TickBox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from tui.setup_walk import SetupWalk
    from tui.trouble import Trouble

STEP_TITLES: Final = ("Name", "Org", "Capabilities", "Sign-in", "In Okta", "Proof", "Save")
"""The titles of the steps, from step 1."""
FIELDS = frozenset(Form.__struct_fields__)


class Control(Protocol):
    """The interface that all controls of a form share."""

    field: str
    display: bool

    @property
    def value(self) -> object:
        """Return what was typed, chosen or ticked."""

    def show_note(self, text: str, tone: Tone = Tone.MUTED) -> None:
        """Show a note beneath the control."""

    def reset_note(self) -> None:
        """Remove the note, or show the hint again."""

    def scroll_visible(self, *, animate: bool) -> None:
        """Scroll the control into view."""

    def take_focus(self) -> None:
        """Move the focus to the control."""


class WizardStep(VerticalScroll, inherit_bindings=False, can_focus=False):
    """One step of the wizard: a page of controls that scrolls, while the screen handles the keys."""

    submit_fields: ClassVar[frozenset[str]] = frozenset()
    """The fields in which enter submits the step, instead of moving to the next field."""

    class Touched(Message):
        """Posted when the agent has typed, chosen or ticked something."""

    def __init_subclass__(cls, **options: bool) -> None:
        """Give the keys of a step their ids, before Textual reads them."""
        if "BINDINGS" in vars(cls):
            cls.BINDINGS = with_ids(cls.__name__, cls.BINDINGS)
        super().__init_subclass__(**options)

    def __init__(self, walk: SetupWalk, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.walk = walk
        self._faulty: Control | None = None

    @property
    def controls(self) -> Iterable[Control]:
        """Return the controls in their order on the page."""
        return cast("Iterable[Control]", list(self.query(".control")))

    def submits_from(self, focused: Widget | None) -> bool:
        """Return whether enter in the focused control submits the step, instead of moving to the next field."""
        around: list[object] = [*focused.ancestors_with_self] if focused else []
        return any(control.field in self.submit_fields and control in around for control in self.controls)

    def control(self, field: str) -> Control | None:
        """Return the control of a field, if it is on this page and shown."""
        return next((control for control in self.controls if control.field == field and control.display), None)

    def entry(self, field: str) -> LabelledField:
        """Return the labelled field on this page for a field of the form."""
        return next(entry for entry in self.query(LabelledField) if entry.field == field)

    def has_field(self, field: str) -> bool:
        """Return whether a field is on this page, shown or not."""
        return any(control.field == field for control in self.controls)

    def fill_from_form(self) -> None:
        """Show the form's values in the controls."""
        for control in self._open_controls():
            cast("Any", control).value = getattr(self.walk.form, control.field)

    def save_to_form(self) -> None:
        """Store the controls' values in the form; of a field that holds a secret by mistake, nothing."""
        typed = {
            control.field: "" if kind_of_token(str(control.value)) else control.value
            for control in self._open_controls()
        }
        if any(getattr(self.walk.form, name) != value for name, value in typed.items()):
            self.walk.form = replace(self.walk.form, **cast("dict[str, Any]", typed))

    def refuse_misplaced(self) -> None:
        """Refuse a secret in a field that is not for it.

        Raises:
            BadInput: There is one; the error names the field.
        """
        for control in self._open_controls():
            refuse_misplaced(control.value, control.field)

    def _open_controls(self) -> Iterable[Control]:
        """Return the controls whose values are shown and stored: all but those of secrets."""
        return [one for one in self.controls if one.field in FIELDS and not isinstance(one, SecretBox)]

    def update_controls(self) -> None:
        """Update the controls that depend on other values: show, hide or annotate them."""

    def belong_together(self, field: str, other: str) -> bool:
        """Return whether an error at one field can be corrected in the other one; pages with such fields say so."""
        return field == other

    def forget_error(self) -> None:
        """Remove an error from its field."""
        if self._faulty is not None:
            self._faulty.reset_note()
            self._faulty = None

    def enter(self) -> None:
        """Prepare the page when it comes to the front; an error from before may be corrected by now."""
        self.forget_error()
        self.fill_from_form()
        self.update_controls()

    async def check(self) -> bool:
        """Return whether the wizard may go to the next step; this may send requests to the org.

        Raises:
            Trouble: The step is not complete; `BadInput` names the field.
        """
        return True

    def show_error(self, field: str, trouble: Trouble) -> bool:
        """Show an error at its field; return whether the field is on this page."""
        control = self.control(field)
        if control is None:
            return False
        control.take_focus()
        self.forget_error()
        self._faulty = control
        control.show_note(f"{trouble.title}. {trouble.advice}" if trouble.advice else trouble.title, Tone.BAD)
        self.bring(control)  # the error may be higher than the hint was
        return True

    @on(LabelledField.Changed)
    @on(Choice.Changed)
    @on(TickBox.Changed)
    @on(SecretBox.Changed)
    def touched(self, event: LabelledField.Changed | Choice.Changed | TickBox.Changed | SecretBox.Changed) -> None:
        """Store the changed value, and remove the notes about the value before."""
        event.stop()
        self.save_to_form()
        event.control.reset_note()
        if self._faulty is not None and self.belong_together(self._faulty.field, event.control.field):
            self.forget_error()
        self.update_controls()
        self._warn_of_misplaced(event.control.field)
        if isinstance(event, Choice.Changed):  # what the chosen option means may take more lines
            self.bring(event.control)
        self.post_message(self.Touched())

    def on_descendant_focus(self) -> None:
        """Have all of the focused control in view; Textual looks before a choice has its height."""
        focused = self.screen.focused
        around: list[object] = [*focused.ancestors_with_self] if focused is not None else []
        for control in self.controls:
            if control in around:
                self.bring(control)

    def bring(self, control: Control) -> None:
        """Scroll a control into view, with its note: after the layout that may give it another height."""
        self.call_after_refresh(self.call_after_refresh, cast("Widget", control).scroll_visible, animate=False)

    def _warn_of_misplaced(self, field: str) -> None:
        """Say at once that a field holds a secret that it is not for, before anything is made of it."""
        for control in self._open_controls():
            if control.field == field:
                try:
                    refuse_misplaced(control.value, field)
                except BadInput as trouble:
                    control.show_note(f"{trouble.title}. {trouble.advice}", Tone.BAD)
                    self.bring(control)


def heading(text: str, *, id: str | None = None) -> Static:  # noqa: A002 - Textual's name
    """Return a line of text above a group of controls."""
    return Static(Content.styled(text, "bold"), classes="heading", id=id)


def words(text: str, *, id: str | None = None) -> Static:  # noqa: A002 - Textual's name
    """Return a paragraph of explanation."""
    return Static(Content.styled(text, "$muted"), classes="words", id=id)
