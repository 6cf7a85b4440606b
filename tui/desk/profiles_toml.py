"""The connectors' file: TOML to profiles and back; broken ones are named by line and never replaced."""

from __future__ import annotations

import os
import re
import tomllib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from tui.desk.connector import BadAddress, SignInKind, parse_address
from tui.desk.portals import Portals
from tui.desk.profile import COLOURS, BadProfiles, Profile, Profiles, SignIn
from tui.desk.secrets import Keep, SecretPlace
from tui.desk.secrets_file import FileTrouble, write_private
from tui.desk.ticket import TicketRule, parse_pattern
from tui.okta.network import Network
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
_PORTALS: Final = {"password_reset": str, "unlock": str, "directory": bool, "directory_where": str}


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


def read(path: Path) -> tuple[Profiles, dict[str, Any]]:
    """The connectors, and the top-level keys that keydesk does not know."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Profiles(path), {}
    except UnicodeDecodeError:
        raise BadProfiles(f"{path} is not UTF-8 text") from None
    except OSError as error:
        raise FileTrouble(f"{path} cannot be read", detail=error.strerror or "") from None
    try:
        return parse(path, text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = place[1] if place else str(text.count("\n") + 1)
    raise BadProfiles(f"{path}, line {line}: this is not TOML")


def parse(path: Path, text: str) -> tuple[Profiles, dict[str, Any]]:
    """Read the file's text."""
    whole = _Table(path, text, "", tomllib.loads(text))
    tables = whole.take("connectors", dict, {})
    found: list[Profile] = []
    for name, content in tables.items():
        table = _Table(path, text, name, content)
        if not _NAME.fullmatch(name) or name != name.strip():
            table.bad(name, "a name has 1 to 40 letters, digits, spaces, `.`, `_` and `-`")
        if name.casefold() in RESERVED:
            table.bad(name, "keydesk itself uses this name")
        if any(one.name.casefold() == name.casefold() for one in found):
            table.bad(name, "two connectors have this name")
        found.append(_profile(table))
    default = whole.take("default", str, found[0].name if found else "")
    names = {one.name.casefold(): one.name for one in found}
    if default and default.casefold() not in names:
        whole.bad("default", f"there is no connector {default!r}")
    return Profiles(path, tuple(found), names.get(default.casefold(), "")), whole.rest


class _Table:
    """One table; what is taken out is known, the rest is kept."""

    def __init__(self, path: Path, text: str, name: str, content: object) -> None:
        self.path, self.text, self.name = path, text, name
        if not isinstance(content, dict):
            self.rest: dict[str, Any] = {}
            self.bad(name, "this must be a table")
        self.rest = dict(content) if isinstance(content, dict) else {}
        inside = {key: value for key, value in self.rest.items() if name or key != "connectors"}  # those come by name
        if key := _secret_in(inside):
            self.bad(key, "a secret does not belong in this file; `secret` says where it is kept")

    def take(self, key: str, kind: type, default: Any = None) -> Any:  # noqa: ANN401 - what TOML holds
        value = self.rest.pop(key, default)
        if type(value) is not kind:
            words = {str: "text in quotes", bool: "true or false", list: "a list", dict: "a table"}
            self.bad(key, f"this must be {words[kind]}")
        return value

    def sub(self, key: str) -> _Table:
        return _Table(self.path, self.text, self.name, self.take(key, dict, {}))

    def bad(self, key: str, why: str) -> None:
        at = self._line(key)
        where = f"line {at}: {key}" if at else f"connector {self.name}: {key}" if self.name else key
        raise BadProfiles(f"{self.path}, {where}: {why}", field=key)

    def _line(self, key: str) -> int:
        """The line of a key within its connector's tables, from 1; 0 where it is not written out there."""
        mine, first = not self.name, 0
        match = re.compile(rf"(^|[\s,{{.])[\"']?{re.escape(key)}[\"']?\s*[=.]")
        for number, text in enumerate(self.text.split("\n"), 1):
            bare = text.strip()
            if bare.startswith("["):
                header = re.match(r"""\[\s*connectors\s*\.\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))""", bare)
                mine = header is not None and next(filter(None, header.groups()), "") == self.name
                first = first or (number if mine else 0)
            if mine and not bare.startswith("#") and match.search(text):
                return number
        return first


