"""The keys that the settings change, for every app that a command starts."""

from __future__ import annotations


def own_keymap() -> dict[str, str]:
    """Return the keys that the settings change, by the ids of their bindings; quick where they change none.

    Raises:
        BadSettings: The settings cannot be used.
    """
    from tui.desk.connectors.settings import places
    from tui.desk.connectors.settings_toml import key_lines, read

    path = places().settings
    keys = read(path).keys
    if not keys:
        return {}
    from tui.keymap import checked  # imports every screen, to know its keys

    return checked(keys, path, key_lines(path))
