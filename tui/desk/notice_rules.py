"""The rules of the notices, as an admin writes them in `notices.toml`: what is told, when, to whom, by which way."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from tui.desk.notice_texts import PERSON, templates
from tui.desk.plain import plain
from tui.desk.secrets import Keep, SecretPlace
from tui.desk.settings import BadSettings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from tui.desk.notice_texts import Template
    from tui.desk.notices import Topic

DAYS: Final = (14, 7, 3, 1)
MOST_DAYS: Final = 365
IN_URLS: Final = frozenset({"secret", *PERSON})
"""What an Apprise URL may name in braces."""
LOCAL: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Way:
    """One way for notices to leave, as it is written down; the secret stays where `secret` says.

    Attributes:
        name: What it is called in the ledger.
        kind: `mail` or `apprise`.
        host: Mail: the server.
        port: Mail: 587 for STARTTLS, 465 for TLS, 25 for none by default.
        tls: Mail: `starttls`, `tls`, or `none`, which only a server on this machine may have.
        user: Mail: who signs in; empty for nobody.
        sender: Mail: the address in From.
        sender_name: Mail: the name in From.
        url: Apprise: the URL, with `{secret}` and the person's fields in braces.
        secret: Where the password or token is kept; `None` without one.
    """

    name: str
    kind: str
    host: str = ""
    port: int = 0
    tls: str = "starttls"
    user: str = ""
    sender: str = ""
    sender_name: str = ""
    url: str = ""
    secret: SecretPlace | None = None

    @property
    def stays_here(self) -> bool:
        """Whether it leads to a server on this machine."""
        return (self.host if self.kind == "mail" else urlsplit(self.url).hostname) in LOCAL


@dataclass(frozen=True, slots=True)
class NoticeRules:
    """The rules for one connector.

    Attributes:
        ways: All ways, by name.
        lockouts: By which way lockouts are told; empty for not at all.
        expiries: By which way coming expiries are told; empty for not at all.
        digest: By which way the help desk is told once a day; empty for not at all.
        digest_to: To which address, where that way is mail.
        digest_hour: From which hour on, local time.
        days: Days before the expiry on which people are told, the most first.
        scan_hour: From which hour on the org is scanned for expiries, once a day, local time.
        lockout_hours: A lockout of longer ago is not told any more.
        quiet: From when to when nothing is sent, local time; it may go over midnight. `None` for never.
        per_hour: At most so many notices an hour, over all watchers; 0 for no limit.
        opt_out: Id or name of a group whose members are told nothing; empty for none.
        second_email: Whether the second address is written to where there is no first.
        even_if_okta_mails: Whether lockouts are told where the password policy has Okta mail them itself.
        language: The language where a person's is not known.
        language_attribute: The profile attribute that names a person's.
        desk: The help desk's name in the texts.
        desk_phone: Its number; may be empty.
        portal: A page that people may be sent to; empty for none.
        templates: The texts, by topic and language.
    """

    ways: Mapping[str, Way] = field(default_factory=dict)
    lockouts: str = ""
    expiries: str = ""
    digest: str = ""
    digest_to: str = ""
    digest_hour: int = 8
    days: tuple[int, ...] = DAYS
    scan_hour: int = 7
    lockout_hours: int = 4
    quiet: tuple[time, time] | None = None
    per_hour: int = 200
    opt_out: str = ""
    second_email: bool = False
    even_if_okta_mails: bool = False
    language: str = "en"
    language_attribute: str = "preferredLanguage"
    desk: str = "the help desk"
    desk_phone: str = ""
    portal: str = ""
    templates: Mapping[tuple[Topic, str], Template] = field(default_factory=dict)

    def is_quiet(self, now: datetime) -> bool:
        """Whether nothing is sent now, by the local clock."""
        if self.quiet is None:
            return False
        first, last = self.quiet
        clock = now.astimezone().time().replace(tzinfo=None)
        return first <= clock < last if first <= last else clock >= first or clock < last


_TEXTS: Final = (
    "lockouts", "expiries", "digest", "digest_to", "opt_out", "language", "language_attribute", "desk", "desk_phone",
    "portal",
)  # fmt: skip
_NUMBERS: Final = {"digest_hour": (0, 23), "scan_hour": (0, 23), "lockout_hours": (1, 48), "per_hour": (0, 1_000_000)}
_FLAGS: Final = ("second_email", "even_if_okta_mails")
_PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}


def load(path: Path, connector: str = "") -> NoticeRules:
    """Read the rules for one connector: those under `[notices]`, and over them those under `[connector.NAME]`.

    The texts are read from the folder `notices` beside the file.

    Raises:
        BadSettings: With the file, the key and what to do; nothing is guessed.
        BadTemplate: One of the texts cannot be used.
    """
    data = _read(path)
    ways = {name: _way(path, name, table) for name, table in _table(path, data, "way").items()}
    wanted = dict(_table(path, data, "notices"))
    own = _table(path, data, "connector")
    wanted |= next((_a_table(path, name, t) for name, t in own.items() if name.casefold() == connector.casefold()), {})
    values: dict[str, Any] = {name: _text(path, wanted, name) for name in _TEXTS if name in wanted}
    values |= {name: _number(path, wanted, name, *most) for name, most in _NUMBERS.items() if name in wanted}
    values |= {name: _flag(path, wanted, name) for name in _FLAGS if name in wanted}
    if "days" in wanted:
        values["days"] = _days(path, wanted["days"])
    if "quiet" in wanted:
        values["quiet"] = _quiet(path, wanted["quiet"])
    known = {*_TEXTS, *_NUMBERS, *_FLAGS, "days", "quiet"}
    for name in wanted:
        if name not in known:
            raise _bad(path, name, f"is not a rule. Known: {', '.join(sorted(known))}.")
    for name in ("lockouts", "expiries", "digest"):
        if values.get(name) and values[name] not in ways:
            raise _bad(path, name, f"names the way {values[name]}, which no [way.{values[name]}] describes.")
    return NoticeRules(ways=ways, templates=templates(path.parent / "notices"), **values)


def example() -> str:
    """A commented file to begin with."""
    return EXAMPLE


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise BadSettings(
            "There are no rules for notices yet", advice=f"`keydesk notify --init` writes an example to {path}."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path} cannot be read", advice="Check the file.", detail=type(error).__name__) from None
    import tomllib  # noqa: PLC0415 - only where there is a file

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{path} is not valid TOML", advice=f"Correct it: {error}.") from None


def _way(path: Path, name: str, value: object) -> Way:
    table = _a_table(path, name, value)
    kind = _text(path, table, "kind")
    secret = _secret(path, table)
    if kind == "apprise":
        url = _text(path, table, "url")
        if "://" not in url:
            raise _bad(path, f"way.{name}.url", "is not an Apprise URL, such as slack://{secret}.")
        for field_name in re.findall(r"\{([^{}]*)\}", url):
            if field_name not in IN_URLS:
                told = ", ".join(f"{{{one}}}" for one in sorted(IN_URLS))
                raise _bad(path, f"way.{name}.url", f"names {{{plain(field_name, limit=40)}}}. Known: {told}.")
        return Way(name, kind, url=url, secret=secret)
    if kind != "mail":
        raise _bad(path, f"way.{name}.kind", "has to be mail or apprise.")
    host, tls, sender = (_text(path, table, key, missing) for key, missing in _MAIL)
    if tls not in _PORTS:
        raise _bad(path, f"way.{name}.tls", "has to be starttls, tls or none.")
    if tls == "none" and host not in LOCAL:
        raise _bad(path, f"way.{name}.tls", "may be none only for a server on this machine.")
    if not host or not sender:
        raise _bad(path, f"way.{name}", "needs host and sender.")
    from tui.desk.notice_address import unfit  # noqa: PLC0415 - only for mail

    if why := unfit(sender):
        raise _bad(path, f"way.{name}.sender", f"is not an address to send from: {why}.")
    port = _number(path, table, "port", 1, 65535) if "port" in table else _PORTS[tls]
    user, named = _text(path, table, "user", ""), _text(path, table, "sender_name", "")
    return Way(name, kind, host, port, tls, user, sender, named, secret=secret)


_MAIL: Final = (("host", ""), ("tls", "starttls"), ("sender", ""))


def _secret(path: Path, table: Mapping[str, Any]) -> SecretPlace | None:
    if "secret" not in table:
        return None
    place = _a_table(path, "secret", table["secret"])
    keep, where = _text(path, place, "keep"), _text(path, place, "where")
    if keep not in {one.value for one in Keep}:
        raise _bad(path, "secret.keep", f"has to be one of {', '.join(one.value for one in Keep)}.")
    return SecretPlace(Keep(keep), where)


def _days(path: Path, value: object) -> tuple[int, ...]:
    good = isinstance(value, list) and all(isinstance(day, int) and 0 <= day <= MOST_DAYS for day in value)
    if not good or not isinstance(value, list):
        raise _bad(path, "days", f"has to be a list of numbers of days up to {MOST_DAYS}, such as [14, 7, 3, 1].")
    return tuple(sorted(set(value), reverse=True))


def _quiet(path: Path, value: object) -> tuple[time, time] | None:
    if value in ([], ""):
        return None
    if isinstance(value, list) and len(value) == 2:  # noqa: PLR2004 - from and to
        try:
            first, last = (time.fromisoformat(str(one)) for one in value)
        except ValueError:
            pass
        else:
            if first.tzinfo is None and last.tzinfo is None:
                return first, last
    raise _bad(path, "quiet", 'has to be two times of the local clock, such as ["20:00", "07:00"].')


def _table(path: Path, data: Mapping[str, Any], name: str) -> dict[str, Any]:
    return _a_table(path, name, data.get(name, {}))


def _a_table(path: Path, name: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _bad(path, name, "has to be a table.")
    return value


def _text(path: Path, table: Mapping[str, Any], name: str, missing: str | None = None) -> str:
    value = table.get(name, missing)
    if not isinstance(value, str):
        raise _bad(path, name, "has to be a text in quotes.")
    return value


def _number(path: Path, table: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = table[name]
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise _bad(path, name, f"has to be a whole number from {least} to {most}.")
    return value


def _flag(path: Path, table: Mapping[str, Any], name: str) -> bool:
    value = table[name]
    if not isinstance(value, bool):
        raise _bad(path, name, "has to be true or false.")
    return value


def _bad(path: Path, name: str, what: str) -> BadSettings:
    return BadSettings(f"{path}: {name} cannot be used", advice=f"{name} {what}")


EXAMPLE: Final = """\
# Notices to employees. Secrets never stand here, only where they are kept.

