"""docs/actions.md is made from the catalogue: what a reader is told is what keydesk does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui.desk.actions import needs
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Danger
from tui.desk.text.okta_terms import CAPABILITY, status_words
from tui.okta.policy import Capability

if TYPE_CHECKING:
    from tui.desk.actions.grammar import Action

PAGE = Path(__file__).parent.parent / "docs" / "actions.md"
HEAD = """\
# What keydesk can do, and what it takes

Each action by capability: the call, the people it is possible for, what confirming it asks, and the least that Okta
wants for it. This page is made from `tui/desk/catalogue*.py`, and a test compares the two.

“Reason” and “login” are what has to be typed to confirm; everything else takes Enter. A role is the smallest standard
one; several permissions of a custom role are needed together. On a connector that gives software by groups only, the
actions marked “not by groups only” are not possible.
"""
ASKS = {Danger.ROUTINE: "Enter", Danger.DISRUPTIVE: "reason", Danger.DESTRUCTIVE: "reason, login"}
ALL = 7


def people(action: Action) -> str:
    """The states it is possible in."""
    if len(action.states) == ALL:
        return "anybody not deactivated"
    words = ", ".join(sorted(status_words(state) for state in action.states))
    return f"{words}; blocked from devices" if action.also_blocked else words


STARTS = {Capability.PROVISIONING: "software", Capability.DEVICES: "<kbd>D</kbd>, then the device"}


def row(action: Action) -> str:
    starts = STARTS.get(action.capability, "shown with the secret")
    key = f"<kbd>{action.key}</kbd>" if action.key else starts
    calls = "<br>".join(
        f"{'also ' if number else ''}`{endpoint.method} {endpoint.template}`"
        for number, endpoint in enumerate(action.endpoints)
    )
    takes = f"`{action.endpoint.scope}`<br>{needs.ROLE[action.roles[0]]}<br>" + "<br>".join(
        f"`{permission}`" for permission in action.permissions
    )
    on_apps = any(endpoint.id in needs.APP_ENDPOINTS for endpoint in action.endpoints)
    name = f"**{action.title}**<br>`keydesk {action.id}`{'<br>not by groups only' if on_apps else ''}"
    cells = (key, name, people(action), calls, ASKS[action.danger], takes)
    return f"| {' | '.join(cells)} |"


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for capability in Capability:
        actions = [action for action in ACTIONS.values() if action.capability is capability]
        if actions:
            parts.append(f"## {CAPABILITY[capability]}\n")
            parts.append("| key | action | possible for | calls | asks for | scope, role, permission |")
            parts.append("|---|---|---|---|---|---|")
            parts += [*map(row, actions), ""]
    return "\n".join(parts)


def test_the_page_is_what_the_catalogue_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
