"""What a person has: their groups and their apps, and what cannot be known of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

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


@dataclass(frozen=True, slots=True)
class Held:
    """What a person has, as far as it is read.

    Attributes:
        groups: By id; `None` until they are read, or where they cannot be.
        apps: By id, with the assignment where it was read; `None` as above.
        dashboard: Whether the apps are only those of the person's dashboard: hidden ones, and how they came, are not
            known.
        gaps: What cannot be known, and why: half sentences, harmless.
        trouble: The last of the reasons.
        done: Whether all is answered.
    """

    groups: Mapping[str, Group] | None = None
    apps: Mapping[str, tuple[App, AppUser | None]] | None = None
    dashboard: bool = False
    gaps: tuple[str, ...] = field(default=())
    trouble: OktaError | None = None
    done: bool = False

    def has(self, app: App) -> bool | None:
        """Whether they have an app; `None` where that is not known."""
        if self.apps is None:
            return None
        if app.id in self.apps:
            return True
        # An app that hides itself is on no dashboard, and one that is not read may hide itself.
        hide = (app.visibility.hide or {}) if app.visibility else {}
        return None if self.dashboard and (hide.get("web") or app.visibility is None) else False

    def assignment(self, app_id: str) -> AppUser | None:
        """Their assignment to an app, where it was read."""
        found = (self.apps or {}).get(app_id)
        return found[1] if found else None

    def member(self, group_id: str) -> bool | None:
        """Whether they are in a group; `None` where that is not known."""
        return None if self.groups is None else group_id in self.groups


async def held_by(session: Session, user_id: str) -> AsyncIterator[Held]:
    """What a person has; yields a newer value as groups and apps arrive, last with `done`.

    Raises:
        BadToken: The credentials are bad.
    """
    held = Held()
    waiting = {asyncio.ensure_future(_groups(session, user_id)), asyncio.ensure_future(_apps(session, user_id))}
    try:
        while waiting:
            ready, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in ready:
                part = task.result()
                held = Held(
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


async def _groups(session: Session, user_id: str) -> Held:
    try:
        groups = await session.client.groups_of(user_id)
    except BadToken:
        raise
    except OktaError as error:
        return Held(gaps=(f"which groups they are in ({_why(error)})",), trouble=error)
    return Held({group.id: group for group in groups})


async def _apps(session: Session, user_id: str) -> Held:
    """Every assignment (Okta: "List all applications", filter by user.id); without rights over apps, the dashboard."""
    query = {"filter": scim.eq("user.id", user_id), "expand": f"user/{user_id}", "limit": "200"}
    try:
        apps = await session.client.all(ep.APPS, App, None, query, most=MOST)
    except (MissingRole, MissingScope) as error:
        return await _dashboard(session, user_id, error)
    except BadToken:
        raise
    except OktaError as error:
        return Held(gaps=(f"which apps they have ({_why(error)})",), trouble=error)
    return Held(apps={app.id: (app, app.embedded.user if app.embedded else None) for app in apps})


async def _dashboard(session: Session, user_id: str, refused: OktaError) -> Held:
    try:
        links = await session.client.app_links_of(user_id)
    except BadToken:
        raise
    except OktaError as error:
        return Held(gaps=(f"which apps they have ({_why(error)})",), trouble=error)
    found = {
        link.app_instance_id: (App(id=link.app_instance_id, label=link.label, name=link.app_name), None)
        for link in links
        if link.app_instance_id
    }
    gap = f"hidden apps, and whether an app was assigned directly ({_why(refused)})"
    return Held(apps=found, dashboard=True, gaps=(gap,), trouble=refused)


def _why(error: OktaError) -> str:
    return plain(error.title, limit=100)
