"""From flags, environment and settings to a session: the only place that chooses."""

from __future__ import annotations

import atexit
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.desk import settings
from tui.desk.agent import who
from tui.desk.connector import Connector, parse_address
from tui.desk.ledger import Ledger
from tui.desk.session import Session
from tui.okta.auth import ApiToken
from tui.okta.client import OktaClient
from tui.okta.network import AS_FOUND
from tui.okta.policy import Mode, Policy
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.connector import OrgAddress
    from tui.desk.profiles import Profile
    from tui.desk.secrets import Secret
    from tui.okta.client import Transport
    from tui.okta.clock import Clock
    from tui.okta.network import Network


class NoConnector(Trouble):
    """Nothing says which org to connect to."""

    title = "keydesk does not know an Okta org yet"
    advice = (
        "Try it with `keydesk --demo`, or set KEYDESK_ORG (such as https://acme.okta.com) and KEYDESK_API_TOKEN "
        "in the environment"
    )


def demo(*, people: int | None = None) -> Connector:
    """Start the embedded demo org and connect to it; it ends with this process.

    Raises:
        DemoMissing: Its packages are not installed.
    """
    from tui.demo.embedded import PEOPLE, EmbeddedOrg  # noqa: PLC0415 - only with --demo

    org = EmbeddedOrg(people=people or PEOPLE)
    atexit.register(org.stop)
    return Connector("demo", parse_address(org.url), ApiToken(org.token), Mode.READ_WRITE)


def from_environment(environ: Mapping[str, str] | None = None) -> Connector:
    """The connector that `KEYDESK_ORG` and `KEYDESK_API_TOKEN` make; `KEYDESK_READ_ONLY=1` makes it read-only.

    Raises:
        NoConnector: One or both are missing.
        BadAddress: The address cannot be used.
        BadToken: The token cannot be one.
    """
    environ = os.environ if environ is None else environ
    org, token = environ.get("KEYDESK_ORG", ""), environ.get("KEYDESK_API_TOKEN", "")
    if not org and not token:
        raise NoConnector
    if not org or not token:
        raise NoConnector(f"{'KEYDESK_API_TOKEN' if org else 'KEYDESK_ORG'} is missing in the environment")
    read_only = environ.get("KEYDESK_READ_ONLY", "").lower() not in {"", "0", "false", "no"}
    mode = Mode.READ_ONLY if read_only else Mode.READ_WRITE
    return Connector("environment", parse_address(org), ApiToken(token), mode)


def assemble(profile: Profile, secret: Secret, passphrase: Secret | None = None) -> Connector:
    """The connector that a profile and its secret make; nothing is sent.

    Raises:
        BadInput: The secret is no token, or no private key; the field says which.
    """
    raise NotImplementedError


def from_profile(profile: Profile, environ: Mapping[str, str] | None = None) -> Connector:
    """Fetch a profile's secret from where it is kept, and make the connector; may block for seconds.

    Raises:
        Trouble: The secret cannot be had, or is of no use.
    """
    raise NotImplementedError


def client(connector: Connector, *, clock: Clock | None = None, transport: Transport | None = None) -> OktaClient:
    """A client for one connector, as `session` builds it, with its policy; for a proof."""
    raise NotImplementedError


def visitor(
    org: OrgAddress, network: Network = AS_FOUND, *, clock: Clock | None = None, transport: Transport | None = None
) -> OktaClient:
    """A client without credentials, read-only: for the well-known pages, before any secret is asked for."""
    raise NotImplementedError


def session(
    connector: Connector,
    *,
    read_only: bool = False,
    clock: Clock | None = None,
    transport: Transport | None = None,
    environ: Mapping[str, str] | None = None,
) -> Session:
    """Build a session; cheap: nothing is connected or opened before it is used.

    Args:
        connector: Which org, and as what.
        read_only: Tighten the connector; it can never be loosened here.
        clock: Replaced by tests.
        transport: The wire, replaced by tests.
        environ: The environment.

    Raises:
        BadSettings: The settings file cannot be read.
    """
    where = settings.places(environ)
    desk = settings.load(where.settings)
    policy = Policy(connector.org.origin, connector.mode, connector.capabilities, connector.org.prefix).tightened(
        read_only=read_only
    )
    client = OktaClient(policy, connector.credentials, clock=clock, transport=transport)
    ledger = Ledger(where.ledger, clock=client.clock.time)
    return Session(replace(connector, mode=policy.mode), client, ledger, who(desk.agent, environ), desk.region)
