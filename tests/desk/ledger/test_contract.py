"""What every record of a desk promises, on SQLite and on PostgreSQL alike: one suite, run on both."""

from __future__ import annotations

import threading
from contextlib import closing
from csv import DictReader
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.desk.ledger.desks import desk_record
from tests.desk.ledger.one_intent import UNLOCK
from tui.desk.ledger import words
from tui.desk.ledger.claims import Twins
from tui.desk.ledger.entry import LOST, RULES, Outcome, canonical
from tui.desk.ledger.errors import LedgerError
from tui.desk.ledger.export import verify_lines
from tui.desk.ledger.finding import Interest
from tui.desk.ledger.verified import ASKED, ATTESTED, LOWERED, RAISED, Ending
from tui.okta.calls import Call

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desk.ledger.desks import DeskRecord
    from tui.desk.ledger.entry import Intent
    from tui.desk.ledger.protocol import LedgerStore


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> DeskRecord:
    return desk_record(request.param, tmp_path)


@pytest.fixture
def store(desk: DeskRecord) -> Iterator[LedgerStore]:
    with closing(desk.open()) as opened:
        yield opened


def test_an_intent_lends_an_approval_for_exactly_its_calls(desk: DeskRecord, store: LedgerStore) -> None:
    approval = store.intend(desk.intent())
    assert (approval.entry, approval.calls) == (1, (UNLOCK,))
    entry = store.entry(1)
    assert (entry.intent, entry.outcome, entry.open) == (desk.intent(), None, True)
    assert abs(datetime.now(UTC) - entry.at) < timedelta(minutes=1)


def test_an_outcome_closes_the_entry(desk: DeskRecord, store: LedgerStore) -> None:
    store.intend(desk.intent())
    store.outcome(1, Outcome.REFUSED, detail="Wrong state", request_id="req9")
    entry = store.entry(1)
    assert (entry.outcome, entry.detail, entry.request_id, entry.open) == (
        Outcome.REFUSED, "Wrong state", "req9", False,
    )  # fmt: skip
    assert entry.outcome_at is not None
    assert entry.outcome_at >= entry.at
    assert store.open_entries() == []


def test_an_unknown_outcome_stays_open_until_somebody_settles_it(desk: DeskRecord, store: LedgerStore) -> None:
    store.intend(desk.intent())
    store.outcome(1, Outcome.UNKNOWN, detail="the answer was lost")
    assert [entry.seq for entry in store.open_entries()] == [1]
    with closing(desk.open("ann")) as another:
        another.settle(1, "ACTIVE at 12:03")
    entry = store.entry(1)
    assert (entry.outcome, entry.settled, entry.open) == (Outcome.UNKNOWN, "ACTIVE at 12:03", False)
    assert store.open_entries() == []


def test_an_entry_without_an_outcome_can_be_settled_and_still_get_its_outcome(
    desk: DeskRecord, store: LedgerStore
) -> None:
    store.intend(desk.intent())
    store.settle(1, "another keydesk thought it had crashed")
    store.outcome(1, Outcome.DONE)
    entry = store.entry(1)
    assert (entry.outcome, entry.open, bool(entry.settled)) == (Outcome.DONE, False, True)
    assert store.verify().ok


def test_a_second_outcome_is_refused(desk: DeskRecord, store: LedgerStore) -> None:
    store.intend(desk.intent())
    store.outcome(1, Outcome.UNKNOWN)
    with pytest.raises(LedgerError, match="outcome already"):
        store.outcome(1, Outcome.DONE)
    assert store.entry(1).outcome is Outcome.UNKNOWN
    assert store.verify().count == 2


