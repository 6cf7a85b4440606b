"""A token that was typed where a name belongs is shown nowhere; ids and names are."""

from __future__ import annotations

import pytest

from tui.okta.tokens import HIDDEN, kind_of_token, without_tokens

API_TOKEN = "00" + "aB3-_x7Q" * 5
JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIwMHUifQ.c2lnbmF0dXJl"
KEY = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize("secret", [API_TOKEN, JWT, KEY, KEY[:40]])
def test_what_looks_like_a_secret_is_hidden_wherever_it_stands(secret: str) -> None:
    for text in (secret, f"Nobody matches {secret}", f"“{secret}”, {secret}."):
        assert secret not in without_tokens(text)
        assert HIDDEN in without_tokens(text)


@pytest.mark.parametrize(
    "text", ["ann.lee@acme.example", "00uL1anFtZVjOBOhx5d7", "00" * 20 + "-0" * 30, "0041 44 555 01 37", "keyless", ""]
)
def test_names_ids_and_numbers_stay(text: str) -> None:
    assert without_tokens(text) == text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (API_TOKEN, "an API token"),
        (f"https://acme.okta.com/?t={API_TOKEN}", "an API token"),
        (KEY[:27], "a private key"),
        ('{"kty": "EC", "d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}', "a private key"),
        (JWT, "a token"),
        ("00u" + "a" * 17, ""),
        ("00" + "a" * 41, ""),  # a key's thumbprint has 43
        ('{"kty": "EC", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"}', ""),
        ("acme.okta.com", ""),
    ],
)
def test_what_kind_of_secret_it_is(text: str, kind: str) -> None:
    assert kind_of_token(text) == kind
