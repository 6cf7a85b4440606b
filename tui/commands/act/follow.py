"""`--follow`: wait until the accounts in apps are made or removed that a change affects."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any, Final

from tui.commands.codes import Code
from tui.commands.output import print_trouble
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

MOST_APPS: Final = 20
"""Apps of one group that are followed at once."""
SUCCEEDED: Final = frozenset({AssignmentStage.DONE, AssignmentStage.GONE})


class Following:
    """Follows one change in all apps that it affects, and remembers the last state of each.

    Args:
        session: The session of the org.
        performed: The change, once it is done.
        say: Called with a harmless sentence for each new state.
    """

    def __init__(self, session: Session, performed: Performed, say: Callable[[str], None]) -> None:
        self._session = session
        self._performed = performed
        self._say = say
        self._last: dict[str, Followed] = {}
        self._apps_unread = False

    async def run(self) -> Code:
        """Wait until the change has succeeded or failed in every app; return the exit code."""
        await asyncio.gather(*(self._follow_app(app, name) for app, name in await self._apps()))
        succeeded = all(state.stage in SUCCEEDED for state in self._last.values()) and not self._apps_unread
        return Code.OK if succeeded else Code.PARTLY

    def json(self) -> list[dict[str, Any]]:
        """Return the last state in each app, for a program."""
        return [
            {
                "app": state.app,
                "name": state.name,
                "stage": state.stage.value,
                "seconds": round(state.seconds, 1),
                "text": state.text,
                "advice": state.advice or None,
            }
            for state in self._last.values()
        ]

    async def _apps(self) -> list[tuple[str, str]]:
        target = self._performed.plan.targets[0]
        if target.kind is TargetKind.APP:
            return [(target.id, target.name)]
        try:
            apps = await self._session.client.all(ep.GROUP_APPS, App, {"group": target.id}, {"limit": "200"})
        except OktaError as error:
            self._apps_unread = True
            print_trouble(error)
            return []
        active = [(app.id, app.title) for app in apps if app.status == "ACTIVE"]
        if not active:
            self._say("The group gives no app: there is nothing to wait for.")
        elif len(active) > MOST_APPS:
            self._say(f"The group gives {len(active)} apps; the first {MOST_APPS} are followed.")
        return active[:MOST_APPS]

    async def _follow_app(self, app: str, name: str) -> None:
        plan, last_text = self._performed.plan, ""
        async for state in follow(self._session, app, name, plan.person.user.id, wanted=bool(plan.action.wants)):
            self._last[app] = state
            if str(state) != last_text:
                last_text = str(state)
                self._say(f"{last_text} ({state.seconds:.0f} s)")
                sys.stdout.flush()
