"""Parts of people that several screens share."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.desk.support import until, user_id
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.people import parts
from tui.desk.people.parts import PersonParts

if TYPE_CHECKING:
    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org


class Okta:
    """Answers when a test says so."""

    def __init__(self) -> None:
        self.asked = 0
        self.ended = 0
        self.gate = asyncio.Event()
        self.trouble: Exception | None = None

    async def read(self) -> int:
        self.asked += 1
        number = self.asked
        try:
            await self.gate.wait()
        finally:
            self.ended += 1
        if self.trouble is not None:
            raise self.trouble
        return number


async def test_what_is_young_enough_is_not_asked_for_again() -> None:
    store, okta = PersonParts(), Okta()
    okta.gate.set()
    assert await store.read("ann", "groups", okta.read, now=100.0, younger=10.0) == 1
    assert await store.read("ann", "groups", okta.read, now=109.9, younger=10.0) == 1
    assert await store.read("ann", "groups", okta.read, now=110.0, younger=10.0) == 2
    assert await store.read("ann", "groups", okta.read, now=110.0, younger=0.0) == 3
    assert await store.read("bob", "groups", okta.read, now=110.0, younger=10.0) == 4
    assert await store.read("ann", "apps", okta.read, now=110.0, younger=10.0) == 5


async def test_two_who_ask_at_once_share_one_read_unless_one_wants_it_fresh() -> None:
    store, okta = PersonParts(), Okta()
    first, second = (
        asyncio.ensure_future(store.read("ann", "user", okta.read, now=100.0, younger=10.0)) for _ in range(2)
    )
    await until(lambda: okta.asked == 1)
    assert store.has("ann", "user", now=100.0, younger=10.0)
    fresh = asyncio.ensure_future(store.read("ann", "user", okta.read, now=101.0, younger=0.0))
    await until(lambda: okta.asked == 2)
    okta.gate.set()
    assert list(await asyncio.gather(first, second, fresh)) == [1, 1, 2]
    assert await store.read("ann", "user", okta.read, now=102.0, younger=10.0) == 2  # the newer one is kept


async def test_a_read_ends_when_the_last_who_waits_has_left() -> None:
    store, okta = PersonParts(), Okta()
    first, second = (
        asyncio.ensure_future(store.read("ann", "user", okta.read, now=100.0, younger=10.0)) for _ in range(2)
    )
    await until(lambda: okta.asked == 1)
    first.cancel()
    await asyncio.wait([first])
    assert okta.ended == 0
    second.cancel()
    await asyncio.wait([second])
    await until(lambda: okta.ended == 1)
    assert not store.has("ann", "user", now=100.0, younger=10.0)


async def test_what_was_being_read_while_it_was_changed_is_not_kept() -> None:
    store, okta = PersonParts(), Okta()
    reading = asyncio.ensure_future(store.read("ann", "user", okta.read, now=100.0, younger=10.0))
    await until(lambda: okta.asked == 1)
    store.forget("ann", ["user"])
    okta.gate.set()
    assert await reading == 1
    assert await store.read("ann", "user", okta.read, now=100.0, younger=10.0) == 2


async def test_a_refusal_is_not_kept_and_ends_what_was_known() -> None:
    store, okta = PersonParts(), Okta()
    okta.gate.set()
    await store.read("ann", "user", okta.read, now=100.0, younger=10.0)
    okta.trouble = LookupError("gone")
    with pytest.raises(LookupError):
        await store.read("ann", "user", okta.read, now=101.0, younger=0.0)
    okta.trouble = None
    assert await store.read("ann", "user", okta.read, now=102.0, younger=10.0) == 3


async def test_only_the_newest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST", 2)
    store, okta = PersonParts(), Okta()
    okta.gate.set()
    for name in ("ann", "bob", "cleo"):
        await store.read(name, "user", okta.read, now=100.0, younger=10.0)
    assert await store.read("cleo", "user", okta.read, now=100.0, younger=10.0) == 3
    assert await store.read("bob", "user", okta.read, now=100.0, younger=10.0) == 2
    assert await store.read("ann", "user", okta.read, now=100.0, younger=10.0) == 4


@pytest.mark.parametrize(
    ("action", "changed"),
    [
        ("unlock", {"user", "events"}),
        ("reset-mfa", {"user", "events", "factors"}),
        ("add-to-group", {"user", "events", "groups", "apps"}),
    ],
)
@pytest.mark.parametrize("blocked", [False, True])
async def test_a_change_forgets_what_it_touches(
    desk: Desk, org: Org, action: str, changed: set[str], *, blocked: bool
) -> None:
    session = desk.session()
    user = user_id(org, "carla.diaz" if blocked else "bob.martin")
    async for _ in session.load(user):
        pass
    person = await session.person_with_blocks(user)
    assert person.blocked is blocked
    session.forget_changed(ACTIONS[action], person)
    changed = changed | {"blocks"} if blocked else changed  # nothing that keydesk does makes a new one
    now = session.client.clock.monotonic()
    names = {"user", "blocks", "groups", "apps", "factors", "events"}
    assert {name for name in names if not session.parts.has(user, name, now=now, younger=1.0)} == changed


async def test_the_card_comes_again_without_a_call_and_is_read_afresh_when_asked(
    desk: Desk, org: Org, line: Line, clock: FakeClock
) -> None:
    session = desk.session()
    user = next(iter(org.people.from_index())).id
    first = [person async for person in session.load(user, younger=10.0)][-1]
    asked = len(line.sent)
    assert [person async for person in session.load(user, younger=10.0)][-1] == first
    assert len(line.sent) == asked
    clock.now += 10.0
    async for _ in session.load(user, younger=10.0):
        pass
    assert len(line.sent) == asked + 8
