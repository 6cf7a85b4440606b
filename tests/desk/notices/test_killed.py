"""A watcher is killed at each step of telling people: nobody is told twice, nobody is forgotten, the rest is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk.notices.killing import PROCESSES, killed, locked_out, refusing, rules, running, sent_to, watcher
from tests.desk.notices.mail_server import mail_server
from tui.commands.run import run
from tui.desk.ledger.entry import Outcome
from tui.desk.notices import history

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Desk, FakeClock
    from tests.desk.notices.mail_server import MailServer
    from tui.demo.org import Org
    from tui.desk.ledger.protocol import LedgerStore
    from tui.desk.notices.watcher import Watcher

MANY = 24
THREE = ["no.last@acme.example", "wide.name@acme.example", "nora.blum@acme.example"]
"""Who is locked out where three are, in the order in which they are told."""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with mail_server(tmp_path_factory.mktemp("server")) as made:
        yield made


@pytest.fixture
def server(started: MailServer) -> MailServer:
    """The one server, with no mail in it."""
    started.path.unlink(missing_ok=True)
    return started


def arrived(server: MailServer) -> list[str]:
    """Whom the server has mail for, in the order in which it came."""
    return [mail["To"] for mail in server.mails]


async def told(made: Watcher, clock: FakeClock) -> list[str]:
    """Let a watcher go two rounds, ten minutes apart; whom it told."""
    lines = []
    for _ in range(2):
        lines += await made.once()
        assert made.troubles == {}
        clock.now += 600
    await made.aclose()
    return sent_to(lines)


def perhaps(ledger: LedgerStore) -> list[str]:
    """Who perhaps got a mail, as the history shows it."""
    found = history.history(ledger, only_open=True)
    assert {history.outcome_words(entry) for entry in found} <= {"unknown"}
    return [history.way_and_address(entry)[1] for entry in found]


# A moment, which time of it, and for how many of the three the server has a mail by then. Anchors are drafted when the
# ledger is made, at each claim and at each outcome; one is put in place at each claim and at each outcome.
NOT_CLAIMED = [
    ("heard", 1, 0),
    ("claiming", 1, 0),
    ("claiming", 3, 2),
    ("written, not committed", 1, 0),
    ("written, not committed", 4, 1),
]
NOT_SENT = [("committed, anchor behind", 3, 1), ("claimed", 1, 0), ("connected", 1, 0), ("receiver named", 2, 1)]
NOT_RECORDED = [("accepted", 2, 2), ("recording", 3, 3), ("written, not committed", 5, 2)]
RECORDED = [("committed, anchor behind", 4, 2), ("recorded", 1, 1)]


async def after(
    desk: Desk, org: Org, clock: FakeClock, server: MailServer, *, later: float = 0
) -> tuple[list[str], Watcher]:
    """Whom the next watcher told, some seconds later, until nothing was due any more; and that watcher."""
    assert sorted(THREE) == locked_out(org, clock, 3)
    clock.now += later
    made = watcher(desk, rules(server.port))
    assert made.session.ledger.verify().ok
    found = await told(made, clock)
    assert made.session.ledger.verify().ok
    return found, made


@pytest.mark.parametrize(("moment", "nth", "before"), NOT_CLAIMED)
async def test_killed_before_a_claim_the_next_watcher_tells_everybody_who_is_left(
    desk: Desk, org: Org, clock: FakeClock, server: MailServer, moment: str, nth: int, before: int
) -> None:
    killed(server.port, 3, moment, nth)
    assert arrived(server) == THREE[:before]
    later, made = await after(desk, org, clock, server)
    assert later == THREE[before:]
    assert arrived(server) == THREE
    assert perhaps(made.session.ledger) == []


@pytest.mark.parametrize(("moment", "nth", "before"), NOT_SENT)
async def test_killed_between_the_claim_and_the_mail_it_is_unknown_and_not_sent_by_itself(
    desk: Desk, org: Org, clock: FakeClock, server: MailServer, moment: str, nth: int, before: int
) -> None:
    killed(server.port, 3, moment, nth)
    assert arrived(server) == THREE[:before]
    later, made = await after(desk, org, clock, server)
    assert later == THREE[before + 1 :]
    assert arrived(server) == THREE[:before] + THREE[before + 1 :]
    assert perhaps(made.session.ledger) == [THREE[before]]


@pytest.mark.parametrize(("moment", "nth", "before"), NOT_RECORDED)
async def test_killed_between_the_servers_yes_and_the_record_it_is_unknown_and_arrives_once(
    desk: Desk, org: Org, clock: FakeClock, server: MailServer, moment: str, nth: int, before: int
) -> None:
    killed(server.port, 3, moment, nth)
    assert arrived(server) == THREE[:before]
    later, made = await after(desk, org, clock, server)
    assert later == THREE[before:]
    assert arrived(server) == THREE
    assert perhaps(made.session.ledger) == [THREE[before - 1]]


@pytest.mark.parametrize(("moment", "nth", "before"), RECORDED)
async def test_killed_after_the_record_nobody_is_told_again_and_the_rest_are_told(
    desk: Desk, org: Org, clock: FakeClock, server: MailServer, moment: str, nth: int, before: int
) -> None:
    killed(server.port, 3, moment, nth)
    assert arrived(server) == THREE[:before]
    later, made = await after(desk, org, clock, server)
    assert later == THREE[before:]
    assert arrived(server) == THREE
    assert [entry.outcome for entry in made.session.ledger.notices()] == [Outcome.DONE] * 3


async def test_what_a_kill_left_unknown_is_shown_and_goes_out_once_an_agent_says_that_it_did_not_arrive(
    desk: Desk, org: Org, clock: FakeClock, server: MailServer, capsys: pytest.CaptureFixture[str]
) -> None:
    killed(server.port, 3, "claimed", 2)
    _, made = await after(desk, org, clock, server)
    for question, others in (("--unknown", 0), ("--history", 2)):
        assert run(["--demo", "notify", question]) == 0
        _, first, *rest = capsys.readouterr().out.splitlines()
        assert first.split()[-3:] == ["mail", THREE[1], "unknown"]
        assert ([" sent " in row for row in rest], len(rest)) == ([True] * others, others)
    (entry,) = history.history(made.session.ledger, only_open=True)
    assert run(["--demo", "notify", "--settle", str(entry.seq), "--lost"]) == 0
    assert await told(made, clock) == [THREE[1]]
    assert sorted(arrived(server)) == sorted(THREE)
    assert perhaps(made.session.ledger) == []
    assert made.session.ledger.verify().ok


@pytest.mark.parametrize(("moment", "nth", "unknown"), [("accepted", 2, 1), ("day done", 1, 0)])
async def test_killed_during_the_expiries_of_a_day_the_rest_are_told_on_that_day(
    desk: Desk, org: Org, clock: FakeClock, server: MailServer, moment: str, nth: int, unknown: int
) -> None:
    locked_out(org, clock, 0)
    due = [line.to for line in await watcher(desk, rules(server.port, expiries=True), dry=True).once()]
    killed(server.port, 0, moment, nth)
    before = arrived(server)
    assert before == due[: nth if unknown else len(due)]
    made = watcher(desk, rules(server.port, expiries=True))
    assert await told(made, clock) == due[len(before) :]
    assert arrived(server) == due
    assert perhaps(made.session.ledger) == before[len(before) - unknown :]
    assert made.session.ledger.verify().ok


async def test_two_watchers_at_once_on_one_ledger_tell_everybody_once(
    desk: Desk, org: Org, clock: FakeClock, server: MailServer
) -> None:
    meeting = PROCESSES.Barrier(2)
    with running(server.port, MANY, meeting=meeting) as one, running(server.port, MANY, meeting=meeting) as other:
        said = one.end() + other.end()
    people = locked_out(org, clock, MANY)
    assert sorted(said) == sorted(arrived(server)) == people
    made = watcher(desk, rules(server.port))
    assert await told(made, clock) == []
    assert [entry.outcome for entry in made.session.ledger.notices()] == [Outcome.DONE] * MANY
    assert made.session.ledger.verify().ok
    assert sorted(arrived(server)) == people


async def test_of_two_watchers_at_once_one_is_killed_and_the_other_tells_all_the_rest(
    desk: Desk, org: Org, clock: FakeClock, server: MailServer
) -> None:
    meeting = PROCESSES.Barrier(2)
    doomed = running(server.port, MANY, meeting=meeting, moment="accepted")
    with running(server.port, MANY, meeting=meeting) as one, doomed as other:
        other.end()
        assert other.killed
        said = one.end()
    people = locked_out(org, clock, MANY)
    assert sorted(arrived(server)) == people
    made = watcher(desk, rules(server.port))
    assert await told(made, clock) == []
    assert sorted(said + perhaps(made.session.ledger)) == people
    assert len(said) == MANY - 1
    assert made.session.ledger.verify().ok


async def test_who_could_not_be_told_while_the_server_was_down_is_told_once_by_the_next_watcher(
    desk: Desk, org: Org, clock: FakeClock, server: MailServer
) -> None:
    with refusing() as port, running(port, 3) as one:
        assert one.end() == []
    later, made = await after(desk, org, clock, server, later=600)
    assert later == THREE
    assert arrived(server) == THREE
    tries = [(entry.outcome, entry.intent.notice[-5:]) for entry in reversed(made.session.ledger.notices())]
    refused = [(Outcome.NOT_SENT, "#0001"), (Outcome.NOT_SENT, "#0002")]  # one person, and then the round stopped
    assert tries == [*refused, (Outcome.DONE, "#0003"), (Outcome.DONE, "#0001"), (Outcome.DONE, "#0001")]
