"""What is trusted: the system's store, the company's certificates beside it, and never nothing at all."""

from __future__ import annotations

import ast
import os
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import certifi
import pytest
import truststore

import tui
from tests.okta.tls import bundle, leaf, made, root
from tui.okta import trust
from tui.okta.errors import NotReached, TlsFailed
from tui.okta.network import AS_FOUND, Network
from tui.okta.network_errors import BadBundle
from tui.okta.trust import Store, empty_context, trusting_context
from tui.okta.wire import wire
from tui.trouble import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

SYSTEM = made("System Root", ca=True)
OTHER = made("Other Root", ca=True)
NOWHERE = "/nowhere/at/all.pem"
SOURCES = ["ca_bundle", "SSL_CERT_FILE"]


# What `openssl x509 -hash` says of the name of the tests' CA.
ROOT_HASH = "07aac2d3.0"


def context_of(
    tmp_path: Path, ca_bundle: str = "", environ: Mapping[str, str] | None = None, platform: str = "linux"
) -> ssl.SSLContext:
    store = Store(bundle(tmp_path, SYSTEM, name="system.pem"), "")
    return trusting_context(ca_bundle, environ=environ or {}, platform=platform, store=store)


def trusted(context: ssl.SSLContext) -> set[bytes]:
    return set(context.get_ca_certs(binary_form=True))


def handshake(client: ssl.SSLContext, folder: Path) -> str:
    """Speak TLS with a server of the company's CA in memory; what was wrong with its certificate, if anything."""
    pair = leaf()
    path = folder / "server-of-the-handshake.pem"
    path.write_bytes(pair.private + pair.pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(there, back, server_hostname="localhost"),
        server.wrap_bio(back, there, server_side=True),
    )
    for _ in range(10):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError as error:
                return error.verify_message
    return "" if ends[0].version() else "it came to no end"


def refusal(path: str, source: str) -> BadBundle:
    network, environ = (AS_FOUND, {source: path}) if source == "SSL_CERT_FILE" else (Network(ca_bundle=path), {})
    with pytest.raises(BadBundle) as caught:
        wire(secure=True, network=network, environ=environ)
    failure = caught.value
    assert isinstance(failure, BadInput)
    assert isinstance(failure, TlsFailed)
    assert (failure.field, failure.sent) == ("ca_bundle", False)
    assert failure.__cause__ is failure.__context__ is None
    assert str(failure).isprintable()
    return failure


def test_the_systems_store_alone_is_trusted_as_found(tmp_path: Path) -> None:
    assert trusted(context_of(tmp_path)) == {SYSTEM.der}


def test_a_connectors_bundle_is_trusted_beside_the_systems_store(tmp_path: Path) -> None:
    environ = {"SSL_CERT_FILE": bundle(tmp_path, OTHER, name="other.pem")}
    assert trusted(context_of(tmp_path, bundle(tmp_path), environ)) == {SYSTEM.der, root().der}


def test_ssl_cert_file_is_trusted_beside_the_systems_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bundle(tmp_path, root(), OTHER)
    assert trusted(context_of(tmp_path, environ={"SSL_CERT_FILE": path})) == {SYSTEM.der, root().der, OTHER.der}
    monkeypatch.setenv("SSL_CERT_FILE", path)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    context = trusting_context(store=Store(bundle(tmp_path, SYSTEM, name="system.pem"), ""), platform="linux")
    assert trusted(context) == {SYSTEM.der, root().der, OTHER.der}


def test_ssl_cert_file_that_is_the_systems_own_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(trust, "add_bundle", lambda _context, path, _source: read.append(path))
    link = tmp_path / "link.pem"
    link.symlink_to(tmp_path / "system.pem")
    assert trusted(context_of(tmp_path, environ={"SSL_CERT_FILE": str(link)})) == {SYSTEM.der}
    context_of(tmp_path, environ={"SSL_CERT_FILE": NOWHERE})
    assert read == [NOWHERE]


def test_variables_of_other_programs_are_not_heeded(tmp_path: Path) -> None:
    environ = dict.fromkeys(["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE"], bundle(tmp_path))
    assert trusted(context_of(tmp_path, environ=environ)) == {SYSTEM.der}


def test_a_machine_without_a_store_falls_back_to_certifi() -> None:
    expected = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    expected.load_verify_locations(certifi.where())
    assert trusted(trusting_context(environ={}, platform="linux", store=Store("", ""))) == trusted(expected)


def test_this_machines_store_is_found_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    before = trust.system_store()
    monkeypatch.setenv("SSL_CERT_FILE", NOWHERE)
    monkeypatch.setenv("SSL_CERT_DIR", "/nowhere")
    assert trust.system_store() == before
    assert not before.file or Path(before.file).is_file()
    assert not before.folder or any(Path(before.folder).glob("*.0"))


def test_a_systems_store_that_is_damaged_is_told(tmp_path: Path) -> None:
    path = tmp_path / "system.pem"
    path.write_text("nothing")
    with pytest.raises(BadBundle, match="operating system's trust store"):
        trusting_context(environ={}, platform="linux", store=Store(str(path), ""))


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_where_the_system_can_be_asked_it_is_asked(platform: str) -> None:
    assert type(trusting_context(environ={}, platform=platform)) is truststore.SSLContext


