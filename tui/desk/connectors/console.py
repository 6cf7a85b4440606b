"""The pages of Okta's Admin Console about a person, a group or an app, and where a custom domain's console lies.

Okta documents none of these addresses; they are those that the console itself shows, as many public tools link them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from msgspec import Struct

from tui.desk.connectors.connector import BadAddress, parse_address
from tui.desk.text.links import web_link
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from tui.desk.connectors.connector import OrgAddress
    from tui.okta.client import OktaClient

_NO_PATH: Final = frozenset({"", ".", ".."})
"""What a browser would not take for a part of a path."""


class ConsolePage(Struct, frozen=True):
    """One page of the Admin Console.

    Attributes:
        title: What it is about, as half a sentence; harmless.
        path: Path and query, percent-encoded; empty where the ids make no path.
    """

    title: str
    path: str

    def link(self, console: str) -> str:
        """Return the page's whole address; empty where there is none.

        Args:
            console: The Admin Console's own address, as `console_of` finds it.
        """
        return web_link(f"{console}{self.path}") if console and self.path else ""


def person_pages(user_id: str, name: str) -> tuple[ConsolePage, ...]:
    """Return a person's page, and the System Log of what they did and what was done to them."""
    about = f'actor.id eq "{user_id}" or target.id eq "{user_id}"'
    query = "" if user_id in _NO_PATH else f"/report/system_log_2?search={quote(about, safe='', errors='replace')}"
    return (
        ConsolePage(plain(name, limit=80), _path("admin", "user", "profile", "view", user_id)),
        ConsolePage(f"System Log of {plain(name, limit=80)}", query),
    )


def group_page(group_id: str, name: str) -> ConsolePage:
    """Return a group's page."""
    return ConsolePage(plain(name, limit=80), _path("admin", "group", group_id))


def app_page(app_id: str, kind: str, name: str) -> ConsolePage:
    """Return an app's page.

    Args:
        app_id: Okta's id of the app.
        kind: The catalogue's name of it, such as `oidc_client`, which its address needs.
        name: What people call it.
    """
    return ConsolePage(plain(name, limit=80), _path("admin", "app", kind, "instance", app_id))


def _path(*parts: str) -> str:
    encoded = [quote(part, safe="", errors="replace") for part in parts]
    return "" if _NO_PATH.intersection(parts) else "/" + "/".join(encoded)


async def console_of(org: OrgAddress, client: OktaClient) -> str:
    """Return the Admin Console's address; empty where it is not known, as for the demo org.

    Behind a custom domain Okta's public page about the org names its own address (Okta: "Org metadata").

    Raises:
        OktaError: That page could not be read.
    """
    if org.admin or not org.origin.startswith("https://"):
        return org.admin
    known = await client.well_known()
    own = known.links.organization if known.links else None
    try:
        return parse_address(own.href or "").admin if own else ""
    except BadAddress:
        return ""
