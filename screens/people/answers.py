"""The verdict of the person on the card, and their newest ledger entries: made behind the agent's back, for one person.

Nothing waits for them: the keys work, and the card says that the log is being read.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.desk.ledger.words import outcome_tone, outcome_words
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.desk.why.foreseen import foreseen, ready
from tui.trouble import Trouble
from widgets.pane import Pane
from widgets.steady_text import SteadyText
from widgets.tones import STYLE
from widgets.why.timeline import Timeline
from widgets.why.verdict import EvidenceText, VerdictText

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from textual.geometry import Size

    from screens.base import DeskScreen
    from tui.desk.ledger.entry import Entry
    from tui.desk.people.answer import CardAnswer
    from tui.desk.people.badges import Badge
    from tui.desk.people.person import Person
    from tui.desk.verification.standing import CallerStanding
    from tui.desk.why.on_card import Judged

ENTRIES: Final = 6
"""The newest ledger entries that have room beneath the card."""
THREE_PANES: Final = 160
"""Columns from which the verdict with its evidence stands beside the card."""
WITH_LEDGER: Final = 50
"""Lines from which the newest entries of the ledger stand beneath the card."""


def why_pane() -> Pane:
    """Return the pane for the whole verdict."""
    parts = VerdictText(id="verdict"), Timeline(id="timeline"), EvidenceText(id="evidence")
    return Pane("Why", VerticalScroll(*parts, id="reason-scroll", can_focus=False), id="reason")


def ledger_pane() -> Pane:
    """Return the pane for the newest ledger entries of the person shown."""
    return Pane("Ledger", SteadyText(id="entry-lines", markup=False), id="entries")


class PersonAnswers:
    """Judges the person whom a screen shows, once the parts of their card are read.

    Args:
        screen: The screen, which has the panes for verdict and ledger.
        on_answer: Called when there is an answer to draw.
    """

    def __init__(self, screen: DeskScreen, on_answer: Callable[[], None]) -> None:
        self._screen = screen
        self._on_answer = on_answer
        self._judged: tuple[Person, Judged] | None = None
        self._asked: Person | None = None
        self._shown: Person | None = None
        self._standing: tuple[str, CallerStanding] | None = None

    def standing(self, person: Person) -> CallerStanding | None:
        """Return what the ledger says of the caller who says that they are this person; `None` where it is not read."""
        return self._standing[1] if self._standing is not None and self._standing[0] == person.user.id else None

    def badges(self, person: Person) -> tuple[Badge, ...]:
        """Return whether the caller is proven, or a push of theirs was denied; nothing where that is not read yet."""
        standing = self.standing(person)
        return standing.badges(self._screen.session.now().timestamp()) if standing is not None else ()

    def of(self, person: Person) -> CardAnswer | None:
        """Return the answer for a person: the verdict, or an attack that the lockouts know of; `None` for none yet."""
        if self._judged is not None and _same(self._judged[0], person):
            return self._judged[1].answer
        return foreseen(self._screen.session, person)

    def resized(self, size: Size) -> None:
        """Use the room of a large terminal."""
        self._screen.set_class(size.width >= THREE_PANES, "-three")
        self._screen.set_class(size.height >= WITH_LEDGER, "-with-ledger")
        self._draw_pane()
        self._list()

    def follow(self, person: Person | None) -> None:
        """Take up the person who is shown now: judge them once their parts are read."""
        screen = self._screen
        self._shown = person
        if self._asked is not None and (person is None or self._asked.user.id != person.user.id):
            for group in ("answer", "standing", "entries"):  # a late answer would be shown beside somebody else
                screen.workers.cancel_group(screen, group)
            self._asked = None
            self._draw_entries(None)
        if person is None:
            self._judged = None
            self._draw_pane()
            return
        if self._judged is not None and not _same(self._judged[0], person):
            self._judged = None
            self._draw_pane()
        if not ready(person):
            return
        asked = self._asked
        if asked is None or not _same(asked, person) or asked.events is not person.events:
            self._asked = person
            self._run(partial(self._judge, person), "answer")
            if screen.session.ruled:
                self._run(partial(self._read_standing, person.user.id), "standing")
            self._list()

    def _run(self, work: Callable[[], Awaitable[None]], group: str) -> None:
        """Run work that may be given up before it has begun; a coroutine would then be left unawaited."""
        self._screen.run_worker(work, group=group, exclusive=True)

    async def _judge(self, person: Person) -> None:
        from tui.desk.why.on_card import judge  # loaded behind the first screen, since it takes long

        judged = await judge(self._screen.session, person)
        if self._shown is None or not _same(person, self._shown):
            return  # the state has changed meanwhile; it is judged anew once that is read
        self._judged = person, judged
        self._on_answer()
        self._draw_pane()

    async def _read_standing(self, user_id: str) -> None:
        """Read whether the caller is proven; the verdict does not wait for it, since a team's record may hang."""
        from tui.desk.verification.standing import read_standing  # loaded behind the first screen, as above

        with suppress(Trouble):  # the ledger tells its own trouble, wherever something is to be done
            self._standing = user_id, await read_standing(self._screen.session, user_id)
            self._on_answer()

    def _draw_pane(self) -> None:
        """Show the whole verdict beside the card, where there is room for it."""
        screen = self._screen
        if not screen.has_class("-three"):
            return
        judged = self._judged[1] if self._judged else None
        screen.query_one("#reason-scroll").display = judged is not None
        if judged is None:
            return
        verdict, now = judged.verdict, judged.evidence.now
        screen.query_one(Timeline).now = now
        screen.query_one(Timeline).attempts = verdict.attempts
        screen.query_one(VerdictText).show(verdict, now)
        screen.query_one(EvidenceText).show(verdict)

    def _list(self) -> None:
        """Read the person's ledger entries where there is room for them."""
        if self._asked is not None and self._screen.has_class("-with-ledger"):
            self._run(partial(self._read_entries, self._asked), "entries")

    async def _read_entries(self, person: Person) -> None:
        with self._screen.guarded():
            # Okta's id is one of the words by which the ledger finds an entry.
            entries = await asyncio.to_thread(self._screen.session.ledger.entries, limit=ENTRIES, text=person.user.id)
            self._draw_entries([entry for entry in entries if entry.intent.person_id == person.user.id])

    def _draw_entries(self, entries: list[Entry] | None) -> None:
        """Show the entries; `None` shows nothing until they are read."""
        now = self._screen.session.now()
        text = Content.styled("" if entries is None else "Nothing was done for them from here", "$muted")
        if entries:
            text = Content("\n").join([_entry_line(entry, now) for entry in entries])
        self._screen.query_one("#entry-lines", Static).update(text)


def _same(one: Person, other: Person) -> bool:
    """Whether what was found of one value of a person holds for another: nobody else, and no other state."""
    return (one.user.id, one.user.status, one.user.status_changed) == (
        other.user.id,
        other.user.status,
        other.user.status_changed,
    ) and (other.blocks.pending or one.blocked == other.blocked)


def _entry_line(entry: Entry, now: datetime) -> Content:
    return Content.assemble(
        (f"{okta_terms.ago(entry.at, now):>11}  ", "$muted"),
        plain(entry.intent.title, limit=40),
        "  ",
        (outcome_words(entry), STYLE[outcome_tone(entry)]),
        (f"  entry {entry.seq} · {plain(entry.intent.agent, limit=30)}", "$muted"),
    )
