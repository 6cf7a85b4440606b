"""Step 5: the checklist of what to do in Okta, made from the choices, and the fields for what Okta shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.clipboard import copy
from screens.setup.step import WizardStep, heading, words
from tui.desk.connectors import secrets
from tui.desk.connectors.connector import BadAddress, SignInKind, parse_address
from tui.desk.setup.checklist_items import checklist, compare
from tui.desk.setup.parse import parse_ids, parse_token
from tui.desk.text.named_keys import key_of
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.okta.policy import SoftwareBy
from widgets.labelled_field import LabelledField
from widgets.notice import Notice
from widgets.tick_box import TickBox
from widgets.tones import STYLE

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.setup.checklist import Checklist, Item


class ChecklistStep(WizardStep):
    """Shows the checklist, compares scopes, and asks for the ids that Okta shows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "Copy value"),
        Binding("y", "copy_all", "Copy all"),
    ]
    shown_list: Checklist | None = None

    def compose(self) -> ComposeResult:
        """Yield the controls; the checklist's items are added when the step is shown."""
        yield words(
            f"Now in Okta, in this order. space ticks a line, {key_of('checklist-step.copy')} copies what is to be "
            f"pasted, {key_of('checklist-step.copy_all')} copies the whole list for a colleague. "
            "Nobody else's list: it is made from your choices."
        )
        yield Vertical(id="items")
        yield heading("Were you given a list of scopes? Compare it")
        yield LabelledField("given", "Scopes", placeholder="paste them in any form")
        yield Static(id="compared", markup=False)
        yield heading("What Okta shows now")
        yield LabelledField("client_id", "Client id", placeholder="0oa…", hint="On the app's General tab.")
        yield LabelledField(
            "key_id", "Key id", placeholder="the kid beside the public key", hint="Beside the public key."
        )
        yield LabelledField("api_token", "API token", masked=True, hint="Okta shows it once, when it is created.")

    def current_list(self) -> Checklist:
        """Return the checklist for the present choices."""
        form = self.walk.form
        try:
            org = parse_address(form.org)
        except BadAddress:
            org = None
        proven = self.walk.proven
        return checklist(
            org,
            SignInKind(form.kind),
            form.wanted,
            form.mode,
            pipeline=(proven[2].pipeline or "") if proven else "",
            client_id=form.client_id.strip(),
            public_jwk=self.walk.public_jwk or None,
            software_by=SoftwareBy(form.software_by),
        )

    def enter(self) -> None:
        """Make the checklist again if a choice has changed it; the ticks stay."""
        super().enter()
        new_list = self.current_list()
        if new_list != self.shown_list:
            self.shown_list = new_list
            widgets: list[Static | TickBox] = []
            for section in new_list.sections:
                widgets.append(heading(plain(section.title)))
                widgets += [_tick_box(item, value=item.id in self.walk.form.ticks) for item in section.items]
            items = self.query_one("#items", Vertical)
            items.remove_children()
            items.mount_all(widgets)

    def fill_from_form(self) -> None:
        """Show the values; the token comes from memory, since the form never has it."""
        super().fill_from_form()
        self.entry("api_token").value = self.walk.token.reveal()

    def save_to_form(self) -> None:
        """Store the values; ticks of items that other choices would show are kept too."""
        super().save_to_form()
        token = self.entry("api_token")
        if token.display:
            self.walk.token = secrets.Secret(token.value)
        tick_boxes = list(self.query(TickBox))
        if tick_boxes:
            shown_ids = {tick_box.field for tick_box in tick_boxes}
            kept = [tick for tick in self.walk.form.ticks if tick not in shown_ids]
            ticks = (*kept, *(tick_box.field for tick_box in tick_boxes if tick_box.value))
            if set(ticks) != set(self.walk.form.ticks):
                self.walk.form = replace(self.walk.form, ticks=ticks)

    def update_controls(self) -> None:
        """Show the fields of the chosen kind of sign-in, and the comparison of scopes."""
        form = self.walk.form
        for field in ("client_id", "key_id", "given"):
            self.entry(field).display = form.jwt
        token = self.entry("api_token")
        token.display = not form.jwt and not form.elsewhere
        if self.walk.profile:
            token.placeholder = "empty: the token stays as it is"
        first, last = list(self.query("ChecklistStep > .heading"))
        first.display = form.jwt
        last.display = form.jwt or not form.elsewhere
        compared = self.query_one("#compared", Static)
        compared.display = form.jwt and bool(form.given.strip())
        if compared.display:
            compared.update(self._comparison_text())

    def _comparison_text(self) -> Content:
        form = self.walk.form
        comparison = compare(form.given, form.wanted, form.mode, SoftwareBy(form.software_by))
        lines = [Content.assemble(("✓ ", STYLE[Tone.GOOD]), plain(scope)) for scope in comparison.known]
        for mark, tone, word, pairs in (
            ("– ", Tone.MUTED, "not needed", comparison.not_needed),
            ("✗ ", Tone.BAD, "missing", comparison.missing),
        ):
            lines += [
                Content.assemble((f"{mark}{plain(scope)}", STYLE[tone]), (f"  {word}: {plain(why)}", "$muted"))
                for scope, why in pairs
            ]
        return Content("\n").join(lines)

    @property
    def item(self) -> Item | None:
        """Return the focused item."""
        focused = self.screen.focused
        if not isinstance(focused, TickBox) or self.shown_list is None:
            return None
        items = (item for section in self.shown_list.sections for item in section.items)
        return next((item for item in items if item.id == focused.field), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Return whether the key works: an item may have nothing to copy."""
        return self.item is not None and bool(_value(self.item)) if action == "copy" else True

    def action_copy(self) -> None:
        """Copy the item's value, and say where it arrived."""
        if self.item is not None:
            value = _value(self.item)
            self._copy(value, plain(value, limit=60))

    def action_copy_all(self) -> None:
        """Copy the whole checklist, for a colleague."""
        self._copy(self.current_list().text(self.walk.form.ticks), "The whole list, without any secret.")

    def _copy(self, text: str, what: str) -> None:
        copy(self.screen, text, lambda arrival: self.screen.query_one(Notice).show(arrival.sentence, what))

    def belong_together(self, field: str, other: str) -> bool:
        """Return whether an error at one field can be corrected in the other: the two ids may be swapped."""
        return field == other or {field, other} <= {"client_id", "key_id"}

    async def check(self) -> bool:
        """Check that the ids or the token are there, and look like Okta's."""
        walk = self.walk
        if walk.form.jwt:
            parse_ids(walk.form)
        elif not walk.form.elsewhere and (walk.token or not walk.profile):
            parse_token(walk.token)
        return True


def _tick_box(item: Item, *, value: bool) -> TickBox:
    """Return the tick box of an item."""
    details = (item.why, item.link, item.copy if item.copy not in item.text else "")
    optional = " (optional)" if item.optional else ""
    return TickBox(item.id, f"{item.text}{optional}", *filter(None, details), value=value)


def _value(item: Item) -> str:
    """Return what `c` copies: the value to paste, or else the item's link."""
    return item.copy or item.link
