"""The wizard by keyboard alone: whole walks, back and forth, resuming, and what bad input gets."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import httpx
import pytest
from msgspec.structs import replace

from tests.conftest import ORIGIN, token_of
from tests.screens.setup.wizard import Bench
from tests.screens.support import ONE_SIZE_WIDE
from tui.desk.connectors import profiles, secrets, settings
from tui.desk.connectors.secrets import Keep
from tui.okta.policy import Mode
from tui.setup_walk import StepName

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import FakeClock, Wire
    from tui.demo.org import Org


@pytest.fixture
def bench(wire: Wire, clock: FakeClock, home: Path) -> Bench:
    return Bench(wire, clock, home)


@pytest.mark.parametrize("size", ONE_SIZE_WIDE)
async def test_from_nothing_to_a_saved_connector_by_keys_alone(bench: Bench, org: Org, size: tuple[int, int]) -> None:
    token = token_of(org)
    async with bench.admin(size) as admin:
        await admin.with_token_in_file()
        await admin.paste(f"{token}\n")
        await admin.press("enter")
        assert admin.step == 5
        await admin.press("ctrl+n")
        assert admin.step == 6
        await admin.press("ctrl+n")
        assert admin.step == 7
        assert token not in admin.text
        await admin.press("ctrl+n")
    made = admin.app.outcome
    assert made is not None
    assert (made.name, made.org.origin, made.mode) == ("Acme", ORIGIN, Mode.READ_ONLY)
    kept = profiles.load(settings.places().connectors)
    assert kept.default == "Acme"
    place = kept.profiles[0].sign_in.secret
    assert place is not None
    assert place.keep is Keep.FILE
    assert secrets.fetch(place).reveal() == token
    assert stat.S_IMODE((bench.home / "secrets" / "acme.token").stat().st_mode) == 0o600
    files = bench.files()
    assert [name for name, text in files.items() if token in text] == ["secrets/acme.token"]
    assert "draft.json" not in files


async def test_nothing_is_sent_before_the_org_is_asked_and_no_secret_before_the_proof(
    bench: Bench, wire: Wire, org: Org
) -> None:
    async with bench.admin() as admin:
        await admin.named()
        assert wire.sent == []
        await admin.press("escape", "ctrl+n")
        await admin.paste(ORIGIN)
        await admin.press("enter")
        assert [request.url.path for request in wire.sent] == ["/.well-known/okta-organization"]
        assert "authorization" not in wire.sent[0].headers
        await admin.press("enter", "ctrl+n", "down", "tab", "down", "tab", "tab")
        for token in ("00abc zzyzx", "00abc\nzzyzx", "tökenßzzyzx"):
            await admin.clear()
            await admin.paste(token)
            await admin.press("enter")
            assert admin.step == 4
            assert "not an API token" in admin.words
            assert "Copy it again" in admin.words
            assert "•" * len(token) in admin.text
            assert "zzyzx" not in admin.app.export_screenshot()
        await admin.clear()
        await admin.paste(token_of(org))
        await admin.press("enter")
        assert admin.step == 5
        assert len(wire.sent) == 1


async def test_back_and_forth_keeps_everything_a_quit_is_resumed_without_the_secret_and_one_may_start_afresh(
    bench: Bench, org: Org
) -> None:
    async with bench.admin() as admin:
        await admin.with_token_in_file()
        await admin.paste(token_of(org))
        await admin.press("escape", "escape", "escape")
        assert admin.step == 1
        assert "Acme" in admin.line("What agents see on").join(admin.lines)
        await admin.press("ctrl+n", "ctrl+n", "ctrl+n")
        assert admin.step == 4
        assert "● A file that only you can read" in admin.text
        await admin.press("tab", "tab", "tab")
        assert "•" * len(token_of(org)) in admin.text
        await admin.press("ctrl+q")
    assert all(token_of(org) not in text for text in bench.files().values())
    async with bench.admin() as admin:
        assert "half-done" in admin.text
        await admin.press("enter")
        assert admin.step == 4
        assert "● API token of a service account" in admin.text
        assert "•" not in admin.text
        assert "asked for again" in admin.words
        await admin.press("ctrl+q")
    async with bench.admin() as admin:
        await admin.press("down", "enter")
        assert admin.step == 1
        assert "Acme\n" not in admin.text


async def test_an_untouched_wizard_leaves_no_draft(bench: Bench) -> None:
    async with bench.admin() as admin:
        await admin.press("escape")
    assert admin.app.outcome is None
    assert bench.files() == {}


async def test_a_bad_name_or_address_is_said_at_its_field_and_an_address_is_corrected_visibly(
    bench: Bench, wire: Wire, org: Org
) -> None:
    async with bench.admin() as admin:
        for name, said in (
            ("", "needs a name"),
            ("demo", "itself uses the name"),
            ("a/b", "cannot be a connector's name"),
        ):
            await admin.clear()
            await admin.paste(name)
            await admin.press("ctrl+n")
            assert admin.step == 1, name
            assert said in admin.words, name
        await admin.clear()
        await admin.type("Acme")
        await admin.press("tab", "tab", "space")
        assert "Acme · PRODUCTION" in admin.lines[0]  # it looks different before anything else
        assert "Colour" not in admin.text
        await admin.press("ctrl+n")
        await admin.paste("acme-admin.okta.com/admin/dashboard")
        assert "acme-admin.okta.com/admin/dashboard → https://acme.okta.com" in admin.words
        for address, said in (
            ("http://acme.okta.com", "by https only"),
            ("https://{yourOktaDomain}", "not an org address"),
            ("https://me:pw@acme.okta.com", "no user name and no password"),
        ):
            await admin.clear()
            await admin.paste(address)
            await admin.press("enter")
            assert admin.step == 2, address
            assert said in admin.words, address
            assert address in admin.text
            assert wire.sent == []
        org.custom_domain = "https://id.acme.example"
        org.pipeline = "v1"
        await admin.clear()
        await admin.paste(ORIGIN)
        await admin.press("enter")
        assert "Classic Engine, custom domain https://id.acme.example" in admin.words


def for_the_signed_in(status: int) -> httpx.Response:
    """An answer as to a page that wants credentials; an org shows its public page to everybody."""
    return httpx.Response(status, json={"errorCode": "E0000011"}, headers={"x-okta-request-id": "1"})


async def test_what_is_no_org_is_said_at_its_field(bench: Bench) -> None:
    answer: httpx.Response | httpx.ConnectError

    def respond(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, httpx.ConnectError):
            raise answer
        return answer

    bench.wire = httpx.MockTransport(respond)
    async with bench.admin() as admin:
        await admin.named()
        for answer, said in (  # noqa: B007 - it is what `respond` returns
            (
                httpx.Response(200, html="<html>Sign in to the proxy</html>"),
                "Something between keydesk and Okta answered",
            ),
            (httpx.Response(302, headers={"location": "https://portal.example/"}), "a redirect to portal.example"),
            (httpx.Response(404), "not"),
            (httpx.ConnectError("no route"), "cannot be reached"),
            (for_the_signed_in(401), "org"),
            (for_the_signed_in(404), "org"),
        ):
            await admin.clear()
            await admin.paste(ORIGIN)
            assert "✗" not in admin.text
            await admin.press("enter")
            assert admin.step == 2, said
            assert "✗" in admin.text
            assert said in admin.words.partition("Org address")[2], admin.words
            assert ORIGIN in admin.text


async def test_a_place_for_the_secret_has_to_be_chosen(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "keyring_trouble", lambda: "There is no keyring on this machine.")
    async with bench.admin() as admin:
        await admin.at_sign_in()
        await admin.press("ctrl+n")
        assert admin.step == 4
        assert "Choose where the secret is kept" in admin.words
        assert "– System keyring Cannot be used here: There is no keyring on this machine." in admin.words
        await admin.press("down")
        assert "● A file that only you can read" in admin.text
        at = next(number for number, line in enumerate(admin.lines) if "System keyring" in line)
        await admin.pilot.click(offset=(8, at))
        await admin.press("up", "down")
        assert "● A file that only you can read" in admin.text
        await admin.pilot.click(offset=(8, at + 4))
        await admin.rest()
        assert "● An environment variable" in admin.text
        walk = admin.app._wizard.walk
        walk.form, walk.keyring = replace(walk.form, keep=""), None  # as before it was tried
        monkeypatch.setattr(secrets, "keyring_trouble", lambda: "")
        admin.app._wizard.show(StepName.SIGN_IN)
        await admin.rest()
        assert "● System keyring" in admin.text  # one that works is proposed


async def test_a_secret_that_is_there_already_is_not_overwritten_unasked(bench: Bench, org: Org) -> None:
    there = bench.home / "secrets" / "acme.token"
    there.parent.mkdir(parents=True, mode=0o700)
    there.write_text("another connector's")
    there.chmod(0o600)
    async with bench.admin() as admin:
        await admin.with_token_in_file()
        await admin.paste(token_of(org))
        await admin.press("enter", "ctrl+n", "ctrl+n", "ctrl+n")
        assert admin.step == 7
        assert "already in that place" in admin.words
        assert there.read_text() == "another connector's"
        await admin.press("space", "ctrl+n")
    assert there.read_text().strip() == token_of(org)
    assert admin.app.outcome is not None
