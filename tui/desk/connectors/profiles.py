"""The connectors that an admin set up, in a TOML file that a person can read and edit: read, written, removed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.desk.connectors import profiles_toml
from tui.desk.connectors.profile import COLOURS, BadProfiles, Profile, Profiles, SignIn, UnknownConnector, require

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "COLOURS",
    "BadProfiles",
    "Profile",
    "Profiles",
    "SignIn",
    "UnknownConnector",
    "load",
    "remove",
    "rename",
    "require",
    "save",
    "use",
]


def load(path: Path) -> Profiles:
    """Read the connectors; a missing file means none.

    Raises:
        BadProfiles: Broken; names file and line.
    """
    return profiles_toml.read(path)[0]


def save(path: Path, profile: Profile, *, replacing: str = "") -> Profiles:
    """Write one connector, new or in the place of the one named `replacing`; the first becomes the default.

    Raises:
        BadProfiles: The file is broken (it is left as it is), or the name is taken or not a name.
        UnknownConnector: Nothing is named `replacing`.
        FileTrouble: It cannot be written.
    """
    with profiles_toml.locked(path):
        found, extra = profiles_toml.read(path)
        old = require(found, replacing) if replacing else None
        if (other := found.get(profile.name)) and other is not old:
            raise BadProfiles(f"There is a connector {other.name} already", advice="Choose another.", field="name")
        if old:
            kept = tuple(profile if one is old else one for one in found.profiles)
            default = profile.name if found.default == old.name else found.default
        else:
            kept, default = (*found.profiles, profile), found.default or profile.name
        return profiles_toml.write(replace(found, profiles=kept, default=default), extra)


def remove(path: Path, name: str) -> Profiles:
    """Take one connector out; its secret is another matter (`secrets.forget`). The first left becomes the default.

    Raises:
        BadProfiles: The file is broken.
        UnknownConnector: No such connector.
    """
    with profiles_toml.locked(path):
        found, extra = profiles_toml.read(path)
        old = require(found, name)
        kept = tuple(one for one in found.profiles if one is not old)
        default = found.default if found.default != old.name else (kept[0].name if kept else "")
        return profiles_toml.write(replace(found, profiles=kept, default=default), extra)


def rename(path: Path, name: str, new: str) -> Profiles:
    """Give one another name.

    Raises:
        BadProfiles: The file is broken, or the new name is taken or not a name.
        UnknownConnector: No such connector.
    """
    with profiles_toml.locked(path):
        found, extra = profiles_toml.read(path)
        old = require(found, name)
        if (other := found.get(new)) and other is not old:
            raise BadProfiles(f"There is a connector {other.name} already", advice="Choose another.", field="name")
        kept = tuple(replace(one, name=new) if one is old else one for one in found.profiles)
        default = new if found.default == old.name else found.default
        return profiles_toml.write(replace(found, profiles=kept, default=default), extra)


def use(path: Path, name: str) -> Profiles:
    """Make one the default.

    Raises:
        BadProfiles: The file is broken.
        UnknownConnector: No such connector.
    """
    with profiles_toml.locked(path):
        found, extra = profiles_toml.read(path)
        return profiles_toml.write(replace(found, default=require(found, name).name), extra)
