"""A real TLS server on the loopback: what an agent is told when its certificate or its handshake is not right."""

from __future__ import annotations

import errno
import socket
import ssl
import sys
import warnings
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.okta.support import ALL_ENDPOINTS, TOKEN, UNLOCK, USER, approved
from tests.okta.tls import DAY, ConnectProxy, Okta, bundle, leaf, listening, made, root, serving
from tui.okta.auth import ApiToken
from tui.okta.client import OktaClient
from tui.okta.errors import NotReached, TlsFailed
from tui.okta.network import Network
from tui.okta.network_errors import ProxyNotReached, UnknownIssuer
from tui.okta.policy import Mode, Policy
from tui.okta.proxy import Proxy
from tui.okta.trust import trusting_context
from tui.okta.unreached import ConnectionStage, connection_failure
from tui.okta.wire import wire

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.conftest import FakeClock
    from tests.okta.tls import Pair, Peer

HOST = "acme.okta.com"
PROXY = Proxy("http", "proxy.acme.example", 8080, "HTTPS_PROXY")


@asynccontextmanager
async def facing(
    peer: Peer, context: ssl.SSLContext | None, clock: FakeClock, ca_bundle: str, *, host: str = "localhost"
) -> AsyncIterator[OktaClient]:
    async with listening(peer, context):
        origin = f"https://{host}:{peer.port}"
        transport = wire(secure=True, network=Network(ca_bundle=ca_bundle), host=host, environ={})
        client = OktaClient(
            Policy(origin, Mode.READ_WRITE, endpoints=ALL_ENDPOINTS), ApiToken(TOKEN), clock=clock, transport=transport
        )
        try:
            yield client
        finally:
            await client.aclose()


async def refusal(peer: Peer, context: ssl.SSLContext | None, clock: FakeClock, ca_bundle: str) -> NotReached:
    """What a change is told, which certainly was not sent."""
    async with facing(peer, context, clock, ca_bundle) as client:
        with pytest.raises(NotReached) as caught:
            await client.send(UNLOCK, approval=approved(UNLOCK))
    failure = caught.value
    assert peer.heads == []
    assert not failure.sent
    assert "Nothing was sent" in failure.advice
    assert failure.__cause__ is failure.__context__ is None
    assert str(failure).isprintable()
    assert failure.request_id
    return failure


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_certificate_of_the_companys_ca_is_trusted(host: str, clock: FakeClock, tmp_path: Path) -> None:
    okta = Okta()
    async with facing(okta, serving(leaf()), clock, bundle(tmp_path), host=host) as client:
        await client.send(USER)
        await client.send(UNLOCK, approval=approved(UNLOCK))
    assert (okta.connections, len(okta.heads)) == (1, 2)


