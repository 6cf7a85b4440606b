"""How the org is reached from a company's network: a proxy and certificates of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Network:
    """How the org is reached; empty means as the environment and the operating system say.

    Attributes:
        proxy: URL of an HTTP proxy, for which `NO_PROXY` does not count; empty: `HTTPS_PROXY` and `NO_PROXY` decide.
            Not shown, since a person may have written a password into it.
        ca_bundle: Path of a PEM file of CAs to trust beside the system's; empty: `SSL_CERT_FILE` decides.
    """

    proxy: str = field(default="", repr=False)
    ca_bundle: str = ""


AS_FOUND: Final = Network()
"""As the environment and the operating system say."""
