"""What the ledger keeps of verifications: what comes back is what was meant, and damage proves nobody."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tui.desk.ledger.entry import Entry, Intent, Outcome
from tui.desk.ledger.verified import ASKED, ATTESTED, Ending
from tui.desk.rules.rules import DEFAULT_RULES
from tui.desk.rules.strength import Attested, Measured
from tui.desk.rules.tiers import Tier
from tui.desk.verification.alerts import LONGEST, alert_in
from tui.desk.verification.kept import action_text, deeds_in, denied_in, proof_text, proofs_in
from tui.desk.verification.ways import Way

if TYPE_CHECKING:
    from collections.abc import Sequence

START = datetime(2026, 11, 23, 6, tzinfo=UTC)
KINDS = st.one_of(st.sampled_from(Measured), st.sampled_from(Attested))
STEP = st.tuples(
    KINDS, st.sampled_from(["00u1", "00u2"]), st.sampled_from(["tess", "omar"]),
    st.sampled_from(["temp-password", "reset-mfa"]), st.sampled_from(Ending),
    st.sampled_from([*Outcome, None]), st.one_of(st.none(), st.floats(0, 2e9)),
)  # fmt: skip


def entry(
    seq: int, action: str, proof: str, *, detail: str = "", outcome: Outcome | None = Outcome.DONE, **more: str
) -> Entry:
    texts = {"person_id": "00u1", "agent": "tess"} | more
    intent = Intent(
        action, "", "demo", "https://a", texts["person_id"], "", "", "", (), "seen", "", texts["agent"], "", proof=proof
    )
    return Entry(seq, START + timedelta(seconds=seq), intent, outcome, None if outcome is None else START, detail)


def written(seq: int, step: tuple[object, ...]) -> Entry:
    kind, person, agent, purpose, ending, outcome, enrolled = step
    way = Way(kind, "n", "t", "opf1" if isinstance(kind, Measured) else "", "push", enrolled)  # type: ignore[arg-type]
    action = ATTESTED if isinstance(kind, Attested) else ASKED
    return entry(
        seq,
        action,
        proof_text(str(purpose), way),
        detail=f"{ending}: more",
        outcome=outcome,  # type: ignore[arg-type]
        person_id=str(person),
        agent=str(agent),
    )


@given(st.lists(STEP, max_size=12), st.sets(st.integers(1, 12), max_size=4))
def test_only_what_was_passed_proves_and_each_proof_stays_with_its_own(
    steps: Sequence[tuple[object, ...]], used: set[int]
) -> None:
    entries = [written(number, step) for number, step in enumerate(steps, 1)]
    entries.append(entry(99, "reset-mfa", action_text(Tier.TOP, used)))
    found = proofs_in(reversed(entries))
    passed = {
        number: step
        for number, step in enumerate(steps, 1)
        if step[5] is Outcome.DONE and step[4] in {Ending.PASSED, Ending.PASSED_PLAIN}
    }
    assert sorted(number for proof in found for number in proof.entries) == sorted(passed)
    for proof in found:
        for number, step in zip(proof.entries, proof.steps, strict=True):
            kind, person, agent, purpose, ending, _, enrolled = passed[number]
            spent = number in used and (person, agent) == ("00u1", "tess")  # those of the entry that used them
            assert (proof.person, proof.agent, proof.purpose, proof.spent) == (person, agent, purpose, spent)
            assert step.kind == (Measured.PUSH if ending is Ending.PASSED_PLAIN else kind)
            assert step.enrolled == enrolled


@given(
    st.text(max_size=60),
    st.recursive(
        st.none() | st.integers() | st.text(max_size=4),
        lambda c: (
            st.lists(c, max_size=3)
            | st.dictionaries(st.sampled_from(["kind", "purpose", "used", "tier", "until"]), c, max_size=3)
        ),
    ),
)
def test_damage_proves_nobody_and_breaks_nothing(text: str, value: object) -> None:
    for proof in (text, json.dumps(value)):
        entries = [
            entry(1, ASKED, proof, detail="passed"),
            entry(2, "reset-mfa", proof),
            entry(3, "raise-alert", proof),
        ]
        for found in proofs_in(entries):
            assert found.steps[0].kind in {*Measured, *Attested}
        assert len(deeds_in(entries, DEFAULT_RULES)) == 1
        assert denied_in(entries, "00u1") is None
        alert = alert_in(entries, START.timestamp() + 60)
        assert alert is None or alert.until <= START.timestamp() + 3 + LONGEST


def test_a_damaged_entry_proves_nobody() -> None:
    way = Way(Measured.NUMBER, "n", "t", "opf1", "push", None)
    whole = entry(1, ASKED, proof_text("temp-password", way), detail="passed")
    assert proofs_in([whole])
    assert proofs_in([replace(whole, readable=False)]) == []
