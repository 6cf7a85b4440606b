"""An outbox: a folder on this machine that takes notices as mails, for trying the rules and for the demo org."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui.desk.connectors.secrets import Secret
from tui.desk.connectors.settings import places
from tui.desk.files.private import FileTrouble, create_private, read_private
from tui.desk.notices.address import unfit
from tui.desk.notices.mail import MailChannel
from tui.desk.notices.notice import Delivery, Fate

if TYPE_CHECKING:
    from datetime import datetime

    from tui.desk.notices.notice import Message
    from tui.desk.notices.rules import NoticeWay

LARGEST: Final = 256 * 1024
"""Bytes of a mail that is read back."""


class OutboxChannel:
    """Writes each notice into a file of the folder, readable by this user alone. Nothing leaves the machine.

    Args:
        way: The way; its folder, or else the folder `outbox` where keydesk keeps the ledger of the demo org.
    """

    def __init__(self, way: NoticeWay) -> None:
        self.name = way.name
        self._folder = folder(way)
        self._mail = MailChannel(way, Secret(""))

    async def check(self) -> Delivery:
        """Tell where the folder is; it is made with the first notice."""
        return Delivery(Fate.SENT, f"the folder is {self._folder}")

    async def send(self, message: Message, *, key: str = "", at: datetime | None = None) -> Delivery:
        """Write one message, once. Never raises for what the disk does."""
        if why := unfit(message.to):
            return Delivery(Fate.REFUSED, why)
        try:
            text = self._mail.compose(message, key=key, at=at).as_bytes().decode("utf-8", "replace")
        except Exception as error:  # noqa: BLE001 - the library fails in many ways over odd texts
            return Delivery(Fate.REFUSED, f"no mail can be made of it ({type(error).__name__})")
        try:
            await asyncio.to_thread(create_private, self._folder / file_name(key), text)
        except FileExistsError:
            return Delivery(Fate.SENT, "in the outbox already")
        except FileTrouble as trouble:
            return Delivery(Fate.LATER, f"{trouble.title} {trouble.detail}".strip(), everything=True)
        return Delivery(Fate.SENT, "in the outbox")

    async def aclose(self) -> None:
        """Close nothing: a folder has no connection."""


def folder(way: NoticeWay) -> Path:
    """Return the folder of a way of the kind `outbox`."""
    return Path(way.folder).expanduser() if way.folder else places(demo=True).state / "outbox"


def file_name(key: str) -> str:
    """Return the name of a notice's file, by the key under which the ledger knows it without its number of tries."""
    return f"{sha256(key.encode()).hexdigest()[:32]}.eml"


def find(way: NoticeWay, notice: str) -> tuple[Path, str] | None:
    """Return the file and the text of a notice that an outbox took; `None` where it is not there any more.

    Args:
        way: The way.
        notice: The notice as the ledger names it: its key and the number of the try.

    Raises:
        FileTrouble: The file is there and cannot be read.
    """
    path = folder(way) / file_name(notice.rpartition("#")[0])
    return (path, read_private(path, LARGEST)) if path.is_file() else None
