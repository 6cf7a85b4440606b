"""One search over software, answered by groups and apps together; without a text, what the person has."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tui.desk.software.catalog import shelf, tried
from tui.desk.software.held import Held, held_by
from tui.desk.software.offers import Giver, Offer, closeness, rank, words_of
from tui.desk.text.plain import plain
from tui.okta import endpoints as ep
from tui.okta import scim
from tui.okta.errors import BadToken, MissingRole, MissingScope, OktaError
from tui.okta.models import Group

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator

    from tui.desk.session import Session
    from tui.desk.software.catalog import AppCatalog
    from tui.okta.entitlements import App

PAGE: Final = 50
MOST: Final = 80
"""Offers that are shown; who sees more types on."""
LOOKED_INTO: Final = 8
"""Of how many of the groups that were found it is asked what they give."""
LOOKED_AROUND: Final = 3
"""For how many of the apps that were found it is asked which groups give them."""
GIVERS: Final = 20
"""How many of those groups are read."""
WEIGHED: Final = 5
"""Of how many of those it is asked what else they give."""
OWN_GROUPS: Final = 30
"""Of how many of a person's groups it is asked what they give."""
_LONGEST: Final = 60
_KINDS: Final = {"OKTA_GROUP": 0, "APP_GROUP": 1}


@dataclass(frozen=True, slots=True)
class SoftwareFound:
    """What is known so far.

    Attributes:
        text: What was asked for; empty for what the person has.
        offers: The software, best match first.
        gaps: What cannot be known, and why: half sentences, harmless.
        more: Whether Okta has more of it than is shown.
        done: Whether the first answers are all there; what hangs on them (who gives what) may still come.
        complete: Whether nothing more will come.
    """

    text: str
    offers: tuple[Offer, ...] = ()
    gaps: tuple[str, ...] = ()
    more: bool = False
    done: bool = False
    complete: bool = False


