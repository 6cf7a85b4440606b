"""`keydesk keys`: every binding that the code declares is in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screens.act.confirm import ConfirmScreen
from screens.people.lookup import LookupScreen
from tests.test_architecture import ROOT
from tui.app import Keydesk
from tui.commands.codes import Code
from tui.commands.keys import key_tables
from tui.desk.actions.catalogue import ON_THE_CARD
from tui.screen_table import SCREENS

if TYPE_CHECKING:
    from tests.commands.conftest import Shell


def test_every_table_of_the_code_is_printed_in_full() -> None:
    tables = {table.name: table for table in key_tables()}
    for kind, name in ((Keydesk, "Everywhere"), (LookupScreen, "Look a person up"), (ConfirmScreen, "Confirm")):
        declared = [binding.action for binding in kind.BINDINGS]  # type: ignore[union-attr]
        printed = [bound.action for bound in tables[name].bindings]
        assert [action for action in printed if action in declared] == declared
    assert {entry.title for entry in SCREENS} <= tables.keys()
    assert all(bound.keys and bound.does for table in tables.values() for bound in table.bindings)


def test_no_module_that_declares_keys_is_missing() -> None:
    """By the source: as many tables as there are modules with `BINDINGS`, at least."""
    declaring = [
        path
        for folder in ("screens", "widgets")
        for path in (ROOT / folder).rglob("*.py")
        if "BINDINGS: ClassVar" in path.read_text("utf-8")
    ]
    assert len(key_tables()) >= len(declaring)


def test_a_screen_is_found_by_its_name_in_the_footer(keydesk: Shell) -> None:
    (lockouts,) = keydesk("keys", "lockouts", "--json").json
    assert (lockouts["screen"], lockouts["opens"]) == ("Who is locked out", "F3")
    assert {"keys": ["u"], "does": "Unlock", "action": "act('unlock')", "id": None} in lockouts["keys"]
    ran = keydesk("keys", "look up")
    assert ran.code == Code.OK
    for action in ON_THE_CARD:
        assert f"  {action.key:<20} {action.title}" in ran.out
    assert keydesk("keys", "nowhere").code == Code.NOT_FOUND


def test_the_ids_by_which_the_settings_change_keys(keydesk: Shell) -> None:
    ran = keydesk("keys", "look up", "--ids")
    assert re.search(r"^  lookup\.search +/ +Search$", ran.out, re.MULTILINE)
    assert re.search(r"^  fixed +u +Unlock$", ran.out, re.MULTILINE)
    ids = [bound.id for table in key_tables() for bound in table.bindings if bound.id]
    assert "app.go.lockouts" in ids


def test_the_palettes_key_is_among_those_of_everywhere(keydesk: Shell) -> None:
    assert "ctrl+p" in keydesk("keys", "everywhere").out
