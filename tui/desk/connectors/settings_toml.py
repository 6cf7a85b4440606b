"""The file `settings.toml`: all that it holds, and how keydesk itself writes a value into it.

What somebody else wrote stays as it is, comments too: only the line of the value is changed.
"""

from __future__ import annotations

import os
import re
import tomllib
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from tui.desk.connectors.desk_settings import THEMES, Desk, Look
from tui.desk.connectors.settings import BadSettings, desk_of, places, read_toml
from tui.desk.files.private import read_own, write_private
from tui.trouble import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tui.desk.connectors.desk_settings import ThemeName

HEADER: Final = """\
# keydesk's settings. keydesk writes what it is to remember, and leaves all else in this file as it is.
#
# [desk]
#   agent                      your name in the ledger; empty: the name of your account on this machine
#   region                     two letters: the country of phone numbers without a country code; "US"
#   ticket_text                what c copies for a ticket, with fields in braces: "{action}: {outcome} for {login}"
# [look]
#   theme                      dark, light, colour-blind, high-contrast, or terminal: the terminal's own 16 colours;
#                              KEYDESK_THEME and --theme come first
#   cell_diff                  false: whole parts of the screen are sent to the terminal, not only what changed in
#                              them, for a terminal that shows something wrong; KEYDESK_CELL_DIFF=0 comes first
# [keys]
#   lookup.search              another key, or several with commas between: "f10", "ctrl+k,slash";
#                              `keydesk keys --ids` lists what can be changed
"""
"""The head of a file that keydesk makes: what may stand in it. A new key is told here."""
DEEPEST: Final = 8
"""Tables within tables that an id can have; none has more."""


class Settings(Struct, frozen=True):
    """All that `settings.toml` holds, a table for each attribute; a missing key has its default.

    Attributes:
        desk: Who sits at the desk, and where.
        look: What the app looks like.
        keys: The keys that are changed, by the ids of their bindings; not checked yet.
    """

    desk: Desk = field(default_factory=Desk)
    look: Look = field(default_factory=Look)
    keys: Mapping[str, str] = field(default_factory=dict)


def read(path: Path) -> Settings:
    """Read the settings; a missing file means the defaults, unknown keys are ignored.

    Raises:
        BadSettings: The file cannot be used; the error names the file and the line.
        FileTrouble: Somebody else can change the file.
    """
    data = read_toml(path)
    if data is None:
        return Settings()
    from tui.desk.files.toml_shape import Misfit, shape  # noqa: PLC0415 - only where there is a file

    try:
        look = shape(data.get("look", {}), Look, "look")
        return Settings(desk_of(data), look, dict(_keys_of(data.get("keys", {}), ("keys",))))
    except Misfit as misfit:
        at = place_of(_text(path), misfit.keys[0], misfit.keys[-1])
        where = f"{path}, line {at}" if at else str(path)
        raise BadSettings(
            f"{where}: {misfit.where} cannot be used", advice=f"{misfit.where} {misfit.problem}"
        ) from None


