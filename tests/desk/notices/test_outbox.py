"""An outbox takes each notice once, as a mail that only this user can read, and sends nothing."""

from __future__ import annotations

import os
import stat
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tui.desk.notices.notice import Fate, Message
from tui.desk.notices.outbox import OutboxChannel, file_name, find, folder
from tui.desk.notices.rules import DEMO

if TYPE_CHECKING:
    from pathlib import Path

    from tui.desk.notices.rules import NoticeWay

ANN = Message("ann@example.com", "Your account was unlocked", "Hello Ann,\n\nüber", "en")


@pytest.fixture
def way(tmp_path: Path) -> NoticeWay:
    return replace(DEMO.ways["outbox"], folder=str(tmp_path / "out"))


async def test_a_notice_becomes_a_private_file_once(way: NoticeWay, tmp_path: Path) -> None:
    channel = OutboxChannel(way)
    assert (await channel.check()).fate is Fate.SENT
    first = await channel.send(ANN, key="k/1")
    again = await channel.send(replace(ANN, body="another"), key="k/1")
    assert (first.fate, first.detail) == (Fate.SENT, "in the outbox")
    assert again.detail == "in the outbox already"
    (path,) = (tmp_path / "out").iterdir()
    assert path.name == file_name("k/1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    mail = message_from_bytes(path.read_bytes(), policy=default)
    assert (mail["To"], mail["Subject"]) == ("ann@example.com", ANN.subject)
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip().replace("\r\n", "\n") == ANN.body


async def test_it_is_found_by_what_the_ledger_says(way: NoticeWay) -> None:
    assert find(way, "k/1#1") is None
    await OutboxChannel(way).send(ANN, key="k/1")
    found = find(way, "k/1#1")
    assert found is not None
    assert "Hello Ann" in found[1]


async def test_what_is_no_address_or_no_folder_is_said(way: NoticeWay, tmp_path: Path) -> None:
    assert (await OutboxChannel(way).send(replace(ANN, to="no address"), key="k")).fate is Fate.REFUSED
    (tmp_path / "out").write_text("a file")
    answer = await OutboxChannel(way).send(ANN, key="k")
    assert (answer.fate, answer.everything) == (Fate.LATER, True)


def test_the_demo_orgs_outbox_lies_with_the_demo_orgs_ledger(home: Path) -> None:
    assert folder(DEMO.ways["outbox"]) == home / "demo" / "outbox"


@pytest.mark.parametrize("key", ["../../etc/passwd", "a/b\x00c", "x" * 5000, os.sep])
def test_no_key_leads_out_of_the_folder(key: str) -> None:
    assert file_name(key).isalnum() or file_name(key).removesuffix(".eml").isalnum()
