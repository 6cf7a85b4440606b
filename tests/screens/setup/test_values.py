"""What is typed into the wizard becomes values, or names the field that is at fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conftest import half_as_many
from tui.desk.connectors import settings
from tui.desk.connectors.secrets import Keep, SecretPlace
from tui.desk.setup import form as setup
from tui.desk.setup import parse
from tui.desk.setup.form import Form
from tui.trouble import BadInput

if TYPE_CHECKING:
    from pathlib import Path

TEXT = st.text(max_size=60)
ANY = st.one_of(TEXT, st.booleans(), st.lists(TEXT, max_size=3), st.none(), st.integers())


@half_as_many()
@given(st.dictionaries(st.sampled_from(Form.__struct_fields__), ANY))
def test_any_draft_makes_a_form(kept: dict[str, object]) -> None:
    form = setup.from_draft(kept)
    assert 1 <= form.step <= 7
    assert setup.from_draft(setup.to_draft(form)) in {
        form,
        replace(Form(), step=form.step, editing=form.editing),
        Form(),
    }


@given(TEXT)
def test_a_template_is_taken_or_its_field_is_named(text: str) -> None:
    try:
        template = parse.parse_template(text, "portal_unlock")
    except BadInput as trouble:
        assert trouble.field == "portal_unlock"  # noqa: PT017 - either is right
    else:
        assert template == "" or "://" in parse.preview(template)


@given(TEXT)
def test_a_name_is_taken_or_its_field_is_named(text: str) -> None:
    try:
        name = parse.parse_name(text, ())
    except BadInput as trouble:
        assert trouble.field == "name"  # noqa: PT017 - either is right
    else:
        assert parse.parse_name(name, ()) == name
        assert parse.slug(name)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("https://reset.acme.example/?u={login}", True),
        ("http://localhost:8080/{id}", True),
        ("http://reset.acme.example/", False),
        ("https://reset.acme.example/{password}", False),
        ("https://reset.acme.example/{login", False),
        ("https://{login}.acme.example/", False),
        ("javascript:alert(1)", False),
        ("reset.acme.example", False),
    ],
)
def test_a_portal_is_https_with_known_placeholders(text: str, good: bool) -> None:
    if good:
        assert parse.parse_template(text, "portal_reset") == text
    else:
        with pytest.raises(BadInput) as caught:
            parse.parse_template(text, "portal_reset")
        assert caught.value.field == "portal_reset"
        assert caught.value.advice


def test_a_preview_is_encoded() -> None:
    assert parse.preview("https://x.example/?u={login}") == "https://x.example/?u=ann.lee%40acme.example"


@pytest.mark.parametrize(
    ("proxy", "bundle", "field"),
    [
        ("proxy", "", "proxy"),
        ("socks5://proxy:1080", "", "proxy"),
        ("http://me:pw@proxy:8080", "", "proxy"),
        ("", "/nowhere.pem", "ca_bundle"),
        ("", __file__, "ca_bundle"),
    ],
)
def test_a_network_that_cannot_be_used_names_its_field(proxy: str, bundle: str, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse.parse_network(Form(proxy=proxy, ca_bundle=bundle))
    assert caught.value.field == field


def test_a_place_is_never_fallen_back_to(home: Path) -> None:
    places = settings.places()
    with pytest.raises(BadInput) as caught:
        parse.parse_place(Form(name="Acme"), places)
    assert caught.value.field == "keep"
    form = Form(name="Acme Test", keep=Keep.FILE)
    assert parse.parse_place(form, places) == SecretPlace(Keep.FILE, str(home / "secrets" / "acme-test.key"))
    form = replace(form, keep=Keep.ENVIRONMENT)
    assert parse.parse_place(form, places).where == "KEYDESK_ACME_TEST_PRIVATE_KEY"
    with pytest.raises(BadInput) as caught:
        parse.parse_place(replace(form, place_variable="$TOKEN"), places)
    assert caught.value.field == "place_variable"


def test_a_key_in_the_wrong_field_is_in_no_draft() -> None:
    assert setup.to_draft(Form(name="Acme", client_id="-----BEGIN PRIVATE KEY-----")) == {"name": "Acme"}


@pytest.mark.parametrize("names", [("Acme", "acme"), ("Straße", "STRASSE")])
def test_names_are_unique_without_regard_to_case(names: tuple[str, str]) -> None:
    with pytest.raises(BadInput, match="already"):
        parse.parse_name(names[0], names[1:])
