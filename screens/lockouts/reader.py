"""What reads the lockouts for their screen: keeps the time, asks in the background, and rings."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from screens.base import DeskScreen
    from tui.desk.lockouts.monitor import LockoutMonitor
    from tui.desk.lockouts.picture import Lack, Picture
    from widgets.lockouts.bell import Bell

LISTEN: Final = 5.0
"""Seconds between two thoughts of whether the log is due; how often it is asked is the feed's own decision."""
FEW: Final = 5
"""People whose policy is asked for each time."""
FRESH: Final = timedelta(minutes=15)
"""A lockout that began longer ago rings no bell: it comes of a catch-up."""
_NAMES: Final = 3
STATUS, FEED, FILL_IN = "lockouts", "feed", "fill-in"
"""The groups of workers: a new reading of one kind ends the one before."""


class LockoutReader:
    """Asks for the status while the screen is shown, and for the log also behind other screens when a bell is wanted.

    Args:
        screen: The screen that shows the lockouts; it says what fails.
        show: Gets each new picture.
        bell: Tells what a new lockout does beside being shown.
        every: Seconds between two status searches.
    """

    def __init__(
        self, screen: DeskScreen, show: Callable[[Picture], None], bell: Callable[[], Bell], *, every: float = 30.0
    ) -> None:
        self._screen = screen
        self._show = show
        self._bell = bell
        self._every = every
        self._complained = False
        self._lacks: tuple[str, str] | None = None
        self._known: frozenset[str] | None = None
        self._waves: frozenset[str] = frozenset()
        self._watching: LockoutMonitor | None = None

    @property
    def watching(self) -> LockoutMonitor:
        """The desk's own watch, which asks Okta and keeps what it learns; made when first needed."""
        if self._watching is None:
            from tui.desk.lockouts.monitor import LockoutMonitor

            self._watching = LockoutMonitor(self._screen.session, self._came)
        return self._watching

    def begin(self) -> None:
        """Keep the time: ask now and then."""
        self._screen.set_interval(self._every, self.poll)
        self._screen.set_interval(LISTEN, self.listen)

    def close(self) -> None:
        """Stop asking, and let go of the file."""
        for group in (STATUS, FEED, FILL_IN):
            self._screen.workers.cancel_group(self._screen, group)
        if self._watching is not None:
            self._watching.close()

    def ask(self) -> None:
        """Ask for everything now: when the screen comes up, or when somebody was acted on."""
        self.read()
        if not self.watching.paused:
            self.hear()

    def reload(self) -> None:
        """Ask for everything now, also for the log where it was given up; what is missing is said again."""
        self._lacks = None
        self.read()
        if not self.watching.paused:
            self.hear(again=True)

    def pause_or_resume(self) -> None:
        """Ask Okta nothing by itself, or go on."""
        if self.watching.paused:
            self.watching.resume()
            self.ask()
        else:
            self._screen.workers.cancel_group(self._screen, FEED)
            self.watching.pause()

    def complained(self) -> None:
        """Remember that a failure is on the screen: it stands until a reading works."""
        self._complained = True

    @property
    def _in_front(self) -> bool:
        return self._screen.app.screen is self._screen

    def poll(self) -> None:
        """Read the status, where the agent sees it; called every few seconds."""
        if self._in_front and not self.watching.paused:
            self.read(background=True)

    def listen(self) -> None:
        """Catch up with the log if it is due and somebody wants to know; called every few seconds."""
        from widgets.lockouts.bell import Bell

        wanted = self._in_front or self._bell() is not Bell.OFF
        if wanted and self.watching.due:
            self.hear()
        elif self._in_front and self.watching.lacking:
            self._run(self._fill_in, FILL_IN)

    def read(self, *, background: bool = False) -> None:
        """Read who is locked now; blocked people come after the locked ones, since they cost a question each."""
        self._run(partial(self._read, background=background), STATUS)

    def hear(self, *, again: bool = False) -> None:
        """Catch up with the log; how that goes is in the picture."""
        self._run(partial(self._hear, again=again), FEED)

    def _run(self, work: Callable[[], Awaitable[None]], group: str) -> None:
        self._screen.run_worker(work, group=group, exclusive=True)

    async def _read(self, *, background: bool) -> None:
        with self._screen.guarded():
            await self.watching.read(background=background)
            if self._complained:
                self._complained = False
                self._screen.notice.clear()
                self._tell_lacks(self.watching.picture, again=True)

    async def _hear(self, *, again: bool) -> None:
        with self._screen.guarded():
            await self.watching.hear(again=again)

    async def _fill_in(self) -> None:
        """Ask when a few more locks heal: a large wave would take minutes at the pace of the rounds."""
        with self._screen.guarded():
            await self.watching.fill_in(FEW)

    def _came(self, picture: Picture) -> None:
        if self._screen.is_attached:
            self._show(picture)
            self._tell_lacks(picture)
            self._ring(picture)

    def _tell_lacks(self, picture: Picture, *, again: bool = False) -> None:
        """Say what is missing, once for each change of it, or again."""
        lacks = told_lacks(picture.lacks)
        if lacks == self._lacks and not again:
            return
        before, self._lacks = self._lacks, lacks
        if lacks is not None:
            self._screen.notice.show(*lacks, Tone.WARN)
        elif before is not None:
            self._screen.notice.clear()

    def _ring(self, picture: Picture) -> None:
        """Ring for lockouts and waves that have come about since the last picture."""
        from tui.desk.lockouts.feed import Pace
        from tui.desk.lockouts.view import fresh
        from widgets.lockouts.bell import ring

        caught_up = picture.feed.pace not in {Pace.STARTING, Pace.BEHIND}
        waves = frozenset(spray.source for spray in picture.sprays)
        if self._known is None:
            if caught_up and picture.read_at is not None:
                self._known, self._waves = frozenset(case.id for case in picture.cases), waves
            return
        new = fresh(picture.cases, self._known, self._screen.session.now(), within=FRESH)
        more, self._waves = waves - self._waves, waves
        self._known |= {case.id for case in picture.cases}
        if more:
            ring(self._screen.app, self._bell(), "many people fail to sign in from one source")
        elif new:
            names = ", ".join(plain(case.name or case.login or "somebody", limit=40) for case in new[:_NAMES])
            others = f" and {len(new) - _NAMES} more" if len(new) > _NAMES else ""
            ring(self._screen.app, self._bell(), f"locked out: {names}{others}")


def told_lacks(lacks: Sequence[Lack]) -> tuple[str, str] | None:
    """What is missing as a title, and why as a detail; `None` for nothing."""
    from tui.desk.lockouts.picture import BLOCKS, LOG, POLICIES, STORE

    known = {lack.what for lack in lacks}
    shown = [lack for lack in lacks if lack.what != BLOCKS or LOG not in known]  # without the log, no blocks either
    shown.sort(key=lambda lack: (LOG, BLOCKS, POLICIES, STORE).index(lack.what))
    if not shown:
        return None
    first, *others = (lack.what for lack in shown)
    what = "; ".join([first, *(f"{other[0].lower()}{other[1:]}" for other in others)])
    return what, " ".join(dict.fromkeys(f"{lack.trouble.title}. {lack.trouble.advice}" for lack in shown))
