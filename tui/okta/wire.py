"""The network below Guard and Patience: one pool of connections, with its certificates and its proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.okta.http import httpx
from tui.okta.network import AS_FOUND
from tui.okta.network_errors import ProxyRefused
from tui.okta.proxy import proxy_for
from tui.okta.trust import empty_context, trusting_context
from tui.okta.unreached import ConnectionStage, connection_failure, proxy_refusal

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from tui.okta.network import Network
    from tui.okta.proxy import Proxy


def wire(
    *, secure: bool, network: Network = AS_FOUND, host: str = "", environ: Mapping[str, str] | None = None
) -> httpx.AsyncBaseTransport:
    """Build the network: one pool of HTTP/1.1 connections that are kept alive.

    Args:
        secure: Whether the org is reached by https. Plain http is for the loopback, which has no proxy and no
            certificates: none are loaded, which saves the time that `trust` describes.
        network: The connector's proxy and CA bundle.
        host: The org's host, with its port if that is not 443; without it, no proxy of the environment is used.
        environ: Stands for the environment.

    Raises:
        BadProxy: The proxy's URL cannot be used.
        BadBundle: The CA bundle cannot be used.
    """
    if secure:
        proxy = proxy_for(network, host, environ=environ)
        return ExplainingTransport(_pool(trusting_context(network.ca_bundle, environ=environ), proxy), proxy)
    return ExplainingTransport(_pool(empty_context(), None), None)


def _pool(context: ssl.SSLContext, proxy: Proxy | None) -> httpx.AsyncHTTPTransport:
    # As many kept alive as open: httpcore counts busy connections as kept ones and would close free ones.
    limits = httpx.Limits(max_connections=16, max_keepalive_connections=16, keepalive_expiry=30.0)
    httpx_proxy = None
    if proxy is not None:
        httpx_proxy = httpx.Proxy(
            proxy.url,
            auth=(proxy.user, proxy.password) if proxy.signs_in else None,
            ssl_context=context if proxy.scheme == "https" else None,  # without one it would trust certifi's list
        )
    return httpx.AsyncHTTPTransport(verify=context, limits=limits, retries=0, proxy=httpx_proxy, trust_env=False)


class ConnectionTrace:
    """The stage that one request has reached, by httpcore's events (httpcore: "Extensions", `trace`)."""

    def __init__(self, proxy: Proxy | None) -> None:
        self.stage = ConnectionStage.OPEN  # a connection that was kept alive sends no further events
        self._proxied = proxy is not None

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """Update the stage by one event."""
        del info
        match event:
            case "connection.connect_tcp.started":
                self.stage = ConnectionStage.CONNECT
            case "connection.start_tls.started":
                self.stage = ConnectionStage.PROXY_TLS if self._proxied else ConnectionStage.TLS
            case "connection.connect_tcp.complete" | "connection.start_tls.complete":
                self.stage = ConnectionStage.TUNNEL if self._proxied else ConnectionStage.OPEN
            case "proxy.start_tls.started":
                self.stage = ConnectionStage.TLS
            case "proxy.start_tls.complete":
                self.stage = ConnectionStage.OPEN


class ExplainingTransport(httpx.AsyncBaseTransport):
    """Raises `NotReached` with the reason where a connection cannot be established, so that nothing was sent.

    Until the tunnel through a proxy is open, the request itself has not been sent, whatever went wrong. Only failures
    up to there are explained here; later ones are raised as httpx raises them.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, proxy: Proxy | None) -> None:
        self._inner = inner
        self._proxy = proxy
        self._status = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            NotReached: There was no connection; the title says why. It has no context, since httpx's own errors
                hold what was sent to the proxy.
        """
        host = request.url.netloc.decode("ascii", "replace")
        if self._status and self._proxy is not None:
            raise proxy_refusal(self._status, host, self._proxy)
        trace = ConnectionTrace(self._proxy)
        request.extensions = {**request.extensions, "trace": trace}
        try:
            return await self._inner.handle_async_request(request)
        except (httpx.PoolTimeout, httpx.UnsupportedProtocol):
            raise
        except (httpx.TransportError, OSError) as error:
            failure = self._explain(error, trace.stage, host)
            if failure is None:
                raise
        raise failure

    def _explain(self, error: Exception, stage: ConnectionStage, host: str) -> Exception | None:
        if self._proxy is not None and isinstance(error, httpx.ProxyError):
            status = _status(str(error))
            failure = proxy_refusal(status, host, self._proxy)
            if isinstance(failure, ProxyRefused) and status == httpx.codes.PROXY_AUTHENTICATION_REQUIRED:
                # A refused password is not sent again: directories lock accounts after a few wrong ones
                self._status = status if self._proxy.signs_in else 0
            return failure
        if stage is ConnectionStage.OPEN and not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return None
        return connection_failure(error, stage, host, self._proxy)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()


def _status(text: str) -> int:
    """Return the status at the start of httpcore's `407 Proxy Authentication Required`; 0 where there is none."""
    head = text.partition(" ")[0]
    return int(head) if head.isascii() and head.isdigit() else 0
