"""What a terminal can show: its characters by locale and kind, and plain ones in the place of the others."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

UTF_8: Final = "utf-8"
_COERCED: Final = {"C.UTF-8", "C.utf8", "UTF-8"}
"""What Python itself sets `LC_CTYPE` to in a C locale (PEP 538); it says nothing of the terminal."""
_KINDS: Final = {
    "linux": "cp437",
    "dumb": "ascii",
    "ansi": "ascii",
    "vt52": "ascii",
    "vt100": "ascii",
    "vt220": "ascii",
}
"""Terminals that show less than their locale says; the console of Linux has the glyphs of a PC's code page 437."""
_PLAIN: Final = str.maketrans(
    {"▸": ">", "›": ">", "→": ">", "‹": "<", "↑": "^", "↓": "v", "✓": "v", "✗": "x", "×": "x", "●": "*", "•": "*"}
    | {"○": "o", "·": ".", "…": ".", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": ",", "–": "-", "—": "-"}
    | {"▁": "_", "▂": "_", "▃": ".", "▄": ":", "▅": "=", "▆": "+", "▇": "#", "█": "#", "▏": "|", "▊": "|", "▎": "|"}
    | {"\u00a0": " ", "\ufffd": "?"}
)
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]+")


def terminal_charset(environ: Mapping[str, str], platform: str, begun_with: Path = Path("/proc/self/environ")) -> str:
    """Return the name of the codec for what the terminal can show.

    Args:
        environ: The environment variables.
        platform: The operating system, as `sys.platform` names it.
        begun_with: Where Linux keeps the environment that keydesk was started with.
    """
    if platform == "win32":
        return UTF_8
    if kind := _KINDS.get(environ.get("TERM", "")):
        return kind
    language = environ.get("LANG", "")
    name = environ.get("LC_ALL") or environ.get("LC_CTYPE") or language
    if not environ.get("LC_ALL") and name in _COERCED and language in {"", "C", "POSIX"}:
        try:
            was_set = re.search(rb"\0LC_CTYPE=[^\0]", b"\0" + begun_with.read_bytes()) is not None
        except OSError:
            was_set = True
        name = name if was_set else "C"
    charset = name.partition(".")[2].partition("@")[0] if "." in name else name if name == "UTF-8" else ""
    if charset.lower().replace("-", "") == "utf8":
        return UTF_8
    try:
        "".encode(charset or "ascii")
    except LookupError:
        return "ascii"
    return charset or "ascii"


def showable(text: str, charset: str, cell_len: Callable[[str], int]) -> str:
    """Return a text with plain characters for those that a terminal cannot show, in as many cells as before.

    Args:
        text: The text; the sequences that steer a terminal, which are ASCII, stay as they are.
        charset: The codec for what the terminal shows.
        cell_len: Returns how many cells a text takes.
    """
    if charset == UTF_8 or text.isascii():
        return text

    def replace(run: re.Match[str]) -> str:
        plain = "".join(_plain(character, charset, cell_len) for character in run[0])
        cells, taken = cell_len(run[0]), cell_len(plain)
        return plain if taken == cells else plain[:cells].ljust(cells, "?")

    return _BEYOND_ASCII.sub(replace, text)


def _plain(character: str, charset: str, cell_len: Callable[[str], int]) -> str:
    """Return what stands for one character: itself, a similar one of ASCII, or question marks."""
    cells = cell_len(character)
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        pass
    else:
        return character
    similar = character.translate(_PLAIN)
    if similar != character:
        return similar
    name = unicodedata.name(character, "")
    if name.startswith("BOX DRAWINGS"):
        words = set(name.split())
        return "+" if "AND" in words else "-" if words & {"HORIZONTAL", "LEFT", "RIGHT"} else "|"
    base = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return base if base and len(base) == cells else "?" * cells
