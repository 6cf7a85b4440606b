"""What can go wrong on the way to Okta: nothing was sent in any of these, and each says whose fault it looks like.

NotReached
├── BadProxy             the proxy's URL cannot be used; an input at fault
├── ProxyNotReached      the proxy itself cannot be reached, or does not speak as one
├── ProxyRefused         the proxy does not let this through: asking again does not help
├── ProxyFailed          the proxy could not reach Okta
└── TlsFailed
    ├── BadBundle        the CA bundle cannot be used; an input at fault
    └── UnknownIssuer    nobody that this machine trusts has issued the certificate
"""

from __future__ import annotations

from tui.okta.errors import NotReached, TlsFailed
from tui.trouble import BadInput


class BadProxy(NotReached, BadInput):
    """The proxy's URL cannot be used. Never shows it: there may be a password in it."""

    title = "This is not a proxy's URL"
    field = "proxy"


class ProxyNotReached(NotReached):
    """No connection to the proxy came about."""

    title = "The proxy cannot be reached"


class ProxyRefused(NotReached):
    """The proxy wants a sign-in or does not allow the address; the same request would be refused again.

    Attributes:
        status: The proxy's HTTP status, such as 407.
    """

    title = "The proxy refuses"

    def __init__(self, title: str, *, status: int, advice: str, detail: str = "") -> None:
        super().__init__(title, advice=advice, detail=detail)
        self.status = status


class ProxyFailed(NotReached):
    """The proxy lets it through but could not reach Okta."""

    title = "The proxy cannot reach Okta"


class BadBundle(TlsFailed, BadInput):
    """The CA bundle cannot be used."""

    title = "The CA bundle cannot be used"
    field = "ca_bundle"


class UnknownIssuer(TlsFailed):
    """The certificate is issued by nobody whom this machine trusts.

    Attributes:
        issuer: Who has issued it, as the certificate itself says, in harmless characters; empty if it does not.
        field: The input that is the cure.
    """

    field = "ca_bundle"

    def __init__(self, title: str, *, issuer: str, advice: str, detail: str = "") -> None:
        super().__init__(title, advice=advice, detail=detail)
        self.issuer = issuer


def clean(text: str) -> str:
    """Untrusted text, such as a name in a certificate, as one short harmless line."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)[:200]
