"""The real network under Guard and Patience: one pool, its certificates, its proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.okta.http import httpx
from tui.okta.network import AS_FOUND
from tui.okta.network_errors import ProxyRefused
from tui.okta.proxy import proxy_for
from tui.okta.trust import nothing_trusted, trusting
from tui.okta.unreached import ConnectionStage, refused, unreached

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from tui.okta.network import Network
    from tui.okta.proxy import Proxy


def wire(
    *, secure: bool, network: Network = AS_FOUND, host: str = "", environ: Mapping[str, str] | None = None
) -> httpx.AsyncBaseTransport:
    """The real network: one pool, keep-alive, HTTP/1.1.

    Args:
        secure: Whether the org is spoken to by https. Plain http is for the loopback, which has no proxy and no
            certificates: none are loaded, which spares the time that `trust` tells of.
        network: The connector's proxy and CA bundle.
        host: The org's host, with its port if that is not 443; without it, no proxy of the environment is used.
        environ: Stands for the environment.

    Raises:
        BadProxy: The proxy's URL cannot be used.
        BadBundle: The CA bundle cannot be used.
    """
    if secure:
        proxy = proxy_for(network, host, environ=environ)
        return Reach(_pool(trusting(network.ca_bundle, environ=environ), proxy), proxy)
    return Reach(_pool(nothing_trusted(), None), None)


def _pool(context: ssl.SSLContext, proxy: Proxy | None) -> httpx.AsyncHTTPTransport:
    # As many kept as open: httpcore counts busy connections as kept ones, and with fewer would close all that get free.
    limits = httpx.Limits(max_connections=16, max_keepalive_connections=16, keepalive_expiry=30.0)
    way = None
    if proxy is not None:
        way = httpx.Proxy(
            proxy.url,
            auth=(proxy.user, proxy.password) if proxy.signs_in else None,
            ssl_context=context if proxy.scheme == "https" else None,  # without one it would trust certifi's list
        )
    return httpx.AsyncHTTPTransport(verify=context, limits=limits, retries=0, proxy=way, trust_env=False)


class Course:
    """How far one request has come, by httpcore's trace of it (httpcore: "Extensions", `trace`)."""

    def __init__(self, proxy: Proxy | None) -> None:
        self.stage = ConnectionStage.OPEN  # a connection that is kept alive tells nothing more
        self._proxied = proxy is not None

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """Take one event in."""
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


class Reach(httpx.AsyncBaseTransport):
    """Tells why a connection did not come about, and that nothing was sent until it had.

    Until the tunnel through a proxy stands, the request itself has not been sent, whatever went wrong: only that is
    told here. What happens later is passed on as httpx raises it.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, proxy: Proxy | None) -> None:
        self._inner = inner
        self._proxy = proxy
        self._status = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            NotReached: No connection came about; says why. Without context: httpx's own errors hold on to what was
                sent to the proxy.
        """
        host = request.url.netloc.decode("ascii", "replace")
        if self._status and self._proxy is not None:
            raise refused(self._status, host, self._proxy)
        course = Course(self._proxy)
        request.extensions = {**request.extensions, "trace": course}
        try:
            return await self._inner.handle_async_request(request)
        except (httpx.PoolTimeout, httpx.UnsupportedProtocol):
            raise
        except (httpx.TransportError, OSError) as error:
            failure = self._told(error, course.stage, host)
            if failure is None:
                raise
        raise failure

    def _told(self, error: Exception, stage: ConnectionStage, host: str) -> Exception | None:
        if self._proxy is not None and isinstance(error, httpx.ProxyError):
            status = _status(str(error))
            failure = refused(status, host, self._proxy)
            if isinstance(failure, ProxyRefused) and status == httpx.codes.PROXY_AUTHENTICATION_REQUIRED:
                # Once refused, a password is not shown again: directories lock accounts after a few wrong ones
                self._status = status if self._proxy.signs_in else 0
            return failure
        if stage is ConnectionStage.OPEN and not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return None
        return unreached(error, stage, host, self._proxy)

    async def aclose(self) -> None:
        """Close the pool."""
        await self._inner.aclose()


def _status(text: str) -> int:
    """The status at the head of httpcore's `407 Proxy Authentication Required`; 0 if there is none."""
    head = text.partition(" ")[0]
    return int(head) if head.isascii() and head.isdigit() else 0
