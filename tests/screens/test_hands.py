"""Every action within reach: the overlay of keys, the palette, and sorting and exporting any list."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

from textual.command import CommandList
from textual.widgets import Input

from screens.base import DeskScreen
from screens.key_help import KeyHelpScreen
from tests.screens.support import NARROW, SMALL, WIDE, seated
from tests.screens.test_key_table import noted
from tui.desk.files.listing import ExportTable
from tui.palette import PaletteEntry, likeness
from widgets.filter_box import FilterBox
from widgets.rows import Rows

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.conftest import Desk
    from tests.screens.support import Seat
    from tui.demo.org import Org


def files(folder: Path, pattern: str) -> list[Path]:
    return list(folder.glob(pattern))


def offered(seat: Seat) -> str:
    """All that the palette lists, as text."""
    options = seat.app.screen.query_one(CommandList)._options
    return "\n".join(str(option.hit.text) + " | " + str(option.hit.help) for option in options)  # type: ignore[attr-defined]


async def every_screen_and_dialog_shows_its_keys_and_escape_returns(seat: Seat) -> None:
    for opens, wanted, leave in (
        (("f2",), "Search", False),
        (("f3",), "Unlock", False),
        (("f4",), "Verify", False),
        (("f5",), "Add", False),
        (("f7",), "Scan", False),
        (("f8",), "It arrived", False),
        (("f3", "w"), "Ask about an app", True),
        (("f3", "u"), "Steps by hand", True),
        (("f3", "M"), "Steps by hand", True),
    ):
        await seat.press(*opens)
        before = seat.app.screen
        await seat.press("f1")
        assert isinstance(seat.app.screen, KeyHelpScreen), opens
        seat.app.screen.query_one(Input).value = wanted.lower()
        await seat.rest()
        assert wanted in seat.text, (opens, seat.text)
        await seat.press("escape")
        assert seat.app.screen is before
        if leave:
            await seat.press("escape")


async def every_list_is_sorted_and_the_head_says_how(seat: Seat) -> None:
    await seat.press("f3", "o", "2")
    table = seat.one("#locked", Rows)
    logins = [row.case.login for row in table.rows]
    assert logins == sorted(logins)
    assert "Login ▲" in seat.text
    await seat.press("o", "o")
    assert [row.case.login for row in table.rows] == logins[::-1]
    assert "Login ▼" in seat.text
    await seat.press("r")  # what is read again comes in the same order
    assert [row.case.login for row in table.rows] == logins[::-1]
    await seat.press("o", "0")
    assert "▼" not in seat.line("State")


async def lists_are_exported_as_filtered_with_a_name_and_a_folder(seat: Seat, home: Path) -> None:
    for opens, name, login in (
        (("f3", "slash", *"milo", "enter"), "lockouts", "milo"),
        (("f4",), "ledger", "bob.martin"),
        (("f2", "slash", *"ann", "down"), "people", "ann.lee"),
    ):
        await seat.press(*opens)
        await seat.until(lambda: login in seat.text)  # noqa: B023 - the ledger is read in a thread
        await seat.press("x")
        assert f"Folder{home}" in "".join(seat.words.split())  # a long one is wrapped
        await seat.press("enter")
        assert "written" in seat.words, seat.text
        (written,) = files(home, f"keydesk-{name}-*.csv")
        rows = list(csv.reader(written.read_text("utf-8").splitlines()))
        assert any(login in cell for cell in rows[1]), rows
        await seat.press("x", "down", "enter")
        (written,) = files(home, f"keydesk-{name}-*.json")
        assert login in written.read_text("utf-8")
        json.loads(written.read_text("ascii"))
    await seat.press("f8", "x")
    assert "There is nothing to export here" in seat.words


async def a_filter_that_leaves_nothing_says_how_to_clear_it(seat: Seat) -> None:
    for opens, words in (
        (("f3", "slash"), "No case is like that. esc clears the filter."),
        (("f4", "slash"), "No entry is like that. esc clears the filter."),
        (("f7", "r", "slash"), "Nothing here is like that. esc clears the filter."),
        (("f8", "slash"), "No notice is like that. esc clears the filter."),
        (("f9", "slash"), "Nothing here is like that. esc clears the filter."),
        (("f3", "y", "slash"), "Nothing here is like that."),
        (("escape", "o", "slash"), "Nothing here is like that."),
        (("escape", "f2", *"ann", "down", "enter", "f", "slash"), "Nothing here is like that."),
    ):
        await seat.press(*opens)
        await seat.type("qqzz")
        assert words in seat.words, (opens, seat.text)
        table = next(iter(seat.app.screen.query(Rows)))
        assert not table.rows
        await seat.press("enter")
        assert seat.app.focused is table
        await seat.press(*(() if isinstance(seat.app.screen, DeskScreen) else ("slash",)), "escape")
        assert seat.app.screen.query_one(FilterBox).value == ""


async def test_the_keys_the_order_the_export_and_the_filter_of_every_list(
    desk: Desk, org: Org, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    session = desk.session()
    noted(session, org, "bob.martin")
    async with seated(session, NARROW) as seat:
        await every_screen_and_dialog_shows_its_keys_and_escape_returns(seat)
        await every_list_is_sorted_and_the_head_says_how(seat)
        await lists_are_exported_as_filtered_with_a_name_and_a_folder(seat, tmp_path)
        await seat.press("f3", "escape", "f2", "escape")
        await a_filter_that_leaves_nothing_says_how_to_clear_it(seat)


async def the_palette_has_every_action_with_its_reason_every_binding_and_what_was_done(seat: Seat) -> None:
    await seat.look_up("ann.lee@acme.example")
    await seat.press("enter", "ctrl+p")
    text = offered(seat)
    for part in (
        "Unlock: Ann Lee | u: ",
        "Reset all factors: Ann Lee | M: ",
        "Resend the activation: Ann Lee | Not now: ",
        "Copy a part | y: for everywhere",
        "Sort | o: for this list",
        "Ann Lee | Seen: ann.lee@acme.example",
        "Done: Unlock, bob.martin@acme.example | ",
        "Save picture",
        "Theme: high-contrast",
        "Ledger",
    ):
        assert part in text, (part, text)
    await seat.press("escape", "f3", "ctrl+p")
    text = offered(seat)
    for part in ("Lockouts: mine", "Lockouts: only Not known", "Pause | z", "Bell | ctrl+b"):
        assert part in text, (part, text)
    await seat.type("lockouts: only not known")
    await seat.press("enter")
    assert "only Not known" in seat.words


async def a_picture_is_written_and_never_of_a_secret(seat: Seat, home: Path) -> None:
    await seat.look_up("bob.martin@acme.example")
    await seat.press("enter", "ctrl+p")
    await seat.type("save picture")
    await seat.press("enter")
    (picture,) = files(home, "keydesk-picture-*.svg")
    assert "Bob" in picture.read_text("utf-8")
    assert picture.stat().st_mode & 0o777 == 0o600
    picture.unlink()
    await seat.press("l", *"lost", "enter")
    assert seat.app.screen.shows_secret  # type: ignore[attr-defined]
    seat.app.save_picture()
    await seat.rest()
    assert not files(home, "*.svg")


async def the_question_mark_is_a_letter_in_a_box_and_a_key_outside(seat: Seat) -> None:
    await seat.type("who")
    await seat.press("question_mark")
    assert seat.app.screen.query_one("#query").value == "who?"  # type: ignore[attr-defined]
    await seat.look_up("ann.lee@acme.example")
    await seat.press("enter", "question_mark")
    assert isinstance(seat.app.screen, KeyHelpScreen)
    await seat.type("temp")
    assert "Temporary password" in seat.text
    assert "this person" in seat.text
    await seat.press(*["backspace"] * 4)
    await seat.type("nothing like this")
    assert "No key does that here." in seat.text
    await seat.press("f1")
    assert not isinstance(seat.app.screen, KeyHelpScreen)


async def test_the_palette_the_picture_and_the_question_mark(
    desk: Desk, org: Org, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    session = desk.session()
    noted(session, org, "bob.martin")
    async with seated(session, SMALL) as seat:
        await the_question_mark_is_a_letter_in_a_box_and_a_key_outside(seat)
        await seat.resize(*WIDE)
        await the_palette_has_every_action_with_its_reason_every_binding_and_what_was_done(seat)
        await seat.press("f2")
        await a_picture_is_written_and_never_of_a_secret(seat, tmp_path)


def test_a_command_is_found_by_the_beginnings_of_its_words_in_any_order() -> None:
    titles = (
        "Mail a password reset: Ann Lee",
        "Sort",
        "Unlock: Ann Lee",
        "Sign out everywhere: Ann Lee",
        "Ann Lee",
        "Ledger",
    )
    entries = [
        PaletteEntry(title, "Seen: ann.lee@acme.example" if title == "Ann Lee" else "x", print) for title in titles
    ]

    def found(query: str) -> list[str]:
        scores = [(match.score, entry.title) for entry in entries if (match := likeness(query, entry))]
        return [title for _, title in sorted(scores, key=lambda pair: -pair[0])]

    assert found("reset mail") == [titles[0]]
    assert found("sort") == ["Sort"]  # and no reset, whose letters hold it
    assert found("ann")[0] == "Ann Lee"
    assert found("ann.lee@") == ["Ann Lee"]
    assert found("le") == ["Ledger", *(title for title in titles if title.endswith("Lee"))]
    assert found("nlock") == ["Unlock: Ann Lee"]
    assert found("  ") == found("zz") == []
    match = likeness("lee", entries[4])
    assert match is not None
    assert match.at == (4, 5, 6)


def test_no_cell_of_an_export_is_a_formula() -> None:
    listing = ExportTable(("login", "n"), [("=1+1", 3), ("a\r\n\x1b[31mb", None)])
    assert listing.as_csv().splitlines()[1] == "'=1+1,3"
    assert "\x1b" not in listing.as_csv()
    assert json.loads(listing.as_json())[1] == {"login": "a\r\n\x1b[31mb", "n": None}
