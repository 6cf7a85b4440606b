"""What an org has on its shelf: apps, rules and who gives what, read as late as possible and kept for some minutes.

Lists of apps and what hangs below them have the smallest rate bucket of all (Okta: "Rate limits"), so nothing there is
asked for twice within `FRESH` seconds, and what a group gives is asked of the group.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from tui.desk.actions import needs
from tui.desk.connectors.connector import SignInKind
from tui.okta import endpoints as ep
from tui.okta import scim
from tui.okta.entitlements import App, AppGroup, GroupRule
from tui.okta.errors import BadToken, MissingRole, MissingScope, OktaError
from tui.okta.models import Group, RoleAssignment

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from tui.desk.session import Session
    from tui.okta.client import OktaClient

K = TypeVar("K")
T = TypeVar("T")

FRESH: Final = 300.0
"""Seconds for which what was read of the org is taken for true."""
APPS_WHOLE: Final = 400
"""Up to so many apps are read whole and searched here; Okta itself only finds the beginnings of names."""
PAGE: Final = {"limit": "200"}
# Roles that change the members of every group, and those that can be limited to some.
_EVERYWHERE: Final = frozenset({"SUPER_ADMIN", "ORG_ADMIN"})
_LIMITED: Final = needs.LIMITABLE - {needs.HELP_DESK}


class TimedValues(Generic[K, T]):
    """Values by key, each of which counts for `FRESH` seconds."""

    def __init__(self, client: OktaClient) -> None:
        self._clock = client.clock
        self._values: dict[K, tuple[float, T]] = {}

    def known(self, key: K) -> T | None:
        """Return the value of a key; `None` where there is none, or it is too old."""
        if key not in self._values:
            return None
        stored_at, value = self._values[key]
        return value if self._clock.monotonic() - stored_at < FRESH else None

    def put(self, key: K, value: T) -> None:
        """Store a value as of now."""
        self._values[key] = self._clock.monotonic(), value

    def forget(self, key: K | None = None) -> None:
        """Drop the value of one key, or of all keys."""
        if key is None:
            self._values.clear()
        else:
            self._values.pop(key, None)


@dataclass(frozen=True, slots=True)
class _Answer(Generic[T]):
    """What Okta answered, also where that is nothing; or the refusal for want of rights."""

    value: T | None = None
    refusal: OktaError | None = None


class Kept(Generic[K, T]):
    """Answers by key, for some time; those who ask at once for the same share one question.

    A refusal for want of rights is kept as well: it will not be otherwise a keystroke later. Other failures are not.

    Args:
        client: Whose clock counts.
        read: Asks.
        to_the_end: Whether a question is worth its answer even when nobody waits for it any more; else it is cancelled.
    """

    def __init__(self, client: OktaClient, read: Callable[[K], Awaitable[T]], *, to_the_end: bool = False) -> None:
        self._answers: TimedValues[K, _Answer[T]] = TimedValues(client)
        self._read = read
        self._to_the_end = to_the_end
        self._asked: dict[K, asyncio.Task[T]] = {}
        self._waiting: dict[K, int] = {}

    def known(self, key: K) -> T | None:
        """Return what is known of a key without asking; `None` for nothing, and for a refusal."""
        answer = self._answers.known(key)
        return None if answer is None else answer.value

    def forget(self, key: K | None = None) -> None:
        """Ask again next time; for one key, or for all."""
        self._answers.forget(key)

    async def get(self, key: K) -> T:
        """Return what is known of a key, and ask Okta for it where need be.

        Raises:
            OktaError: It cannot be read.
        """
        answer = self._answers.known(key)
        if answer is not None:
            if answer.refusal is not None:
                raise answer.refusal
            return answer.value  # type: ignore[return-value]  # an answer without a refusal holds a value
        task = self._asked.get(key)
        if task is None:
            task = self._asked[key] = asyncio.ensure_future(self._ask(key))
            task.add_done_callback(_noticed)
        self._waiting[key] = self._waiting.get(key, 0) + 1
        try:
            return await asyncio.shield(task)
        finally:
            self._waiting[key] -= 1
            if not self._waiting[key]:
                del self._waiting[key]
                if not task.done() and not self._to_the_end:
                    task.cancel()
                    self._asked.pop(key, None)

    async def _ask(self, key: K) -> T:
        this = asyncio.current_task()
        try:
            value = await self._read(key)
        except (MissingRole, MissingScope) as error:
            self._answers.put(key, _Answer(refusal=error))
            raise
        finally:
            if self._asked.get(key) is this:
                del self._asked[key]
        self._answers.put(key, _Answer(value))
        return value

    def stop(self) -> None:
        """Cancel what is being asked."""
        for task in self._asked.values():
            task.cancel()
        self._asked.clear()


@dataclass(frozen=True, slots=True)
class AppCatalog:
    """The org's apps.

    Attributes:
        all: Those that were read.
        whole: Whether they are all there are.
    """

    all: tuple[App, ...]
    whole: bool


class Catalog:
    """One org's software, as one connection sees it."""

    def __init__(self, session: Session) -> None:
        client = session.client
        self._client = client
        self._service = session.connector.kind is SignInKind.PRIVATE_KEY_JWT
        self._client_id = session.connector.client_id
        self.apps: Kept[str, AppCatalog] = Kept(client, self._apps, to_the_end=True)
        self.named: Kept[str, tuple[App, ...]] = Kept(client, self._named)
        self.group: TimedValues[str, Group] = TimedValues(client)
        self.given_by: Kept[str, tuple[App, ...]] = Kept(client, self._given_by)
        self.groups_of: Kept[str, tuple[str, ...]] = Kept(client, self._groups_of)
        self.rules: Kept[str, tuple[GroupRule, ...]] = Kept(client, self._rules, to_the_end=True)
        self.reach: Kept[str, frozenset[str] | None] = Kept(client, self._reach, to_the_end=True)

    @property
    def _asking(self) -> tuple[Kept[str, Any], ...]:
        return self.apps, self.named, self.given_by, self.groups_of, self.rules, self.reach

    def forget(self) -> None:
        """Read everything anew next time."""
        self.group.forget()
        for kept in self._asking:
            kept.forget()

    def stop(self) -> None:
        """Cancel all that is being asked."""
        for kept in self._asking:
            kept.stop()

    def rule_of(self, group_id: str) -> str:
        """The name of the rule that fills a group, as far as the rules are read; empty for none."""
        rules = self.rules.known("") or ()
        return next((rule.name or rule.id for rule in rules if rule.fills(group_id)), "")

    def reached(self, group_id: str) -> bool | None:
        """Whether keydesk's role covers a group's members; `None` where that cannot be read."""
        groups = self.reach.known("")
        return None if groups is None else group_id in groups or "*" in groups

    async def givers(self, app_id: str, most: int) -> None:
        """Read which groups give an app, and so many of these groups.

        Raises:
            OktaError: They cannot be read.
        """
        await self.describe((await self.groups_of.get(app_id))[:most])

    async def describe(self, group_ids: Iterable[str]) -> None:
        """Read groups with their statistics, in one question for all that are not known.

        Only the list gives statistics (Okta: "List all groups", `expand`).

        Raises:
            OktaError: They cannot be read.
        """
        unknown = [scim.eq("id", group_id) for group_id in group_ids if self.group.known(group_id) is None]
        if unknown:
            query = {"search": scim.any_that_fit(*unknown), "expand": "stats", "limit": "200"}
            for group in await self._client.all(ep.GROUPS, Group, None, query, background=True):
                self.group.put(group.id, group)

    async def _apps(self, _: str) -> AppCatalog:
        found: list[App] = []
        async for page in self._client.pages(ep.APPS, App, None, PAGE):
            found.extend(page.items)
            if page.next_url is None:
                return AppCatalog(tuple(found), whole=True)
            if len(found) >= APPS_WHOLE:
                break
        return AppCatalog(tuple(found), whole=False)

    async def _named(self, text: str) -> tuple[App, ...]:
        async for page in self._client.pages(ep.APPS, App, None, {"q": text, "limit": "20"}):
            return page.items
        return ()

    async def _given_by(self, group_id: str) -> tuple[App, ...]:
        return await self._client.all(ep.GROUP_APPS, App, {"group": group_id}, PAGE, background=True)

    async def _groups_of(self, app_id: str) -> tuple[str, ...]:
        found = await self._client.all(ep.APP_GROUPS, AppGroup, {"app": app_id}, PAGE, background=True)
        return tuple(group.id for group in found)

    async def _rules(self, _: str) -> tuple[GroupRule, ...]:
        return await self._client.all(ep.GROUP_RULES, GroupRule, None, PAGE, background=True)

    async def _reach(self, _: str) -> frozenset[str] | None:
        """The ids of the groups whose members keydesk's roles may change, `*` for all; `None` where nobody knows.

        An API token's owner is asked for by `me`; a service app is its client id (Okta: "Role Assignments").
        """
        roles, targets = (ep.CLIENT_ROLES, ep.CLIENT_ROLE_GROUPS) if self._service else (
            ep.USER_ROLES, ep.USER_ROLE_GROUPS
        )  # fmt: skip
        whose = self._client_id if self._service else (await self._client.user("me", background=True)).id
        if not whose:
            return None
        held = await self._client.all(roles, RoleAssignment, {"id": whose}, background=True)
        active = [role for role in held if role.status in {None, "ACTIVE"}]
        if any(role.type in _EVERYWHERE for role in active):
            return frozenset({"*"})
        if any(role.type == "CUSTOM" for role in active):
            return None  # its resource set decides, and that takes other rights to read
        found: set[str] = set()
        for role in active:
            if role.type in _LIMITED:
                groups = await self._client.all(targets, Group, {"id": whose, "role": role.id}, PAGE, background=True)
                found |= {group.id for group in groups} or {"*"}  # a role without targets is for all groups
        return frozenset(found)


_SHELVES: WeakKeyDictionary[Any, Catalog] = WeakKeyDictionary()


def shelf(session: Session) -> Catalog:
    """The shelf of a session's connection; it lives as long as that."""
    found = _SHELVES.get(session.client)
    if found is None:
        found = _SHELVES[session.client] = Catalog(session)
    return found


async def tried(reads: Iterable[Awaitable[Any]]) -> None:
    """Let reads come to an end side by side; those that fail are without their answer.

    Raises:
        BadToken: The credentials are bad, so that nothing else will be answered either.
    """
    for came in await asyncio.gather(*reads, return_exceptions=True):
        if isinstance(came, BadToken) or (isinstance(came, BaseException) and not isinstance(came, OktaError)):
            raise came


def _noticed(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()
