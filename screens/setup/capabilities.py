"""Step 3: the capabilities, the mode, the portals that agents use instead, and the ticket numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from screens.setup.step import WizardStep, heading
from tui.desk.connectors.ticket import parse_pattern
from tui.desk.setup.parse import parse_capabilities, parse_portals, parse_template, preview
from tui.desk.text.okta_terms import CAPABILITY
from tui.desk.text.tone import Tone
from tui.okta.policy import Capability, SoftwareBy
from tui.trouble import BadInput
from widgets.choice import Choice, Option
from widgets.labelled_field import LabelledField
from widgets.tick_box import TickBox

if TYPE_CHECKING:
    from textual.app import ComposeResult

ABOUT: Final = {
    Capability.IDENTIFY: "who they are, their state",
    Capability.LOCKOUTS: "who is locked, and why",
    Capability.EXPIRY: "whose password ends when",
    Capability.PROVISIONING: "who gets which software",
    Capability.PASSWORDS: "send a reset, expire one",
    Capability.UNLOCK: "end a lockout",
    Capability.MFA: "after a lost phone",
    Capability.VERIFICATION: "who is really on the line",
    Capability.SUSPENSION: "pause an account, and end that",
    Capability.ACCESS_CODES: "one sign-in without a factor",
    Capability.DEVICES: "a lost laptop or phone",
    Capability.RISK: "as Okta judges them, on the card",
}
MODES: Final = (
    Option("read", "Read-only", "Looks only; keydesk shows the steps by hand instead of doing them. A good start."),
    Option("write", "Read and write", "Acts too, each time after a confirmation, and writes it to the ledger."),
)
SOFTWARE: Final = (
    Option(
        SoftwareBy.GROUPS_AND_APPS,
        "By groups and by apps",
        "Adds people to groups that give apps, and assigns apps themselves. Takes rights on groups and on apps.",
    ),
    Option(
        SoftwareBy.GROUPS,
        "By groups only",
        "Adds people to groups and takes them out. Takes no right on apps: keydesk asks for none, and reads and "
        "changes no app. A small custom role is enough for it.",
    ),
)


class CapabilitiesStep(WizardStep):
    """Asks for the capabilities, the mode, how software is given, the portals and the pattern of ticket numbers."""

    def compose(self) -> ComposeResult:
        """Yield a tick box for each capability, and the other controls."""
        yield heading("What keydesk is to do")
        width = max(len(name) for name in CAPABILITY.values()) + 1
        for capability in Capability:
            yield TickBox(f"can:{capability}", f"{CAPABILITY[capability]:<{width}}{ABOUT[capability]}")
        yield heading("What it may change")
        yield Choice("mode", MODES)
        yield heading("How software is given", id="software-heading")
        yield Choice("software_by", SOFTWARE)
        yield heading("Where agents go instead")
        hint = "Optional. A URL with {login}, {id} or {email}."
        yield LabelledField(
            "portal_reset", "Password reset", placeholder="https://reset.acme.example/?u={login}", hint=hint
        )
        yield LabelledField("portal_unlock", "Unlock", placeholder="https://unlock.acme.example/{login}", hint=hint)
        yield TickBox("directory", "People whose password is in Active Directory or LDAP are handled elsewhere")
        yield LabelledField(
            "directory_where", "Where", placeholder="The AD desk, extension 4400", hint="A URL, or words for the agent."
        )
        yield heading("Ticket numbers")
        yield LabelledField(
            "ticket_pattern",
            "Pattern",
            placeholder="INC[0-9]{7}",
            hint="Optional. A regular expression that a ticket number must fit.",
        )
        yield TickBox("ticket_needed", "Nothing is changed without a ticket number")

    def fill_from_form(self) -> None:
        """Show the form's values; all switches of the capabilities are one value of the form."""
        super().fill_from_form()
        for tick in self.query(TickBox):
            if tick.field.startswith("can:"):
                tick.value = tick.field.removeprefix("can:") in self.walk.form.capabilities
        self._choice("mode").value = "write" if self.walk.form.read_write else "read"

    def save_to_form(self) -> None:
        """Store the values; all switches of the capabilities are one value of the form."""
        super().save_to_form()
        switched_on = tuple(
            tick.field.removeprefix("can:")
            for tick in self.query(TickBox)
            if tick.field.startswith("can:") and tick.value
        )
        write = self._choice("mode").value == "write"
        if (switched_on, write) != (self.walk.form.capabilities, self.walk.form.read_write):
            self.walk.form = replace(self.walk.form, capabilities=switched_on, read_write=write)

    def _choice(self, field: str) -> Choice:
        return next(choice for choice in self.query(Choice) if choice.field == field)

    def update_controls(self) -> None:
        """Ask how software is given only where it is; show each portal's link as an agent will see it."""
        provisioning = Capability.PROVISIONING in self.walk.form.wanted
        self._choice("software_by").display = self.query_one("#software-heading").display = provisioning
        for entry in self.query(LabelledField):
            if entry.field == "directory_where":
                entry.display = self.walk.form.directory
            if not entry.field.startswith("portal") or not entry.value.strip():
                continue
            try:
                entry.show_note(f"Such as {preview(parse_template(entry.value, entry.field))}")
            except BadInput as trouble:
                entry.show_note(f"{trouble.title}. {trouble.advice}", Tone.WARN)

    def belong_together(self, field: str, other: str) -> bool:
        """Return whether an error at one field can be corrected in the other: it takes any one of the capabilities."""
        parts = ("can:", "directory", "ticket")
        return any(field.startswith(part) and other.startswith(part) for part in parts) or field == other

    async def check(self) -> bool:
        """Check that a capability is switched on, and that the portals and the ticket pattern are valid."""
        try:
            parse_capabilities(self.walk.form)
        except BadInput as trouble:
            raise BadInput(trouble.title, advice=trouble.advice, field=f"can:{Capability.IDENTIFY}") from None
        parse_portals(self.walk.form)
        parse_pattern(self.walk.form.ticket_pattern)
        return True
