"""Which certificates are trusted: the operating system's, and the company's own beside them. Always checked.

Decisions, with times of one connection's share on a small Linux machine (2 cores, OpenSSL 3.0, 145 certificates):

* The operating system's trust store and not the list of certifi that httpx loads by itself: a company that inspects
  traffic has put its CA into the system's store already, so keydesk works there without being set up.
* On macOS and Windows through truststore (import 2 ms, context 0.4 ms), which asks the system itself about each chain.
* On Linux and the BSDs there is nothing to ask: the store is a file and a folder that OpenSSL reads. truststore reads
  them again for every new connection (20 ms each) and the context grows with each (its issue 212). So they are read
  here once, by OpenSSL, in the thread that builds the client: 20 ms on an idle machine, much as certifi's list.
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
_MOST: Final = 16 << 20  # bytes; the largest real bundles are half a megabyte


class Store(NamedTuple):
    """Where a machine keeps what it trusts; either may be empty."""

    file: str
    folder: str


def nothing_trusted() -> ssl.SSLContext:
    """A context for the plain loopback, where no certificate is ever seen."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def trusting(
    ca_bundle: str = "",
    *,
    environ: Mapping[str, str] | None = None,
    platform: str = sys.platform,
    store: Store | None = None,
) -> ssl.SSLContext:
    """A context that trusts the system's CAs and the company's, checks names, and speaks TLS 1.2 or newer.

    Args:
        ca_bundle: Path of a PEM file; empty: `SSL_CERT_FILE` and `SSL_CERT_DIR`.
        environ: Stands for the environment.
        platform: Stands for `sys.platform`.
        store: Stands for the files of this machine, where the system is not asked.

    Raises:
        BadBundle: The bundle is missing, unreadable, or holds no certificates.
    """
    # Not ssl.create_default_context: from Python 3.13 it is stricter about old CAs than any browser, and the CAs of
    # inspecting proxies are of that kind.
    asks = platform in ASKS_THE_SYSTEM
    store = Store("", "") if asks else store or system_store()
    context = _asking() if asks else _reading(store)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_bundle:
        add_bundle(context, ca_bundle, "the connector's `ca_bundle`")
    else:
        file, folders = _found(environ)
        if file and not _same(file, store.file):
            add_bundle(context, file, "SSL_CERT_FILE")
        if folders:
            _add_folders(context, folders)
    _tell_issuers(context)
    return context


def _asking() -> ssl.SSLContext:
    from truststore import SSLContext  # noqa: PLC0415 - only with https, and only where there is a system to ask

    return SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _reading(store: Store) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # An intermediate CA in the bundle is enough, as from Python 3.13 on
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
    """The files that this machine's OpenSSL trusts, whatever the environment says."""
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
    """Trust the certificates of a PEM file beside what is trusted already.

    Args:
        context: What trusts them.
        path: The file; `~` is the home folder.
        source: What named it, for messages.

    Raises:
        BadBundle: The file is missing, unreadable, or holds no certificates.
    """
    where = Path(path).expanduser()
    reason, held = "", b""
    try:
        with where.open("rb") as file:
            held = file.read(_MOST)
    except (OSError, ValueError) as error:
        reason = _reason(error)
    if reason:
        raise BadBundle(
            f"The CA bundle {clean(str(where))} cannot be read",
            advice=f"{reason}: correct {source}, or make the file readable for you.",
        )
    if not _PEM.search(held):
        raise BadBundle(f"{clean(str(where))} holds no certificates", advice=_instead(held, where, source))
    try:
        if held.startswith(_BOM):  # OpenSSL would pass over the first certificate in silence
            context.load_verify_locations(cadata=_blocks(held))
        else:
            context.load_verify_locations(cafile=where)
    except (OSError, ValueError) as error:
        reason = _reason(error)
    if reason:
        raise BadBundle(
            f"The certificates in {clean(str(where))} are damaged",
            advice=f"Get the file anew from your network team, as PEM, or correct {source}.",
            detail=reason,
        )


def _instead(held: bytes, where: Path, source: str) -> str:
    if not held.strip():
        return f"The file is empty: get your company's root certificate as PEM, or correct {source}."
    if b"PRIVATE KEY-----" in held:
        return f"It is a private key, which does not belong there: give your company's root certificate to {source}."
    if held[:1] == b"\x30":  # how every DER certificate begins
        name = clean(where.name)
        return f"It is DER: turn it into PEM, with `openssl x509 -inform der -in {name} -out {where.stem}.pem`."
    return f"A PEM file has lines -----BEGIN CERTIFICATE-----: ask your network team for one, or correct {source}."


def _blocks(held: bytes) -> str:
    found = re.findall(rb"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----", held)
    return "\n".join(block.decode("ascii") for block in found)


def _same(file: str, other: str) -> bool:
    """Whether both are one file; images for containers often set `SSL_CERT_FILE` to the system's own: 20 ms less."""
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


def _found(environ: Mapping[str, str] | None) -> tuple[str, str]:
    """`SSL_CERT_FILE` and `SSL_CERT_DIR`, in a frame that raises nothing and so shows no environment."""
    environ = os.environ if environ is None else environ
    return environ.get("SSL_CERT_FILE", ""), environ.get("SSL_CERT_DIR", "")


def _reason(error: Exception) -> str:
    return getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__


# -- who has issued what is not trusted


def _tell_issuers(context: ssl.SSLContext) -> None:
    """Have a refused certificate's issuer noted on the error, as its `issuer`.

    The handshake is the only place where the refused certificate can be seen without a second connection, and that
    one would have to trust everything.
    """
    wrap = context.wrap_bio

    def wrap_bio(*arguments: Any, **named: Any) -> ssl.SSLObject:  # noqa: ANN401 - what asyncio or anyio hand in
        made = wrap(*arguments, **named)
        shake = made.do_handshake

        def do_handshake() -> None:
            try:
                shake()
            except ssl.SSLCertVerificationError as error:
                error.issuer = _issuer(made)  # type: ignore[attr-defined]
                raise

        made.do_handshake = do_handshake  # type: ignore[method-assign]
        return made

    context.wrap_bio = wrap_bio  # type: ignore[method-assign]


def _issuer(made: ssl.SSLObject) -> str:
    """Who issued the server's own certificate; empty if it cannot be told. Untrusted text, cleaned."""
    from cryptography import x509  # noqa: PLC0415 - only when a certificate was refused

    seen = made if hasattr(made, "get_unverified_chain") else getattr(made, "_sslobj", None)  # public from 3.13 on
    try:
        first = seen.get_unverified_chain()[0]  # type: ignore[union-attr]
        der = first if isinstance(first, bytes) else first.public_bytes(2)  # 2: DER
        names = x509.load_der_x509_certificate(der).issuer
    except (AttributeError, LookupError, TypeError, ValueError):
        return ""
    for kind in (x509.NameOID.ORGANIZATION_NAME, x509.NameOID.COMMON_NAME):
        for name in names.get_attributes_for_oid(kind):
            told = clean(str(name.value)).strip()[:80]
            if told:
                return told
    return ""
