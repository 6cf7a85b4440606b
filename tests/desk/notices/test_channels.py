"""What a mail server and a web hook, both real, make of a notice; and what comes of it at each step that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.notices.mail_server import mail_server
from tests.desk.notices.web_hook import web_hook
from tests.each import each
from tui.desk.connectors.secrets import Secret
from tui.desk.notices.address import unfit
from tui.desk.notices.apprise import AppriseChannel
from tui.desk.notices.mail import MailChannel
from tui.desk.notices.notice import Fate, Message
from tui.desk.notices.rules import NoticeWay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desk.notices.mail_server import MailServer
    from tests.desk.notices.web_hook import WebHook

ANN = Message("ann@example.com", "Your account was locked", "Hello Ann,\n\nyour account …", "en", {"login": "ann"})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path) as made:
        yield made


@pytest.fixture
def hook(tmp_path: Path) -> Iterator[WebHook]:
    with web_hook(tmp_path) as made:
        yield made


def mail(server: MailServer | int) -> MailChannel:
    port = server if isinstance(server, int) else server.port
    way = NoticeWay("mail", "mail", "127.0.0.1", port, "none", sender="it@example.com", sender_name="IT, help [desk]")
    return MailChannel(way, Secret(""))


async def test_a_mail_arrives_as_plain_text_with_its_headers(server: MailServer) -> None:
    channel = mail(server)
    delivery = await channel.send(ANN, key="k1")
    await channel.aclose()
    assert (delivery.fate, delivery.detail) == (Fate.SENT, "250 queued")
    (got,) = server.mails
    assert (got["To"], got["Subject"], got["Auto-Submitted"]) == ("ann@example.com", ANN.subject, "auto-generated")
    assert got["From"].addresses[0].addr_spec == "it@example.com"
    assert got.get_content_type() == "text/plain"
    assert got.get_content().replace("\r\n", "\n") == ANN.body + "\n"


async def test_the_same_notice_has_the_same_id_and_another_has_another() -> None:
    channel = mail(25)
    ids = [channel.compose(ANN, key=key)["Message-ID"] for key in ("k1", "k1", "k2")]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    ("mode", "fate", "everything", "arrived"),
    [
        ("mail-5xx", Fate.LATER, True, 0),
        ("rcpt-5xx", Fate.REFUSED, False, 0),
        ("rcpt-4xx", Fate.LATER, False, 0),
        ("rcpt-drop", Fate.LATER, True, 0),
        ("data-4xx", Fate.LATER, False, 0),
        ("data-5xx", Fate.REFUSED, False, 0),
        ("answer-lost", Fate.UNKNOWN, False, 1),
    ],
)
async def test_each_step_that_fails(server: MailServer, mode: str, fate: Fate, everything: bool, arrived: int) -> None:
    server.become(mode)
    channel = mail(server)
    delivery = await channel.send(ANN)
    await channel.aclose()
    assert (delivery.fate, delivery.everything, len(server.raw)) == (fate, everything, arrived)


async def test_after_a_refusal_the_next_message_goes_out_on_the_same_connection(server: MailServer) -> None:
    channel = mail(server)
    first = await channel.send(Message("nobody@example.com", "x", "y", "en"))
    second = await channel.send(ANN)
    await channel.aclose()
    assert (first.fate, second.fate, len(server.raw)) == (Fate.REFUSED, Fate.SENT, 1)


async def test_a_server_that_is_down_is_no_way_at_all(server: MailServer) -> None:
    server.stop()
    delivery = await mail(server).send(ANN)
    assert (delivery.fate, delivery.everything) == (Fate.LATER, True)


async def test_a_password_that_a_server_echoes_is_not_told() -> None:
    way = NoticeWay("mail", "mail", "127.0.0.1", 1, "none", user="u", sender="it@example.com")
    channel = MailChannel(way, Secret("zzyzx-secret"))
    assert "zzyzx" not in repr(channel)
    assert "zzyzx" not in channel._words(OSError("bad password zzyzx-secret"))


@pytest.mark.parametrize("to", ["ann@example.com\nBcc: all@example.com", "a@b.example, c@d.example", "ann", ""])
async def test_an_address_that_tries_something_is_never_written_to(server: MailServer, to: str) -> None:
    channel = mail(server)
    delivery = await channel.send(Message(to, "x", "y", "en"))
    await channel.aclose()
    assert (delivery.fate, server.raw) == (Fate.REFUSED, [])


@given(st.text(max_size=30), st.text(max_size=60), st.text(max_size=200))
def test_no_text_becomes_a_header(name: str, subject: str, body: str) -> None:
    way = NoticeWay("mail", "mail", "127.0.0.1", 25, "none", sender="it@example.com", sender_name=name)
    composed = MailChannel(way, Secret("")).compose(Message("ann@example.com", subject, body, "en"))
    head = composed.as_bytes().partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
    names = [line.partition(b":")[0] for line in head.split(b"\r\n")]
    assert sorted(names) == sorted(
        [b"From", b"To", b"Subject", b"Message-ID", b"Auto-Submitted", b"Content-Type", b"Content-Transfer-Encoding",
         b"MIME-Version"]
    )  # fmt: skip


@pytest.mark.parametrize(
    "address",
    [
        "ann.lee@example.com",
        "ann+okta@sub.example.co.uk",
        "o'hara@example.com",
        "j\u00fcrgen@b\u00fccher.example",
        "a@b.example",
    ],
)
def test_addresses_that_are_written_to(address: str) -> None:
    assert unfit(address) == ""


@each(
    "address",
    [
        "", "ann", "ann@", "@example.com", "ann@localhost", "ann lee@example.com", "ann@example.com ",
        '"a b"@example.com',
        "ann@example.com>", "<ann@example.com>", "a@b@example.com", "ann@example..com", ".ann@example.com",
        "ann@[127.0.0.1]", "ann@-x.example", "ann\u202e@example.com", "ann@example.com\r\nTo: b@c.example",
        "a" * 65 + "@example.com", f"a@{'b' * 250}.example",
    ],
)  # fmt: skip
def test_addresses_that_are_not(address: str) -> None:
    assert unfit(address)


@given(st.text(max_size=40))
def test_no_address_that_is_taken_has_a_line_end_or_a_second_receiver(text: str) -> None:
    if not unfit(text):
        assert text.count("@") == 1
        assert text.isprintable()
        assert not set(text) & set(' ,;<>"')


# -- apprise


def chat(hook: WebHook | int, path: str = "/room", secret: str = "") -> AppriseChannel:
    port = hook if isinstance(hook, int) else hook.port
    return AppriseChannel(NoticeWay("chat", "apprise", url=f"json://127.0.0.1:{port}{path}"), Secret(secret))


async def test_a_web_hook_gets_the_text_once(hook: WebHook) -> None:
    delivery = await chat(hook).send(ANN)
    assert delivery.fate is Fate.SENT
    assert len(hook.posts) == 1
    assert "your account" in hook.posts[0]["body"]


@pytest.mark.parametrize(
    ("status", "fate", "everything"), [(403, Fate.LATER, True), (404, Fate.LATER, True), (500, Fate.UNKNOWN, False)]
)
async def test_what_a_web_hook_answers(hook: WebHook, status: int, fate: Fate, everything: bool) -> None:
    hook.become(status)
    delivery = await chat(hook).send(ANN)
    assert (delivery.fate, delivery.everything, len(hook.posts)) == (fate, everything, 1)


async def test_a_web_hook_that_is_not_there_is_certainly_not_told() -> None:
    delivery = await chat(1).send(ANN)
    assert (delivery.fate, delivery.everything) == (Fate.LATER, True)


async def test_a_persons_field_cannot_change_the_address_around_it(hook: WebHook) -> None:
    trick = Message("", "s", "b", "en", {"login": "../../x@evil.example:99/?format=html#"})
    channel = chat(hook, "/people/{login}", secret="zzyzx")
    await channel.send(trick)
    (post,) = hook.posts
    assert post["path"].startswith("/people/")
    assert "/x" not in post["path"].removeprefix("/people/")
    assert "?" not in post["path"]


async def test_a_secret_in_the_address_is_told_nowhere(hook: WebHook, capfd: pytest.CaptureFixture[str]) -> None:
    hook.become(403)
    channel = chat(hook, "/{secret}", secret="zzyzx")
    delivery = await channel.send(ANN)
    assert "zzyzx" not in f"{channel!r} {delivery!r} {capfd.readouterr()}"
    assert hook.posts[0]["path"] == "/zzyzx"
