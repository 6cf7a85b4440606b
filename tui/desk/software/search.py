"""Search groups and apps for software; without a text, list the software that the person has."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from tui.desk.software.catalog import catalog_of, gather_answers
from tui.desk.software.held import Holdings, read_holdings
from tui.desk.software.offers import Giver, Offer, closeness, rank, words_of
from tui.desk.text.plain import plain
from tui.okta import endpoints as ep
from tui.okta import scim
from tui.okta.errors import BadToken, MissingRole, MissingScope, OktaError, asks_too_much
from tui.okta.models import Group

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator

    from tui.desk.session import Session
    from tui.desk.software.catalog import AppCatalog
    from tui.okta.entitlements import App

PAGE: Final = 50
MOST: Final = 80
"""The most offers that are returned."""
LOOKED_INTO: Final = 8
"""The most matching groups whose apps are read."""
LOOKED_AROUND: Final = 3
"""The most matching apps whose groups are read."""
GIVERS: Final = 20
"""The most groups of an app that are read."""
WEIGHED: Final = 5
"""The most groups of an app whose other apps are read."""
OWN_GROUPS: Final = 30
"""The most groups of the person whose apps are read."""
_LONGEST: Final = 60
_KINDS: Final = {"OKTA_GROUP": 0, "APP_GROUP": 1}


class SoftwareFound(Struct, frozen=True):
    """The result of a search so far.

    Attributes:
        text: The text of the search; empty for the software that the person has.
        offers: The software, best match first.
        gaps: What cannot be read, and why: harmless half sentences.
        more: Whether there are more matches than are returned.
        done: Whether groups and apps were searched; which group gives which app may still be read.
        complete: Whether this is the last result.
    """

    text: str
    offers: tuple[Offer, ...] = ()
    gaps: tuple[str, ...] = ()
    more: bool = False
    done: bool = False
    complete: bool = False


class SoftwareSearch:
    """Searches for software, for one person or for nobody in particular.

    Args:
        session: The session of the org.
        user_id: The id of the person; empty for nobody.
        dwell: Seconds to wait before details are read, since the agent may go on typing.
        groups_only: Whether each group is an offer of its own, and apps are not offered; always so where the connector
            gives software by groups only.

    Attributes:
        held: The groups and apps that the person has, as last read.
    """

    def __init__(self, session: Session, user_id: str = "", *, dwell: float = 0.25, groups_only: bool = False) -> None:
        self._session = session
        self._user_id = user_id
        self._dwell = dwell
        self._reads_apps = not session.by_groups_only
        self._groups_only = groups_only or not self._reads_apps
        self.held = Holdings()
        self._reading: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._catalog = catalog_of(session)

    def forget(self, *, everything: bool = False, shared: bool = True) -> None:
        """Forget what the person has, so that the next search reads it again.

        Args:
            everything: Whether the catalog is forgotten too.
            shared: Whether the groups and apps that other screens have read are forgotten too; not so right after a
                change, since it has read back what it changed.
        """
        self._stop()
        if everything:
            self._catalog.forget()
        if shared:
            self._session.parts.forget(self._user_id, ("groups", "apps"))

    def forget_givers(self, app_id: str, *group_ids: str) -> None:
        """Forget which groups give an app, and what these groups give, so that it is read again."""
        self._catalog.groups_of.forget(app_id)
        for group_id in group_ids:
            self._catalog.given_by.forget(group_id)

    def close(self) -> None:
        """Stop reading."""
        self._catalog.stop()
        self._stop()

    def _stop(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    async def run(self, text: str = "") -> AsyncIterator[SoftwareFound]:
        """Search; yield a result each time that something was read. Cancelling the task cancels the requests.

        Raises:
            OktaError: Nothing at all could be read, or the credentials are bad.
        """
        query = _Query(words_of(text[:_LONGEST]))
        parts: list[Awaitable[None]] = [self._holdings(query)]
        if query.text:
            parts.append(self._groups(query))
            if not self._groups_only:
                parts.append(self._apps(query))
        async for done in _run_parts(parts, self._news):
            yield self._result(query, done=done)
        if query.failed == len(parts) and query.trouble is not None:
            raise query.trouble
        await asyncio.sleep(self._dwell)
        extras = self._extras(query)
        async for _ in _run_parts(extras, self._news):
            yield self._result(query, done=True)
        yield self._result(query, done=True, complete=True)

    # -- the first results

    async def _holdings(self, query: _Query) -> None:
        """Read what the person has, once and not again with each keystroke."""
        if not self._user_id:
            return
        if self._reading is None:
            self._reading = asyncio.ensure_future(self._read_holdings())
            self._reading.add_done_callback(_ignore_failure)
        await asyncio.shield(self._reading)
        held = self.held
        if held.trouble is not None and held.groups is None and held.apps is None:
            query.fail(held.trouble)

    async def _read_holdings(self) -> None:
        try:
            async for held in read_holdings(self._session, self._user_id):
                if held.done:
                    self.held = held
                else:  # what an earlier read returned stands until the new answer
                    groups = self.held.groups if held.groups is None else held.groups
                    apps = self.held.apps if held.apps is None else held.apps
                    self.held = replace(held, groups=groups, apps=apps)
                self._news.set()
        finally:
            failed = self.held.trouble is not None and not isinstance(self.held.trouble, MissingRole | MissingScope)
            if failed and self._reading is asyncio.current_task():
                self._reading = None  # the next search reads again

    async def _groups(self, query: _Query) -> None:
        forms = _forms(query.words)
        for number, form in enumerate(forms):
            try:
                page = await self._session.client.page(ep.GROUPS, Group, form)
            except BadToken:
                raise
            except OktaError as error:
                if asks_too_much(error) and number + 1 < len(forms):
                    continue
                query.gap("groups are not searched", error)
                return
            # A simpler form finds other groups too.
            found = [group for group in page.items if not number or closeness(query.text, group.name) is not None]
            query.groups = {group.id: group for group in found}
            query.more = query.more or page.next_url is not None
            if number:
                query.gaps += ("groups that only the whole search finds, which Okta did not answer",)
            return

    async def _apps(self, query: _Query) -> None:
        try:
            known: AppCatalog = await self._catalog.apps.get("")
            apps = list(known.all)
            if not known.whole:
                apps += await self._catalog.named.get(query.text)
        except BadToken:
            raise
        except OktaError as error:
            query.gap("apps are not searched, but for those that they have", error)
            return
        query.apps = {app.id: app for app in apps if _matches(query.text, app)}

    # -- the details

    def _extras(self, query: _Query) -> list[Awaitable[None]]:
        catalog = self._catalog
        reads: list[Awaitable[object]] = [catalog.rules.get(""), catalog.reach.get("")]
        if not self._reads_apps:
            unread = [group_id for group_id in self.held.groups or {} if group_id not in query.groups]
            reads += [catalog.describe(unread[:OWN_GROUPS])]  # how many people and apps each of them has
            return [gather_answers([read]) for read in reads]
        if query.text:
            into = [offer.givers[0].group.id for offer in self._offers(query) if offer.app is None]
            reads += [catalog.given_by.get(group_id) for group_id in into[:LOOKED_INTO]]
            around = [offer.app.id for offer in self._offers(query) if offer.app is not None]
            reads += [self._look_around(app_id) for app_id in around[:1]]
            reads += [catalog.givers(app_id, GIVERS) for app_id in around[1:LOOKED_AROUND]]
        if not query.text or self.held.dashboard:  # else each app is known with its assignment
            own = sorted((self.held.groups or {}).values(), key=lambda group: _KINDS.get(group.type or "", 2))
            reads += [catalog.given_by.get(group.id) for group in own[:OWN_GROUPS]]
        return [gather_answers([read]) for read in reads]

    async def _look_around(self, app_id: str) -> None:
        """Read which groups give an app, and what else the person's own and the fittest of these groups give."""
        catalog = self._catalog
        await catalog.givers(app_id, GIVERS)
        groups = [catalog.group.known(group_id) for group_id in catalog.groups_of.known(app_id) or ()]
        givers = sorted((self._giver(group) for group in groups if group), key=lambda g: (not g.member, g.fitness))
        await gather_answers(catalog.given_by.get(giver.group.id) for giver in givers[:WEIGHED])

    async def look_into(self, offer: Offer) -> Offer:
        """Return an offer with its details, for an offer for which the search did not read them.

        Raises:
            BadToken: The credentials are bad.
        """
        if offer.app is None:
            group = offer.givers[0].group
            reads: list[Awaitable[object]] = [self._catalog.describe([group.id])]
            if self._reads_apps:
                reads.append(self._catalog.given_by.get(group.id))
            await gather_answers(reads)
            giver = self._giver(group)  # whether they are in it may have been read again since the offer was made
            return Offer(None, (giver,), has=giver.member, groups_known=True)
        await gather_answers([self._look_around(offer.app.id)])
        query = _Query(())
        query.groups = {giver.group.id: giver.group for giver in offer.givers}
        return self._offer(query, offer.app)

    # -- the offers

    def _result(self, query: _Query, *, done: bool, complete: bool = False) -> SoftwareFound:
        offers = self._offers(query)
        more = query.more or len(offers) > MOST
        return SoftwareFound(query.text, offers[:MOST], self.held.gaps + query.gaps, more, done, complete)

    def _offers(self, query: _Query) -> tuple[Offer, ...]:
        """Return an offer for each app with its groups, and for each group that does not stand for one app alone."""
        apps = self._apps_found(query)
        alone: list[Offer] = []
        for giver in self._givers_found(query):
            only = self._only_app(giver)
            if only is not None and (query.text or only.id in apps):
                apps.setdefault(only.id, only)
            else:
                alone.append(Offer(None, (giver,), has=giver.member, groups_known=True))
        offers = [self._offer(query, app) for app in apps.values() if app.status != "DELETED"]
        return tuple(sorted(offers + alone, key=lambda offer: rank(query.text, offer)))

    def _apps_found(self, query: _Query) -> dict[str, App]:
        """Return the matching apps by id: those that the person has, and those that Okta returned."""
        held = [] if self._groups_only else [app for app, _ in (self.held.apps or {}).values()]
        return {app.id: app for app in held if _matches(query.text, app)} | query.apps

    def _givers_found(self, query: _Query) -> Iterator[Giver]:
        """Yield the matching groups, except for those that keydesk's role does not cover."""
        held = (self.held.groups or {}).values()
        own = {group.id: group for group in held if closeness(query.text, group.name) is not None}
        for group in (own | query.groups).values():
            giver = self._giver(group)
            if giver.member or giver.reached is not False:
                yield giver

    def _only_app(self, giver: Giver) -> App | None:
        """Return the only app that a group gives; `None` where it gives several, or where groups are searched."""
        if self._groups_only or giver.apps is None or len(giver.apps) != 1:
            return None
        return giver.apps[0]

    def _offer(self, query: _Query, app: App) -> Offer:
        catalog = self._catalog
        pool = {**(self.held.groups or {}), **query.groups}
        ids = catalog.groups_of.known(app.id)
        known = {group_id: catalog.group.known(group_id) or pool.get(group_id) for group_id in ids or ()}
        giving = {group_id: group for group_id, group in known.items() if group is not None}
        for group in pool.values():
            if any(given.id == app.id for given in catalog.given_by.known(group.id) or ()):
                giving[group.id] = group
        givers = (self._giver(query.groups.get(group.id, group)) for group in giving.values())
        offered = tuple(sorted((g for g in givers if g.member or g.reached is not False), key=lambda g: g.fitness))
        whole = ids is not None and len(giving) >= len(ids)
        held = self.held
        return Offer(app, offered, held.assignment(app.id), held.has(app), groups_known=whole)

    def _giver(self, group: Group) -> Giver:
        catalog = self._catalog
        if group.embedded is None:
            group = catalog.group.known(group.id) or group
        return Giver(
            group,
            self.held.member(group.id) if self._user_id else None,
            catalog.rule_of(group.id),
            catalog.given_by.known(group.id),
            refused=group.id in self._session.out_of_reach,
            reached=catalog.reached(group.id),
            apps_unread=not self._reads_apps,
        )


