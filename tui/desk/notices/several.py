"""One notice for each of several people: all are looked at first, then told one after the other."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from tui.desk.notices.notice import Fate
from tui.desk.notices.opt_out import opted_out
from tui.desk.notices.preview import occasion
from tui.desk.notices.sender import Notifier, Skip
from tui.desk.notices.texts import message
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.desk.notices.notice import Message, Occasion, Topic
    from tui.desk.notices.rules import NoticeRules
    from tui.desk.session import Session
    from tui.okta.models import User

MOST: Final = 50
"""People at once: as many as somebody still reads through before sending."""
SIDE_BY_SIDE: Final = 3
"""People who are looked at at the same time."""


class Told(StrEnum):
    """How far it is with one person; the value is the word for people."""

    UNREAD = "not read yet"
    READY = "ready"
    LEFT_OUT = "left out"
    SENT = "sent"
    FAILED = "not sent"
    UNKNOWN = "unknown"


class TellLine(Struct, frozen=True):
    """One person of several who are told something.

    Attributes:
        user_id: Okta's id.
        user: The person as just read; `None` until then.
        state: How far it is.
        note: Why the person is left out, or what the server said; a harmless line.
        to: The address; empty for ways that know their receiver.
        occasion: What the notice is about.
        text: The notice.
        entry: The number of the ledger entry; 0 for none.
    """

    user_id: str
    user: User | None = None
    state: Told = Told.UNREAD
    note: str = ""
    to: str = ""
    occasion: Occasion | None = None
    text: Message | None = None
    entry: int = 0


class Telling:
    """Tells several people the same kind of thing. It changes nothing in Okta.

    Args:
        session: The session.
        rules: The rules for notices.
        ids: Okta's ids of the people; those beyond `MOST` are not told.
        topic: What the notices are about.
        way: The way, by its name in the rules.
        on_change: Called after each change of `lines`.

    Attributes:
        lines: The people, in their order.
    """

    def __init__(
        self,
        session: Session,
        rules: NoticeRules,
        ids: Sequence[str],
        *,
        topic: Topic,
        way: str,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self.session = session
        self.rules = rules
        self.topic = topic
        self.way = way
        self.lines = tuple(TellLine(user_id) for user_id in ids[:MOST])
        self._notifier = Notifier(session, rules)
        self._on_change = on_change
        self._stopping = False

    def count(self, *states: Told) -> int:
        """Return how many people are in one of these states."""
        return sum(line.state in states for line in self.lines)

    @property
    def ready(self) -> tuple[TellLine, ...]:
        """Return those who can be told."""
        return tuple(line for line in self.lines if line.state is Told.READY)

    async def preview(self) -> None:
        """Look at everybody: whether it is true of them, whether they were told before, and what they would be told.

        Raises:
            Trouble: It could not be read who wants no notices, so nobody may be told.
        """
        silent = await opted_out(self.session, self.rules.opt_out)
        gate = asyncio.Semaphore(SIDE_BY_SIDE)

        async def look(line: TellLine) -> None:
            async with gate:
                self._put(await self._looked_at(line, opted_out=line.user_id in silent))

        async with asyncio.TaskGroup() as group:
            for line in self.lines:
                group.create_task(look(line))

    async def _looked_at(self, line: TellLine, *, opted_out: bool) -> TellLine:
        try:
            user = (await self.session.person(line.user_id)).user
            line = replace(line, user=user)
            about, untrue = await occasion(self.session, self.rules, user, self.topic)
            to = self._notifier.address(user)
            by_mail = self.rules.ways[self.way].to_address
            text = message(about, self.rules.wording, to if by_mail else "")
            why = untrue or await self._why_not(about, to, by_mail=by_mail, opted_out=opted_out)
        except Trouble as trouble:
            return replace(line, state=Told.LEFT_OUT, note=trouble.title)
        state = Told.LEFT_OUT if why else Told.READY
        return replace(line, state=state, note=why, to=to if by_mail else "", occasion=about, text=text)

    async def _why_not(self, about: Occasion, to: str, *, by_mail: bool, opted_out: bool) -> str:
        if opted_out:
            return Skip.OPTED_OUT.value
        if self._notifier.is_demo(self.way):
            return Skip.DEMO.value
        if by_mail and not to:
            return Skip.NO_ADDRESS.value
        told = await self._notifier.already_sent(about, self.way)
        return Skip.ALREADY.value if told is Skip.ALREADY else ""

    async def send(self) -> None:
        """Tell all who are ready, one after the other; stopped or failed for everybody, it ends between two.

        Raises:
            LedgerError: It cannot be recorded, so nothing more is sent.
            NoSecret: The secret of the way is not where the rules say.
        """
        try:
            for line in self.ready:
                if self._stopping or line.occasion is None:
                    break
                result = await self._notifier.send(line.occasion, self.way)
                delivery = result.delivery
                if delivery is None:
                    self._put(replace(line, state=Told.LEFT_OUT, note=result.words))
                    continue
                states = {Fate.SENT: Told.SENT, Fate.UNKNOWN: Told.UNKNOWN}
                state = states.get(delivery.fate, Told.FAILED)
                self._put(replace(line, state=state, note=delivery.detail, entry=result.entry))
                if delivery.everything:  # it would fail for the others, too
                    break
        finally:
            await self._notifier.aclose()

    def stop(self) -> None:
        """Stop before the next person; a message under way is carried through."""
        self._stopping = True

    @property
    def told_ids(self) -> frozenset[str]:
        """Return Okta's ids of the people who were told, or perhaps."""
        return frozenset(line.user_id for line in self.lines if line.state in {Told.SENT, Told.UNKNOWN})

    @property
    def sentence(self) -> str:
        """Return the result in one sentence, without a full stop."""
        others = (Told.UNKNOWN, Told.FAILED, Told.LEFT_OUT, Told.READY)
        words = {Told.READY: "not tried"}
        counts = [f"{self.count(state)} {words.get(state, state.value)}" for state in others if self.count(state)]
        return ", ".join([f"{self.count(Told.SENT)} of {len(self.lines)} told", *counts])

    def _put(self, line: TellLine) -> None:
        self.lines = tuple(line if old.user_id == line.user_id else old for old in self.lines)
        self._on_change()
