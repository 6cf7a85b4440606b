"""Keys that the settings change: they do what was meant, and whatever would not is told with its line."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from textual.binding import Binding

from screens.base import DeskScreen
from tests.each import each
from tests.screens.support import WIDE, Seat
from tui.app import Keydesk
from tui.commands.own_keys import own_keymap
from tui.desk.connectors.settings import BadSettings, places
from tui.desk.connectors.settings_toml import HEADER, key_lines, read
from tui.desk.text import named_keys
from tui.keymap import _tables, checked
from widgets.binding_ids import with_ids
from widgets.key_words import key_names
from widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Desk


OWN = """[keys]
app.go.ledger = "f12"
app.go.lockouts = "f14"
"ledger.reload" = "f11,ctrl+k"
ledger.only_open = "f10"
person.why = "ctrl+y"
lookup.search = "f13"
[keys.calls]
filter = "+"
"""


def write(home: Path, text: str) -> None:
    home.mkdir(exist_ok=True)
    places().settings.write_text(text, "utf-8")


async def test_a_changed_key_does_it_and_the_old_one_does_not(desk: Desk, home: Path) -> None:
    write(home, OWN)
    keymap = own_keymap()
    named = {"ledger.only_open": "f10", "person.why": "ctrl+y", "lookup.search": "f13", "app.go.lockouts": "f14"}
    changed = {"app.go.ledger": "f12", "ledger.reload": "f11,ctrl+k", "calls.filter": "plus"} | named
    assert keymap == changed
    session = desk.session()
    app = Keydesk(lambda: session, typing_pause=0.0, dwell=0.0, every=3600.0, keymap=keymap)
    async with app.run_test(size=WIDE) as pilot:
        seat = Seat(app, pilot)
        await seat.rest()
        assert all(words in seat.words for words in ("ctrl+y says why", "f13 to this box", "f14 looks"))
        await seat.press("f4")
        assert "Nothing was done yet." not in seat.text
        await seat.press("f12")
        assert "Nothing was done yet." in seat.text
        assert "f11 Refresh" in seat.text
        await seat.press("f10", "slash", *"zz")
        assert "No entry is like that. esc clears the filter, f10 shows all." in seat.words
        await seat.press("f1", *"refresh")
        assert "f11 ctrl+k Refresh" in seat.words
        await seat.press("escape", "escape", "ctrl+p", *"ledger")
        assert "F12: what was done, by whom" in seat.words
        await seat.press("escape")
        await seat.press("f9", "slash")
        assert seat.focused == "calls"
        await seat.press("plus")
        assert seat.focused == "filter"


def test_each_named_key_is_bound_so() -> None:
    bound = {
        binding.id: key_names(binding)[0]
        for table in _tables().values()
        for binding in sorted(table, key=lambda binding: not binding.key_display)
        if binding.id in named_keys.NAMED
    }
    assert bound == dict(named_keys.NAMED)


KEY_IN_A_SENTENCE = re.compile(
    r"(?<![\w'’<>./-])(?:[b-zB-HJ-Z/?*+]|F\d+|(?:ctrl|Ctrl)\+\w)(?: (?!is\b|as\b|s\b)[a-z]+s\b| again| once)"
    r"|[Pp]ress \w\b|\bthen [a-z]\b(?! )|\A[a-pr-z]: "
)
"""A key and what it does: `r reads`, `ctrl+q once more`, `press s`, `then e`, `w: the verdict`."""


def sentences(source: str) -> Iterator[str]:
    """The texts of a module that people read, what is filled in standing for itself as ` … `."""
    tree = ast.parse(source)
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent | inside:
            yield node.value


FIXED: Final = {
    "screens/act/confirm.py": "a dialog, whose keys are fixed, and so the next ones",
    "screens/act/instructions.py": "",
    "screens/bulk/bulk.py": "",
    "screens/connectors/rotate.py": "",
    "screens/people/found.py": "the keys of lists are fixed",
    "widgets/front.py": "ctrl+c is the app's own",
    "tui/commands/act/bulk.py": "the terminal's own",
    "tui/commands/expiry.py": "as above",
    "tui/demo/serve/command.py": "as above",
    "tui/desk/connectors/settings_toml.py": "the head of a file",
}
"""The files in which a sentence may name a key by itself, each with the reason."""


def test_no_sentence_names_a_key_by_itself() -> None:
    root = Path(__file__).parents[1]
    found = [
        (str(path.relative_to(root)), f"{key[0]} in {text}")
        for folder in ("screens", "widgets", "tui")
        for path in (root / folder).rglob("*.py")
        for text in sentences(path.read_text("utf-8"))
        if " " in text and (key := KEY_IN_A_SENTENCE.search(text))
    ]
    assert [each for each in found if each[0] not in FIXED] == []
    assert FIXED.keys() == {path for path, _ in found if path in FIXED}


def test_without_the_table_nothing_is_imported_or_changed(home: Path) -> None:
    assert own_keymap() == {}
    write(home, '[desk]\nagent = "Ann"\n[keys]\n')
    assert own_keymap() == {}
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
        own_keymap()
    for part in BAD[content]:
        assert part in str(raised.value)


def test_two_keys_can_change_their_places(home: Path) -> None:
    write(home, '[keys]\nledger.reload = "v"\nledger.verify = "r"\n')
    assert own_keymap() == {"ledger.reload": "v", "ledger.verify": "r"}


def test_hostile_ids_and_keys_are_told_harmless(home: Path) -> None:
    write(home, '[keys]\n"\\u001b[31m\\u202e" = "x"\n')
    with pytest.raises(BadSettings) as raised:
        own_keymap()
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
