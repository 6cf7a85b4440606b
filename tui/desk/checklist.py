"""What an admin has to do on Okta's side, made from the choices of one connector."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tui.desk.plain import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tui.desk.connector import OrgAddress, SignInKind
    from tui.okta.policy import Capability, Mode

_MARKUP: Final = re.compile(r"([\\`*_\[\]<|~&])")
_LIST: Final = re.compile(r"^(\d+)([.)])|^([-+=#>])")


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
        lines = [f"keydesk: what to do in Okta for {plain(self.org)}"]
        for number, section in enumerate(self.sections, 1):
            lines += ["", f"{number}. {plain(section.title)}"]
            before = ""  # a link is told once for the lines in a row that share it
            for item in section.items:
                lines.append(f"[{'x' if item.id in ticked else ' '}] {plain(_said(item))}")
                lines += [f"    {plain(item.why)}"] if item.why else []
                lines += [f"    Where: {plain(item.link)}"] if item.link not in {"", before} else []
                lines += [f"    Paste: {plain(item.copy)}"] if _worth_copying(item) else []
                before = item.link
        return "\n".join(lines) + "\n"

    def markdown(self, ticked: Collection[str] = ()) -> str:
        """As Markdown with task boxes."""
        lines = [f"# keydesk: what to do in Okta for {_escaped(self.org)}"]
        for number, section in enumerate(self.sections, 1):
            lines += ["", f"## {number}. {_escaped(section.title)}", ""]
            before = ""  # a link is told once for the lines in a row that share it
            for item in section.items:
                lines.append(f"- [{'x' if item.id in ticked else ' '}] {_escaped(_said(item))}")
                lines += [f"  - {_escaped(item.why)}"] if item.why else []
                lines += [f"  - <{plain(item.link)}>"] if item.link not in {"", before} else []
                lines += [f"  - {_code(item.copy)}"] if _worth_copying(item) else []
                before = item.link
        return "\n".join(lines) + "\n"


def _said(item: Item) -> str:
    return f"{item.text} (optional)" if item.optional else item.text


def _worth_copying(item: Item) -> bool:
    return bool(item.copy) and item.copy not in item.text


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    text = _MARKUP.sub(r"\\\1", plain(text))
    return _LIST.sub(lambda match: f"{match[1]}\\{match[2]}" if match[1] else f"\\{match[3]}", text)


def _code(text: str) -> str:
    """A code span, with a fence longer than any in the text."""
    text = plain(text)
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


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
    """Make the list from the choices.

    Args:
        org: Where; without one, and for a custom domain, menu paths stand alone, without links.
        kind: How it signs in.
        capabilities: What is switched on.
        mode: Read-only asks for less.
        pipeline: `idx` (Identity Engine) or `v1` (Classic), as the org's well-known page says; empty if unknown.
        client_id: Of the service app, when it exists: links then lead to its own page.
        public_jwk: The public key to paste; private members never get into the list.
        limited_groups: Whether keydesk shall reach the members of chosen groups only.
    """
    from tui.desk.checklist_text import Choices, sections  # noqa: PLC0415 - sentences, not needed at every start

    choices = Choices(
        org.admin if org else "",
        kind,
        frozenset(capabilities),
        mode,
        pipeline,
        client_id.strip(),
        dict(public_jwk or {}),
        limited_groups,
        _console(org),
    )
    return Checklist(org.host if org else "your org", sections(choices))


def _console(org: OrgAddress | None) -> str:
    """Where the Admin Console is, where that does not follow from the org's address."""
    from tui.desk.connector import is_loopback  # noqa: PLC0415 - as checklist_text

    if org is None or org.admin:
        return ""
    if is_loopback(urlsplit(org.origin).hostname or ""):
        return "This org is on this machine and has no Admin Console; read on to see what a real one would ask of you."
    return "Open the Admin Console: sign in to your org, choose Admin, or go to <name>-admin.okta.com."


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
    from tui.desk import needs  # noqa: PLC0415 - imported by now where it matters
    from tui.desk.checklist_scopes import names, why_not  # noqa: PLC0415 - as checklist_text

    wanted = needs.purposes(capabilities, mode)
    found = names(given)
    return Comparison(
        tuple(sorted(scope for scope in found if scope in wanted)),
        tuple((scope, why_not(scope, capabilities, mode)) for scope in found if scope not in wanted),
        tuple(
            (scope, f"{what}; optional" if scope == needs.ORG_SCOPE else what)
            for scope, what in wanted.items()
            if not needs.holds(found, scope)
        ),
    )
