"""The doctor's look at the way to the org: proxy, certificates, name, an answer, and the clock by that answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tui.commands.doctor.finding import DoctorLine, Health
from tui.desk.text.plain import plain
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.connectors.connector import OrgAddress
    from tui.okta.network import Network
    from tui.okta.proxy import Proxy
    from tui.switchboard import Switchboard

_SECONDS: Final = 20.0
"""How long the org, and the name service before it, may take to answer."""
_NO_CLOCK: Final = DoctorLine(
    "clock", Health.UNKNOWN, "no answer of the org to compare it with", "Compare it with a clock that you trust."
)


def look_at_network(board: Switchboard) -> list[DoctorLine]:
    """Return what is to be said of the connector that keydesk would start with, and of the way to its org.

    One public page of the org is read, for which no credentials are sent.
    """
    try:
        choice = board.start_choice()
    except Trouble as trouble:
        title, advice = plain(trouble.title), plain(trouble.advice)
        return [DoctorLine("connector", Health.WARN, title, advice), _NO_CLOCK]
    found = f"{plain(choice.name)} (from {choice.source})"
    if choice.org is None:
        return [DoctorLine("connector", Health.OK, f"{found}: made up, on this machine"), _NO_CLOCK]
    lines = [DoctorLine("connector", Health.OK, f"{found}: {choice.org.host}")]
    return [*lines, *asyncio.run(_look_at_org(choice.org, choice.network, board.environ))]


async def _look_at_org(org: OrgAddress, network: Network, environ: Mapping[str, str]) -> list[DoctorLine]:
    address = urlsplit(org.origin)
    try:
        from tui.okta.proxy import proxy_for

        proxy = proxy_for(network, address.netloc, environ=environ)
    except Trouble as trouble:
        return [DoctorLine("proxy", Health.BAD, plain(trouble.title), plain(trouble.advice)), _NO_CLOCK]
    lines = [_proxy(proxy)]
    if address.scheme == "https":
        lines.append(await asyncio.to_thread(_certificates, network, environ))
    lines.append(await _name(address.hostname or "", address.port or 443, proxy))
    return [*lines, *await _answer(org, network)]


def _proxy(proxy: Proxy | None) -> DoctorLine:
    if proxy is None:
        return DoctorLine("proxy", Health.OK, "none")
    signs_in = ", with a user and password" if proxy.signs_in else ""
    return DoctorLine("proxy", Health.OK, f"{plain(proxy.url)} (from {proxy.source}){signs_in}")


def _certificates(network: Network, environ: Mapping[str, str]) -> DoctorLine:
    from tui.okta.trust import trusting_context

    try:
        trusting_context(network.ca_bundle, environ=environ)
    except Trouble as trouble:
        return DoctorLine("certificates", Health.BAD, plain(trouble.title), plain(trouble.advice))
    own = plain(network.ca_bundle) or next(
        (name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if environ.get(name)), ""
    )
    return DoctorLine("certificates", Health.OK, f"the system's{f' and those of {own}' if own else ''}")


async def _name(host: str, port: int, proxy: Proxy | None) -> DoctorLine:
    """Say whether the name service knows the host to which the connection goes: the org's, or the proxy's."""
    if proxy is not None:
        host, port = proxy.host, proxy.port
    try:
        async with asyncio.timeout(_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(host, port)
    except (OSError, UnicodeError, TimeoutError):
        advice = "Check the spelling, the network and the name server; behind a company's proxy set HTTPS_PROXY."
        return DoctorLine("name", Health.BAD, f"{plain(host)} is not found by the name service", advice)
    addresses = sorted({str(entry[4][0]) for entry in found})
    return DoctorLine("name", Health.OK, f"{plain(host)} is {', '.join(addresses[:2])}")


async def _answer(org: OrgAddress, network: Network) -> list[DoctorLine]:
    """Read the org's public page, and compare the clock with the `Date` of the answer."""
    from tui import wiring
    from tui.okta.errors import BadToken, FeatureOff, NotFound

    client = wiring.public_client(org, network)
    try:
        async with asyncio.timeout(_SECONDS):
            known = await client.well_known()
    except TimeoutError:
        advice = "Ask your network team whether something in between holds it back."
        reached = DoctorLine("org", Health.BAD, f"{org.host} did not answer in {_SECONDS:.0f} s", advice)
    except (BadToken, FeatureOff, NotFound):
        reached = DoctorLine("org", Health.BAD, f"{org.host} answers, but not as an Okta org", "Check the address.")
    except Trouble as trouble:
        reached = DoctorLine("org", Health.BAD, plain(trouble.title), plain(trouble.advice))
    else:
        reached = DoctorLine("org", Health.OK, f"{org.host} answers as an Okta org, id {plain(known.id or '')}")
    finally:
        await client.aclose()
    if client.clock.answered_at is None:
        return [reached, _NO_CLOCK]
    return [reached, _clock(client.clock.off, client.clock.ahead)]


def _clock(off: float, ahead: float) -> DoctorLine:
    """Say how far this machine's clock is from Okta's, in seconds; `off` is 0 up to two minutes."""
    from tui.desk.text.okta_terms import clock_off

    if off:
        advice = "Have it set by NTP: sign-in by a private key fails with a wrong clock."
        return DoctorLine("clock", Health.BAD, clock_off(off), advice)
    return DoctorLine("clock", Health.OK, f"within {max(1, round(abs(ahead)))} s of Okta's")
