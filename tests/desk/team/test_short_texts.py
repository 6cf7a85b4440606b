"""Texts of one and two letters in a team's ledger: found wherever they stand, and nowhere looked for in vain."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
from msgspec.structs import replace

from tests.desk.ledger.one_intent import INTENT
from tests.postgres import shared_database
from tui.desk.ledger.entry import Outcome, intent_body
from tui.desk.team.rows import search_words
from tui.desk.team.schema import add_digests

if TYPE_CHECKING:
    import pytest

    from tui.desk.ledger.entry import Entry


def test_a_short_text_is_found_in_old_entries_new_ones_and_what_was_settled_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    team = shared_database()
    intent = replace(INTENT, org=team.new_org())
    # Some reasons; all of the others hold none of these letters.
    odd = {3: "odd xö", 130: "ö", 131: "odd _%", 700: "odd xö"}
    with closing(psycopg.connect(team.owner, autocommit=True)) as db, closing(team.ledger(intent.org)) as ledger:
        (org,) = db.execute("SELECT org FROM keydesk.chain WHERE origin = %s", (intent.org,)).fetchone() or (0,)

        def write(first: int, last: int) -> None:
            reasons = (odd.get(number, "lost") for number in range(first, last + 1))
            bodies = [intent_body(replace(intent, reason=reason)) for reason in reasons]
            words = [search_words("intent", body) for body in bodies]
            db.execute(
                "SELECT keydesk.put(%s, '2026-07-01T08:00:00.000Z', 'intent', NULL, body, gen_random_uuid(), words, "
                "false) FROM unnest(%s::text[], %s::text[]) AS new (body, words)",
                (org, bodies, words),
            )

        def found(text: str, *, limit: int | None = None, before: int | None = None) -> list[int]:
            return [entry.seq for entry in ledger.entries(text=text, limit=limit, before=before)]

        def digested() -> object:
            return db.execute("SELECT digested FROM keydesk.chain WHERE org = %s", (org,)).fetchone()

        write(1, 640)  # the first block is far enough behind
        assert digested() == (1,)
        write(641, 900)
        assert digested() == (3,)
        assert found("ö") == [700, 130, 3]
        assert found("XÖ") == [700, 3]
        assert (found("_%"), found("%"), found("zz")) == ([131], [131], [])
        assert (found("ö", limit=1), found("ö", limit=1, before=700), found("ö", before=3)) == ([700], [130], [])
        assert len(found("st", limit=502)) == 502  # more than one page
        # A longer text is looked for in what is new first, which is told; then in all the rest.
        monkeypatch.setattr("tui.desk.team.ledger._SOON", 300)
        told = list[tuple[list[int], int]]()

        def so_far(entries: list[Entry], searched: int) -> None:
            told.append(([entry.seq for entry in entries], searched))
            assert not ledger._nobody_waits.is_set()  # a verification stands still for whoever waits

        odd_ones = [entry.seq for entry in ledger.entries(text="odd ", so_far=so_far)]
        assert (odd_ones, told) == ([700, 131, 3], [([700], 300)])
        told.clear()
        assert len(ledger.entries(text="lost", limit=100, so_far=so_far)) == 100
        assert ledger.entries(text="odd", before=600, limit=1, so_far=so_far)[0].seq == 131
        assert told == [([], 300)]  # nothing is told where the newest were enough
        assert ledger._nobody_waits.is_set()
        # What becomes of an old entry is found, too; nothing told its block of these letters before.
        db.execute("INSERT INTO keydesk.open_entry VALUES (%s, 5, '', 'grace', 'Unlock', now())", (org,))
        ledger.outcome(5, Outcome.UNKNOWN, detail="ñ")
        ledger.settle(5, "jß")
        assert (found("ñ"), found("j")) == ([5], [5])
        # An owner whose records are older than this lets it be made; it changes nothing of what is found.
        db.execute("DELETE FROM keydesk.digest WHERE org = %s", (org,))
        db.execute("UPDATE keydesk.chain SET digested = 0 WHERE org = %s", (org,))
        assert (found("ö"), found("ñ")) == ([700, 130, 3], [5])
        assert add_digests(db, 2) == 3
        assert (found("ö"), found("ñ"), found("jß"), add_digests(db)) == ([700, 130, 3], [5], [5], 0)
        db.execute("UPDATE keydesk.digest SET pairs = '' WHERE org = %s", (org,))
        assert found("ö") == [700]  # so it is by these that it looks
