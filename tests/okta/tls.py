"""Certificates made for a test, an Okta that speaks TLS, and a CONNECT proxy: all on the loopback."""

from __future__ import annotations

import asyncio
import functools
import ssl
import tempfile
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HOST = "acme.okta.test"
GOOD = b'HTTP/1.1 200 OK\r\nX-Okta-Request-Id: r1\r\nContent-Length: 12\r\n\r\n{"id":"00u"}'
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Pair:
    """A key and its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def private(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def made(
    name: str = HOST,
    organization: str = "",
    *,
    by: Pair | None = None,
    ca: bool = False,
    names: tuple[str, ...] = (HOST, "localhost", "127.0.0.1"),
    starts: timedelta = -DAY,
    ends: timedelta = DAY,
) -> Pair:
    """A certificate; without `by` it vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]
        + ([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, organization)] if organization else [])
    )
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + starts)
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        builder = builder.add_extension(x509.SubjectAlternativeName([_general(one) for one in names]), critical=False)
    return Pair(key, builder.sign(by.key if by else key, hashes.SHA256()))


def _general(name: str) -> x509.GeneralName:
    with suppress(ValueError):
        return x509.IPAddress(ip_address(name))
    return x509.DNSName(name)


@functools.cache
def root() -> Pair:
    """The company's own CA, as an inspecting proxy has one."""
    return made("Zscaler Root CA", "Zscaler Inc.", ca=True)


@functools.cache
def leaf() -> Pair:
    return made(by=root())


def bundle(folder: Path, *pairs: Pair, name: str = "ca.pem") -> str:
    """A PEM file of certificates; the company's CA if none are given."""
    path = folder / name
    path.write_bytes(b"".join(pair.pem for pair in pairs or (root(),)))
    return str(path)


def serving(pair: Pair) -> ssl.SSLContext:
    """A server's context."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "server.pem"
        path.write_bytes(pair.private + pair.pem)
        context.load_cert_chain(path)
    return context


@dataclass
class Peer:
    """What listens on the loopback and remembers what it was sent."""

    port: int = 0
    connections: int = 0
    heads: list[str] = field(default_factory=list, repr=False)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            await self.talk(reader, writer)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def head(self, reader: asyncio.StreamReader) -> str:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        self.heads.append(head)
        return head

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError

    @property
    def lines(self) -> list[str]:
        return [head.partition("\r\n")[0] for head in self.heads]


@dataclass
class Okta(Peer):
    """Answers every request alike; an empty answer breaks off."""

    answer: bytes = GOOD

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await self.head(reader)
            length = next((line[16:] for line in head.splitlines() if line.lower().startswith("content-length: ")), "0")
            await reader.readexactly(int(length))
            if not self.answer:
                return
            writer.write(self.answer)
            await writer.drain()


@dataclass
class ConnectProxy(Peer):
    """Leads every CONNECT to one port, or answers what it is told to."""

    leads_to: int = 0
    answer: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n"
    silent: bool = False

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.head(reader)
        if self.silent:
            await reader.read()
            return
        writer.write(self.answer)
        await writer.drain()
        if self.leads_to and self.answer.startswith(b"HTTP/1.1 200"):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.leads_to)
            try:
                await asyncio.gather(pour(reader, far_writer), pour(far_reader, writer))
            finally:
                far_writer.close()


async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def listening(peer: Peer, context: ssl.SSLContext | None = None) -> AsyncIterator[None]:
    listener = await asyncio.start_server(peer.serve, "127.0.0.1", 0, ssl=context)
    peer.port = listener.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        listener.close()
        await asyncio.wait_for(asyncio.gather(*peer.tasks), 10)
        await listener.wait_closed()
