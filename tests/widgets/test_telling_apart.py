"""Two people of one name are two people at every width: their logins are neither dropped nor cut to the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from tests.screens.support import seated
from tui.desk.text.cut_apart import cut_apart
from tui.okta.models import User
from widgets.cell_text import truncate
from widgets.columns import Painter
from widgets.people.columns import PEOPLE_COLUMNS

if TYPE_CHECKING:
    from tests.conftest import Desk


def user(name: str, login: str, status: str = "ACTIVE") -> User:
    first, _, last = name.partition(" ")
    profile = {"firstName": first, "lastName": last, "login": login, "department": "Research and development"}
    return User(id=login, status=status, profile=profile)


def drawn(rows: list[User], width: int) -> list[str]:
    painter: Painter[User] = Painter(lambda _: Style())
    painter.measure(PEOPLE_COLUMNS, rows)
    painter.lay_out(PEOPLE_COLUMNS, width)
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
