"""The values that a tour of the wizard fills in, step by step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.desk.setup.form import Origin
from tui.setup_walk import StepName

if TYPE_CHECKING:
    from tui.setup_walk import SetupWalk
    from tui.wiring import Tour


def fill_in_tour(walk: SetupWalk, tour: Tour, step: StepName) -> None:
    """Store in the form those of the demo org's values that the step asks for."""
    form = walk.form
    if step is StepName.NAME:
        walk.form = replace(form, name=form.name or "Tour", colour="teal")
    elif step is StepName.ORG:
        walk.form = replace(form, org=tour.org.origin + tour.org.prefix)
    elif step in {StepName.SIGN_IN, StepName.CHECKLIST} and form.jwt:
        walk.pasted = tour.private_key
        walk.form = replace(form, origin=Origin.PASTE, client_id=tour.client_id, key_id=tour.key_id)
