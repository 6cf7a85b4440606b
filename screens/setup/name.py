"""Step 1: what the connector is called and how it looks, so that nobody takes production for a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.setup.step import WizardStep, words
from tui.desk.connectors.profiles import COLOURS
from tui.desk.setup.parse import PRODUCTION, parse_name
from widgets.choice import Choice, Option
from widgets.labelled_field import LabelledField
from widgets.status_bar import CHIP
from widgets.tick_box import TickBox

if TYPE_CHECKING:
    from textual.app import ComposeResult


class NameStep(WizardStep):
    """Name, colour, production."""

    def compose(self) -> ComposeResult:
        """The three, above what comes."""
        yield words(
            "Connect keydesk to your Okta org in seven steps. Nothing is changed in Okta, and nothing that you type is "
            "lost: esc goes back, and whoever leaves in between goes on from there."
        )
        yield LabelledField(
            "name", "Name", placeholder="Acme", hint="What agents see on the top line: Acme, Acme test", max_length=60
        )
        colours = tuple(
            Option(colour, f" {colour} ", style=f"#ffffff on {CHIP[colour]}")
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
        """Production has its own colour."""
        for choice in self.query(Choice):
            choice.display = not self.walk.form.production

    async def check(self) -> bool:
        """A name that no other connector has."""
        parse_name(self.walk.form.name, self.walk.taken())
        return True
