"""Follow an assignment until the app says that the account is there, or is not to be had."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tui.desk.text.plain import plain
from tui.okta import endpoints as ep
from tui.okta.clock import stamp
from tui.okta.entitlements import AppUser
from tui.okta.errors import BadToken, MissingRole, MissingScope, NotFound, OktaError
from tui.okta.models import AppLink

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.desk.session import Session

PAUSES: Final = (2.0, 2.0, 3.0, 4.0, 6.0, 8.0, 11.0)
"""Seconds between two looks, growing; then `LONGEST_PAUSE` again and again."""
LONGEST_PAUSE: Final = 15.0
LONGEST: Final = 300.0
"""Seconds after which keydesk looks no more."""
LEAVING: Final = 40.0
"""Seconds after which what is still there is taken to stay, as another group gives it."""
CLOCKS: Final = timedelta(minutes=2)
LOG_LOOKS: Final = 4
"""How often the System Log is asked for the reason of a failure; it runs behind by up to a minute."""
_THERE: Final = frozenset({"SYNCHRONIZED", "DISABLED"})
_WORKING: Final = frozenset({"ACTIVE", "PROVISIONED", "APPROVED", "IMPORTED", "MATCHED"})


class AssignmentStage(StrEnum):
    """How far an assignment is."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    GONE = "gone"
    """Taken away, as was wished."""
    OPEN = "open"
    """keydesk looks no more, and does not know the end."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One look at an assignment.

    Attributes:
        app: The app's id.
        name: Its name; harmless.
        stage: How far it is.
        seconds: Since it has been followed.
        text: What that means, a sentence without its full stop; harmless.
        advice: What to do now; empty for nothing.
        over: Whether nothing more will come.
    """

    app: str
    name: str
    stage: AssignmentStage
    seconds: float
    text: str
    advice: str = ""
    over: bool = True

    def __str__(self) -> str:
        """Both in one line."""
        return f"{self.text}. {self.advice}" if self.advice else self.text


async def follow(
    session: Session, app_id: str, name: str, user_id: str, *, wanted: bool = True, longest: float = LONGEST
) -> AsyncIterator[Followed]:
    """Look at an assignment again and again, yielding to the agent's own requests; each look is yielded.

    Whoever stops asking, or cancels the task, ends it.

    Args:
        session: Where.
        app_id: The app.
        name: Its name, untrusted.
        user_id: The person.
        wanted: Whether they are to get it; else they are to lose it.
        longest: Seconds after which it ends as `OPEN`.
    """
    line = _Line(session, app_id, plain(name, limit=60), user_id, wanted=wanted)
    longest = longest if wanted else min(longest, LEAVING)
    pauses = iter(PAUSES)
    while True:
        seen = await line.look()
        if not seen.over and seen.seconds >= longest:
            yield line.given_up(seen)
            return
        yield seen
        if seen.over:
            return
        await session.client.clock.sleep(next(pauses, LONGEST_PAUSE))


