"""Which proxy a host is reached through, if any: the connector's own, else the environment's less its exceptions."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import unquote, urlsplit

from tui.okta.network_errors import BadProxy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.okta.network import Network

_PORTS = {"http": 80, "https": 443}
_EXAMPLE = "Write it as http://proxy.acme.example:8080"


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy.

    Attributes:
        scheme: How the proxy itself is spoken to, `http` or `https`; the org is spoken to by https through either.
        host: Its name or address, without brackets.
        port: Its port.
        source: What named it, for messages: the name of a variable or of the connector's setting.
        user: Whom to sign in to the proxy as; empty for nobody.
        password: The user's password.
    """

    scheme: str
    host: str
    port: int
    source: str = ""
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

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
        """Its URL without user and password."""
        return f"{self.scheme}://{self.address}"


def proxy_for(network: Network, host: str, *, environ: Mapping[str, str] | None = None) -> Proxy | None:
    """The proxy on the way to an https org.

    Args:
        network: The connector's own settings; its proxy stands above the environment and its `NO_PROXY`.
        host: The org's host, with its port if that is not 443. Without a host nobody can say whether `NO_PROXY` names
            it, so the environment's proxy is then not used.
        environ: Stands for the environment.

    Returns:
        `None` for the direct way, which the loopback always takes.

    Raises:
        BadProxy: The URL is none, or of a kind that keydesk does not speak.
    """
    name, port = _split(host)
    if is_loopback(name):
        return None
    if network.proxy.strip():
        return parse_proxy(network.proxy, "the connector's `proxy`")
    found = _found(environ)
    if not found.url or not name or bypassed(name, port, found.exceptions):
        return None
    return parse_proxy(found.url, found.source)


def parse_proxy(text: str, source: str) -> Proxy:
    """Take a proxy's URL apart; one without a scheme is taken as http, as curl does.

    Args:
        text: The URL.
        source: What named it, for messages.

    Raises:
        BadProxy: It is none. The error holds nothing of it: a slip in a password moves it into any other part.
    """
    text = text.strip()
    proxy = _parsed(text if "://" in text else f"http://{text}", source)
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


def _parsed(url: str, source: str) -> Proxy | None:
    """The proxy, or `None`: an exception from in here would carry parts of the URL."""
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
    """A host and its port; 443 where none is given."""
    if host.count(":") > 1 and not host.startswith("["):
        return host.lower(), 443
    parts = urlsplit(f"//{host}")
    return (parts.hostname or "").rstrip("."), parts.port or 443


def is_loopback(host: str) -> bool:
    """Whether a host is this machine; asks no name server."""
    address = _address(host)
    if address is not None:
        return address.is_loopback
    name = host.lower().rstrip(".")
    return name == "localhost" or name.endswith(".localhost")


def bypassed(host: str, port: int, exceptions: str) -> bool:
    """Whether `NO_PROXY` names a host.

    Names are matched as Python's own `urllib` does: `acme.example` and `.acme.example` both mean that name and all
    below it, each with a port or without. On top of it come `*.acme.example`, `*` among others, spaces between entries,
    and addresses: `10.0.0.0/8`, `::1`, `[::1]:8443`.

    Args:
        host: A name or an address without brackets.
        port: Its port.
        exceptions: The value of `NO_PROXY`.
    """
    # Not in the types, but what urllib and requests decide by; brings http.client, as httpx does
    from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # noqa: PLC0415

    address = _address(host)
    for entry in exceptions.replace(",", " ").split():
        if entry == "*":
            return True
        if address is None:
            if proxy_bypass_environment(f"{host}:{port}", {"no": entry.removeprefix("*")}):
                return True
        elif _holds(entry, address, port):
            return True
    return False


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _holds(entry: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int) -> bool:
    """Whether an address, or a network of them, is the one; `10.0.0.0/8`, `10.0.0.1:443`, `[::1]:443`."""
    if entry.startswith("[") or entry.count(":") == 1:
        entry, _, wanted = entry.rpartition(":") if not entry.endswith("]") else (entry, "", "")
        if wanted and wanted != str(port):
            return False
    try:
        return address in ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class _Found:
    """The variable that names the proxy, its value, and `NO_PROXY`."""

    source: str
    url: str = field(repr=False)
    exceptions: str


def _found(environ: Mapping[str, str] | None) -> _Found:
    """What the environment says.

    In a frame of its own that raises nothing: a traceback that shows variables must not show the environment.
    """
    environ = os.environ if environ is None else environ

    def get(name: str) -> tuple[str, str]:
        # As urllib: the lower-case one wins, also when it is set to nothing
        spelled = name.lower() if name.lower() in environ else name
        return spelled, environ.get(spelled, "").strip()

    exceptions = get("NO_PROXY")[1]
    for name in ("HTTPS_PROXY", "ALL_PROXY"):
        spelled, url = get(name)
        if url:
            return _Found(spelled, url, exceptions)
    return _Found("", "", exceptions)
