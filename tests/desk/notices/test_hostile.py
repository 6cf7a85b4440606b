"""People's fields that try something with a notice: headers, receivers, words that look like an answer, odd domains."""

from __future__ import annotations

import base64
import re
from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.notices.mail_server import mail_server
from tests.desk.notices.test_channels import ANN, hook, mail
from tui.desk.connectors.secrets import Secret
from tui.desk.connectors.settings import BadSettings
from tui.desk.notices.address import to_wire, unfit
from tui.desk.notices.apprise import AppriseChannel
from tui.desk.notices.mail import MailChannel, _is_whole
from tui.desk.notices.notice import Fate, Message
from tui.desk.notices.rules import NoticeWay, load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desk.notices.mail_server import MailServer
    from tests.desk.notices.web_hook import WebHook

__all__ = ["hook"]

WORD = "=?utf-8?b?" + base64.b64encode(b"a\r\nSubject: pay now\r\nX:").decode() + "?="
ODD = st.text(st.sampled_from("=?utf-8bqQB_0DA \r\n\x00\x1b\u202e:@.,<>é漢aZ"), max_size=60)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path) as made:
        yield made


def chat(url: str, secret: str = "") -> AppriseChannel:
    return AppriseChannel(NoticeWay("chat", "apprise", url=url), Secret(secret))


def to(login: str, body: str = "Hello") -> Message:
    return Message("", "Your account was locked", body, "en", {"login": login, "first_name": login})


async def test_an_encoded_word_in_an_address_never_leaves(server: MailServer) -> None:
    channel = mail(server)
    for address in (f"{WORD}@example.com", "=?utf-8?q?=40=2C?=a@example.com"):
        assert (await channel.send(Message(address, "x", "y", "en"))).fate is Fate.REFUSED
    await channel.aclose()
    assert server.raw == []


async def test_an_encoded_word_in_a_subject_stays_text(server: MailServer) -> None:
    channel = mail(server)
    await channel.send(Message("ann@example.com", f"Hello {WORD}", "y", "en"))
    await channel.aclose()
    (raw,) = server.raw
    assert message_from_bytes(raw).get_all("Subject") is not None
    assert len(message_from_bytes(raw).get_all("Subject") or ()) == 1
    assert b"pay now" not in raw


@given(ODD, ODD, ODD)
def test_whatever_people_are_called_a_mail_has_the_headers_that_were_set(local: str, subject: str, sender: str) -> None:
    address = f"{local}@example.com"
    if unfit(address):
        address = "ann@example.com"
    way = NoticeWay("mail", "mail", "h", 25, "none", sender="it@example.com", sender_name=sender)
    raw = MailChannel(way, Secret("")).compose(Message(address, subject, "y", "en")).as_bytes()
    assert _is_whole(raw)
    assert not re.search(rb"[\x00\x1b]", raw)


def test_a_header_of_its_own_is_seen() -> None:
    assert _is_whole(b"From: a\r\nTo: b\r\n\r\nBcc: c")
    assert not _is_whole(b"From: a\r\nTo: b\r\nBcc: c\r\n\r\n")
    assert not _is_whole(b"From: a\r\nTo: b\r\nTo: c\r\n\r\n")


async def test_letters_in_a_domain_need_nothing_of_the_server(server: MailServer) -> None:
    channel = mail(server)
    delivery = await channel.send(Message("ann@bücher.example", "x", "y", "en"))
    await channel.aclose()
    assert delivery.fate is Fate.SENT
    assert server.mails[0]["To"] == "ann@xn--bcher-kva.example"
    assert to_wire("ann@straße.example") == "ann@xn--strae-oqa.example"  # and not strasse.example, who is another


async def test_a_server_that_relays_for_nobody_is_the_server_s_fault(server: MailServer) -> None:
    server.become("no-relay")
    channel = mail(server)
    found = [await channel.send(ANN) for _ in range(3)]
    assert [one.fate for one in found] == [Fate.LATER] * 3
    assert [one.everything for one in found] == [False, False, True]
    server.become("")
    assert (await channel.send(ANN)).fate is Fate.SENT
    await channel.aclose()


async def test_certificates_that_cannot_be_read_are_told_and_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent/bundle.pem")
    way = NoticeWay("mail", "mail", "localhost", 1, "starttls", sender="it@example.com")
    delivery = await MailChannel(way, Secret("")).send(ANN)
    assert (delivery.fate, delivery.everything) == (Fate.LATER, True)


@pytest.mark.parametrize("login", ["ann@x.com,evil@y.com", "ann@x.com evil@y.com", "ann;evil", "", ".", "..", "a\nb"])
async def test_no_field_adds_a_receiver_or_another_path(server: MailServer, hook: WebHook, login: str) -> None:
    for url in (
        f"mailto://127.0.0.1:{server.port}?from=it@x.com&to={{login}}",
        f"mailto://127.0.0.1:{server.port}/{{login}}?from=it@x.com",
        f"json://127.0.0.1:{hook.port}/hooks/{{first_name}}/{{login}}",
    ):
        assert (await chat(url).send(to(login))).fate is Fate.REFUSED
    assert (server.raw, hook.posts) == ([], [])


async def test_one_receiver_who_is_unknown_does_not_stop_the_others(hook: WebHook) -> None:
    hook.become(404)
    found = await chat(f"json://127.0.0.1:{hook.port}/u/{{login}}").send(to("ann"))
    assert (found.fate, found.everything) == (Fate.LATER, False)


@pytest.mark.parametrize("words", ["error=404", "error=404.", "Connection refused", "(Caused by NewConnectionError("])
async def test_a_person_s_text_does_not_say_what_came_of_it(hook: WebHook, words: str) -> None:
    hook.become(500)
    found = await chat(f"json://127.0.0.1:{hook.port}/u/{{login}}").send(to("ann", f"Hello {words}"))
    assert (found.fate, len(hook.posts)) == (Fate.UNKNOWN, 1)


def test_with_several_receivers_a_no_may_be_a_yes_of_one() -> None:
    said = ["Failed to send Slack notification: Not found, error=404."]
    channel = chat("slack://x")
    assert channel._failure(said, alone=True).fate is Fate.LATER
    assert channel._failure(said, alone=False).fate is Fate.UNKNOWN


async def test_what_apprise_logs_goes_nowhere(hook: WebHook, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await chat(f"json://127.0.0.1:{hook.port}/{{secret}}", "zzyzx-secret").send(to("ann"))
    assert "POST" not in [record.getMessage()[:4] for record in caplog.records if record.name == "apprise"]
    assert not any("zzyzx" in record.getMessage() for record in caplog.records if record.name == "apprise")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[way.x]\nkind = "apprise"\nurl = "json://h/{logn}"\n', "way.x.url"),
        ('[notices]\nquiet = ["20:00Z", "07:00"]\n', "quiet"),
    ],
)
def test_rules_that_would_fail_later_fail_at_once(tmp_path: Path, text: str, key: str) -> None:
    path = tmp_path / "notices.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadSettings) as raised:
        load(path)
    assert key in str(raised.value.title) + str(raised.value.advice)
