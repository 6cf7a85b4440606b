"""Step 1: the connector's name and colour, so that nobody takes production for a test org."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.setup.step import WizardStep, words
from tui.desk.connectors.profiles import COLOURS
from tui.desk.setup.parse import PRODUCTION, parse_name
from widgets.choice import Choice, Option
from widgets.labelled_field import LabelledField
from widgets.tick_box import TickBox

if TYPE_CHECKING:
    from textual.app import ComposeResult


class NameStep(WizardStep):
    """Asks for the name, the colour, and whether this is production."""

    def compose(self) -> ComposeResult:
        """Yield an introduction and the controls."""
        if self.walk.profile is None:
            yield words(
                "Connect keydesk to your Okta org in seven steps. Nothing is changed in Okta, and nothing that you "
                "type is lost: esc goes back, and whoever leaves in between goes on from there."
            )
        yield LabelledField(
            "name", "Name", placeholder="Acme", hint="What agents see on the top line: Acme, Acme test", max_length=60
        )
        colours = tuple(
            Option(colour, f" {colour} ", style=f"bold reverse $connector-{colour}")
            for colour in COLOURS
            if colour != PRODUCTION
        )
        yield Choice("colour", colours, label="Colour", row=True)
        yield TickBox(
            "production",
            "This is production",
            "Its top line is red on every screen and says PRODUCTION; no other connector can be red.",
        )

    def update_controls(self) -> None:
        """Hide the colours for production, which has its own."""
        for choice in self.query(Choice):
            choice.display = not self.walk.form.production

    async def check(self) -> bool:
        """Check that the name is valid and that no other connector has it."""
        parse_name(self.walk.form.name, self.walk.other_names())
        return True
