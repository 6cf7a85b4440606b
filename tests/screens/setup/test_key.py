"""The wizard's private key: made, pasted, read from a file, encrypted; never shown, never in the wrong file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.screens.setup.wizard import Bench
from tui.desk.connectors import profiles, secrets, settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import FakeClock, Wire
    from tests.screens.setup.wizard import Admin


@pytest.fixture
def bench(wire: Wire, clock: FakeClock, home: Path) -> Bench:
    return Bench(wire, clock, home)


def pem(passphrase: str = "") -> str:
    how = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how).decode()


async def to_key(admin: Admin) -> None:
    """To the choice of where the private key comes from, with a file as its place."""
    await admin.at_sign_in()
    await admin.press("tab", "down", "tab", "tab")
    assert "▸● Make the key pair here" in admin.text


async def test_a_key_made_here_is_shown_by_its_public_half_only(bench: Bench) -> None:
    async with bench.admin() as admin:
        await to_key(admin)
        await admin.press("ctrl+n")
        assert admin.step == 5
        key = admin.app._wizard.walk.made
        assert key is not None
        assert admin.app._wizard.walk.form.key_id == key.thumbprint
        inner = key.private_pem().splitlines()[1]
        assert inner not in admin.app.export_screenshot()
        await admin.press("ctrl+n")
        assert admin.step == 5
        assert "The client id is missing" in admin.words
        await admin.press("ctrl+q")
    assert all(inner not in text for text in bench.files().values())


async def test_a_made_key_is_gone_after_a_quit_and_so_is_its_id(bench: Bench) -> None:
    async with bench.admin() as admin:
        await to_key(admin)
        await admin.press("ctrl+n")
        await admin.press("ctrl+q")
    async with bench.admin() as admin:
        await admin.press("enter")
        assert admin.step == 4
        assert "made anew" in admin.words
        assert admin.app._wizard.walk.form.key_id == ""


async def test_a_pasted_key_shows_only_its_size(bench: Bench) -> None:
    text = pem()
    async with bench.admin() as admin:
        await to_key(admin)
        await admin.press("down", "down", "tab")
        await admin.paste(text)
        assert f"PEM, {len(text.splitlines())} lines" in admin.text
        assert all(line not in admin.app.export_screenshot() for line in text.splitlines()[1:-1])
        await admin.press("enter")
        assert admin.focused == "" or admin.step == 4
        await admin.press("ctrl+n")
        assert admin.step == 5


async def test_a_key_that_a_terminal_types_out_is_taken_too(bench: Bench) -> None:
    text = pem()
    async with bench.admin() as admin:
        await to_key(admin)
        await admin.press("down", "down", "tab")
        names = {"\n": "enter", "-": "minus", " ": "space", "/": "slash", "+": "plus", "=": "equals_sign"}
        admin.burst(*(names.get(character, character) for character in text))
        await admin.rest()
        assert admin.app._wizard.walk.pasted.reveal().replace("\n", "") == text.replace("\n", "")
        assert admin.step == 4


@pytest.mark.parametrize("how", ["paste", "path"])
async def test_an_encrypted_key_asks_for_its_passphrase_at_its_field(bench: Bench, how: str, tmp_path: Path) -> None:
    text = pem("correct horse")
    (tmp_path / "key.pem").write_text(text)
    async with bench.admin() as admin:
        await to_key(admin)
        await admin.press(*(("down", "down") if how == "paste" else ("down",)), "tab")
        await admin.paste(text if how == "paste" else str(tmp_path / "key.pem"))
        await admin.press("ctrl+n")
        assert admin.step == 4
        assert "Passphrase" in admin.text
        await admin.paste("wrong")
        await admin.press("ctrl+n")
        assert admin.step == 4
        assert "•••••" in admin.text
        await admin.clear()
        await admin.paste("correct horse")
        await admin.press("ctrl+n")
        assert admin.step == 5
        assert "correct horse" not in admin.app.export_screenshot()
        await admin.press("ctrl+q")
    assert all("correct horse" not in held for held in bench.files().values())


@pytest.mark.parametrize(
    "text",
    [
        "not a key",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n",
    ],
)
async def test_what_is_no_private_key_is_said_at_its_field_and_kept(bench: Bench, text: str) -> None:
    async with bench.admin() as admin:
        await to_key(admin)
        await admin.press("down", "down", "tab")
        await admin.paste(text)
        await admin.press("ctrl+n")
        assert admin.step == 4
        assert "✗" in admin.text
        assert admin.app._wizard.walk.pasted.reveal() == text


@pytest.mark.parametrize(("path", "said"), [("", "path is missing"), ("/nowhere/key.pem", "cannot be read")])
async def test_a_bad_path_is_said_at_its_field(bench: Bench, path: str, said: str) -> None:
    async with bench.admin() as admin:
        await to_key(admin)
        await admin.press("down", "tab")
        await admin.paste(path)
        await admin.press("ctrl+n")
        assert admin.step == 4
        assert said in admin.words


async def test_swapped_ids_are_told_apart(bench: Bench) -> None:
    async with bench.admin() as admin:
        await to_key(admin)
        await admin.press("tab", "tab")
        await admin.paste("some-kid")
        await admin.press("tab")
        await admin.paste("0oa1b2c3d4e5f6g7h8i9")
        await admin.press("ctrl+n")
        assert admin.step == 4
        assert "swapped" in admin.words


async def test_the_key_is_kept_where_it_was_chosen_and_nowhere_else(bench: Bench) -> None:
    async with bench.admin() as admin:
        await to_key(admin)
        await admin.press("tab", "tab")
        await admin.paste("0oa1b2c3d4e5f6g7h8i9")
        await admin.press("ctrl+n")
        await admin.press("ctrl+n")
        assert admin.step == 6
        await admin.press("ctrl+n")
        await admin.press("ctrl+n")
    made = profiles.load(settings.places().connectors).get("Acme")
    assert made is not None
    assert made.sign_in.client_id == "0oa1b2c3d4e5f6g7h8i9"
    assert made.sign_in.secret is not None
    held = secrets.fetch(made.sign_in.secret).reveal()
    assert held.startswith("-----BEGIN PRIVATE KEY-----")
    inner = held.splitlines()[1]
    assert [name for name, text in bench.files().items() if inner in text] == ["secrets/acme.key"]
