"""A pasted private key: cleaned up, or an error that names what was pasted in its place, without quoting any of it."""

from __future__ import annotations

import base64
import re
from typing import Final

from tui.trouble import BadInput

_PRIVATE: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----.*?-----END \1-----", re.DOTALL)
_BASE64: Final = re.compile(r"[A-Za-z0-9+/\s]{40,}={0,2}")
_PEM_IN_BASE64: Final = "LS0tLS1CRUdJTi"
_PKCS12: Final = re.compile(rb"\x30(?:[\x00-\x80]|[\x81-\x84].{1,4})\x02\x01\x03", re.DOTALL)
_OWN_PAIR: Final = "Make a key pair for keydesk alone; the wizard can make it here."
# What is pasted by mistake: the pattern, the title and the advice of the error; the first pattern that matches counts.
_MISTAKES: Final = (
    (
        r"-----BEGIN (?:RSA |EC )?PUBLIC KEY",
        "This is the public key",
        "Okta has that half. Give the private one (BEGIN PRIVATE KEY).",
    ),
    (r"-----BEGIN CERTIFICATE REQUEST", "This is a request for a certificate, not a key", _OWN_PAIR),
    (
        r"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE",
        "This is a certificate, not a key",
        "Give the private key that belongs to it.",
    ),
    (r"-----BEGIN OPENSSH PRIVATE KEY", "This is an SSH key", _OWN_PAIR),
    (r"(?:ssh|ecdsa|sk)-[a-z0-9@.-]+\s", "This is a public SSH key", _OWN_PAIR),
    (r"PuTTY-User-Key-File", "This is an SSH key of PuTTY", _OWN_PAIR),
    (r"-----BEGIN PGP", "This is a PGP key", _OWN_PAIR),
    (
        r"-----BEGIN (?:DSA|PKCS7|CMS|DH PARAMETERS)",
        "Okta does not take this kind of key",
        "Give an RSA key of 2048 bits or more, or one of EC P-256, P-384 or P-521.",
    ),
    (r"(?:SSWS\s+)?00[\w-]{20,60}\Z", "This is an API token", "It belongs to the other way to sign in."),
    (
        r"(?:Bearer\s+)?eyJ[\w-]+\.[\w-]+\.[\w-]*\Z",
        "This is an access token, not a key",
        "It lasts an hour. Give the private key, with which keydesk gets tokens itself.",
    ),
    (
        r"(?:~|\.{0,2}/|[A-Za-z]:\\)[^\n]{1,300}\Z|[^\n/+]{1,300}\.(?:pem|key|jwk|json|p12|pfx|der)\Z",
        "This is the name of a file",
        "Give what is in it: all of its text, with the first and the last line.",
    ),
    (
        r"[\w-]{40,86}\Z",
        "This is not a private key",
        "It may be a client secret or a key id. Okta's API takes a key pair only: give its private half.",
    ),
)


class BadKey(BadInput):
    """The text is not a private key that Okta accepts."""

    title = "This is not a private key that Okta takes"
    advice = (
        "Give a PEM (BEGIN PRIVATE KEY) or a JWK of an RSA key of 2048 bits or more, or of EC P-256, P-384 or P-521."
    )
    field = "private_key"


class NeedsPassphrase(BadKey):
    """The key is encrypted and no passphrase was given."""

    title = "The private key is encrypted"
    advice = "Give its passphrase too."
    field = "passphrase"


class WrongPassphrase(BadKey):
    """The passphrase does not decrypt the key."""

    title = "The private key does not open with this passphrase"
    advice = "Type the passphrase again; it is the one that the key was encrypted with."
    field = "passphrase"


def tidy(text: str) -> str:
    """Undo what pasting does: a BOM, quotes, indented lines, CRLF, line ends written out as in an environment variable.

    A PEM that was put into base64 once more, as build servers keep it, is taken out of it.
    """
    text = text.lstrip("\ufeff").strip().strip("'\"").strip()
    if text.startswith(_PEM_IN_BASE64):
        text = _from_base64(text).decode("ascii", "replace").strip()
    if text.startswith("{"):
        return text
    if "\\n" in text and "-----BEGIN" in text:
        text = text.replace("\\r", "").replace("\\n", "\n")
    return "\n".join(line.strip() for line in text.splitlines()).strip()


def private_block(text: str) -> str | BadKey:
    """Find the one PEM of a private key in a tidy text, which may also hold a certificate or parameters.

    Returns:
        The PEM from its first to its last line, or an error that says what the text is.
    """
    blocks = list(dict.fromkeys(match[0] for match in _PRIVATE.finditer(text)))
    if len(blocks) > 1:
        return BadKey(f"This holds {len(blocks)} private keys", advice="Give one private key alone.")
    if blocks:
        return known_mistake(blocks[0]) or blocks[0]
    return known_mistake(text) or _unknown_text(text)


def known_mistake(text: str) -> BadKey | None:
    """Return the error for a tidy text that is a known mistake; `None` for any other text."""
    for pattern, title, advice in _MISTAKES:
        if re.match(pattern, text):
            return BadKey(title, advice=advice)
    return None


def _unknown_text(text: str) -> BadKey:
    der = _from_base64(text) if _BASE64.fullmatch(text) else b""
    if _PKCS12.match(der or text[:20].encode("latin-1", "replace")):
        return BadKey(
            "This is a PKCS#12 file, not a PEM",
            advice="Take the key out of it with `openssl pkcs12 -in FILE -nocerts`, and give what that prints.",
        )
    if "PRIVATE KEY-----" in text or der.startswith(b"\x30"):
        return BadKey(
            "The private key is cut off", advice="Copy it whole, from -----BEGIN to the last line with -----END."
        )
    return BadKey(
        "This is not a private key",
        advice="A PEM begins with -----BEGIN PRIVATE KEY-----, a JWK with {. Copy it with its first line.",
    )


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return b""
