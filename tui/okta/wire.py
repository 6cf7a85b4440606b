"""The network below Guard and Patience: one pool of connections, with its certificates and its proxy."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from tui.okta.answers import UNSENT
from tui.okta.errors import TooMuch
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


MOST_HEAD_BYTES: Final = 256 * 1024
"""Bytes that may come before an answer begins: its headers, and any number of `100 Continue`, which httpx skips."""
_HEAD_STEP: Final = 4096  # small, so that the app goes on between two reads
_HEAD_LEFT: Final[ContextVar[list[int] | None]] = ContextVar("head_left", default=None)


def _bound_head(stream: Any) -> None:  # noqa: ANN401 - httpcore's, which has no public type
    """Let a connection's stream count what it reads before an answer begins."""
    inner = stream.read

    async def read(max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - as httpcore calls it
        left = _HEAD_LEFT.get()
        data: bytes = await inner(max_bytes if left is None else min(max_bytes, _HEAD_STEP), timeout)
        if left is not None:
            left[0] -= len(data)
            if left[0] < 0:
                raise TooMuch(
                    "Okta's answer does not begin", detail=f"more than {MOST_HEAD_BYTES // 1024} KB before it"
                )
        return data

    stream.read = read


class TunnelLock:
    """Lets one request at a time show a password to the proxy, and none after the proxy refused it.

    Directories lock accounts after a few wrong passwords, and keydesk asks several things at once when it starts.
    """

    def __init__(self, proxy: Proxy | None) -> None:
        self.proxy = proxy
        self._password = _fingerprint(proxy) if proxy is not None and proxy.signs_in else b""
        self._lock = asyncio.Lock()

    async def take(self) -> bool:
        """Wait for the turn to show the password; return whether there is one to show.

        Raises:
            ProxyRefused: The password was refused meanwhile.
        """
        if not self._password:
            return False
        await self._lock.acquire()
        if self._password in _REFUSED_PASSWORDS:
            self._lock.release()
            self.check("")
        return True

    def give_back(self) -> None:
        """End the turn."""
        self._lock.release()

    def refuse(self) -> None:
        """Note that the proxy refused the password."""
        if self._password:
            _REFUSED_PASSWORDS.add(self._password)

    def check(self, host: str) -> None:
        """Raise the refusal again, if there was one, without asking the proxy.

        Raises:
            ProxyRefused: The password was refused before.
        """
        if self.proxy is not None and self._password in _REFUSED_PASSWORDS:
            raise proxy_refusal(int(httpx.codes.PROXY_AUTHENTICATION_REQUIRED), host, self.proxy)


_REFUSED_PASSWORDS: Final[set[bytes]] = set()
"""Fingerprints of what proxies refused, for the whole process: another connector may have the same proxy."""


def _fingerprint(proxy: Proxy) -> bytes:
    return sha256(f"{proxy.url}\n{proxy.user}\n{proxy.password}".encode("utf-8", "surrogatepass")).digest()


class ConnectionTrace:
    """The stage that one request has reached, by httpcore's events (httpcore: "Extensions", `trace`)."""

    def __init__(self, tunnel: TunnelLock) -> None:
        self.stage = ConnectionStage.OPEN  # a connection that was kept alive sends no further events
        self._tunnel = tunnel
        self._proxied = tunnel.proxy is not None
        self._held = False

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """Update the stage by one event; a new tunnel waits for its turn to show a password, and a head is bounded.

        Raises:
            ProxyRefused: The proxy refused the password while this request waited.
        """
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            _bound_head(info["return_value"])
        match event:
            case "connection.connect_tcp.started":
                self.stage = ConnectionStage.CONNECT
                self._held = self._held or await self._tunnel.take()
            case "connection.start_tls.started":
                self.stage = ConnectionStage.PROXY_TLS if self._proxied else ConnectionStage.TLS
            case "connection.connect_tcp.complete" | "connection.start_tls.complete":
                self.stage = ConnectionStage.TUNNEL if self._proxied else ConnectionStage.OPEN
            case "proxy.start_tls.started":
                self.stage = ConnectionStage.TLS
                self.end()
            case "proxy.start_tls.complete":
                self.stage = ConnectionStage.OPEN
            case "http11.receive_response_headers.started":
                _HEAD_LEFT.set([MOST_HEAD_BYTES])
            case "http11.receive_response_headers.complete" | "http11.receive_response_headers.failed":
                _HEAD_LEFT.set(None)

    def end(self) -> None:
        """End the turn at the proxy, which has accepted the password or refused it."""
        if self._held:
            self._held = False
            self._tunnel.give_back()


class ExplainingTransport(httpx.AsyncBaseTransport):
    """Raises `NotReached` with the reason where a connection cannot be established, so that nothing was sent.

    Until the tunnel through a proxy is open, the request itself has not been sent, whatever went wrong. Only failures
    up to there are explained here; later ones are raised as httpx raises them.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, proxy: Proxy | None) -> None:
        self._inner = inner
        self._proxy = proxy
        self._tunnel = TunnelLock(proxy)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            NotReached: There was no connection; the title says why. It has no context, since httpx's own errors
                hold what was sent to the proxy.
            CancelledError: With `UNSENT` where the connection was not open yet.
        """
        host = request.url.netloc.decode("ascii", "replace")
        self._tunnel.check(host)
        trace = ConnectionTrace(self._tunnel)
        request.extensions = {**request.extensions, "trace": trace}
        try:
            return await self._inner.handle_async_request(request)
        except asyncio.CancelledError:
            if trace.stage is not ConnectionStage.OPEN:  # the request itself has not left this machine
                raise asyncio.CancelledError(UNSENT) from None
            raise
        except (httpx.PoolTimeout, httpx.UnsupportedProtocol):
            raise
        except (httpx.TransportError, OSError) as error:
            failure = self._explain(error, trace.stage, host)
            if failure is None:
                raise
        finally:
            trace.end()
        raise failure

    def _explain(self, error: Exception, stage: ConnectionStage, host: str) -> Exception | None:
        if self._proxy is not None and isinstance(error, httpx.ProxyError):
            status = _status(str(error))
            failure = proxy_refusal(status, host, self._proxy)
            if isinstance(failure, ProxyRefused) and status == httpx.codes.PROXY_AUTHENTICATION_REQUIRED:
                # A refused password is not sent again: directories lock accounts after a few wrong ones
                self._tunnel.refuse()
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
