"""Why there was no connection to Okta: errors for name, route, proxy and certificate, each with what to do."""

from __future__ import annotations

import errno
import socket
import ssl
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, TypeVar

from tui.okta.errors import NotReached, TlsFailed
from tui.okta.network_errors import ProxyFailed, ProxyNotReached, ProxyRefused, UnknownIssuer, clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.okta.proxy import Proxy

ErrorT = TypeVar("ErrorT", bound=BaseException)

SENT: Final = "Nothing was sent."
_THROUGH: Final = "If your network reaches out only through a proxy, set HTTPS_PROXY or the connector's `proxy`."
_CURE: Final = (
    "A proxy that inspects traffic is probably in between. Get its root certificate as PEM from your network team and "
    "set it as the connector's `ca_bundle` or as SSL_CERT_FILE, or have it added to the system's trust store. "
    f"Checks cannot be switched off. {SENT}"
)
_SIGN_IN: Final = (
    "as http://user:password@host:port with special characters percent-encoded. keydesk signs in with Basic only; for "
    f"NTLM or Kerberos, run a local helper such as px or cntlm and name that as the proxy. {SENT}"
)
# Raised where a handshake was cut off or ran out of time: no failure of TLS itself
_UNFINISHED: Final = (ssl.SSLWantReadError, ssl.SSLWantWriteError, ssl.SSLEOFError, ssl.SSLSyscallError)
# X509_V_ERR_... of OpenSSL's x509_vfy.h
_UNKNOWN_ISSUER: Final = frozenset({2, 18, 19, 20, 21, 27})
_SELF_SIGNED: Final = 18
_NOT_YET: Final = 9
_EXPIRED: Final = 10
_WRONG_NAME: Final = frozenset({62, 64})
_REVOKED: Final = 23
_WEAK: Final = frozenset({66, 67, 68})
# OpenSSL's reasons where the server answers in plain text
_PLAIN: Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"})
_VERSION: Final = frozenset({"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "NO_PROTOCOLS_AVAILABLE"})
_NOT_NOW: Final = frozenset({getattr(socket, "EAI_AGAIN", None)})
_NO_ROUTE: Final = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})
_SIGN_IN_STATUS: Final = 407
_FAILED: Final = frozenset({500, 502, 503, 504})


class ConnectionStage(Enum):
    """The stages of establishing a connection."""

    CONNECT = auto()  # to Okta, or to the proxy where there is one
    PROXY_TLS = auto()  # the handshake with a proxy that is reached by https
    TUNNEL = auto()  # the CONNECT request to the proxy
    TLS = auto()  # the handshake with Okta
    OPEN = auto()  # from here on, the request itself may have been sent

    @property
    def before_okta(self) -> bool:
        """Whether a failure at this stage is the proxy's, since nothing has reached Okta yet."""
        return self in {ConnectionStage.PROXY_TLS, ConnectionStage.TUNNEL}


def connection_failure(error: BaseException, stage: ConnectionStage, host: str, proxy: Proxy | None) -> NotReached:
    """Return the error for a connection that failed.

    Args:
        error: The exception that was raised; its causes are searched too.
        stage: The stage at which it was raised.
        host: The org's host, for messages.
        proxy: The proxy through which the org is reached; `None` for none.
    """
    at_proxy = proxy if stage.before_okta or stage is ConnectionStage.CONNECT else None
    untrusted = _first(error, ssl.SSLCertVerificationError)
    if untrusted is not None:
        return _refused_certificate(untrusted, host, at_proxy)
    handshake = _first(error, ssl.SSLError, but=_UNFINISHED)
    if handshake is not None:
        return _failed_handshake(handshake, host, at_proxy)
    if stage is ConnectionStage.TUNNEL and proxy is not None:
        return ProxyNotReached(
            f"The proxy {proxy.address} does not answer as a proxy",
            advice=f"Check address and port in {proxy.source}; another service may be listening there. {SENT}",
            detail=type(error).__name__,
        )
    kind = ProxyNotReached if at_proxy else NotReached
    title, advice = _no_route(error, stage, f"the proxy {at_proxy.address}" if at_proxy else host)
    if at_proxy:
        advice += f" The proxy is set in {at_proxy.source}."
    elif proxy is None:
        advice += f" {_THROUGH}"
    return kind(_capital(title) if at_proxy else title, advice=f"{advice} {SENT}", detail=_detail(error))