@pytest.mark.parametrize("platform", ["linux", "freebsd14", "darwin", "win32"])
def test_every_context_checks_certificates_and_names(platform: str, tmp_path: Path) -> None:
    context = context_of(tmp_path, bundle(tmp_path), platform=platform)
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_on_linux_the_store_is_read_once_and_not_per_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = context_of(tmp_path)
    assert type(context) is ssl.SSLContext  # what anyio wraps without a thread
    (tmp_path / "system.pem").unlink()
    for _ in range(2):
        context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="acme.okta.com")
    assert trusted(context) == {SYSTEM.der}


def test_the_plain_loopback_loads_nothing_and_trusts_nothing() -> None:
    context = empty_context()
    assert (trusted(context), context.verify_mode) == (set(), ssl.CERT_REQUIRED)
    environ = {"SSL_CERT_FILE": NOWHERE, "HTTPS_PROXY": "nonsense://", "HTTP_PROXY": "nonsense://"}
    wire(secure=False, network=Network("nonsense://", NOWHERE), environ=environ)


def test_no_code_switches_checks_off() -> None:
    found = []
    for path in Path(tui.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Attribute(attr="CERT_NONE" | "CERT_OPTIONAL" | "_create_unverified_context"):
                    found.append((path.name, node.lineno))
                case ast.keyword(arg="verify" | "check_hostname", value=ast.Constant(value=False | None)):
                    found.append((path.name, node.value.lineno))
                case ast.Assign(targets=[ast.Attribute(attr="check_hostname" | "verify_mode")]):
                    found.append((path.name, node.lineno))
    assert found == []


# -- bundles that are none


@pytest.mark.parametrize("source", SOURCES)
def test_a_bundle_that_is_missing_is_named(source: str) -> None:
    failure = refusal(NOWHERE, source)
    assert failure.title == f"The CA bundle {NOWHERE} cannot be read"
    assert failure.advice.startswith("No such file or directory")
    assert source in failure.advice


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("held", "words"),
    [
        (b"", "The file is empty"),
        (b" \n", "The file is empty"),
        (b"<html>sign in</html>", "-----BEGIN CERTIFICATE-----"),
        (root().der, "openssl x509 -inform der"),
        (root().private, "It is a private key"),
    ],
    ids=["empty", "blank", "html", "der", "key"],
)
def test_a_bundle_without_certificates_says_what_it_is(held: bytes, words: str, source: str, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(held)
    failure = refusal(str(path), source)
    assert failure.title == f"{path} holds no certificates"
    assert words in failure.advice


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
def test_a_damaged_bundle_is_told(mark: bytes, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(mark + root().pem.replace(b"MII", b"MIX", 1))
    assert refusal(str(path), "ca_bundle").title == f"The certificates in {path} are damaged"


def test_a_folder_is_no_bundle(tmp_path: Path) -> None:
    assert "It is a folder: correct" in refusal(str(tmp_path), "ca_bundle").advice


@pytest.mark.parametrize("path", ["/nowhere/\x1b[31m.pem", "/nowhere/\x00.pem", "/nowhere/" + "x" * 5000])
def test_an_odd_path_is_shown_harmlessly(path: str) -> None:
    assert len(refusal(path, "ca_bundle").title) < 300


def test_a_bundle_in_the_home_folder_may_be_written_with_a_tilde(tmp_path: Path, home: Path) -> None:
    bundle(home.parent)
    assert trusted(context_of(tmp_path, "~/ca.pem")) == {SYSTEM.der, root().der}


def test_a_byte_order_mark_does_not_cost_the_first_certificate(tmp_path: Path) -> None:
    path = tmp_path / "windows.pem"
    pem = "# Société\n".encode() + root().pem + OTHER.pem
    path.write_bytes(b"\xef\xbb\xbf" + pem.replace(b"\n", b"\r\n"))
    assert trusted(context_of(tmp_path, str(path))) == {SYSTEM.der, root().der, OTHER.der}


def test_a_folder_of_certificates_is_trusted_beside(tmp_path: Path) -> None:
    folder = tmp_path / "certs"
    folder.mkdir()
    environ = {"SSL_CERT_DIR": f"{folder}{os.pathsep}{tmp_path}"}
    assert trusted(context_of(tmp_path, environ=environ)) == {SYSTEM.der}
    assert "unable to get local issuer" in handshake(context_of(tmp_path, environ=environ), tmp_path)
    (folder / ROOT_HASH).write_bytes(root().pem)  # such a folder is looked into when a certificate comes
    assert handshake(context_of(tmp_path, environ=environ), tmp_path) == ""
    with pytest.raises(BadBundle, match="There is no folder /nowhere") as caught:
        context_of(tmp_path, environ={"SSL_CERT_DIR": f"{folder}{os.pathsep}/nowhere"})
    assert "SSL_CERT_DIR" in caught.value.advice
    assert isinstance(caught.value, NotReached)


def test_a_server_certificate_of_its_own_may_be_the_bundle(tmp_path: Path) -> None:
    assert context_of(tmp_path, bundle(tmp_path, leaf())).verify_flags & ssl.VERIFY_X509_PARTIAL_CHAIN
