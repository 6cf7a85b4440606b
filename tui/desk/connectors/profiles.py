"""Read, write, rename and remove the connectors that an admin set up, in a TOML file that people can edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

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
    """Read the profiles; a missing file holds none.

    Raises:
        BadProfiles: The file cannot be used; the error names file and line.
    """
    return profiles_toml.read(path)[0]


def save(path: Path, profile: Profile, *, replacing: str = "") -> Profiles:
    """Write one profile, new or in the place of the one named `replacing`; the first of all becomes the default.

    Raises:
        BadProfiles: The file cannot be used (it stays as it is), or the name is taken or cannot be a name.
        UnknownConnector: No profile is named `replacing`.
        FileTrouble: The file cannot be written.
    """
    with profiles_toml.locked(path):
        current, extra = profiles_toml.read(path)
        old = require(current, replacing) if replacing else None
        if (other := current.get(profile.name)) and other is not old:
            raise BadProfiles(f"There is a connector {other.name} already", advice="Choose another.", field="name")
        if old:
            kept = tuple(profile if listed is old else listed for listed in current.profiles)
            default = profile.name if current.default == old.name else current.default
        else:
            kept, default = (*current.profiles, profile), current.default or profile.name
        return profiles_toml.write(replace(current, profiles=kept, default=default), extra)


def remove(path: Path, name: str) -> Profiles:
    """Remove one profile, and not its secret (`secrets.forget`); the first that is left becomes the default.

    Raises:
        BadProfiles: The file cannot be used.
        UnknownConnector: There is no such profile.
    """
    with profiles_toml.locked(path):
        current, extra = profiles_toml.read(path)
        old = require(current, name)
        kept = tuple(profile for profile in current.profiles if profile is not old)
        default = current.default if current.default != old.name else (kept[0].name if kept else "")
        return profiles_toml.write(replace(current, profiles=kept, default=default), extra)


def rename(path: Path, name: str, new: str) -> Profiles:
    """Give a profile another name.

    Raises:
        BadProfiles: The file cannot be used, or the new name is taken or cannot be a name.
        UnknownConnector: There is no such profile.
    """
    with profiles_toml.locked(path):
        current, extra = profiles_toml.read(path)
        old = require(current, name)
        if (other := current.get(new)) and other is not old:
            raise BadProfiles(f"There is a connector {other.name} already", advice="Choose another.", field="name")
        kept = tuple(replace(profile, name=new) if profile is old else profile for profile in current.profiles)
        default = new if current.default == old.name else current.default
        return profiles_toml.write(replace(current, profiles=kept, default=default), extra)


def use(path: Path, name: str) -> Profiles:
    """Make a profile the default.

    Raises:
        BadProfiles: The file cannot be used.
        UnknownConnector: There is no such profile.
    """
    with profiles_toml.locked(path):
        current, extra = profiles_toml.read(path)
        return profiles_toml.write(replace(current, default=require(current, name).name), extra)