async def test_the_systems_own_check_is_in_use_where_there_is_one(
    clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.okta.wire.trusting_context", lambda *a, **k: trusting_context(*a, **k, platform="darwin"))
    if sys.platform == "win32":
        pytest.skip("the loopback's certificate would be looked up online")
    okta = Okta()
    async with facing(okta, serving(leaf()), clock, bundle(tmp_path)) as client:
        await client.send(USER)
    assert len(okta.heads) == 1
    failure = await refusal(Okta(), serving(made(by=made("Else", "Elsewhere", ca=True))), clock, bundle(tmp_path))
    assert isinstance(failure, UnknownIssuer)
    assert sys.platform != "linux" or failure.issuer == "Elsewhere"


async def test_an_unknown_issuer_is_named_with_the_cure(clock: FakeClock, tmp_path: Path) -> None:
    other = bundle(tmp_path, made("Other Root", ca=True))
    okta = Okta()
    failure = await refusal(okta, serving(leaf()), clock, other)
    assert isinstance(failure, UnknownIssuer)
    assert failure.title == (
        f"The certificate of localhost:{okta.port} is issued by Zscaler Inc., which is not trusted here"
    )
    for cure in ("`ca_bundle`", "SSL_CERT_FILE", "system's trust store", "cannot be switched off"):
        assert cure in failure.advice
    assert (failure.field, failure.detail) == ("ca_bundle", "unable to get local issuer certificate")


async def test_an_issuers_name_is_made_harmless(clock: FakeClock, tmp_path: Path) -> None:
    evil = made("\x1b[31mRoot\u202e" + "x" * 40, "Evil\x1b]0;\u2066" + "y" * 50, ca=True)
    failure = await refusal(Okta(), serving(made(by=evil)), clock, bundle(tmp_path))
    assert isinstance(failure, UnknownIssuer)
    assert failure.issuer.startswith("Evil\ufffd]0;\ufffdyyy")
    assert failure.issuer.isprintable()


async def test_an_issuer_without_an_organization_is_named_by_its_common_name(clock: FakeClock, tmp_path: Path) -> None:
    failure = await refusal(Okta(), serving(made(by=made("Corp Root 7", ca=True))), clock, bundle(tmp_path))
    assert isinstance(failure, UnknownIssuer)
    assert failure.issuer == "Corp Root 7"


CERTIFICATES: list[tuple[str, Pair, str, str]] = [
    ("self-signed", made(), "vouches only for itself", "`ca_bundle`"),
    ("expired", made(by=root(), starts=-2 * DAY, ends=-DAY), "has expired", "clock of this machine"),
    ("early", made(by=root(), starts=DAY, ends=2 * DAY), "is not valid yet", "clock of this machine"),
    ("other name", made(by=root(), names=("other.example",)), "is not for localhost", "custom domain"),
]


@pytest.mark.parametrize(
    ("pair", "title", "cure"), [case[1:] for case in CERTIFICATES], ids=[c[0] for c in CERTIFICATES]
)
async def test_a_wrong_certificate_says_what_to_do(
    pair: Pair, title: str, cure: str, clock: FakeClock, tmp_path: Path
) -> None:
    failure = await refusal(Okta(), serving(pair), clock, bundle(tmp_path))
    assert isinstance(failure, TlsFailed)
    assert title in failure.title
    assert cure in failure.advice


async def test_a_read_is_not_tried_again_when_the_certificate_is_wrong(clock: FakeClock, tmp_path: Path) -> None:
    async with facing(Okta(), serving(made()), clock, bundle(tmp_path)) as client:
        with pytest.raises(TlsFailed):
            await client.send(USER)
    assert clock.slept == []


class Says(Okta):
    """Answers a handshake with a few bytes of its own."""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(self.answer)
        await writer.drain()
        await reader.read()


@pytest.mark.parametrize(
    ("answer", "title", "cure"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "answers without encryption", "sign-in page"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "offers no TLS that is safe", "TLS 1.2"),  # alert 70, protocol_version
        (b"\x15\x03\x01\x00\x02\x02\x28", "No secure connection to", "firewall"),  # alert 40, handshake_failure
    ],
    ids=["plain text", "old TLS", "handshake failure"],
)
async def test_a_handshake_that_fails_says_why(
    answer: bytes, title: str, cure: str, clock: FakeClock, tmp_path: Path
) -> None:
    failure = await refusal(Says(answer=answer), None, clock, bundle(tmp_path))
    assert isinstance(failure, TlsFailed)
    assert title in failure.title
    assert cure in failure.advice


def test_a_server_that_only_speaks_tls_of_old_is_refused(tmp_path: Path) -> None:
    old = serving(leaf())
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("DEFAULT@SECLEVEL=0")
    ours = trusting_context(bundle(tmp_path), environ={})
    ours.set_ciphers("DEFAULT@SECLEVEL=0")  # so that nothing but the version is in the way
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ours.wrap_bio(back, there, server_hostname="localhost")
    server = old.wrap_bio(there, back, server_side=True)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    with pytest.raises(ssl.SSLError, match="UNSUPPORTED_PROTOCOL"):
        server.do_handshake()


async def test_a_handshake_that_is_cut_off_is_tried_again_by_a_read(clock: FakeClock, tmp_path: Path) -> None:
    class Firewall(Okta):
        async def talk(self, reader: object, writer: object) -> None:
            await reader.read(1)  # type: ignore[attr-defined]

    failure = await refusal(Firewall(), None, clock, bundle(tmp_path))
    assert not isinstance(failure, TlsFailed)
    assert "broke the handshake off" in failure.title
    firewall = Firewall()
    async with facing(firewall, None, clock, bundle(tmp_path)) as client:
        with pytest.raises(NotReached):
            await client.send(USER)
    assert firewall.connections == 4


async def test_a_handshake_without_an_answer_is_told(clock: FakeClock, tmp_path: Path) -> None:
    silent = ConnectProxy(silent=True)
    async with listening(silent):
        reach = wire(secure=True, network=Network(ca_bundle=bundle(tmp_path)), host="localhost", environ={})
        request = httpx.Request("GET", f"https://localhost:{silent.port}/", extensions={"timeout": {"connect": 0.05}})
        with pytest.raises(NotReached, match="does not answer"):
            await reach.handle_async_request(request)
        await reach.aclose()


