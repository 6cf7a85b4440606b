"""A screen that watches the lockouts: keeps the time, asks in the background, rings, and yields to the agent."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from textual import work
from textual.reactive import var

from screens.acting import Acting
from tui.desk.plain import plain
from tui.desk.tone import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.signal import Signal

    from tui.desk.person import Person
    from tui.desk.session import Session
    from tui.desk.watching import Watching
    from tui.desk.watching_picture import Lack, Picture
    from tui.trouble import Trouble
    from widgets.lockout_bell import Bell

LISTEN: Final = 5.0
"""Seconds between two thoughts of whether the log is due; how often it is asked is the feed's own decision."""
AGE: Final = 20.0
FEW: Final = 5
"""People whose policy is asked for each time."""
FRESH: Final = timedelta(minutes=15)
"""A lockout that began longer ago rings no bell: it comes of a catch-up."""
_NAMES: Final = 3


class WatchingScreen(Acting):
    """Asks for the status while it is shown, and for the log also behind other screens when a bell is wanted.

    Args:
        session: The session.
        changed: Tells of people read anew.
        every: Seconds between two status searches.
    """

    picture: var[Picture | None] = var(None)

    def __init__(self, session: Session, changed: Signal[Person], *, every: float = 30.0) -> None:
        super().__init__(session, changed)
        self._every = every
        self._complained = False
        self._lacks: tuple[str, str] | None = None
        self._known: frozenset[str] | None = None
        self._waves: frozenset[str] = frozenset()
        self._watching: Watching | None = None

    @property
    def watching(self) -> Watching:
        """What asks for the lockouts; made when first needed."""
        if self._watching is None:
            from tui.desk.watching import Watching  # noqa: PLC0415 - not needed before the screen is opened

            self._watching = Watching(self.session, self._came)
        return self._watching

    @property
    def bell(self) -> Bell:
        """What a new lockout does beside being shown; for subclasses."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Keep the time."""
        self.set_interval(self._every, self._poll)
        self.set_interval(LISTEN, self._listen)
        self.set_interval(AGE, self._age)

    def on_unmount(self) -> None:
        """Stop asking, and let go of the file."""
        for group in ("lockouts", "feed", "fill-in"):
            self.workers.cancel_group(self, group)
        if self._watching is not None:
            self._watching.close()

    def on_screen_resume(self) -> None:
        """Ask at once when the screen comes up or back."""
        self.read()
        if not self.watching.paused:
            self.hear()

    def _poll(self) -> None:
        if self.app.screen is self and not self.watching.paused:
            self.read(background=True)

    def _listen(self) -> None:
        from widgets.lockout_bell import Bell  # noqa: PLC0415 - loaded with the screen's body

        wanted = self.app.screen is self or self.bell is not Bell.OFF
        if wanted and self.watching.due:
            self.hear()
        elif self.app.screen is self and self.watching.lacking:
            self.fill_in()

    def _age(self) -> None:
        """Ages and countdowns go on by themselves; for subclasses."""

    @work(exclusive=True, group="lockouts")
    async def read(self, *, background: bool = False) -> None:
        """Read who is locked now; blocked people come after the locked ones, since they cost a question each."""
        with self.guarded():
            await self.watching.read(background=background)
            if self._complained:
                self._complained = False
                self.notice.clear()
                self._tell_lacks(self.watching.picture, again=True)

    @work(exclusive=True, group="feed")
    async def hear(self, *, again: bool = False) -> None:
        """Catch up with the log; how that goes is in the picture."""
        with self.guarded():
            await self.watching.hear(again=again)

    @work(exclusive=True, group="fill-in")
    async def fill_in(self) -> None:
        """Ask when a few more locks heal: a large wave would take minutes at the pace of the rounds."""
        with self.guarded():
            await self.watching.fill_in(FEW)

    def report(self, trouble: Trouble) -> None:
        """What a reading complains of stands until one works."""
        self._complained = True
        super().report(trouble)

    def _came(self, picture: Picture) -> None:
        if self.is_attached:
            self.picture = picture
            self._tell_lacks(picture)
            self._ring(picture)

    def _tell_lacks(self, picture: Picture, *, again: bool = False) -> None:
        """Say what is missing, once for each change of it, or again."""
        lacks = told_lacks(picture.lacks)
        if lacks == self._lacks and not again:
            return
        before, self._lacks = self._lacks, lacks
        if lacks is not None:
            self.notice.show(*lacks, Tone.WARN)
        elif before is not None:
            self.notice.clear()

    def _ring(self, picture: Picture) -> None:
        """Ring for lockouts and waves that have come about since the last picture."""
        from tui.desk.feed import Pace  # noqa: PLC0415 - loaded by now
        from tui.desk.lockouts_view import fresh  # noqa: PLC0415
        from widgets.lockout_bell import ring  # noqa: PLC0415

        caught_up = picture.feed.pace not in {Pace.STARTING, Pace.BEHIND}
        waves = frozenset(spray.source for spray in picture.sprays)
        if self._known is None:
            if caught_up and picture.read_at is not None:
                self._known, self._waves = frozenset(case.id for case in picture.cases), waves
            return
        new = fresh(picture.cases, self._known, self.session.now(), within=FRESH)
        more, self._waves = waves - self._waves, waves
        self._known |= {case.id for case in picture.cases}
        if more:
            ring(self.app, self.bell, "many people fail to sign in from one source")
        elif new:
            names = ", ".join(plain(case.name or case.login or "somebody", limit=40) for case in new[:_NAMES])
            others = f" and {len(new) - _NAMES} more" if len(new) > _NAMES else ""
            ring(self.app, self.bell, f"locked out: {names}{others}")


def told_lacks(lacks: Sequence[Lack]) -> tuple[str, str] | None:
    """What is missing as a title, and why as a detail; `None` for nothing."""
    from tui.desk.watching_picture import BLOCKS, LOG, POLICIES, STORE  # noqa: PLC0415 - loaded by now

    known = {lack.what for lack in lacks}
    shown = [lack for lack in lacks if lack.what != BLOCKS or LOG not in known]  # without the log, no blocks either
    shown.sort(key=lambda lack: (LOG, BLOCKS, POLICIES, STORE).index(lack.what))
    if not shown:
        return None
    first, *others = (lack.what for lack in shown)
    what = "; ".join([first, *(f"{other[0].lower()}{other[1:]}" for other in others)])
    return what, " ".join(dict.fromkeys(f"{lack.trouble.title}. {lack.trouble.advice}" for lack in shown))