@pytest.mark.parametrize("outcome", [Outcome.DONE, Outcome.REFUSED, Outcome.NOT_SENT])
def test_only_open_entries_can_be_settled(desk: DeskRecord, store: LedgerStore, outcome: Outcome) -> None:
    store.intend(desk.intent())
    store.outcome(1, outcome)
    with pytest.raises(LedgerError, match="not open"):
        store.settle(1, "seen")
    store.intend(desk.intent())
    store.settle(3, "seen")
    with pytest.raises(LedgerError, match="not open"):
        store.settle(3, "seen again")
    assert store.verify().count == 4


def test_only_an_intent_is_an_entry(desk: DeskRecord, store: LedgerStore) -> None:
    store.intend(desk.intent())
    store.outcome(1, Outcome.UNKNOWN)
    for seq in (0, -1, 2, 3, 2**63, 10**30):
        with pytest.raises(LedgerError, match="no such entry"):
            store.entry(seq)
        with pytest.raises(LedgerError, match="no such entry"):
            store.outcome(seq, Outcome.DONE)
        with pytest.raises(LedgerError, match="no such entry"):
            store.settle(seq, "seen")
    assert store.verify().count == 2


def test_entries_come_newest_first_and_in_pages(desk: DeskRecord, store: LedgerStore) -> None:
    for _ in range(5):
        store.outcome(store.intend(desk.intent()).entry, Outcome.DONE)
    assert [entry.seq for entry in store.entries()] == [9, 7, 5, 3, 1]
    assert [entry.seq for entry in store.entries(limit=2)] == [9, 7]
    assert [entry.seq for entry in store.entries(limit=2, before=7)] == [5, 3]
    assert store.entries(before=1) == store.entries(before=-5) == store.entries(limit=0) == []
    assert len(store.entries(before=10**30)) == 5
    assert store.newest() == 10


def test_entries_can_be_searched_and_narrowed_to_open_ones(desk: DeskRecord, store: LedgerStore) -> None:
    for name in ("Ada", "Alan", "Grace"):
        store.intend(desk.intent(person_name=name))
    store.outcome(1, Outcome.DONE, request_id="reqABC")
    store.outcome(2, Outcome.UNKNOWN, detail='"outcome":"done" is what they typed: 100% \\ of_it, Größe')
    assert [entry.seq for entry in store.entries(text="ALAN")] == [2]
    assert [entry.seq for entry in store.entries(text="reqabc")] == [1]
    assert [entry.seq for entry in store.entries(text="lifecycle/unlock", limit=1)] == [3]
    assert [entry.seq for entry in store.entries(text="lifecycle/unlock", limit=1, before=3)] == [2]
    assert [entry.seq for entry in store.entries(only_open=True)] == [3, 2]
    assert [entry.seq for entry in store.entries(only_open=True, text="typed")] == [2]
    assert [entry.seq for entry in store.entries(text="unknown")] == [3, 2]
    for text in ("100% \\ of_it", "GRÖSSE", "ö"):
        assert [entry.seq for entry in store.entries(text=text)] == [2]
    assert store.entries(text="100_") == store.entries(text="nobody") == store.entries(text="a\0b") == []


def test_an_answer_for_which_nobody_waits_is_empty(desk: DeskRecord, store: LedgerStore) -> None:
    store.intend(desk.intent())
    interest = Interest()
    interest.lose()
    store.prepare_search(interest)
    assert store.entries(interest=interest) == store.entries(text="ada", interest=interest) == []


def test_what_somebody_types_never_decides_what_is_open(desk: DeskRecord, store: LedgerStore) -> None:
    details = ["", '","outcome":"unknown","request_id":"', "{*[?]}\\", "\x00\n", "\udfff"]
    for detail, outcome in zip(details * 2, [*Outcome] * 2, strict=True):
        seq = store.intend(desk.intent(reason=detail)).entry
        store.outcome(seq, outcome, detail=detail, request_id=detail)
        assert store.entry(seq).detail == detail.replace("\udfff", "\\udfff")
    wanted = [entry.seq for entry in store.entries() if entry.outcome is Outcome.UNKNOWN]
    assert [entry.seq for entry in store.open_entries()] == wanted
    assert len(wanted) == 2