def _no_route(error: BaseException, stage: ConnectionStage, whom: str) -> tuple[str, str]:
    lookup = _first(error, socket.gaierror)
    if lookup is not None:
        if lookup.errno in _NOT_NOW:
            return f"{whom} cannot be looked up", "The name server does not answer: check the network and the VPN."
        return f"No address is known for {whom}", "Check the spelling, the network and the VPN."
    if _first(error, TimeoutError) is not None or "Timeout" in type(error).__name__:
        return f"{whom} does not answer", "Check the network and the VPN; a firewall may be dropping the connection."
    if stage in {ConnectionStage.TLS, ConnectionStage.PROXY_TLS}:
        return (
            f"{whom} broke the handshake off",
            "Try again; if it stays, a firewall is probably blocking this name: ask your network team.",
        )
    if _first(error, ConnectionRefusedError) is not None:
        return (
            f"{whom} refuses the connection",
            "Nothing listens there, or a firewall is in between: check the address.",
        )
    if any(getattr(cause, "errno", None) in _NO_ROUTE for cause in _causes(error)):
        return f"There is no way to {whom}", "This machine has no network that leads there: check the network and VPN."
    return f"{whom} cannot be reached", "Check the network, the VPN and the address, then try again."


def _failed_handshake(error: ssl.SSLError, host: str, at_proxy: Proxy | None) -> NotReached:
    reason = str(error.reason or "")
    detail = clean(reason or str(error))
    if at_proxy is not None:
        if reason in _PLAIN:
            return ProxyNotReached(
                f"The proxy {at_proxy.address} speaks plain http",
                advice=f"Write http:// instead of https:// in {at_proxy.source}; Okta is spoken to by https all the "
                f"same, inside. {SENT}",
                detail=detail,
            )
        return ProxyNotReached(
            f"No secure connection to the proxy {at_proxy.address}",
            advice=f"Check {at_proxy.source}, or write http:// in it if the proxy does not need https. {SENT}",
            detail=detail,
        )
    if reason in _PLAIN:
        return TlsFailed(
            f"{host} answers without encryption",
            advice="Not Okta but something in between: a network's sign-in page, a proxy, or a wrong port. Open a web "
            f"page to sign in to the network, and check the address. {SENT}",
            detail=detail,
        )
    if reason in _VERSION:
        return TlsFailed(
            f"{host} offers no TLS that is safe",
            advice=f"keydesk needs TLS 1.2, as Okta does: an old proxy is probably in between. {SENT}",
            detail=detail,
        )
    return TlsFailed(
        f"No secure connection to {host}",
        advice=f"A proxy or firewall is probably in between and refuses: check the address, and ask your network team. "
        f"{SENT}",
        detail=detail,
    )


