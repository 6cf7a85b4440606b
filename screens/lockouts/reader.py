"""The reader of the lockouts for their screen: it reads on a timer, in the background, and rings the bell."""

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

LOG_CHECK_INTERVAL: Final = 5.0
"""Seconds between two checks of whether the log is due; the feed decides how often it is read."""
POLICIES_AT_ONCE: Final = 5
"""People whose policy is read each time."""
FRESH: Final = timedelta(minutes=15)
"""A lockout that began longer ago rings no bell, since it was read while catching up."""
_NAMES: Final = 3
STATUS, FEED, FILL_IN = "lockouts", "feed", "fill-in"
"""The groups of workers: a new worker cancels the one before it in its group."""


class LockoutReader:
    """Reads the status while the screen is in front, and the log also behind other screens when the bell is on.

    Args:
        screen: The screen that shows the lockouts and their failures.
        show: Called with each new picture.
        bell: Returns the signal for a new lockout.
        every: Seconds between two status searches.
    """

    def __init__(
        self, screen: DeskScreen, show: Callable[[Picture], None], bell: Callable[[], Bell], *, every: float = 30.0
    ) -> None:
        self._screen = screen
        self._show = show
        self._bell = bell
        self._every = every
        self._failure_shown = False
        self._lacks: tuple[str, str] | None = None
        self._known_cases: frozenset[str] | None = None
        self._waves: frozenset[str] = frozenset()
        self._monitor: LockoutMonitor | None = None

    @property
    def monitor(self) -> LockoutMonitor:
        """Return the desk's lockout monitor, which reads from Okta; it is made when first needed."""
        if self._monitor is None:
            from tui.desk.lockouts.monitor import LockoutMonitor

            self._monitor = LockoutMonitor(self._screen.session, self._show_picture)
        return self._monitor

    def start(self) -> None:
        """Start the timers."""
        self._screen.set_interval(self._every, self.poll_status)
        self._screen.set_interval(LOG_CHECK_INTERVAL, self.poll_log)

    def close(self) -> None:
        """Stop reading, and close the monitor's file."""
        for group in (STATUS, FEED, FILL_IN):
            self._screen.workers.cancel_group(self._screen, group)
        if self._monitor is not None:
            self._monitor.close()

    def read_all(self) -> None:
        """Read everything now, as when the screen comes to the front or an action was performed."""
        self.read_status()
        if not self.monitor.paused:
            self.read_log()

    def reload(self) -> None:
        """Read everything now, also a log that was given up, and show again what is missing."""
        self._lacks = None
        self.read_status()
        if not self.monitor.paused:
            self.read_log(again=True)

    def pause_or_resume(self) -> None:
        """Pause the timed reading, or resume it."""
        if self.monitor.paused:
            self.monitor.resume()
            self.read_all()
        else:
            self._screen.workers.cancel_group(self._screen, FEED)
            self.monitor.pause()

    def note_failure(self) -> None:
        """Remember that the screen shows a failure, which stays until a reading succeeds."""
        self._failure_shown = True

    @property
    def _in_front(self) -> bool:
        return self._screen.app.screen is self._screen

    def poll_status(self) -> None:
        """Read the status if the screen is in front; called by a timer.

        A reading that is still under way goes on: cancelled at each round, a slow one would never come to its end.
        """
        under_way = any(worker.group == STATUS and not worker.is_finished for worker in self._screen.workers)
        if self._in_front and not self.monitor.paused and not under_way:
            self.read_status(background=True)

    def poll_log(self) -> None:
        """Read the log if it is due and the screen is in front or the bell is on; called by a timer."""
        from widgets.lockouts.bell import Bell

        wanted = self._in_front or self._bell() is not Bell.OFF
        if wanted and self.monitor.due:
            self.read_log()
        elif self._in_front and self.monitor.lacks_countdown:
            self._run(self._fill_in, FILL_IN)

    def read_status(self, *, background: bool = False) -> None:
        """Read who is locked now; blocked people follow later, since each of them costs a request."""
        self._run(partial(self._read_status, background=background), STATUS)

    def read_log(self, *, again: bool = False) -> None:
        """Catch up with the log; failures are part of the picture."""
        self._run(partial(self._read_log, again=again), FEED)

    def _run(self, work: Callable[[], Awaitable[None]], group: str) -> None:
        self._screen.run_worker(work, group=group, exclusive=True)

    async def _read_status(self, *, background: bool) -> None:
        with self._screen.guarded():
            await self.monitor.read_status(background=background)
            await self._ask_who_is_admin()
            if self._failure_shown:
                self._failure_shown = False
                self._screen.notice.clear()
                self._show_lacks(self.monitor.picture, again=True)

    async def _ask_who_is_admin(self) -> None:
        """Have administrators marked; only the first question of a session sends requests."""
        session = self._screen.session
        before = session.admins.version
        await session.admins.ask(session.client)
        if session.admins.version != before:
            self._show_picture(self.monitor.picture)

    async def _read_log(self, *, again: bool) -> None:
        with self._screen.guarded():
            await self.monitor.read_log(again=again)

    async def _fill_in(self) -> None:
        """Read when a few more locks heal; for a large wave the regular rounds would take minutes."""
        with self._screen.guarded():
            await self.monitor.read_countdowns(POLICIES_AT_ONCE)

    def _show_picture(self, picture: Picture) -> None:
        if self._screen.is_attached:
            self._show(picture)
            self._show_lacks(picture)
            self._ring(picture)

    def _show_lacks(self, picture: Picture, *, again: bool = False) -> None:
        """Show what is missing once for each change, or with `again` in any case."""
        lacks = lack_words(picture.lacks)
        if lacks == self._lacks and not again:
            return
        before, self._lacks = self._lacks, lacks
        if lacks is not None:
            self._screen.notice.show(*lacks, Tone.WARN)
        elif before is not None:
            self._screen.notice.clear()

    def _ring(self, picture: Picture) -> None:
        """Ring the bell for lockouts and waves that are new since the last picture."""
        from tui.desk.lockouts.feed import Pace
        from tui.desk.lockouts.view import fresh
        from widgets.lockouts.bell import ring

        caught_up = picture.feed.pace not in {Pace.STARTING, Pace.BEHIND}
        waves = frozenset(spray.source for spray in picture.sprays)
        if self._known_cases is None:
            if caught_up and picture.read_at is not None:
                self._known_cases, self._waves = frozenset(case.id for case in picture.cases), waves
            return
        new_cases = fresh(picture.cases, self._known_cases, self._screen.session.now(), within=FRESH)
        new_waves, self._waves = waves - self._waves, waves
        self._known_cases |= {case.id for case in picture.cases}
        if new_waves:
            ring(self._screen.app, self._bell(), "many people fail to sign in from one source")
        elif new_cases:
            names = ", ".join(plain(case.name or case.login or "somebody", limit=40) for case in new_cases[:_NAMES])
            others = f" and {len(new_cases) - _NAMES} more" if len(new_cases) > _NAMES else ""
            ring(self._screen.app, self._bell(), f"locked out: {names}{others}")


def lack_words(lacks: Sequence[Lack]) -> tuple[str, str] | None:
    """Return what is missing as a title and the reasons as a detail; `None` if nothing is missing."""
    from tui.desk.lockouts.picture import BLOCKS, LOG, POLICIES, STORE

    missing = {lack.what for lack in lacks}
    shown = [lack for lack in lacks if lack.what != BLOCKS or LOG not in missing]  # without the log, no blocks either
    shown.sort(key=lambda lack: (LOG, BLOCKS, POLICIES, STORE).index(lack.what))
    if not shown:
        return None
    first, *others = (lack.what for lack in shown)
    what = "; ".join([first, *(f"{other[0].lower()}{other[1:]}" for other in others)])
    return what, " ".join(dict.fromkeys(f"{lack.trouble.title}. {lack.trouble.advice}" for lack in shown))
