"""How the org is reached: a company's proxy and certificates of its own, and the domains where Okta hosts orgs."""

from __future__ import annotations

from typing import ClassVar, Final

from tui.discreet import Discreet


class Network(Discreet, frozen=True):
    """The network settings of a connector; an empty one leaves the decision to the environment and the system.

    Attributes:
        proxy: The URL of an HTTP proxy, to which `NO_PROXY` does not apply; empty: `HTTPS_PROXY` and `NO_PROXY` decide.
            Not in the repr, since it may contain a password.
        ca_bundle: The path of a PEM file of CAs to trust beside the system's; empty: `SSL_CERT_FILE` decides.
    """

    hidden: ClassVar = frozenset({"proxy"})
    proxy: str = ""
    ca_bundle: str = ""


AS_FOUND: Final = Network()
"""No settings of its own: the environment and the operating system decide."""

# Everything else is a custom domain.
OKTA_DOMAINS: Final = frozenset({
    "okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil", "okta-miltest.com", "trex-govcloud.com",
})  # fmt: skip


def hosted_by_okta(origin: str) -> bool:
    """Return whether an origin, such as `https://acme.okta.com`, is in one of the domains where Okta hosts orgs."""
    return origin.partition("://")[2].partition(".")[2] in OKTA_DOMAINS
