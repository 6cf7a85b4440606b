"""What a person has: their groups and apps, and what about these cannot be read."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace

from tui.desk.text.plain import plain
from tui.okta import endpoints as ep
from tui.okta import scim
from tui.okta.entitlements import App
from tui.okta.errors import BadToken, MissingRole, MissingScope, OktaError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from tui.desk.session import Session
    from tui.okta.entitlements import AppUser
    from tui.okta.models import Group

MOST: Final = 1000


class Holdings(Struct, frozen=True):
    """The groups and apps of one person, as far as they were read.

    Attributes:
        groups: The groups by id; `None` until they are read, and where they cannot be read.
        apps: The apps by id, with the assignment where it was read; `None` until they are read, and where they cannot
            or may not be read.
        dashboard: Whether the apps are only those of the person's dashboard, without hidden apps and assignments.
        gaps: What cannot be read, and why: harmless half sentences.
        trouble: The last error.
        done: Whether groups and apps were read, or cannot be read.
    """

    groups: Mapping[str, Group] | None = None
    apps: Mapping[str, tuple[App, AppUser | None]] | None = None
    dashboard: bool = False
    gaps: tuple[str, ...] = field(default=())
    trouble: OktaError | None = None
    done: bool = False

    def has(self, app: App) -> bool | None:
        """Whether the person has an app; `None` where that is not known."""
        if self.apps is None:
            return None
        if app.id in self.apps:
            return True
        # A hidden app is on no dashboard, and an app without visibility may be hidden.
        hide = (app.visibility.hide or {}) if app.visibility else {}
        return None if self.dashboard and (hide.get("web") or app.visibility is None) else False

    def assignment(self, app_id: str) -> AppUser | None:
        """Return the person's assignment to an app; `None` where it was not read."""
        app_and_assignment = (self.apps or {}).get(app_id)
        return app_and_assignment[1] if app_and_assignment else None

    def member(self, group_id: str) -> bool | None:
        """Whether the person is in a group; `None` where that is not known."""
        return None if self.groups is None else group_id in self.groups


async def read_holdings(session: Session, user_id: str) -> AsyncIterator[Holdings]:
    """Read what a person has; yield a newer value when groups or apps were read, the last one with `done`.

    What another screen has just read of the person is not read again.
    Where the connector gives software by groups only, apps are not read, and that is no gap.

    Raises:
        BadToken: The credentials are bad.
    """
    held = Holdings()
    waiting = {asyncio.ensure_future(_groups(session, user_id))}
    if not session.by_groups_only:
        waiting.add(asyncio.ensure_future(_apps(session, user_id)))
    try:
        while waiting:
            ready, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in ready:
                part = task.result()
                held = Holdings(
                    held.groups if part.groups is None else part.groups,
                    held.apps if part.apps is None else part.apps,
                    held.dashboard or part.dashboard,
                    held.gaps + part.gaps,
                    part.trouble or held.trouble,
                )
            yield replace(held, done=not waiting)
    finally:
        for task in waiting:
            task.cancel()


async def _groups(session: Session, user_id: str) -> Holdings:
    try:
        groups = await session.groups_of(user_id)
    except BadToken:
        raise
    except OktaError as error:
        return Holdings(gaps=(f"which groups they are in ({_why(error)})",), trouble=error)
    return Holdings({group.id: group for group in groups})


async def _apps(session: Session, user_id: str) -> Holdings:
    """Read all assignments (Okta: "List all applications", filter by user.id); without that right, the dashboard."""
    query = {"filter": scim.eq("user.id", user_id), "expand": f"user/{user_id}", "limit": "200"}
    try:
        apps = await session.client.all(ep.APPS, App, None, query, most=MOST)
    except (MissingRole, MissingScope) as error:
        return await _dashboard(session, user_id, error)
    except BadToken:
        raise
    except OktaError as error:
        return Holdings(gaps=(f"which apps they have ({_why(error)})",), trouble=error)
    return Holdings(apps={app.id: (app, app.embedded.user if app.embedded else None) for app in apps})


async def _dashboard(session: Session, user_id: str, refused: OktaError) -> Holdings:
    try:
        links = await session.app_links_of(user_id)
    except BadToken:
        raise
    except OktaError as error:
        return Holdings(gaps=(f"which apps they have ({_why(error)})",), trouble=error)
    apps = {
        link.app_instance_id: (App(id=link.app_instance_id, label=link.label, name=link.app_name), None)
        for link in links
        if link.app_instance_id
    }
    gap = f"hidden apps, and whether an app was assigned directly ({_why(refused)})"
    return Holdings(apps=apps, dashboard=True, gaps=(gap,), trouble=refused)


def _why(error: OktaError) -> str:
    return plain(error.title, limit=100)
