"""One conversation: a read, a verdict or a card, with answers of the demo org or recorded ones, mutated."""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import httpx

from tests.conftest import ORIGIN, START, FakeClock, token_of
from tests.fuzz.mutation import ODD, mutated, written
from tests.okta.recordings import recordings
from tui import wiring
from tui.commands.why import _print_verdict, _verdict_json
from tui.demo.serve.asgi import create_app
from tui.demo.story.begin import begin_org
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.by_hand.instructions import by_hand
from tui.desk.by_hand.self_service import own_steps, self_service
from tui.desk.connectors.connector import Connector, OrgAddress
from tui.desk.expiry.scan import ExpiryScan
from tui.desk.lockouts.cases import Cases
from tui.desk.lockouts.feed import Feed
from tui.desk.lockouts.feed_store import FeedStore
from tui.desk.lockouts.now import lockouts
from tui.desk.people.card import card, card_lines
from tui.desk.proof.prove import prove
from tui.desk.software.search import SoftwareSearch
from tui.desk.why.why import why
from tui.okta.auth import ApiToken
from tui.okta.calls import Call
from tui.okta.endpoints import endpoint_of
from tui.okta.policy import Mode
from tui.trouble import Trouble
from widgets.people.person_card import layout

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tui.demo.org import Org
    from tui.desk.session import Session

STATUSES: Final = (200, 200, 200, 201, 204, 206, 301, 400, 401, 403, 404, 409, 429, 500, 501, 502, 503, 504, 599)
HEADERS: Final = (
    ("x-okta-request-id", "\x7f" * 10), ("x-okta-request-id", "r" * 5000), ("date", "yesterday"), ("date", "0"),
    ("x-rate-limit-limit", "-1"), ("x-rate-limit-remaining", "nan"), ("x-rate-limit-reset", "9" * 30),
    ("x-rate-limit-limit", "0"), ("content-type", "text/html"), ("content-encoding", "gzip"),
    ("content-encoding", "br"), ("link", "<>; rel=next"), ("link", '<http://[::1>; rel="next"'),
    ("link", f'<{ORIGIN}/api/v1/users?after=1>; rel="next"'), ("link", f'<{"x" * 9000}>; rel="next"'),
    ("www-authenticate", 'Bearer error="insufficient_scope", scope="\xe9"'), ("retry-after", "-5"),
)  # fmt: skip
WIDTHS: Final = (20, 40, 80)


class Mutating(httpx.AsyncBaseTransport):
    """The demo org, whose answers are mutated or replaced by a recorded one on their way."""

    def __init__(self, org: Org, dice: random.Random) -> None:
        self._inner = httpx.ASGITransport(app=create_app(org))
        self._dice = dice
        self.often = dice.choice((0.1, 0.5, 1.0))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        content, dice = await answer.aread(), self._dice
        if dice.random() >= self.often:
            return httpx.Response(answer.status_code, headers=answer.headers.raw, content=content)
        body = json.loads(content) if content else None
        endpoint = endpoint_of(Call(request.method, request.url.raw_path.decode()))
        known = [one.body for one in recordings() if one.endpoint is not None and one.endpoint is endpoint]
        if known and dice.random() < 0.3:
            body = dice.choice(known)
        headers = [(name, value) for name, value in answer.headers.raw if name.lower() != b"content-length"]
        if dice.random() < 0.2:
            name, value = dice.choice(HEADERS)
            headers.append((name.encode(), value.encode("latin-1")))
        status = dice.choice(STATUSES) if dice.random() < 0.15 else answer.status_code
        if dice.random() < 0.03:
            raise httpx.ReadError("cut", request=request)
        return httpx.Response(status, headers=headers, stream=Body(written(mutated(body, dice), dice)))


class Body(httpx.AsyncByteStream):
    """A body that has not been read, as from a wire."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> Any:  # noqa: ANN401 - an iterator
        yield self._content


async def read_card(session: Session, person: str, _: random.Random) -> None:
    async for now in session.load(person):
        shown = card(now, session.now())
        for width in WIDTHS:
            layout(shown, width)
        card_lines(now, session.now())
    for action in ACTIONS.values():
        session.obstacle(action, now)
        by_hand(session, action, now)


async def read_verdict(session: Session, person: str, dice: random.Random) -> None:
    verdict = await why(session, person, dice.choice(("", "Salesforce", "x")))
    json.dumps(_verdict_json(verdict))
    _print_verdict((await session.person(person)).user, verdict, session.now())


async def find(session: Session, _: str, dice: random.Random) -> None:
    search = session.search(dice.choice(("ann", "smith", "a.lee@acme.example", "00u1", "+1 555 0100", "kim lee")))
    async for found in search.run():
        assert isinstance(found.done, bool)
    await search.more()


async def see_lockouts(session: Session, _: str, __: random.Random) -> None:
    async for found in lockouts(session):
        assert found.rows is not None


async def scan(session: Session, _: str, __: random.Random) -> None:
    running = ExpiryScan(session.client)
    try:
        await running.run(lambda _: None)
    finally:
        assert running.rows is not None
        assert running.histogram is not None


async def follow(session: Session, _: str, __: random.Random) -> None:
    cases, store = Cases(), FeedStore(None, ORIGIN)
    feed = Feed(session.client, store)
    try:
        await feed.follow(cases.add, once=True)
    finally:
        store.close()


async def look_for_software(session: Session, person: str, dice: random.Random) -> None:
    search = SoftwareSearch(session, dice.choice((person, "")), dwell=0.0)
    try:
        async for found in search.run(dice.choice(("", "slack", "figma engineering"))):
            assert found is not None
    finally:
        search.close()


async def help_oneself(session: Session, person: str, _: random.Random) -> None:
    read = await session.person_with_blocks(person)
    allowed = await self_service(session, read)
    for action in ACTIONS.values():
        own_steps(action, read, session.connector.org, allowed)


async def note_policy(session: Session, person: str, _: random.Random) -> None:
    read = await session.person(person)
    for action in ACTIONS.values():
        await session.with_policy(action, read)


async def check(session: Session, _: str, __: random.Random) -> None:
    async for said in prove(session.client, session.connector):
        assert said is not None


READS: Final[tuple[Callable[[Session, str, random.Random], Awaitable[None]], ...]] = (
    read_card, read_verdict, find, see_lockouts, scan, follow, look_for_software, help_oneself, note_policy, check,
)  # fmt: skip


class Fuzz:
    """Conversations by number: the same number is the same conversation."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._org = begin_org(seed=7, people=60, clock=lambda: START, lockouts_per_minute=0.0)
        self._people = [self._org.people.at(place).id for place in range(len(self._org.people))]

    async def converse(self, number: int) -> str:
        """Run one conversation.

        Returns:
            The name of what was read.

        Raises:
            Exception: keydesk crashed; expected failures are none.
        """
        dice = random.Random(number)  # noqa: S311 - the same each time
        clock = FakeClock()
        connector = Connector("fuzz", OrgAddress(ORIGIN), ApiToken(token_of(self._org)), Mode.READ_WRITE, made_up=True)
        session = wiring.session(
            connector, clock=clock, transport=Mutating(self._org, dice), environ={"KEYDESK_HOME": str(self._home)}
        )
        read = READS[number % len(READS)]
        person = dice.choice(self._people) if dice.random() < 0.9 else str(dice.choice(ODD))
        try:
            async with asyncio.timeout(60):
                with suppress(Trouble):
                    await read(session, person, dice)
        finally:
            await session.client.aclose()
            session.ledger.close()
        return read.__name__
