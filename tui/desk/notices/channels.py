"""Makes the channel that sends, from a way as the file describes it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.desk.connectors import secrets
from tui.desk.notices.apprise import AppriseChannel
from tui.desk.notices.mail import MailChannel
from tui.desk.notices.outbox import OutboxChannel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.notices.notice import Channel, Delivery
    from tui.desk.notices.rules import NoticeWay


async def open_channel(way: NoticeWay, environ: Mapping[str, str] | None = None) -> Channel:
    """The channel for a way, with its secret; it connects when it first sends.

    Raises:
        NoSecret: The secret is not where the rules say.
        FileTrouble: The secret's file cannot be read, or others can read it.
    """
    secret = secrets.Secret("")
    if way.secret is not None:
        secret = await asyncio.to_thread(secrets.fetch, way.secret, environ)
    if way.kind == "outbox":
        return OutboxChannel(way)
    return MailChannel(way, secret) if way.kind == "mail" else AppriseChannel(way, secret)


async def check(way: NoticeWay, environ: Mapping[str, str] | None = None) -> Delivery:
    """Whether a way works, without sending anything.

    Raises:
        NoSecret: The secret is not where the rules say.
        FileTrouble: Its file cannot be read, or others can read it.
    """
    channel = await open_channel(way, environ)
    try:
        return await channel.check()
    finally:
        await channel.aclose()
