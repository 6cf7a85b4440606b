"""Read, store and remove a connector's secret at the place that the admin chose; no log and no repr shows a secret.

The first choice is the system keyring, which is encrypted and locked with the session; `keyring` supports all three
platforms. Servers and SSH sessions often have none. A silent fall-back would store a secret where nobody chose it, so
the admin has to choose.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from msgspec import Struct

from tui.desk.files.private import FileTrouble, read_private, write_private
from tui.desk.text.plain import plain
from tui.trouble import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping


class Keep(StrEnum):
    """The kinds of place for a secret; there is no silent fall-back from one to another."""

    KEYRING = "keyring"
    FILE = "file"
    ENVIRONMENT = "environment"
    COMMAND = "command"


class SecretPlace(Struct, frozen=True):
    """The place of one secret, as the profile holds it; never the secret.

    Attributes:
        keep: The kind of place.
        where: Keyring: the user name under the service `keydesk`. File: its path. Environment: the variable's name.
            Command: the command line, split as a shell would but run without one.
    """

    keep: Keep
    where: str


class Secret:
    """A secret in memory, which only `reveal` returns."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret itself, for the code that signs in with it or stores it."""
        return self._text

    def __repr__(self) -> str:
        """Return a text without the secret."""
        return "Secret(…)"

    def __bool__(self) -> bool:
        """Whether the secret is not empty."""
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        """Compare by value, so that a form sees a change."""
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        """Hash by value."""
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        """Refuse to pickle or copy the secret."""
        raise TypeError("a secret is not serialised")


class NoSecret(BadInput):
    """A secret cannot be read or stored at the connector's place for it."""

    field = "secret"


SERVICE: Final = "keydesk"
_LIMIT: Final = 64 * 1024
_SECONDS: Final = 60


def fetch(place: SecretPlace, environ: Mapping[str, str] | None = None) -> Secret:
    """Read a secret; may block for seconds (a keyring dialog, a password manager), so call this in a thread.

    Raises:
        NoSecret: The secret is not there; the error says what to do.
        FileTrouble: The secret's file cannot be read, or others can read it.
    """
    if place.keep is Keep.KEYRING:
        text = _from_keyring(place.where)
    elif place.keep is Keep.FILE:
        text = read_private(Path(place.where).expanduser(), _LIMIT)
    elif place.keep is Keep.ENVIRONMENT:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", place.where):
            raise NoSecret("This is not a variable's name", advice="Use letters, digits and `_`.")
        text = (os.environ if environ is None else environ).get(place.where, "")
        if not text:
            raise NoSecret(f"{place.where} is missing or empty in the environment", advice="Set it and start again.")
    else:
        text = _from_command(place.where)
    text = _trimmed(text)
    if not text.strip():
        raise NoSecret(f"The secret kept in the {place.keep} is empty", advice="Store it again.")
    return Secret(text)


def _trimmed(text: str) -> str:
    """Return a text without the line end that a file, a command's output and a PEM have."""
    return text.removesuffix("\n").removesuffix("\r")


def store(place: SecretPlace, secret: Secret, *, replace: bool = False) -> None:
    """Store a secret in a keyring or file, and check that it can be read back.

    Raises:
        NoSecret: The place can only be read (a variable, a command), holds a secret already, or returned another text.
        FileTrouble: The file cannot be written.
    """
    old = _fetch_or_none(place) if replace else None
    _put(place, secret, replace=replace)
    if fetch(place).reveal() != _trimmed(secret.reveal()):
        if old is not None:  # the old secret is better than half of a new one
            _put(place, old, replace=True)
        raise NoSecret(f"The {place.keep} did not keep the secret whole", advice="Choose another place for it.")


def _put(place: SecretPlace, secret: Secret, *, replace: bool) -> None:
    if place.keep is Keep.FILE:
        path = Path(place.where).expanduser()
        if not replace and (path.exists() or path.is_symlink()):
            raise NoSecret(f"{path} exists already", advice="Choose another file, or remove it.")
        if path.is_symlink():
            raise NoSecret(f"{path} is a link", advice="Name the file itself.")
        write_private(path, secret.reveal())
    elif place.keep is Keep.KEYRING:
        _into_keyring(place.where, secret, replace=replace)
    else:
        raise NoSecret(
            f"keydesk can read a secret from the {place.keep} but not put it there", advice="Change it at its source."
        )


def _fetch_or_none(place: SecretPlace) -> Secret | None:
    try:
        return fetch(place)
    except (NoSecret, FileTrouble):
        return None


