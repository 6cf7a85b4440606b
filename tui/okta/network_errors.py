"""The failures of a connection to Okta: nothing was sent in any of them, and each says where the fault seems to be.

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
    """The proxy's URL cannot be used; the error never quotes it, since it may contain a password."""

    title = "This is not a proxy's URL"
    field = "proxy"


class ProxyNotReached(NotReached):
    """There was no connection to the proxy."""

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
    """The proxy accepted the request but could not reach Okta."""

    title = "The proxy cannot reach Okta"


class BadBundle(TlsFailed, BadInput):
    """The CA bundle cannot be used."""

    title = "The CA bundle cannot be used"
    field = "ca_bundle"


class UnknownIssuer(TlsFailed):
    """No CA that this machine trusts has issued the certificate.

    Attributes:
        issuer: The issuer that the certificate names, as harmless text; empty where it names none.
        field: The input by which the issuer can be trusted.
    """

    field = "ca_bundle"

    def __init__(self, title: str, *, issuer: str, advice: str, detail: str = "") -> None:
        super().__init__(title, advice=advice, detail=detail)
        self.issuer = issuer


def clean(text: str) -> str:
    """Return untrusted text, such as a name in a certificate, as one short harmless line."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)[:200]
