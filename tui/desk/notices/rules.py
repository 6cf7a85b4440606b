"""The rules for notices, as an admin writes them in `notices.toml`: which notices are sent, when, and which way."""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - msgspec reads the annotations
from datetime import time
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from tui.desk.connectors.secrets import SecretPlace  # noqa: TC001 - msgspec reads the annotations
from tui.desk.connectors.settings import BadSettings, read_toml, unusable
from tui.desk.files.toml_shape import Misfit, shape, suggestion, table
from tui.desk.notices.address import unfit
from tui.desk.notices.texts import PERSON, Wording, templates
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

DAYS: Final = (14, 7, 3, 1)
MOST_DAYS: Final = 365
IN_URLS: Final = frozenset({"secret", *PERSON})
"""The fields that an Apprise URL may name in braces."""
LOCAL: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}

Hour = Annotated[int, Meta(ge=0, le=23)]
Day = Annotated[int, Meta(ge=0, le=MOST_DAYS)]
DayList = Annotated[
    tuple[Day, ...], Meta(description=f"a list of numbers of days up to {MOST_DAYS}, such as [14, 7, 3, 1]")
]


class NoticeWay(Struct, frozen=True):
    """One way for notices to leave, as the file describes it under `[way.NAME]`.

    Attributes:
        name: Its name in the file and in the ledger.
        kind: Mail by one server, Apprise, or an outbox: a folder on this machine that takes mails as files.
        host: Mail: the server.
        port: Mail: the port; where none is written, 587 for STARTTLS, 465 for TLS, 25 for none.
        tls: Mail: how the connection is encrypted. Only a server on this machine may have `none`.
        user: Mail: the user who signs in; empty for no sign-in.
        sender: Mail: the address in From.
        sender_name: Mail: the name in From.
        folder: Outbox: the folder; empty for the one that keydesk chooses.
        url: Apprise: the URL, with `{secret}` and the person's fields in braces.
        secret: Where the password or token is kept; `None` without one.
    """

    name: str
    kind: Literal["mail", "apprise", "outbox"]
    host: str = ""
    port: Annotated[int, Meta(ge=1, le=65535)] = 0
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    sender: str = ""
    sender_name: str = ""
    folder: str = ""
    url: str = ""
    secret: SecretPlace | None = None

    @property
    def stays_here(self) -> bool:
        """Whether it leads to a server or a folder on this machine."""
        return self.kind == "outbox" or (self.host if self.kind == "mail" else urlsplit(self.url).hostname) in LOCAL

    @property
    def to_address(self) -> bool:
        """Whether each message goes to a person's mail address; the others know their receiver."""
        return self.kind != "apprise"


class NoticeRules(Struct, frozen=True):
    """The rules for one connector. Its fields and those of `Wording` are the keys of the file.

    Attributes:
        ways: All ways, by name.
        lockouts: The way for notices of lockouts; empty for no such notices.
        expiries: The way for notices of coming expiries; empty for no such notices.
        digest: The way for the help desk's daily digest; empty for no digest.
        digest_to: The address for the digest, where its way is mail.
        digest_hour: The hour from which on the digest is sent, local time.
        alarm: The way by which the desk is told at once that a caller's push was denied; empty for no such message.
        alarm_to: The address for that, where its way is mail.
        days: The days before an expiry on which people get a notice, the most first.
        scan_hour: The hour from which on the org is scanned for expiries, once a day, local time.
        lockout_hours: Lockouts that are older than so many hours get no notice.
        quiet: The hours in which nothing is sent, from and to, local time; they may go over midnight. `None` for none.
        per_hour: The most notices in an hour, over all watchers; 0 for no limit.
        opt_out: Id or name of a group whose members get no notices; empty for none.
        second_email: Whether people without a first address are written to at their second one.
        even_if_okta_mails: Whether lockouts get a notice where the password policy has Okta mail them itself.
        wording: The texts, and what they say of the help desk.
    """

    ways: Mapping[str, NoticeWay] = field(default_factory=dict)
    lockouts: str = ""
    expiries: str = ""
    digest: str = ""
    digest_to: str = ""
    digest_hour: Hour = 8
    alarm: str = ""
    alarm_to: str = ""
    days: DayList = DAYS
    scan_hour: Hour = 7
    lockout_hours: Annotated[int, Meta(ge=1, le=48)] = 4
    quiet: tuple[time, time] | None = None
    per_hour: Annotated[int, Meta(ge=0, le=1_000_000)] = 200
    opt_out: str = ""
    second_email: bool = False
    even_if_okta_mails: bool = False
    wording: Wording = field(default_factory=Wording)

    def is_quiet(self, now: datetime) -> bool:
        """Whether nothing is sent now, by the local clock."""
        if self.quiet is None:
            return False
        first, last = self.quiet
        clock = now.astimezone().time().replace(tzinfo=None)
        return first <= clock < last if first <= last else clock >= first or clock < last


_OF_WORDING: Final = frozenset(Wording.__struct_fields__) - {"templates"}
_KEYS: Final = frozenset(NoticeRules.__struct_fields__) - {"ways", "wording"} | _OF_WORDING
"""The keys that `[notices]` and `[connector.NAME]` may have."""


def load(path: Path, connector: str = "") -> NoticeRules:
    """Read the rules for one connector: those under `[notices]`, replaced by those under `[connector.NAME]`.

    The admin's own texts are read from the folder `notices` beside the file.

    Raises:
        BadSettings: With the file, the path of the value in it, and what to do; nothing is guessed.
        BadTemplate: One of the texts cannot be used.
    """
    data = read_toml(path)
    if data is None:
        raise BadSettings(
            "There are no rules for notices yet", advice=f"`keydesk notify --init` writes an example to {path}."
        )
    try:
        rules = _rules(data, connector)
    except Misfit as misfit:
        raise unusable(path, misfit) from None
    return replace(rules, wording=replace(rules.wording, templates=templates(path.parent / "notices")))