def _secret_in(table: dict[str, Any]) -> str:
    """The innermost key that holds a secret; empty when none does."""
    for key, value in table.items():
        for one in value if isinstance(value, list) else [value]:
            if _SECRET.fullmatch(str(key)) or (isinstance(one, str) and _SECRET_TEXT.search(one)):
                return str(key)
            if isinstance(one, dict) and "kty" in one and "d" in one:
                return str(key)
            if isinstance(one, dict) and (found := _secret_in(one)):
                return found
    return ""


def _profile(table: _Table) -> Profile:
    try:
        org = parse_address(table.take("org", str))
    except BadAddress as error:
        table.bad("org", error.title)
        raise
    colour, production = table.take("colour", str, "blue"), table.take("production", bool, default=False)
    if colour not in COLOURS:
        table.bad("colour", f"one of {', '.join(COLOURS)}")
    if (colour == "red") is not production:
        table.bad("colour", "red is production's own: production = true and colour = red go together")
    wanted = table.take("capabilities", list, [str(one) for one in Capability])
    if any(one not in list(Capability) for one in wanted):
        table.bad("capabilities", f"any of {', '.join(Capability)}")
    mode = Mode.READ_ONLY if table.take("read_only", bool, default=True) else Mode.READ_WRITE
    sign_in, portals, network = table.sub("sign_in"), table.sub("portals"), table.sub("network")
    ticket = table.sub("ticket")
    secret, passphrase = _place(sign_in, "secret"), _place(sign_in, "passphrase")
    kind = sign_in.take("kind", str)
    if kind not in list(SignInKind):
        sign_in.bad("kind", f"one of {', '.join(SignInKind)}")
    made = SignIn(
        SignInKind(kind), secret, sign_in.take("client_id", str, ""), sign_in.take("key_id", str, ""), passphrase
    )  # fmt: skip
    doors = Portals(**{key: portals.take(key, one, one()) for key, one in _PORTALS.items()})
    reached = Network(network.take("proxy", str, ""), network.take("ca_bundle", str, ""))
    rule = TicketRule(_pattern(ticket), ticket.take("needed", bool, default=False))
    unknown = dict(table.rest)
    subs = (("sign_in", sign_in), ("portals", portals), ("network", network), ("ticket", ticket))
    unknown |= {key: one.rest for key, one in subs if one.rest}
    on = frozenset(map(Capability, wanted))
    return Profile(table.name, org, made, colour, production, mode, on, doors, reached, rule, unknown)


def _pattern(table: _Table) -> str:
    try:
        return parse_pattern(table.take("pattern", str, ""))
    except BadInput as error:
        table.bad("pattern", f"{error.title}; {error.detail}")
        raise


def _place(table: _Table, key: str) -> SecretPlace | None:
    if key not in table.rest:
        return None
    place = table.sub(key)
    keep, where = place.take("keep", str), place.take("where", str)
    if keep not in list(Keep):
        place.bad("keep", f"one of {', '.join(Keep)}")
    if place.rest:
        table.rest[key] = place.rest
    return SecretPlace(Keep(keep), where)


def _dump(one: Profile) -> dict[str, Any]:
    unknown, sign_in = dict(one.unknown), one.sign_in
    signs: dict[str, Any] = {"kind": str(sign_in.kind), "client_id": sign_in.client_id, "key_id": sign_in.key_id}
    for key, place in (("secret", sign_in.secret), ("passphrase", sign_in.passphrase)):
        if place:
            signs[key] = {"keep": str(place.keep), "where": place.where}
    doors = {key: getattr(one.portals, key) for key in _PORTALS}
    reached = {"proxy": one.network.proxy, "ca_bundle": one.network.ca_bundle}
    ticket = {"pattern": one.ticket.pattern, "needed": one.ticket.needed}
    subs = {"sign_in": signs, "portals": doors, "ticket": ticket, "network": reached}
    tables = {key: _merged(value, unknown.pop(key, {})) for key, value in subs.items()}
    org = one.org
    return {
        "org": org.origin + org.prefix, "colour": one.colour, "production": one.production,
        "read_only": one.mode is Mode.READ_ONLY,
        "capabilities": [str(each) for each in Capability if each in one.capabilities], **unknown, **tables,
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
