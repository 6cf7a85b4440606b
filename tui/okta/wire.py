"""The real network under Guard and Patience: one pool, its certificates, its proxy."""

from __future__ import annotations

import ssl

import httpx

from tui.okta.errors import TlsFailed


def wire(*, secure: bool) -> httpx.AsyncBaseTransport:
    """The real network: one pool, keep-alive, HTTP/1.1.

    Args:
        secure: Whether the org is spoken to by https. For the plain loopback no certificate store is loaded, which
            costs 90 ms; the empty context trusts nothing.

    Raises:
        TlsFailed: `SSL_CERT_FILE` names a file that cannot be read.
    """
    try:
        context = httpx.create_ssl_context() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    except OSError as error:  # ssl.SSLError is one
        raise TlsFailed(
            "The certificates to trust cannot be read",
            advice="SSL_CERT_FILE or SSL_CERT_DIR in the environment names no readable CA bundle.",
            detail=type(error).__name__,
        ) from None
    # As many kept as open: httpcore counts busy connections as kept ones, and with fewer would close all that get free.
    limits = httpx.Limits(max_connections=16, max_keepalive_connections=16, keepalive_expiry=30.0)
    return httpx.AsyncHTTPTransport(verify=context, limits=limits, retries=0)
