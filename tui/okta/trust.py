"""Which certificates are trusted: the operating system's, and the company's own beside them; checks are always on.

Decisions, with times for one connection on a small Linux machine (2 cores, OpenSSL 3.0, 145 certificates):

* The operating system's trust store and not the list of certifi that httpx loads by itself: a company that inspects
  traffic has put its CA into the system's store already, so keydesk works there without being set up.
* On macOS and Windows through truststore (import 2 ms, context 0.4 ms), which asks the system itself about each chain.
* On Linux and the BSDs there is no service to ask: the store is a file and a folder that OpenSSL reads. truststore
  reads them again for every new connection (20 ms each), and the context grows with each (its issue 212). So they are
  read here once, by OpenSSL, in the thread that builds the client: 20 ms on an idle machine, as for certifi's list.
* certifi's list only where the machine has no store at all, as in a minimal container: then there is no decision of an
  administrator to override, and the alternative is that nothing works.
* `SSL_CERT_FILE` and `SSL_CERT_DIR` are read beside the system's store and not instead of it, so that a file with the
  company's root alone does what people expect. `REQUESTS_CA_BUNDLE` and `CURL_CA_BUNDLE` belong to other programs.
* A plain http loopback is given an empty context, which trusts nothing and costs nothing.
"""

from __future__ import annotations

import os
import re
import ssl
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tui.local_file import read_limited
from tui.okta.network_errors import BadBundle, clean

if TYPE_CHECKING:
    from collections.abc import Mapping

# Where distributions keep their bundle when OpenSSL was built with other paths, as Python's own builds may be.
BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # Alpine, FreeBSD, OpenBSD
)
ASKS_THE_SYSTEM: Final = ("darwin", "win32")
_HASHED: Final = re.compile(r"[0-9a-f]{8}\.[0-9]+")
_PEM: Final = re.compile(rb"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----")
_BOM: Final = b"\xef\xbb\xbf"
_MOST_BYTES: Final = 16 << 20  # the largest real bundles are half a megabyte


class Store(NamedTuple):
    """Where a machine stores the certificates that it trusts; either may be empty."""

    file: str
    folder: str


def empty_context() -> ssl.SSLContext:
    """Return a context that trusts nothing, for the loopback by plain http, which has no certificates."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def trusting_context(
    ca_bundle: str = "",
    *,
    environ: Mapping[str, str] | None = None,
    platform: str = sys.platform,
    store: Store | None = None,
) -> ssl.SSLContext:
    """Build a context that trusts the system's CAs and the company's, checks names, and requires TLS 1.2 or newer.

    Args:
        ca_bundle: The path of a PEM file; empty: `SSL_CERT_FILE` and `SSL_CERT_DIR` are read.
        environ: The environment; that of the process by default.
        platform: The platform, as in `sys.platform`.
        store: The trust store, on platforms where it is files; that of this machine by default.

    Raises:
        BadBundle: The bundle is missing, unreadable, or holds no certificates.
    """
    # Not ssl.create_default_context: from Python 3.13 it is stricter about old CAs than any browser, and the CAs of
    # inspecting proxies are of that kind.
    by_system = platform in ASKS_THE_SYSTEM
    store = Store("", "") if by_system else store or system_store()
    context = _system_context() if by_system else _file_context(store)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_bundle:
        add_bundle(context, ca_bundle, "the connector's `ca_bundle`")
    else:
        file, folders = _environment_paths(environ)
        if file and not _is_same_file(file, store.file):
            add_bundle(context, file, "SSL_CERT_FILE")
        if folders:
            _add_folders(context, folders)
    _note_issuers(context)
    return context


def _system_context() -> ssl.SSLContext:
    from truststore import SSLContext  # noqa: PLC0415 - only with https, and only where there is a system to ask

    return SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _file_context(store: Store) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # A chain may end at an intermediate CA of the bundle, as is the default from Python 3.13 on
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    file, folder = store
    if not file and not folder:
        from certifi import where  # noqa: PLC0415 - only on a machine without a store

        file = where()
    try:
        context.load_verify_locations(file or None, folder or None)
    except OSError as error:  # ssl.SSLError is one
        reason = _reason(error)
    else:
        return context
    raise BadBundle(
        "The operating system's trust store cannot be read",
        advice=f"Have {file} repaired, such as with update-ca-certificates, or made readable for you.",
        detail=reason,
    )


def system_store() -> Store:
    """Return the file and the folder that this machine's OpenSSL trusts, whatever the environment says."""
    paths = ssl.get_default_verify_paths()
    files = (paths.openssl_cafile, *BUNDLES)
    file = next((name for name in files if Path(name).is_file()), "")
    return Store(file, paths.openssl_capath if _holds_certificates(paths.openssl_capath) else "")


def _holds_certificates(folder: str) -> bool:
    try:
        return any(_HASHED.fullmatch(name) for name in os.listdir(folder))  # noqa: PTH208 - names alone are wanted
    except OSError:
        return False


