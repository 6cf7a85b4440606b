"""Two people of one name are two people at every width: their logins are neither dropped nor cut to the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len
from rich.style import Style

from tests.screens.support import seated
from tui.desk.people.admins import Admins
from tui.desk.people.badges import Badges
from tui.desk.people.blocked import Blocked
from tui.desk.text.cut_apart import cut_apart
from tui.okta.models import Provider, User, UserCredentials
from widgets.cell_text import truncate
from widgets.columns import Painter, Tail, tailed
from widgets.people.columns import people_columns

if TYPE_CHECKING:
    from tests.conftest import Desk


FROM_AD = UserCredentials(provider=Provider(type="ACTIVE_DIRECTORY", name="corp.acme.example"))
TAILS = st.builds(Tail, st.sampled_from(["ADMIN", "blocked", "AD corp", "請負"]), st.just(""), st.booleans())


def user(name: str, login: str, status: str = "ACTIVE") -> User:
    first, _, last = name.partition(" ")
    profile = {"firstName": first, "lastName": last, "login": login, "department": "Research and development"}
    return User(id=login, status=status, profile=profile)


def drawn(rows: list[User], width: int, admins: frozenset[str] = frozenset(), blocked: str = "") -> list[str]:
    badges = Badges(Admins(), Blocked())
    badges.admins.ids = admins
    badges.blocked.note(blocked, 0.0, blocked=True)
    columns = people_columns(badges)
    painter: Painter[User] = Painter(lambda _: Style())
    painter.measure(columns, rows)
    painter.lay_out(columns, width)
    return [painter.row(row, "").text for row in rows]


@pytest.mark.parametrize("width", range(40, 200, 3))
def test_namesakes_are_told_apart_at_every_width(width: int) -> None:
    rows = [
        user("Ann Lee", "ann.lee@acme.example"),
        user("Ann Lee", "ann.lee2@acme.example"),
        user("Ann Lee", "a.very.long.first.name.of.ann.lee.1@acme.example"),
        user("Ann Lee", "a.very.long.first.name.of.ann.lee.2@acme.example"),
        user("Ann Lee", "a.very.long.first.name.of.ann.lee.2@beta.example"),
    ]
    lines = drawn(rows, width)
    assert len(set(lines)) == len(rows), lines
    assert {cell_len(line) for line in lines} == {width}


@pytest.mark.parametrize("width", range(54, 200, 3))
def test_a_login_is_never_cut_beside_empty_space(width: int) -> None:
    rows = [user("Henry Stone", "henry.stone@acme.example", "LOCKED_OUT"), user("Bo Li", "bo.li@acme.example")]
    assert all(row.login in line for row, line in zip(rows, drawn(rows, width), strict=True))


@pytest.mark.parametrize("width", range(54, 200, 3))
def test_badges_are_whole_words_and_cut_no_login(width: int) -> None:
    rows = [
        user("Henrietta Featherstonehaugh", "h@acme.example"),
        user("Bo Li", "bo.li@acme.example"),
        user("Carla Diaz", "carla.diaz@acme.example"),
        replace(user("Erik", "erik@acme.example"), credentials=FROM_AD),
    ]
    henrietta, bo, carla, erik = drawn(rows, width, frozenset({rows[0].id}), rows[2].id)
    assert all(row.login in line for row, line in zip(rows, (henrietta, bo, carla, erik), strict=True))
    assert re.search(r"^  Henr.* ADMIN +h@", henrietta)
    assert "ADMIN" not in bo + carla + erik
    assert (" Blocked" in carla, " Active" in bo) == (True, True)
    assert "Erik AD corp " in erik
    assert {cell_len(line) for line in (henrietta, bo, carla, erik)} == {width}


@given(st.text(max_size=12), st.lists(TAILS, max_size=3), st.integers(0, 30))
def test_words_behind_a_text_fill_their_cells_exactly(text: str, words: list[Tail], width: int) -> None:
    words.sort(key=lambda word: not word.weighs)
    pieces = tailed(text, words, width)
    assert cell_len("".join(piece for piece, _ in pieces)) == width
    weighty = [word.text for word in words if word.weighs and width > 1 + cell_len(word.text)]
    assert not weighty or weighty[0] in {piece for piece, _ in pieces}


@pytest.mark.parametrize("columns", [60, 80, 100, 120, 200])
async def test_both_ann_lees_have_their_login_in_the_list(desk: Desk, columns: int) -> None:
    async with seated(desk.session(), (columns, 30)) as seat:
        await seat.look_up("ann lee")
        assert "ann.lee@acme.example " in seat.text
        assert "ann.lee2@acme.example " in seat.text
        assert seat.line("ann.lee2@acme.example ").count("Active") == 1


@given(st.text("ab.1", max_size=40), st.sets(st.text("ab.@1", min_size=1, max_size=8), max_size=8), st.integers(12, 20))
def test_what_differs_looks_different(shared: str, ends: set[str], width: int) -> None:
    texts = {f"{shared}{end}@acme.example" for end in ends}
    cuts = cut_apart(texts, width, truncate)
    assert cuts.keys() == texts
    assert all(cell_len(cut) <= width for cut in cuts.values())
    assert len(set(cuts.values())) == len(texts)