def forget(place: SecretPlace) -> None:
    """Remove a secret from a keyring or file; a missing secret is no failure.

    Raises:
        NoSecret: The keyring refuses.
        FileTrouble: The file cannot be removed.
    """
    if place.keep is Keep.FILE:
        try:
            Path(place.where).expanduser().unlink(missing_ok=True)
        except OSError as error:
            raise FileTrouble(f"{place.where} cannot be removed", detail=error.strerror or "") from None
    elif place.keep is Keep.KEYRING and _from_keyring(place.where, missing_ok=True):
        import keyring  # noqa: PLC0415 - only for a keyring

        try:
            keyring.delete_password(SERVICE, place.where)
        except Exception as error:  # noqa: BLE001 - backends raise their own
            raise _refused(error) from None


def keyring_trouble() -> str:
    """Return why the system keyring cannot be used here, in a sentence; empty where it can."""
    try:
        import keyring  # noqa: PLC0415 - slow; only when asked for
        from keyring.backends import chainer, fail, null  # noqa: PLC0415

        backend = keyring.get_keyring()
        backends = list(backend.backends) if isinstance(backend, chainer.ChainerBackend) else [backend]
    except ImportError:
        return "The package keyring is not installed."
    except Exception as error:  # noqa: BLE001 - backends raise their own
        return f"The system keyring does not answer ({type(error).__name__})."
    bare = (fail.Keyring, null.Keyring)
    if all(isinstance(backend, bare) for backend in backends):
        if sys.platform == "linux" and not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
            return "There is no D-Bus session, and so no system keyring; that is usual over SSH and on servers."
        return "This system has no keyring that can be used."
    if any(type(backend).__module__.startswith("keyrings.alt") for backend in backends):
        return "The keyring set up here keeps secrets in a plain file (keyrings.alt)."
    return ""


def _refused(error: Exception) -> NoSecret:
    # Only the type: a backend's message may hold the secret that it was given.
    name = type(error).__name__
    advice = "Unlock it and try again." if name == "KeyringLocked" else "Unlock it, or choose another place."
    return NoSecret("The system keyring refused", advice=advice, detail=name)


def _from_keyring(where: str, *, missing_ok: bool = False) -> str:
    if why := keyring_trouble():
        raise NoSecret("The system keyring cannot be used", advice=f"{why} Choose another place for the secret.")
    import keyring  # noqa: PLC0415 - only for a keyring

    try:
        text = keyring.get_password(SERVICE, where)
    except Exception as error:  # noqa: BLE001 - backends raise their own
        raise _refused(error) from None
    if text is None and not missing_ok:
        raise NoSecret("The system keyring does not hold this secret", advice="Store it again.", detail=where)
    return text or ""


def _into_keyring(where: str, secret: Secret, *, replace: bool) -> None:
    if _from_keyring(where, missing_ok=True) and not replace:
        raise NoSecret("The system keyring holds a secret of this name already", advice="Choose another name.")
    # Windows Credential Manager takes 2560 bytes, as UTF-16.
    if sys.platform == "win32" and len(secret.reveal().encode("utf-16-le")) > 2560:  # noqa: PLR2004
        raise NoSecret("This key is too long for Windows Credential Manager", advice="Use an EC key, or a file.")
    import keyring  # noqa: PLC0415 - only for a keyring

    try:
        keyring.set_password(SERVICE, where, secret.reveal())
    except Exception as error:  # noqa: BLE001 - backends raise their own
        raise _refused(error) from None


def _harmless(message: str, printed: str) -> str:
    """Return the beginning of a failed command's message; empty where the message may hold the printed secret."""
    words = {word for word in printed.split() if len(word) > 5}  # noqa: PLR2004 - shorter is no secret
    first = message.strip().partition("\n")[0]
    return "" if any(word in first for word in words) or "-----BEGIN" in message else plain(first[:120])


def _from_command(where: str) -> str:
    # The command may not read from the terminal, which belongs to Textual; a password manager can open a dialog.
    import subprocess  # noqa: PLC0415 - only for a command

    try:
        words = shlex.split(where)
        if not words:
            raise ValueError  # noqa: TRY301 - the same trouble as bad quotes
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 - the admin's own
    except ValueError:
        raise NoSecret("The command for the secret is empty or its quotes do not match") from None
    except subprocess.TimeoutExpired:
        raise NoSecret(f"The command did not end in {_SECONDS} seconds", advice="Unlock it first.") from None
    except OSError as error:
        raise NoSecret("The command cannot be run", advice="Give its full path.", detail=error.strerror or "") from None
    if done.returncode:
        message = _harmless(done.stderr.decode("utf-8", "replace"), done.stdout.decode("utf-8", "replace"))
        raise NoSecret(f"The command failed with exit code {done.returncode}", advice="Run it by hand.", detail=message)
    if len(done.stdout) > _LIMIT:
        raise NoSecret("The command printed too much for a secret", advice="It must print the secret alone.")
    return done.stdout.decode("utf-8", "replace")
