"""Nothing starts where Textual was told to write down what is typed, nor where it could not draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping


def refuse_key_logs(environ: Mapping[str, str]) -> None:
    """Refuse to start where Textual was told to log: it would write down every key, and so tokens and reasons.

    Textual's documentation names `TEXTUAL_LOG`, a file for its log, and `TEXTUAL=devtools`, a program elsewhere that
    gets it. With `TEXTUAL_DEBUG=1` its parser writes each key to `keys.log` in the current folder.

    Raises:
        Trouble: One of them is set.
    """
    features = {feature.strip().lower() for feature in environ.get("TEXTUAL", "").split(",")}
    set_ones = [name for name in ("TEXTUAL_LOG", "TEXTUAL_DEBUG") if environ.get(name)]
    set_ones += ["TEXTUAL"] if "devtools" in features else []
    if set_ones:
        names = " and ".join(set_ones)
        raise Trouble(
            f"{names} would log every key that you type, tokens too; keydesk does not start like that",
            advice=f"Run `unset {' '.join(set_ones)}`, then start again.",
        )


def refuse_dumb(environ: Mapping[str, str]) -> None:
    """Refuse to draw a full screen where `TERM` says that the terminal cannot, as in an editor's shell.

    Raises:
        Trouble: It is such a terminal.
    """
    if environ.get("TERM") in {"dumb", "unknown"}:
        raise Trouble(
            f"TERM is {environ['TERM']}: nothing can be drawn here",
            advice="Commands work, such as `keydesk lockouts`; `keydesk doctor` says more. Where the terminal can draw "
            "after all: export TERM=xterm-256color.",
        )
