"""The tone of a text: good, a warning, a danger; the screen gives it a colour."""

from __future__ import annotations

from enum import StrEnum


class Tone(StrEnum):
    """How a text is meant; the screen gives it a colour, and never only a colour."""

    PLAIN = ""
    GOOD = "good"
    WARN = "warning"
    BAD = "danger"
    MUTED = "muted"