def test_calls_come_back_byte_for_byte(desk: DeskRecord, store: LedgerStore) -> None:
    calls = (UNLOCK, Call("POST", "/api/v1/x?y=1", b'{"a":"\xc3\xa9"}'), Call("PUT", "/api/v1/z", b"\xff\x00"))
    store.intend(desk.intent(calls=calls))
    assert store.entry(1).intent.calls == calls


def test_a_closed_store_opens_again_when_needed(desk: DeskRecord, store: LedgerStore) -> None:
    store.intend(desk.intent())
    before, head = store.entries(), store.verify().head
    store.close()
    store.close()
    assert store.entries() == before
    assert store.verify(expect=head).ok
    assert store.intend(desk.intent()).entry == 2
    assert store.writable() is None


def test_nothing_is_there_before_the_first_record(store: LedgerStore) -> None:
    assert store.entries() == store.open_entries() == store.notices() == []
    assert list(store.export()) == []
    assert (store.newest(), store.desk_rules()) == (0, None)
    verdict = store.verify()
    assert (verdict.ok, verdict.count, verdict.head) == (True, 0, "0" * 64)


def test_any_thread_of_any_keydesk_may_call(desk: DeskRecord) -> None:
    troubles: list[BaseException] = []

    def work(store: LedgerStore, agent: str) -> None:
        try:
            for number in range(5):
                intent = desk.intent(agent=agent, person_id=f"00u{agent}{number}")
                store.outcome(store.intend(intent).entry, Outcome.DONE)
                store.entries(limit=1)
                store.writable()
        except BaseException as error:  # noqa: BLE001 - what a thread raises is otherwise lost
            troubles.append(error)

    stores = {agent: desk.open(agent) for agent in ("grace", "ann")}
    threads = [threading.Thread(target=work, args=(stores[agent], agent)) for agent in ("grace", "ann") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = stores["ann"].verify()
    assert (troubles, verdict.problems, verdict.count, verdict.anchored) == ([], (), 40, 40)
    assert {entry.intent.agent for entry in stores["grace"].entries()} == {"grace", "ann"}
    for store in stores.values():
        store.close()


# -- notices


def test_a_notice_is_claimed_once_and_again_only_where_it_certainly_was_not_sent(
    desk: DeskRecord, store: LedgerStore
) -> None:
    notice = desk.intent(action="notice", calls=())
    first = store.claim(notice, "acme/lock/ann/mail")
    assert first is not None
    with closing(desk.open("ann")) as another:
        theirs = desk.intent(action="notice", calls=(), agent="ann")
        assert another.claim(theirs, "acme/lock/ann/mail") is None
        store.outcome(first, Outcome.NOT_SENT)
        second = another.claim(theirs, "acme/lock/ann/mail")
        assert second is not None
        another.outcome(second, Outcome.UNKNOWN)
        assert store.claim(notice, "acme/lock/ann/mail") is None
        another.settle(second, LOST)
    third = store.claim(notice, "acme/lock/ann/mail")
    assert third is not None
    assert [entry.intent.notice[-5:] for entry in store.notices()] == ["#0003", "#0002", "#0001"]
    assert [entry.seq for entry in store.notices(limit=1)] == [third]
    assert store.notices(prefix="acme/lock/bob") == store.notices(since=datetime.now(UTC).timestamp() + 60) == []
    assert len(store.notices(prefix="acme/lock/ann/mail#", since=datetime.now(UTC).timestamp() - 60)) == 3
    assert store.open_entries() == []


def test_notices_that_say_the_same_are_one(desk: DeskRecord, store: LedgerStore) -> None:
    notice = desk.intent(action="notice", calls=())
    same = Twins("acme/lock/ann@", lambda entry: "09:00" in entry.intent.notice)
    assert store.claim(notice, "acme/lock/ann@09:00/mail", same) is not None
    assert store.claim(notice, "acme/lock/ann@09:00/chat", same) is None
    other = Twins("acme/lock/ann@", lambda entry: "17:00" in entry.intent.notice)
    assert store.claim(notice, "acme/lock/ann@17:00/mail", other) is not None


def test_of_several_watchers_one_claims_each_notice(desk: DeskRecord) -> None:
    keys, got, lock = [f"acme/lock/p{number}/mail" for number in range(12)], list[str](), threading.Lock()

    def watch(agent: str) -> None:
        with closing(desk.open(agent)) as store:
            for key in keys:
                if store.claim(desk.intent(action="notice", calls=(), agent=agent), key) is not None:
                    with lock:
                        got.append(key)

    threads = [threading.Thread(target=watch, args=(agent,)) for agent in ("grace", "ann", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == sorted(keys)


# -- the desk's rules


def test_the_rules_that_were_recorded_last_are_in_force(desk: DeskRecord, store: LedgerStore) -> None:
    change = {"action": RULES, "title": "Change the desk's rules", "calls": (), "person_id": "", "person_login": ""}
    store.change_rules(desk.intent(**change, rules="reason_words = 3\n"))
    with closing(desk.open("ann")) as another:
        number = store.change_rules(desk.intent(**change, rules="reason_words = 4\n", reason="too short"))
        store.intend(desk.intent(reason=f"about {RULES}"))
        found = another.desk_rules()
    assert found is not None
    assert (found.seq, found.intent.rules, found.intent.reason) == (number, "reason_words = 4\n", "too short")
    assert found.outcome is Outcome.DONE


def test_the_clock_that_stamps_is_told_and_who_may_change_rules(desk: DeskRecord, store: LedgerStore) -> None:
    number = store.intend(desk.intent()).entry
    assert abs(store.time() - store.entry(number).at.timestamp()) < 60
    assert store.leads()


# -- verifications of callers, the alert


def test_verifications_the_alert_and_rules_are_read_back_as_they_were_recorded(
    desk: DeskRecord, store: LedgerStore
) -> None:
    nobody = {"calls": (), "person_id": "", "person_login": "", "person_name": "", "status": ""}
    intents = {
        ASKED: desk.intent(action=ASKED, proof=canonical({"purpose": "temp-password", "for": "Temporary password ü"})),
        ATTESTED: desk.intent(action=ATTESTED, calls=(), proof=canonical({"kind": "video", "enrolled": None})),
        "unlock": desk.intent(proof=canonical({"tier": 4, "used": [1, 3]})),
        RAISED: desk.intent(action=RAISED, **nobody, proof=canonical({"until": 1.8e9})),
        LOWERED: desk.intent(action=LOWERED, **nobody),
        RULES: desk.intent(action=RULES, **nobody, target="per_agent: 12, now 6", rules='place = "Wien\u00e4"\n'),
    }
    for action, intent in intents.items():
        hidden = replace(UNLOCK, body=b'{"passCode":"123456"}')
        approval = store.intend(intent, (hidden,) if action == ASKED else None)
        store.outcome(approval.entry, Outcome.DONE, detail=str(Ending.DENIED) if action == ASKED else "")
    with closing(desk.open("ann")) as another:
        found = {entry.intent.action: entry for entry in another.entries()}
        assert {action: entry.intent for action, entry in found.items()} == intents
        assert [words.outcome_words(entry) for entry in another.entries()] == [
            "set", "ended", "raised", "done", "vouched for", "denied",
        ]  # fmt: skip
        for text, many in (("denied", 1), ("-alert", 2), ("verify-caller", 1), ("per_agent: 12", 1), ("temporary", 1)):
            assert len(another.entries(text=text)) == many, text
        lines = {action: dict(words.entry_lines(entry)) for action, entry in found.items()}
        assert (lines[ASKED]["For"], lines["unlock"]["Proven by"]) == (
            "Temporary password ü", "the caller, in entry 1, 3",
        )  # fmt: skip
        assert lines[RAISED]["Until"].startswith("2027-01-15")
        assert (lines[RULES]["Changed"], lines[RULES]["Rules"]) == ("per_agent: 12, now 6", 'place = "Wienä"')
        assert "123456" not in "".join([*another.export(), *another.export_csv()])
        assert "raise-alert" in "".join(another.export_csv())
        assert another.verify().ok
    assert store.open_entries() == []


# -- what proves it


def test_an_export_verifies_elsewhere(desk: DeskRecord, store: LedgerStore) -> None:
    store.outcome(store.intend(desk.intent(reason='"\\é\x7f\n')).entry, Outcome.DONE, detail="ü\x00")
    report = store.verify()
    assert verify_lines(store.export(), expect=report.head).ok
    assert (report.count, report.expected) == (2, None)
    csv = list(store.export_csv())
    assert (len(csv), "Ada Lovelace" in csv[1]) == (2, True)
    store.change_rules(desk.intent(action=RULES, calls=(), person_id="", rules='proof = "code"\n=1\n'))
    (_, rules) = DictReader(store.export_csv())
    assert rules["rules"] == r'proof = "code"\n=1\n'


TAMPERING = {
    "UPDATE record SET body = replace(body, 'Ada', 'Eve') WHERE seq = 1": "hash does not fit",
    "UPDATE record SET at = '2026-01-01T00:00:00.000Z' WHERE seq = 2": "hash does not fit",
    "DELETE FROM record WHERE seq = 2": "missing",
    "DELETE FROM record WHERE seq = 4": "end was removed",
}


@pytest.mark.parametrize(("statement", "said"), TAMPERING.items(), ids=["body", "time", "middle", "end"])
def test_what_was_changed_behind_its_back_is_found(
    desk: DeskRecord, store: LedgerStore, statement: str, said: str
) -> None:
    for _ in range(2):
        store.outcome(store.intend(desk.intent()).entry, Outcome.DONE)
    store.close()
    desk.tamper(statement)
    report = store.verify()
    assert not report.ok
    assert any(said in problem.what for problem in report.problems), report.problems


_text = st.text(st.characters(exclude_categories=()), max_size=20)
_calls = st.lists(st.builds(Call, st.just("POST"), st.just("/api/v1/x"), st.binary(max_size=20)), max_size=3).map(tuple)
_words = st.fixed_dictionaries(
    dict.fromkeys(("action", "title", "connector", "person_login", "person_name", "status", "reason"), _text)
)
_steps = st.lists(st.tuples(_words, _calls, st.sampled_from([None, *Outcome]), _text, st.booleans()), max_size=5)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@settings(max_examples=15, deadline=None)
@given(steps=_steps)
def test_whatever_is_recorded_verifies_and_reads_back(
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    steps: list[tuple[dict[str, str], tuple[Call, ...], Outcome | None, str, bool]],
) -> None:
    desk = desk_record(kind, tmp_path_factory.mktemp("ledger"))
    with closing(desk.open()) as store:
        for words, calls, outcome, detail, settle in steps:
            intent: Intent = desk.intent(**words, calls=calls)
            seq = store.intend(intent).entry
            if outcome is not None:
                store.outcome(seq, outcome, detail=detail)
            if settle and store.entry(seq).open:
                store.settle(seq, detail)
            entry = store.entry(seq)
            assert (entry.outcome, entry.intent.calls, entry.readable) == (outcome, intent.calls, True)
            assert entry.open is (outcome in {None, Outcome.UNKNOWN} and not settle)
            repr(entry).encode("utf-8")
        assert store.verify().problems == ()
        if steps and (text := steps[-1][0]["reason"]):
            assert store.entries(text=text) == [entry for entry in store.entries() if entry.mentions(text)]
        assert [e.seq for e in store.open_entries()] == [e.seq for e in store.entries() if e.open]
