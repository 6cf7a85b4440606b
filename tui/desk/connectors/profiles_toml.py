"""The connectors' file: TOML to profiles and back; an error names the line, and such a file is never replaced."""

from __future__ import annotations

import os
import re
import tomllib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, to_builtins
from msgspec.structs import replace

from tui.desk.connectors.connector import BadAddress, parse_address
from tui.desk.connectors.portals import NO_PORTALS, Portals  # noqa: TC001 - msgspec reads the annotations
from tui.desk.connectors.profile import BadProfiles, Colour, Profile, Profiles, SignIn  # noqa: TC001 - msgspec reads the annotations
from tui.desk.connectors.store_address import BadStore, StoreAddress  # noqa: TC001 - msgspec reads the annotations
from tui.desk.connectors.ticket import ANY_TICKET, TicketRule, parse_pattern  # noqa: TC001 - msgspec reads the annotations
from tui.desk.files.private import FileTrouble, read_own, write_private
from tui.desk.files.toml_shape import Misfit, shape, table, unknown_keys
from tui.desk.rules.rules import BadRules, check_rules
from tui.desk.rules.written import AS_THEY_COME, WrittenRules  # noqa: TC001 - msgspec reads the annotations
from tui.desk.text.plain import plain
from tui.okta.network import AS_FOUND, Network  # noqa: TC001 - msgspec reads the annotations
from tui.okta.policy import Capability, Mode, SoftwareBy
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
#   verify_only                true: asks callers to prove themselves, and changes nothing else; read_only must be true
#   capabilities               any of identify, lockouts, expiry, provisioning, passwords, unlock, mfa, verification,
#                              suspension, access-codes, devices, risk; without this key the first seven: what came
#                              later is switched on by name
#   access_code                the id (aut…) of what makes temporary access codes, where keydesk may not look for it
#   software_by                groups-and-apps (the default), or groups: by group membership only, without any
#                              right on apps
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
#   pattern                    a regular expression (RE2) that a ticket number fits whole: "INC[0-9]{7}"; empty: any
#   needed                     true: nothing is changed without a ticket number
# [connectors."NAME".rules]        the desk's rules; docs/rules.md says what each means
#   proof                      how well a caller is proven before a password or a factor: push, number (the default),
#                              code or top
#   attested, attested_top     what an agent may vouch for: called-back, manager, video, in-person
#   also_count                 weak proofs that count: message, question
#   stop_on                    alarms in which a reason is enough to suspend: denied, attack, alert (the default: all)
#   tiers                      another tier of an action, from 1 to 4: { expire-password = 3 }
#   protected                  { logins = ["ceo@*"], groups = ["Board"], attribute = "title", values = ["CFO"] }
# [connectors."NAME".network]
#   proxy                      URL of a proxy; empty: HTTPS_PROXY and NO_PROXY decide
#   ca_bundle                  path of a PEM file of certificates to trust beside the system's
# [connectors."NAME".store]    the ledger is a team's, on PostgreSQL; docs/team.md
#   dsn                        postgresql://ann@db.acme.example/keydesk, without a password
#   secret                     where the role's password is kept, as for sign_in
#   machine                    true: the role is a machine's, and entries are in the name role:agent
#   by_ssh_key                 true: the command of each agent's SSH key names the agent (KEYDESK_AGENT)
"""
WITHOUT_A_WORD: Final = frozenset({
    Capability.IDENTIFY, Capability.LOCKOUTS, Capability.EXPIRY, Capability.PROVISIONING,
    Capability.PASSWORDS, Capability.UNLOCK, Capability.MFA,
})  # fmt: skip
"""What a connector may do whose table names no capabilities: those that there were when such files were written."""
_NAME: Final = re.compile(r"[\w .-]{1,40}")
_AUTHENTICATOR: Final = re.compile(r"aut[0-9A-Za-z]{17}")
_SECRET: Final = re.compile(r"token|api_token|private_key|password|passphrase_text|client_secret", re.IGNORECASE)
# What a secret looks like whatever its key is called: a PEM, an API token, a private JWK.
_SECRET_TEXT: Final = re.compile(r"-----BEGIN|\b00[A-Za-z0-9_-]{40}\b|\"d\"\s*:")
RESERVED: Final = frozenset({"demo", "environment"})


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock under which one keydesk at a time changes the file; it ends with the process that holds it."""
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


