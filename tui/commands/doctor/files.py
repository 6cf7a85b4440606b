"""The doctor's look at this machine's files, secrets' places and keyring; no secret is read."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui.commands.doctor.finding import DoctorLine, Health
from tui.commands.paths import STORED
from tui.desk.text.plain import plain
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tui.desk.connectors.profile import Profile
    from tui.desk.connectors.secrets import SecretPlace
    from tui.desk.connectors.settings import Places

_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
_OTHERS: Final = 0o077
_FREE: Final = 50 << 20
"""Bytes that should be free: the ledger refuses a change that it cannot write down."""


def look_at_files(places: Places) -> list[DoctorLine]:
    """Return what is to be said of the folders and files: who may read and write them, and whether there is room."""
    lines = [*_folder("settings", places.config), *_folder("state", places.state)]
    for stored in STORED:
        path = stored.path(places)
        if (line := _file(stored.name, path, secret=stored.secret)) is not None:
            lines.append(line)
    bad = [line for line in lines if line.health is not Health.OK]
    count = sum(stored.path(places).exists() for stored in STORED)
    found = f"{count}, yours alone where they have to be" if count else "none yet"
    return bad or [DoctorLine("files", Health.OK, found)]


def look_at_settings(places: Places) -> list[DoctorLine]:
    """Return what is to be said of the files that people edit: whether each can be read as it stands."""
    from tui.desk.connectors import profiles, settings

    lines = []
    for name, path, load in (
        ("settings.toml", places.settings, settings.load),
        ("connectors.toml", places.connectors, profiles.load),
    ):
        try:
            load(path)
        except Trouble as trouble:
            lines.append(DoctorLine(name, Health.BAD, plain(trouble.title), plain(trouble.advice)))
        else:
            lines.append(DoctorLine(name, Health.OK, "can be read" if path.exists() else "none yet"))
    return lines


def look_at_secrets(profiles: tuple[Profile, ...], environ: Mapping[str, str]) -> list[DoctorLine]:
    """Return what is to be said of the places of the connectors' secrets, and of the keyring.

    Nothing is read from a place: a keyring would open a dialog, a command run.
    """
    from tui.desk.connectors.secrets import Keep, keyring_trouble

    used = [
        (profile.name, place)
        for profile in profiles
        for place in (profile.sign_in.secret, profile.sign_in.passphrase)
        if place is not None
    ]
    trouble = keyring_trouble()
    needs = [name for name, place in used if place.keep is Keep.KEYRING]
    if trouble and needs:
        advice = f"{trouble} Unlock or install one, or `keydesk connect --change` puts the secret elsewhere."
        lines = [DoctorLine("keyring", Health.BAD, f"not usable, and {plain(needs[0])} keeps its secret there", advice)]
    else:
        found = f"not usable, and no connector needs it: {trouble}" if trouble else "usable"
        lines = [DoctorLine("keyring", Health.OK, found)]
    for name, place in used:
        if place.keep is not Keep.KEYRING and (line := _secret_place(name, place, environ)) is not None:
            lines.append(line)
    return lines


def _secret_place(name: str, place: SecretPlace, environ: Mapping[str, str]) -> DoctorLine | None:
    """Return what is wrong with the place of a connector's secret; `None` where nothing is seen to be."""
    from tui.desk.connectors.secrets import Keep

    what = f"secret of {plain(name)}"
    if place.keep is Keep.FILE:
        path = Path(place.where).expanduser()
        if not path.exists():
            return DoctorLine(what, Health.BAD, f"{plain(str(path))} is missing", "Put it back, or rotate the secret.")
        return _file(what, path, secret=True)
    if place.keep is Keep.ENVIRONMENT and not environ.get(place.where):
        return DoctorLine(what, Health.BAD, f"the variable {plain(place.where)} is not set", "Set it, and start again.")
    if place.keep is Keep.COMMAND:
        try:
            words = shlex.split(place.where)
        except ValueError:
            words = []
        if not words or shutil.which(words[0], path=environ.get("PATH")) is None:
            found = "the command that prints it is not found"
            return DoctorLine(what, Health.BAD, found, "Give its full path in connectors.toml.")
    return None


def _folder(what: str, path: Path) -> Iterator[DoctorLine]:
    """Yield what is wrong with a folder; one that is not there yet is made when it is needed."""
    if not path.exists():
        parent = next((folder for folder in path.parents if folder.exists()), path)
        if not os.access(parent, os.W_OK):
            yield DoctorLine(what, Health.BAD, f"{plain(str(path))} cannot be made", "Make it, or set KEYDESK_HOME.")
        return
    if not path.is_dir() or not os.access(path, os.W_OK | os.X_OK):
        advice = f"Run: chmod u+rwx {shlex.quote(plain(str(path)))}"
        yield DoctorLine(what, Health.BAD, f"{plain(str(path))} is no folder that you may write to", advice)
        return
    if os.name == "posix" and path.stat().st_mode & _OTHERS_WRITE:
        advice = f"Run: chmod go-w {shlex.quote(plain(str(path)))}"
        yield DoctorLine(what, Health.BAD, f"others can change {plain(str(path))}", advice)
    if (free := shutil.disk_usage(path).free) < _FREE:
        yield DoctorLine(what, Health.WARN, f"only {free >> 20} MB are free", "Make room: a change needs the ledger.")


def _file(what: str, path: Path, *, secret: bool) -> DoctorLine | None:
    """Return what is wrong with a file's owner or rights; `None` where nothing is, or where there is no such file."""
    try:
        status = path.stat()
    except OSError:
        return None
    shown, quoted = plain(str(path)), shlex.quote(plain(str(path)))
    if os.name != "posix":
        return None
    if status.st_uid != os.geteuid():
        advice = f"Whoever owns it can replace it. Run: chown $USER {quoted}"
        return DoctorLine(what, Health.BAD, f"{shown} belongs to somebody else", advice)
    if secret and status.st_mode & _OTHERS:
        return DoctorLine(what, Health.BAD, f"others can read {shown}", f"Run: chmod go-rwx {quoted}")
    if status.st_mode & _OTHERS_WRITE:
        return DoctorLine(what, Health.BAD, f"others can change {shown}", f"Run: chmod go-w {quoted}")
    return None
