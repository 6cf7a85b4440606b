"""After a change the card says what was just done, then what the log says, and neither contradicts the other."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.desk.lockouts.casework import MAIL, NINA, ann, event, failure, when
from tests.desk.support import user_id
from tests.desk.why.test_rules import NOW, evidence, run, someone, typed
from tests.each import each
from tui.desk.actions.catalogue import ACTIONS, ON_THE_CARD
from tui.desk.people.card import card
from tui.desk.people.own_changes import OwnChange
from tui.desk.perform.perform import perform
from tui.desk.text.tone import Tone
from tui.desk.why.just_done import DONE, FRESH, just_done
from tui.desk.why.on_card import judge
from tui.desk.why.why import verdict

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tui.demo.org import Org
    from tui.desk.why.evidence import Evidence
    from tui.desk.why.just_done import JustDone


def change(action: str = "unlock", *, at: float = -60, known: bool = True) -> OwnChange:
    return OwnChange("00uann", ACTIONS[action].title, 1, when(at), ACTIONS[action].event, known, action)


def said(found: Evidence, done: OwnChange) -> JustDone:
    made = just_done(done, verdict(found), found)
    assert made is not None
    return made


def test_what_was_before_an_unlock_is_told_as_before() -> None:
    assert verdict(evidence(someone(), *typed(-600))).headline == "Wrong password, not locked yet"
    done = said(evidence(someone(), *typed(-600)), change())
    assert (done.what, done.then) == ("Unlocked by you", "; the wrong passwords were before that")
    assert done.good
    other = said(evidence(someone(), *typed(-600)), change("clear-sessions"))
    assert (other.what, other.then) == ("Signed out everywhere by you", ". Wrong password, not locked yet")
    assert not other.good


def test_what_fails_after_it_is_told_as_after() -> None:
    done = said(evidence(someone(), *typed(-600), failure(-30)), change())
    assert done.then == ". Since then: Wrong password, not locked yet"
    assert not done.good


def test_the_verdict_itself_knows_of_an_unlock_by_anybody() -> None:
    unlock = event("user.account.unlock_by_admin", -60, NINA, target=ann(), result="SUCCESS")
    assert verdict(evidence(someone(), *typed(-600), unlock)).headline == "Wrong passwords, and unlocked since"
    stale = verdict(evidence(someone(), *run(-600, 4, **MAIL), unlock))
    assert stale.headline == "Some software sends an old password; it will lock them again"
    assert said(evidence(someone(), *run(-600, 4, **MAIL), unlock), change()).then == f". {stale.headline}"


WAITS = {
    ("reset-password", "RECOVERY"): "they have not chosen a new one yet",
    ("reset-link", "RECOVERY"): "they have not chosen a new one yet",
    ("temp-password", "PASSWORD_EXPIRED"): "Okta asks for their own at the next sign-in",
    ("expire-password", "PASSWORD_EXPIRED"): "Okta asks for a new one at the next sign-in",
    ("resend-activation", "PROVISIONED"): "they have not chosen a password yet",
}


@each("case", list(WAITS))
def test_what_the_person_has_to_do_now_is_no_fault(case: tuple[str, str]) -> None:
    action, status = case
    done = said(evidence(someone(status), *typed(-600)), change(action))
    assert done.then == f"; {WAITS[case]}"
    assert done.step.startswith("Have them")
    assert done.good
    other = said(evidence(someone("SUSPENDED")), change(action))
    assert other.then == ". The account is suspended"


def test_a_lost_answer_is_not_told_as_done() -> None:
    done = said(evidence(someone("LOCKED_OUT"), *typed(-600)), change(known=False))
    assert done.what == "Unlock sent by you"
    assert done.then.startswith(", outcome not known. Locked out")


def test_an_hour_later_and_for_software_nothing_is_said() -> None:
    found = evidence(someone(), *typed(-600))
    late = change(at=-60 - FRESH.total_seconds())
    assert all(just_done(one, verdict(found), found) is None for one in (None, late, change("add-to-group")))
    assert {action.id for action in ON_THE_CARD} == DONE.keys()


async def test_the_card_says_it_with_its_age(desk: Desk, org: Org) -> None:
    session, key = desk.session(), user_id(org, "ann.lee")
    before = [person async for person in session.load(key)][-1]
    assert (await judge(session, before)).answer.said(session.now()).startswith("Locked out by software")
    await perform(session, ACTIONS["unlock"].plan(before))
    after = [person async for person in session.load(key)][-1]
    answer = (await judge(session, after)).answer
    assert answer.said(session.now()).startswith("Unlocked by you just now. Some software sends an old password")
    assert "Unlocked by you 4 min ago. Some" in answer.said(session.now() + timedelta(minutes=4))
    assert card(after, NOW, None, answer).answer is answer


async def test_a_temporary_password_is_not_offered_once_more(desk: Desk, org: Org) -> None:
    session, key = desk.session(), user_id(org, "dev.patel")
    before = [person async for person in session.load(key)][-1]
    await perform(session, ACTIONS["temp-password"].plan(before))
    answer = (await judge(session, [person async for person in session.load(key)][-1])).answer
    assert answer.said(session.now()) == (
        "Temporary password made by you just now; Okta asks for their own at the next sign-in"
    )
    assert (answer.step, answer.key, answer.tone) == ("Have them sign in with it, and choose their own", "", Tone.GOOD)


async def test_an_attack_stays_in_front_of_what_was_done(desk: Desk, org: Org) -> None:
    session, key = desk.session(), user_id(org, "carla.diaz")
    before = [person async for person in session.load(key)][-1]
    await perform(session, ACTIONS["unlock"].plan(before))
    answer = (await judge(session, [person async for person in session.load(key)][-1])).answer
    assert answer.attack
    assert answer.said(session.now()) == answer.headline
    assert answer.notes[0].startswith("Unlocked by you at ")
