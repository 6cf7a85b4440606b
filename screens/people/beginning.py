"""What the lookup screen shows while nothing is typed: the people of late, what is open, who is locked out, advice."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import Static

from screens.asks import Visit
from tui.desk.left_off.left_off import RecentPerson
from tui.desk.text import okta_terms
from tui.desk.text.named_keys import key_of
from tui.desk.text.plain import plain
from tui.trouble import Trouble
from widgets.cell_text import wrap
from widgets.columns import Column
from widgets.pane import Pane
from widgets.rows import Rows
from widgets.tones import HEADING, KEY, LABEL, OFF

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from screens.base import DeskScreen
    from tui.desk.ledger.entry import Entry
    from tui.desk.left_off.left_off import LeftOff
    from tui.desk.lockouts.glance import Glance
    from tui.desk.people.person import Person

_BLANK: Final = "-blank"
"""The screen's class while nothing is typed."""
_WIDTH: Final = 12
_KEY: Final = 7
"""Cells of a key in the advice, with the space behind it."""
_NAMES: Final = 3
LATER: Final = 4
"""How many typing pauses pass before the stored events are looked at: what the agent types first comes first."""


def advice() -> tuple[tuple[str, str], ...]:
    """Return the advice for beginners: each key with what it does."""
    return (
        ("enter", "opens whom you typed: name, login, phone"),
        (key_of("person.why"), "says why a person cannot sign in"),
        ("esc", f"goes one step back, {key_of('lookup.search')} to this box"),
        (key_of("lookup.put_advice_away"), "puts these lines away for good"),
    )


def recent_columns(now: Callable[[], float]) -> Sequence[Column[RecentPerson]]:
    """Return the columns of the people of late.

    Args:
        now: Tells the time in seconds since 1970.
    """

    def age(person: RecentPerson) -> str:
        return okta_terms.span(now() - person.at) or "now"

    def what(person: RecentPerson) -> str:
        return plain(person.what, limit=40) or "seen"

    return (
        Column("Name", lambda person: plain(person.name or person.login), 12, grow=3, fit=True),
        Column("Login", lambda person: plain(person.login), 14, grow=3, whole=True),
        Column("Last", what, 6, grow=1, fit=True, style=lambda _: "rows--muted"),
        Column("Age", age, 6, right=True, style=lambda _: "rows--muted", order=lambda person: -person.at),
    )