def load_for(path: Path, connector: str, *, made_up: bool = False) -> NoticeRules:
    """Read the rules for one connector; for a demo org without a file, those that write to an outbox.

    Raises:
        BadSettings: As `load`; a demo org needs no file.
        BadTemplate: One of the admin's own texts cannot be used.
    """
    if made_up and not path.exists():
        return replace(DEMO, wording=replace(DEMO.wording, templates=templates(path.parent / "notices")))
    return load(path, connector)


def example() -> str:
    """A commented file to begin with."""
    return EXAMPLE


def _rules(data: Mapping[str, Any], connector: str) -> NoticeRules:
    """The rules for one connector, still without the texts."""
    described = table(data, "way")
    ways = {name: _way(name, table(described, "way", name)) for name in described}
    common, connectors = table(data, "notices"), table(data, "connector")
    name = next((name for name in connectors if name.casefold() == connector.casefold()), None)
    own = {} if name is None else table(connectors, "connector", name)
    written = common | own
    tables = {key: ("connector", str(name)) if key in own else ("notices",) for key in written}
    for key in written:
        if key not in _KEYS:
            raise Misfit((*tables[key], key), f"is not a rule. {suggestion(key, _KEYS)}")
    try:
        rules = _common(written)
        _check_ways(rules, ways)
    except Misfit as misfit:
        raise misfit.under(*tables[misfit.keys[0]]) from None
    return replace(rules, ways=ways)


def _common(written: Mapping[str, Any]) -> NoticeRules:
    """What stands under `[notices]`, or under `[connector.NAME]` in its place."""
    rules = {key: value for key, value in written.items() if key not in _OF_WORDING}
    if "quiet" in rules:
        rules["quiet"] = _quiet(rules["quiet"])
    rules_read = shape(rules, NoticeRules)
    wording = shape({key: value for key, value in written.items() if key in _OF_WORDING}, Wording)
    return replace(rules_read, wording=wording, days=tuple(sorted(set(rules_read.days), reverse=True)))


def _check_ways(rules: NoticeRules, ways: Mapping[str, NoticeWay]) -> None:
    named = {"lockouts": rules.lockouts, "expiries": rules.expiries, "digest": rules.digest, "alarm": rules.alarm}
    for key, way in named.items():
        if way and way not in ways:
            shown = plain(way, limit=40)
            raise Misfit((key,), f"names the way {shown}, which no [way.{shown}] describes.")


def _way(name: str, written: Mapping[str, Any]) -> NoticeWay:
    """A way, checked for what its fields have to do with each other."""
    at = ("way", name)
    way = shape({**written, "name": name}, NoticeWay, *at)
    if way.kind == "apprise":
        _check_url(way.url, *at, "url")
        return way
    if way.kind == "outbox":
        return replace(way, sender=way.sender or OUTBOX_SENDER)
    if way.tls == "none" and way.host not in LOCAL:
        raise Misfit((*at, "tls"), "may be none only for a server on this machine.")
    if not way.host or not way.sender:
        raise Misfit(at, "needs host and sender.")
    if why := unfit(way.sender):
        raise Misfit((*at, "sender"), f"is not an address to send from: {why}.")
    return replace(way, port=way.port or _PORTS[way.tls])


def _check_url(url: str, *at: str) -> None:
    if "://" not in url:
        raise Misfit(at, "is not an Apprise URL, such as slack://{secret}.")
    for name in re.findall(r"\{([^{}]*)\}", url):
        if name not in IN_URLS:
            known = ", ".join(f"{{{field_}}}" for field_ in sorted(IN_URLS))
            raise Misfit(at, f"names {{{plain(name, limit=40)}}}. Known: {known}.")


def _quiet(value: object) -> tuple[time, time] | None:
    """Two times without a zone, as text or as times of TOML; `None` for an empty list."""
    if value in ([], ""):
        return None
    if isinstance(value, list) and len(value) == 2:  # noqa: PLR2004 - from and to
        try:
            first, last = (time.fromisoformat(str(text)) for text in value)
        except ValueError:
            pass
        else:
            if first.tzinfo is None and last.tzinfo is None:
                return first, last
    raise Misfit(("quiet",), 'must be two times of the local clock, such as ["20:00", "07:00"].')


OUTBOX_SENDER: Final = "keydesk@localhost"
DEMO: Final = NoticeRules(
    ways={"outbox": NoticeWay("outbox", "outbox", sender=OUTBOX_SENDER, sender_name="IT help desk (demo)")},
    lockouts="outbox",
    expiries="outbox",
    alarm="outbox",
    alarm_to="security@desk.example",
    wording=Wording(desk="the IT help desk"),
)
"""The rules of the demo org where the admin wrote none: everything goes to a folder that can be looked into."""
EXAMPLE: Final = """\
# Notices to employees. Secrets never stand here, only where they are kept.

[notices]
lockouts = "mail"            # the way by which people are told that they were locked; "" for not at all
expiries = "mail"            # the way by which people are told that their password expires
days = [14, 7, 3, 1]         # how many days before
digest = ""                  # the way by which the help desk is told once a day
digest_to = ""               # to which address, where that way is mail
# digest_hour = 8            # from which hour on, local time
alarm = ""                   # the way by which the desk is told at once that a caller's push was denied
alarm_to = ""                # to which address, where that way is mail
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

# [way.outbox]
# kind = "outbox"            # files in a folder of this machine, to try the rules: nothing is sent
# folder = "~/keydesk-outbox"

# [connector.acme]           # rules of one connector, over those above
# per_hour = 50
"""
