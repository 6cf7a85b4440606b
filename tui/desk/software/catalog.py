"""The catalog of an org's software: apps, group rules and assignments, read as late as possible and cached.

The endpoints under `/apps` have the smallest rate limit of all (Okta: "Rate limits"), so nothing is read twice within
`FRESH` seconds, and the apps of a group are read from the group's own endpoint.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from msgspec import Struct

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
"""Seconds for which an answer is cached."""
APPS_WHOLE: Final = 400
"""Up to so many apps are read and searched here; Okta's own search only finds the beginnings of names."""
PAGE: Final = {"limit": "200"}
# The roles that can change the members of every group, and those that can be limited to some groups.
_EVERYWHERE: Final = frozenset({"SUPER_ADMIN", "ORG_ADMIN"})
_LIMITED: Final = needs.LIMITABLE - {needs.HELP_DESK}


class TimedValues(Generic[K, T]):
    """Values by key that expire after `FRESH` seconds."""

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


class _Answer(Struct, Generic[T], frozen=True):
    """What Okta answered, also where that is nothing; or the refusal for want of rights."""

    value: T | None = None
    refusal: OktaError | None = None


class CachedAnswers(Generic[K, T]):
    """Answers of Okta by key, cached for a time; callers that need the same answer share one request.

    The error that a scope or role is missing is cached too, since it would be the same again. Other errors are not.

    Args:
        client: The connection, for its clock.
        read: Sends the request.
        to_the_end: Whether a request goes on when nobody waits for it any more; else it is cancelled.
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
        """Return the cached answer for a key, after a request if there is none.

        Raises:
            OktaError: The answer cannot be read.
        """
        answer = self._answers.known(key)
        if answer is not None:
            if answer.refusal is not None:
                raise answer.refusal
            return answer.value  # type: ignore[return-value]  # an answer without a refusal holds a value
        task = self._asked.get(key)
        if task is None:
            task = self._asked[key] = asyncio.ensure_future(self._ask(key))
            task.add_done_callback(_ignore_failure)
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
        """Cancel the requests under way."""
        for task in self._asked.values():
            task.cancel()
        self._asked.clear()


class AppCatalog(Struct, frozen=True):
    """The org's apps.

    Attributes:
        all: The apps that were read.
        whole: Whether these are all apps of the org.
    """

    all: tuple[App, ...]
    whole: bool


class Catalog:
    """One org's software, as one connection sees it. Each attribute is a cache by key."""

    def __init__(self, session: Session) -> None:
        client = session.client
        self._client = client
        self._service = session.connector.kind is SignInKind.PRIVATE_KEY_JWT
        self._client_id = session.connector.client_id
        self.apps: CachedAnswers[str, AppCatalog] = CachedAnswers(client, self._apps, to_the_end=True)
        self.named: CachedAnswers[str, tuple[App, ...]] = CachedAnswers(client, self._named)
        self.group: TimedValues[str, Group] = TimedValues(client)
        self.given_by: CachedAnswers[str, tuple[App, ...]] = CachedAnswers(client, self._given_by)
        self.groups_of: CachedAnswers[str, tuple[str, ...]] = CachedAnswers(client, self._groups_of)
        self.rules: CachedAnswers[str, tuple[GroupRule, ...]] = CachedAnswers(client, self._rules, to_the_end=True)
        self.reach: CachedAnswers[str, frozenset[str] | None] = CachedAnswers(client, self._reach, to_the_end=True)

    @property
    def _caches(self) -> tuple[CachedAnswers[str, Any], ...]:
        return self.apps, self.named, self.given_by, self.groups_of, self.rules, self.reach

    def forget(self) -> None:
        """Delete all cached answers."""
        self.group.forget()
        for cache in self._caches:
            cache.forget()

    def stop(self) -> None:
        """Cancel all requests under way."""
        for cache in self._caches:
            cache.stop()

    def rule_of(self, group_id: str) -> str:
        """Return the name of the rule that fills a group; empty for none, or while the rules are not read."""
        rules = self.rules.known("") or ()
        return next((rule.name or rule.id for rule in rules if rule.fills(group_id)), "")

    def reached(self, group_id: str) -> bool | None:
        """Whether keydesk's role covers a group's members; `None` where that is not known."""
        groups = self.reach.known("")
        return None if groups is None else group_id in groups or "*" in groups

    async def givers(self, app_id: str, most: int) -> None:
        """Read which groups give an app, and at most `most` of these groups.

        Raises:
            OktaError: They cannot be read.
        """
        await self.describe((await self.groups_of.get(app_id))[:most])

    async def describe(self, group_ids: Iterable[str]) -> None:
        """Read groups with their statistics, in one request for all that are not cached.

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
        apps: list[App] = []
        async for page in self._client.pages(ep.APPS, App, None, PAGE):
            apps.extend(page.items)
            if page.next_url is None:
                return AppCatalog(tuple(apps), whole=True)
            if len(apps) >= APPS_WHOLE:
                break
        return AppCatalog(tuple(apps), whole=False)

    async def _named(self, text: str) -> tuple[App, ...]:
        async for page in self._client.pages(ep.APPS, App, None, {"q": text, "limit": "20"}):
            return page.items
        return ()

    async def _given_by(self, group_id: str) -> tuple[App, ...]:
        return await self._client.all(ep.GROUP_APPS, App, {"group": group_id}, PAGE, background=True)

    async def _groups_of(self, app_id: str) -> tuple[str, ...]:
        assignments = await self._client.all(ep.APP_GROUPS, AppGroup, {"app": app_id}, PAGE, background=True)
        return tuple(group.id for group in assignments)

    async def _rules(self, _: str) -> tuple[GroupRule, ...]:
        return await self._client.all(ep.GROUP_RULES, GroupRule, None, PAGE, background=True)

    async def _reach(self, _: str) -> frozenset[str] | None:
        """Read the ids of the groups whose members keydesk's roles may change, `*` for all; `None` for not known.

        The owner of an API token is read as `me`; a service app has its client id (Okta: "Role Assignments").
        """
        roles, targets = (ep.CLIENT_ROLES, ep.CLIENT_ROLE_GROUPS) if self._service else (
            ep.USER_ROLES, ep.USER_ROLE_GROUPS
        )  # fmt: skip
        principal_id = self._client_id if self._service else await self._client.principal()
        if not principal_id:
            return None
        held = await self._client.all(roles, RoleAssignment, {"id": principal_id}, background=True)
        active = [role for role in held if role.status in {None, "ACTIVE"}]
        if any(role.type in _EVERYWHERE for role in active):
            return frozenset({"*"})
        if any(role.type == "CUSTOM" for role in active):
            return None  # its resource set decides, and keydesk may not read that
        reached: set[str] = set()
        for role in active:
            if role.type in _LIMITED:
                groups = await self._client.all(
                    targets, Group, {"id": principal_id, "role": role.id}, PAGE, background=True
                )
                reached |= {group.id for group in groups} or {"*"}  # a role without targets is for all groups
        return frozenset(reached)


_CATALOGS: WeakKeyDictionary[Any, Catalog] = WeakKeyDictionary()


def catalog_of(session: Session) -> Catalog:
    """Return the catalog of a session's connection; it lives as long as the connection."""
    catalog = _CATALOGS.get(session.client)
    if catalog is None:
        catalog = _CATALOGS[session.client] = Catalog(session)
    return catalog


async def gather_answers(reads: Iterable[Awaitable[Any]]) -> None:
    """Wait for several reads; errors of Okta are ignored, and the answers stay unknown.

    Raises:
        BadToken: The credentials are bad, so that every other read fails too.
    """
    for answer in await asyncio.gather(*reads, return_exceptions=True):
        if isinstance(answer, BadToken) or (isinstance(answer, BaseException) and not isinstance(answer, OktaError)):
            raise answer


def _ignore_failure(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()
