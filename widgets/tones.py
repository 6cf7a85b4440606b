"""The styles that stand for a meaning, made of the roles alone: tones, keys, chips. See docs/look.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.text.tone import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY: Final = "bold $accent"
"""A key that can be pressed, wherever it stands; what it does follows in plain text."""
OFF: Final = "$muted"
"""A key that does nothing now, and what it would do."""
LABEL: Final = "$muted"
"""The name of a value that stands beside it."""
HEADING: Final = "bold"
"""The name of what stands beneath."""
STYLE: Final[Mapping[Tone, str]] = {
    Tone.PLAIN: "",
    Tone.GOOD: "$good",
    Tone.WARN: "$warn",
    Tone.BAD: "bold $bad",
    Tone.MUTED: "$muted",
}
"""The style of text in a tone; a sign or a word tells the same without colour."""
SIGN: Final[Mapping[Tone, str]] = {
    Tone.PLAIN: "○", Tone.GOOD: "○", Tone.WARN: "◐", Tone.BAD: "●", Tone.MUTED: "◌",
}  # fmt: skip
"""The sign of a state: the fuller, the more it keeps somebody out."""


def state(words: str, tone: Tone) -> str:
    """Return a state as lists and lines show it: its sign and its words."""
    return f"{SIGN[tone]} {words}"


def chip(words: str, tone: Tone) -> tuple[str, str]:
    """Return a state as a filled chip: text and style, for the one place of a screen that shows it large."""
    return f" {state(words, tone)} ", f"bold reverse {STYLE[tone].removeprefix('bold ')}".strip()


def keys(*pairs: tuple[str, str], gap: str = "   ") -> list[tuple[str, str]]:
    """Return keys with what each does, as parts of a text: `c copy   esc back`.

    Args:
        pairs: Key and words.
        gap: What stands between two.
    """
    parts: list[tuple[str, str]] = []
    for key, words in pairs:
        parts += [(gap if parts else "", ""), (key, KEY), (f" {words}", "")]
    return parts
