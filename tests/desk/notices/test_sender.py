"""Nobody is told twice and nobody is forgotten: claims, failures, crashes, two watchers, quiet hours, caps."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk.lockouts.casework import when
from tui.desk.ledger.entry import Intent, Outcome
from tui.desk.ledger.ledger import Ledger
from tui.desk.notices import history
from tui.desk.notices.notice import Delivery, Fate, Occasion, Topic
from tui.desk.notices.rules import NoticeRules, NoticeWay
from tui.desk.notices.sender import GRACE, Notifier, Skip
from tui.desk.notices.texts import DEFAULTS, Wording, parse
from tui.desk.perform.perform import IsNotice, settle
from tui.okta.models import User
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tests.conftest import Desk, FakeClock
    from tui.desk.notices.notice import Message
    from tui.desk.session import Session

RULES = NoticeRules(
    ways={
        "mail": NoticeWay("mail", "mail", "localhost", 25, "none", sender="it@example.com"),
        "chat": NoticeWay("chat", "apprise", url="json://localhost"),
    },
    lockouts="mail",
    expiries="mail",
    digest="chat",
    wording=Wording(templates={key: parse(text, *key, "ours") for key, text in DEFAULTS.items()}),
)
EMPTY = Intent("notice", "", "", "", "", "", "", "", (), "", "", "", "")
SENT = Delivery(Fate.SENT, "250 queued")
DOWN = Delivery(Fate.LATER, "no connection", everything=True)


@dataclass
class Post:
    """A channel that answers what it is told to, and keeps what it was given."""

    answers: list[Delivery | BaseException] = field(default_factory=list)
    got: list[Message] = field(default_factory=list)
    name: str = "mail"

    async def check(self) -> Delivery:
        return SENT

    async def send(self, message: Message, *, key: str = "", at: datetime | None = None) -> Delivery:
        await asyncio.sleep(0)
        self.got.append(message)
        answer = self.answers.pop(0) if self.answers else SENT
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def aclose(self) -> None:
        """Nothing is open."""


def person(name: str = "ann", **profile: str) -> User:
    mail = {"login": f"{name}@example.com", "email": f"{name}@example.com"}
    return User(id=f"00u{name}", status="LOCKED_OUT", profile=mail | profile)


def locked(name: str = "ann", at: float = 0, **profile: str) -> Occasion:
    moment = when(at)
    return Occasion(
        Topic.LOCKOUT, f"lockout/00u{name}@{moment:%Y-%m-%dT%H:%M:%S.000Z}", moment, person(name, **profile)
    )


@pytest.fixture
def session(desk: Desk) -> Session:
    return desk.session(mode=Mode.READ_ONLY)


def notifier(session: Session, post: Post, rules: NoticeRules = RULES, *, dry: bool = False) -> Notifier:
    made = Notifier(session, rules, dry=dry)
    made._channels = {"mail": post, "chat": post}
    return made


def outcomes(session: Session) -> list[Outcome | None]:
    return [entry.outcome for entry in reversed(session.ledger.notices())]


async def test_a_notice_goes_out_once_and_stands_in_the_ledger(session: Session) -> None:
    post = Post()
    first = await notifier(session, post).round([locked()])
    again = await notifier(session, post).round([locked()])
    assert ([line.words for line in first], again[0].skip) == (["sent: 250 queued"], Skip.ALREADY)
    assert len(post.got) == 1
    (entry,) = history.history(session.ledger)
    assert history.way_and_address(entry) == ("mail", "ann@example.com")
    assert (entry.intent.title, entry.outcome, entry.intent.calls) == ("Notice: locked out", Outcome.DONE, ())


async def test_another_lockout_and_another_person_are_other_notices(session: Session) -> None:
    post = Post()
    await notifier(session, post).round([locked(), locked(at=900), locked("bob")])
    assert len(post.got) == 3


async def test_the_same_lockout_whose_time_is_known_better_now_is_not_told_again(session: Session) -> None:
    post = Post()
    lines = await notifier(session, post).round([locked(), locked(at=2)])
    assert [line.skip for line in lines] == [None, Skip.ALREADY]


async def test_a_server_that_is_down_for_an_hour_costs_nobody_their_notice(session: Session, clock: FakeClock) -> None:
    post = Post(answers=[DOWN, DOWN, DOWN])
    people = [locked("ann"), locked("bob"), locked("carl")]
    made = notifier(session, post)
    for _ in range(60):
        await made.round(people)
        clock.now += 60
    assert sorted(one.to for one in post.got[3:]) == ["ann@example.com", "bob@example.com", "carl@example.com"]
    assert outcomes(session).count(Outcome.DONE) == 3


async def test_the_round_stops_with_a_way_at_the_first_sign_that_it_does_not_work(session: Session) -> None:
    post = Post(answers=[DOWN])
    lines = await notifier(session, post).round([locked("ann"), locked("bob")])
    assert ([line.held for line in lines], lines[1].skip, len(post.got)) == ([True, True], Skip.DOWN, 1)


async def test_what_was_not_sent_is_tried_again_after_a_while(session: Session, clock: FakeClock) -> None:
    post = Post(answers=[Delivery(Fate.LATER, "450 greylisted")])
    made = notifier(session, post)
    skips = []
    for _ in range(3):
        skips.append((await made.round([locked()]))[0].skip)
        clock.now += 40
    assert (skips, outcomes(session)) == ([None, Skip.SOON, None], [Outcome.NOT_SENT, Outcome.DONE])


@pytest.mark.parametrize("fate", [Fate.REFUSED, Fate.UNKNOWN])
async def test_what_was_refused_or_is_unknown_is_not_sent_again(session: Session, clock: FakeClock, fate: Fate) -> None:
    post = Post(answers=[Delivery(fate, "x")])
    await notifier(session, post).round([locked()])
    clock.now += 9000
    assert (await notifier(session, post).round([locked()]))[0].skip is Skip.ALREADY
    assert len(post.got) == 1


async def test_a_crash_leaves_it_unknown_shown_and_not_sent_again(session: Session) -> None:
    class Killed(BaseException):
        """The process is gone: nothing after this line happens."""

    post = Post(answers=[Killed()])
    with pytest.raises(Killed):
        await notifier(session, post).round([locked()])
    fresh = Post()
    assert (await notifier(session, fresh).round([locked()]))[0].skip is Skip.ALREADY
    (entry,) = history.history(session.ledger, only_open=True)
    assert (entry.outcome, history.outcome_words(entry), fresh.got) == (None, "unknown", [])


async def test_stopping_in_the_middle_of_a_message_records_it_as_unknown(session: Session, clock: FakeClock) -> None:
    started = asyncio.Event()

    class Slow(Post):
        async def send(self, message: Message, *, key: str = "", at: datetime | None = None) -> Delivery:
            started.set()
            await asyncio.Event().wait()
            return SENT

    task = asyncio.ensure_future(notifier(session, Slow()).round([locked()]))
    await started.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert outcomes(session) == [Outcome.UNKNOWN]
    assert clock.slept == [GRACE]


async def test_what_an_agent_says_did_not_arrive_may_go_out_again(session: Session) -> None:
    post = Post(answers=[Delivery(Fate.UNKNOWN, "lost")])
    await notifier(session, post).round([locked()])
    (entry,) = session.ledger.notices()
    history.settle(session.ledger, entry, arrived=False)
    await notifier(session, post).round([locked()])
    assert outcomes(session) == [Outcome.UNKNOWN, Outcome.DONE]
    assert session.ledger.verify().ok


async def test_what_an_agent_says_arrived_does_not(session: Session) -> None:
    post = Post(answers=[Delivery(Fate.UNKNOWN, "lost")])
    await notifier(session, post).round([locked()])
    history.settle(session.ledger, session.ledger.notices()[0], arrived=True)
    assert (await notifier(session, post).round([locked()]))[0].skip is Skip.ALREADY


async def test_two_watchers_on_one_store_send_each_notice_once(session: Session, desk: Desk) -> None:
    post, other = Post(), desk.session(mode=Mode.READ_ONLY)
    people = [locked(f"p{number}") for number in range(20)]
    await asyncio.gather(notifier(session, post).round(people), notifier(other, post).round(list(reversed(people))))
    assert sorted(message.to for message in post.got) == sorted(f"p{number}@example.com" for number in range(20))


async def test_a_claim_is_taken_by_one_of_two_that_want_it_at_once(home: Path) -> None:
    path = home / "ledger.sqlite3"
    ledgers = [Ledger(path), Ledger(path)]
    intent = replace(EMPTY, title="Notice: locked out")
    for number in range(25):
        claims = await asyncio.gather(*(asyncio.to_thread(one.claim, intent, f"k{number}") for one in ledgers))
        assert sum(claim is not None for claim in claims) == 1
    for one in ledgers:
        one.close()


async def test_of_two_who_know_one_lock_by_different_times_one_tells_it(session: Session, desk: Desk) -> None:
    post, other = Post(), desk.session(mode=Mode.READ_ONLY)
    for number in range(10):
        mine, theirs = locked(f"p{number}"), locked(f"p{number}")
        theirs = replace(theirs, key=theirs.key.replace(".000Z", ".700Z"), at=theirs.at + timedelta(seconds=0.7))
        assert mine.key != theirs.key
        await asyncio.gather(notifier(session, post).round([mine]), notifier(other, post).round([theirs]))
    assert len(post.got) == 10


async def test_quiet_hours_hold_back_and_the_rest_goes_after_them(session: Session, clock: FakeClock) -> None:
    now = session.now().astimezone()
    quiet = replace(RULES, quiet=(now.time(), now.replace(hour=(now.hour + 1) % 24).time()))
    post = Post()
    made = notifier(session, post, quiet)
    assert (await made.round([locked()]))[0].skip is Skip.QUIET
    assert session.ledger.notices() == []
    clock.now += 3600
    assert (await made.round([locked()]))[0].delivery == SENT


async def test_no_more_than_so_many_an_hour_over_all_watchers(session: Session, desk: Desk, clock: FakeClock) -> None:
    few, post = replace(RULES, per_hour=3), Post()
    first = await notifier(session, post, few).round([locked("a"), locked("b")])
    other = await notifier(desk.session(mode=Mode.READ_ONLY), post, few).round([locked("c"), locked("d")])
    assert [line.skip for line in (*first, *other)] == [None, None, None, Skip.CAP]
    clock.now += 3601
    assert (await notifier(session, post, few).round([locked("d")]))[0].skip is None


async def test_who_wants_none_and_who_has_no_address(session: Session) -> None:
    post = Post()
    people = [locked("ann"), locked("bob", email=""), locked("carl", email="x\ny@example.com")]
    lines = await notifier(session, post).round(people, opted_out={"00uann"})
    assert [line.skip for line in lines] == [Skip.OPTED_OUT, Skip.NO_ADDRESS, Skip.NO_ADDRESS]


@pytest.mark.parametrize(("switched", "to"), [(False, []), (True, ["home@example.org"])])
async def test_the_second_address_only_where_it_is_switched_on(session: Session, switched: bool, to: list[str]) -> None:
    post = Post()
    second = replace(RULES, second_email=switched)
    await notifier(session, post, second).round([locked("bob", email="", secondEmail="home@example.org")])
    assert [message.to for message in post.got] == to


async def test_a_dry_run_claims_and_sends_nothing(session: Session) -> None:
    post = Post()
    (line,) = await notifier(session, post, dry=True).round([locked()])
    assert (line.words, post.got, session.ledger.notices()) == ("would be sent", [], [])
    assert line.message is not None
    assert "ann@example.com" in line.message.body


async def test_no_look_at_okta_settles_a_notice(session: Session) -> None:
    await notifier(session, Post(answers=[Delivery(Fate.UNKNOWN, "x")])).round([locked()])
    (entry,) = session.ledger.notices()
    with pytest.raises(IsNotice):
        await settle(session, entry)
    assert session.ledger.open_entries() == []


@pytest.mark.parametrize("by_hand", [True, False])
@pytest.mark.parametrize(
    ("made_up", "host", "skip"),
    [(True, "mail.example.com", Skip.DEMO), (True, "localhost", None), (False, "mail.example.com", None)],
)
async def test_made_up_people_get_no_mail_and_a_companys_people_do_whatever_the_connectors_name(
    desk: Desk, made_up: bool, host: str, skip: Skip | None, by_hand: bool
) -> None:
    session = desk.session()
    session = replace(session, connector=replace(session.connector, name="demo", made_up=made_up))
    mail, post = replace(RULES.ways["mail"], host=host), Post()
    made = notifier(session, post, replace(RULES, ways={**RULES.ways, "mail": mail}))
    line = await made.send(locked(), "mail") if by_hand else (await made.round([locked()]))[0]
    assert line.skip is skip
    assert len(post.got) == (0 if skip else 1)
