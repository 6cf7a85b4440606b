"""The proxy through which a host is reached, if any: the connector's own, else the environment's, minus `NO_PROXY`."""

from __future__ import annotations

import ipaddress
import os
from typing import TYPE_CHECKING, ClassVar, NoReturn
from urllib.parse import unquote, urlsplit

from tui.discreet import Discreet
from tui.okta.network_errors import BadProxy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.okta.network import Network

_PORTS = {"http": 80, "https": 443}
_EXAMPLE = "Write it as http://proxy.acme.example:8080"


class Proxy(Discreet, frozen=True):
    """An HTTP proxy.

    Attributes:
        scheme: How the proxy itself is reached, `http` or `https`; the org is reached by https through either.
        host: The proxy's name or address, without brackets.
        port: The proxy's port.
        source: The name of the variable or of the connector's setting that names the proxy, for messages.
        user: The user to sign in to the proxy as; empty for none.
        password: The user's password.
    """

    hidden: ClassVar = frozenset({"user", "password"})
    scheme: str
    host: str
    port: int
    source: str = ""
    user: str = ""
    password: str = ""

    @property
    def signs_in(self) -> bool:
        """Whether there is a user to sign in as."""
        return bool(self.user or self.password)

    @property
    def address(self) -> str:
        """`host:port`, for messages."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The proxy's URL without user and password."""
        return f"{self.scheme}://{self.address}"


def proxy_for(network: Network, host: str, *, environ: Mapping[str, str] | None = None) -> Proxy | None:
    """Return the proxy through which an org is reached by https.

    Args:
        network: The connector's own settings; its proxy counts before the environment's, and whatever `NO_PROXY` says.
        host: The org's host, with its port if that is not 443. Without a host, `NO_PROXY` cannot be applied, so the
            environment's proxy is not used.
        environ: The environment; that of the process by default.

    Returns:
        The proxy; `None` for a direct connection, which the loopback always has.

    Raises:
        BadProxy: The text is no URL, or of a scheme that keydesk does not support.
    """
    name, port = _split(host)
    if is_loopback(name):
        return None
    if network.proxy.strip():
        return parse_proxy(network.proxy, "the connector's `proxy`")
    variables = _proxy_variables(environ)
    if not variables.url or not name or bypassed(name, port, variables.exceptions):
        return None
    return parse_proxy(variables.url, variables.source)


def parse_proxy(text: str, source: str) -> Proxy:
    """Parse a proxy's URL; without a scheme, http is assumed, as by curl.

    Args:
        text: The URL.
        source: The name of the variable or setting that holds it, for messages.

    Raises:
        BadProxy: The text is no proxy's URL. The error quotes none of it: after a typing mistake, any part of the URL
            may hold the password.
    """
    text = text.strip()
    proxy = _parse_url(text if "://" in text else f"http://{text}", source)
    if proxy is None:
        socks = text.lower().startswith("socks")
        del text  # a traceback that shows variables must not show this one
        _refuse(source, socks=socks)
    return proxy


def _refuse(source: str, *, socks: bool) -> NoReturn:
    if socks:
        raise BadProxy(
            "keydesk does not speak SOCKS",
            advice=f"In {source}, give an HTTP proxy. {_EXAMPLE}.",
        )
    raise BadProxy(
        f"{source[0].upper()}{source[1:]} is not a proxy's URL",
        advice=f"{_EXAMPLE}; in a user name or password, write @ : / ? # % as %40 %3A %2F %3F %23 %25.",
    )


def _parse_url(url: str, source: str) -> Proxy | None:
    """Return the proxy, or `None`: an exception raised here would hold parts of the URL."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")  # as the name lookup will
    except ValueError:  # UnicodeError is one
        return None
    odd = parts.path not in {"", "/"} or parts.query or parts.fragment or port == 0
    if parts.scheme not in _PORTS or not host or odd or not _is_host(host):
        return None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Proxy(parts.scheme, host, port or _PORTS[parts.scheme], source, user, password)


def _is_host(host: str) -> bool:
    return _address(host) is not None if ":" in host else all(char.isalnum() or char in "-._" for char in host)


def _split(host: str) -> tuple[str, int]:
    """Split a host from its port, which is 443 by default."""
    if host.count(":") > 1 and not host.startswith("["):
        return host.lower(), 443
    parts = urlsplit(f"//{host}")
    return (parts.hostname or "").rstrip("."), parts.port or 443


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, without asking a name server."""
    address = _address(host)
    if address is not None:
        return address.is_loopback
    name = host.lower().rstrip(".")
    return name == "localhost" or name.endswith(".localhost")


def bypassed(host: str, port: int, exceptions: str) -> bool:
    """Whether `NO_PROXY` names a host.

    Names are matched as by Python's own `urllib`: `acme.example` and `.acme.example` both mean that name and all below
    it, each with a port or without. Also `*.acme.example`, `*` among other entries, spaces between entries, and
    addresses are understood: `10.0.0.0/8`, `::1`, `[::1]:8443`.

    Args:
        host: A name, or an address without brackets.
        port: The host's port.
        exceptions: The value of `NO_PROXY`.
    """
    # Not in typeshed, but urllib and requests decide by it; it imports http.client, as httpx does
    from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # noqa: PLC0415

    address = _address(host)
    for entry in exceptions.replace(",", " ").split():
        if entry == "*":
            return True
        if address is None:
            if proxy_bypass_environment(f"{host}:{port}", {"no": entry.removeprefix("*")}):
                return True
        elif _names_address(entry, address, port):
            return True
    return False


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _names_address(entry: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int) -> bool:
    """Whether an entry such as `10.0.0.0/8`, `10.0.0.1:443` or `[::1]:443` names an address and port."""
    if entry.startswith("[") or entry.count(":") == 1:
        entry, _, wanted = entry.rpartition(":") if not entry.endswith("]") else (entry, "", "")
        if wanted and wanted != str(port):
            return False
    try:
        return address in ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return False


class _ProxyVariables(Discreet, frozen=True):
    """The variable that names the proxy, its value, and the value of `NO_PROXY`."""

    hidden: ClassVar = frozenset({"url"})
    source: str
    url: str
    exceptions: str


def _proxy_variables(environ: Mapping[str, str] | None) -> _ProxyVariables:
    """Read the variables that name a proxy.

    This function raises nothing: a traceback that shows variables must not show the environment.
    """
    environ = os.environ if environ is None else environ

    def get(name: str) -> tuple[str, str]:
        # As in urllib, the lower-case name counts first, also where its value is empty
        spelled = name.lower() if name.lower() in environ else name
        return spelled, environ.get(spelled, "").strip()

    exceptions = get("NO_PROXY")[1]
    for name in ("HTTPS_PROXY", "ALL_PROXY"):
        spelled, url = get(name)
        if url:
            return _ProxyVariables(spelled, url, exceptions)
    return _ProxyVariables("", "", exceptions)
