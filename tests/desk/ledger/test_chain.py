"""The chain by itself: what an anchor may say, what a row may hold, and how each fault in a walk is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.desk.ledger.chain import COLUMNS, START, ChainReader, Head, Record

if TYPE_CHECKING:
    from tui.desk.ledger.chain import ChainReport

AT = "2026-01-01T00:00:00.000Z"
INTENT = '{"action":"a"}'
HASH = "0123456789abcdef" * 4


def chain(length: int) -> list[Record]:
    """A sound chain of records whose text cannot be read: only their order counts here."""
    made: list[Record] = []
    for _ in range(length):
        made.append(Record.after(made[-1].head if made else START, AT, "intent", None, INTENT))
    return made


def walked(records: list[Record], *, anchor: Head | None = None, expect: str | None = None) -> ChainReport:
    walk = ChainReader(anchor=anchor, expect=expect)
    for record in records:
        walk.step(record.row)
    return walk.verdict()


def faults(verdict: ChainReport) -> list[tuple[int | None, str]]:
    """What was found, but for the text of the records."""
    return [(one.seq, one.what) for one in verdict.problems if one.what != "Its text cannot be read."]


@pytest.mark.parametrize("head", [START, Head(1, HASH), Head(10_000_000, "f" * 64)])
def test_an_anchor_reads_back(head: Head) -> None:
    assert Head.read(f"{head}\n") == head
    assert f"{head}" == f"keydesk-ledger-head 1 {head.seq} {head.hash}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"keydesk-ledger-head 1 1 {HASH}",
        f"keydesk-ledger-head 1 1 {HASH}\n\n",
        f"keydesk-ledger-head 1 1 {HASH} \n",
        f"keydesk-ledger-head  1 1 {HASH}\n",
        f"keydesk-ledger-head 1 1 1 {HASH}\n",
        f"keydesk-ledger-head 1 {HASH}\n",
        f"keydesk-ledger-head 2 1 {HASH}\n",
        f"another-head 1 1 {HASH}\n",
        f"keydesk-ledger-head 1 01 {HASH}\n",
        f"keydesk-ledger-head 1 +1 {HASH}\n",
        f"keydesk-ledger-head 1 -1 {HASH}\n",
        f"keydesk-ledger-head 1 one {HASH}\n",
        f"keydesk-ledger-head 1 0 {HASH}\n",
        f"keydesk-ledger-head 1 -1 {START.hash}\n",
        f"keydesk-ledger-head 1 1 {HASH[:-1]}\n",
        f"keydesk-ledger-head 1 1 {HASH}0\n",
        f"keydesk-ledger-head 1 1 {HASH.upper()}\n",
        f"keydesk-ledger-head 1 1 {HASH[:-1]}g\n",
    ],
)
def test_what_keydesk_never_writes_is_no_anchor(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an anchor|invalid literal"):
        Head.read(text)


def test_a_row_reads_back_as_its_record() -> None:
    first, second = chain(2)
    settled = Record.after(second.head, AT, "settled", 1, "{}")
    for record in (first, second, settled):
        assert Record.read(record.row) == record
        assert record.sound
        assert record.head == Head(record.seq, record.hash)
    assert [first.seq, first.prev, second.seq, second.prev] == [1, START.hash, 2, first.hash]


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("value", [b"x", 1.5, True, [1]])
def test_a_row_with_a_value_of_the_wrong_kind_is_no_record(column: str, value: object) -> None:
    row = [value if name == column else kept for name, kept in zip(COLUMNS, chain(1)[0].row, strict=True)]
    assert Record.read(row) is None


@pytest.mark.parametrize("column", ["at", "kind", "body", "prev", "hash"])
def test_a_row_with_a_number_in_the_place_of_a_text_is_no_record(column: str) -> None:
    row = [7 if name == column else kept for name, kept in zip(COLUMNS, chain(1)[0].row, strict=True)]
    assert Record.read(row) is None


def test_a_row_with_a_column_more_or_less_is_no_record() -> None:
    row = chain(1)[0].row
    assert Record.read(row[:-1]) is None
    assert Record.read((*row, "")) is None


@pytest.mark.parametrize(("first", "told"), [("seven", None), (None, None), (7, 7)])
def test_a_row_that_cannot_be_read_is_told_by_its_number_if_it_has_one(first: object, told: int | None) -> None:
    walk = ChainReader()
    walk.step((first, AT))
    walk.step(())
    wrong = "This record holds values of the wrong kind."
    assert faults(walk.verdict()) == [(told, wrong), (None, wrong)]
    assert walk.verdict().count == 2


@pytest.mark.parametrize(
    ("kept", "what"), [([0, 2], (2, "Record 2 is missing.")), ([0, 4], (2, "Records 2 to 4 are missing."))]
)
def test_a_gap_is_told_by_its_numbers(kept: list[int], what: tuple[int, str]) -> None:
    made = chain(5)
    last = made[kept[-1]].seq
    assert faults(walked([made[index] for index in kept])) == [
        what,
        (last, "This record does not follow from the one before it."),
    ]


def test_a_record_that_comes_again_is_told() -> None:
    first, second = chain(2)
    assert faults(walked([first, second, second])) == [
        (2, "This record's number was given before, or is out of order."),
        (2, "This record does not follow from the one before it."),
    ]


def test_only_what_is_unsound_is_called_changed() -> None:
    first, second = chain(2)
    changed = Record(first.seq, first.at, first.kind, first.ref, "{}", first.prev, first.hash)
    assert faults(walked([changed, second])) == [
        (1, "This record was changed after it was written: its hash does not fit.")
    ]


@pytest.mark.parametrize("behind", range(15, 19))
def test_an_anchor_may_be_sixteen_records_behind(behind: int) -> None:
    made = chain(20)
    verdict = walked(made, anchor=made[19 - behind].head)
    far = f"The anchor stayed behind at record {20 - behind} of 20: it was set back, or is held fast."
    assert faults(verdict) == ([(None, far)] if behind > 16 else [])
    assert (verdict.anchored, verdict.count, verdict.head) == (20 - behind, 20, made[-1].hash)


def test_an_anchor_that_knows_more_than_the_ledger_is_told() -> None:
    made = chain(4)
    verdict = walked(made[:2], anchor=made[3].head)
    gone = "The anchor remembers record 4; the ledger ends at 2: its end was removed."
    assert (faults(verdict), verdict.anchored) == ([(4, gone)], 4)


def test_an_anchor_of_another_ledger_is_told() -> None:
    made = chain(3)
    another = "The anchor remembers another record here: the ledger or the anchor was rewritten."
    assert faults(walked(made, anchor=Head(2, HASH))) == [(2, another)]


def test_without_an_anchor_nothing_is_said_of_one() -> None:
    verdict = walked(chain(20))
    assert (faults(verdict), verdict.anchored) == ([], None)


def test_the_anchor_of_a_ledger_that_has_just_begun_remembers_nothing() -> None:
    verdict = walked([], anchor=START)
    assert (verdict.ok, verdict.anchored, verdict.head, verdict.count) == (True, 0, START.hash, 0)


def test_a_hash_noted_elsewhere_is_looked_for_in_every_record() -> None:
    made = chain(3)
    lost = [(None, "The expected hash is not in this ledger: it was rewritten, cut short, or is another one.")]
    for known in (START, *(record.head for record in made)):
        assert faults(walked(made, expect=f" {known.hash.upper()}\n")) == []
    assert faults(walked(made, expect=HASH)) == lost
    assert faults(walked([], expect=START.hash)) == []
    assert faults(walked([], expect=made[0].hash)) == lost


DONE = '{"detail":"","outcome":"done","request_id":""}'
UNKNOWN = '{"detail":"","outcome":"unknown","request_id":""}'
SETTLED = '{"what":"x"}'


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ([("outcome", 1, DONE)], []),
        ([("outcome", 1, UNKNOWN), ("settled", 1, SETTLED)], []),
        ([("settled", 1, SETTLED), ("outcome", 1, DONE)], []),
        ([("outcome", 1, DONE), ("outcome", 1, DONE)], [(3, "A second outcome for record 1.")]),
        ([("outcome", 1, "[]"), ("outcome", 1, DONE)], [(3, "A second outcome for record 1.")]),
        ([("outcome", 1, DONE), ("settled", 1, SETTLED)], [(3, "Record 1 was not open, and yet settled.")]),
        ([("settled", 1, SETTLED), ("settled", 1, SETTLED)], [(3, "Record 1 was not open, and yet settled.")]),
        ([("outcome", 7, DONE)], [(2, "It belongs to an intent that is not in the ledger.")]),
        ([("outcome", None, DONE)], [(2, "It belongs to an intent that is not in the ledger.")]),
        ([("settled", None, SETTLED)], [(2, "It belongs to an intent that is not in the ledger.")]),
        ([("intent", 1, INTENT)], [(2, "An intent refers to another record.")]),
        ([("blessed", 1, SETTLED)], [(2, "This is a kind of record that keydesk never writes.")]),
    ],
)
def test_what_follows_an_intent_must_make_sense(
    more: list[tuple[str, int | None, str]], told: list[tuple[int, str]]
) -> None:
    made = chain(1)
    for kind, ref, body in more:
        made.append(Record.after(made[-1].head, AT, kind, ref, body))
    assert faults(walked(made)) == told


@pytest.mark.parametrize(("kind", "body"), [("intent", "{}"), ("outcome", SETTLED), ("settled", DONE)])
def test_each_kind_of_record_is_read_as_what_it_is(kind: str, body: str) -> None:
    made = chain(1)
    made.append(Record.after(made[-1].head, AT, kind, None if kind == "intent" else 1, body))
    assert (2, "Its text cannot be read.") in [(one.seq, one.what) for one in walked(made).problems]


@pytest.mark.parametrize("at", ["", "yesterday", "2026-01-01", "9999-99-99T00:00:00.000Z"])
def test_a_time_that_cannot_be_read_is_told(at: str) -> None:
    record = Record.after(START, at, "intent", None, INTENT)
    assert faults(walked([record])) == [(1, "Its time cannot be read.")]
