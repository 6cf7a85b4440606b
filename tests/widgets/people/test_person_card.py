"""A card drawn for the width there is: nothing is wider, nothing that matters is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from tui.desk.people.answer import READING, CardAnswer, Try
from tui.desk.people.badges import Badge
from tui.desk.people.card import Card, EventLine, Fact, Listing
from tui.desk.text.tone import Tone
from widgets.people.person_card import layout
from widgets.people.tries import tries_line

NOW = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
TRIES = (
    Try(NOW - timedelta(hours=20), "ok"),
    *(Try(NOW - timedelta(minutes=100), "wrong") for _ in range(10)),
    *(Try(NOW - timedelta(minutes=91), "locked") for _ in range(4)),
)
ANSWER = CardAnswer(
    "Locked out by software that has an old password",
    sure="likely",
    step="Have them put the new password into Mail on an iPhone, or remove the account there; then unlock",
    key="u",
    notes=("Their password is past its age.",),
    tries=TRIES,
)
CARD = Card(
    name="Ann Lee",
    badges=(Badge("SUPER ADMIN", Tone.WARN), Badge("AD corp"), Badge("contractor")),
    status="Locked out",
    tone=Tone.BAD,
    line="ann.lee@acme.example · Account Executive · Sales",
    headline="Locked out: too many failed sign-ins, for 100 min",
    facts=(
        Fact("Manager", "m.silva@acme.example"),
        Fact("Phone", "+1 415 555 0132"),
        Fact("Password", "120 days old, past its age", Tone.WARN, share=1.0),
    ),
    lists=(
        Listing("Factors", ("Okta Verify on Ann's phone", "SMS"), rows=True, beside=("for 2 years", "new")),
        Listing("Groups", ("Everyone", "Sales"), key="g"),
        Listing("Apps", note="reading …", tone=Tone.MUTED),
        Listing("Blocks", note="not readable: keydesk lacks the scope", tone=Tone.WARN),
    ),
    events=(
        EventLine("91 min ago", "Sign-in: while locked", "Apple-iPhone14C2 · 192.0.2.7", Tone.WARN, 4),
        EventLine("100 min ago", "Locked out", "", Tone.BAD),
    ),
    events_note="",
    since="100 min",
    answer=ANSWER,
    user_id="00u1",
    now=NOW,
)


def lines_of(card: Card, width: int) -> list[str]:
    return layout(card, width).plain.split("\n")


@pytest.mark.parametrize("width", [20, 30, 40, 58, 60, 76, 120])
def test_no_line_is_wider_than_the_card(width: int) -> None:
    assert max(cell_len(line) for line in lines_of(CARD, width)) <= width


def test_a_wide_card_puts_short_facts_side_by_side_and_says_where_from() -> None:
    lines = lines_of(CARD, 76)
    assert lines[0].startswith("Ann Lee ")
    assert lines[0].rstrip().endswith("Locked out 100 min")
    assert any("Manager" in line and "Phone" in line for line in lines)
    assert any("120 days old ▓▓▓▓▓▓▓▓ past its age" in line for line in lines)
    assert "Factors      Okta Verify on Ann's phone  for 2 years" in lines
    assert "Groups 2     Everyone · Sales  g" in lines
    assert "Apps         reading …" in lines
    assert "Blocks       not readable: keydesk lacks the scope" in lines
    assert any("Sign-in: while locked ×4" in line and "Apple-iPhone14C2" in line for line in lines)


@pytest.mark.parametrize(("width", "beside"), [(76, "SUPER ADMIN AD corp contractor"), (44, "SUPER ADMIN"), (32, "")])
def test_badges_stand_beside_the_name_as_far_as_there_is_room(width: int, beside: str) -> None:
    first = lines_of(CARD, width)[0]
    assert first.split("  ")[0].rstrip() == f"Ann Lee {beside}".rstrip()
    assert "Locked out" in first


def test_a_narrow_card_keeps_the_count_of_events() -> None:
    line = next(line for line in lines_of(CARD, 30) if "91 min" in line)
    assert line.rstrip().endswith("×4")
    assert "Apple" not in line


def test_the_answer_stands_first_with_its_sureness_and_its_key() -> None:
    lines = lines_of(CARD, 76)
    assert lines[2:6] == [
        "✗ Locked out by software that has an old password",
        "●●○ likely   w more",
        "→ u Have them put the new password into Mail on an iPhone, or remove the",
        "    account there; then unlock",
    ]
    assert lines[6] == "! Their password is past its age."


@pytest.mark.parametrize("width", [58, 76, 100])
def test_nothing_moves_when_the_verdict_comes(width: int) -> None:
    before = lines_of(replace(CARD, answer=None), width)
    after = lines_of(CARD, width)
    assert len(before) == len(after)
    assert before[3] == READING
    moved = [number for number, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    picture = next(number for number, line in enumerate(after) if line.startswith("Last 6 h"))
    assert set(moved) <= {2, 3, 4, 5, 6, picture}


def test_where_nobody_looked_the_card_says_so_beside_the_verdict() -> None:
    answer = replace(ANSWER, unread="nobody looked in the log", sure="a guess", tries=())
    lines = lines_of(replace(CARD, answer=answer), 58)
    assert lines[3].startswith("! nobody looked in the log   ●○○ a guess")


def test_an_attack_is_the_headline_and_no_key_stands_before_the_step() -> None:
    answer = CardAnswer("Somebody tries passwords", sure="likely", step="Do not unlock; tell security", attack=True)
    text = layout(replace(CARD, answer=answer), 58)
    lines = text.plain.split("\n")
    assert lines[2] == "✗ May be an attack: Somebody tries passwords"
    assert lines[4] == "→ Do not unlock; tell security"
    at = text.plain.index("Do not unlock")
    assert any(span.start <= at < span.end and "$bad" in str(span.style) for span in text.spans)


def test_the_picture_of_attempts_tells_without_colour() -> None:
    (line,) = (line.plain for line in tries_line(CARD, 76))
    assert line.startswith("Last 6 h     ··")
    assert line.endswith(" now  █ 10 wrong  ▒ 4 while locked")
    assert line.index("█") < line.index("▒")
    (narrow,) = (line.plain for line in tries_line(CARD, 30))
    assert "10 wrong" in narrow


def test_lists_are_folded_with_a_count_and_a_key() -> None:
    many = Listing("Groups", tuple(f"Group number {number}" for number in range(40)), key="g")
    rows = Listing("Factors", tuple(f"Factor {number}" for number in range(9)), rows=True, beside=("new",) * 9)
    lines = lines_of(replace(CARD, lists=(many, rows)), 58)
    groups = next(line for line in lines if line.startswith("Groups 40"))
    assert groups.endswith("+38  g")
    assert [line for line in lines if "Factor " in line or "more" in line][-1].strip() == "… 6 more"


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Mn")), max_size=90), st.integers(20, 90)
)
def test_any_text_fits(text: str, width: int) -> None:
    answer = CardAnswer(text, sure="likely", step=text, key="u", notes=(text,), unread=text[:30], tries=TRIES)
    card = Card(
        name=text,
        badges=(Badge("ADMIN", Tone.WARN), Badge("LDAP")),
        status="Active",
        tone=Tone.GOOD,
        line=text,
        headline=text,
        facts=(Fact("Email", text), Fact("Phone", text), Fact("Password", text, share=0.5)),
        lists=(
            Listing("Groups", (text, text), key="g"),
            Listing("Apps", note=text),
            Listing("Factors", (text,) * 6, rows=True, beside=(text,) * 6),
        ),
        events=(EventLine("1 min ago", text, text, times=3),),
        events_note="",
        since="100 min",
        answer=answer,
        user_id=text,
        now=NOW,
    )
    assert max(cell_len(line) for line in lines_of(card, width)) <= width
    assert max(cell_len(line) for line in lines_of(replace(card, answer=None), width)) <= width
