"""A token in a field that is not for it is seen nowhere but there, and gets into no file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from tests.screens.setup.wizard import Bench
from tests.screens.support import WIDE
from tui.desk.connectors.secrets import Keep
from tui.desk.setup.form import Origin
from tui.setup_walk import StepName

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import FakeClock, Wire

TOKEN = "00" + "aB3-_x7Q" * 5
FILE = {"keep": Keep.FILE, "origin": Origin.PATH}
FIELDS: list[tuple[StepName, str, dict[str, Any]]] = [
    (StepName.NAME, "name", {}),
    (StepName.ORG, "org", {}),
    (StepName.ORG, "proxy", {"proxy": "http://proxy.acme.example"}),
    (StepName.ORG, "ca_bundle", {"proxy": "http://proxy.acme.example"}),
    (StepName.CAPABILITIES, "portal_reset", {}),
    (StepName.CAPABILITIES, "ticket_pattern", {}),
    (StepName.SIGN_IN, "place_file", FILE),
    (StepName.SIGN_IN, "place_variable", {"keep": Keep.ENVIRONMENT}),
    (StepName.SIGN_IN, "place_command", {"keep": Keep.COMMAND}),
    (StepName.SIGN_IN, "key_path", FILE),
    (StepName.SIGN_IN, "client_id", FILE),
    (StepName.SIGN_IN, "key_id", FILE),
    (StepName.CHECKLIST, "client_id", FILE),
    (StepName.CHECKLIST, "given", FILE),
]


@pytest.fixture
def bench(wire: Wire, clock: FakeClock, home: Path) -> Bench:
    return Bench(wire, clock, home)


async def test_a_token_where_something_else_belongs_is_shown_only_there_and_kept_nowhere(
    bench: Bench, wire: Wire
) -> None:
    async with bench.admin(WIDE) as admin:
        wizard = admin.app._wizard
        empty = replace(wizard.walk.form, name="Acme", org="acme.okta.com", client_id="0oa1", key_id="kid1")
        for step, field, chosen in FIELDS:
            wizard.walk.form = replace(empty, **chosen)
            wizard.show(step, field=field)
            await admin.rest()
            await admin.clear()
            await admin.paste(TOKEN)
            assert admin.text.count(TOKEN) == 1, (step, field, admin.text)
            assert "looks like an API token" in admin.words, (step, field, admin.text)
            await admin.press("ctrl+n")
            assert wizard.shown is step, (step, field)
            assert admin.text.count(TOKEN) == 1, (step, field)
            assert "looks like an API token" in admin.words, (step, field)
            assert TOKEN not in repr(wizard.walk.form), (step, field)
            assert all(TOKEN not in text for text in bench.files().values()), (step, field)
        await admin.clear()
        await admin.press("ctrl+n")
        assert "looks like" not in admin.words
    assert wire.sent == []


async def test_a_key_on_one_line_neither(bench: Bench) -> None:
    key = '{"kty":"EC","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}'
    async with bench.admin(WIDE) as admin:
        await admin.named()
        await admin.paste(key)
        await admin.press("ctrl+n")
        assert "looks like a private key" in admin.words
        assert admin.text.count("870MB6gf") == 1
        await admin.press("ctrl+q")
    assert all("870MB6gf" not in text for text in bench.files().values())
