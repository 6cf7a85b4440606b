"""Step 2: the org's address, which is checked to be an Okta org before any secret is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from screens.setup.step import WizardStep, heading, words
from tui import wiring
from tui.desk.connectors.connector import BadAddress, parse_address
from tui.desk.setup.parse import parse_network
from tui.desk.text.tone import Tone
from tui.okta.errors import BadToken, FeatureOff, NotAnOrg, NotFound, OktaError
from tui.trouble import BadInput
from widgets.labelled_field import LabelledField
from widgets.notice import Notice
from widgets.tick_box import TickBox

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.okta.models import WellKnown

ENGINE = {"idx": "Identity Engine", "v1": "Classic Engine"}


class OrgStep(WizardStep):
    """Asks for the org's address, and for the proxy and certificates of a company network."""

    submit_fields: ClassVar[frozenset[str]] = frozenset({"org"})

    def compose(self) -> ComposeResult:
        """Yield the address, and the network's fields, which are hidden at first."""
        yield words("The address of the org, as it stands in your browser: keydesk takes it apart itself.")
        yield LabelledField("org", "Org address", placeholder="acme.okta.com")
        yield TickBox("network", "My network needs a proxy or certificates of its own")
        yield heading("Company network")
        yield LabelledField(
            "proxy",
            "Proxy URL",
            placeholder="http://proxy.acme.example:8080",
            hint="Empty: HTTPS_PROXY and NO_PROXY of the environment decide.",
        )
        yield LabelledField(
            "ca_bundle",
            "CA bundle",
            placeholder="/etc/ssl/certs/acme-root.pem",
            hint="A PEM file with your company's root; the operating system's own are trusted anyway.",
        )

    def fill_from_form(self) -> None:
        """Show the network's fields too, if the form has values for them."""
        super().fill_from_form()
        if self.walk.form.proxy or self.walk.form.ca_bundle:
            self.query_one(TickBox).value = True

    def update_controls(self) -> None:
        """Show the address as keydesk understands it, and what is known about that org."""
        network_shown = self.query_one(TickBox).value
        for widget in (
            *self.query(".heading"),
            *(entry for entry in self.query(LabelledField) if entry.field != "org"),
        ):
            widget.display = network_shown
        entry = self.query_one(LabelledField)
        typed = self.walk.form.org.strip()
        try:
            org = parse_address(typed)
        except BadAddress:
            entry.reset_note()
            return
        address = org.origin + org.prefix
        corrected = "" if typed.rstrip("/") == address else f"{typed} → {address}"
        entry.show_note(corrected, Tone.WARN)
        if self.walk.proven and self.walk.proven[0] == org:
            entry.show_note(f"{corrected or address}: {org_words(self.walk.proven[2])}", Tone.GOOD)

    def belong_together(self, field: str, other: str) -> bool:  # noqa: ARG002 - the base's signature
        """Return true: an org is not reached because of its address, or of the way to it."""
        return True

    async def check(self) -> bool:
        """Read the org's well-known page, which needs no credentials; show it before the wizard goes on."""
        org, network = parse_address(self.walk.form.org), parse_network(self.walk.form)
        if self.walk.proven and self.walk.proven[:2] == (org, network):
            return True
        self.query_one(LabelledField).show_note(f"Asking {org.host} …")
        self.walk.proven = None
        client = wiring.public_client(org, network, clock=self.walk.clock, transport=self.walk.transport)
        try:
            well_known = await client.well_known()
        except OktaError as error:
            field = getattr(error, "field", "")
            if field in {"proxy", "ca_bundle"}:  # the error says what is wrong with the file or the address
                self.query_one(TickBox).value = True
                self.update_controls()
            else:
                field = "org"
            # The page needs no credentials: a server that asks for some, or does not have the page, is no Okta org.
            trouble = NotAnOrg(detail=error.detail) if isinstance(error, BadToken | NotFound | FeatureOff) else error
            raise BadInput(trouble.title, advice=trouble.advice, detail=trouble.detail, field=field) from None
        finally:
            await client.aclose()
        if parse_address(self.walk.form.org) != org:  # the address was changed meanwhile
            return False
        self.walk.proven = (org, network, well_known)
        self.update_controls()
        self.screen.query_one(Notice).show("This is an Okta org", "If it is the right one, enter goes on.", Tone.GOOD)
        return False


def org_words(known: WellKnown) -> str:
    """Return a description of the org: its id, cell, engine and custom domain."""
    domain = known.custom_domain
    parts = (
        f"id {known.id}",
        f"cell {known.cell}" if known.cell else "",
        ENGINE.get(known.pipeline or "", ""),
        f"custom domain {domain}" if domain else "",
    )
    return f"an Okta org, {', '.join(part for part in parts if part)}"