class _Written(Struct, frozen=True):
    """A connector's table in the file, under `[connectors."NAME"]`."""

    org: str
    sign_in: SignIn
    colour: Colour = "blue"
    production: bool = False
    read_only: bool = True
    verify_only: bool = False
    capabilities: frozenset[Capability] = WITHOUT_A_WORD
    software_by: SoftwareBy = SoftwareBy.GROUPS_AND_APPS
    portals: Portals = NO_PORTALS
    network: Network = AS_FOUND
    ticket: TicketRule = ANY_TICKET
    rules: WrittenRules = AS_THEY_COME
    access_code: str = ""
    store: StoreAddress | None = None


def read(path: Path) -> tuple[Profiles, dict[str, Any]]:
    """Read the profiles, and the top-level keys that keydesk does not know.

    Raises:
        BadProfiles: The file is not TOML, or a value in it does not fit.
        FileTrouble: The file cannot be read, or somebody else can change it.
    """
    try:
        text = read_own(path).decode("utf-8").replace("\r\n", "\n")
    except FileNotFoundError:
        return Profiles(path), {}
    except UnicodeDecodeError:
        raise BadProfiles(f"{path} is not UTF-8 text") from None
    except OSError as error:
        raise FileTrouble(f"{path} cannot be read", detail=error.strerror or "") from None
    return parse(path, text)


def parse(path: Path, text: str) -> tuple[Profiles, dict[str, Any]]:
    """Return the profiles in the file's text, and the top-level keys that keydesk does not know.

    Raises:
        BadProfiles: The text is not TOML, or a value in it does not fit; the error names line and path.
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
    profiles: list[Profile] = []
    for name in tables:
        at = ("connectors", name)
        written = table(tables, *at)
        _refuse_secrets(written, *at)
        if not _NAME.fullmatch(name) or name != name.strip():
            raise Misfit(at, "cannot be its name: a name has 1 to 40 letters, digits, spaces, `.`, `_` and `-`")
        if name.casefold() in RESERVED:
            raise Misfit(at, "cannot be its name: keydesk itself uses this name")
        if any(profile.name.casefold() == name.casefold() for profile in profiles):
            raise Misfit(at, "cannot be its name: two connectors have this name")
        try:
            profiles.append(_profile(name, written))
        except Misfit as misfit:
            raise misfit.under(*at) from None
    default = shape(data.get("default", profiles[0].name if profiles else ""), str, "default")
    names = {profile.name.casefold(): profile.name for profile in profiles}
    if default and default.casefold() not in names:
        raise Misfit(("default",), f"names a connector that does not exist: {plain(default, limit=40)}")
    return Profiles(path, tuple(profiles), names.get(default.casefold(), "")), rest


def _profile(name: str, written: dict[str, Any]) -> Profile:
    parsed = shape(written, _Written)
    try:
        org = parse_address(parsed.org)
    except BadAddress as error:
        raise Misfit(("org",), f"cannot be used: {error.title}") from None
    if (parsed.colour == "red") is not parsed.production:
        raise Misfit(("colour",), "is wrong: red is production's own: production = true and colour = red go together")
    try:
        ticket = replace(parsed.ticket, pattern=parse_pattern(parsed.ticket.pattern))
    except BadInput as error:
        raise Misfit(("ticket", "pattern"), f"cannot be used: {error.title}; {error.detail}") from None
    asks = parsed.read_only or Capability.VERIFICATION in parsed.capabilities  # whoever only reads needs no proof
    try:
        check_rules(parsed.rules.made(), None if asks else ())
    except BadRules as error:
        keys = tuple(filter(None, error.field.split(".")))
        raise Misfit(("rules", *keys), f"cannot be used: {error.advice}") from None
    if parsed.verify_only and not parsed.read_only:
        raise Misfit(("verify_only",), "is wrong: a connector that may only verify callers has read_only = true")
    if parsed.access_code and not _AUTHENTICATOR.fullmatch(parsed.access_code):
        raise Misfit(("access_code",), "is no id of what makes codes: such ids begin with aut")
    try:
        _ = parsed.store and parsed.store.role
    except BadStore as error:
        raise Misfit(("store", "dsn"), f"cannot be used: {error.title}. {error.advice}") from None
    reading = Mode.VERIFY_ONLY if parsed.verify_only else Mode.READ_ONLY
    mode = reading if parsed.read_only else Mode.READ_WRITE
    return Profile(
        name, org, parsed.sign_in, parsed.colour, parsed.production, mode, parsed.capabilities, parsed.software_by,
        parsed.portals, parsed.network, ticket, parsed.rules, parsed.access_code, parsed.store,
        unknown_keys(written, parsed),
    )  # fmt: skip


def _line(text: str, name: str, key: str) -> int:
    """Return the line of a key within the tables of a connector, from 1.

    Args:
        text: The file's text.
        name: The connector's name; empty for the keys above all connectors.
        key: The key.

    Returns:
        The line; that of the connector's first table where the key is missing; 0 where there is no such table.
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
    """Return the path to the innermost key that holds a secret; empty where none does."""
    for key, value in written.items():
        for item in value if isinstance(value, list) else [value]:
            if _SECRET.fullmatch(key) or (isinstance(item, str) and _SECRET_TEXT.search(item)):
                return (key,)
            if isinstance(item, dict) and "kty" in item and "d" in item:
                return (key,)
            if isinstance(item, dict) and (inside := _secret_in(item)):
                return (key, *inside)
    return ()