class _Line:
    """One assignment that is followed."""

    def __init__(self, session: Session, app_id: str, name: str, user_id: str, *, wanted: bool) -> None:
        self._session = session
        self._app = app_id
        self._name = name
        self._user = user_id
        self._wanted = wanted
        self._since = session.client.clock.monotonic()
        self._began = session.now()
        self._by_dashboard = False
        self._log_looks = 0

    async def look(self) -> Followed:
        """Ask once."""
        try:
            if self._by_dashboard:
                return await self._dashboard()
            try:
                found = await self._session.client.read(
                    ep.APP_USER, AppUser, {"app": self._app, "id": self._user}, background=True
                )
            except NotFound:
                return self._nothing()
            return await self._judged(found)
        except (MissingScope, MissingRole) as error:
            if self._by_dashboard:
                text = f"{self._name}: whether the app has made the account cannot be read"
                return self._say(AssignmentStage.OPEN, text, error.advice)
            self._by_dashboard = True
            return await self.look()
        except BadToken as error:
            return self._say(AssignmentStage.OPEN, f"{self._name}: {plain(error.title)}", error.advice)
        except OktaError as error:
            # A passing fault is no news of the account; the next look may be answered.
            return self._say(AssignmentStage.WAITING, f"{self._name}: {plain(error.title)}; keydesk looks again")

    def given_up(self, seen: Followed) -> Followed:
        """What is said at the end of the time."""
        if not self._wanted:
            text = f"{self._name}: they still have it; another group may give it, or Okta is slow"
            return replace(seen, stage=AssignmentStage.OPEN, text=text, advice="r reads it again.", over=True)
        minutes = max(1, round(seen.seconds / 60))
        text = f"{self._name}: the app has not made the account within {minutes} min; keydesk looks no more"
        advice = "It can still come. Dashboard > Tasks in the Admin Console tells if it failed; r reads it again."
        return replace(seen, stage=AssignmentStage.OPEN, text=text, advice=advice, over=True)

    async def _judged(self, found: AppUser) -> Followed:
        status, sync = found.status or "", found.sync_state or "DISABLED"
        if not self._wanted:
            return self._say(
                AssignmentStage.WAITING, f"{self._name}: Okta still shows it; it follows the group in a moment"
            )
        if sync == "ERROR":
            reason = await self._reason()
            text = f"{self._name}: the app did not make the account{f': {reason}' if reason else ''}"
            advice = "The assignment stands, the account does not. An app admin finds it in Dashboard > Tasks."
            over = bool(reason) or self._log_looks >= LOG_LOOKS
            return replace(self._say(AssignmentStage.FAILED, text, advice), over=over)
        if status in _WORKING and sync in _THERE:
            made = status == "PROVISIONED" or sync == "SYNCHRONIZED"
            text = "provisioned, the account in the app is there" if made else "assigned, they can open it now"
            return self._say(AssignmentStage.DONE, f"{self._name}: {text}")
        if status in {"SUSPENDED", "INACTIVE"}:
            text = f"{self._name}: assigned, but {plain(status.lower())} in the app"
            return self._say(
                AssignmentStage.OPEN, text, "The app makes the account usable once the person is active in Okta."
            )
        return self._say(AssignmentStage.WAITING, f"{self._name}: assigned, waiting for the app to make the account")

    def _nothing(self) -> Followed:
        if not self._wanted:
            return self._say(AssignmentStage.GONE, f"{self._name}: taken away")
        return self._say(AssignmentStage.WAITING, f"{self._name}: Okta does not show the assignment yet")

    async def _dashboard(self) -> Followed:
        """Without rights over apps, a person's own dashboard still tells what they got."""
        links = await self._session.client.all(ep.USER_APP_LINKS, AppLink, {"id": self._user}, background=True)
        there = any(link.app_instance_id == self._app for link in links)
        if there and self._wanted:
            text = f"{self._name}: it is on their dashboard; whether the app has made the account cannot be read"
            return self._say(AssignmentStage.DONE, text)
        if not there and not self._wanted:
            return self._say(AssignmentStage.GONE, f"{self._name}: gone from their dashboard")
        waiting = "not on their dashboard yet" if self._wanted else "still on their dashboard"
        return self._say(AssignmentStage.WAITING, f"{self._name}: {waiting}")

    async def _reason(self) -> str:
        """Why the account was not made, in the System Log's words; empty where it does not tell."""
        self._log_looks += 1
        query = {
            "since": stamp(self._began - CLOCKS),
            "filter": f'eventType sw "application.provision" and target.id eq "{self._app}"'
            f' and target.id eq "{self._user}" and outcome.result eq "FAILURE"',
            "sortOrder": "DESCENDING",
            "limit": "1",
        }
        try:
            events = await self._session.client.log_page(query, background=True)
        except OktaError:
            self._log_looks = LOG_LOOKS
            return ""
        outcome = events[0].outcome if events else None
        return plain(outcome.reason, limit=160) if outcome and outcome.reason else ""

    def _say(self, stage: AssignmentStage, text: str, advice: str = "") -> Followed:
        seconds = self._session.client.clock.monotonic() - self._since
        return Followed(self._app, self._name, stage, seconds, text, advice, over=stage is not AssignmentStage.WAITING)