class Beginning:
    """Fills the list `#recent` and the text `#today` of the lookup screen.

    Args:
        screen: The screen.
        left_off: What is remembered.
        seen: Returns what the lockouts have read in this session; `None` where they were not opened yet.
        typing_pause: Seconds without a key before a search is sent; the stored events wait four times that.
    """

    def __init__(
        self, screen: DeskScreen, left_off: LeftOff, seen: Callable[[], Glance | None], typing_pause: float
    ) -> None:
        self._screen = screen
        self._left_off = left_off
        self._seen = seen
        self._typing_pause = typing_pause
        self._drawn_for = 0
        self._filled = True
        self._glance: Glance | None = None
        self._open: Sequence[Entry] = ()

    def table(self) -> Rows[RecentPerson]:
        """Return a new table of the people of late."""
        columns = recent_columns(self._screen.session.client.clock.time)
        return Rows(columns, key=lambda person: person.user_id, id="recent")

    @property
    def recent(self) -> Rows[RecentPerson]:
        """Return the table of the people of late."""
        return self._screen.query_one("#recent", Rows)

    @property
    def _where(self) -> tuple[str, str]:
        """Return the connector's name and its org, as they are remembered."""
        connector = self._screen.session.connector
        return connector.name, "" if connector.made_up else connector.org.origin

    @property
    def shown(self) -> bool:
        """Return whether this is what the screen shows."""
        return self._screen.has_class(_BLANK)

    @property
    def advises(self) -> bool:
        """Return whether the advice is on the screen."""
        return self.shown and not self._left_off.read

    def begin(self, *, shown: bool) -> None:
        """Decide who has the place of list and card when the screen is first styled; `show` then fills it."""
        self._screen.set_class(shown, "-blank", update=False)
        self._filled = not shown

    def show(self, *, shown: bool) -> None:
        """Take the place of list and card, or leave it to them."""
        if shown == self.shown and self._filled:
            return
        self._filled = True
        self._screen.set_class(shown, "-blank")
        self._screen.query_one("#list", Pane).tell("Recent" if shown else "People")
        self._screen.query_one("#person", Pane).tell("Now" if shown else "Person")
        if shown:
            self.draw()
            self.read()
        else:
            self._screen.workers.cancel_group(self._screen, "beginning")

    def read(self) -> None:
        """Look at what this machine knows, a little later; no request is sent."""
        reading: Callable[[], Awaitable[None]] = self._read
        self._screen.run_worker(reading, group="beginning", exclusive=True)

    async def _read(self) -> None:
        from tui.desk.lockouts.glance import glance

        await asyncio.sleep(LATER * self._typing_pause if self._glance is None else 0.0)
        session = self._screen.session
        with suppress(Trouble):  # keydesk has said at its start what is wrong with the ledger, and that stays
            self._open = await asyncio.to_thread(session.ledger.open_entries)
        self._glance = self._seen() or await glance(session)
        self.draw()

    def draw(self) -> None:
        """Draw both parts, where they are shown."""
        if not self.shown or not self._screen.query("#recent"):  # it may have been read while the screen goes
            return
        self.recent.rows = self._left_off.desktop(*self._where).people
        self._screen.query_one("#today", Static).update(Content("\n").join(self._lines()))
        self._screen.call_after_refresh(self._fit)

    def _fit(self) -> None:
        """Draw again where the room turned out to be another one."""
        if self.shown and self._room() != self._drawn_for:
            self.draw()

    def _room(self) -> int:
        return self._screen.query_one("#today").content_size.width or self._screen.size.width

    def _lines(self) -> list[Content]:
        self._drawn_for = self._room()
        lines = [*self._locked(), *self._to_do()]
        short = self._screen.has_class("-short") and self.recent.rows
        if not self._left_off.read and not short:
            lines.append(Content(""))
            lines += [line for key, words in advice() for line in self._advice(key, words)]
        return lines

    def _advice(self, key: str, words: str) -> list[Content]:
        rows = wrap(words, max(_KEY + 12, self._drawn_for) - _KEY)
        return [Content.assemble((f"{'' if number else key:<{_KEY}}", KEY), row) for number, row in enumerate(rows)]

    def _locked(self) -> list[Content]:
        seen, lockouts = self._seen() or self._glance, (key_of("app.go.lockouts"), KEY)
        if seen is None:
            return [_line("Locked out", ("not looked at yet", OFF), "  ", lockouts, " looks")]
        at = f" as of {seen.read_at.astimezone():%H:%M}"
        blocked = f", {seen.blocked} blocked by device" if seen.blocked else ""
        lines = [_line("Locked out", (f"{seen.locked}{blocked}", HEADING), (at, OFF), "  ", lockouts)]
        if seen.wave is not None:
            wave = f"{len(seen.wave.people)} people tried from {plain(seen.wave.source, limit=40)}"
            lines.append(_line("Wave", (f"! {wave}", "$warn" if seen.wave.internal else "bold $bad"), "  ", lockouts))
        return lines

    def _to_do(self) -> list[Content]:
        lines = []
        if self._glance is not None and (mine := self._glance.mine):
            names = ", ".join(plain(name, limit=40) for name in mine[:_NAMES])
            more = f" and {len(mine) - _NAMES} more" if len(mine) > _NAMES else ""
            lines.append(_line("Yours", f"{names}{more}", "  ", (key_of("app.go.lockouts"), KEY)))
        if self._open:
            newest = self._open[0].intent
            what = f"{newest.title} for {plain(newest.person_login, limit=60)}"
            more = f" and {len(self._open) - 1} more" if len(self._open) > 1 else ""
            lines.append(
                _line("Not known", (f"! the outcome of {what}{more}", "$warn"), "  ", (key_of("app.go.ledger"), KEY))
            )
        return lines

    # -- remembering

    def note(self, person: Person, what: str = "") -> None:
        """Remember that a person was looked at, or what was done for them."""
        user, now = person.user, self._screen.session.client.clock.time()
        self._left_off.note_person(*self._where, RecentPerson(user.id, user.login, user.name, what, now))

    def put_advice_away(self) -> None:
        """Never show the advice again."""
        self._left_off.put_advice_away()
        self.draw()

    @property
    def visits(self) -> tuple[Visit, ...]:
        """Return the people of late as rows that can be opened one after the other."""
        return tuple(Visit(one.user_id, one.user_id, one.login) for one in self.recent.rows)


def _line(label: str, *parts: str | tuple[str, str]) -> Content:
    return Content.assemble((f"{label:<{_WIDTH}}", LABEL), *parts)
