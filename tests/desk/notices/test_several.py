"""One notice for each of several people: who is left out and why, and that nobody is told twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk.support import user_id
from tui.desk.notices.notice import Topic
from tui.desk.notices.rules import load_for
from tui.desk.notices.several import MOST, Telling, Told
from tui.trouble import Trouble

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk
    from tui.demo.org import Org
    from tui.desk.notices.rules import NoticeRules


@pytest.fixture
def rules(home: Path) -> NoticeRules:
    """Those of the demo org, whose notices go to an outbox."""
    return load_for(home / "notices.toml", "demo", made_up=True)


def states(telling: Telling) -> dict[str, tuple[Told, str]]:
    """For each person by the first part of the login: the state, and why."""
    return {
        line.user.login.partition("@")[0] if line.user else line.user_id: (line.state, line.note)
        for line in telling.lines
    }


async def test_everybody_is_looked_at_and_only_who_is_ready_is_told_and_only_once(
    desk: Desk, org: Org, rules: NoticeRules
) -> None:
    session = desk.session()
    ids = [user_id(org, name) for name in ("ann.lee", "bob.martin")]

    def telling(topic: Topic = Topic.LOCKOUT) -> Telling:
        return Telling(session, rules, [*ids, "00unobody"], topic=topic, way="outbox")

    first = telling()
    assert first.count(Told.UNREAD) == 3
    await first.preview()
    found = states(first)
    assert found["ann.lee"] == (Told.READY, "")
    assert found["bob.martin"] == (Told.LEFT_OUT, "they are not locked")
    assert found["00unobody"][0] is Told.LEFT_OUT
    assert [line.to for line in first.ready] == ["ann.lee@acme.example"]
    assert first.ready[0].text
    assert "Hello Ann," in first.ready[0].text.body
    assert session.ledger.notices() == []
    await first.send()
    assert first.told_ids == {ids[0]}
    assert first.sentence == "1 of 3 told, 2 left out"
    assert len(session.ledger.notices()) == 1

    again = telling()
    await again.preview()
    assert states(again)["ann.lee"] == (Told.LEFT_OUT, "told already, or perhaps")
    await again.send()
    assert len(session.ledger.notices()) == 1


async def test_it_stops_between_two_and_no_more_than_fifty_are_in_it(desk: Desk, org: Org, rules: NoticeRules) -> None:
    session = desk.session()
    telling = Telling(session, rules, [user_id(org, "ann.lee")] * 80, topic=Topic.LOCKOUT, way="outbox")
    assert len(telling.lines) == MOST
    one = Telling(session, rules, [user_id(org, "ann.lee")], topic=Topic.LOCKOUT, way="outbox")
    await one.preview()
    one.stop()
    await one.send()
    assert one.sentence == "0 of 1 told, 1 not tried"
    assert session.ledger.notices() == []


async def test_who_wants_no_notices_gets_none_and_where_that_is_not_known_nobody_does(
    desk: Desk, org: Org, rules: NoticeRules
) -> None:
    session = desk.session()
    ann = org.people.named("ann.lee")
    group = next(one.name for one in org.groups.all if org.groups.is_member(one, ann) and one.name != "Everyone")
    silent = replace(rules, opt_out=group)
    telling = Telling(session, silent, [user_id(org, "ann.lee")], topic=Topic.LOCKOUT, way="outbox")
    await telling.preview()
    assert states(telling)["ann.lee"] == (Told.LEFT_OUT, "wants no notices")
    lost = Telling(
        session, replace(rules, opt_out="zzyzx"), [user_id(org, "ann.lee")], topic=Topic.LOCKOUT, way="outbox"
    )
    with pytest.raises(Trouble, match="zzyzx"):
        await lost.preview()
    assert lost.ready == ()
