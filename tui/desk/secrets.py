"""Where a connector's secret is kept, as the admin chose it; and the secret itself, which shows itself nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping


class Keep(StrEnum):
    """The kinds of places for a secret. There is no silent fall-back from one to another."""

    KEYRING = "keyring"
    FILE = "file"
    ENVIRONMENT = "environment"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class SecretPlace:
    """Where one secret is kept; what the profile says, never the secret.

    Attributes:
        keep: The kind of place.
        where: Keyring: the user name under the service `keydesk`. File: its path. Environment: the variable's name.
            Command: the command line, split as a shell would but run without one.
    """

    keep: Keep
    where: str


class Secret:
    """A secret in memory; it shows itself nowhere but through `reveal`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself, for the one place that needs it."""
        return self._text

    def __repr__(self) -> str:
        """Never the secret."""
        return "Secret(…)"

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        """By value, so that a form can tell a change."""
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        """By value."""
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        """Never pickled or copied into a dump."""
        raise TypeError("a secret is not serialised")


def fetch(place: SecretPlace, environ: Mapping[str, str] | None = None) -> Secret:
    """Get a secret; may block for seconds (a keyring dialog, a password manager): call it in a thread."""
    raise NotImplementedError


def store(place: SecretPlace, secret: Secret, *, replace: bool = False) -> None:
    """Put a secret into a keyring or file; a variable or command can only be read, which is said."""
    raise NotImplementedError


def forget(place: SecretPlace) -> None:
    """Remove a secret from a keyring or file; what is not there is no failure."""
    raise NotImplementedError


def keyring_trouble() -> str:
    """Why the system keyring cannot be used here, in a sentence; empty when it can."""
    raise NotImplementedError
