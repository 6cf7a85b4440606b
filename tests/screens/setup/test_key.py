"""The wizard's private key: made, pasted, read from a file, encrypted; never shown, never in the wrong file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from screens.setup.sign_in import SignInStep
from tests.conftest import ORIGIN
from tests.screens.setup.wizard import Bench
from tui.desk.connectors import profiles, secrets, settings
from tui.desk.connectors.secrets import Keep, Secret
from tui.desk.setup.form import Form, Origin
from tui.setup_walk import StepName

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import FakeClock, Wire
    from tests.screens.setup.wizard import Admin

NAMES = {"\n": "enter", "-": "minus", " ": "space", "/": "slash", "+": "plus", "=": "equals_sign"}
NO_KEYS = ("CERTIFICATE", "PUBLIC KEY")


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


async def at_key(admin: Admin, origin: str, field: str) -> None:
    """To the same page as whoever comes there first, with the source of the key chosen and the cursor in a field."""
    wizard = admin.app._wizard
    wizard.walk.form = Form(name="Acme", org=ORIGIN, keep=Keep.FILE, origin=origin)
    wizard.walk.forget_made_key()
    wizard.walk.pasted = wizard.walk.passphrase = Secret("")
    wizard.show(StepName.SIGN_IN, field=field)
    await admin.rest()
    assert "✗" not in admin.text


async def test_a_key_made_here_is_shown_by_its_public_half_only_and_is_gone_after_a_quit(bench: Bench) -> None:
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
    async with bench.admin() as admin:
        await admin.press("enter")
        assert admin.step == 4
        assert "made anew" in admin.words
        assert admin.app._wizard.walk.form.key_id == ""


async def test_a_given_key_is_pasted_typed_out_or_refused_at_its_field_and_never_shown(
    bench: Bench, tmp_path: Path
) -> None:
    text, locked = pem(), pem("correct horse")
    (tmp_path / "key.pem").write_text(locked)
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

        await at_key(admin, Origin.PASTE, "private_key")
        admin.burst(*(NAMES.get(character, character) for character in text))  # as a terminal without pasting does
        await admin.rest()
        assert admin.app._wizard.walk.pasted.reveal().replace("\n", "") == text.replace("\n", "")
        assert admin.step == 4

        for kind in ("not a key", *(f"-----BEGIN {name}-----\nMIIB\n-----END {name}-----\n" for name in NO_KEYS)):
            await at_key(admin, Origin.PASTE, "private_key")
            await admin.paste(kind)
            await admin.press("ctrl+n")
            assert admin.step == 4, kind
            assert "✗" in admin.text, kind
            assert admin.app._wizard.walk.pasted.reveal() == kind

        for path, said in (("", "path is missing"), ("/nowhere/key.pem", "cannot be read")):
            await at_key(admin, Origin.PATH, "key_path")
            await admin.paste(path)
            await admin.press("ctrl+n")
            assert admin.step == 4, path
            assert said in admin.words, path

        await at_key(admin, Origin.MAKE, "client_id")
        await admin.paste("some-kid")
        await admin.press("tab")
        await admin.paste("0oa1b2c3d4e5f6g7h8i9")
        await admin.press("ctrl+n")
        assert admin.step == 4
        assert "swapped" in admin.words

        for origin, field in ((Origin.PASTE, "private_key"), (Origin.PATH, "key_path")):
            admin.app._wizard.query_one(SignInStep).asks_passphrase = False
            await at_key(admin, origin, field)
            assert "Passphrase" not in admin.text, origin
            await opened_by_its_passphrase(admin, locked if origin == Origin.PASTE else str(tmp_path / "key.pem"))
        await admin.press("ctrl+q")
    assert all("correct horse" not in held for held in bench.files().values())


async def opened_by_its_passphrase(admin: Admin, given: str) -> None:
    """An encrypted key is given; a wrong passphrase and then the right one."""
    await admin.paste(given)
    await admin.press("ctrl+n")
    assert admin.step == 4, given
    assert "Passphrase" in admin.text, given
    await admin.paste("wrong")
    await admin.press("ctrl+n")
    assert admin.step == 4, given
    assert "•••••" in admin.text, given
    await admin.clear()
    await admin.paste("correct horse")
    await admin.press("ctrl+n")
    assert admin.step == 5, given
    assert "correct horse" not in admin.app.export_screenshot()


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
