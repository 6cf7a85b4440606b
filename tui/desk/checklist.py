"""What an admin has to do on Okta's side, made from the choices of one connector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tui.desk.connector import OrgAddress, SignInKind
    from tui.okta.policy import Capability, Mode


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do, which the admin ticks.

    Attributes:
        id: Stable, so that a tick survives a resume: `scope:okta.users.read`.
        text: What to do, one sentence.
        why: What it is for; may be empty.
        link: The org's own admin page for it; may be empty.
        copy: What to paste there, such as a public JWK or a scope name; may be empty. Never a secret.
        optional: Whether keydesk works without it, with less.
    """

    id: str
    text: str
    why: str = ""
    link: str = ""
    copy: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Things to do in one place of the Admin Console."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """The whole list for one connector."""

    org: str
    sections: tuple[Section, ...]

    def text(self, ticked: Collection[str] = ()) -> str:
        """For a colleague, as plain text."""
        raise NotImplementedError

    def markdown(self, ticked: Collection[str] = ()) -> str:
        """As Markdown with task boxes."""
        raise NotImplementedError


def checklist(
    org: OrgAddress | None,
    kind: SignInKind,
    capabilities: Collection[Capability],
    mode: Mode,
    *,
    pipeline: str = "",
    client_id: str = "",
    public_jwk: Mapping[str, str] | None = None,
    limited_groups: bool = False,
) -> Checklist:
    """Make the list from the choices."""
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Comparison:
    """A list of scopes that somebody was given, held against what the choices need.

    Attributes:
        known: Scopes of the given list that the choices need.
        not_needed: Scope and why it is not needed.
        missing: Scope and what it is for.
    """

    known: tuple[str, ...]
    not_needed: tuple[tuple[str, str], ...]
    missing: tuple[tuple[str, str], ...]


def compare(given: str, capabilities: Collection[Capability], mode: Mode) -> Comparison:
    """Hold pasted scopes (any separators) against the choices; the owner's ten are recognised."""
    raise NotImplementedError
