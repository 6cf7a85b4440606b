"""Private keys as people paste them: every form that Okta takes is read, every other is told apart by name."""

from __future__ import annotations

import base64
import json
import pickle
import traceback
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import pkcs12
from hypothesis import given
from hypothesis import strategies as st

from tests.each import each
from tui.okta.keys import BadKey, ClientKey, NeedsPassphrase, WrongPassphrase

RSA = rsa.generate_private_key(65537, 2048)
DSA = dsa.generate_private_key(1024)  # noqa: S505 - a longer one takes half a second to make
KEYS: dict[str, Any] = {
    "RS256": RSA,
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "ES512": ec.generate_private_key(ec.SECP521R1()),
}
PASSPHRASE = "correct horse é"
PLAIN = s.NoEncryption()
LOCKED = s.BestAvailableEncryption(PASSPHRASE.encode())


def pem(key: Any, form: s.PrivateFormat = s.PrivateFormat.PKCS8, lock: s.KeySerializationEncryption = PLAIN) -> str:  # noqa: ANN401
    return str(key.private_bytes(s.Encoding.PEM, form, lock).decode())


def jwk(key: Any) -> dict[str, Any]:  # noqa: ANN401
    kind = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    return dict(kind.to_jwk(key, as_dict=True))


def verifies(key: ClientKey) -> bool:
    token = key.sign({"a": 1}, {"kid": "k"})
    public = jwt.PyJWK(key.public_jwk("k")).key
    return bool(jwt.decode(token, public, algorithms=[key.algorithm]) == {"a": 1})


@each("algorithm", KEYS)
@each("form", [s.PrivateFormat.PKCS8, s.PrivateFormat.TraditionalOpenSSL])
@each("locked", [False, True])
def test_every_pem_is_read(algorithm: str, form: s.PrivateFormat, *, locked: bool) -> None:
    text = pem(KEYS[algorithm], form, LOCKED if locked else PLAIN)
    key = ClientKey.load(text, PASSPHRASE if locked else "")
    assert key.algorithm == algorithm
    assert verifies(key)
    if locked:
        with pytest.raises(NeedsPassphrase) as needs:
            ClientKey.load(text)
        with pytest.raises(WrongPassphrase) as wrong:
            ClientKey.load(text, "wrong")
        assert needs.value.field == wrong.value.field == "passphrase"


@pytest.mark.parametrize("algorithm", KEYS)
def test_every_jwk_is_read(algorithm: str) -> None:
    text = json.dumps(jwk(KEYS[algorithm]))
    assert ClientKey.load(text).algorithm == algorithm
    assert verifies(ClientKey.load(json.dumps({"keys": [jwk(KEYS[algorithm])]})))


@each(
    "spoil",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff\n\n  " + text + "\n\n",
        lambda text: "\n".join(f"    {line}" for line in text.splitlines()),
        lambda text: text.strip().replace("\n", "\\n"),
        lambda text: f'"{text.strip()}"',
        lambda text: " ".join(text.splitlines()),
        lambda text: "".join(text.splitlines()),
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: "Bag Attributes\n    localKeyID: 01\nKey Attributes: <No Attributes>\n" + text,
        lambda text: CERTIFICATE + "\n" + text,
        lambda text: "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + text,
        lambda text: text + "\n" + text,
    ],
)
def test_how_it_was_pasted_does_not_matter(spoil: Any) -> None:  # noqa: ANN401
    assert verifies(ClientKey.load(spoil(pem(KEYS["ES256"]))))


def public(key: Any) -> str:  # noqa: ANN401
    return str(key.public_key().public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo).decode())


