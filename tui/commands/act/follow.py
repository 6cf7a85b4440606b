"""`--follow`: wait for the accounts in apps that a change brings or takes."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any, Final

from tui.commands.codes import Code
from tui.commands.output import complain
from tui.desk.actions.grammar import TargetKind
from tui.desk.software.follow import AssignmentStage, follow
from tui.okta import endpoints as ep
from tui.okta.entitlements import App
from tui.okta.errors import OktaError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.desk.perform.result import Performed
    from tui.desk.session import Session
    from tui.desk.software.follow import Followed

MOST: Final = 20
"""Apps of one group that are followed at once."""
GOOD: Final = frozenset({AssignmentStage.DONE, AssignmentStage.GONE})


class Following:
    """The apps that one change is about, each with the last look at it.

    Args:
        session: Where.
        performed: The change, done.
        say: Told of each news, a harmless sentence.
    """

    def __init__(self, session: Session, performed: Performed, say: Callable[[str], None]) -> None:
        self._session = session
        self._performed = performed
        self._say = say
        self._last: dict[str, Followed] = {}
        self._unread = False

    async def run(self) -> Code:
        """Wait for all of them to come to their end."""
        await asyncio.gather(*(self._one(app, name) for app, name in await self._apps()))
        good = all(seen.stage in GOOD for seen in self._last.values()) and not self._unread
        return Code.OK if good else Code.PARTLY

    def json(self) -> list[dict[str, Any]]:
        """Each app's last look."""
        return [
            {
                "app": seen.app,
                "name": seen.name,
                "stage": seen.stage.value,
                "seconds": round(seen.seconds, 1),
                "text": seen.text,
                "advice": seen.advice or None,
            }
            for seen in self._last.values()
        ]

    async def _apps(self) -> list[tuple[str, str]]:
        target = self._performed.plan.targets[0]
        if target.kind is TargetKind.APP:
            return [(target.id, target.name)]
        try:
            apps = await self._session.client.all(ep.GROUP_APPS, App, {"group": target.id}, {"limit": "200"})
        except OktaError as error:
            self._unread = True
            complain(error)
            return []
        found = [(app.id, app.title) for app in apps if app.status == "ACTIVE"]
        if not found:
            self._say("The group gives no app: there is nothing to wait for.")
        elif len(found) > MOST:
            self._say(f"The group gives {len(found)} apps; the first {MOST} are followed.")
        return found[:MOST]

    async def _one(self, app: str, name: str) -> None:
        plan, told = self._performed.plan, ""
        async for seen in follow(self._session, app, name, plan.person.user.id, wanted=bool(plan.action.wants)):
            self._last[app] = seen
            if str(seen) != told:
                told = str(seen)
                self._say(f"{told} ({seen.seconds:.0f} s)")
                sys.stdout.flush()
