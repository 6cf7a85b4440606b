"""A connector: which org, how it is signed in to, and what it may do."""

from __future__ import annotations

import ipaddress
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import urlsplit

from msgspec import Struct

from tui.desk.connectors.portals import NO_PORTALS
from tui.desk.connectors.ticket import ANY_TICKET
from tui.discreet import Discreet
from tui.okta.network import AS_FOUND, OKTA_DOMAINS
from tui.okta.policy import Capability, Mode, SoftwareBy
from tui.patterns import late_pattern
from tui.trouble import BadInput

if TYPE_CHECKING:
    from tui.desk.connectors.portals import Portals
    from tui.desk.connectors.store_address import StoreAddress
    from tui.desk.connectors.ticket import TicketRule
    from tui.desk.rules.rules import DeskRules
    from tui.okta.credentials import Credentials
    from tui.okta.network import Network

_HOST: Final = late_pattern(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class BadAddress(BadInput):
    """An org address that cannot be used."""

    field = "org"

    title = "This is not an org address"
    advice = "Give the org's own address, such as https://acme.okta.com."


class SignInKind(StrEnum):
    """The two ways in which a connector signs in."""

    API_TOKEN = "api-token"  # noqa: S105 - a kind
    PRIVATE_KEY_JWT = "private-key-jwt"


class OrgAddress(Struct, frozen=True):
    """An org's address in its normal form.

    Attributes:
        origin: Scheme, host and port, lower case.
        prefix: The path in front of every call; only for an org on the loopback, else empty.
    """

    origin: str
    prefix: str = ""

    @property
    def host(self) -> str:
        """The host, with the port where it is not the default."""
        return self.origin.partition("://")[2]

    @property
    def name(self) -> str:
        """What people call the org: the first part of an address of Okta's, else the whole host."""
        name, _, domain = self.host.partition(".")
        return name if domain.partition(":")[0] in OKTA_DOMAINS else self.host

    @property
    def admin(self) -> str:
        """The Admin Console's address where it follows from the org's; empty for a custom domain."""
        name, _, domain = self.host.partition(".")
        return f"https://{name}-admin.{domain}" if domain.partition(":")[0] in OKTA_DOMAINS else ""


def parse_address(text: str) -> OrgAddress:
    """Return the org's address in a text as people paste it: without a scheme, with a path, or the Admin Console's.

    Raises:
        BadAddress: The text is no address, not https (plain http is for the loopback only), or holds a user name.
    """
    text = text.strip()
    if not text or "{" in text or any(char.isspace() for char in text):
        raise BadAddress
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise BadAddress from None
    if parts.username is not None or parts.password is not None:
        raise BadAddress(advice="An org address holds no user name and no password.")
    loopback = is_loopback(host)
    if parts.scheme not in {"https", "http"} or (parts.scheme == "http" and not loopback):
        raise BadAddress("keydesk speaks to an org by https only", advice="Plain http is for the loopback only.")
    if not loopback:
        if not _HOST.fullmatch(host):
            raise BadAddress
        name, _, domain = host.partition(".")
        if domain in OKTA_DOMAINS and name.endswith("-admin"):
            host = f"{name.removesuffix('-admin')}.{domain}"
    shown = f"[{host}]" if ":" in host else host
    default = {"https": 443, "http": 80}[parts.scheme]
    origin = f"{parts.scheme}://{shown}" + (f":{port}" if port not in {None, default} else "")
    return OrgAddress(origin, parts.path.rstrip("/") if loopback else "")


EMBEDDED: Final = "http://127.0.0.1"
"""The address of the embedded demo org, without its port."""


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Connector(Discreet, frozen=True):
    """One way into one org.

    Attributes:
        name: The name that the agent sees: `demo`, `environment`, or a profile's name.
        org: The org's address.
        credentials: The credentials that sign its requests; left out of the repr.
        mode: Read-only or read-write.
        capabilities: The capabilities that are switched on.
        kind: The way of signing in: API token or private-key JWT.
        client_id: The service app's client id; empty for an API token.
        colour: The connector's colour, one of `profile.COLOURS`.
        production: Whether the screen marks the org as production.
        portals: The portals that agents use in the place of keydesk.
        network: The proxy and the certificates for reaching the org.
        ticket: The rule for ticket numbers.
        made_up: Whether the org is the embedded demo org, whose people are made up and whose port changes each time.
        software_by: What may be used to give people software: groups and apps, or groups only.
        rules: The desk's rules; `None` for none.
        access_code: Okta's id of the org's kind of factor for temporary access codes; empty to have it looked up.
        store: Where the team's record is; `None` for a ledger on this machine.
    """

    hidden: ClassVar = frozenset({"credentials"})
    name: str
    org: OrgAddress
    credentials: Credentials
    mode: Mode = Mode.READ_ONLY
    capabilities: frozenset[Capability] = frozenset(Capability)
    kind: SignInKind = SignInKind.API_TOKEN
    client_id: str = ""
    colour: str = "blue"
    production: bool = False
    portals: Portals = NO_PORTALS
    network: Network = AS_FOUND
    ticket: TicketRule = ANY_TICKET
    made_up: bool = False
    software_by: SoftwareBy = SoftwareBy.GROUPS_AND_APPS
    rules: DeskRules | None = None
    access_code: str = ""
    store: StoreAddress | None = None

    def leads_to(self, org: str, connector: str) -> bool:
        """Whether this connector leads to an org that was recorded earlier.

        Args:
            org: The recorded origin of the org.
            connector: The recorded name of the connector.
        """
        if org == self.org.origin:
            return True
        # The embedded org has another port each time, so the connector's name identifies its older entries.
        return self.made_up and connector == self.name and org.startswith(f"{EMBEDDED}:")
