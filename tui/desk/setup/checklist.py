"""The checklist of what an admin has to do on Okta's side, as a value, as plain text and as Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Collection

_MARKUP: Final = re.compile(r"([\\`*_\[\]<|~&])")
_LIST: Final = re.compile(r"^(\d+)([.)])|^([-+=#>])")


class Item(Struct, frozen=True):
    """One thing to do, which the admin ticks.

    Attributes:
        id: A stable id, so that a tick survives a resume: `scope:okta.users.read`.
        text: What to do, in one sentence.
        why: The reason; may be empty.
        link: The page of the org's Admin Console; may be empty.
        copy: The text to paste there, such as a public JWK or a scope name; may be empty. Never a secret.
        optional: Whether keydesk works without it, with fewer features.
    """

    id: str
    text: str
    why: str = ""
    link: str = ""
    copy: str = ""
    optional: bool = False


class ChecklistSection(Struct, frozen=True):
    """The things to do in one place of the Admin Console."""

    title: str
    items: tuple[Item, ...]


class Checklist(Struct, frozen=True):
    """The whole checklist for one connector."""

    org: str
    sections: tuple[ChecklistSection, ...]

    def text(self, ticked: Collection[str] = ()) -> str:
        """Return the checklist as plain text, for a colleague."""
        lines = [f"keydesk: what to do in Okta for {plain(self.org)}"]
        for number, section in enumerate(self.sections, 1):
            lines += ["", f"{number}. {plain(section.title)}"]
            before = ""  # successive items with one link show the link once
            for item in section.items:
                lines.append(f"[{'x' if item.id in ticked else ' '}] {plain(_item_text(item))}")
                lines += [f"    {plain(item.why)}"] if item.why else []
                lines += [f"    Where: {plain(item.link)}"] if item.link not in {"", before} else []
                lines += [f"    Paste: {plain(item.copy)}"] if _worth_copying(item) else []
                before = item.link
        return "\n".join(lines) + "\n"

    def markdown(self, ticked: Collection[str] = ()) -> str:
        """Return the checklist as Markdown with task boxes."""
        lines = [f"# keydesk: what to do in Okta for {_escaped(self.org)}"]
        for number, section in enumerate(self.sections, 1):
            lines += ["", f"## {number}. {_escaped(section.title)}", ""]
            before = ""  # successive items with one link show the link once
            for item in section.items:
                lines.append(f"- [{'x' if item.id in ticked else ' '}] {_escaped(_item_text(item))}")
                lines += [f"  - {_escaped(item.why)}"] if item.why else []
                lines += [f"  - <{plain(item.link)}>"] if item.link not in {"", before} else []
                lines += [f"  - {_code(item.copy)}"] if _worth_copying(item) else []
                before = item.link
        return "\n".join(lines) + "\n"


def _item_text(item: Item) -> str:
    return f"{item.text} (optional)" if item.optional else item.text


def _worth_copying(item: Item) -> bool:
    return bool(item.copy) and item.copy not in item.text


def _escaped(text: str) -> str:
    """Return text that Markdown shows as it is."""
    text = _MARKUP.sub(r"\\\1", plain(text))
    return _LIST.sub(lambda match: f"{match[1]}\\{match[2]}" if match[1] else f"\\{match[3]}", text)


def _code(text: str) -> str:
    """Return a code span, with a fence longer than any run of backticks in the text."""
    text = plain(text)
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"