[notices]
lockouts = "mail"            # the way by which people are told that they were locked; "" for not at all
expiries = "mail"            # the way by which people are told that their password expires
days = [14, 7, 3, 1]         # how many days before
digest = ""                  # the way by which the help desk is told once a day
digest_to = ""               # to which address, where that way is mail
# digest_hour = 8            # from which hour on, local time
# scan_hour = 7              # from which hour on the org is scanned for expiries
# lockout_hours = 4          # a lockout of longer ago is not told any more
# quiet = ["20:00", "07:00"] # nothing is sent in these hours; it goes out afterwards, if it is still true
# per_hour = 200             # at most so many an hour
# opt_out = ""               # a group whose members are told nothing
# second_email = false       # write to the second address where there is no first
# even_if_okta_mails = false # tell lockouts also where the password policy has Okta mail them itself
# language = "en"            # where a person's is not known; their profile's preferredLanguage counts
desk = "the IT help desk"
desk_phone = ""
portal = ""                  # a page that people may be sent to

[way.mail]
kind = "mail"
host = "smtp.example.com"
tls = "starttls"             # starttls, tls, or none for a server on this machine
user = "keydesk"
sender = "it-help@example.com"
sender_name = "IT help desk"
secret = { keep = "environment", where = "KEYDESK_SMTP_PASSWORD" }   # or keyring, file, command

# [way.chat]
# kind = "apprise"           # Slack, Teams and many others: https://github.com/caronc/apprise
# url = "slack://{secret}/#helpdesk"
# secret = { keep = "file", where = "~/.config/keydesk/slack" }

# [connector.acme]           # rules of one connector, over those above
# per_hour = 50
"""
