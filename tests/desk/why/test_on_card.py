"""The card's headline is the verdict itself, made of what the card reads anyway, and it never holds an agent up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.desk.support import fault, service_session, user_id
from tests.each import each
from tui.desk.people.card import card
from tui.desk.text.tone import Tone
from tui.desk.why.foreseen import foreseen, ready
from tui.desk.why.on_card import judge
from tui.desk.why.why import RULES, why

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.people.card import Card
    from tui.desk.people.person import Person
    from tui.desk.session import Session

CAST = ("ann.lee", "bob.martin", "carla.diaz", "dev.patel", "erik.larsen", "fatima.khan", "george.wu", "hana.sato")
ATTACKED = ("adam.brooks", "carla.diaz", "ann.lee2", "rosa.mendez")


async def whole(session: Session, key: str) -> Person:
    return [person async for person in session.load(key)][-1]


def facts(laid: Card) -> dict[str, str]:
    return {fact.label: fact.text for fact in laid.facts}


@each("name", sorted({*CAST, *ATTACKED}))
async def test_it_says_what_the_verdict_says(desk: Desk, org: Org, name: str) -> None:
    session, key = desk.session(), user_id(org, name)
    judged = await judge(session, await whole(session, key))
    found = await why(session, key)
    assert judged.verdict.rule == found.rule
    assert (judged.answer.headline, judged.answer.sure) == (found.headline, found.sure.value)
    assert judged.answer.step == found.step.text
    attacks = {rule.id for rule in RULES if rule.attack}
    assert judged.answer.attack is (found.rule in attacks)
    if judged.answer.attack:
        assert judged.answer.tone is Tone.BAD


async def test_it_costs_one_look_into_the_log_where_sign_ins_failed_and_nothing_else(
    desk: Desk, org: Org, line: Line
) -> None:
    session = desk.session()
    locked, fine = [await whole(session, user_id(org, name)) for name in ("ann.lee", "dev.patel")]
    line.sent.clear()
    await judge(session, locked)
    assert ["/logs" in sent for sent in line.story] == [True]  # the policies came with the card
    line.sent.clear()
    await judge(session, fine)
    assert line.story == []


async def test_nothing_is_judged_before_its_parts_are_there(desk: Desk, org: Org) -> None:
    states = [ready(person) async for person in desk.session().load(user_id(org, "ann.lee"))]
    assert states[0] is False
    assert states[-1] is True


async def test_without_the_log_it_says_that_nobody_looked(desk: Desk, org: Org) -> None:
    session = service_session(desk, "service-nologs")
    judged = await judge(session, await whole(session, user_id(org, "ann.lee")))
    assert judged.answer.unread == "nobody looked in the log"
    assert any("The System Log cannot be read" in note for note in judged.answer.notes)
    assert judged.answer.tries == ()


async def test_a_policy_that_cannot_be_read_is_said_and_stops_nothing(desk: Desk, org: Org) -> None:
    fault(org, "500", "/policies", times=-1)
    session = desk.session()
    judged = await judge(session, await whole(session, user_id(org, "ann.lee")))
    assert "old password" in judged.answer.headline
    assert judged.answer.max_age == 0
    assert any("The password policy cannot be read" in note for note in judged.answer.notes)


async def test_what_the_lockouts_know_of_an_attack_stands_there_at_once(desk: Desk, org: Org) -> None:
    session, key = desk.session(), user_id(org, "bob.martin")
    person = await session.person(key)
    assert foreseen(session, person) is None
    session.attack_signs.note_person(key, "Passwords of 36 people are tried from one address")
    early = foreseen(session, person)
    assert early is not None
    assert early.attack
    assert "tell security" in early.step


async def test_the_age_of_a_password_and_the_last_sign_in_are_the_newest_that_is_known(desk: Desk, org: Org) -> None:
    session = desk.session()
    person = await whole(session, user_id(org, "ann.lee"))
    judged = await judge(session, person)
    laid = facts(card(person, session.now(), None, judged.answer))
    assert laid["Password"] == "120 days old, past its age"
    bob = await whole(session, user_id(org, "bob.martin"))
    found = (await judge(session, bob)).answer
    assert found.last_in is not None
    okta = bob.user.when("last_login")
    assert okta is not None
    shown = facts(card(bob, session.now(), None, found))["Last sign-in"]
    if found.last_in > okta:
        assert shown.endswith(found.last_place)
        assert shown != facts(card(bob, session.now()))["Last sign-in"]