class SoftwareSearch:
    """Software for one person, or for nobody in particular.

    Args:
        session: Where.
        user_id: The person; empty for nobody: then only what there is is known.
        dwell: Seconds without another text before it is asked what hangs on the first answers.
        groups_only: Whether groups are wanted for their own sake: each is an offer, apps are none.
    """

    def __init__(self, session: Session, user_id: str = "", *, dwell: float = 0.25, groups_only: bool = False) -> None:
        self._session = session
        self._user_id = user_id
        self._dwell = dwell
        self._groups_only = groups_only
        self.held = Held()
        self._reading: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._shelf = shelf(session)

    def forget(self, *, everything: bool = False) -> None:
        """Read anew next time what the person has; on request also what the org has."""
        self._stop()
        if everything:
            self._shelf.forget()

    def forget_givers(self, app_id: str, *group_ids: str) -> None:
        """Read anew next time which groups give an app, and what these groups give."""
        self._shelf.groups_of.forget(app_id)
        for group_id in group_ids:
            self._shelf.given_by.forget(group_id)

    def close(self) -> None:
        """Stop reading."""
        self._shelf.stop()
        self._stop()

    def _stop(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    async def run(self, text: str = "") -> AsyncIterator[SoftwareFound]:
        """Ask; yields each time something new is known. Cancelling the task cancels the questions.

        Raises:
            OktaError: Nothing at all could be read, or the credentials are bad.
        """
        asked = _Asked(words_of(text[:_LONGEST]))
        parts: list[Awaitable[None]] = [self._holdings(asked)]
        if asked.text:
            parts.append(self._groups(asked))
            if not self._groups_only:
                parts.append(self._apps(asked))
        async for done in _side_by_side(parts, self._news):
            yield self._found(asked, done=done)
        if asked.failed == len(parts) and asked.trouble is not None:
            raise asked.trouble
        await asyncio.sleep(self._dwell)
        extras = self._extras(asked)
        async for _ in _side_by_side(extras, self._news):
            yield self._found(asked, done=True)
        yield self._found(asked, done=True, complete=True)

    # -- the first answers

    async def _holdings(self, asked: _Asked) -> None:
        """What the person has is read once and not anew with each keystroke."""
        if not self._user_id:
            return
        if self._reading is None:
            self._reading = asyncio.ensure_future(self._read_holdings())
            self._reading.add_done_callback(_noticed)
        await asyncio.shield(self._reading)
        held = self.held
        if held.trouble is not None and held.groups is None and held.apps is None:
            asked.fail(held.trouble)

    async def _read_holdings(self) -> None:
        try:
            async for held in held_by(self._session, self._user_id):
                if held.done:
                    self.held = held
                else:  # what is known from before stands until the new is there
                    groups = self.held.groups if held.groups is None else held.groups
                    apps = self.held.apps if held.apps is None else held.apps
                    self.held = replace(held, groups=groups, apps=apps)
                self._news.set()
        finally:
            failed = self.held.trouble is not None and not isinstance(self.held.trouble, MissingRole | MissingScope)
            if failed and self._reading is asyncio.current_task():
                self._reading = None  # the next search asks again

    async def _groups(self, asked: _Asked) -> None:
        query = {"search": _expression(asked.words), "expand": "stats", "limit": str(PAGE)}
        try:
            async for page in self._session.client.pages(ep.GROUPS, Group, None, query):
                asked.groups = {group.id: group for group in page.items}
                asked.more = asked.more or page.next_url is not None
                break
        except BadToken:
            raise
        except OktaError as error:
            asked.gap("groups are not searched", error)

    async def _apps(self, asked: _Asked) -> None:
        try:
            known: AppCatalog = await self._shelf.apps.get("")
            found = list(known.all)
            if not known.whole:
                found += await self._shelf.named.get(asked.text)
        except BadToken:
            raise
        except OktaError as error:
            asked.gap("apps are not searched, but for those that they have", error)
            return
        asked.apps = {app.id: app for app in found if _matches(asked.text, app)}

    # -- what hangs on them

    def _extras(self, asked: _Asked) -> list[Awaitable[None]]:
        kept = self._shelf
        reads: list[Awaitable[object]] = [kept.rules.get(""), kept.reach.get("")]
        if asked.text:
            into = [offer.givers[0].group.id for offer in self._offers(asked) if offer.app is None]
            reads += [kept.given_by.get(group_id) for group_id in into[:LOOKED_INTO]]
            around = [offer.app.id for offer in self._offers(asked) if offer.app is not None]
            reads += [self._look_around(app_id) for app_id in around[:1]]
            reads += [kept.givers(app_id, GIVERS) for app_id in around[1:LOOKED_AROUND]]
        if not asked.text or self.held.dashboard:  # else the apps that were found tell which groups give them
            own = sorted((self.held.groups or {}).values(), key=lambda group: _KINDS.get(group.type or "", 2))
            reads += [kept.given_by.get(group.id) for group in own[:OWN_GROUPS]]
        return [tried([read]) for read in reads]

    async def _look_around(self, app_id: str) -> None:
        """Which groups give an app, and what else comes and goes with the best of them and with the person's own."""
        kept = self._shelf
        await kept.givers(app_id, GIVERS)
        groups = [kept.group.known(group_id) for group_id in kept.groups_of.known(app_id) or ()]
        givers = sorted((self._giver(group) for group in groups if group), key=lambda g: (not g.member, g.fitness))
        await tried(kept.given_by.get(giver.group.id) for giver in givers[:WEIGHED])

    async def look_into(self, offer: Offer) -> Offer:
        """The same offer with what hangs on it, where it was too far down to be looked into at once.

        Raises:
            BadToken: The credentials are bad.
        """
        if offer.app is None:
            group = offer.givers[0].group
            await tried([self._shelf.given_by.get(group.id), self._shelf.describe([group.id])])
            return Offer(None, (self._giver(group),), has=offer.has, groups_known=True)
        await tried([self._look_around(offer.app.id)])
        asked = _Asked(())
        asked.groups = {giver.group.id: giver.group for giver in offer.givers}
        return self._offer(asked, offer.app)

    # -- put together

    def _found(self, asked: _Asked, *, done: bool, complete: bool = False) -> SoftwareFound:
        offers = self._offers(asked)
        more = asked.more or len(offers) > MOST
        return SoftwareFound(asked.text, offers[:MOST], self.held.gaps + asked.gaps, more, done, complete)

    def _offers(self, asked: _Asked) -> tuple[Offer, ...]:
        """Each app with the groups that give it; a group that gives just that app is not told twice."""
        apps = self._apps_found(asked)
        alone: list[Offer] = []
        for giver in self._givers_found(asked):
            only = self._only_app(giver)
            if only is not None and (asked.text or only.id in apps):
                apps.setdefault(only.id, only)
            else:
                alone.append(Offer(None, (giver,), has=giver.member, groups_known=True))
        offers = [self._offer(asked, app) for app in apps.values() if app.status != "DELETED"]
        return tuple(sorted(offers + alone, key=lambda offer: rank(asked.text, offer)))

    def _apps_found(self, asked: _Asked) -> dict[str, App]:
        """The apps that fit, by id: those that the person has, and those that the search found."""
        held = [] if self._groups_only else [app for app, _ in (self.held.apps or {}).values()]
        return {app.id: app for app in held if _matches(asked.text, app)} | asked.apps

    def _givers_found(self, asked: _Asked) -> Iterator[Giver]:
        """The groups that fit, but for those that keydesk's role does not cover: they are not offered."""
        held = (self.held.groups or {}).values()
        own = {group.id: group for group in held if closeness(asked.text, group.name) is not None}
        for group in (own | asked.groups).values():
            giver = self._giver(group)
            if giver.member or giver.reached is not False:
                yield giver

    def _only_app(self, giver: Giver) -> App | None:
        """The app that stands for a group, where the group gives just that one; `None` where groups are asked for."""
        if self._groups_only or giver.apps is None or len(giver.apps) != 1:
            return None
        return giver.apps[0]

    def _offer(self, asked: _Asked, app: App) -> Offer:
        kept = self._shelf
        pool = {**(self.held.groups or {}), **asked.groups}
        ids = kept.groups_of.known(app.id)
        known = {group_id: kept.group.known(group_id) or pool.get(group_id) for group_id in ids or ()}
        giving = {group_id: group for group_id, group in known.items() if group is not None}
        for group in pool.values():
            if any(one.id == app.id for one in kept.given_by.known(group.id) or ()):
                giving[group.id] = group
        givers = (self._giver(asked.groups.get(group.id, group)) for group in giving.values())
        offered = tuple(sorted((g for g in givers if g.member or g.reached is not False), key=lambda g: g.fitness))
        whole = ids is not None and len(giving) >= len(ids)
        held = self.held
        return Offer(app, offered, held.assignment(app.id), held.has(app), groups_known=whole)

    def _giver(self, group: Group) -> Giver:
        kept = self._shelf
        if group.embedded is None:
            group = kept.group.known(group.id) or group
        return Giver(
            group,
            self.held.member(group.id) if self._user_id else None,
            kept.rule_of(group.id),
            kept.given_by.known(group.id),
            refused=group.id in self._session.out_of_reach,
            reached=kept.reached(group.id),
        )


class _Asked:
    """One text, and what came of it."""

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
        """A part had no answer at all."""
        self.failed += 1
        self.trouble = error

    def gap(self, what: str, error: OktaError) -> None:
        """A part had no answer at all; say what is then not known."""
        self.fail(error)
        self.gaps += (f"{what} ({plain(error.title, limit=100)})",)


async def _side_by_side(parts: Iterable[Awaitable[None]], told: asyncio.Event) -> AsyncIterator[bool]:
    """Let parts run; yields when one is done or has news, and whether that was the last."""
    waiting = {asyncio.ensure_future(part) for part in parts}
    news: asyncio.Task[bool] | None = None
    try:
        while waiting:
            told.clear()
            news = asyncio.ensure_future(told.wait())
            ready, _ = await asyncio.wait({*waiting, news}, return_when=asyncio.FIRST_COMPLETED)
            news.cancel()
            waiting -= ready
            for task in ready - {news}:
                task.result()
            yield not waiting
    finally:
        for task in (*waiting, *((news,) if news else ())):
            task.cancel()


def _matches(text: str, app: App) -> bool:
    return closeness(text, app.label or "", app.name or "") is not None


def _expression(words: Iterable[str]) -> str:
    """Groups with each word in name or description; Okta looks inside these two alone (Okta: "List all groups")."""
    return scim.all_of(
        *(scim.any_of(_contains("profile.name", word), _contains("profile.description", word)) for word in words)
    )


def _contains(attribute: str, word: str) -> str:
    # The quoting is that of `scim`, whose `co` knows the attributes of people only.
    return f"{attribute} co{scim.eq(attribute, word).removeprefix(f'{attribute} eq')}"


def _noticed(task: asyncio.Task[None]) -> None:
    """Look at how it ended: nobody may be waiting for it any more, and asyncio would report it."""
    if not task.cancelled():
        task.exception()
