"""The connectors' file: TOML to profiles and back; broken ones are named by line and never replaced."""

from __future__ import annotations

import os
import re
import tomllib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from tui.desk import profiles
from tui.desk.connector import BadAddress, SignInKind, parse_address
from tui.desk.portals import Portals
from tui.desk.secrets import Keep, SecretPlace
from tui.desk.secrets_file import FileTrouble, write_private
from tui.okta.network import Network
from tui.okta.policy import Capability, Mode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADER: Final = """\
# keydesk's connectors; may be edited by hand. keydesk keeps keys that it does not know, but not comments.
# No secret belongs here: `secret` says where it is kept (keep = keyring, file, environment or command).
"""
_NAME: Final = re.compile(r"[\w .-]{1,40}")
_SECRET: Final = re.compile(r"token|api_token|private_key|password|passphrase_text|client_secret", re.IGNORECASE)
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


def read(path: Path) -> tuple[profiles.Profiles, dict[str, Any]]:
    """The connectors, and the top-level keys that keydesk does not know."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return profiles.Profiles(path), {}
    except UnicodeDecodeError:
        raise profiles.BadProfiles(f"{path} is not UTF-8 text") from None
    except OSError as error:
        raise FileTrouble(f"{path} cannot be read", detail=error.strerror or "") from None
    try:
        return parse(path, text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = place[1] if place else str(text.count("\n") + 1)
    raise profiles.BadProfiles(f"{path}, line {line}: this is not TOML")


def parse(path: Path, text: str) -> tuple[profiles.Profiles, dict[str, Any]]:
    """Read the file's text."""
    whole = _Table(path, text, "", tomllib.loads(text))
    tables = whole.take("connectors", dict, {})
    found: list[profiles.Profile] = []
    for name, content in tables.items():
        table = _Table(path, text, name, content)
        if not _NAME.fullmatch(name) or name != name.strip():
            table.bad(name, "a name has 1 to 40 letters, digits, spaces, `.`, `_` and `-`")
        if any(one.name.casefold() == name.casefold() for one in found):
            table.bad(name, "two connectors have this name")
        found.append(_profile(table))
    default = whole.take("default", str, found[0].name if found else "")
    names = {one.name.casefold(): one.name for one in found}
    if default and default.casefold() not in names:
        whole.bad("default", f"there is no connector {default!r}")
    return profiles.Profiles(path, tuple(found), names.get(default.casefold(), "")), whole.rest


class _Table:
    """One table; what is taken out is known, the rest is kept."""

    def __init__(self, path: Path, text: str, name: str, content: object) -> None:
        self.path, self.text, self.name = path, text, name
        if not isinstance(content, dict):
            self.rest: dict[str, Any] = {}
            self.bad(name, "this must be a table")
        self.rest = dict(content) if isinstance(content, dict) else {}
        for key, value in self.rest.items():
            if _SECRET.fullmatch(key) or (isinstance(value, str) and "-----BEGIN" in value):
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
        lines, start = self.text.split("\n"), 0
        if self.name:
            start = next((n for n, one in enumerate(lines) if one.lstrip().startswith("[") and self.name in one), 0)
        match = re.compile(rf"(^|[\s,{{.])[\"']?{re.escape(key)}[\"']?\s*[=.]")
        at = next((n for n in range(start, len(lines)) if match.search(lines[n])), start)
        raise profiles.BadProfiles(f"{self.path}, line {at + 1}: {key}: {why}", field=key)


def _profile(table: _Table) -> profiles.Profile:
    try:
        org = parse_address(table.take("org", str))
    except BadAddress as error:
        table.bad("org", error.title)
        raise
    colour, production = table.take("colour", str, "blue"), table.take("production", bool, default=False)
    if colour not in profiles.COLOURS:
        table.bad("colour", f"one of {', '.join(profiles.COLOURS)}")
    if (colour == "red") is not production:
        table.bad("colour", "red is production's own: production = true and colour = red go together")
    wanted = table.take("capabilities", list, [str(one) for one in Capability])
    if any(one not in list(Capability) for one in wanted):
        table.bad("capabilities", f"any of {', '.join(Capability)}")
    mode = Mode.READ_ONLY if table.take("read_only", bool, default=True) else Mode.READ_WRITE
    sign_in, portals, network = table.sub("sign_in"), table.sub("portals"), table.sub("network")
    kind = sign_in.take("kind", str)
    if kind not in list(SignInKind):
        sign_in.bad("kind", f"one of {', '.join(SignInKind)}")
    made = profiles.SignIn(
        SignInKind(kind), _place(sign_in, "secret"), sign_in.take("client_id", str, ""),
        sign_in.take("key_id", str, ""), _place(sign_in, "passphrase"),
    )  # fmt: skip
    doors = Portals(**{key: portals.take(key, one, one()) for key, one in _PORTALS.items()})
    reached = Network(network.take("proxy", str, ""), network.take("ca_bundle", str, ""))
    unknown = dict(table.rest)
    unknown |= {k: t.rest for k, t in (("sign_in", sign_in), ("portals", portals), ("network", network)) if t.rest}
    return profiles.Profile(
        table.name, org, made, colour, production, mode, frozenset(map(Capability, wanted)), doors, reached, unknown
    )


def _place(table: _Table, key: str) -> SecretPlace | None:
    if key not in table.rest:
        return None
    place = table.sub(key)
    keep, where = place.take("keep", str), place.take("where", str)
    if keep not in list(Keep):
        place.bad("keep", f"one of {', '.join(Keep)}")
    return SecretPlace(Keep(keep), where)


def _dump(one: profiles.Profile) -> dict[str, Any]:
    unknown, sign_in = dict(one.unknown), one.sign_in
    signs: dict[str, Any] = {"kind": str(sign_in.kind), "client_id": sign_in.client_id, "key_id": sign_in.key_id}
    for key, place in (("secret", sign_in.secret), ("passphrase", sign_in.passphrase)):
        if place:
            signs[key] = {"keep": str(place.keep), "where": place.where}
    doors = {key: getattr(one.portals, key) for key in _PORTALS}
    reached = {"proxy": one.network.proxy, "ca_bundle": one.network.ca_bundle}
    subs = {"sign_in": signs, "portals": doors, "network": reached}
    tables = {key: value | dict(unknown.pop(key, {})) for key, value in subs.items()}
    org = one.org
    return {
        "org": org.origin + org.prefix, "colour": one.colour, "production": one.production,
        "read_only": one.mode is Mode.READ_ONLY,
        "capabilities": [str(each) for each in Capability if each in one.capabilities], **unknown, **tables,
    }  # fmt: skip


def write(found: profiles.Profiles, extra: dict[str, Any]) -> profiles.Profiles:
    """Write all; what could not be read again is refused before the file is touched."""
    import tomli_w  # noqa: PLC0415 - only when something is written

    top = {"default": found.default} if found.default else {}
    text = HEADER + tomli_w.dumps({**top, **extra, "connectors": {one.name: _dump(one) for one in found.profiles}})
    again, _ = parse(found.path, text)
    write_private(found.path, text)
    return again