def add_bundle(context: ssl.SSLContext, path: str, source: str) -> None:
    """Trust the certificates of a PEM file too.

    Args:
        context: The context that is to trust them.
        path: The path of the file; `~` is the home folder.
        source: The name of the variable or setting that holds the path, for messages.

    Raises:
        BadBundle: The file is missing, unreadable, or holds no certificates.
    """
    bundle = Path(path).expanduser()
    reason, content = "", b""
    try:
        content = read_limited(bundle, _MOST_BYTES)
    except (OSError, ValueError) as error:
        reason = _reason(error)
    if reason:
        raise BadBundle(
            f"The CA bundle {clean(str(bundle))} cannot be read",
            advice=f"{reason[:1].upper()}{reason[1:]}: correct {source}, or make the file readable for you.",
        )
    if not _PEM.search(content):
        raise BadBundle(f"{clean(str(bundle))} holds no certificates", advice=_advice_for(content, bundle, source))
    try:
        if content.startswith(_BOM):  # OpenSSL would skip the first certificate without an error
            context.load_verify_locations(cadata=_pem_blocks(content))
        else:
            context.load_verify_locations(cafile=bundle)
    except (OSError, ValueError) as error:
        reason = _reason(error)
    if reason:
        raise BadBundle(
            f"The certificates in {clean(str(bundle))} are damaged",
            advice=f"Get the file anew from your network team, as PEM, or correct {source}.",
            detail=reason,
        )


def _advice_for(content: bytes, bundle: Path, source: str) -> str:
    if not content.strip():
        return f"The file is empty: get your company's root certificate as PEM, or correct {source}."
    if b"PRIVATE KEY-----" in content:
        return f"It is a private key, which does not belong there: give your company's root certificate to {source}."
    if content[:1] == b"\x30":  # how every DER certificate begins
        name = clean(bundle.name)
        return f"It is DER: turn it into PEM, with `openssl x509 -inform der -in {name} -out {bundle.stem}.pem`."
    return f"A PEM file has lines -----BEGIN CERTIFICATE-----: ask your network team for one, or correct {source}."


def _pem_blocks(content: bytes) -> str:
    blocks = re.findall(rb"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----", content)
    return "\n".join(block.decode("ascii") for block in blocks)


def _is_same_file(file: str, other: str) -> bool:
    """Whether two paths are one file: containers often set `SSL_CERT_FILE` to the system's own, which saves 20 ms."""
    try:
        return bool(other) and Path(file).samefile(other)
    except (OSError, ValueError):
        return False


def _add_folders(context: ssl.SSLContext, folders: str) -> None:
    for folder in folders.split(os.pathsep):
        if not folder:
            continue
        if not Path(folder).is_dir():
            raise BadBundle(
                f"There is no folder {clean(folder)}",
                advice="SSL_CERT_DIR names it: correct or unset that variable.",
            )
        context.load_verify_locations(capath=folder)


def _environment_paths(environ: Mapping[str, str] | None) -> tuple[str, str]:
    """Return `SSL_CERT_FILE` and `SSL_CERT_DIR`; raises nothing, so that no traceback shows the environment."""
    environ = os.environ if environ is None else environ
    return environ.get("SSL_CERT_FILE", ""), environ.get("SSL_CERT_DIR", "")


def _reason(error: Exception) -> str:
    return getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__


# -- the issuer of a refused certificate


def _note_issuers(context: ssl.SSLContext) -> None:
    """Make the context set `issuer` on the error for a refused certificate.

    Only during the handshake can the refused certificate be read without a second connection, which would have to trust
    every certificate.
    """
    wrap = context.wrap_bio

    def wrap_bio(*arguments: Any, **named: Any) -> ssl.SSLObject:  # noqa: ANN401 - what asyncio or anyio hand in
        tls = wrap(*arguments, **named)
        handshake = tls.do_handshake

        def do_handshake() -> None:
            try:
                handshake()
            except ssl.SSLCertVerificationError as error:
                error.issuer = _issuer(tls)  # type: ignore[attr-defined]
                raise

        tls.do_handshake = do_handshake  # type: ignore[method-assign]
        return tls

    context.wrap_bio = wrap_bio  # type: ignore[method-assign]


def _issuer(tls: ssl.SSLObject) -> str:
    """Return the issuer of the server's certificate, as harmless text; empty where it cannot be read."""
    from cryptography import x509  # noqa: PLC0415 - only when a certificate was refused

    reader = tls if hasattr(tls, "get_unverified_chain") else getattr(tls, "_sslobj", None)  # public from 3.13 on
    try:
        first = reader.get_unverified_chain()[0]  # type: ignore[union-attr]
        der = first if isinstance(first, bytes) else first.public_bytes(2)  # 2: DER
        names = x509.load_der_x509_certificate(der).issuer
    except (AttributeError, LookupError, TypeError, ValueError):
        return ""
    for kind in (x509.NameOID.ORGANIZATION_NAME, x509.NameOID.COMMON_NAME):
        for name in names.get_attributes_for_oid(kind):
            issuer = clean(str(name.value)).strip()[:80]
            if issuer:
                return issuer
    return ""
