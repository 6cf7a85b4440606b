"""The connectors' file: TOML to profiles and back; broken ones are named by line and never replaced."""

from __future__ import annotations

import os
import re
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from msgspec import to_builtins

from tui.desk.connectors.connector import BadAddress, parse_address
from tui.desk.connectors.portals import NO_PORTALS, Portals  # noqa: TC001 - msgspec reads the annotations
from tui.desk.connectors.profile import BadProfiles, Colour, Profile, Profiles, SignIn  # noqa: TC001 - msgspec reads the annotations
from tui.desk.connectors.ticket import ANY_TICKET, TicketRule, parse_pattern  # noqa: TC001 - msgspec reads the annotations
from tui.desk.files.private import FileTrouble, write_private
from tui.desk.files.toml_shape import Misfit, shape, table, unknown
from tui.desk.text.plain import plain
from tui.okta.network import AS_FOUND, Network  # noqa: TC001 - msgspec reads the annotations
from tui.okta.policy import Capability, Mode
from tui.trouble import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADER: Final = """\
# keydesk's connectors; may be edited by hand. keydesk keeps keys that it does not know, but not comments.
#
# default                      the connector that keydesk starts with
# [connectors."NAME"]
#   org                        the org's address: https://acme.okta.com
#   colour                     blue, green, teal, purple, grey, orange; red is production's own
#   production                 true: looks like production everywhere; colour must be red then
#   read_only                  true (the default): changes nothing in Okta; no flag can loosen it
#   capabilities               any of identify, lockouts, expiry, provisioning, passwords, unlock, mfa
# [connectors."NAME".sign_in]
#   kind                       api-token or private-key-jwt
#   client_id, key_id          of the service app and its public key; for private-key-jwt only
#   secret                     where the token or private key is kept, never the secret itself:
#                                { keep = "keyring", where = "its name there" }
#                                { keep = "file", where = "a path; the file is for you alone, mode 0600" }
#                                { keep = "environment", where = "a variable" }
#                                { keep = "command", where = "a command that prints it; run without a shell" }
#   passphrase                 the same for the passphrase of an encrypted key
# [connectors."NAME".portals]
#   password_reset, unlock     URL templates with {login}, {id} or {email}: where agents go instead
#   directory                  true: people of Active Directory or LDAP are handled elsewhere
#   directory_where            where: a URL template or words
# [connectors."NAME".ticket]
#   pattern                    a regular expression that a ticket number fits whole: "INC[0-9]{7}"; empty: any
#   needed                     true: nothing is changed without a ticket number
# [connectors."NAME".network]
#   proxy                      URL of a proxy; empty: HTTPS_PROXY and NO_PROXY decide
#   ca_bundle                  path of a PEM file of certificates to trust beside the system's
"""
_NAME: Final = re.compile(r"[\w .-]{1,40}")
_SECRET: Final = re.compile(r"token|api_token|private_key|password|passphrase_text|client_secret", re.IGNORECASE)
# What a secret looks like whatever its key is called: a PEM, an API token, a private JWK.
_SECRET_TEXT: Final = re.compile(r"-----BEGIN|\b00[A-Za-z0-9_-]{40}\b|\"d\"\s*:")
RESERVED: Final = frozenset({"demo", "environment"})


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Only one keydesk at a time changes the file; the lock ends with the process that holds it."""
    try:
        folder = path.resolve().parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(folder / ".connectors.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except (OSError, RuntimeError):
        raise FileTrouble(f"{path} cannot be written") from None
    try:
        if os.name == "posix":
            import fcntl  # noqa: PLC0415 - not on Windows

            fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


@dataclass(frozen=True, slots=True)
class _Written:
    """A connector as the file writes it, under `[connectors."NAME"]`."""

    org: str
    sign_in: SignIn
    colour: Colour = "blue"
    production: bool = False
    read_only: bool = True
    capabilities: frozenset[Capability] = frozenset(Capability)
    portals: Portals = NO_PORTALS
    network: Network = AS_FOUND
    ticket: TicketRule = ANY_TICKET


def read(path: Path) -> tuple[Profiles, dict[str, Any]]:
    """The connectors, and the top-level keys that keydesk does not know.

    Raises:
        BadProfiles: The file is not TOML, or a value in it does not fit.
        FileTrouble: It cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Profiles(path), {}
    except UnicodeDecodeError:
        raise BadProfiles(f"{path} is not UTF-8 text") from None
    except OSError as error:
        raise FileTrouble(f"{path} cannot be read", detail=error.strerror or "") from None
    return parse(path, text)


def parse(path: Path, text: str) -> tuple[Profiles, dict[str, Any]]:
    """Read the file's text.

    Raises:
        BadProfiles: It is not TOML, or a value in it does not fit; names line and path.
    """
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, or more digits or brackets than Python reads
        place = re.search(r"line \d+, column \d+", str(error))
        where = place[0] if place else f"line {text.count(chr(10)) + 1}"
        raise BadProfiles(f"{path}, {where}: this is not TOML") from None
    try:
        return _profiles(path, data)
    except Misfit as misfit:
        key = misfit.keys[-1]
        line = _line(text, misfit.keys[1] if misfit.keys[0] == "connectors" and len(misfit.keys) > 1 else "", key)
        where = f"line {line}: {misfit.where}" if line else misfit.where
        raise BadProfiles(f"{path}, {where} {misfit.problem.removesuffix('.')}", field=key) from None