def _keys_of(value: object, keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield each text of the table `[keys]` with its whole id: TOML makes tables of the dots in it.

    Raises:
        Misfit: A value is neither a text nor a table.
    """
    from tui.desk.files.toml_shape import Misfit  # noqa: PLC0415 - only where there is a file

    if isinstance(value, dict) and len(keys) < DEEPEST:
        for key, inner in value.items():
            yield from _keys_of(inner, (*keys, key))
    elif isinstance(value, str) and len(keys) > 1:
        yield ".".join(keys[1:]), value
    else:
        raise Misfit(keys, 'must be a key in quotes, such as "f10".')


def key_lines(path: Path) -> dict[str, int]:
    """Return the line of each id in the table `[keys]`, from 1; one that is written in an odd way is missing.

    Raises:
        FileTrouble: The file cannot be read.
    """
    found, table = {}, ""
    for number, line in enumerate(_text(path).split("\n"), 1):
        bare = re.sub(r"[\s\"']", "", line)
        if head := re.match(r"\[([^\[\]]+)\]", bare):
            table = head[1]
        elif "=" in bare:
            name = ".".join(filter(None, (table, bare.partition("=")[0])))
            if name.startswith("keys."):
                found[name.removeprefix("keys.")] = number
    return found


def theme_of(asked: str, environ: Mapping[str, str]) -> ThemeName | None:
    """Return the theme to start with: the one asked for, else that of `KEYDESK_THEME`, else the one remembered.

    Args:
        asked: The value of `--theme`; empty without it.
        environ: The environment.

    Raises:
        BadInput: There is no such theme.
        BadSettings: The settings file cannot be used.
    """
    named = asked or environ.get("KEYDESK_THEME", "")
    if named:
        known = next((name for name in THEMES if name == named.strip().casefold()), None)
        if known is None:
            raise BadInput(f"There is no theme {named!r:.60}", advice=f"Choose one of {', '.join(THEMES)}.")
        return known
    path = places(environ).settings
    return read(path).look.theme


def cell_diff_of(environ: Mapping[str, str]) -> bool:
    """Return whether only changed cells are sent: `KEYDESK_CELL_DIFF` says so, else the settings.

    Args:
        environ: The environment.

    Raises:
        BadSettings: The settings file cannot be used.
    """
    said = environ.get("KEYDESK_CELL_DIFF", "").strip().casefold()
    return said not in {"0", "false", "no", "off"} if said else read(places(environ).settings).look.cell_diff


def remember(path: Path, table: str, key: str, value: str) -> None:
    """Write one text into the settings; the rest of the file stays as it is.

    Args:
        path: The file; it is made, with a head that explains it, where it is missing.
        table: The table, such as `look`.
        key: The key in it.
        value: The text.

    Raises:
        BadSettings: What stands in the file cannot be used, or would not be read as meant; it stays as it is.
        FileTrouble: The file cannot be read or written, or somebody else can change it.
    """
    read(path)
    text = _text(path) if os.path.lexists(path) else HEADER
    changed = _with_value(text, table, key, f'{key} = "{_escaped(value)}"')
    wanted = tomllib.loads(text)
    wanted[table] = {**wanted.get(table, {}), key: value}
    if not _means(changed, wanted):
        raise BadSettings(
            f"{path} is written in a way that keydesk does not change", advice=f"Set {table}.{key} = {value!r} by hand."
        )
    write_private(path, changed, through_link=True)


def _means(text: str, wanted: dict[str, object]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except ValueError:
        return False


def _text(path: Path) -> str:
    return read_own(path).decode("utf-8").replace("\r\n", "\n")


def _escaped(value: str) -> str:
    """Return a text as it stands between the quotes of TOML."""
    return "".join(
        f"\\u{ord(character):04x}"
        if character in {'"', "\\"} or ord(character) < ord(" ") or character == "\x7f"
        else character
        for character in value
    )


def _with_value(text: str, table: str, key: str, line: str) -> str:
    lines = text.split("\n")
    at = place_of(text, table, key)
    if at and re.match(rf"\s*{re.escape(key)}\s*=", lines[at - 1]):
        lines[at - 1] = line
    elif at:
        lines.insert(at, line)
    else:
        lines = [*text.rstrip("\n").split("\n"), "", f"[{table}]", line, ""]
    return "\n".join(lines)


def place_of(text: str, table: str, key: str) -> int:
    """Return the line of a key in a table, from 1; that of the table where the key is missing, 0 without the table."""
    inside, head = False, 0
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if bare.startswith("["):
            inside = re.match(rf"\[\s*{re.escape(table)}\s*\]", bare) is not None
            head = head or (number if inside else 0)
        elif (inside and re.match(rf"{re.escape(key)}\s*=", bare)) or re.match(rf"{re.escape(table)}\s*[=.]", bare):
            return number
    return head
