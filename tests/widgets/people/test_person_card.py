"""A card drawn for the width there is: nothing is wider, nothing that matters is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.desk.people.badges import Badge
from tui.desk.people.card import Card, EventLine, Fact, Listing
from tui.desk.text.tone import Tone
from widgets.people.person_card import layout

CARD = Card(
    name="Ann Lee",
    badges=(Badge("SUPER ADMIN", Tone.WARN), Badge("AD corp"), Badge("contractor")),
    status="Locked out",
    tone=Tone.BAD,
    line="ann.lee@acme.example · Account Executive · Sales",
    headline="Locked out: too many failed sign-ins, since 100 min",
    facts=(Fact("Email", "ann.lee@acme.example"), Fact("Phone", "+1 415 555 0132"), Fact("Okta id", "00u1")),
    lists=(
        Listing("Groups", ("Everyone", "Sales")),
        Listing("Apps", note="reading …", tone=Tone.MUTED),
        Listing("Factors", note="not readable: keydesk lacks the scope", tone=Tone.WARN),
    ),
    events=(
        EventLine("91 min ago", "Sign-in: while locked", "Apple-iPhone14C2 · 192.0.2.7", Tone.WARN, 4),
        EventLine("100 min ago", "Locked out", "", Tone.BAD),
    ),
    events_note="",
)


def lines_of(card: Card, width: int) -> list[str]:
    return layout(card, width).plain.split("\n")


@pytest.mark.parametrize("width", [20, 30, 40, 58, 60, 76, 120])
def test_no_line_is_wider_than_the_card(width: int) -> None:
    assert max(cell_len(line) for line in lines_of(CARD, width)) <= width


def test_a_wide_card_puts_short_facts_side_by_side_and_says_where_from() -> None:
    lines = lines_of(CARD, 76)
    assert lines[0].startswith("Ann Lee ")
    assert lines[0].rstrip().endswith("Locked out")
    assert any("Email" in line and "Phone" in line for line in lines)
    assert "Groups 2     Everyone · Sales" in lines
    assert "Apps         reading …" in lines
    assert "Factors      not readable: keydesk lacks the scope" in lines
    assert any("Sign-in: while locked ×4" in line and "Apple-iPhone14C2" in line for line in lines)


@pytest.mark.parametrize(("width", "beside"), [(76, "SUPER ADMIN AD corp contractor"), (36, "SUPER ADMIN"), (26, "")])
def test_badges_stand_beside_the_name_as_far_as_there_is_room(width: int, beside: str) -> None:
    first = lines_of(CARD, width)[0]
    assert first.split("  ")[0].rstrip() == f"Ann Lee {beside}".rstrip()
    assert first.rstrip().endswith("Locked out")


def test_a_narrow_card_keeps_the_count_of_events() -> None:
    line = next(line for line in lines_of(CARD, 30) if "91 min" in line)
    assert line.rstrip().endswith("×4")
    assert "Apple" not in line


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Mn")), max_size=90), st.integers(20, 90)
)
def test_any_text_fits(text: str, width: int) -> None:
    card = Card(
        name=text,
        badges=(Badge("ADMIN", Tone.WARN), Badge("LDAP")),
        status="Active",
        tone=Tone.GOOD,
        line=text,
        headline=text,
        facts=(Fact("Email", text), Fact("Phone", text)),
        lists=(Listing("Groups", (text, text)),),
        events=(EventLine("1 min ago", text, text, times=3),),
        events_note="",
    )
    assert max(cell_len(line) for line in lines_of(card, width)) <= width
