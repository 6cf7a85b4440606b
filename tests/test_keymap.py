"""Keys that the settings change: they do what was meant, and whatever would not is told with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.binding import Binding

from screens.base import DeskScreen
from tests.each import each
from tests.screens.support import WIDE, Seat
from tui.app import Keydesk
from tui.commands import start
from tui.desk.connectors.settings import BadSettings, places
from tui.desk.connectors.settings_toml import HEADER, key_lines, read
from tui.keymap import checked
from widgets.binding_ids import with_ids
from widgets.rows import Rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk


def write(home: Path, text: str) -> None:
    home.mkdir(exist_ok=True)
    places().settings.write_text(text, "utf-8")


async def test_a_changed_key_does_it_and_the_old_one_does_not(desk: Desk, home: Path) -> None:
    write(home, '[keys]\napp.go.ledger = "f12"\n"ledger.reload" = "f11,ctrl+k"\n[keys.calls]\nfilter = "+"\n')
    keymap = start._keymap()
    assert keymap == {"app.go.ledger": "f12", "ledger.reload": "f11,ctrl+k", "calls.filter": "plus"}
    session = desk.session()
    app = Keydesk(lambda: session, typing_pause=0.0, dwell=0.0, every=3600.0, keymap=keymap)
    async with app.run_test(size=WIDE) as pilot:
        seat = Seat(app, pilot)
        await seat.rest()
        await seat.press("f4")
        assert "Nothing was done yet." not in seat.text
        await seat.press("f12")
        assert "Nothing was done yet." in seat.text
        assert "f11 Refresh" in seat.text
        await seat.press("f9", "slash")
        assert seat.focused == "calls"
        await seat.press("plus")
        assert seat.focused == "filter"


def test_without_the_table_nothing_is_imported_or_changed(home: Path) -> None:
    assert start._keymap() == {}
    write(home, '[desk]\nagent = "Ann"\n[keys]\n')
    assert start._keymap() == {}
    assert "[keys]" in HEADER


BAD = {
    '[keys]\nlookup.serach = "f10"\n': ("line 2", "lookup.serach", "Did you mean lookup.search"),
    '\n[keys.lookup]\nact.unlock = "U"\n': ("line 3", "lookup.act.unlock", "no key that can be changed"),
    '[keys]\n# mine\nledger.reload = "hyperspace"\n': ("line 3", "there is no key 'hyperspace'", "Such as"),
    '[keys]\nledger.reload = ""\n': ("line 2", "there is no key ''", ""),
    '[keys]\nledger.reload = "v"\n': ("line 2", "does something else already", "Verify (Ledger)"),
    '[keys]\nledger.reload = "j"\n': ("line 2", "does something else already", "Down"),
    '[keys]\nledger.reload = "escape"\n': ("line 2", "goes back everywhere", ""),
    '[keys]\nledger.reload = "f3"\n': ("line 2", "does something else already", "Lockouts"),
    '[keys]\napp.go.ledger = "u"\n': ("line 2", "does something else already", "Unlock"),
    '[keys]\ndesk.copy_note = "b"\n': ("line 2", "does something else already", ""),
    '[keys.calls]\nfilter = "?"\n': ("line 2", "does something else already", "Keys"),
    '[keys]\nledger.reload = "f10"\nledger.verify = "f10"\n': ("line 2", "does something else already", "Verify"),
    "[keys]\nledger.reload = 7\n": ("keys.ledger.reload", "must be a key in quotes", ""),
    "keys = 7\n": ("line 1", "must be a key in quotes", ""),
}


@each("content", BAD, ids=repr)
def test_what_would_not_do_what_was_meant_is_told_with_its_line(home: Path, content: str) -> None:
    write(home, content)
    with pytest.raises(BadSettings) as raised:
        start._keymap()
    for part in BAD[content]:
        assert part in str(raised.value)


def test_two_keys_can_change_their_places(home: Path) -> None:
    write(home, '[keys]\nledger.reload = "v"\nledger.verify = "r"\n')
    assert start._keymap() == {"ledger.reload": "v", "ledger.verify": "r"}


def test_hostile_ids_and_keys_are_told_harmless(home: Path) -> None:
    write(home, '[keys]\n"\\u001b[31m\\u202e" = "x"\n')
    with pytest.raises(BadSettings) as raised:
        start._keymap()
    assert "\x1b" not in str(raised.value)
    with pytest.raises(BadSettings):
        checked({"ledger.reload": "\x1b"}, places().settings, {})


def test_ids_come_from_the_names_and_no_screen_has_one_twice_for_two_things() -> None:
    made = with_ids(
        "SoftwareListScreen", [Binding("g", "go('x', -1)"), ("a", "act('unlock')"), Binding("b", "b", id="c")]
    )
    assert [entry.id for entry in made if isinstance(entry, Binding)] == ["software-list.go.x.-1", None, "c"]
    for kind in (Keydesk, *DeskScreen.__subclasses__()):
        seen: dict[str, str] = {}
        for entry in vars(kind).get("BINDINGS", ()):
            assert isinstance(entry, Binding)
            if entry.id:
                assert seen.setdefault(entry.id, entry.action) == entry.action
    assert all(not getattr(entry, "id", None) for entry in Rows.BINDINGS)


def test_the_lines_are_those_that_people_see(home: Path) -> None:
    write(home, '[desk]\nagent = "keys.x = 1"\n\n[ keys . lookup ]\nsearch= "a"\n[keys]\n"b.c" = "d"\n')
    assert key_lines(places().settings) == {"lookup.search": 5, "b.c": 7}
    assert read(places().settings).keys == {"lookup.search": "a", "b.c": "d"}