# -- what the loopback cannot play


def group(*errors: Exception) -> Exception:
    """As anyio raises it when a name has several addresses."""
    told = OSError("All connection attempts failed")
    told.__cause__ = ExceptionGroup("multiple connection attempts failed", errors)
    return behind(told)


def behind(cause: BaseException, kind: type[httpx.HTTPError] = httpx.ConnectError) -> httpx.HTTPError:
    error = kind(str(cause))
    error.__cause__ = cause
    return error


def verification(message: str, code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, message)
    error.verify_message, error.verify_code = message, code
    return error


WAYS: list[tuple[Exception, str]] = [
    (behind(socket.gaierror(socket.EAI_NONAME, "Name or service not known")), "No address is known for {}"),
    (behind(socket.gaierror(socket.EAI_AGAIN, "Temporary failure")), "{} cannot be looked up"),
    (behind(ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")), "{} refuses the connection"),
    (group(ConnectionRefusedError(111, "refused"), OSError(101, "no")), "{} refuses the connection"),
    (behind(OSError(errno.ENETUNREACH, "Network is unreachable")), "There is no way to {}"),
    (group(OSError(errno.EHOSTUNREACH, "No route"), OSError(errno.EHOSTUNREACH, "No route")), "There is no way to {}"),
    (behind(TimeoutError(), httpx.ConnectTimeout), "{} does not answer"),
    (behind(OSError("odd")), "{} cannot be reached"),
]


@pytest.mark.parametrize(("error", "title"), WAYS, ids=[title for _, title in WAYS])
def test_each_reason_has_words_of_its_own(error: Exception, title: str) -> None:
    direct = connection_failure(error, ConnectionStage.CONNECT, HOST, None)
    assert (type(direct), direct.title) == (NotReached, title.format(HOST))
    assert "HTTPS_PROXY" in direct.advice
    proxied = connection_failure(error, ConnectionStage.CONNECT, HOST, PROXY)
    assert type(proxied) is ProxyNotReached
    whom = "the proxy proxy.acme.example:8080"
    assert proxied.title.lower() == title.format(whom).lower()
    assert "The proxy is set in HTTPS_PROXY" in proxied.advice
    for failure in (direct, proxied):
        assert not failure.sent
        assert "Nothing was sent" in failure.advice


@pytest.mark.parametrize(
    ("message", "code", "title"),
    [
        ("“Zscaler Root CA” certificate is not trusted", -67843, "Nobody vouches for"),
        ("“acme.okta.com” certificate is expired", -67818, "has expired"),
        ("“acme.okta.com” certificate name does not match input", -67602, "is not for"),
        ("A certificate chain processed, but terminated in a root certificate which is not trusted", 0, "Nobody"),
        ("certificate revoked", 23, "is revoked"),
        ("EE certificate key too weak", 66, "is too weak"),
        ("unsuitable certificate purpose", 26, "is not accepted"),
    ],
)
def test_the_words_of_other_systems_are_understood(message: str, code: int, title: str) -> None:
    failure = connection_failure(behind(verification(message, code)), ConnectionStage.TLS, HOST, PROXY)
    assert isinstance(failure, TlsFailed)
    assert title in failure.title
    assert (HOST in failure.title, failure.detail) == (True, message)
    at_proxy = connection_failure(behind(verification(message, code)), ConnectionStage.PROXY_TLS, HOST, PROXY)
    assert PROXY.address in at_proxy.title


def test_an_odd_handshake_is_told_with_its_reason() -> None:
    error = ssl.SSLError(1, "[SSL: TLSV1_ALERT_INTERNAL_ERROR] alert (_ssl.c:1006)")
    error.reason = "TLSV1_ALERT_INTERNAL_ERROR"
    direct = connection_failure(behind(error), ConnectionStage.TLS, HOST, None)
    assert (type(direct), direct.detail) == (TlsFailed, "TLSV1_ALERT_INTERNAL_ERROR")
    assert type(connection_failure(behind(error), ConnectionStage.PROXY_TLS, HOST, PROXY)) is ProxyNotReached


def test_causes_that_lead_in_a_circle_end() -> None:
    error = behind(OSError("odd"))
    assert error.__cause__ is not None
    error.__cause__.__context__ = error
    assert connection_failure(error, ConnectionStage.CONNECT, HOST, None).title == f"{HOST} cannot be reached"
