"""The style of each tone, made of theme variables, so that tones differ in every theme and without colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.text.tone import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

STYLE: Final[Mapping[Tone, str]] = {
    Tone.PLAIN: "",
    Tone.GOOD: "$text-success",
    Tone.WARN: "$text-warning",
    Tone.BAD: "bold $text-error",
    Tone.MUTED: "$foreground-muted",
}