def _refused_certificate(error: ssl.SSLCertVerificationError, host: str, at_proxy: Proxy | None) -> TlsFailed:
    whom = f"the proxy {at_proxy.address}" if at_proxy else host
    code = getattr(error, "verify_code", 0)
    reason = clean(getattr(error, "verify_message", "") or str(error))
    words = reason.lower()  # macOS and Windows have other codes, so that their sentence is searched
    issuer = str(getattr(error, "issuer", ""))
    if code in _WRONG_NAME or "mismatch" in words or "not match" in words:
        cure = (
            f"Write the proxy's name in {at_proxy.source} as its certificate has it."
            if at_proxy
            else "The address is wrong, or the custom domain has no certificate yet: try the org's own address, such "
            "as acme.okta.com."
        )
        return TlsFailed(f"The certificate is not for {whom}", advice=f"{cure} {SENT}", detail=reason)
    if code == _NOT_YET or "not yet valid" in words:
        return TlsFailed(
            f"The certificate of {whom} is not valid yet",
            advice=f"The clock of this machine is probably behind: correct it. {SENT}",
            detail=reason,
        )
    if code == _EXPIRED or "expired" in words:
        by = f" It is issued by {issuer}." if issuer else ""
        return TlsFailed(
            f"The certificate of {whom} has expired",
            advice=f"Check the clock of this machine first. If it is right, tell whoever looks after that address or "
            f"the proxy in between.{by} {SENT}",
            detail=reason,
        )
    if code == _REVOKED or "revoked" in words:
        return TlsFailed(
            f"The certificate of {whom} is revoked",
            advice=f"Do not go on; tell your security team. {SENT}",
            detail=reason,
        )
    if code in _WEAK:
        return TlsFailed(
            f"The certificate of {whom} is too weak",
            advice=f"An old proxy is probably in between; its certificate needs a stronger key. {SENT}",
            detail=reason,
        )
    if code == _SELF_SIGNED:
        return UnknownIssuer(f"{_capital(whom)} vouches only for itself", issuer=issuer, advice=_CURE, detail=reason)
    if code in _UNKNOWN_ISSUER or "not trusted" in words or "issuer" in words or "trust" in words:
        title = f"The certificate of {whom} is issued by {issuer}" if issuer else f"Nobody vouches for {whom}"
        return UnknownIssuer(
            f"{title}, which is not trusted here" if issuer else title, issuer=issuer, advice=_CURE, detail=reason
        )
    return TlsFailed(f"The certificate of {whom} is not accepted", detail=reason)


def proxy_refusal(status: int, host: str, proxy: Proxy) -> NotReached:
    """Return the error for a proxy that refused the CONNECT request.

    Args:
        status: The HTTP status of the proxy's answer.
        host: The org's host.
        proxy: The proxy.
    """
    detail = f"CONNECT: {status}"
    if status == _SIGN_IN_STATUS:
        if proxy.signs_in:
            return ProxyRefused(
                f"The proxy {proxy.address} does not accept the user or the password",
                status=status,
                advice=f"keydesk does not try them again, so that no account is locked. Correct them in {proxy.source}"
                f" and start again: {_SIGN_IN}",
                detail=detail,
            )
        return ProxyRefused(
            f"The proxy {proxy.address} wants a sign-in",
            status=status,
            advice=f"Put user and password into HTTPS_PROXY, {_SIGN_IN}",
            detail=detail,
        )
    if status in _FAILED:
        return ProxyFailed(
            f"The proxy {proxy.address} cannot reach {host}",
            advice=f"Check the spelling of the org address, which the proxy looks up; else the proxy has a fault. "
            f"{SENT}",
            detail=detail,
        )
    return ProxyRefused(
        f"The proxy {proxy.address} does not let {host} through",
        status=status,
        advice=f"Ask your network team to allow {host} on port 443 without inspection, or check {proxy.source}. {SENT}",
        detail=detail,
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all its causes, also those within exception groups."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        cause = waiting.pop(0)
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [
            cause.__cause__,
            cause.__context__,
        ]  # also the suppressed context, since httpcore raises its own errors from None
        if isinstance(cause, BaseExceptionGroup):
            waiting += cause.exceptions


def _first(error: BaseException, kind: type[ErrorT], *, but: tuple[type[BaseException], ...] = ()) -> ErrorT | None:
    return next((cause for cause in _causes(error) if isinstance(cause, kind) and not isinstance(cause, but)), None)


def _detail(error: BaseException) -> str:
    os_error = next((cause for cause in _causes(error) if isinstance(cause, OSError) and cause.strerror), None)
    return clean(str(os_error.strerror)) if os_error else type(error).__name__


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:] if text.startswith("the ") else text
