"""Tables fit the terminal, and still tell people apart."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tui.commands.fitting import fit

TITLES = ("STATUS", "NAME", "LOGIN", "DEPARTMENT", "TITLE", "ID")
ROWS = [
    (
        "Locked out",
        "Ann Lee",
        "ann.lee@acme.example",
        "Research and development",
        "Senior chemist",
        "00ukJN3ki5EWgoYX35d7",
    ),
    ("Active", "Ann Lee", "ann.lee2@acme.example", "Sales", "Contractor", "00ukJN3ki5EWgoYX35d8"),
    ("Active", "李安", "anna.maria.von.und.zu.lee.1@acme.example", "", "", "00ukJN3ki5EWgoYX35d9"),
    ("Active", "李安", "anna.maria.von.und.zu.lee.2@acme.example", "", "", "00ukJN3ki5EWgoYX35d0"),
]


@pytest.mark.parametrize("width", [*range(30, 200, 7), 60, 80, 100, 120])
def test_no_line_is_longer_than_the_terminal_and_no_two_logins_look_alike(width: int) -> None:
    table, left_out = fit([TITLES, *ROWS], width, widest=44)
    assert {len(row) + len(left_out) for row in table} == {len(TITLES)}
    sizes = [max(cell_len(row[index]) for row in table) for index in range(len(table[0]))]
    assert sum(sizes) + 2 * (len(sizes) - 1) <= width
    logins = [row[table[0].index("LOGIN")] for row in table[1:]]
    assert len(set(logins)) == len(ROWS)
    if width >= 80:
        assert logins == [row[2] for row in ROWS]


def test_at_eighty_columns_what_is_left_out_is_named() -> None:
    table, left_out = fit([TITLES, *ROWS[:2]], 80, widest=44)
    assert left_out == ["TITLE"]
    assert table[1][-1] == "00ukJN3ki5EWgoYX35d7"