OPENSSH = pem(KEYS["ES256"], s.PrivateFormat.OpenSSH)
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"
SSH_PUBLIC = RSA.public_key().public_bytes(s.Encoding.OpenSSH, s.PublicFormat.OpenSSH).decode()
PKCS12 = pkcs12.serialize_key_and_certificates(b"x", RSA, None, None, PLAIN)
KEYS_TOKEN = jwt.encode({"scp": ["okta.users.read"]}, KEYS["ES256"], "ES256")
BAD = {
    "nothing": ("", "There is no private key"),
    "a public key": (public(RSA), "This is the public key"),
    "a public JWK": (json.dumps(ClientKey(RSA).public_jwk()), "This is the public key"),
    "a certificate": (CERTIFICATE, "This is a certificate"),
    "an SSH key": (OPENSSH, "This is an SSH key"),
    "a public SSH key": (SSH_PUBLIC, "This is a public SSH key"),
    "a short RSA key": (pem(rsa.generate_private_key(65537, 1024)), "has 1024 bits"),  # noqa: S505
    "another curve": (pem(ec.generate_private_key(ec.SECP256K1())), "secp256k1"),
    "Ed25519": (pem(ed25519.Ed25519PrivateKey.generate()), "does not take Ed25519 keys"),
    "X25519": (pem(x25519.X25519PrivateKey.generate()), "does not take X25519 keys"),
    "an Ed25519 JWK": ('{"kty":"OKP","crv":"Ed25519","x":"eA","d":"ZA"}', "does not take Ed25519 keys"),
    "DSA": (pem(DSA), "does not take DSA keys"),
    "old DSA": (pem(DSA, s.PrivateFormat.TraditionalOpenSSL), "does not take this kind"),
    "cut off": (pem(RSA)[:900], "cut off"),
    "without its first line": (pem(RSA).split("\n", 1)[1], "cut off"),
    "without its first and last line": ("".join(pem(RSA).splitlines()[1:-1]), "cut off"),
    "with another last line": (pem(RSA).replace("END PRIVATE", "END RSA PRIVATE"), "cut off"),
    "damaged": (pem(RSA).replace("M", "N", 3), "cannot be read"),
    "an API token": ("00abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLM", "This is an API token"),
    "an API token with its scheme": ("SSWS 00abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLM", "This is an API token"),
    "an access token": (KEYS_TOKEN, "This is an access token"),
    "a client secret": ("x" * 64, "This is not a private key"),
    "a file's name": ("~/keys/okta.txt", "This is the name of a file"),
    "a Windows file's name": ("C:\\Users\\tess\\new key.pem", "This is the name of a file"),
    "PKCS#12": (base64.b64encode(PKCS12).decode(), "PKCS#12"),
    "PKCS#12 as it is": (PKCS12.decode("latin-1"), "PKCS#12"),
    "a request": ("-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n", "request for a certificate"),
    "PuTTY's": ("PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\n", "PuTTY"),
    "PGP": ("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ==\n-----END PGP PRIVATE KEY BLOCK-----", "PGP"),
    "two PEMs": (pem(RSA) + pem(KEYS["ES256"]), "holds 2 private keys"),
    "a public key set": (json.dumps({"keys": [ClientKey(RSA).public_jwk()]}), "public keys only"),
    "an empty key set": ('{"keys":[]}', "holds no private keys"),
    "a deep JSON": ('{"a":' * 100_000, "This JWK is not a private key"),
    "a JWK of another curve": ('{"kty":"EC","crv":"secp256k1","x":"eA","y":"eQ","d":"ZA"}', "This JWK is not"),
    "two keys": (json.dumps({"keys": [jwk(RSA), jwk(KEYS["ES256"])]}), "holds 2 private keys"),
    "broken JSON": ('{"kty":', "This JWK is not a private key"),
    "a symmetric JWK": ('{"kty":"oct","k":"c2VjcmV0"}', "not a private key that Okta takes"),
    "binary": (base64.b64encode(b"\x30\x82").decode(), "This is not a private key"),
}


@each("name", BAD)
def test_what_is_no_such_key_is_told_by_name_and_shown_nowhere(name: str) -> None:
    text, says = BAD[name]
    with pytest.raises(BadKey, match=says) as caught:
        ClientKey.load(text)
    assert caught.value.field == "private_key"
    assert caught.value.advice
    assert caught.value.__cause__ is None
    shown = crash_report(caught.value)
    for line in text.splitlines():
        assert len(line) < 15 or line.strip()[:60] not in shown


@pytest.mark.parametrize("passphrase", ["", "a wrong one, which is a secret too"])
def test_no_passphrase_and_no_locked_key_is_left_in_a_traceback(passphrase: str) -> None:
    locked = pem(RSA, lock=LOCKED)
    with pytest.raises(BadKey) as caught:
        ClientKey.load(locked, passphrase)
    assert locked[100:160] not in crash_report(caught.value)
    assert not passphrase or passphrase not in crash_report(caught.value)


def crash_report(error: BaseException) -> str:
    """As generous as any: the whole chain, with every variable of every frame but the test's own."""
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert not error.__cause__
    assert not error.__context__
    report.stack = traceback.StackSummary.from_list([one for one in report.stack if "/tests/" not in one.filename])
    assert len(report.stack) > 0
    return "".join(report.format()) + repr(error) + repr(vars(error))


@given(st.text())
def test_any_text_is_a_key_or_told(text: str) -> None:
    with pytest.raises(BadKey):
        ClientKey.load(text)


WHOLE = pem(KEYS["ES256"])


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 40), st.text(max_size=5))
def test_a_damaged_pem_is_read_or_told_without_a_crash(at: int, length: int, instead: str) -> None:
    text = WHOLE[:at] + instead + WHOLE[at + length :]
    key, trouble = None, None
    try:
        key = ClientKey.load(text)
    except BadKey as error:
        trouble = error
    if key is not None:
        assert verifies(key)
        return
    assert trouble is not None
    assert trouble.field == "private_key"
    assert text[40:80] not in crash_report(trouble)


@pytest.mark.parametrize("kind", ["RSA", "EC"])
def test_a_made_pair_is_good_for_okta_and_survives_being_kept(kind: str) -> None:
    key = ClientKey.make(kind)
    again = ClientKey.load(key.private_pem())
    assert again.thumbprint == key.thumbprint == key.public_jwk()["kid"]
    assert verifies(again)
    assert set(key.public_jwk()) <= {"kty", "use", "alg", "kid", "n", "e", "crv", "x", "y"}


def test_the_thumbprint_is_that_of_rfc_7638() -> None:
    n = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs"
        "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajr"
        "n1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )

    class Known(ClientKey):
        def _public(self) -> dict[str, str]:
            return {"kty": "RSA", "n": n, "e": "AQAB"}

    assert Known(RSA).thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_a_key_shows_itself_nowhere() -> None:
    key = ClientKey(RSA)
    assert repr(key) == str(key) == "ClientKey(…)"
    with pytest.raises(TypeError):
        pickle.dumps(key)
