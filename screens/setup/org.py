"""Step 2: which org; corrected visibly, and proved to be one before any secret is asked for."""

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
    """The address, and how it is reached from a company's network."""

    submit_fields: ClassVar[frozenset[str]] = frozenset({"org"})

    def compose(self) -> ComposeResult:
        """The address first; the network folded away."""
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
        """Unfold the network where it is used."""
        super().fill_from_form()
        if self.walk.form.proxy or self.walk.form.ca_bundle:
            self.query_one(TickBox).value = True

    def update_controls(self) -> None:
        """Show what is understood, and what is known of that org."""
        unfolded = self.query_one(TickBox).value
        for widget in (
            *self.query(".heading"),
            *(entry for entry in self.query(LabelledField) if entry.field != "org"),
        ):
            widget.display = unfolded
        entry = self.query_one(LabelledField)
        typed = self.walk.form.org.strip()
        try:
            org = parse_address(typed)
        except BadAddress:
            entry.reset_note()
            return
        whole = org.origin + org.prefix
        corrected = "" if typed.rstrip("/") == whole else f"{typed} → {whole}"
        entry.show_note(corrected, Tone.WARN)
        if self.walk.proven and self.walk.proven[0] == org:
            entry.show_note(f"{corrected or whole}: {told(self.walk.proven[2])}", Tone.GOOD)

    async def check(self) -> bool:
        """Ask the org's well-known page, which takes no credentials; the first time its answer is shown."""
        org, network = parse_address(self.walk.form.org), parse_network(self.walk.form)
        if self.walk.proven and self.walk.proven[:2] == (org, network):
            return True
        self.query_one(LabelledField).show_note(f"Asking {org.host} …")
        self.walk.proven = None
        client = wiring.visitor(org, network, clock=self.walk.clock, transport=self.walk.transport)
        try:
            known = await client.well_known()
        except OktaError as error:
            field = getattr(error, "field", "")
            if field in {"proxy", "ca_bundle"}:  # what cannot be used, or is missing, says so itself
                self.query_one(TickBox).value = True
                self.update_controls()
            else:
                field = "org"
            # The page needs no credentials: whoever wants some for it, or does not have it, is no org.
            told = NotAnOrg(detail=error.detail) if isinstance(error, BadToken | NotFound | FeatureOff) else error
            raise BadInput(told.title, advice=told.advice, detail=told.detail, field=field) from None
        finally:
            await client.aclose()
        if parse_address(self.walk.form.org) != org:  # typed on meanwhile
            return False
        self.walk.proven = (org, network, known)
        self.update_controls()
        self.screen.query_one(Notice).show("This is an Okta org", "If it is the right one, enter goes on.", Tone.GOOD)
        return False


def told(known: WellKnown) -> str:
    """Which org it is."""
    domain = known.custom_domain
    parts = (
        f"id {known.id}",
        f"cell {known.cell}" if known.cell else "",
        ENGINE.get(known.pipeline or "", ""),
        f"custom domain {domain}" if domain else "",
    )
    return f"an Okta org, {', '.join(part for part in parts if part)}"
