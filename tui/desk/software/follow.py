"""Follow an assignment until the app has made the account, or reports that it cannot."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

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
"""Seconds between two reads, growing; after the last one `LONGEST_PAUSE` again and again."""
LONGEST_PAUSE: Final = 15.0
LONGEST: Final = 300.0
"""Seconds after which keydesk stops reading."""
LEAVING: Final = 40.0
"""Seconds after which an assignment that is still there is taken to stay, since another group may give it."""
CLOCKS: Final = timedelta(minutes=2)
LOG_LOOKS: Final = 4
"""How often the System Log is read for the reason of a failure; it is up to a minute behind."""
_THERE: Final = frozenset({"SYNCHRONIZED", "DISABLED"})
_WORKING: Final = frozenset({"ACTIVE", "PROVISIONED", "APPROVED", "IMPORTED", "MATCHED"})


class AssignmentStage(StrEnum):
    """The stage of an assignment."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    GONE = "gone"
    """Taken away, as the agent wanted."""
    OPEN = "open"
    """keydesk stopped reading and does not know the end."""


class Followed(Struct, frozen=True):
    """One read of an assignment.

    Attributes:
        app: The app's id.
        name: The app's name; harmless.
        stage: The stage of the assignment.
        seconds: Seconds since keydesk began to follow it.
        text: The stage in a harmless sentence without a full stop.
        advice: What to do now; empty for nothing.
        over: Whether this is the last read.
    """

    app: str
    name: str
    stage: AssignmentStage
    seconds: float
    text: str
    advice: str = ""
    over: bool = True

    def __str__(self) -> str:
        """Return text and advice in one line."""
        return f"{self.text}. {self.advice}" if self.advice else self.text


async def follow(
    session: Session, app_id: str, name: str, user_id: str, *, wanted: bool = True, longest: float = LONGEST
) -> AsyncIterator[Followed]:
    """Read an assignment again and again, in the background, and yield each read.

    To end it, stop iterating or cancel the task.

    Args:
        session: The session of the org.
        app_id: The id of the app.
        name: The name of the app, untrusted.
        user_id: The id of the person.
        wanted: Whether the person is to get the app, rather than lose it.
        longest: Seconds after which the assignment ends as `OPEN`.
    """
    assignment = _Assignment(session, app_id, plain(name, limit=60), user_id, wanted=wanted)
    longest = longest if wanted else min(longest, LEAVING)
    pauses = iter(PAUSES)
    while True:
        look = await assignment.look()
        if not look.over and look.seconds >= longest:
            yield assignment.given_up(look)
            return
        yield look
        if look.over:
            return
        await session.client.clock.sleep(next(pauses, LONGEST_PAUSE))


class _Assignment:
    """One assignment while it is followed."""

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
        """Read the assignment once."""
        try:
            if self._by_dashboard:
                return await self._look_at_dashboard()
            try:
                app_user = await self._session.client.read(
                    ep.APP_USER, AppUser, {"app": self._app, "id": self._user}, background=True
                )
            except NotFound:
                return self._not_found()
            return await self._judge(app_user)
        except (MissingScope, MissingRole) as error:
            if self._by_dashboard:
                text = f"{self._name}: whether the app has made the account cannot be read"
                return self._followed(AssignmentStage.OPEN, text, error.advice)
            self._by_dashboard = True
            return await self.look()
        except BadToken as error:
            return self._followed(AssignmentStage.OPEN, f"{self._name}: {plain(error.title)}", error.advice)
        except OktaError as error:
            # A passing fault says nothing about the account; the next read may succeed.
            return self._followed(AssignmentStage.WAITING, f"{self._name}: {plain(error.title)}; keydesk looks again")

    def given_up(self, look: Followed) -> Followed:
        """Return the last value, for an assignment that is not complete after the longest time."""
        if not self._wanted:
            text = f"{self._name}: they still have it; another group may give it, or Okta is slow"
            return replace(
                look, stage=AssignmentStage.OPEN, text=text, advice="Read their software again in a while.", over=True
            )
        minutes = max(1, round(look.seconds / 60))
        text = f"{self._name}: the app has not made the account within {minutes} min; keydesk looks no more"
        advice = "It can still come. Dashboard > Tasks in the Admin Console tells if it failed."
        return replace(look, stage=AssignmentStage.OPEN, text=text, advice=advice, over=True)

    async def _judge(self, app_user: AppUser) -> Followed:
        status, sync = app_user.status or "", app_user.sync_state or "DISABLED"
        if not self._wanted:
            return self._followed(
                AssignmentStage.WAITING, f"{self._name}: Okta still shows it; it follows the group in a moment"
            )
        if sync == "ERROR":
            reason = await self._reason()
            text = f"{self._name}: the app did not make the account{f': {reason}' if reason else ''}"
            advice = "The assignment stands, the account does not. An app admin finds it in Dashboard > Tasks."
            over = bool(reason) or self._log_looks >= LOG_LOOKS
            return replace(self._followed(AssignmentStage.FAILED, text, advice), over=over)
        if status in _WORKING and sync in _THERE:
            provisioned = status == "PROVISIONED" or sync == "SYNCHRONIZED"
            text = "provisioned, the account in the app is there" if provisioned else "assigned, they can open it now"
            return self._followed(AssignmentStage.DONE, f"{self._name}: {text}")
        if status in {"SUSPENDED", "INACTIVE"}:
            text = f"{self._name}: assigned, but {plain(status.lower())} in the app"
            return self._followed(
                AssignmentStage.OPEN, text, "The app makes the account usable once the person is active in Okta."
            )
        return self._followed(
            AssignmentStage.WAITING, f"{self._name}: assigned, waiting for the app to make the account"
        )

    def _not_found(self) -> Followed:
        if not self._wanted:
            return self._followed(AssignmentStage.GONE, f"{self._name}: taken away")
        return self._followed(AssignmentStage.WAITING, f"{self._name}: Okta does not show the assignment yet")

    async def _look_at_dashboard(self) -> Followed:
        """Read the person's dashboard, which shows their apps without rights over apps."""
        links = await self._session.client.all(ep.USER_APP_LINKS, AppLink, {"id": self._user}, background=True)
        there = any(link.app_instance_id == self._app for link in links)
        if there and self._wanted:
            text = f"{self._name}: it is on their dashboard; whether the app has made the account cannot be read"
            return self._followed(AssignmentStage.DONE, text)
        if not there and not self._wanted:
            return self._followed(AssignmentStage.GONE, f"{self._name}: gone from their dashboard")
        waiting = "not on their dashboard yet" if self._wanted else "still on their dashboard"
        return self._followed(AssignmentStage.WAITING, f"{self._name}: {waiting}")

    async def _reason(self) -> str:
        """Read from the System Log why the account was not made; empty where it does not say."""
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

    def _followed(self, stage: AssignmentStage, text: str, advice: str = "") -> Followed:
        seconds = self._session.client.clock.monotonic() - self._since
        return Followed(self._app, self._name, stage, seconds, text, advice, over=stage is not AssignmentStage.WAITING)