class _Query:
    """One search text, with the groups and apps that were read for it."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words
        self.text = " ".join(words)
        self.groups: dict[str, Group] = {}
        self.apps: dict[str, App] = {}
        self.gaps: tuple[str, ...] = ()
        self.more = False
        self.failed = 0
        self.trouble: OktaError | None = None

    def fail(self, error: OktaError) -> None:
        """Count a part of the search that failed."""
        self.failed += 1
        self.trouble = error

    def gap(self, what: str, error: OktaError) -> None:
        """Count a part of the search that failed, and note what is not known without it."""
        self.fail(error)
        self.gaps += (f"{what} ({plain(error.title, limit=100)})",)


async def _run_parts(parts: Iterable[Awaitable[None]], updated: asyncio.Event) -> AsyncIterator[bool]:
    """Run parts side by side; yield when one ends or sets the event, with whether all have ended."""
    waiting = {asyncio.ensure_future(part) for part in parts}
    update: asyncio.Task[bool] | None = None
    try:
        while waiting:
            updated.clear()
            update = asyncio.ensure_future(updated.wait())
            ready, _ = await asyncio.wait({*waiting, update}, return_when=asyncio.FIRST_COMPLETED)
            update.cancel()
            waiting -= ready
            for task in ready - {update}:
                task.result()
            yield not waiting
    finally:
        for task in (*waiting, *((update,) if update else ())):
            task.cancel()


def _matches(text: str, app: App) -> bool:
    return closeness(text, app.label or "", app.name or "") is not None


def _forms(words: tuple[str, ...]) -> tuple[dict[str, str], ...]:
    """Return the parameters of the search for groups, then of simpler ones: by name, by one word, by `q`."""
    longest = max(words, key=len)
    searches = (
        _expression(words),
        scim.all_of(*(_contains("profile.name", word) for word in words)),
        _contains("profile.name", longest),
    )
    forms = [{"search": search, "expand": "stats", "limit": str(PAGE)} for search in dict.fromkeys(searches)]
    return (*forms, {"q": " ".join(words), "limit": str(PAGE)})


def _expression(words: Iterable[str]) -> str:
    """Return the search for groups with each word in the name or the description (Okta: "List all groups")."""
    return scim.all_of(
        *(scim.any_of(_contains("profile.name", word), _contains("profile.description", word)) for word in words)
    )


def _contains(attribute: str, word: str) -> str:
    # The quoting is that of `scim`, whose `co` knows the attributes of people only.
    return f"{attribute} co{scim.eq(attribute, word).removeprefix(f'{attribute} eq')}"


def _ignore_failure(task: asyncio.Task[None]) -> None:
    """Read a task's exception: asyncio reports it if nobody waits for the task any more."""
    if not task.cancelled():
        task.exception()
