"""Where the agent left off, in one private file: the last view, the people of late, and which advice was read.

It holds ids, logins and names of the people of late, nothing else of them, and no secret. Nothing depends on it:
where it cannot be read or written, keydesk starts as for the first time.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import Meta

from tui.desk.files.private import write_private
from tui.local_file import read_limited
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VERSION: Final = 1
LARGEST: Final = 8 << 20
"""Bytes of the file that are read: more than one can have that is full of the longest texts; most have some 10,000."""
PEOPLE: Final = 12
"""The people of late whom a connector remembers."""
CONNECTORS: Final = 12
"""The connectors that are remembered, those opened last."""
LONGEST: Final = 200
"""Characters of a text that is kept."""
CHOICES: Final = 12
"""What a screen may remember of its view."""

Text = Annotated[str, Meta(max_length=LONGEST)]
Choices = Annotated[dict[Text, Text], Meta(max_length=CHOICES)]


class RecentPerson(msgspec.Struct, frozen=True):
    """Somebody who was looked at of late. All texts but `what` come from Okta and are untrusted.

    Attributes:
        user_id: Okta's id.
        login: The login.
        name: The name.
        what: What was done last: an action's title; empty where the person was only looked at.
        at: When that was, seconds since 1970.
    """

    user_id: Text
    login: Text
    name: Text
    what: Text
    at: Annotated[float, Meta(ge=0, lt=1e11)]


class Desktop(msgspec.Struct, frozen=True):
    """What was left off with one connector.

    Attributes:
        org: The org's origin; people of another org are never shown.
        screen: The screen in front, by its name in the table of screens.
        views: What each screen remembers of its view, by the screen's name.
        people: The people of late, the newest first.
    """

    org: Text = ""
    screen: Text = ""
    views: Annotated[dict[Text, Choices], Meta(max_length=CHOICES)] = {}
    people: Annotated[tuple[RecentPerson, ...], Meta(max_length=PEOPLE)] = ()


class _File(msgspec.Struct, frozen=True):
    """The file.

    Attributes:
        version: The version of this layout.
        connector: The connector that was open last.
        read: Whether the advice for beginners was put away.
        desktops: What was left off, by the connector's name; the connector opened last comes last.
    """

    version: int = VERSION
    connector: Text = ""
    read: bool = False
    desktops: Annotated[dict[Text, Desktop], Meta(max_length=CONNECTORS)] = {}


class LeftOff:
    """What is remembered; changed in memory, and written whole by `save`.

    Args:
        path: The file; `None` remembers nothing beyond this process.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._kept = self._written = _read(path)

    @property
    def connector(self) -> str:
        """The connector that was open last; empty where none is remembered."""
        return self._kept.connector

    @property
    def read(self) -> bool:
        """Whether the advice for beginners was put away."""
        return self._kept.read

    def put_advice_away(self) -> None:
        """Never show the advice for beginners again."""
        self._kept = msgspec.structs.replace(self._kept, read=True)

    def desktop(self, connector: str, org: str = "") -> Desktop:
        """Return what was left off with a connector.

        Args:
            connector: The connector's name.
            org: The org's origin; nothing of another org is returned. Empty for the demo org, whose address changes.
        """
        found = self._kept.desktops.get(connector, Desktop())
        return found if found.org == org else Desktop(org)

    def note_person(self, connector: str, org: str, person: RecentPerson) -> None:
        """Put a person in front of the people of late; what was done for them is not forgotten by another look."""
        kept = self.desktop(connector, org)
        before = next((one for one in kept.people if one.user_id == person.user_id), None)
        what = person.what or (before.what if before else "")
        newest = RecentPerson(_cut(person.user_id), _cut(person.login), _cut(person.name), _cut(what), person.at)
        others = (one for one in kept.people if one.user_id != person.user_id)
        self._put(connector, msgspec.structs.replace(kept, people=(newest, *others)[:PEOPLE]))

    def note_view(self, connector: str, org: str, screen: str, views: Mapping[str, Mapping[str, str]]) -> None:
        """Remember the connector, the screen in front, and the views; a screen that was not opened keeps its own.

        Args:
            connector: The connector's name.
            org: As for `desktop`.
            screen: The screen in front.
            views: What each screen remembers, by its name.
        """
        kept = self.desktop(connector, org)
        cut = {
            _cut(name): dict([(_cut(k), _cut(v)) for k, v in view.items()][:CHOICES]) for name, view in views.items()
        }
        merged = dict([*(kept.views | cut).items()][:CHOICES])
        self._put(connector, msgspec.structs.replace(kept, screen=_cut(screen), views=merged))
        self._kept = msgspec.structs.replace(self._kept, connector=_cut(connector))

    def _put(self, connector: str, desktop: Desktop) -> None:
        others = {name: one for name, one in self._kept.desktops.items() if name != connector}
        newest = dict([*others.items(), (_cut(connector), desktop)][-CONNECTORS:])
        self._kept = msgspec.structs.replace(self._kept, desktops=newest)

    def save(self) -> None:
        """Write what has changed; where that is not possible, it is forgotten with this process.

        The people whom another keydesk has noted meanwhile stay: both lists are brought together.
        """
        if self._path is None or self._kept == self._written:
            return
        self._kept = _together(self._kept, _read(self._path))
        with contextlib.suppress(Trouble, OSError):
            write_private(self._path, msgspec.json.encode(self._kept).decode())
        self._written = self._kept


def _cut(text: str) -> str:
    """Return a text as it can be kept: not too long, and without halves of characters, which no file can hold."""
    return text[:LONGEST].encode("utf-8", "replace").decode("utf-8")


def _read(path: Path | None) -> _File:
    """Read the file; one that is damaged, or from another keydesk, is set aside without a word."""
    if path is None:
        return _File()
    try:
        kept = msgspec.json.decode(read_limited(path, LARGEST), type=_File)
        if kept.version == VERSION:
            return kept
    except FileNotFoundError:
        return _File()
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    with contextlib.suppress(OSError):
        path.replace(path.with_name(f"{path.name}.bad"))
    return _File()


def _together(mine: _File, theirs: _File) -> _File:
    """Return what this keydesk remembers, with the people whom another one has noted meanwhile."""
    desktops = theirs.desktops | mine.desktops
    for name, desktop in mine.desktops.items():
        other = theirs.desktops.get(name)
        if other is None or other.org != desktop.org:
            continue
        by_id: dict[str, RecentPerson] = {}
        for person in sorted((*desktop.people, *other.people), key=lambda one: -one.at):
            by_id.setdefault(person.user_id, person)
        desktops[name] = msgspec.structs.replace(desktop, people=tuple(by_id.values())[:PEOPLE])
    kept = dict([*desktops.items()][-CONNECTORS:])
    return msgspec.structs.replace(mine, read=mine.read or theirs.read, desktops=kept)
