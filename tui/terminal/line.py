"""The line between keydesk and the agent's terminal: whether SSH is in between, how long Esc waits, what may move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.types import AnimationLevel

OVER_SSH: Final = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
"""Variables of which sshd sets some: keydesk runs on another machine than the agent's."""
ESCAPE_HERE: Final = 25
"""Milliseconds that Esc waits on the agent's own machine, where a key's sequence arrives in one piece."""
ESCAPE_OVER_SSH: Final = 50
"""Likewise over SSH, which carries in one packet what the terminal sent in one piece: as Neovim waits by default."""
_LEVELS: Final[tuple[AnimationLevel, ...]] = ("none", "basic", "full")
"""Textual's levels of animations."""
_MOST: Final = 10_000
"""Milliseconds that nobody means to wait."""


def is_over_ssh(environ: Mapping[str, str]) -> bool:
    """Return whether keydesk runs on another machine than the agent's terminal.

    Args:
        environ: The environment variables.
    """
    return any(environ.get(name) for name in OVER_SSH)


def own_escape_delay(environ: Mapping[str, str]) -> int | None:
    """Return the milliseconds in `ESCDELAY`, which curses programs and Textual know too; `None` where it says nothing.

    Args:
        environ: The environment variables.
    """
    said = environ.get("ESCDELAY", "").strip()
    return int(said) if said.isascii() and said.isdecimal() and 0 < int(said[:9]) <= _MOST else None


def escape_delay(environ: Mapping[str, str]) -> int:
    """Return how many milliseconds keydesk waits behind an Esc, which may be the beginning of another key.

    Args:
        environ: The environment variables.
    """
    own = own_escape_delay(environ)
    if own is not None:
        return own
    return ESCAPE_OVER_SSH if is_over_ssh(environ) else ESCAPE_HERE


def animation_level(environ: Mapping[str, str]) -> AnimationLevel:
    """Return what of Textual's animations is shown: none, unless `TEXTUAL_ANIMATIONS`, Textual's variable, says so.

    Each is a row of frames that has to be sent, and an agent who waits for a list to glide waits for nothing.

    Args:
        environ: The environment variables.
    """
    said = environ.get("TEXTUAL_ANIMATIONS", "").strip().casefold()
    return next((level for level in _LEVELS if level == said), "none")