def _profiles(path: Path, data: dict[str, Any]) -> tuple[Profiles, dict[str, Any]]:
    rest = {key: value for key, value in data.items() if key not in {"connectors", "default"}}
    _refuse_secrets(rest)
    tables = table(data, "connectors")
    found: list[Profile] = []
    for name in tables:
        at = ("connectors", name)
        written = table(tables, *at)
        _refuse_secrets(written, *at)
        if not _NAME.fullmatch(name) or name != name.strip():
            raise Misfit(at, "cannot be its name: a name has 1 to 40 letters, digits, spaces, `.`, `_` and `-`")
        if name.casefold() in RESERVED:
            raise Misfit(at, "cannot be its name: keydesk itself uses this name")
        if any(one.name.casefold() == name.casefold() for one in found):
            raise Misfit(at, "cannot be its name: two connectors have this name")
        try:
            found.append(_profile(name, written))
        except Misfit as misfit:
            raise misfit.under(*at) from None
    default = shape(data.get("default", found[0].name if found else ""), str, "default")
    names = {one.name.casefold(): one.name for one in found}
    if default and default.casefold() not in names:
        raise Misfit(("default",), f"names a connector that does not exist: {plain(default, limit=40)}")
    return Profiles(path, tuple(found), names.get(default.casefold(), "")), rest


def _profile(name: str, written: dict[str, Any]) -> Profile:
    made = shape(written, _Written)
    try:
        org = parse_address(made.org)
    except BadAddress as error:
        raise Misfit(("org",), f"cannot be used: {error.title}") from None
    if (made.colour == "red") is not made.production:
        raise Misfit(("colour",), "is wrong: red is production's own: production = true and colour = red go together")
    try:
        ticket = replace(made.ticket, pattern=parse_pattern(made.ticket.pattern))
    except BadInput as error:
        raise Misfit(("ticket", "pattern"), f"cannot be used: {error.title}; {error.detail}") from None
    mode = Mode.READ_ONLY if made.read_only else Mode.READ_WRITE
    return Profile(
        name, org, made.sign_in, made.colour, made.production, mode, made.capabilities, made.portals, made.network,
        ticket, unknown(written, made),
    )  # fmt: skip


def _line(text: str, name: str, key: str) -> int:
    """The line of a key within the tables of a connector, from 1; of the first of them where the key is not there.

    Args:
        text: The file's text.
        name: The connector; empty for what stands above all connectors.
        key: The key.

    Returns:
        The line; 0 where there is neither.
    """
    inside, first = not name, 0
    match = re.compile(rf"(^|[\s,{{.])[\"']?{re.escape(key)}[\"']?\s*[=.]")
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if bare.startswith("["):
            header = re.match(r"""\[\s*connectors\s*\.\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))""", bare)
            inside = header is not None and next(filter(None, header.groups()), "") == name
            first = first or (number if inside else 0)
        if inside and not bare.startswith("#") and match.search(line):
            return number
    return first


def _refuse_secrets(written: dict[str, Any], *at: str) -> None:
    if keys := _secret_in(written):
        raise Misfit((*at, *keys), "holds a secret, which does not belong in this file; `secret` says where it is kept")


def _secret_in(written: dict[str, Any]) -> tuple[str, ...]:
    """The path to the innermost key that holds a secret; empty when none does."""
    for key, value in written.items():
        for one in value if isinstance(value, list) else [value]:
            if _SECRET.fullmatch(key) or (isinstance(one, str) and _SECRET_TEXT.search(one)):
                return (key,)
            if isinstance(one, dict) and "kty" in one and "d" in one:
                return (key,)
            if isinstance(one, dict) and (inside := _secret_in(one)):
                return (key, *inside)
    return ()


def _dump(one: Profile) -> dict[str, Any]:
    left, sign_in = dict(one.unknown), to_builtins(one.sign_in)
    subs = {
        "sign_in": {key: value for key, value in sign_in.items() if value is not None},
        "portals": to_builtins(one.portals), "ticket": to_builtins(one.ticket), "network": to_builtins(one.network),
    }  # fmt: skip
    tables = {key: _merged(value, left.pop(key, {})) for key, value in subs.items()}
    return {
        "org": one.org.origin + one.org.prefix, "colour": one.colour, "production": one.production,
        "read_only": one.mode is Mode.READ_ONLY,
        "capabilities": [str(each) for each in Capability if each in one.capabilities], **left, **tables,
    }  # fmt: skip


def _merged(known: dict[str, Any], unknown: dict[str, Any]) -> dict[str, Any]:
    """Both, also within the tables that both have; what is known wins."""
    both = {**unknown, **known}
    for key, value in known.items():
        if isinstance(value, dict) and isinstance(unknown.get(key), dict):
            both[key] = _merged(value, unknown[key])
    return both


def write(found: Profiles, extra: dict[str, Any]) -> Profiles:
    """Write all; what could not be read again is refused before the file is touched."""
    import tomli_w  # noqa: PLC0415 - only when something is written

    top = {"default": found.default} if found.default else {}
    text = HEADER + tomli_w.dumps({**top, **extra, "connectors": {one.name: _dump(one) for one in found.profiles}})
    again, _ = parse(found.path, text)
    write_private(found.path, text, through_link=True)
    return again
