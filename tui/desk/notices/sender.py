"""The sender of notices: for each occasion it decides, claims it in the ledger, sends, and records the outcome."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from msgspec import Struct

from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.errors import LedgerBusy, LedgerError, OutcomeNotRecorded
from tui.desk.notices.address import unfit
from tui.desk.notices.channels import open_channel
from tui.desk.notices.due import twins_of
from tui.desk.notices.notice import Delivery, Fate, Occasion, Topic
from tui.desk.notices.texts import message
from tui.desk.recording import intent_of
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from tui.desk.ledger.entry import Intent
    from tui.desk.notices.notice import Channel, Message
    from tui.desk.notices.rules import NoticeRules
    from tui.desk.session import Session
    from tui.okta.models import User

HOUR: Final = 3600.0
COUNT_EVERY: Final = 20
"""The messages after which the count of this hour is read from the ledger again, since other watchers send too."""
GRACE: Final = 45.0
"""Seconds that a message under way may still take when keydesk is being stopped."""
RECORDINGS: Final = 12
"""Attempts to record an outcome while another process holds the ledger; each attempt waits for seconds."""
AGAIN: Final = (60.0, 3600.0)
"""Seconds until a message that was certainly not sent is tried again: after the first try, and at most."""
OUTCOMES: Final = {
    Fate.SENT: Outcome.DONE,
    Fate.REFUSED: Outcome.REFUSED,
    Fate.LATER: Outcome.NOT_SENT,
    Fate.UNKNOWN: Outcome.UNKNOWN,
}
TITLES: Final = {
    Topic.LOCKOUT: "Notice: locked out",
    Topic.EXPIRY: "Notice: password expires",
    Topic.UNLOCKED: "Notice: unlocked",
    Topic.RESET: "Notice: password reset",
    Topic.FACTORS: "Notice: factors removed",
    Topic.DIGEST: "Digest for the help desk",
    Topic.ALARM: "Alarm: a caller's push was denied",
    Topic.TEST: "Test notice",
}


class Skip(StrEnum):
    """Why nothing was sent; the value is for people."""

    ALREADY = "told already, or perhaps"
    OFF = "not told by any way"
    QUIET = "held back for the quiet hours"
    CAP = "held back: so many an hour are enough"
    DOWN = "held back: the way does not work now"
    SOON = "held back: tried a moment ago"
    OPTED_OUT = "wants no notices"
    NO_ADDRESS = "has no address that can be written to"
    DEMO = "made-up people: the demo org writes only to a server on this machine"
    OKTA_MAILS = "Okta mails lockouts itself"


HELD: Final = frozenset({Skip.QUIET, Skip.CAP, Skip.DOWN, Skip.SOON})
"""The reasons that pass: the next round tries again."""


class NoticeLine(Struct, frozen=True):
    """The result for one occasion.

    Attributes:
        occasion: What the notice is about.
        way: The way that the rules name; empty for none.
        to: The address; empty for ways that know their receiver.
        skip: Why nothing was sent; `None` where a message was sent, or would be.
        delivery: The result of sending; `None` where nothing was sent.
        entry: The number of the ledger entry; 0 for none.
        message: The message; `None` where none was made.
    """

    occasion: Occasion
    way: str = ""
    to: str = ""
    skip: Skip | None = None
    delivery: Delivery | None = None
    entry: int = 0
    message: Message | None = None

    @property
    def held(self) -> bool:
        """Whether the next round tries again."""
        return self.skip in HELD or (self.delivery is not None and self.delivery.fate is Fate.LATER)

    @property
    def words(self) -> str:
        """The result in words."""
        if self.delivery is not None:
            return f"{self.delivery.fate.value}{f': {self.delivery.detail}' if self.delivery.detail else ''}"
        return self.skip.value if self.skip else "would be sent"


class Notifier:
    """Sends the notices that are due, by the rules of one connector. It changes nothing in Okta.

    Args:
        session: The org, the ledger and the clock.
        rules: The rules.
        dry: Only make the messages: claim nothing and send nothing.
        environ: The environment in which secrets are looked up.
        on_line: Called with the result for each occasion, as soon as there is one.
    """

    def __init__(
        self,
        session: Session,
        rules: NoticeRules,
        *,
        dry: bool = False,
        environ: Mapping[str, str] | None = None,
        on_line: Callable[[NoticeLine], None] = lambda _: None,
    ) -> None:
        self.session = session
        self.rules = rules
        self.dry = dry
        self._environ = environ
        self._on_line = on_line
        self._channels: dict[str, Channel] = {}
        self._down: set[str] = set()
        self._hour = 0
        self._counted = COUNT_EVERY

    async def round(
        self, occasions: Iterable[Occasion], *, opted_out: Collection[str] = (), fresh: bool = True
    ) -> list[NoticeLine]:
        """Send what is due, one message after the other. A way that does not work is not tried again in this round.

        Args:
            occasions: What is due, in the order of sending.
            opted_out: The ids of people who want no notices.
            fresh: Whether ways that did not work in the round before are tried again.

        Raises:
            LedgerError: Nothing can be recorded, so nothing is sent.
            NoSecret: The secret of a way is not where the rules say.
        """
        if fresh:
            self._down.clear()
        lines = []
        for occasion in occasions:
            line = await self._handle(occasion, opted_out)
            self.report(line)
            lines.append(line)
        return lines

    def report(self, line: NoticeLine) -> None:
        """Hand the result for an occasion to whoever listens."""
        self._on_line(line)

    def way(self, occasion: Occasion) -> str:
        """The way that the rules name for an occasion; empty for none."""
        rules = self.rules
        ways = {
            Topic.LOCKOUT: rules.lockouts,
            Topic.EXPIRY: rules.expiries,
            Topic.DIGEST: rules.digest,
            Topic.ALARM: rules.alarm,
        }
        return ways.get(occasion.topic, "")

    async def reason_to_hold(self, occasion: Occasion, opted_out: Collection[str] = ()) -> Skip | None:
        """Why no notice is sent now, as far as that is known without the person's address; `None` for no reason."""
        way, user = self.way(occasion), occasion.user
        if not way:
            return Skip.OFF
        if self.is_demo(way):
            return Skip.DEMO
        if user is not None and user.id in opted_out:
            return Skip.OPTED_OUT
        skip = await self.already_sent(occasion)
        if skip is None and self.rules.is_quiet(self.session.now()):
            skip = Skip.QUIET
        if skip is None and way in self._down:
            skip = Skip.DOWN
        if skip is None and await self._limit_reached():
            skip = Skip.CAP
        return skip

    async def already_sent(self, occasion: Occasion, way: str = "") -> Skip | None:
        """Whether the ledger says that it was sent, perhaps sent, or tried a moment ago; `None` for none of these.

        Args:
            occasion: What the notice is about.
            way: The way; empty for the one that the rules name.
        """
        key = self.key(occasion, way or self.way(occasion))
        tries = await asyncio.to_thread(self.session.ledger.notices, prefix=f"{key}#")
        if tries:
            newest = tries[0]
            if not newest.unsent:
                return Skip.ALREADY
            if newest.settled:
                return None
            pause = min(AGAIN[1], AGAIN[0] * 2.0 ** (len(tries) - 1))
            age = (self.session.now() - newest.at).total_seconds()
            return Skip.SOON if 0 <= age < pause else None
        twins = twins_of(occasion, key)
        if twins is not None:
            others = await asyncio.to_thread(self.session.ledger.notices, prefix=twins.prefix)
            if any(twins.same(entry) and not entry.unsent for entry in others):
                return Skip.ALREADY
        return None

    async def send(self, occasion: Occasion, way: str, to: str = "") -> NoticeLine:
        """Send one notice by hand, also where the rules would hold it back, but never one that was sent before.

        Raises:
            LedgerError: It cannot be recorded, so it is not sent.
            NoSecret: The secret of the way is not where the rules say.
        """
        if self.is_demo(way):
            return NoticeLine(occasion, way, skip=Skip.DEMO)
        return await self._send_once(occasion, way, to or self.address(occasion.user))

    async def send_test(self, to: str) -> list[NoticeLine]:
        """Send a test by every way: to this address, or to wherever the way leads by itself.

        Raises:
            LedgerError: It cannot be recorded, so it is not sent.
            NoSecret: A way's secret is not where the rules say.
        """
        at = self.session.now()
        occasion = Occasion(Topic.TEST, f"test/{at.timestamp():.0f}", at)
        return [await self.send(occasion, way, to) for way in self.rules.ways]

    def address(self, user: User | None) -> str:
        """The address of a person, or of the digest; empty where there is none that can be written to."""
        if user is None:
            return self.rules.digest_to
        candidates = (user.email, user.text("secondEmail") if self.rules.second_email else "")
        return next((address for address in candidates if not unfit(address)), "")

    def is_demo(self, way: str) -> bool:
        """Whether a message for made-up people would go to a real server."""
        return self.session.connector.made_up and not self.rules.ways[way].stays_here

    def key(self, occasion: Occasion, way: str) -> str:
        """The key by which the ledger knows the notice again: the org, the occasion and the way."""
        about = quote(f"{self.session.connector.org.host}/{occasion.key}", safe="@._:/+-")
        return f"{about}/{quote(way, safe='')}"

    async def aclose(self) -> None:
        """Close all connections."""
        for channel in self._channels.values():
            await channel.aclose()
        self._channels.clear()

    # -- one occasion, from the decision to the record

    async def _handle(self, occasion: Occasion, opted_out: Collection[str]) -> NoticeLine:
        skip = await self.reason_to_hold(occasion, opted_out)
        way, to = self.way(occasion), self.address(occasion.user)
        if skip is not None:
            return NoticeLine(occasion, way, to, skip)
        if self.rules.ways[way].to_address and not to:
            return NoticeLine(occasion, way, skip=Skip.NO_ADDRESS)
        if self.dry:
            return NoticeLine(occasion, way, to, message=message(occasion, self.rules.wording, to))
        return await self._send_once(occasion, way, to)

    async def _send_once(self, occasion: Occasion, way: str, to: str) -> NoticeLine:
        """Claim, send, record: once begun it is carried through, also where keydesk is being stopped."""
        sending = asyncio.ensure_future(self._claim_and_send(occasion, way, to))
        try:
            return await asyncio.shield(sending)
        except asyncio.CancelledError:
            grace = asyncio.ensure_future(self.session.client.clock.sleep(GRACE))
            await asyncio.wait({sending, grace}, return_when=asyncio.FIRST_COMPLETED)
            grace.cancel()
            sending.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await sending
            raise

    async def _claim_and_send(self, occasion: Occasion, way: str, to: str) -> NoticeLine:
        ledger, key = self.session.ledger, self.key(occasion, way)
        mail = self.rules.ways[way].to_address
        text = message(occasion, self.rules.wording, to if mail else "")
        channel = await self._channel(way)
        intent = self._intent(occasion, way, to if mail else "")
        entry = await asyncio.to_thread(ledger.claim, intent, key, twins_of(occasion, key))
        if entry is None:
            return NoticeLine(occasion, way, to, Skip.ALREADY, message=text)
        self._hour += 1
        self._counted += 1
        try:
            delivery = await channel.send(text, key=key, at=self.session.now())
        except asyncio.CancelledError:
            record = partial(
                ledger.outcome, entry, Outcome.UNKNOWN, detail="keydesk was stopped before the answer came"
            )
            with suppress(Trouble):  # an entry without an outcome counts as unknown too
                await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, record))
            raise
        except Exception as error:  # noqa: BLE001 - a fault with one message must not keep the next people from theirs
            delivery = Delivery(Fate.UNKNOWN, f"keydesk failed over it ({type(error).__name__})")
        if delivery.everything:
            self._down.add(way)
        await asyncio.to_thread(self._record, entry, delivery)
        return NoticeLine(occasion, way, to, None, delivery, entry, text)

    def _record(self, entry: int, delivery: Delivery) -> None:
        """Record the outcome, and wait for another process that holds the ledger.

        Raises:
            OutcomeNotRecorded: It could not be recorded; the message may have gone out.
        """
        for left in reversed(range(RECORDINGS)):
            try:
                self.session.ledger.outcome(entry, OUTCOMES[delivery.fate], detail=delivery.detail)
            except LedgerError as error:
                if not left or not isinstance(error, LedgerBusy):
                    raise OutcomeNotRecorded(detail=f"{error.title} {error.detail}".strip()) from error
            else:
                return

    async def _limit_reached(self) -> bool:
        """Whether all watchers together have sent as many notices in the last hour as the rules allow."""
        if not self.rules.per_hour:
            return False
        if self._counted >= COUNT_EVERY or self._hour >= self.rules.per_hour:
            since = self.session.client.clock.time() - HOUR
            entries = await asyncio.to_thread(self.session.ledger.notices, since=since)
            self._hour = sum(not entry.unsent for entry in entries)
            self._counted = 0
        return self._hour >= self.rules.per_hour

    async def _channel(self, way: str) -> Channel:
        if way not in self._channels:
            self._channels[way] = await open_channel(self.rules.ways[way], self._environ)
        return self._channels[way]

    def _intent(self, occasion: Occasion, way: str, to: str) -> Intent:
        user, session = occasion.user, self.session
        return intent_of(session, "notice", TITLES[occasion.topic], user, target=f"{way}: {to}" if to else way)


def summary(lines: Iterable[NoticeLine]) -> Counter[str]:
    """The number of lines for each result, in words."""
    return Counter(line.delivery.fate.value if line.delivery else line.words for line in lines)


def any_unknown(lines: Iterable[NoticeLine]) -> bool:
    """Whether something perhaps went out, and perhaps did not."""
    return any(line.delivery is not None and line.delivery.fate is Fate.UNKNOWN for line in lines)


def any_failed(lines: Iterable[NoticeLine]) -> bool:
    """Whether something that was tried is to be tried again."""
    return any(line.held and line.delivery is not None for line in lines)