def _dump(profile: Profile) -> dict[str, Any]:
    """Return a profile as its table in the file."""
    left, sign_in = dict(profile.unknown), to_builtins(profile.sign_in)
    subs = {
        "sign_in": {key: value for key, value in sign_in.items() if value is not None},
        "portals": to_builtins(profile.portals), "ticket": to_builtins(profile.ticket),
        "network": to_builtins(profile.network),
    }  # fmt: skip
    if profile.rules != AS_THEY_COME:
        subs["rules"] = _said(profile.rules)
    if profile.store is not None:
        subs["store"] = {key: value for key, value in to_builtins(profile.store).items() if value}
    tables = {key: _merged(value, left.pop(key, {})) for key, value in subs.items()}
    return {
        "org": profile.org.origin + profile.org.prefix, "colour": profile.colour, "production": profile.production,
        "read_only": profile.mode is not Mode.READ_WRITE,
        **({"verify_only": True} if profile.mode is Mode.VERIFY_ONLY else {}),
        "capabilities": [str(capability) for capability in Capability if capability in profile.capabilities],
        "software_by": str(profile.software_by),
        **({"access_code": profile.access_code} if profile.access_code else {}),
        **left, **tables,
    }  # fmt: skip


def _said(rules: WrittenRules) -> dict[str, Any]:
    """Return what of the rules differs from how they come; lists in order, so that the file stays as it is."""
    said, plain_rules = to_builtins(rules), to_builtins(AS_THEY_COME)
    return {
        key: sorted(value) if isinstance(getattr(rules, key), frozenset) else value
        for key, value in said.items()
        if value != plain_rules[key]
    }


def _merged(known: dict[str, Any], unknown: dict[str, Any]) -> dict[str, Any]:
    """Return both tables as one, also within the tables that both have; known values win."""
    both = {**unknown, **known}
    for key, value in known.items():
        if isinstance(value, dict) and isinstance(unknown.get(key), dict):
            both[key] = _merged(value, unknown[key])
    return both


def write(profiles: Profiles, extra: dict[str, Any]) -> Profiles:
    """Write all profiles; text that could not be read again is refused before the file is touched."""
    import tomli_w  # noqa: PLC0415 - only when something is written

    top = {"default": profiles.default} if profiles.default else {}
    text = HEADER + tomli_w.dumps(
        {**top, **extra, "connectors": {profile.name: _dump(profile) for profile in profiles.profiles}}
    )
    read_again, _ = parse(profiles.path, text)
    write_private(profiles.path, text, through_link=True)
    return read_again
